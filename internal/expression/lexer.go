// Package expression parses and evaluates the expressions of Azure Pipelines, as between ${{ and }}
// (learn.microsoft.com/azure/devops/pipelines/process/expressions). It doesn't read YAML: an [Environment] defines the names. A value can be
// unknown.
package expression

import (
	"fmt"
	"strings"
)

type kind int

const (
	end kind = iota
	name
	number
	text
	punctuation
)

// token is a word of an expression. The text of a string doesn't include its quotation marks.
type token struct {
	kind kind
	text string
	at   int
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// lex reads one token from a position, and returns where the next begins.
func lex(source string, at int) (token, int, error) {
	for at < len(source) && strings.IndexByte(" \t\r\n", source[at]) >= 0 {
		at++
	}
	if at == len(source) {
		return token{end, "", at}, at, nil
	}
	from, c := at, source[at]
	span := func(in func(c byte) bool) string {
		for at++; at < len(source) && in(source[at]); at++ {
		}
		return source[from:at]
	}
	switch {
	case isLetter(c):
		return token{name, span(func(c byte) bool { return isLetter(c) || isDigit(c) || c == '-' }), from}, at, nil
	case isDigit(c), (c == '-' || c == '+') && at+1 < len(source) && (isDigit(source[at+1]) || source[at+1] == '.'):
		return token{number, span(func(c byte) bool { return isDigit(c) || isLetter(c) || c == '.' }), from}, at, nil
	case c == '\'':
		return quoted(source, at)
	case strings.IndexByte("().,[]*", c) >= 0:
		return token{punctuation, source[at : at+1], from}, at + 1, nil
	}
	return token{}, at, fmt.Errorf("unexpected %q at %d", c, at+1)
}

// quoted reads a string, in which two quotation marks mean one.
func quoted(source string, from int) (token, int, error) {
	var value strings.Builder
	for at := from + 1; at < len(source); at++ {
		switch {
		case source[at] != '\'':
			value.WriteByte(source[at])
		case at+1 < len(source) && source[at+1] == '\'':
			value.WriteByte('\'')
			at++
		default:
			return token{text, value.String(), from}, at + 1, nil
		}
	}
	return token{}, from, fmt.Errorf("the string at %d isn't closed", from+1)
}

// End finds the end of an expression that begins at the start of a text: the position of its }}, or -1. Braces in a string don't count.
func End(text string) int {
	inString := false
	for i := 0; i+1 < len(text); i++ {
		switch {
		case text[i] == '\'':
			inString = !inString
		case !inString && text[i] == '}' && text[i+1] == '}':
			return i
		}
	}
	return -1
}
