package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"
)

// minSearched is the number of characters below which a secret is not searched for: what is shorter is found in half of
// all sentences. The agent lets its users go up to the same number (AZP_IGNORE_SECRETS_SHORTER_THAN,
// microsoft/azure-pipelines-agent src/Agent.Worker/Worker.cs).
const minSearched = 6

// A needle is one text to search for.
type needle struct {
	text string
	// short takes the place of an identifier, which is matched whatever its case. Empty: the needle is a secret.
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
	// Mostly these are the same, and the redactor keeps each text once. What encloses the trimmed value needs no needle
	// of its own: every encoding of the whole holds that of the part. Without quotes, since people quote what they paste.
	// A log collapses blanks and line breaks.
	for _, form := range []string{trimmed, shown, strings.Trim(trimmed, `"'`), strings.Join(strings.Fields(shown), " ")} {
		if searched(form) {
			needles = append(needles, encodings(form)...)
		}
	}
	for _, part := range parts(shown) {
		if searched(part) {
			needles = append(needles, needle{text: part})
		}
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
		{text: hex.EncodeToString([]byte(text))}, {text: strings.ToUpper(hex.EncodeToString([]byte(text)))},
	}
	for shift := range 3 {
		inner := base64Inner(text, shift)
		needles = append(needles, inner)
		inner.text = strings.NewReplacer("+", "-", "/", "_").Replace(inner.text)
		needles = append(needles, inner)
	}
	return needles
}

// lowerEscapes writes percent escapes with lower-case digits.
func lowerEscapes(text string) string {
	b := []byte(text)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], bytes.ToLower(b[i+1:i+3]))
			i += 2
		}
	}
	return string(b)
}

// jsonEscape gives text as it stands between the quotes of a JSON string.
func jsonEscape(text string, html bool) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	_ = e.Encode(text) // a string into a buffer cannot fail
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

// base64Inner gives the Base64 characters that depend on text alone when shift bytes (modulo 3) stand before it: Base64
// writes 6 bits a character, so the first and the last may hold bits of a neighbour.
func base64Inner(text string, shift int) needle {
	encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), text...))
	begin, end := (shift*8+5)/6, (shift+len(text))*8/6
	return needle{text: encoded[begin:end], left: shift > 0, right: end < len(encoded)}
}

// parts gives the pieces of a secret that are secret by themselves: the lines of a PEM file or another multi-line
// value, of which a log shows one at a time, and the parts of a JSON web token.
func parts(value string) []string {
	var found []string
	if strings.Contains(value, "\n") {
		for line := range strings.Lines(value) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "-----BEGIN") && !strings.HasPrefix(line, "-----END") {
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

func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("+/-_", c) >= 0
}
