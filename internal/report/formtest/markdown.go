package formtest

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// outlineOfMarkdown reads a page as the summary of a run does: with tables, and with addresses as links.
func outlineOfMarkdown(page []byte) []string {
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(page, &b); err != nil {
		return []string{err.Error()}
	}
	return outlineOf(find(parse(b.Bytes()), "body"), true)
}

// markdown is the outline that the report's page must have.
func (d document) markdown() []string {
	all := []string{block("h3", "ARM Preflight: %s", d.Line)}
	findings := 0
	for _, c := range d.Checks {
		if c.silent() {
			continue
		}
		for _, f := range c.Findings {
			findings++
			all = append(append(all, block("h4", "%s: %s", c.ID, f.Text)), f.markdown()...)
		}
	}
	if d.Deployment != nil {
		all = append(all, d.Deployment.markdown()...)
	}
	switch {
	case d.Recommendation != nil && !d.Cancelled:
		all = append(all, d.recommendation("h4", "code")...)
	case findings == 0 && d.Result == "pass":
		return all
	}
	all = append(all, "tr check | result | found")
	for _, c := range d.Checks {
		if c.Status != "skip" || c.blocked() != "" {
			text := c.Text
			if c.blocked() != "" {
				text = c.blocked()
			}
			all = append(all, "tr "+strings.Join([]string{words(c.ID), c.Status, words(text)}, " | "))
		}
	}
	return all
}

func (f finding) markdown() []string {
	var all []string
	add := func(there bool, line string) {
		if there {
			all = append(all, line)
		}
	}
	if f.Waived != nil {
		all = append(all, block("p", "Waived until %s: %s", f.Waived.Until, f.Waived.Because))
	}
	add(f.Cause != "", block("p", "%s", f.Cause))
	add(f.Who != "", block("p", "%s %s. %s %s", inside("strong", "Who:"), f.Who, inside("strong", "Code:"), f.Code))
	add(f.Ask != "", block("p", "%s %s", inside("strong", "Ask:"), f.Ask))
	for i, step := range f.Steps {
		all = append(all, block("ol.li", "%s", f.lines(i, step, "code", " ")))
	}
	add(f.Link != "", block("p", "%s", inside("a", f.Link)))
	return all
}

// recommendation is the outline of what a report about creating a connection ends with; a command is in the element that's given.
func (d document) recommendation(heading, command string) []string {
	r := d.Recommendation
	all := []string{block(heading, "Recommendation: %s", r.Title), block("p", "%s", r.Why)}
	for _, s := range r.Steps {
		line := sentence(s.Who, s.Text)
		if s.Command != "" {
			line += " " + inside(command, s.Command)
			if command == "pre" {
				line = sentence(s.Who, s.Text) + inside(command, s.Command)
			}
		}
		all = append(all, block("ol.li", "%s", line))
	}
	if r.File != "" {
		file := r.File
		if command == "code" {
			file += "\n" // of the fence
		}
		all = append(all, block("p", "%s:", r.FileName), "pre "+file)
	}
	return all
}
