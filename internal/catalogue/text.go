package catalogue

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Text is one sentence, step, cause, or title, in its variants: the first variant
// whose condition holds is the one. A Text without a variant that holds is left out.
type Text []Variant

// Variant is a text for one case. {name} in it is a value. Values are data: what
// they contain is never read as a text of the catalogue.
type Variant struct {
	// If is a condition on values: "name" (it's known), "name=value" (it's that
	// one), "not " before either, and several joined by " and ". Empty always holds.
	If   string
	Text string
}

// Choose returns the variant that fits the values, or the empty string.
func (t Text) Choose(values Values) string {
	for _, v := range t {
		if Holds(v.If, values) {
			return v.Text
		}
	}
	return ""
}

// Holds reports whether a condition holds.
func Holds(condition string, values Values) bool {
	for part := range strings.SplitSeq(condition, " and ") {
		if !holds(part, values) {
			return false
		}
	}
	return true
}

func holds(condition string, values Values) bool {
	if opposite, ok := strings.CutPrefix(condition, "not "); ok {
		return !holds(opposite, values)
	}
	key, want, exact := strings.Cut(condition, "=")
	switch {
	case condition == "":
		return true
	case exact:
		return strings.EqualFold(values.known[key], want)
	default:
		return values.known[key] != ""
	}
}

// Headline returns the title that fits the values, with the values that follow it.
func (a *Advice) Headline(values Values) string {
	var title strings.Builder
	title.WriteString(a.Title.Choose(values))
	for _, t := range a.Append {
		title.WriteString(t.Choose(values))
	}
	return Fill(title.String(), values)
}

// Paragraph returns the texts that fit the values as one, filled.
func Paragraph(texts []Text, values Values) string {
	var all []string
	for _, t := range texts {
		if text := t.Choose(values); text != "" {
			all = append(all, text)
		}
	}
	return Fill(strings.Join(all, " "), values)
}

// Sentences returns the texts that fit the values, each filled.
func Sentences(texts []Text, values Values) []string {
	var all []string
	for _, t := range texts {
		if text := Fill(t.Choose(values), values); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// Texts returns every text of the advice, for a check over all of them.
func (a *Advice) Texts() iter.Seq[Text] {
	return func(yield func(Text) bool) {
		all := slices.Concat([]Text{a.Title, a.Confirm}, a.Append, a.Means, a.Causes)
		for _, f := range a.Fixes {
			all = append(all, f.Steps...)
		}
		for _, t := range all {
			if !yield(t) {
				return
			}
		}
	}
}

// patterns are compiled when the first text is filled, which a healthy run never does.
var patterns = sync.OnceValue(func() (p struct{ placeholder *regexp.Regexp }) {
	p.placeholder = regexp.MustCompile(`(?:\b(the )?([a-z]+) )?('?)\{([a-z]+)\}('?)`)
	return p
})

// word returns the words for a value that isn't known.
func word(name string) string {
	text, _ := words(name)
	return text
}

// IDOf is the name of the value that follows another one in parentheses, the first
// time that one is in a text: a name may have been given to something else since,
// and an ID finds what's meant.
func IDOf(name string) string { return name + " id" }

// Fill puts values into a text. A value that isn't known leaves a readable
// sentence: "connection '{connection}'" becomes "the connection", and any other
// value becomes words: those of words.yaml.
func Fill(text string, values Values) string {
	if !strings.Contains(text, "{") { // most texts; the pattern is slow
		return strings.TrimSpace(text)
	}
	placeholder, told := patterns().placeholder, map[string]bool{}
	return strings.TrimSpace(placeholder.ReplaceAllStringFunc(text, func(part string) string {
		m := placeholder.FindStringSubmatch(part)
		article, noun, before, key, after := m[1], m[2], m[3], m[4], m[5]
		if noun != "" {
			noun += " "
		}
		if value := values.known[key]; value != "" {
			if id := values.known[IDOf(key)]; id != "" && !told[key] {
				told[key] = true
				after += " (" + id + ")"
			}
			return article + noun + before + value + after
		}
		if strings.TrimSpace(noun) == key {
			return "the " + key
		}
		if before == "" || after == "" {
			return article + noun + before + word(key) + after
		}
		return article + noun + word(key)
	}))
}
