package lint

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

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
	var arms arms
	for i := 0; i+1 < len(v.node.Content) && w.spend(); i += 2 {
		key, beside := v.node.Content[i], value{node: v.node.Content[i+1], scope: v.scope}
		m := directive.FindStringSubmatch(key.Value)
		switch {
		case m == nil:
			all = append(all, entry{w.text(value{node: key, scope: v.scope}).value, beside})
		case strings.EqualFold(m[1], "each"):
			rounds, _ := w.rounds(m[2], v.scope)
			for _, inner := range rounds {
				all = append(all, w.entries(value{node: beside.node, scope: inner})...)
			}
		default:
			if taken, _ := arms.next(w.holds(m, v.scope)); taken {
				all = append(all, w.entries(beside)...)
			}
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
	v.under = written.under
	var arms arms
	switch {
	case onlyDirectives(v.node):
		return w.item(v, &arms)
	case v.node.Kind != yaml.SequenceNode:
		return nil
	}
	var all []value
	for _, n := range v.node.Content {
		if !w.spend() {
			w.blind++
			break
		}
		all = append(all, w.item(value{node: n, scope: v.scope, list: &v, under: v.under}, &arms)...)
	}
	return all
}

// item is one member of a list, or those that take its place.
func (w *walk) item(v value, arms *arms) []value {
	switch {
	case isExpression(v.node):
		if r := w.resolve(v); r.node != nil && r.node.Kind == yaml.MappingNode && !onlyDirectives(r.node) {
			r.list, r.under, r.brought = nil, v.under, true // it may stand in a list that is none of steps
			return []value{r}
		}
		all := w.items(v)
		for i := range all {
			all[i].brought = true
		}
		return all
	case !onlyDirectives(v.node):
		return []value{v}
	}
	var all []value
	for i := 0; i+1 < len(v.node.Content) && w.spend(); i += 2 {
		key := v.node.Content[i]
		m := directive.FindStringSubmatch(key.Value)
		scopes, taken, sure := []*scope{v.scope}, true, true
		if strings.EqualFold(m[1], "each") {
			scopes, sure = w.rounds(m[2], v.scope)
		} else {
			taken, sure = arms.next(w.holds(m, v.scope))
		}
		under := v.under
		if !sure {
			under = &guard{under, key, v.scope}
		}
		for _, s := range scopes {
			body := value{node: v.node.Content[i+1], scope: s, under: under}
			switch {
			case !taken:
			case body.node.Kind == yaml.MappingNode && !onlyDirectives(body.node):
				all = append(all, body)
			default:
				all = append(all, w.items(body)...)
			}
		}
	}
	return all
}

// rounds are the scopes of a loop: one for each member, or one in which the name
// stands for what is not known, which is not sure.
func (w *walk) rounds(text string, s *scope) (all []*scope, sure bool) {
	m := eachOf.FindStringSubmatch(text)
	if m == nil {
		return []*scope{s}, false
	}
	over := w.resolve(w.lookup(m[2], s))
	if over.node == nil {
		return []*scope{s.with(m[1], value{})}, false
	}
	if over.node.Kind == yaml.MappingNode && !onlyDirectives(over.node) {
		for _, e := range w.entries(over) {
			pair := &yaml.Node{Kind: yaml.MappingNode, Line: e.value.node.Line, Column: e.value.node.Column, Content: []*yaml.Node{
				{Kind: yaml.ScalarNode, Value: "key"}, {Kind: yaml.ScalarNode, Value: e.key, Line: e.value.node.Line, Column: e.value.node.Column},
				{Kind: yaml.ScalarNode, Value: "value"}, e.value.node,
			}}
			all = append(all, s.with(m[1], value{node: pair, scope: e.value.scope}))
		}
		return all, true
	}
	for _, item := range w.items(over) {
		all = append(all, s.with(m[1], item))
	}
	return all, true
}
