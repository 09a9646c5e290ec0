package gate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// longestExpression bounds what is parsed, in bytes; the pipelines' own parser has a bound as well.
const longestExpression = 21000

// expression is a node of a parsed expression: exactly one of its forms.
type expression struct {
	literal  any // bool, float64 or string
	context  string
	function string
	args     []expression
	of       *expression // indexed by args[0]
}

// functions gives the fewest and the most arguments; names in lower case.
var functions = map[string][2]int{
	"and": {2, 99}, "or": {2, 99}, "xor": {2, 2}, "not": {1, 1}, "eq": {2, 2}, "ne": {2, 2}, "gt": {2, 2}, "ge": {2, 2},
	"lt": {2, 2}, "le": {2, 2}, "in": {2, 99}, "notin": {2, 99}, "contains": {2, 2}, "startswith": {2, 2}, "endswith": {2, 2},
	"count": {1, 1}, "jsonpath": {1, 1}, "isnullorempty": {1, 1}, "isurl": {1, 1}, "split": {2, 2}, "intersect": {2, 2},
}

var contexts = map[string]bool{"root": true, "response": true, "taskinputs": true, "variables": true}

type expressionParser struct{ rest string }

// parseExpression reads the language of pipeline conditions with the functions and contexts of server tasks. Version
// numbers and dots between names are part of that language, but no published server task uses them: they are errors.
func parseExpression(text string) (expression, error) {
	if len(text) > longestExpression {
		return expression{}, errors.New("it is too long")
	}
	p := &expressionParser{rest: text}
	e, err := p.parse(0)
	if err != nil {
		return expression{}, err
	}
	if p.space(); p.rest != "" {
		return expression{}, fmt.Errorf("%q is left over", p.rest)
	}
	return e, nil
}

func (p *expressionParser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// take moves past a character, with white space before it.
func (p *expressionParser) take(c byte) bool {
	p.space()
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *expressionParser) parse(depth int) (expression, error) {
	if depth > deepest {
		return expression{}, errors.New("it is nested too deep")
	}
	e, err := p.operand(depth)
	for indexes := 0; err == nil && p.take('['); indexes++ {
		if indexes > deepest {
			return expression{}, errors.New("it is nested too deep")
		}
		var index expression
		if index, err = p.parse(depth + 1); err != nil {
			break
		}
		if !p.take(']') {
			return expression{}, fmt.Errorf("']' is missing before %q", p.rest)
		}
		base := e
		e = expression{of: &base, args: []expression{index}}
	}
	return e, err
}

func (p *expressionParser) operand(depth int) (expression, error) {
	if p.take('\'') {
		return p.quoted()
	}
	p.space()
	end := strings.IndexFunc(p.rest, func(r rune) bool { return strings.ContainsRune("()[],' \t\r\n", r) })
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	if word == "" {
		return expression{}, fmt.Errorf("a value is missing before %q", p.rest)
	}
	p.rest = p.rest[end:]
	name := strings.ToLower(word)
	if strings.IndexByte("-.0123456789", word[0]) >= 0 {
		number, err := parseNumber(word)
		if err != nil {
			return expression{}, fmt.Errorf("%q is no number", word)
		}
		return expression{literal: number}, nil
	}
	if limits, ok := functions[name]; ok {
		return p.call(name, limits, depth)
	}
	switch {
	case name == "true" || name == "false":
		return expression{literal: name == "true"}, nil
	case contexts[name]:
		return expression{context: name}, nil
	}
	return expression{}, fmt.Errorf("%q is not known", word)
}

// quoted reads the rest of a literal; a quote inside is doubled.
func (p *expressionParser) quoted() (expression, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(p.rest, "'")
		if !found {
			return expression{}, errors.New("a quote is not closed")
		}
		out.WriteString(before)
		p.rest = rest
		if !strings.HasPrefix(rest, "'") {
			return expression{literal: out.String()}, nil
		}
		out.WriteByte('\'')
		p.rest = rest[1:]
	}
}

func (p *expressionParser) call(name string, limits [2]int, depth int) (expression, error) {
	e := expression{function: name}
	if !p.take('(') {
		return expression{}, fmt.Errorf("%s is not followed by '('", name)
	}
	for !p.take(')') {
		if len(e.args) > 0 && !p.take(',') {
			return expression{}, fmt.Errorf("',' or ')' is missing before %q", p.rest)
		}
		arg, err := p.parse(depth + 1)
		if err != nil {
			return expression{}, err
		}
		e.args = append(e.args, arg)
	}
	if len(e.args) < limits[0] || len(e.args) > limits[1] {
		return expression{}, fmt.Errorf("%s has %d arguments", name, len(e.args))
	}
	return e, nil
}

// parseNumber takes plain decimals only: no exponent, no "Inf", no hexadecimal.
func parseNumber(text string) (float64, error) {
	if strings.Trim(text, "+-.,0123456789") != "" || !strings.ContainsAny(text, "0123456789") {
		return 0, errors.New("no number")
	}
	return strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
}
