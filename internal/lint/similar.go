package lint

import (
	"armpreflight/internal/azpipeline"
	"slices"
	"strings"
	"unicode"

	"armpreflight/internal/lazyregexp"
)

// placeholder matches a value that the author forgot to replace.
var placeholder = &lazyregexp.Regexp{Expression: `(?i)^\s*(<.*>|\.{3}|\{\{?[^}$]*\}?\}|#\{.*\}#|__.*__|\[[^\]]*\])\s*$|\bTODO\b|\bTBD\b|change.?me|replace.?me|place.?holder|^your[ _-]?|^x{3,}$`}

// longestName is the length of the longest text that's compared.
const longestName = 300

// similar lists variables that the author might have meant by an undefined name, with a remark on those that have a placeholder as value.
func similar(p *azpipeline.Pipeline, name string, variables *azpipeline.Variables) (all []string) {
	seen := map[string]bool{}
	wanted := words(name)
	variables.AllOfPipeline(func(d azpipeline.Definition) {
		if len(all) == mostNames || seen[strings.ToLower(d.Name)] || !p.Spend() || len(d.Name) > longestName {
			return
		}
		seen[strings.ToLower(d.Name)] = true
		p.SpendOn(d.Name + name)
		value := d.Value.Text
		if len(value) > longestName {
			value = ""
		}
		near := alike(name, d.Name) || shared(wanted, words(d.Name))
		hint := ""
		switch {
		case value != "" && strings.EqualFold(strings.TrimSpace(value), name):
			hint = " (its value is this name: swapped?)"
		case near && placeholder.MatchString(value):
			hint = " (placeholder value)"
		case near:
		case placeholder.MatchString(value) && slices.ContainsFunc(words(value), func(word string) bool { return slices.Contains(wanted, word) }):
			hint = " (placeholder value; swapped?)"
		default:
			return
		}
		if !refersTo(p, variables, d, name, map[string]bool{}) { // it can't replace a variable that it's made of
			all = append(all, "'"+d.Name+"'"+hint)
		}
	})
	return all
}

// refersTo reports whether the value of a definition has a variable, directly or through others that it follows once.
func refersTo(p *azpipeline.Pipeline, variables *azpipeline.Variables, d azpipeline.Definition, name string, followed map[string]bool) bool {
	p.SpendOn(d.Value.Text)
	if slices.ContainsFunc(d.Value.Empties, func(empty string) bool { return strings.EqualFold(empty, name) }) {
		return true
	}
	return slices.ContainsFunc(d.Value.References(), func(ref azpipeline.Reference) bool {
		key := strings.ToLower(ref.Name)
		if ref.Kind == azpipeline.Runtime {
			return strings.Contains(key, strings.ToLower(name))
		}
		if followed[key] || !p.Spend() {
			return false
		}
		followed[key] = true
		inner, defined := variables.OfPipeline(key)
		return key == strings.ToLower(name) || defined && refersTo(p, variables, inner, name, followed)
	})
}

// words splits a name at capitals and punctuation, and returns the words in lower case.
func words(name string) []string {
	var all []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			all = append(all, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	last := ' '
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) || unicode.IsUpper(c) && unicode.IsLower(last) {
			end()
		}
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			word.WriteRune(c)
		}
		last = c
	}
	end()
	return all
}

// shared reports whether two names have the same words, at least two, except for one that only one of them has.
func shared(a, b []string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) > 1 && len(b) <= len(a)+1 && !slices.ContainsFunc(a, func(word string) bool { return !slices.Contains(b, word) })
}

// alike reports whether two names differ in a few letters only. It ignores case and punctuation.
func alike(a, b string) bool {
	a, b = strings.Join(words(a), ""), strings.Join(words(b), "")
	few := min(len(a), len(b)) / 5
	if few == 0 || max(len(a), len(b))-min(len(a), len(b)) > min(few, 3) {
		return a == b
	}
	return distance(a, b) <= min(few, 3)
}

// distance returns the number of bytes that must be added, removed, or changed to turn one text into the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost = 1 + min(before, row[j], row[j+1])
			}
			before, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
