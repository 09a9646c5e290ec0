package template

import (
	"fmt"
	"strconv"
	"strings"
)

// values are what expressions work with: nil, bool, float64, string, list, and Object.
type list []any

// Object is a value with members.
type Object map[string]any

func (s Service) member(o Object, name string) any {
	if v, ok := o[name]; ok || s.ExactCase {
		return v
	}
	for key, v := range o {
		if strings.EqualFold(key, name) {
			return v
		}
	}
	return nil
}

// mostNested is how deep functions can be nested. Source: ExpressionConstants.MaxDepth in actions/runner, which has the same expressions.
const mostNested = 50

// parser evaluates an expression while it reads it.
type parser struct {
	service Service
	text    string
	names   Object
	depth   int
}

func (p *parser) space() { p.text = strings.TrimLeft(p.text, " ") }

func (p *parser) take(token string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.text, token)
	if ok {
		p.text = rest
	}
	return ok
}

func (p *parser) must(token string) {
	if !p.take(token) {
		panic(fmt.Sprintf("%q is missing before %q", token, p.text))
	}
}

func (p *parser) word() string {
	n := strings.IndexFunc(p.text, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if n < 0 {
		n = len(p.text)
	}
	word := p.text[:n]
	p.text = p.text[n:]
	return word
}

func (p *parser) value() any {
	p.space()
	var v any
	switch {
	case p.take("'"):
		var b strings.Builder
		for {
			before, after, ok := strings.Cut(p.text, "'")
			if !ok {
				panic("a text has no end")
			}
			b.WriteString(before)
			if p.text = after; !strings.HasPrefix(after, "'") {
				return b.String()
			}
			b.WriteString("'")
			p.text = after[1:]
		}
	default:
		word := p.word()
		switch {
		case word == "":
			panic(fmt.Sprintf("no value at %q", p.text))
		case p.take("("):
			if p.depth++; p.depth > mostNested {
				panic("functions are nested too deep")
			}
			var args []any
			for !p.take(")") {
				if len(args) > 0 {
					p.must(",")
				}
				args = append(args, p.value())
			}
			p.depth--
			v = p.service.call(word, args)
		case word == "true", word == "false":
			return word == "true"
		default:
			if n, err := strconv.ParseFloat(word, 64); err == nil {
				return n
			}
			var ok bool
			if v, ok = p.names[word]; !ok {
				panic("unknown name " + word)
			}
		}
	}
	return p.members(v, false)
}

// members reads what follows a value. After .*, each member is that of every item that has it.
func (p *parser) members(v any, each bool) any {
	for {
		switch {
		case strings.HasPrefix(p.text, ".*"):
			p.text = p.text[2:]
			items, ok := v.(list)
			if !ok {
				panic(".* needs a list")
			}
			v, each = items, true
		case strings.HasPrefix(p.text, "."):
			p.text = p.text[1:]
			v = p.service.find(v, p.word(), each)
		case strings.HasPrefix(p.text, "["):
			p.text = p.text[1:]
			at := p.value()
			p.must("]")
			v = p.service.find(v, at, each)
		default:
			return v
		}
	}
}

func (s Service) find(of, at any, each bool) any {
	if each {
		found := list{}
		for _, item := range of.(list) {
			if v := s.find(item, at, false); v != nil {
				found = append(found, v)
			}
		}
		return found
	}
	switch of := of.(type) {
	case Object:
		return s.member(of, text(at))
	case list:
		if n, ok := at.(float64); ok && n >= 0 && int(n) < len(of) {
			return of[int(n)]
		}
	}
	return nil
}

// text is a value as a text: an object is empty, a bool begins with a capital.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	}
	return true
}

// equal compares as the documentation says: the right side becomes the type of the left one, and texts have no case.
func equal(a, b any) bool {
	switch a := a.(type) {
	case string:
		return strings.EqualFold(a, text(b))
	case bool:
		return a == truth(b)
	case nil:
		return b == nil || b == ""
	case float64:
		n, err := strconv.ParseFloat(text(b), 64)
		return err == nil && a == n
	}
	return false
}
