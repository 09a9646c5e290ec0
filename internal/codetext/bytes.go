package codetext

import "strings"

// withoutColors takes out what colors a terminal (ECMA-48, control sequences).
func withoutColors(text string) string {
	if !strings.Contains(text, "\x1b[") {
		return text
	}
	var kept strings.Builder
	for {
		i := strings.Index(text, "\x1b[")
		if i < 0 {
			break
		}
		end := skip(text, i+2, func(c byte) bool { return c >= '0' && c <= '?' })
		end = skip(text, end, func(c byte) bool { return c >= ' ' && c <= '/' })
		if end < len(text) && text[end] >= '@' && text[end] <= '~' {
			kept.WriteString(text[:i])
			text = text[end+1:]
		} else {
			kept.WriteString(text[:i+2])
			text = text[i+2:]
		}
	}
	kept.WriteString(text)
	return kept.String()
}

// digits is the end of a number of min to max digits; false when there are others, or more of a word behind them.
func digits(text string, at, min, max int) (end int, ok bool) {
	end = skip(text, at, isDigit)
	size := end - at
	return end, size >= min && size <= max && (end == len(text) || !isWord(text[end]))
}

// skip is the first place from at on whose byte is of another kind.
func skip(text string, at int, kind func(byte) bool) int {
	for at < len(text) && kind(text[at]) {
		at++
	}
	return at
}

// literal is the place behind a byte that has to be at a place; -1 if it isn't there.
func literal(text string, at int, c byte) int {
	if at < 0 || at >= len(text) || text[at] != c {
		return -1
	}
	return at + 1
}

// foldedPlaces gives the places of a word in lower-case letters, whatever the case in the text; none overlap.
func foldedPlaces(text, word string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i+len(word) <= len(text); i++ {
			if text[i]|0x20 == word[0] && hasFoldedPrefix(text[i:], word) {
				if !yield(i) {
					return
				}
				i += len(word) - 1
			}
		}
	}
}

// hasFoldedPrefix: prefix is in lower case.
func hasFoldedPrefix(text, prefix string) bool {
	if len(text) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if c := text[i]; c != prefix[i] && (!isUpper(c) || c|0x20 != prefix[i]) {
			return false
		}
	}
	return true
}

func isUpper(c byte) bool     { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool     { return c >= 'a' && c <= 'z' }
func isLetter(c byte) bool    { return isUpper(c) || isLower(c) }
func isDigit(c byte) bool     { return c >= '0' && c <= '9' }
func isWord(c byte) bool      { return isLetter(c) || isDigit(c) || c == '_' }
func isSpace(c byte) bool     { return c == ' ' || c >= '\t' && c <= '\r' && c != '\v' }
func isLineEnd(c byte) bool   { return c == '\n' || c == '\r' }
func isBackslash(c byte) bool { return c == '\\' }
