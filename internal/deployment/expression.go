package deployment

import (
	"errors"
	"strconv"
	"strings"
)

// expression is a part of a template expression (learn.microsoft.com, Template syntax: Template functions).
type expression struct {
	// One of these: a literal text or number, a call, a member of another expression, or an element of one.
	literal value
	call    string // in lower case, with its namespace, if it has one: "contoso.name"; "" for the others
	name    string // of the call, as it's written
	of      *expression
	member  string
	args    []*expression // of a call; the index of an element
}

// maxNesting is how deep the calls of an expression may be within each other.
const maxNesting = 100

var errExpression = errors.New("the expression can't be read")

// isExpression distinguishes an expression from a text, and gives what's between the brackets, or the text that's meant.
func isExpression(text string) (inner string, ok bool) {
	if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' {
		return text, false
	}
	if text[1] == '[' { // an escaped bracket
		return text[1:], false
	}
	return text[1 : len(text)-1], true
}

// scanner parses an expression.
type scanner struct {
	text  string
	at    int
	depth int
}

// parseExpression parses what's between the brackets.
func parseExpression(text string) (*expression, error) {
	s := scanner{text: text}
	e, err := s.expression()
	if err == nil {
		if s.space(); s.at < len(s.text) {
			err = errExpression
		}
	}
	return e, err
}

func (s *scanner) space() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
}

// next skips blanks and takes a byte if it's the next one.
func (s *scanner) next(c byte) bool {
	if s.space(); s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) expression() (*expression, error) {
	if s.depth++; s.depth > maxNesting {
		return nil, errExpression
	}
	defer func() { s.depth-- }()
	e, err := s.primary()
	for err == nil {
		switch {
		case s.next('.'):
			s.next('?')
			name := s.word()
			if name == "" {
				return nil, errExpression
			}
			e = &expression{of: e, member: name}
		case s.next('['):
			s.next('?')
			var index *expression
			if index, err = s.expression(); err == nil {
				if !s.next(']') {
					return nil, errExpression
				}
				e = &expression{of: e, args: []*expression{index}}
			}
		default:
			return e, nil
		}
	}
	return nil, err
}

func (s *scanner) primary() (*expression, error) {
	s.space()
	if s.at == len(s.text) {
		return nil, errExpression
	}
	switch c := s.text[s.at]; {
	case c == '\'':
		return s.literal()
	case c == '-' || '0' <= c && c <= '9':
		start := s.at
		for s.at++; s.at < len(s.text) && (s.text[s.at] == '.' || '0' <= s.text[s.at] && s.text[s.at] <= '9'); {
			s.at++
		}
		return &expression{literal: number(s.text[start:s.at])}, nil
	}
	name := s.word()
	if name == "" {
		return nil, errExpression
	}
	if s.next('.') { // a function of the template
		member := s.word()
		if member == "" {
			return nil, errExpression
		}
		name += "." + member
	}
	if !s.next('(') {
		return nil, errExpression
	}
	e := &expression{call: strings.ToLower(name), name: name}
	if s.next(')') {
		return e, nil
	}
	for {
		arg, err := s.expression()
		if err != nil {
			return nil, err
		}
		e.args = append(e.args, arg)
		switch {
		case s.next(')'):
			return e, nil
		case !s.next(','):
			return nil, errExpression
		}
	}
}

// literal reads a text in single quotation marks, in which two of them mean one.
func (s *scanner) literal() (*expression, error) {
	var b strings.Builder
	for s.at++; s.at < len(s.text); s.at++ {
		if s.text[s.at] != '\'' {
			b.WriteByte(s.text[s.at])
			continue
		}
		s.at++
		if s.at == len(s.text) || s.text[s.at] != '\'' {
			return &expression{literal: b.String()}, nil
		}
		b.WriteByte('\'')
	}
	return nil, errExpression
}

func (s *scanner) word() string {
	s.space()
	start := s.at
	for s.at < len(s.text) && (isWordByte(s.text[s.at]) || s.text[s.at] == '$') {
		s.at++
	}
	return s.text[start:s.at]
}

// number reads a number as Azure Resource Manager has them: 64 bits, without fractions; another one is unknown.
func number(text string) value {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	return unknown{}
}
