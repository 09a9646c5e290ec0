package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
)

// Issue is an annotation on the run: one per check with a finding.
type Issue struct {
	Error   bool // else a warning
	Code    string
	Message string // reads alone: what is wrong, whom to ask, the first steps, the link
}

// Issues returns the annotations, gravest first: the agent keeps ten errors and
// ten warnings of a step.
func (r *Report) Issues() []Issue {
	worstFirst := slices.Clone(r.Results)
	slices.SortStableFunc(worstFirst, func(a, b check.Result) int { return weight(b).Gravity() - weight(a).Gravity() })
	var issues []Issue
	for _, result := range worstFirst {
		counting := slices.DeleteFunc(slices.Clone(result.Items), func(i check.Item) bool { return i.Waiver != nil })
		switch waiver := waiverOf(result); {
		case weight(result) != check.Pass && len(counting) > 0:
			issues = append(issues, Issue{
				Error:   r.fails(result),
				Code:    counting[0].Code,
				Message: message(result.ID, counting[0], len(counting)-1),
			})
		case waiver != nil:
			worst := result.Items[0]
			text := fmt.Sprintf("%s: %s. Waived until %s: %s", result.ID, strings.TrimSuffix(worst.Text, "."), waiver.Day(), waiver.Because)
			if not := r.notExamined(); not != "" {
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
func message(id string, item check.Item, more int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", id, strings.TrimSuffix(item.Text, "."))
	if more > 0 {
		fmt.Fprintf(&b, ", and %d more", more)
	}
	b.WriteString(".")
	if d, ok := item.Finding.(diagnosis.Diagnosis); ok {
		// Behind a broken-off address the agent would take the "@" of a mail address for the end of a password, and mask
		// all between.
		if d.Ask != "" && utf8.RuneCountInString(d.Ask) <= shortAsk && !strings.Contains(b.String(), "//") {
			fmt.Fprintf(&b, " Ask: %s.", strings.TrimSuffix(d.Ask, "."))
		}
		b.WriteString(firstSteps(d))
		if d.Link != "" && !strings.Contains(b.String(), d.Link) {
			fmt.Fprintf(&b, " %s", d.Link)
		}
	}
	return b.String()
}

// stepsInIssue is two, since the first one often only opens a page.
const stepsInIssue = 2

// firstSteps says who can act, and begins to say how.
func firstSteps(d diagnosis.Diagnosis) string {
	var b strings.Builder
	switch {
	case len(d.Steps) == 0:
		return ""
	case len(d.Steps) > stepsInIssue:
		fmt.Fprintf(&b, " Steps 1 and 2 of %d (%s; all are in this step's log):", len(d.Steps), d.Who)
	default:
		fmt.Fprintf(&b, " Steps (%s):", d.Who)
	}
	for i, step := range d.Steps[:min(stepsInIssue, len(d.Steps))] {
		fmt.Fprintf(&b, " (%d) %s", i+1, step)
	}
	return b.String()
}
