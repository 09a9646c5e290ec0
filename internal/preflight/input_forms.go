package preflight

import (
	"slices"
	"strings"
	"time"

	"armpreflight/internal/lazyregexp"
	"armpreflight/internal/rights"
)

// day parses a date; what expires on it is good to its end, in UTC. An empty
// value is the zero time.
func (in *Inputs) day(name, value string) time.Time {
	value = strings.TrimSpace(value)
	if value == "" {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, value)
	if err != nil {
		in.Problems = append(in.Problems, InputProblem{Input: name, Value: value, Expected: "a date in the form YYYY-MM-DD"})
		return time.Time{}
	}
	return day.AddDate(0, 0, 1)
}

// Names that ARM allows. Resource groups: Azure naming rules, Microsoft.Resources;
// letters and digits of any language.
var (
	groupName     = &lazyregexp.Regexp{Expression: `^[\pL\pN_().-]{0,89}[\pL\pN_()-]$`}
	namespaceName = &lazyregexp.Regexp{Expression: `^[A-Za-z0-9]+(\.[A-Za-z0-9-]+)+$`}
)

// names returns the lines of an input, each once, case aside. A line that can be
// no such name is a problem.
func (in *Inputs) names(input, text string, form *lazyregexp.Regexp, expected string) []string {
	var kept []string
	for _, name := range lines(text) {
		switch {
		case !form.MatchString(name):
			in.Problems = append(in.Problems, InputProblem{Input: input, Value: name, Expected: expected})
		case !slices.ContainsFunc(kept, func(k string) bool { return strings.EqualFold(k, name) }):
			kept = append(kept, name)
		}
	}
	return kept
}

// anySubscription replaces the connection's scope while only the form of a
// line is read.
var anySubscription = rights.Base{
	ID:             "/subscriptions/00000000-0000-0000-0000-000000000000",
	SubscriptionID: "00000000-0000-0000-0000-000000000000",
}

// checkActions finds the lines of requiredActions that can be read with no
// connection at all.
func (in *Inputs) checkActions() {
	_, problems := rights.Parse(in.RequiredActions, anySubscription)
	for _, p := range problems {
		in.Problems = append(in.Problems, InputProblem{Input: "requiredActions", Value: p.Text, Detail: p.Detail})
	}
}
