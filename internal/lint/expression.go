package lint

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds: a pipeline that is made to be large ends here. Azure Pipelines itself
// follows at most a hundred files, fifty deep.
const (
	maxDepth = 60
	maxNodes = 300_000
	maxText  = 64 << 10
)

// value is a node and what the names in it mean. Without a node it is not known.
type value struct {
	node  *yaml.Node
	scope *scope
}

// scope is what the names in a template expression mean.
type scope struct {
	file       *source
	parameters map[string]value // by lower-case name
	variables  *variables
	loop       string // a name that ${{ each }} has bound
	bound      value
	outer      *scope // of the loop
}

func (v value) place() place { return place{v.scope.file, v.node} }

// with is the scope inside of a loop.
func (s *scope) with(name string, bound value) *scope {
	inner := *s
	inner.loop, inner.bound, inner.outer = name, bound, s
	return &inner
}

// among is the scope with the variables of a stage or job.
func (s *scope) among(v *variables) *scope {
	inner := *s
	inner.variables = v
	return &inner
}

var (
	expression      = regexp.MustCompile(`\$\{\{(.*?)\}\}`)
	wholeExpression = regexp.MustCompile(`^\s*\$\{\{([^{}]*)\}\}\s*$`)
	reference       = regexp.MustCompile(`^\s*([A-Za-z_][\w-]*)((?:\s*\.\s*[\w-]+|\s*\[\s*'[^']*'\s*\])*)\s*$`)
	segment         = regexp.MustCompile(`\.\s*([\w-]+)|\[\s*'([^']*)'\s*\]`)
	directive       = regexp.MustCompile(`(?i)^\s*\$\{\{\s*(if|elseif|else|each|insert)\b(.*)\}\}\s*$`)
	eachOf          = regexp.MustCompile(`(?i)^\s*([A-Za-z_][\w-]*)\s+in\s+(.*)$`)
)

func isExpression(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && wholeExpression.MatchString(n.Value)
}

// onlyDirectives: what stands under the keys takes the place of the mapping.
func onlyDirectives(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return false
	}
	for i := 0; i < len(n.Content); i += 2 {
		if m := directive.FindStringSubmatch(n.Content[i].Value); m == nil || strings.EqualFold(m[1], "insert") {
			return false
		}
	}
	return true
}

// resolve follows a value that is one expression to what it stands for.
func (w *walk) resolve(v value) value {
	for range maxDepth {
		if v.node == nil || v.node.Kind == yaml.AliasNode || !w.spend() {
			return value{}
		}
		if v.node.Kind != yaml.ScalarNode {
			return v
		}
		m := wholeExpression.FindStringSubmatch(v.node.Value)
		if m == nil {
			return v
		}
		v = w.lookup(m[1], v.scope)
	}
	return value{}
}

// lookup is what a reference stands for. A function, an operator or a name that
// the file does not tell stands for what is not known.
func (w *walk) lookup(text string, s *scope) value {
	m := reference.FindStringSubmatch(text)
	if m == nil {
		return value{}
	}
	var names []string
	for _, part := range segment.FindAllStringSubmatch(m[2], -1) {
		names = append(names, part[1]+part[2])
	}
	var v value
	switch head := strings.ToLower(m[1]); {
	case s.bindsLoop(m[1]):
		v = s.loopValue(m[1])
	case head == "parameters" && len(names) > 0:
		v, names = s.parameters[strings.ToLower(names[0])], names[1:]
	case head == "variables" && len(names) > 0:
		if definition, ok := s.variables.lookup(strings.Join(names, ".")); ok {
			return definition.written
		}
		return value{}
	}
	for _, name := range names {
		v = w.member(v, name)
	}
	return v
}

func (s *scope) bindsLoop(name string) bool {
	for ; s != nil; s = s.outer {
		if s.loop == name {
			return true
		}
	}
	return false
}

func (s *scope) loopValue(name string) value {
	for ; s != nil; s = s.outer {
		if s.loop == name {
			return s.bound
		}
	}
	return value{}
}

// member is what stands beside a key of a mapping.
func (w *walk) member(v value, name string) value {
	for _, e := range w.entries(v) {
		if strings.EqualFold(e.key, name) {
			return e.value
		}
	}
	return value{}
}

// entry is one key of a mapping and what stands beside it.
type entry struct {
	key   string
	value value
}

