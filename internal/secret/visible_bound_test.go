package secret_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What SECURITY.md says may stay, in characters of the secret or of its encoded form.
const (
	leftOfWhole = 1 // at each end of one that a text holds as a whole: a Base64 character that it shares with its neighbor
	leftOfStart = 8 // of one that a text holds the beginning of, at its end or before an ellipsis
	leftOfBody  = 7 // at each end of a part of a PEM body
)

// What may be between the characters of an encoding: of Base64 and of a long secret, and of hexadecimal digits.
var (
	wraps = []string{"", "\n", "\r\n", "\r", " ", "\t", "\v", "\f", "\n    ", `\n`, `\r\n`, `\t`, `\\n`, `\\r\\n`, "\",\n\"", "','", "%0A", "%0d%0a", "&#10;", "&#x0a;", `\u000a`, `\x0a`, "\u200b", " \\\n"}
	marks = []string{"", " ", ":", "-", ", ", "\n", "\r\n  ", ".", "_", "|", ";", "/", "+", "=", "#", "\u200b", "\x00", " 0x", ",0X", `\x`, `\X`, "%", "&#x"}
)

// letters is a secret of a length, the same one for a seed. None of its characters is a hexadecimal digit or is in a
// separator below.
func letters(seed, length int) string {
	const alphabet = "GHIJKLMOPQSUVWYZghijklmopqsvwyz~!$()[]{}"
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	b := make([]byte, length)
	for i := range b {
		b[i] = alphabet[random.IntN(len(alphabet))]
	}
	return string(b)
}

// broken puts a separator after every width characters of text.
func broken(text string, width int, separator string) string {
	var b strings.Builder
	for i, c := range text {
		if i > 0 && i%width == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(c)
	}
	return b.String()
}

// requireHidden wants one mask instead of what was between two words, with no more than so many characters of it before
// and after, separators aside.
func requireHidden(t *testing.T, text, got, separator string, before, after int) {
	t.Helper()
	got, opened := strings.CutPrefix(got, "before: ")
	got, closed := strings.CutSuffix(got, " after")
	left, right, masked := strings.Cut(got, "***")
	require.True(t, opened && closed && masked, "%q becomes %q", text, got)
	strip := func(text string) string {
		if separator == "" {
			return text
		}
		return strings.ReplaceAll(text, separator, "")
	}
	require.LessOrEqual(t, len(strip(left)), before, "%q becomes %q", text, got)
	require.LessOrEqual(t, len(strip(right)), after, "%q becomes %q", text, got)
}

func TestNoSeparatorsShowASecretInAnEncoding(t *testing.T) {
	widths := []int{1, 2, 19, 64, 76}
	for seed, length := range []int{6, 8, 16, 40, 81} {
		value := letters(seed, length)
		r := redactor(value)
		for _, width := range widths {
			for _, wrap := range wraps {
				for shift := range 3 {
					whole := []byte(strings.Repeat("\xff", shift) + value + "\xff\xff")
					for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
						text := "before: " + broken(encoding.EncodeToString(whole), width, wrap) + " after"
						// The neighbors have two characters before and three behind for themselves, and there may be a "==".
						requireHidden(t, text, r.Redact(text), wrap, 2+leftOfWhole, leftOfWhole+3+2)
					}
				}
				if length >= 16 {
					text := "before: " + broken(value, width, wrap) + " after"
					requireHidden(t, text, r.Redact(text), wrap, 0, 0)
				}
			}
			for _, mark := range marks {
				if strings.ContainsAny(mark, `xX%&`) && width != 2 {
					continue // these introduce a byte
				}
				digits := hex.EncodeToString([]byte(value))
				for _, form := range []string{digits, strings.ToUpper(digits), mixedCase(digits)} {
					text := "before: g" + broken(form, width, mark) + "g after"
					requireHidden(t, text, r.Redact(text), mark, 1, 1)
				}
			}
		}
	}
}

func mixedCase(digits string) string {
	b := []byte(digits)
	for i := 0; i < len(b); i += 3 {
		b[i] = strings.ToUpper(digits)[i]
	}
	return string(b)
}

