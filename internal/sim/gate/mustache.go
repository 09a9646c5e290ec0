package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// deepest is how far blocks of a template, and parentheses of an expression, may be nested.
const deepest = 50

// node is a piece of a parsed template.
type node struct {
	text   string // as it is, when there is no helper and no name
	helper string // "if", "equals", "notEquals", "uriDataEncode" or "" for a value
	args   []argument
	raw    bool // three braces
	then   []node
	other  []node // after {{else}}
}

// argument is a name to look up, or a literal.
type argument struct {
	text    string
	literal bool
}

var pathForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// arity gives the fewest and the most arguments of the helpers that are known here.
var arity = map[string][2]int{"if": {1, 1}, "equals": {2, 3}, "notEquals": {2, 3}, "uriDataEncode": {1, 1}}

type templateParser struct{ rest string }

// parseTemplate reads a template as far as published server tasks use one. Anything else is an error, the server's
// further helpers too.
func parseTemplate(text string) ([]node, error) {
	p := &templateParser{rest: text}
	nodes, end, err := p.nodes(0)
	if err == nil && end != "" {
		err = fmt.Errorf("{{%s}} closes nothing", end)
	}
	return nodes, err
}

// nodes reads up to a tag that belongs to the block around it, "else" or "/helper", or to the end, "".
func (p *templateParser) nodes(depth int) (all []node, end string, err error) {
	if depth > deepest {
		return nil, "", errors.New("blocks are nested too deep")
	}
	for {
		before, rest, found := strings.Cut(p.rest, "{{")
		if before != "" {
			all = append(all, node{text: before})
		}
		if !found {
			p.rest = ""
			return all, "", nil
		}
		closing, raw := "}}", strings.HasPrefix(rest, "{")
		if raw {
			closing, rest = "}}}", rest[1:]
		}
		tag, rest, closed := strings.Cut(rest, closing)
		if !closed {
			return nil, "", errors.New("{{ without its }}")
		}
		p.rest, tag = rest, strings.TrimSpace(tag)
		if !raw && (tag == "else" || strings.HasPrefix(tag, "/")) {
			return all, tag, nil
		}
		n, err := p.tag(tag, raw, depth)
		if err != nil {
			return nil, "", err
		}
		all = append(all, n)
	}
}

func (p *templateParser) tag(tag string, raw bool, depth int) (node, error) {
	body, block := strings.CutPrefix(tag, "#")
	words, err := splitArguments(body)
	if err != nil {
		return node{}, err
	}
	if len(words) == 0 || words[0].literal {
		return node{}, fmt.Errorf("{{%s}} names nothing", tag)
	}
	n := node{helper: words[0].text, args: words[1:], raw: raw}
	limits, known := arity[n.helper]
	switch {
	case block && raw:
		return node{}, fmt.Errorf("block {{{%s}}} has three braces", tag)
	case !block && len(words) == 1 && !known:
		n.helper, n.args = "", words
	case !known || !block && n.helper != "uriDataEncode":
		return node{}, fmt.Errorf("{{%s}} is not known here", tag)
	case len(n.args) < limits[0] || len(n.args) > limits[1]:
		return node{}, fmt.Errorf("{{%s}} has %d arguments", tag, len(n.args))
	}
	for _, arg := range n.args {
		if !arg.literal && !pathForm.MatchString(arg.text) {
			return node{}, fmt.Errorf("{{%s}}: %q is no name", tag, arg.text)
		}
	}
	if !block {
		return n, nil
	}
	return p.block(n, depth)
}

func (p *templateParser) block(n node, depth int) (node, error) {
	var end string
	var err error
	if n.then, end, err = p.nodes(depth + 1); err != nil {
		return node{}, err
	}
	if end == "else" && n.helper != "uriDataEncode" {
		if n.other, end, err = p.nodes(depth + 1); err != nil {
			return node{}, err
		}
	}
	if end != "/"+n.helper {
		return node{}, fmt.Errorf("{{#%s}} is not closed by {{/%s}} but by %q", n.helper, n.helper, end)
	}
	if n.helper == "uriDataEncode" && len(n.then) > 0 {
		return node{}, errors.New("{{#uriDataEncode x}} has text inside")
	}
	return n, nil
}

