package secret

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible gives text as a reader sees it: valid UTF-8 in which nothing is hidden and a terminal finds nothing to obey.
//
//   - Every line break (CR LF, CR, VT, FF, NEL, U+2028, U+2029) becomes "\n": the agent ends a line at a lone CR too,
//     and a viewer may at the others.
//   - Terminal sequences that start with ESC [ go as a whole, all other control characters but tab go alone.
//   - Invisible characters go, see invisible.
//   - A byte that isn't UTF-8 becomes U+FFFD.
func Visible(text string) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	eachVisible(text, func(shown string, _, _ int) { b.WriteString(shown) })
	return b.String()
}

// isPlain reports whether text is printable ASCII, tab and newline only: most of it is, and shows as it is.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < ' ' && c != '\t' && c != '\n') || c > '~' {
			return false
		}
	}
	return true
}

// eachVisible calls emit for every piece of text that stays: what is shown, and the bytes [from, to) it represents.
func eachVisible(text string, emit func(shown string, from, to int)) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		next := i + size
		switch {
		case r == '\t' || r == '\n':
			emit(text[i:next], i, next)
		case r == '\r' && strings.HasPrefix(text[next:], "\n"):
			next++
			emit("\n", i, next)
		case r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			emit("\n", i, next)
		case r == '\x1b', r == '\u009b':
			next = terminalSequence(text, i, next)
		case unicode.IsControl(r), invisible(r):
		case r == utf8.RuneError && size == 1:
			emit("\ufffd", i, next)
		default:
			emit(text[i:next], i, next)
		}
		i = next
	}
}

// terminalSequence gives the end of the control sequence (ECMA-48 CSI: parameter bytes, intermediate bytes, one final
// byte) whose first character is text[start:next]; next itself when there is none, so that only that character goes.
func terminalSequence(text string, start, next int) int {
	i := next
	if text[start] == '\x1b' {
		if i >= len(text) || text[i] != '[' {
			return next
		}
		i++
	}
	for i < len(text) && text[i] >= '0' && text[i] <= '?' {
		i++
	}
	for i < len(text) && text[i] >= ' ' && text[i] <= '/' {
		i++
	}
	if i < len(text) && text[i] >= '@' && text[i] <= '~' {
		return i + 1
	}
	return next
}

// invisible reports whether r takes no place on the screen, or an empty one by definition. Three tables are needed and
// together hold all of Unicode's Default_Ignorable_Code_Point: format characters (zero-width, soft hyphen, direction
// marks, tags), variation selectors, and the ones that are ignorable but are letters or marks by category (U+034F, the
// Hangul fillers U+115F, U+1160, U+3164 and U+FFA0, U+17B4, U+17B5, and what Unicode keeps free for more).
//
// The agent's search for a command is culture-sensitive and passes over such characters (.NET with ICU), so a search
// that doesn't is blind. Blanks that have a width (U+00A0, U+2800) aren't ignored by it and can be seen: they stay.
func invisible(r rune) bool {
	return r > unicode.MaxASCII &&
		unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}
