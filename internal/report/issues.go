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
	Error   bool // otherwise a warning
	Code    string
	Message string // reads alone: what's wrong, who can help, the decisive step, the link
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

// shortAsk bounds, in characters, who can help in the words of the connection's
// description. A longer one is in the log only.
const shortAsk = 100

// message is the text of an issue.
func message(id string, f Found, more int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", id, strings.TrimSuffix(f.Text, "."))
	b.WriteString(".")
	switch {
	case more == 1:
		b.WriteString(" (1 more finding is in the log.)")
	case more > 1:
		fmt.Fprintf(&b, " (%d more findings are in the log.)", more)
	}
	// Behind a broken-off address the agent would take the "@" of a mail address for the end of a password, and mask
	// all between.
	if f.Ask != "" && utf8.RuneCountInString(f.Ask) <= shortAsk && !strings.Contains(b.String(), "//") {
		fmt.Fprintf(&b, " %s%s.", strings.ToUpper(f.asked()[:1]), f.asked()[1:])
	}
	b.WriteString(f.firstSteps())
	if f.Link != "" && !strings.Contains(b.String(), f.Link) {
		fmt.Fprintf(&b, " %s", f.Link)
	}
	return b.String()
}

// asked is who can help, in the words of the connection's description; empty if no one is named.
func (f Found) asked() string {
	if f.Ask == "" {
		return ""
	}
	return fmt.Sprintf("the connection's description says %q", strings.TrimSuffix(f.Ask, "."))
}

// firstSteps says who can act, and the decisive steps; it names the others by their numbers.
func (f Found) firstSteps() string {
	if len(f.Steps) == 0 {
		return ""
	}
	shown := slices.DeleteFunc(slices.Clone(f.Decisive), func(n int) bool { return n < 1 || n > len(f.Steps) })
	if len(shown) == 0 {
		shown = []int{1}
	}
	var b strings.Builder
	fmt.Fprintf(&b, " Who: %s.", f.Who)
	var others []int
	for n := 1; n <= len(f.Steps); n++ {
		if !slices.Contains(shown, n) {
			others = append(others, n)
			continue
		}
		text := oneLine(f.Steps[n-1])
		if len(f.Steps) > 1 {
			text = fmt.Sprintf("Step %d: %s", n, text)
		}
		fmt.Fprintf(&b, " %s", text)
	}
	switch len(others) {
	case 0:
	case 1:
		fmt.Fprintf(&b, " (Step %d is in the log.)", others[0])
	default:
		fmt.Fprintf(&b, " (Steps %s are in the log.)", ranges(others))
	}
	return b.String()
}

// ranges writes ascending numbers: 1, 3-5.
func ranges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		last := i
		for last+1 < len(numbers) && numbers[last+1] == numbers[last]+1 {
			last++
		}
		switch last - i {
		case 0:
			parts = append(parts, fmt.Sprint(numbers[i]))
		case 1:
			parts = append(parts, fmt.Sprint(numbers[i]), fmt.Sprint(numbers[last]))
		default:
			parts = append(parts, fmt.Sprintf("%d-%d", numbers[i], numbers[last]))
		}
		i = last + 1
	}
	if n := len(parts); n == 2 {
		return parts[0] + " and " + parts[1]
	} else if n > 2 {
		return strings.Join(parts[:n-1], ", ") + ", and " + parts[n-1]
	}
	return parts[0]
}