// A PEM file is hidden at every width, with every kind of line break, as a whole and in every part that a log may show.
func TestNoWidthShowsAKey(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	der := make([]byte, 609)
	for i := range der {
		der[i] = byte(random.Uint32())
	}
	body := base64.StdEncoding.EncodeToString(der)
	for _, stored := range []string{"\n", "\r\n", `\n`, `\r\n`, " "} {
		key := "-----BEGIN PRIVATE KEY-----" + stored + broken(body, 64, stored) + stored + "-----END PRIVATE KEY-----" + stored
		r := redactor("-----BEGIN CERTIFICATE-----" + stored + letters(9, 64) + stored + "-----END CERTIFICATE-----" + stored + key)
		for _, shown := range []string{"\n", "\r\n", `\n`, `\r\n`, `\\n`, " ", "%0A", "\n  ", "\",\""} {
			for _, width := range []int{1, 5, 48, 64, 65, 70, 76, 900} {
				text := "before: " + broken(body, width, shown) + " after"
				requireHidden(t, text, r.Redact(text), shown, 0, 0)
			}
		}
		for _, width := range []int{15, 20, 48, 63, 65, 70, 76} {
			for line := range strings.SplitSeq(broken(body, width, "\n"), "\n") {
				if len(line) < 2*leftOfBody+1 {
					continue
				}
				got := r.Redact("before: " + line + " after")
				first, last := strings.Index(got, "***"), strings.LastIndex(got, "***")
				require.True(t, first >= 0, "%q becomes %q", line, got)
				require.LessOrEqual(t, first-len("before: "), leftOfBody, "%q becomes %q", line, got)
				require.LessOrEqual(t, len(got)-len("***")-len(" after")-last, leftOfBody, "%q becomes %q", line, got)
				require.Empty(t, strings.Trim(got[first:last], "*"), "%q becomes %q", line, got)
			}
		}
		for line := range strings.SplitSeq(broken(body, 64, "\n"), "\n") {
			assert.Equal(t, "line: ***!", r.Redact("line: "+line+"!"))
		}
	}
}

// However a text ends, and whatever it cuts a secret off in, at most eight characters of the secret stay.
func TestNoCutShowsMoreThanTheBeginningOfASecret(t *testing.T) {
	value := letters(3, 7) + "+é/😀\"<" + letters(4, 1)
	r := redactor(value)
	encodings := map[string]func(string) string{
		"as it is":                   func(s string) string { return s },
		"in percent escapes":         func(s string) string { return percent(s) },
		"in JSON":                    func(s string) string { return unquote(marshal(s)) },
		"in JSON of ASCII only":      ascii,
		"in character references":    references,
		"in percent escapes in JSON": func(s string) string { return ascii(percent(s)) },
		"in JSON in JSON":            func(s string) string { return unquote(marshal(ascii(s))) },
		"in references in JSON":      func(s string) string { return ascii(references(s)) },
		"in Base64":                  func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"in hexadecimal":             func(s string) string { return hex.EncodeToString([]byte(s)) },
	}
	for name, encode := range encodings {
		t.Run(name, func(t *testing.T) {
			whole := encode(value)
			// What is shorter shows too little. A character of these two is as good as one of the secret.
			first, opaque := len(encode(value[:leftOfStart-1])), name == "in Base64" || name == "in hexadecimal"
			if opaque {
				first = leftOfStart
			}
			for size := first; size < len(whole); size++ {
				if !utf8.RuneStart(whole[size]) {
					continue
				}
				for _, end := range []string{"", "…", "..."} {
					if got := r.Redact(">" + whole[:size] + end); strings.Contains(got, "***") {
						continue
					}
					// What stays is the beginning of at most eight characters, or of a ninth that an escape was cut off in.
					at := longest(value, func(start string) bool { return strings.HasPrefix(whole[:size], encode(start)) })
					if opaque {
						at = size
					}
					if end == "" {
						require.Less(t, at, leftOfStart, "%q%s", whole[:size], end)
					} else if escapes := strings.ContainsAny(whole[max(0, size-16):size], `%\&`); !escapes {
						require.LessOrEqual(t, at, leftOfStart, "%q%s", whole[:size], end)
					}
				}
			}
		})
	}
}

// longest is the number of characters of the longest beginning of text that holds.
func longest(text string, holds func(string) bool) int {
	most := 0
	for i := range text {
		if n := utf8.RuneCountInString(text[:i]); n > most && holds(text[:i]) {
			most = n
		}
	}
	return most
}

func percent(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteString("%" + hex.EncodeToString([]byte{text[i]}))
	}
	return b.String()
}

// ascii escapes every character as JavaScript may.
func ascii(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, `\u%04x`, unit)
	}
	return b.String()
}

func references(text string) string {
	var b strings.Builder
	for _, c := range text {
		fmt.Fprintf(&b, "&#0%d;", c)
	}
	return b.String()
}
