package azpipeline

import (
	"cmp"
	"strings"

	"armpreflight/internal/expression"

	"go.yaml.in/yaml/v3"
)

// written is a part of the YAML, with the scope of its expressions. Without a node, it isn't known.
type written struct {
	node  *yaml.Node
	scope *scope
	kind  string // the type of a parameter in lower case, such as boolean
}

// scope has the meaning of the names in template expressions.
type scope struct {
	file       *File
	instance   *instance          // one use of the file: another has other parameters
	parameters map[string]written // by lower-case name
	variables  *Variables
	loop       *binding // the innermost
	guess      bool     // the value can be another one in the run, as for the default of a pipeline's parameter
	folder     string   // where the names of templates begin, or elsewhere
}

// elsewhere is the folder of a template of another repository.
const elsewhere = ""

// instance is compared by its address.
type instance struct {
	filled bool // all parameters have their values
}

// binding is a name that one round of ${{ each }} has bound.
type binding struct {
	name  string
	value written
	outer *binding
}

// item is a member of a list.
type item struct {
	written
	list  *written // the list that it's written in; nil if it's the only value of a condition
	under *Guard   // the conditions of the list item; nil without conditions
	// brought says that it's in a list that replaces an expression, such as the steps that a template gets as a parameter.
	brought bool
}

func (w written) position() Position {
	return Position{w.scope.file.Name, w.node.Line, w.node.Column}
}

// with returns the scope inside of a loop.
func (s *scope) with(name string, bound written) *scope {
	inner := *s
	inner.loop = &binding{name, bound, s.loop}
	return &inner
}

// binding returns what a loop has bound a name to; nil if no loop has.
func (s *scope) binding(name string) *binding {
	for b := s.loop; b != nil; b = b.outer {
		if strings.EqualFold(b.name, name) {
			return b
		}
	}
	return nil
}

// among returns the scope with the variables of a stage or job.
func (s *scope) among(v *Variables) *scope {
	inner := *s
	inner.variables = v
	return &inner
}

// passedTo returns the scope of a value that's passed to a template in a folder. Azure Pipelines reads a list of steps, jobs, or stages when
// the template gets it, so the names of templates in it begin at that folder, not at the folder of the file that they're written in
// (github.com/microsoft/vscode-java-pack/pull/1711, github.com/microsoft/azure-pipelines-yaml/issues/271).
func (s *scope) passedTo(folder string) *scope {
	inner := *s
	inner.folder = folder
	return &inner
}

// alike reports whether names have the same meaning in two scopes of a file.
func (s *scope) alike(other *scope) bool {
	return s.instance == other.instance && s.loop == other.loop
}

// guessed returns the scope of a value that can be another one in the run.
func (s *scope) guessed() *scope {
	if s.guess {
		return s
	}
	inner := *s
	inner.guess = true
	return &inner
}

// Guard is a condition, or a loop over an unknown list, around an item.
type Guard struct {
	outer *Guard
	key   *yaml.Node
	scope *scope
}

// Within reports whether these guards hold wherever the others do.
func (g *Guard) Within(others *Guard) bool {
	for ; g != nil; g = g.outer {
		found := false
		for o := others; o != nil && !found; o = o.outer {
			found = o.key == g.key && o.scope.alike(g.scope)
		}
		if !found {
			return false
		}
	}
	return true
}

// Apart reports whether two items are under different conditions of one list, which might exclude each other.
func (g *Guard) Apart(other *Guard) bool {
	for ; g != nil; g = g.outer {
		for o := other; o != nil; o = o.outer {
			if o.scope.alike(g.scope) && o.outer == g.outer && o.key != g.key {
				return true
			}
		}
	}
	return false
}

// names is a scope as the environment of an expression.
type names struct {
	r     *resolver
	scope *scope
}

// context is the value of parameters and variables without a member.
type context struct {
	variables bool
	prefix    string // of a variable whose name has dots
}

func (n names) Name(name string) expression.Value {
	if b := n.scope.binding(name); b != nil {
		return n.value(b.value)
	}
	switch strings.ToLower(name) {
	case "parameters":
		return expression.Value{Kind: expression.Object, Data: context{}}
	case "variables":
		return expression.Value{Kind: expression.Object, Data: context{variables: true}}
	}
	return expression.Value{}
}

func (n names) Member(of expression.Value, name string) expression.Value {
	switch data := of.Data.(type) {
	case context:
		if data.variables {
			if d, ok := n.scope.variables.Lookup(data.prefix + name); ok {
				return n.value(d.written)
			}
			return expression.Value{Data: context{true, data.prefix + name + "."}}
		}
		return n.value(n.scope.parameters[strings.ToLower(name)])
	case written:
		if found, ok := n.r.step(data, name); ok {
			return n.value(found)
		}
		if of.Kind == expression.Object && !n.r.isOpen(data) {
			return expression.Value{Kind: expression.Null, Guess: of.Guess}
		}
	}
	return expression.Value{}
}

func (n names) Items(of expression.Value) ([]expression.Value, bool) {
	w, ok := of.Data.(written)
	if !ok {
		return nil, false
	}
	var all []expression.Value
	if of.Kind == expression.Object {
		for _, e := range n.r.entries(w) {
			all = append(all, n.value(e.value))
		}
		return all, !n.r.isOpen(w)
	}
	list := n.r.sequence(w)
	for _, i := range list.items {
		all = append(all, n.value(i.written))
	}
	return all, !list.unsure
}

// value returns the value of a part of the YAML in an expression.
func (n names) value(w written) expression.Value {
	resolved := n.r.resolve(w)
	if resolved.node == nil {
		return expression.Value{}
	}
	v := expression.Value{Data: resolved, Guess: resolved.scope.guess || w.scope.guess}
	switch resolved.node.Kind {
	case yaml.SequenceNode:
		v.Kind = expression.List
	case yaml.MappingNode:
		v.Kind = expression.Object
	case yaml.ScalarNode:
		t := n.r.text(w)
		if !t.Known {
			return expression.Value{}
		}
		v.Kind, v.Text, v.Data = expression.Text, t.Text, w
		switch {
		case resolved.node.Tag == "!!null" && t.Text == "":
			v.Kind = expression.Null
		case cmp.Or(w.kind, resolved.kind) == "boolean":
			v.Kind, v.Bool = expression.Bool, strings.EqualFold(t.Text, "true")
		}
	default:
		return expression.Value{}
	}
	return v
}
