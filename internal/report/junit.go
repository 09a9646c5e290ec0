package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"strings"
)

// The form that PublishTestResults@2 reads.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Started  string      `xml:"timestamp,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"` // the connection
		Name    string        `xml:"name,attr"`      // the check
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure,omitempty"`
		Skipped *junitSkipped `xml:"skipped,omitempty"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// JUnit has a case for each check. A failed finding that isn't waived is a
// failure; an unknown result is skipped with its reason, as JUnit has no word
// for it.
func (d Document) JUnit() ([]byte, error) {
	name := d.Connection.Name
	if name == "" {
		name = d.Connection.ID
	}
	suite := junitSuite{Name: "ARM Preflight", Tests: len(d.Checks), Time: fmt.Sprintf("%.3f", d.Seconds), Started: d.Started.Format("2006-01-02T15:04:05")}
	for _, c := range d.Checks {
		one := junitCase{Class: name, Name: c.ID, Time: fmt.Sprintf("%.3f", c.Seconds)}
		if other, id, ok := cutLast(c.ID, "/"); ok {
			one.Class, one.Name = other, id
		}
		var failed, told []string
		code := "" // of the gravest failure
		for _, f := range c.Findings {
			if f.Status == "fail" && f.Waived == nil {
				failed = append(failed, f.plain())
				code = cmp.Or(code, f.Code)
			} else {
				told = append(told, f.plain())
			}
		}
		switch {
		case len(failed) > 0:
			suite.Failures++
			one.Failure = &junitFailure{Message: c.Text, Type: code, Text: strings.Join(failed, "\n\n")}
		case c.Status == "skip" && len(c.BlockedBy) > 0:
			suite.Skipped++
			one.Skipped = &junitSkipped{"blocked by " + strings.Join(c.BlockedBy, ", ")}
		case c.Status == "skip":
			suite.Skipped++
			one.Skipped = &junitSkipped{c.Text}
		case c.Status == "unknown":
			suite.Skipped++
			one.Skipped = &junitSkipped{"unknown: " + c.Text}
		}
		one.Out = strings.Join(append(told, c.Notes...), "\n")
		suite.Cases = append(suite.Cases, one)
	}
	out, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write JUnit: %w", err)
	}
	return append([]byte(xml.Header), append(out, '\n')...), nil
}

func cutLast(text, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

// plain is a finding as text: what, why, who, and the steps.
func (f Found) plain() string {
	lines := []string{f.Code + ": " + f.Text}
	if f.Waived != nil {
		lines = append(lines, fmt.Sprintf("waived until %s: %s", f.Waived.Until, f.Waived.Because))
	}
	if f.Cause != "" {
		lines = append(lines, f.Cause)
	}
	if f.Who != "" {
		lines = append(lines, "who: "+f.Who)
	}
	if f.Ask != "" {
		lines = append(lines, "ask: "+f.Ask)
	}
	for i, step := range f.Sequence() {
		number := fmt.Sprintf("%d. ", i+1)
		for _, line := range step {
			lines = append(lines, number+line.Text)
			number = ""
		}
	}
	if f.Link != "" {
		lines = append(lines, f.Link)
	}
	return strings.Join(lines, "\n")
}
