package azpipeline

import (
	"slices"
	"strings"

	"armpreflight/internal/expression"
	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// entry is one key of a mapping and its value.
type entry struct {
	key   string
	value written
}

// list is an expanded list. It's open if it can have more items than the files show.
type list struct {
	items []item
	open  bool
}

func (l *list) add(other list) {
	l.items = append(l.items, other.items...)
	l.open = l.open || other.open
}

// arms walks through if, elseif and else that belong together.
type arms struct {
	done   bool // one of them is taken
	unsure bool // one of them might be taken
}

// next reports whether an arm might be taken, and whether that's sure.
func (r *resolver) next(a *arms, word, condition string, s *scope) (taken, sure bool) {
	if word == "if" {
		*a = arms{}
	}
	v := expression.Truth(true)
	if word != "else" {
		v = r.holds(condition, s)
	}
	perhaps := v.Kind == expression.Unknown || v.Guess
	if a.done || !perhaps && !v.True() {
		return false, true
	}
	sure = !perhaps && !a.unsure
	a.done = a.done || sure
	a.unsure = a.unsure || perhaps
	return true, sure
}

// expandMapping lists the keys of a mapping that isn't an expression, with those of every condition and loop in it.
func (r *resolver) expandMapping(w written) []entry {
	if !r.enter() {
		return nil
	}
	defer r.leave()
	var all []entry
	var arms arms
	for i := 0; i+1 < len(w.node.Content) && r.spend(); i += 2 {
		key, beside := w.node.Content[i], written{node: w.node.Content[i+1], scope: w.scope}
		word, rest, ok := directive(key)
		switch {
		case !ok:
			name := key.Value
			if strings.Contains(name, "${{") {
				name = r.text(written{node: key, scope: w.scope}).Text
			}
			all = append(all, entry{name, beside})
		case word == "each":
			rounds, sure, _ := r.rounds(rest, w.scope)
			for _, inner := range rounds {
				all = append(all, guessed(r.entries(written{node: beside.node, scope: inner}), sure)...)
			}
		case word == "insert":
			all = append(all, r.entries(beside)...)
		default:
			if taken, sure := r.next(&arms, word, rest, w.scope); taken {
				all = append(all, guessed(r.entries(beside), sure)...)
			}
		}
	}
	return all
}

// guessed returns entries that might not be there. It leaves the given ones, which others share, as they are.
func guessed(all []entry, sure bool) []entry {
	if sure {
		return all
	}
	all = slices.Clone(all)
	for i := range all {
		all[i].value.scope = all[i].value.scope.guessed()
	}
	return all
}

func (r *resolver) itemsUnder(w written, under *Guard) list {
	given := w.node != nil
	w = r.resolve(w)
	if w.node == nil || !r.enter() {
		return list{open: given}
	}
	defer r.leave()
	var arms arms
	switch {
	case onlyDirectives(w.node):
		return r.item(item{written: w, under: under}, &arms)
	case w.node.Kind != yaml.SequenceNode:
		return list{}
	}
	var all list
	for _, n := range w.node.Content {
		if !r.spend() {
			all.open = true
			break
		}
		all.add(r.item(item{written: written{node: n, scope: w.scope}, list: &w, under: under}, &arms))
	}
	return all
}

// item returns a member of a list, or the members that replace it.
func (r *resolver) item(it item, arms *arms) list {
	if _, ok := whole(it.node); ok {
		if to := r.resolve(it.written); to.node != nil && to.node.Kind != yaml.SequenceNode && !onlyDirectives(to.node) {
			return list{items: []item{{written: to, under: it.under, brought: true}}} // the node can be in a list that doesn't have steps
		}
		all := r.itemsUnder(it.written, it.under)
		for i := range all.items {
			all.items[i].brought = true
		}
		return all
	}
	if !onlyDirectives(it.node) || isMerged(it.node) {
		return list{items: []item{it}}
	}
	var all list
	for i := 0; i+1 < len(it.node.Content) && r.spend(); i += 2 {
		key, body := it.node.Content[i], it.node.Content[i+1]
		word, rest, _ := directive(key)
		scopes, taken, sure, open := []*scope{it.scope}, true, true, false
		if word == "each" {
			scopes, sure, open = r.rounds(rest, it.scope)
			all.open = all.open || open
		} else {
			taken, sure = r.next(arms, word, rest, it.scope)
		}
		under := it.under
		if !sure {
			under = &Guard{under, key, it.scope}
		}
		for _, s := range scopes {
			inner := written{node: body, scope: s}
			switch {
			case !taken:
			case body.Kind == yaml.MappingNode && !onlyDirectives(body):
				all.items = append(all.items, item{written: inner, under: under})
			default:
				all.add(r.itemsUnder(inner, under))
			}
		}
	}
	return all
}

// isMerged reports whether an item is one mapping whose keys come from a loop, as in
//
//   - ${{ each pair in job }}:
//     ${{ pair.key }}: ${{ pair.value }}
func isMerged(n *yaml.Node) bool {
	loop := false
	for depth := 0; onlyDirectives(n) && depth < maxDepth; depth++ {
		for i := 0; i < len(n.Content); i += 2 {
			word, _, _ := directive(n.Content[i])
			loop = loop || word == "each"
		}
		n = n.Content[1]
	}
	return loop && n.Kind == yaml.MappingNode
}

var eachOf = &lazyregexp.Regexp{Expression: `(?is)^([A-Za-z_][\w-]*)\s+in\s+(.*)$`}

// rounds returns the scopes of a loop: one for each member. If the members aren't known, it's one scope in which the name has an unknown
// value, and isn't sure. It's open if there can be more rounds.
func (r *resolver) rounds(text string, s *scope) (all []*scope, sure, open bool) {
	m := eachOf.FindStringSubmatch(text)
	if m == nil {
		return []*scope{s}, false, false
	}
	over := r.resolve(r.evaluated(strings.TrimSpace(m[2]), written{node: &yaml.Node{}, scope: s}))
	if over.node == nil {
		return []*scope{s.with(m[1], written{})}, false, false
	}
	if over.node.Kind == yaml.MappingNode && !onlyDirectives(over.node) {
		for _, e := range r.entries(over) {
			line, column := e.value.node.Line, e.value.node.Column
			pair := &yaml.Node{Kind: yaml.MappingNode, Line: line, Column: column, Content: []*yaml.Node{
				{Kind: yaml.ScalarNode, Value: "key"}, {Kind: yaml.ScalarNode, Value: e.key, Line: line, Column: column},
				{Kind: yaml.ScalarNode, Value: "value"}, e.value.node,
			}}
			all = append(all, s.with(m[1], written{node: pair, scope: e.value.scope}))
		}
		return all, true, false
	}
	found := r.items(over)
	for _, one := range found.items {
		all = append(all, s.with(m[1], one.written))
	}
	return all, true, found.open
}
