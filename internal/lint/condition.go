package lint

import (
	"slices"
	"strings"

	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// guard is a condition, or a loop over what is not known, around an item.
type guard struct {
	outer *guard
	key   *yaml.Node
	scope *scope
}

// within: where the other guards hold, these do too.
func (g *guard) within(others *guard) bool {
	for ; g != nil; g = g.outer {
		found := false
		for o := others; o != nil && !found; o = o.outer {
			found = o.key == g.key && o.scope == g.scope
		}
		if !found {
			return false
		}
	}
	return true
}

// apart: the two stand under different conditions of one list, which may exclude each other.
func (g *guard) apart(other *guard) bool {
	for ; g != nil; g = g.outer {
		for o := other; o != nil; o = o.outer {
			if o.scope == g.scope && o.outer == g.outer && o.key != g.key {
				return true
			}
		}
	}
	return false
}

// arms walks through if, elseif and else that belong together.
type arms struct {
	done   bool // one of them is certainly taken
	unsure bool // one of them perhaps is
}

// truth is what is known of a condition.
type truth int

const (
	perhaps truth = iota
	yes
	no
)

// next reports whether an arm may be taken, and whether it certainly is.
func (a *arms) next(first bool, t truth) (taken, sure bool) {
	if first {
		*a = arms{}
	}
	if a.done || t == no {
		return false, true
	}
	sure = t == yes && !a.unsure
	a.done = a.done || sure
	a.unsure = a.unsure || t == perhaps
	return true, sure
}

var (
	comparison = lazyregexp.New(`(?i)^\s*(eq|ne|in|notin)\s*\((.*)\)\s*$`)
	operand    = lazyregexp.New(`^\s*(?:'([^']*)'|([^'(),]+))\s*$`)
)

// holds works a condition out where it compares a text with what a loop gives, as
// in ne(pair.key, 'steps'). What a parameter or variable is, the run may know better.
func (w *walk) holds(directive []string, s *scope) (first bool, t truth) {
	first = strings.EqualFold(directive[1], "if")
	if strings.EqualFold(directive[1], "else") {
		return false, yes
	}
	m := comparison.FindStringSubmatch(directive[2])
	if m == nil {
		return first, perhaps
	}
	var texts []string
	for part := range strings.SplitSeq(m[2], ",") {
		o := operand.FindStringSubmatch(part)
		if o == nil {
			return first, perhaps
		}
		text := o[1]
		if o[2] != "" {
			head := reference.FindStringSubmatch(o[2])
			if head == nil || s.binding(head[1]) == nil {
				return first, perhaps
			}
			known := w.text(w.lookup(o[2], s))
			if !known.known {
				return first, perhaps
			}
			text = known.value
		}
		texts = append(texts, strings.ToLower(text))
	}
	if len(texts) < 2 {
		return first, perhaps
	}
	among := slices.Contains(texts[1:], texts[0])
	if asked := strings.ToLower(m[1]); among == (asked == "eq" || asked == "in") {
		return first, yes
	}
	return first, no
}
