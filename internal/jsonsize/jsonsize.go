// Package jsonsize tells what a JSON text is made of before it's decoded: "{}," takes three bytes, and some hundred as a Go struct.
//
// Non-goals: it doesn't say whether the text is JSON, and counts no members of objects, since those make nothing of their own
// in a struct.
package jsonsize

// Size is what a text is made of.
type Size struct {
	Top     int // elements of the lists that are members of the outermost object, together
	Deeper  int // elements of all lists within those, together
	Longest int // string, in bytes as it's written
	Largest int // element of the lists of the outermost object, in bytes as it's written, a bracket or comma included
}

// Deepest is how many objects and lists may be within each other.
const Deepest = 32

// Of gives the size of a text; an empty list counts as one element. It reports false for a text that is nested deeper than
// Deepest.
func Of(text []byte) (Size, bool) {
	var n Size
	var open [Deepest]byte // the brackets that are open
	depth, began := 0, 0
	element := func(at int) {
		switch {
		case depth == 0 || open[depth-1] != '[':
		case depth <= 2:
			n.Top++
			began = at
		default:
			n.Deeper++
		}
	}
	ended := func(at int) {
		if depth > 0 && depth <= 2 && open[depth-1] == '[' {
			n.Largest = max(n.Largest, at-began)
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			start := i + 1
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			n.Longest = max(n.Longest, i-start)
		case '[', '{':
			if depth == Deepest {
				return n, false
			}
			open[depth] = c
			if depth++; c == '[' {
				element(i) // the first
			}
		case ']', '}':
			ended(i)
			depth = max(depth-1, 0)
		case ',':
			ended(i)
			element(i) // the next
		}
	}
	return n, true
}
