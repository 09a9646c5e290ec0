package deployment

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of what's read. Azure Resource Manager takes templates of up to 4 MB (learn.microsoft.com, Azure Resource Manager
// limits), so these are out of reach for whatever could be deployed.
const (
	maxText   = 8 << 20 // bytes of templates, parameter files and snapshots together
	maxValues = 300_000 // values in them together
	maxDepth  = 100     // objects and lists within each other
)

type kind uint8

const (
	isNull kind = iota
	isTrue
	isFalse
	isNumber
	isText
	isList
	isObject
)

// node is a value of a JSON text.
type node struct {
	kind  kind
	text  string   // of a text, decoded; of a number, as written
	keys  []string // of an object, in order
	items []node   // of a list, or the values of an object
}

// get finds a member of an object without regard to case, as Azure Resource Manager does; nil if it has none, also for
// the nil node.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for i, k := range n.keys {
		if strings.EqualFold(k, key) {
			return &n.items[i]
		}
	}
	return nil
}

// at follows several members.
func (n *node) at(keys ...string) *node {
	for _, key := range keys {
		n = n.get(key)
	}
	return n
}

// str is the text of a text, otherwise "".
func (n *node) str() string {
	if n == nil || n.kind != isText {
		return ""
	}
	return n.text
}

func (n *node) is(k kind) bool { return n != nil && n.kind == k }

// syntaxError is a fault in a JSON text.
type syntaxError struct {
	line, column int // from 1; the column counts bytes
	what         string
}

func (e *syntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.line, e.column, e.what)
}

// parser reads JSON with what Azure Resource Manager accepts in addition to it: comments, a comma behind the last item, and line
// breaks within texts. Of members with the same key, without regard to case, the last counts, as there.
type parser struct {
	text   string
	at     int
	values int // how many more there may be
}

// parse reads a whole text; values is how many values it may have.
func parse(text string, values int) (node, error) {
	p := parser{text: text, values: values}
	n, err := p.value(0)
	if err == nil {
		if err = p.space(); err == nil && p.at < len(p.text) {
			err = p.wrong("unexpected content after the end")
		}
	}
	return n, err
}

func (p *parser) wrong(format string, args ...any) error {
	before := p.text
	if p.at < len(before) {
		before = before[:p.at]
	}
	return &syntaxError{1 + strings.Count(before, "\n"), len(before) - strings.LastIndexByte(before, '\n'), fmt.Sprintf(format, args...)}
}

// space skips blanks and comments.
func (p *parser) space() error {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			p.at++
		case strings.HasPrefix(p.text[p.at:], "//"):
			end := strings.IndexByte(p.text[p.at:], '\n')
			if end < 0 {
				end = len(p.text) - p.at
			}
			p.at += end
		case strings.HasPrefix(p.text[p.at:], "/*"):
			end := strings.Index(p.text[p.at+2:], "*/")
			if end < 0 {
				return p.wrong("unterminated comment")
			}
			p.at += end + 4
		default:
			return nil
		}
	}
	return nil
}

// peek skips blanks and gives the next byte; 0 at the end.
func (p *parser) peek() (byte, error) {
	if err := p.space(); err != nil {
		return 0, err
	}
	if p.at == len(p.text) {
		return 0, nil
	}
	return p.text[p.at], nil
}

func (p *parser) value(depth int) (node, error) {
	c, err := p.peek()
	if err != nil {
		return node{}, err
	}
	if p.values--; p.values < 0 {
		return node{}, fmt.Errorf("the file has more than %d values", maxValues)
	}
	switch {
	case depth > maxDepth:
		return node{}, p.wrong("objects and arrays are nested more than %d levels deep", maxDepth)
	case c == '{' || c == '[':
		return p.group(c, depth)
	case c == '"':
		text, err := p.quoted()
		return node{kind: isText, text: text}, err
	case c == '-' || '0' <= c && c <= '9':
		return p.number()
	}
	for k, word := range [...]string{isNull: "null", isTrue: "true", isFalse: "false"} {
		if rest, ok := strings.CutPrefix(p.text[p.at:], word); ok && (rest == "" || !isWordByte(rest[0])) {
			p.at += len(word)
			return node{kind: kind(k)}, nil
		}
	}
	if c == 0 && p.at == len(p.text) {
		return node{}, p.wrong("unexpected end, expected a value")
	}
	return node{}, p.wrong("expected a value")
}

