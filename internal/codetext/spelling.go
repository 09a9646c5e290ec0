package codetext

import (
	"strings"

	"armpreflight/internal/lazyregexp"
	"armpreflight/internal/secret"
)

// maxSpelling is how many bytes of what was typed can be a code.
const maxSpelling = 256

// Spelled writes a code as its service does, as far as what was typed allows.
func Spelled(spelling string) string {
	if len(spelling) > maxSpelling {
		spelling = secret.Filter(nil).Head(spelling, maxSpelling)
	}
	spelling = spelling[skip(spelling, 0, isAround):]
	for spelling != "" && isAround(spelling[len(spelling)-1]) {
		spelling = spelling[:len(spelling)-1]
	}
	number := spelling
	if hasFoldedPrefix(number, "aadsts") {
		number = number[len("aadsts"):]
	}
	number = number[skip(number, 0, isBetween):] // as people type it
	if end, ok := digits(number, 0, 4, 9); ok && end == len(number) {
		if strings.HasPrefix(spelling, "AADSTS") && len(spelling) == len("AADSTS")+len(number) {
			return spelling
		}
		return "AADSTS" + number
	}
	return spelling
}

// isAround recognizes what people copy along with a code.
func isAround(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', '"', '\'', '`', '.', ',', ':', ';', '!', '?', '(', ')', '[', ']', '{', '}', '<', '>':
		return true
	}
	return false
}

func isBetween(c byte) bool { return isSpace(c) || c == '_' || c == ':' || c == '-' }

// spelledLikeCode is the form of a code: a prefix with a number, or letters with separators between them. What someone
// pastes by mistake, a key or a token, has another.
var spelledLikeCode = &lazyregexp.Regexp{Expression: `^(?:(?:AADSTS|MSIS|TF|VS)?[0-9]{1,9}|[A-Za-z]+(?:[-_.][A-Za-z]+)*)$`}

// LooksLikeCode says whether a text has the form of a code, so that it can be shown.
func LooksLikeCode(text string) bool {
	return len(text) <= 60 && !strings.HasPrefix(text, "eyJ") && spelledLikeCode.MatchString(text)
}
