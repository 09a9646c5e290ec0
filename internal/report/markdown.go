package report

import (
	"fmt"
	"strings"

	"armpreflight/internal/markdown"
)

// Markdown is the page for a run's summary: a line and a table where all is well,
// what to do first where it isn't. It's CommonMark with tables, and holds no HTML.
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
	if d.Deployment != nil {
		d.Deployment.markdown(line)
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

// rows is how many scopes the summary lists.
const rows = 20

func (d Deployment) markdown(line func(string, ...any)) {
	line("#### What this deployment needs\n")
	line("| scope | granted | missing | not known |\n|---|---|---|---|")
	for _, s := range d.Scopes[:min(len(d.Scopes), rows)] {
		var row strings.Builder
		row.WriteString("| " + markdown.Text(s.Name) + " |")
		for _, c := range s.Cells() {
			text := ""
			if c.Count > 0 {
				text = fmt.Sprint(c.Count)
			}
			if c.Label != "granted" && len(c.Needs) > 0 {
				text += ": " + listed(c.Needs, c.Count, few)
			}
			row.WriteString(" " + markdown.Text(text) + " |")
		}
		line("%s", row.String())
	}
	line("")
	if more := len(d.Scopes) + d.MoreScopes - rows; more > 0 {
		line("%s in report.json.\n", otherScopes(more, "is", "are"))
	}
	for _, b := range d.Beyond {
		line("%s\n", markdown.Text(b.Sentence()))
	}
}
