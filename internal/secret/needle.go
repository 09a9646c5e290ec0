package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// minSearched is the number of characters below which a secret isn't searched for: what is shorter is found in half of
	// all sentences. The agent lets its users go up to the same number (AZP_IGNORE_SECRETS_SHORTER_THAN,
	// microsoft/azure-pipelines-agent src/Agent.Worker/Worker.cs).
	minSearched = 6

	// minWrapped is the number of characters, blanks aside, from which a secret is also searched for with blanks and line
	// breaks anywhere in it: a shorter one is found across the words of a sentence.
	minWrapped = 16

	// chunk is the number of Base64 characters in each piece of a PEM body that is searched for on its own. A log that wraps
	// at another width and shows one line at a time shows no whole line of the file.
	chunk = 8
)

// A script is a way to read a text: which bytes count, and which are passed over.
type script int

const (
	asWritten   script = iota // every byte counts
	wrapped                   // blanks, line breaks, quotation marks and commas are passed over: see wrappedView
	hexadecimal               // all but letters and digits is passed over: see hexView
	scripts                   // their number
)

// A needle is one text to search for.
type needle struct {
	script script
	text   string
	// short replaces an identifier, which is matched whatever its case. Empty: the needle is a secret.
	short string
	// left and right tell that the character before or after the match holds some bits of the secret (Base64).
	left, right bool
}

// secretNeedles gives every text in which value would show; none when value is too short to be searched for.
func secretNeedles(value string) []needle {
	trimmed := strings.TrimSpace(value)
	if !searched(trimmed) {
		return nil
	}
	var needles []needle
	shown := Visible(trimmed)
	// Mostly these are the same. What encloses the trimmed value needs no needle
	// of its own: every encoding of the whole holds that of the part. Without quotes, since people quote what they paste.
	// A log collapses blanks and line breaks.
	forms := []string{trimmed, shown, strings.Trim(trimmed, `"'`), strings.Join(strings.Fields(shown), " ")}
	for i, form := range forms {
		if searched(form) && !slices.Contains(forms[:i], form) {
			needles = append(needles, encodings(form)...)
		}
	}
	for _, part := range parts(shown) {
		if searched(part) {
			needles = append(needles, needle{text: part})
		}
	}
	for _, body := range pemBodies(shown) {
		needles = append(needles, bodyNeedles(body)...)
	}
	return needles
}

func searched(text string) bool { return utf8.RuneCountInString(text) >= minSearched }

// encodings gives text and what common encoders make of it.
func encodings(text string) []needle {
	query, path := url.QueryEscape(text), url.PathEscape(text)
	needles := []needle{
		{text: text},
		{text: query}, {text: lowerEscapes(query)},
		{text: path}, {text: lowerEscapes(path)},
		{text: jsonEscape(text, true)}, {text: jsonEscape(text, false)},
	}
	digits := hex.EncodeToString([]byte(text))
	needles = append(needles, needle{script: hexadecimal, text: digits})
	if before, ok := strings.CutSuffix(digits, "0"); ok { // before an "x" it begins the next number
		needles = append(needles, needle{script: hexadecimal, text: before})
	}
	for shift := range 3 {
		needles = append(needles, anywhere(base64Inner(text, shift))...)
	}
	// The frame of a PEM file says nothing, and its body has needles of its own.
	if joined := wrappedText(text); utf8.RuneCountInString(joined) >= minWrapped && !strings.HasPrefix(text, frame) {
		needles = append(needles, anywhere(needle{script: wrapped, text: joined})...)
	}
	return needles
}

// anywhere gives a wrapped needle and, where its first character after a backslash reads as the escape of a line break or
// a tab, the rest of it.
func anywhere(n needle) []needle {
	needles := []needle{n}
	if strings.IndexByte(wrapEscapes, n.text[0]) >= 0 {
		n.text, n.left = n.text[1:], false
		needles = append(needles, n)
	}
	return needles
}

// lowerEscapes writes percent escapes with lower-case digits.
func lowerEscapes(text string) string {
	escaped := []byte(text)
	for i := 0; i+2 < len(escaped); i++ {
		if escaped[i] == '%' && isUpperHex(escaped[i+1]) && isUpperHex(escaped[i+2]) {
			escaped[i+1] |= 'a' - 'A' // which a digit has too
			escaped[i+2] |= 'a' - 'A'
		}
	}
	return string(escaped)
}

func isUpperHex(c byte) bool { return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' }

// jsonEscape gives text as it is between the quotes of a JSON string.
func jsonEscape(text string, html bool) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	_ = e.Encode(text) // a string into a buffer can't fail
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

// base64Inner gives the Base64 characters that depend on text alone when shift bytes (modulo 3) precede it: Base64
// writes 6 bits a character, so the first and the last may hold bits of a neighbor.
func base64Inner(text string, shift int) needle {
	encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), text...))
	begin, end := (shift*8+5)/6, (shift+len(text))*8/6
	return needle{script: wrapped, text: encoded[begin:end], left: shift > 0, right: end < len(encoded)}
}

// parts gives the pieces of a secret that are secret by themselves: the lines of a PEM file or another multi-line
// value, because a log shows one at a time, and the parts of a JSON web token.
func parts(value string) []string {
	var found []string
	for _, body := range pemBodies(value) {
		found = append(found, strings.Fields(strings.NewReplacer(`\n`, "\n", `\r`, "\r").Replace(body))...)
	}
	if strings.Contains(value, "\n") {
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----BEGIN") && !strings.HasPrefix(line, "-----END") {
				found = append(found, line)
			}
		}
	}
	// A token's first part is the Base64 of a JSON object, and {" encodes to eyJ.
	if strings.HasPrefix(value, "eyJ") && strings.Count(value, ".") >= 2 {
		for part := range strings.SplitSeq(value, ".") {
			found = append(found, part)
		}
	}
	return found
}

// frame begins the first and the last line of a PEM file.
const frame = "-----"

// pemBodies finds the Base64 of each PEM file in a value, with line breaks, blanks or "\n" written out between its lines.
// The last file's end may be missing.
func pemBodies(value string) []string {
	var bodies []string
	for {
		_, after, found := strings.Cut(value, frame+"BEGIN ")
		if !found {
			return bodies
		}
		value = after
		if title := strings.IndexByte(after, '-'); title >= 0 && strings.HasPrefix(after[title:], frame) {
			var body string
			body, value, _ = strings.Cut(after[title+len(frame):], frame+"END")
			bodies = append(bodies, body)
		}
	}
}

// bodyNeedles gives the body of a PEM file as a whole and in pieces, whatever the width of its lines.
func bodyNeedles(body string) []needle {
	body = wrappedText(body)
	if len(body) < chunk {
		return nil
	}
	needles := []needle{{script: wrapped, text: body}, {script: wrapped, text: body[len(body)-chunk:]}}
	for begin := 0; begin+chunk <= len(body); begin += chunk {
		needles = append(needles, needle{script: wrapped, text: body[begin : begin+chunk]})
	}
	return needles
}

func isBase64(c byte) bool {
	return strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", c) >= 0
}
