package catalogue

import (
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Text is one sentence, step, cause, or title, in its variants: the first variant
// whose condition holds is the one. A Text of which no variant holds is left out.
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
func (t Text) Choose(values map[string]string) string {
	for _, v := range t {
		if Holds(v.If, values) {
			return v.Text
		}
	}
	return ""
}

// Holds reports whether a condition holds.
func Holds(condition string, values map[string]string) bool {
	for part := range strings.SplitSeq(condition, " and ") {
		if !holds(part, values) {
			return false
		}
	}
	return true
}

func holds(condition string, values map[string]string) bool {
	if opposite, ok := strings.CutPrefix(condition, "not "); ok {
		return !holds(opposite, values)
	}
	key, want, exact := strings.Cut(condition, "=")
	switch {
	case condition == "":
		return true
	case exact:
		return strings.EqualFold(values[key], want)
	default:
		return values[key] != ""
	}
}

// Headline returns the title that fits the values, with the values that follow it.
func (a *Advice) Headline(values map[string]string) string {
	var title strings.Builder
	title.WriteString(a.Title.Choose(values))
	for _, t := range a.Append {
		title.WriteString(t.Choose(values))
	}
	return Fill(title.String(), values)
}

// Sentences returns the texts that fit the values, filled.
func Sentences(texts []Text, values map[string]string) []string {
	var all []string
	for _, t := range texts {
		if text := Fill(t.Choose(values), values); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// unknown has every placeholder that texts may use, with the words for a value
// that isn't known.
var unknown = map[string]string{
	// the situation
	"connection": "the connection", "tenant": "the connection's tenant", "client": "the application", "subscription": "the subscription",
	"scope": "the scope of the connection", "cloud": "this cloud", "link": "the connection's page", "object": "the connection's identity",
	"agent": "the agent",
	// what the evidence adds
	"service": "the service", "host": "the host", "status": "an error", "action": "the action", "message": "no text",
	"owner": "another tenant", "correlation": "of the raw evidence", "trace": "of the raw evidence", "wait": "a while", "managementgroup": "the group",
	"failure": "a network failure", "network": "no details",
	// the facts of one finding
	"input": "the input", "variable": "the variable", "value": "another value", "expected": "another value", "exists": "unknown",
	"field": "a field", "detail": "no details", "date": "that day", "days": "some", "segment": "a part", "position": "some position",
	"case": "unknown", "issuer": "unknown", "agree": "unknown", "reason": "unknown", "state": "another state", "seconds": "the given", "skew": "wrong", "group": "the resource group", "code": "a code", "inner": "another code", "general": "the request was not served", "hosted": "unknown", "queued": "unknown", "scheme": "unknown",
	"subscriptionid": "<subscription id>", "provider": "<namespace>", "role": "<role>", "lock": "<lock>", "allowed": "unknown", "given": "unknown", "unsure": "unknown",
	// an audit
	"count": "several", "projects": "its projects", "names": "other connections", "credential": "a secret or certificate",
	"person": "this person", "project": "the project", "right": "a right", "number": "some",
	// the lint
	"task": "the task", "job": "the job",
}

// Known reports whether texts may use a value of this name.
func Known(name string) bool { return unknown[name] != "" }

// Names returns the names of all values that texts may use, in alphabetical order.
func Names() []string { return slices.Sorted(maps.Keys(unknown)) }

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

// Fill puts values into a text. A value that isn't known leaves a readable
// sentence: "connection '{connection}'" becomes "the connection", and any other
// value becomes the words of unknown.
func Fill(text string, values map[string]string) string {
	placeholder := patterns().placeholder
	return strings.TrimSpace(placeholder.ReplaceAllStringFunc(text, func(part string) string {
		m := placeholder.FindStringSubmatch(part)
		article, noun, before, key, after := m[1], m[2], m[3], m[4], m[5]
		if noun != "" {
			noun += " "
		}
		if value := values[key]; value != "" {
			return article + noun + before + value + after
		}
		if strings.TrimSpace(noun) == key {
			return "the " + key
		}
		if before == "" || after == "" {
			return article + noun + before + unknown[key] + after
		}
		return article + noun + unknown[key]
	}))
}