// splitArguments cuts at white space, which literals in quotes may hold. Digits alone are a literal too.
func splitArguments(text string) ([]argument, error) {
	var all []argument
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		if quote := text[0]; quote == '\'' || quote == '"' {
			literal, rest, closed := strings.Cut(text[1:], string(quote))
			if !closed || rest != "" && !strings.ContainsAny(rest[:1], " \t\r\n") {
				return nil, fmt.Errorf("a quote is out of place in {{%s}}", text)
			}
			all, text = append(all, argument{literal, true}), rest
			continue
		}
		end := strings.IndexAny(text, " \t\r\n")
		if end < 0 {
			end = len(text)
		}
		word := text[:end]
		all, text = append(all, argument{word, strings.Trim(word, "0123456789") == ""}), text[end:]
	}
	return all, nil
}

// mustache fills in {{…}} once.
func (s *scope) mustache(text string) (string, error) {
	nodes, err := parseTemplate(text)
	if err != nil {
		return "", fmt.Errorf("template: %w", err)
	}
	var out strings.Builder
	if err := s.render(&out, nodes); err != nil {
		return "", fmt.Errorf("template: %w", err)
	}
	return out.String(), nil
}

func (s *scope) render(out *strings.Builder, nodes []node) error {
	for _, n := range nodes {
		var err error
		switch {
		case n.helper == "" && n.args == nil:
			out.WriteString(n.text)
		case n.helper == "":
			out.WriteString(s.escape(s.value(n.args[0]), n.raw))
		case n.helper == "uriDataEncode":
			out.WriteString(escapeData(s.value(n.args[0])))
		case n.helper == "if":
			value := s.value(n.args[0])
			if strings.EqualFold(value, "false") || value == "0" {
				return fmt.Errorf("{{#if %s}} over %q: what it does is not known, use {{#equals}}", n.args[0].text, value)
			}
			err = s.branch(out, n, value != "")
		case n.helper == "equals":
			err = s.branch(out, n, s.equal(n.args))
		case n.helper == "notEquals":
			err = s.branch(out, n, !s.equal(n.args))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *scope) branch(out *strings.Builder, n node, yes bool) error {
	if yes {
		return s.render(out, n.then)
	}
	return s.render(out, n.other)
}

func (s *scope) equal(args []argument) bool {
	a, b := s.value(args[0]), s.value(args[1])
	if len(args) == 3 && (args[2].text == "1" || args[2].text == "true") {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// value looks a name up where inputs and the endpoint's data are side by side; unknown = "".
func (s *scope) value(arg argument) string {
	if arg.literal {
		return arg.text
	}
	exactly := func(values map[string]string, name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
	if key, ok := strings.CutPrefix(arg.text, "endpoint."); ok {
		value, _ := s.endpointValue(key, exactly)
		return value
	}
	if value, ok := s.inputs[arg.text]; ok {
		return value
	}
	return s.endpoint.Data[arg.text]
}

func (s *scope) escape(value string, raw bool) string {
	switch {
	case raw || s.job.Options.Escape == EscapeNone:
		return value
	case s.job.Options.Escape == EscapeJSON:
		var out strings.Builder
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		if encoder.Encode(value) != nil { // a string always can be
			return value
		}
		return strings.TrimSuffix(strings.TrimPrefix(out.String(), `"`), "\"\n")
	}
	return escapeHTML(value)
}

// escapeHTML writes what .NET's WebUtility.HtmlEncode does.
func escapeHTML(value string) string {
	var out strings.Builder
	for _, r := range value {
		switch {
		case r == '<':
			out.WriteString("&lt;")
		case r == '>':
			out.WriteString("&gt;")
		case r == '&':
			out.WriteString("&amp;")
		case r == '"':
			out.WriteString("&quot;")
		case r == '\'', r >= 160 && r < 256, r > 0xffff:
			fmt.Fprintf(&out, "&#%d;", r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// escapeData is .NET's Uri.EscapeDataString.
func escapeData(value string) string {
	return percent(value, func(c byte) bool { return unreserved(c) })
}
