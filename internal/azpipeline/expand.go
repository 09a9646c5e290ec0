package azpipeline

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// kept are the mappings and lists of a pipeline that were already expanded. Without them, a loop over a large object that reads one key per
// round expands the whole object in each.
type kept struct {
	mappings map[expansion]*mapping
	lists    map[expansion]sequence
}

// expansion is a mapping or list, and everything that its expressions depend on.
type expansion struct {
	node      *yaml.Node
	instance  *instance
	loop      *binding
	variables *Variables
	guess     bool
	folder    string
}

// expansion returns the key for what's written, false while the parameters or variables that it can name are still being read.
func (w written) expansion() (expansion, bool) {
	s := w.scope
	if s.instance == nil || !s.instance.filled || s.variables != nil && !s.variables.filled {
		return expansion{}, false
	}
	return expansion{w.node, s.instance, s.loop, s.variables, s.guess, s.folder}, true
}

// mapping is an expanded mapping.
type mapping struct {
	entries []entry
	open    bool           // its expressions can hide keys
	byKey   map[string]int // the first entry of each key in lower case; nil for a few entries
}

// few is how many entries are quicker to compare than to index.
const few = 8

// mapping expands what's written; nil if it isn't a mapping, or if a bound is reached.
func (r *resolver) mapping(w written) *mapping {
	w = r.resolve(w)
	if w.node == nil || w.node.Kind != yaml.MappingNode {
		return nil
	}
	key, lasting := w.expansion()
	if m, ok := r.kept.mappings[key]; ok && lasting {
		return m
	}
	m := &mapping{entries: r.expandMapping(w)}
	for i := 0; i < len(w.node.Content) && !m.open; i += 2 {
		m.open = strings.Contains(w.node.Content[i].Value, "${{")
	}
	if len(m.entries) > few {
		m.byKey = make(map[string]int, len(m.entries))
		for i, e := range slices.Backward(m.entries) {
			m.byKey[strings.ToLower(e.key)] = i
		}
	}
	if lasting && !r.cut { // deeper down, it might have been cut
		if r.kept.mappings == nil {
			r.kept.mappings = map[expansion]*mapping{}
		}
		r.kept.mappings[key] = m
	}
	return m
}

// entries returns the keys of a mapping, with those of every condition and loop in it. The caller doesn't change them.
func (r *resolver) entries(w written) []entry {
	if m := r.mapping(w); m != nil {
		return m.entries
	}
	return nil
}

// member returns the value of a key of a mapping.
func (r *resolver) member(w written, name string) written {
	m := r.mapping(w)
	switch {
	case m == nil:
	case m.byKey != nil:
		if i, ok := m.byKey[strings.ToLower(name)]; ok {
			return m.entries[i].value
		}
	default:
		for _, e := range m.entries {
			if strings.EqualFold(e.key, name) {
				return e.value
			}
		}
	}
	return written{}
}

// isOpen reports whether a mapping can have keys that its expressions hide.
func (r *resolver) isOpen(w written) bool {
	m := r.mapping(w)
	return m == nil || m.open
}

// sequence is an expanded list.
type sequence struct {
	list
	unsure bool // some items might not be there, or there might be more
}

func (r *resolver) sequence(w written) sequence {
	w = r.resolve(w)
	if w.node == nil {
		return sequence{list{open: true}, true}
	}
	key, lasting := w.expansion()
	if s, ok := r.kept.lists[key]; ok && lasting {
		return s
	}
	s := sequence{list: r.itemsUnder(w, nil)}
	s.unsure = s.open || slices.ContainsFunc(s.items, func(i item) bool { return i.under != nil })
	if lasting && !r.cut {
		if r.kept.lists == nil {
			r.kept.lists = map[expansion]sequence{}
		}
		r.kept.lists[key] = s
	}
	return s
}

// items returns the members of a list, with those of every condition and loop in it. The caller doesn't change them.
func (r *resolver) items(w written) list {
	if w.node == nil {
		return list{}
	}
	return r.sequence(w).list
}