// entries are the keys of a mapping, with those of every condition and loop in it.
func (w *walk) entries(v value) []entry {
	v = w.resolve(v)
	if v.node == nil || v.node.Kind != yaml.MappingNode || !w.enter() {
		return nil
	}
	defer w.leave()
	var all []entry
	for i := 0; i+1 < len(v.node.Content) && w.spend(); i += 2 {
		key, beside := v.node.Content[i], value{v.node.Content[i+1], v.scope}
		m := directive.FindStringSubmatch(key.Value)
		switch {
		case m == nil:
			all = append(all, entry{w.text(value{key, v.scope}).value, beside})
		case strings.EqualFold(m[1], "each"):
			for _, inner := range w.rounds(m[2], v.scope) {
				all = append(all, w.entries(value{beside.node, inner})...)
			}
		default:
			all = append(all, w.entries(beside)...)
		}
	}
	return all
}

// items are the members of a list, with those of every condition and loop in it.
// What cannot be known counts as blind.
func (w *walk) items(v value) []value {
	written := v
	v = w.resolve(v)
	switch {
	case v.node == nil:
		if written.node != nil {
			w.blind++
		}
		return nil
	case !w.enter():
		w.blind++
		return nil
	}
	defer w.leave()
	switch {
	case onlyDirectives(v.node):
		return w.item(v)
	case v.node.Kind != yaml.SequenceNode:
		return nil
	}
	var all []value
	for _, n := range v.node.Content {
		if !w.spend() {
			w.blind++
			break
		}
		all = append(all, w.item(value{n, v.scope})...)
	}
	return all
}

// item is one member of a list, or those that take its place.
func (w *walk) item(v value) []value {
	switch {
	case isExpression(v.node):
		if r := w.resolve(v); r.node != nil && r.node.Kind == yaml.MappingNode && !onlyDirectives(r.node) {
			return []value{r}
		}
		return w.items(v)
	case !onlyDirectives(v.node):
		return []value{v}
	}
	var all []value
	for i := 0; i+1 < len(v.node.Content) && w.spend(); i += 2 {
		m := directive.FindStringSubmatch(v.node.Content[i].Value)
		scopes := []*scope{v.scope}
		if strings.EqualFold(m[1], "each") {
			scopes = w.rounds(m[2], v.scope)
		}
		for _, s := range scopes {
			body := value{v.node.Content[i+1], s}
			if body.node.Kind == yaml.MappingNode && !onlyDirectives(body.node) {
				all = append(all, body)
			} else {
				all = append(all, w.items(body)...)
			}
		}
	}
	return all
}

// rounds are the scopes of a loop: one for each member, or one in which the name
// stands for what is not known.
func (w *walk) rounds(text string, s *scope) []*scope {
	m := eachOf.FindStringSubmatch(text)
	if m == nil {
		return []*scope{s}
	}
	over := w.resolve(w.lookup(m[2], s))
	if over.node == nil {
		return []*scope{s.with(m[1], value{})}
	}
	var all []*scope
	if over.node.Kind == yaml.MappingNode && !onlyDirectives(over.node) {
		for _, e := range w.entries(over) {
			pair := &yaml.Node{Kind: yaml.MappingNode, Line: e.value.node.Line, Column: e.value.node.Column, Content: []*yaml.Node{
				{Kind: yaml.ScalarNode, Value: "key"}, {Kind: yaml.ScalarNode, Value: e.key, Line: e.value.node.Line, Column: e.value.node.Column},
				{Kind: yaml.ScalarNode, Value: "value"}, e.value.node,
			}}
			all = append(all, s.with(m[1], value{pair, e.value.scope}))
		}
		return all
	}
	for _, item := range w.items(over) {
		all = append(all, s.with(m[1], item))
	}
	return all
}

// text is a scalar with its expressions replaced, and where its words were written.
type text struct {
	value string
	known bool // no expression is left in it
	at    place
	from  value // as it is written there
}

// text replaces the expressions in a scalar. One that cannot be known stays as it is written.
func (w *walk) text(v value) text {
	if v.node == nil {
		return text{}
	}
	t := text{value: v.node.Value, at: v.place(), from: v}
	r := w.resolve(v)
	switch {
	case r.node == nil:
		return t
	case r.node.Kind != yaml.ScalarNode:
		return text{at: t.at, from: v}
	}
	t = text{known: true, at: r.place(), from: v}
	if !w.enter() {
		return text{at: t.at, from: v}
	}
	defer w.leave()
	size := 0
	t.value = expression.ReplaceAllStringFunc(r.node.Value, func(whole string) string {
		if size > maxText { // a small file can ask for a very long text
			return ""
		}
		inner := w.lookup(expression.FindStringSubmatch(whole)[1], r.scope)
		if inner.node == nil || !w.spend() {
			t.known = false
			return whole
		}
		part := w.text(inner)
		t.known = t.known && part.known
		size += len(part.value)
		return part.value
	})
	if len(t.value) > maxText {
		t.value, t.known = t.value[:maxText], false
	}
	return t
}
