package lint

import (
	"slices"
	"strconv"
	"strings"

	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// Bounds: a pipeline that is made to be large ends here. Azure Pipelines itself
// follows at most a hundred files, fifty deep.
const (
	maxDepth = 60
	maxNodes = 300_000    // of one pipeline
	maxAll   = 20_000_000 // of all
	maxText  = 64 << 10
	maxName  = 300 // of a template
	// Names of connections are shorter, with all the macros in them.
	maxConnection = 2000
)

// value is a node and what the names in it mean. Without a node it is not known.
type value struct {
	node  *yaml.Node
	scope *scope
	list  *value // of an item: the list that it is written in; nil when it stands under a condition by itself
	under *guard // of an item: what has to hold for it to be there; nil: nothing
	// brought: an item of a list that an expression stands for, such as the steps that a template is given
	brought bool
}

// scope is what the names in a template expression mean.
type scope struct {
	file       *source
	instance   *instance        // one use of the file: another has other parameters
	parameters map[string]value // by lower-case name
	variables  *variables
	loop       *binding // the innermost
}

type instance struct{ _ byte }

// binding is a name that one round of ${{ each }} has bound.
type binding struct {
	name  string
	value value
	outer *binding
}

func (v value) place() place { return place{v.scope.file, v.node} }

// with is the scope inside of a loop.
func (s *scope) with(name string, bound value) *scope {
	inner := *s
	inner.loop = &binding{name, bound, s.loop}
	return &inner
}

// binding is what a loop has bound a name to; nil when none has.
func (s *scope) binding(name string) *binding {
	for b := s.loop; b != nil; b = b.outer {
		if b.name == name {
			return b
		}
	}
	return nil
}

// among is the scope with the variables of a stage or job.
func (s *scope) among(v *variables) *scope {
	inner := *s
	inner.variables = v
	return &inner
}

var (
	expression      = lazyregexp.New(`(?s)\$\{\{(.*?)\}\}`)
	wholeExpression = lazyregexp.New(`^\s*\$\{\{([^{}]*)\}\}\s*$`)
	reference       = lazyregexp.New(`^\s*([A-Za-z_][\w-]*)((?:\s*\.\s*[\w-]+|\s*\[\s*(?:'[^']*'|\d+)\s*\])*)\s*$`)
	segment         = lazyregexp.New(`\.\s*([\w-]+)|\[\s*(?:'([^']*)'|(\d+))\s*\]`)
	directive       = lazyregexp.New(`(?i)^\s*\$\{\{\s*(if|elseif|else|each|insert)\b(.*)\}\}\s*$`)
	eachOf          = lazyregexp.New(`(?i)^\s*([A-Za-z_][\w-]*)\s+in\s+(.*)$`)
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

// hops are a value and what it stands for, one reference after the other; the last
// is no reference. None when it is not known.
func (w *walk) hops(v value) []value {
	var all []value
	for range maxDepth {
		if v.node == nil || v.node.Kind == yaml.AliasNode || !w.spend() {
			return nil
		}
		all = append(all, v)
		m := []string(nil)
		if v.node.Kind == yaml.ScalarNode {
			m = wholeExpression.FindStringSubmatch(v.node.Value)
		}
		if m == nil {
			return all
		}
		v = w.lookup(m[1], v.scope)
	}
	return nil
}

// resolve follows a value that is one expression to what it stands for.
func (w *walk) resolve(v value) value {
	if all := w.hops(v); len(all) > 0 {
		return all[len(all)-1]
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
		names = append(names, part[1]+part[2]+part[3])
	}
	var v value
	switch head := strings.ToLower(m[1]); {
	case s.binding(m[1]) != nil:
		v = s.binding(m[1]).value
	case head == "parameters" && len(names) > 0:
		v, names = s.parameters[strings.ToLower(names[0])], names[1:]
	case head == "variables" && len(names) > 0:
		if definition, ok := s.variables.lookup(strings.Join(names, ".")); ok {
			return definition.written
		}
		return value{}
	}
	for _, name := range names {
		if i, err := strconv.Atoi(name); err == nil {
			v = w.at(v, i)
		} else {
			v = w.member(v, name)
		}
	}
	return v
}

// at is an item of a list whose items are all written out.
func (w *walk) at(v value, i int) value {
	before := w.blind
	all := w.items(v)
	sure := w.blind == before && !slices.ContainsFunc(all, func(item value) bool { return item.under != nil })
	w.blind = before
	if !sure || i < 0 || i >= len(all) {
		return value{}
	}
	return all[i]
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

// text is a scalar with its expressions replaced, and where its words were written.
type text struct {
	value string
	known bool // no expression is left in it
	at    place
	hops  []value // the scalar as it is written in the input, and what that stands for; the last is at
}

// text replaces the expressions in a scalar. One that cannot be known stays as it is written.
func (w *walk) text(v value) text {
	if v.node == nil {
		return text{}
	}
	t := text{value: v.node.Value, at: v.place(), hops: []value{v}}
	hops := w.hops(v)
	if len(hops) == 0 {
		return t
	}
	r := hops[len(hops)-1]
	if r.node.Kind != yaml.ScalarNode {
		return text{at: t.at, hops: t.hops}
	}
	t = text{known: true, at: r.place(), hops: hops}
	w.spendOn(r.node.Value)
	if len(r.node.Value) > maxText {
		return text{value: r.node.Value[:maxText], at: t.at, hops: hops}
	}
	if !w.enter() {
		return text{at: t.at, hops: t.hops[:1]}
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
	w.spendOn(t.value)
	if len(t.value) > maxText {
		t.value, t.known = t.value[:maxText], false
	}
	return t
}