func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// group reads an object or a list.
func (p *parser) group(open byte, depth int) (node, error) {
	n, closing := node{kind: isObject}, byte('}')
	if open == '[' {
		n.kind, closing = isList, ']'
	}
	p.at++
	var table map[string]int
	for {
		c, err := p.peek()
		if err != nil {
			return n, err
		}
		if c == closing {
			p.at++
			return n, nil
		}
		key := ""
		if n.kind == isObject {
			if key, err = p.key(); err != nil {
				return n, err
			}
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return n, err
		}
		if n.kind == isObject {
			n.put(key, item, &table)
		} else {
			n.items = append(n.items, item)
		}
		switch c, err = p.peek(); {
		case err != nil:
			return n, err
		case c == ',':
			p.at++
		case c != closing:
			return n, p.wrong("expected a comma or %q", closing)
		}
	}
}

// few is how many keys are compared one by one; an object with more gets a table of them.
const few = 16

// put adds a member of an object, or replaces the one with the same key. The table has the indexes of many keys.
func (n *node) put(key string, item node, table *map[string]int) {
	at := -1
	switch {
	case len(n.keys) < few:
		at = slices.IndexFunc(n.keys, func(k string) bool { return strings.EqualFold(k, key) })
	case *table == nil:
		*table = map[string]int{}
		for i, k := range n.keys {
			(*table)[strings.ToLower(k)] = i
		}
		fallthrough
	default:
		if i, ok := (*table)[strings.ToLower(key)]; ok {
			at = i
		}
	}
	if at >= 0 {
		n.keys[at], n.items[at] = key, item
		return
	}
	if *table != nil {
		(*table)[strings.ToLower(key)] = len(n.keys)
	}
	n.keys, n.items = append(n.keys, key), append(n.items, item)
}

func (p *parser) key() (string, error) {
	if p.at == len(p.text) || p.text[p.at] != '"' {
		return "", p.wrong("expected a key in quotation marks")
	}
	key, err := p.quoted()
	if err != nil {
		return "", err
	}
	c, err := p.peek()
	if err == nil && c != ':' {
		err = p.wrong("expected a colon")
	}
	p.at++
	return key, err
}

// quoted reads a text. Without an escape it's a part of the whole text, which takes no memory.
func (p *parser) quoted() (string, error) {
	p.at++
	start := p.at
	for p.at < len(p.text) && p.text[p.at] != '"' && p.text[p.at] != '\\' {
		p.at++
	}
	if p.at < len(p.text) && p.text[p.at] == '"' {
		p.at++
		return p.text[start : p.at-1], nil
	}
	var b strings.Builder
	b.WriteString(p.text[start:p.at])
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case '"':
			p.at++
			return b.String(), nil
		case '\\':
			c, err := p.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(c)
		default:
			b.WriteByte(c)
			p.at++
		}
	}
	return "", p.wrong("unterminated string")
}

func (p *parser) escape() (rune, error) {
	p.at++
	if p.at == len(p.text) {
		return 0, p.wrong("unterminated string")
	}
	c := p.text[p.at]
	p.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		first, ok := p.unit()
		if !ok {
			return 0, p.wrong("\\u needs four hexadecimal digits")
		}
		if utf16.IsSurrogate(first) {
			before := p.at
			if strings.HasPrefix(p.text[p.at:], `\u`) {
				p.at += 2
				if second, ok := p.unit(); ok {
					if c := utf16.DecodeRune(first, second); c != utf8.RuneError {
						return c, nil
					}
				}
			}
			p.at = before
			return utf8.RuneError, nil
		}
		return first, nil
	}
	return 0, p.wrong("unknown escape \\%c", c)
}

func (p *parser) unit() (rune, bool) {
	if len(p.text)-p.at < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(p.text[p.at:p.at+4], 16, 16)
	if err != nil || p.text[p.at] == '+' {
		return 0, false
	}
	p.at += 4
	return rune(n), true
}

func (p *parser) number() (node, error) {
	start := p.at
	for p.at < len(p.text) && strings.IndexByte("+-.eE0123456789", p.text[p.at]) >= 0 {
		p.at++
	}
	text := p.text[start:p.at]
	if _, err := strconv.ParseFloat(text, 64); err != nil && !errors.Is(err, strconv.ErrRange) {
		p.at = start
		return node{}, p.wrong("expected a number")
	}
	return node{kind: isNumber, text: text}, nil
}
