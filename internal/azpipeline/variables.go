package azpipeline

import (
	"slices"
	"strings"

	"armpreflight/internal/expression"

	"go.yaml.in/yaml/v3"
)

// Variables has the variables of a pipeline, a stage, or a job, and of what it's in.
type Variables struct {
	outer  *Variables
	byName map[string]Definition // by lower-case name
	names  []string              // in the order of the YAML
	groups []Group               // the files don't show their variables
	narrow bool                  // of a stage, a job, or a matrix: not yet defined when connections are looked up
	open   bool                  // there can be others that the files don't show
	filled bool                  // all definitions are there
}

// Group is a variable group that the YAML names.
type Group struct {
	Name   string
	Source string // the name as it's written
	Pos    Position
}

// Definition is a variable that the YAML gives a value.
type Definition struct {
	Name    string
	Value   Value
	Others  []Value // those that other conditions give it, if they're known when the run is queued
	written written
}

// Lookup finds the innermost definition. A nil receiver has none.
func (v *Variables) Lookup(name string) (Definition, bool) {
	for ; v != nil; v = v.outer {
		if d, ok := v.byName[strings.ToLower(name)]; ok {
			return d, true
		}
	}
	return Definition{}, false
}

// OfPipeline finds the definition for the whole pipeline. Azure DevOps looks connections up before a stage starts, when the variables of
// stages and jobs aren't defined yet (learn.microsoft.com/azure/devops/pipelines/process/runs).
func (v *Variables) OfPipeline(name string) (Definition, bool) {
	for ; v != nil; v = v.outer {
		if d, ok := v.byName[strings.ToLower(name)]; ok && !v.narrow {
			return d, true
		}
	}
	return Definition{}, false
}

func (v *Variables) narrowed() *Variables {
	v.narrow = true
	return v
}

// AllGroups returns the variable groups, the innermost first.
func (v *Variables) AllGroups() []Group {
	var all []Group
	for ; v != nil; v = v.outer {
		all = append(all, v.groups...)
	}
	return all
}

// GroupsOfPipeline returns the variable groups of the whole pipeline. See [Variables.OfPipeline].
func (v *Variables) GroupsOfPipeline() []Group {
	var all []Group
	for ; v != nil; v = v.outer {
		if !v.narrow {
			all = append(all, v.groups...)
		}
	}
	return all
}

// GroupsTooLate returns the variable groups of a stage or a job. See [Variables.OfPipeline].
func (v *Variables) GroupsTooLate() []Group {
	var all []Group
	for ; v != nil; v = v.outer {
		if v.narrow {
			all = append(all, v.groups...)
		}
	}
	return all
}

// AllOfPipeline calls visit for each definition for the whole pipeline. See [Variables.OfPipeline].
func (v *Variables) AllOfPipeline(visit func(Definition)) {
	for ; v != nil; v = v.outer {
		for _, name := range v.names {
			if !v.narrow {
				visit(v.byName[name])
			}
		}
	}
}

// IsOpen reports whether there can be variables that the files don't show.
func (v *Variables) IsOpen() bool {
	for ; v != nil; v = v.outer {
		if v.open {
			return true
		}
	}
	return false
}

// IsOpenForAll reports whether the whole pipeline can have variables that the files don't show.
func (v *Variables) IsOpenForAll() bool {
	for ; v != nil; v = v.outer {
		if v.open && !v.narrow {
			return true
		}
	}
	return false
}

// variables reads the value of the key variables: a mapping, or a list of names, groups, and templates.
func (r *resolver) variables(w written, outer *Variables) *Variables {
	all := &Variables{outer: outer, byName: map[string]Definition{}}
	defer func() { all.filled = true }()
	if w.node == nil {
		return all
	}
	r.define(all, written{node: w.node, scope: w.scope.among(all)})
	return all
}

func (r *resolver) define(all *Variables, w written) {
	if !r.enter() {
		return
	}
	defer r.leave()
	w = r.resolve(w)
	switch {
	case w.node == nil:
		all.open = true
		return
	case w.node.Kind == yaml.MappingNode && !holdsLists(w.node):
		for _, e := range r.entries(w) {
			all.add(e.key, r.text(e.value), e.value, nil)
		}
		return
	}
	list := r.items(w)
	all.open = all.open || list.open
	for _, one := range list.items {
		r.defineItem(all, one)
	}
}

// defineItem reads a variable, a group, or a template of variables.
func (r *resolver) defineItem(all *Variables, one item) {
	var name Value
	var given written
	for _, e := range r.entries(one.written) {
		switch strings.ToLower(e.key) {
		case "name":
			name = r.text(e.value)
		case "value":
			given = e.value
		case "group":
			if group := r.text(e.value); group.Text != "" {
				all.groups = append(all.groups, Group{group.Text, group.Source(), group.Pos})
			}
		case "template":
			if root := r.include(one.written, e.value); root.node != nil {
				r.define(all, r.member(written{node: root.node, scope: root.scope.among(all)}, "variables"))
			} else {
				all.open = true
			}
		}
	}
	if name.Known && given.node != nil {
		all.add(name.Text, r.text(given), given, one.under)
	} else if name.Text != "" {
		all.open = true
	}
}

// add adds a definition. Of several definitions under conditions, it keeps one that's known when the run is queued, and the values of
// the others.
func (v *Variables) add(name string, value Value, w written, under *Guard) {
	if under != nil {
		w.scope = w.scope.guessed()
	}
	key := strings.ToLower(name)
	old, ok := v.byName[key]
	if ok && !old.Value.AtRunTime() {
		if (old.written.scope.guess || w.scope.guess) && !value.AtRunTime() {
			old.Others = append(slices.Clip(old.Others), value) // other scopes have the same list
		}
		old.written.scope = old.written.scope.guessed() // one of several
		v.byName[key] = old
		return
	}
	if !ok {
		v.names = append(v.names, key)
	}
	v.byName[key] = Definition{name, value, nil, w}
}

// Alternatives returns the values that other conditions give the variables that a value comes from, by template expressions.
func (p *Pipeline) Alternatives(v Value) []Value {
	var all []Value
	for _, w := range v.trail {
		source, ok := whole(w.node)
		if !ok {
			continue
		}
		path := expression.Path(p.resolver.parse(source))
		if len(path) > 1 && strings.EqualFold(path[0], "variables") && w.scope.binding(path[0]) == nil {
			d, _ := w.scope.variables.Lookup(strings.Join(path[1:], "."))
			all = append(all, d.Others...)
		}
	}
	return all
}

// holdsLists reports whether a mapping of conditions is replaced with a list.
func holdsLists(n *yaml.Node) bool {
	return onlyDirectives(n) && n.Content[1].Kind == yaml.SequenceNode
}
