package report

import (
	"fmt"
	"strings"

	"armpreflight/internal/markdown"
)

// Markdown is the page for a run's summary: a line and a table where all is well,
// what to do first where it is not. It is CommonMark with tables, and holds no HTML.
func (d Document) Markdown() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("### ARM Preflight: %s\n", markdown.Text(d.Line))
	findings := 0
	for _, c := range d.Checks {
		if c.silent() {
			continue
		}
		for _, f := range c.Findings {
			findings++
			line("#### %s: %s\n", markdown.Text(c.ID), markdown.Text(f.Text))
			f.markdown(line)
		}
	}
	if d.Recommendation != nil && !d.Cancelled {
		d.Recommendation.markdown(line)
	} else if findings == 0 && d.Result == "pass" {
		return b.String()
	}
	line("| check | result | found |\n|---|---|---|")
	for _, c := range d.Checks {
		text := c.Text
		switch {
		case len(c.BlockedBy) > 0:
			text = "blocked by " + strings.Join(c.BlockedBy, ", ")
		case c.Status == "skip":
			continue
		}
		line("| %s | %s | %s |", markdown.Text(c.ID), c.Status, markdown.Text(text))
	}
	return b.String()
}

func (f Found) markdown(line func(string, ...any)) {
	if f.Waived != nil {
		line("Waived until %s: %s\n", f.Waived.Until, markdown.Text(f.Waived.Because))
	}
	if f.Cause != "" {
		line("%s\n", markdown.Text(f.Cause))
	}
	if f.Who != "" {
		line("**Who:** %s. **Code:** %s\n", markdown.Text(f.Who), markdown.Text(f.Code))
	}
	if f.Ask != "" {
		line("**Ask:** %s\n", markdown.Text(f.Ask))
	}
	for i, step := range f.Sequence() {
		for j, l := range step {
			switch {
			case j == 0:
				line("%d. %s", i+1, markdown.Text(l.Text))
			case l.Paste:
				line("\n   %s\n", code(l.Text))
			default:
				line("   %s", markdown.Text(l.Text))
			}
		}
	}
	if len(f.Steps) > 0 {
		line("")
	}
	if f.Link != "" {
		line("%s\n", markdown.Text(f.Link))
	}
}
