package deployment

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decode converts a file's bytes to UTF-8: without a byte order mark, and from UTF-16 if they're in that, as PowerShell 5 writes.
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data = data[3:]
	case len(data) >= 2 && data[0] == 0xFF && data[1] == 0xFE:
		return fromUTF16(data[2:], false), nil
	case len(data) >= 2 && data[0] == 0xFE && data[1] == 0xFF:
		return fromUTF16(data[2:], true), nil
	case len(data) >= 2 && data[0] != 0 && data[1] == 0:
		return fromUTF16(data, false), nil
	case len(data) >= 2 && data[0] == 0 && data[1] != 0:
		return fromUTF16(data, true), nil
	}
	if !utf8.Valid(data) {
		return "", errors.New("the encoding is neither UTF-8 nor UTF-16")
	}
	return string(data), nil
}

func fromUTF16(data []byte, big bool) string {
	var b strings.Builder
	b.Grow(len(data)/2 + 16)
	unit := func(i int) rune {
		if big {
			return rune(data[i])<<8 | rune(data[i+1])
		}
		return rune(data[i+1])<<8 | rune(data[i])
	}
	for i := 0; i+1 < len(data); i += 2 {
		c := unit(i)
		if utf16.IsSurrogate(c) && i+3 < len(data) {
			if pair := utf16.DecodeRune(c, unit(i+2)); pair != utf8.RuneError {
				c, i = pair, i+2
			}
		}
		b.WriteRune(c)
	}
	return b.String()
}
