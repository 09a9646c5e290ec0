package formtest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// outlineOfJUnit is a line for each element of the file, with its attributes and its text.
func outlineOfJUnit(file []byte) []string {
	var all []string
	for d := xml.NewDecoder(strings.NewReader(string(file))); ; {
		token, err := d.Token()
		switch token := token.(type) {
		case xml.StartElement:
			var line strings.Builder
			line.WriteString(token.Name.Local)
			for _, a := range token.Attr {
				line.WriteString(fmt.Sprintf(" %s=%q", a.Name.Local, words(a.Value)))
			}
			all = append(all, line.String())
		case xml.CharData:
			if text := words(string(token)); text != "" && len(all) > 0 {
				all[len(all)-1] += " " + text
			}
		case xml.Comment, xml.Directive:
			all = append(all, fmt.Sprintf("?%T", token))
		}
		if errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			return append(all, err.Error())
		}
	}
}

// junit is the outline that the report's file must have.
func (d document) junit() []string {
	failures, skipped := 0, 0
	var cases []string
	for _, c := range d.Checks {
		connection, id := c.of()
		if connection == "" {
			connection = d.about()
		}
		cases = append(cases, fmt.Sprintf("testcase classname=%q name=%q time=\"%.3f\"", words(connection), words(id), c.Seconds))
		var failed, told []string
		code := ""
		for _, f := range c.Findings {
			if f.Status != "fail" || f.Waived != nil {
				told = append(told, f.plain())
				continue
			}
			if failed = append(failed, f.plain()); code == "" {
				code = f.Code
			}
		}
		reason := ""
		switch {
		case len(failed) > 0:
			failures++
			cases = append(cases, strings.TrimSpace(fmt.Sprintf("failure message=%q type=%q %s", words(c.Text), words(code), words(strings.Join(failed, " ")))))
		case c.Status == "skip":
			reason = c.Text
			if c.blocked() != "" {
				reason = c.blocked()
			}
		case c.Status == "unknown":
			reason = "unknown: " + c.Text
		}
		if len(failed) == 0 && (c.Status == "skip" || c.Status == "unknown") {
			skipped++
			cases = append(cases, fmt.Sprintf("skipped message=%q", words(reason)))
		}
		if out := words(strings.Join(append(told, c.Notes...), " ")); out != "" {
			cases = append(cases, "system-out "+out)
		}
	}
	return append([]string{fmt.Sprintf("testsuite name=\"ARM Preflight\" tests=\"%d\" failures=\"%d\" skipped=\"%d\" time=\"%.3f\" timestamp=%q",
		len(d.Checks), failures, skipped, d.Seconds, d.Started.UTC().Format("2006-01-02T15:04:05"))}, cases...)
}

// plain is all that a reader needs of a finding.
func (f finding) plain() string {
	lines := []string{f.Code + ": " + f.Text}
	if f.Waived != nil {
		lines = append(lines, fmt.Sprintf("waived until %s: %s", f.Waived.Until, f.Waived.Because))
	}
	lines = append(lines, f.Cause)
	if f.Who != "" {
		lines = append(lines, "who: "+f.Who)
	}
	if f.Ask != "" {
		lines = append(lines, "ask: "+f.Ask)
	}
	for i, step := range f.Steps {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, step))
	}
	return strings.Join(append(lines, f.Link), " ")
}
