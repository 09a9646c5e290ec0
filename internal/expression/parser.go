package expression

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Node is a parsed expression: a Literal, Name, Member, Index, or Call.
type Node interface{ node() }

type (
	// Literal is a value that's written out.
	Literal struct{ Value Value }
	// Name is what an expression begins with, such as parameters, or the variable of a loop.
	Name struct{ Text string }
	// Member is .Name, or ["Name"], of something. Name is * for all of its members.
	Member struct {
		Of   Node
		Name string
	}
	// Index is [At] of something, where At isn't a literal string.
	Index struct{ Of, At Node }
	// Call is a function. Name is in lower case.
	Call struct {
		Name string
		Args []Node
	}
)

func (Literal) node() {}
func (Name) node()    {}
func (Member) node()  {}
func (Index) node()   {}
func (Call) node()    {}

// The bounds of an expression. A larger one isn't parsed.
const (
	maxLength = 16 << 10
	maxDepth  = 50
	maxItems  = 1000 // of a list that the function split returns
)

var errTooLarge = errors.New("the expression is too long or too deep")

// Parse reads a whole expression, without ${{ and }}. The error names the position, from 1.
func Parse(source string) (Node, error) {
	if len(source) > maxLength {
		return nil, errTooLarge
	}
	p := &parser{source: source}
	if err := p.advance(); err != nil {
		return nil, err
	}
	node, err := p.operand(0)
	if err != nil {
		return nil, err
	}
	if p.next.kind != end {
		return nil, p.unexpected()
	}
	return node, nil
}

type parser struct {
	source string
	at     int
	next   token
}

func (p *parser) advance() (err error) {
	p.next, p.at, err = lex(p.source, p.at)
	return err
}

func (p *parser) is(mark string) bool { return p.next.kind == punctuation && p.next.text == mark }

func (p *parser) expect(mark string) error {
	if !p.is(mark) {
		return p.unexpected()
	}
	return p.advance()
}

func (p *parser) unexpected() error {
	if p.next.kind == end {
		return fmt.Errorf("the expression ends too early at %d", p.next.at+1)
	}
	return fmt.Errorf("unexpected %q at %d", p.next.text, p.next.at+1)
}

func (p *parser) operand(depth int) (Node, error) {
	if depth > maxDepth {
		return nil, errTooLarge
	}
	word := p.next
	if err := p.advance(); err != nil {
		return nil, err
	}
	var node Node
	switch {
	case word.kind == text:
		node = Literal{String(word.text)}
	case word.kind == number:
		n, err := strconv.ParseFloat(word.text, 64)
		if err != nil { // a version, such as 1.2.3
			return Literal{String(word.text)}, nil
		}
		return Literal{Value{Kind: Number, Number: n}}, nil
	case word.kind != name:
		p.next = word
		return nil, p.unexpected()
	case p.is("("):
		args, err := p.args(depth)
		if err != nil {
			return nil, err
		}
		node = Call{strings.ToLower(word.text), args}
	case strings.EqualFold(word.text, "true"), strings.EqualFold(word.text, "false"):
		return Literal{Truth(strings.EqualFold(word.text, "true"))}, nil
	case strings.EqualFold(word.text, "null"):
		return Literal{Value{Kind: Null}}, nil
	default:
		node = Name{word.text}
	}
	return p.members(node, depth)
}

func (p *parser) args(depth int) (all []Node, err error) {
	if err := p.advance(); err != nil { // the parenthesis
		return nil, err
	}
	for !p.is(")") {
		if len(all) > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
		one, err := p.operand(depth + 1)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, p.advance()
}

// members reads .name and [index] after an operand.
func (p *parser) members(node Node, depth int) (Node, error) {
	for count := 0; p.is(".") || p.is("["); count++ {
		if count > maxDepth {
			return nil, errTooLarge
		}
		dotted := p.is(".")
		if err := p.advance(); err != nil {
			return nil, err
		}
		if dotted || p.is("*") {
			if !p.is("*") && p.next.kind != name && p.next.kind != number {
				return nil, p.unexpected()
			}
			node = Member{node, p.next.text}
			if err := p.advance(); err != nil {
				return nil, err
			}
		} else {
			at, err := p.operand(depth + 1)
			if err != nil {
				return nil, err
			}
			if literal, ok := at.(Literal); ok && literal.Value.Kind == Text {
				node = Member{node, literal.Value.Text}
			} else {
				node = Index{node, at}
			}
		}
		if !dotted {
			if err := p.expect("]"); err != nil {
				return nil, err
			}
		}
	}
	return node, nil
}

// Path returns the names of a reference that's written out, such as parameters.a['b'] or item.b[0]. It's nil for any other expression.
func Path(node Node) []string {
	switch n := node.(type) {
	case Name:
		return []string{n.Text}
	case Member:
		if of := Path(n.Of); of != nil && n.Name != "*" {
			return append(of, n.Name)
		}
	case Index:
		if at, ok := n.At.(Literal); ok && at.Value.Kind == Number {
			if of := Path(n.Of); of != nil {
				return append(of, at.Value.String())
			}
		}
	}
	return nil
}

// Names calls visit for each reference in an expression, with its first name and, as far as it's written out, its path.
func Names(node Node, visit func(name string, path []string)) {
	switch n := node.(type) {
	case Name:
		visit(n.Text, []string{n.Text})
	case Member:
		if path := Path(n); path != nil {
			visit(path[0], path)
			return
		}
		Names(n.Of, visit)
	case Index:
		if path := Path(n); path != nil {
			visit(path[0], path)
			return
		}
		Names(n.Of, visit)
		Names(n.At, visit)
	case Call:
		for _, arg := range n.Args {
			Names(arg, visit)
		}
	}
}
