package azpipeline

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// parts counts the places where a value can begin. The parser finds at most three times as many.
//
// YAML breaks lines at LF and at a lone CR and, in version 1.1, which the parser reads, at NEL, LS and PS
// (yaml.org/spec/1.1, 4.1.4).
func parts(text []byte) int {
	n := 0
	for i, c := range text {
		next := byte('\n')
		if i+1 < len(text) {
			next = text[i+1]
		}
		switch c {
		case '\n', ',':
			n++
		case '[', '{':
			if i == 0 || !isPlain(text[i-1]) {
				n++
			}
		case '\r':
			if next != '\n' {
				n++
			}
		case 0x85: // NEL is C2 85
			if i > 0 && text[i-1] == 0xc2 {
				n++
			}
		case 0xa8, 0xa9: // LS and PS are E2 80 A8 and E2 80 A9
			if i > 1 && text[i-1] == 0x80 && text[i-2] == 0xe2 {
				n++
			}
		case '-', '?', ':':
			if next <= ' ' || next == ',' || next >= 0x80 { // a blank, a line break, or the first byte of one
				n++
			}
		}
	}
	return n
}

// isPlain reports whether a bracket after this byte continues a word, as in ${{ and a[0].
func isPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '$' || c == '_' || c == ')'
}

// utf8Text returns a text in UTF-8. Some programs of Windows write UTF-16.
func utf8Text(text []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return text
	}
	var decoded []byte
	units := make([]uint16, 0, len(text)/2)
	for at := 2; at+1 < len(text); at += 2 {
		units = append(units, order.Uint16(text[at:]))
	}
	for _, r := range utf16.Decode(units) {
		decoded = utf8.AppendRune(decoded, r)
	}
	return decoded
}

// WithoutBOM returns a text without the byte order mark that some editors write.
func WithoutBOM(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\uFEFF")) }
