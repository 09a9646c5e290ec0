package reading

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/codetext"
)

// byFold is the catalogue by the lower case of the codes.
var byFold = sync.OnceValue(func() map[string]*catalogue.Entry {
	entries := map[string]*catalogue.Entry{}
	all := catalogue.All()
	for i := range all {
		entries[strings.ToLower(string(all[i].Code))] = &all[i]
	}
	return entries
})

// Find finds the entry of a code in any spelling: case, punctuation around it, and Entra's numbers without their prefix.
func Find(spelling string) (catalogue.Entry, bool) {
	if e := find(spelling); e != nil {
		return *e, true
	}
	return catalogue.Entry{}, false
}

// find is Find without a copy: an entry is large. It's nil if it has none.
func find(spelling string) *catalogue.Entry {
	var room [256]byte // on the stack
	return byFold()[string(folded(room[:0], codetext.Spelled(spelling)))]
}

// folded appends a code in lower case.
func folded(to []byte, code string) []byte {
	for _, c := range []byte(code) {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		to = append(to, c)
	}
	return to
}

// Nearest gives the codes of the catalogue that are spelled most like this one, at most three, nearest first.
func Nearest(spelling string) []catalogue.Code {
	typed := []rune(strings.ToLower(codetext.Spelled(spelling)))
	if len(typed) < 3 || len(typed) > 80 {
		return nil
	}
	type near struct {
		code             catalogue.Code
		distance, longer int
	}
	var all []near
	for _, e := range catalogue.All() {
		code := strings.ToLower(string(e.Code))
		limit := max(2, len(typed)/4)
		if strings.HasPrefix(code, "aadsts") {
			limit = 2 // the prefix says nothing
		}
		d := Distance(string(typed), code)
		if len(typed) >= 6 && !strings.HasPrefix(code, "aadsts") && (strings.Contains(code, string(typed)) || strings.Contains(string(typed), code)) {
			d = min(d, 2)
		}
		if d <= limit {
			all = append(all, near{e.Code, d, max(len(code)-len(typed), len(typed)-len(code))})
		}
	}
	slices.SortFunc(all, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.longer, b.longer), cmp.Compare(a.code, b.code))
	})
	var codes []catalogue.Code
	for _, n := range all[:min(len(all), 3)] {
		codes = append(codes, n.code)
	}
	return codes
}

// Distance counts the characters to insert, to leave out, to change or to swap with their neighbor, to get from one word to
// another.
func Distance(from, to string) int {
	a, b := []rune(from), []rune(to)
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
