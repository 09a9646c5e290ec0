package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"armpreflight/internal/check"
)

// Issue is an annotation on the run: one per check with a finding.
type Issue struct {
	Error   bool // else a warning
	Code    string
	Message string // reads alone: what is wrong, whom to ask, the first steps, the link
}

// Issues returns the annotations, gravest first: the agent keeps ten errors and
// ten warnings of a step.
func (d Document) Issues() []Issue {
	worstFirst := slices.Clone(d.Checks)
	slices.SortStableFunc(worstFirst, func(a, b Check) int { return b.weight().Gravity() - a.weight().Gravity() })
	var issues []Issue
	for _, c := range worstFirst {
		counting := slices.DeleteFunc(slices.Clone(c.Findings), func(f Found) bool { return f.Waived != nil })
		switch waived := c.waived(); {
		case c.weight() != check.Pass && len(counting) > 0:
			issues = append(issues, Issue{
				Error:   d.fails(c),
				Code:    counting[0].Code,
				Message: message(c.ID, counting[0], len(counting)-1),
			})
		case waived != nil:
			worst := c.Findings[0]
			text := fmt.Sprintf("%s: %s. Waived until %s: %s", c.ID, strings.TrimSuffix(worst.Text, "."), waived.Until, waived.Because)
			if not := d.notExamined(); not != "" {
				text += "; " + not
			}
			issues = append(issues, Issue{Code: worst.Code, Message: text})
		}
	}
	return issues
}

// shortAsk bounds, in characters, whom to ask in the words of the connection's
// description. A longer one stands in the log only.
const shortAsk = 100

// message is the text of an issue.
func message(id string, f Found, more int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", id, strings.TrimSuffix(f.Text, "."))
	if more > 0 {
		fmt.Fprintf(&b, ", and %d more", more)
	}
	b.WriteString(".")
	// Behind a broken-off address the agent would take the "@" of a mail address for the end of a password, and mask
	// all between.
	if f.Ask != "" && utf8.RuneCountInString(f.Ask) <= shortAsk && !strings.Contains(b.String(), "//") {
		fmt.Fprintf(&b, " Ask: %s.", strings.TrimSuffix(f.Ask, "."))
	}
	b.WriteString(f.firstSteps())
	if f.Link != "" && !strings.Contains(b.String(), f.Link) {
		fmt.Fprintf(&b, " %s", f.Link)
	}
	return b.String()
}

// stepsInIssue is two, since the first one often only opens a page.
const stepsInIssue = 2

// firstSteps says who can act, and begins to say how.
func (f Found) firstSteps() string {
	var b strings.Builder
	switch {
	case len(f.Steps) == 0:
		return ""
	case len(f.Steps) > stepsInIssue:
		fmt.Fprintf(&b, " Steps 1 and 2 of %d (%s; all are in this step's log):", len(f.Steps), f.Who)
	default:
		fmt.Fprintf(&b, " Steps (%s):", f.Who)
	}
	for i, step := range f.Steps[:min(stepsInIssue, len(f.Steps))] {
		fmt.Fprintf(&b, " (%d) %s", i+1, step)
	}
	return b.String()
}
