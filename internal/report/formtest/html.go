package formtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// outlineOfHTML reads a page as a browser does. What could run, load, or lead somewhere is a line of its own.
func outlineOfHTML(page []byte) []string {
	tree := parse(page)
	main := find(tree, "main")
	if main == nil {
		return []string{"no main"}
	}
	var all []string
	for n := range tree.Descendants() {
		if slices.Contains([]string{"script", "img", "iframe", "object", "link", "form", "base", "embed"}, n.Data) {
			all = append(all, "?"+n.Data)
		}
		for _, a := range n.Attr {
			if slices.ContainsFunc([]string{"on", "src", "action", "style"}, func(prefix string) bool { return strings.HasPrefix(a.Key, prefix) }) {
				all = append(all, "?"+a.Key)
			}
		}
	}
	for n := range main.Parent.ChildNodes() {
		text := n.Data
		if n.Type == html.ElementNode {
			text = raw(n)
		}
		if n != main && words(text) != "" {
			all = append(all, "?outside of main: "+words(text))
		}
	}
	all = append(all, block("title", "%s", raw(find(tree, "title"))))
	return append(all, outlineOf(main, false)...)
}

// html is the outline that the report's page must have.
func (d document) html() []string {
	result := d.Result
	if d.Cancelled {
		result = "cancelled"
	}
	all := []string{
		block("title", "ARM Preflight: %s", d.Line), "header verdict " + result,
		block("h1", "%s %s", mark(result), d.Line),
		block("p", "%s, %s, step %s, failOn %s", d.Tool, d.Started.UTC().Format("2006-01-02 15:04 UTC"), d.Step, d.FailOn),
	}
	if d.Recommendation == nil {
		all = append(all, "h2 The way to Azure")
		all = append(all, d.way()...)
	}
	for _, pair := range [][2]string{
		{"connection", d.Connection.Name}, {"ID", d.Connection.ID}, {"scheme", d.Connection.Scheme}, {"cloud", d.Connection.Cloud},
		{"tenant", d.Connection.TenantID}, {"scope", d.Connection.Scope},
	} {
		all = append(all, pairOf(pair[0], pair[1], true)...)
	}
	all = append(all, d.expiry()...)
	all = append(all, d.connections()...)
	all = append(all, d.todo()...)
	if d.Deployment != nil {
		all = append(all, d.Deployment.html()...)
	}
	if d.Recommendation != nil {
		all = append(all, d.recommendation("h2", "pre")...)
	}
	all = append(all, "h2 Checks", "tr result | check | found | time")
	for _, c := range d.Checks {
		if !c.NotApplicable {
			all = append(all, c.row())
		}
	}
	return all
}

// mark is the word for a status, in its color.
func mark(status string) string {
	return inside("b "+status, strings.ReplaceAll(strings.ToUpper(status), "CANCELLED", "CANCELED"))
}

// lines is a step: every second line of it is in an element of its own.
func (f finding) lines(i int, step, element, gap string) string {
	if len(f.StepLines) != len(f.Steps) || len(f.StepLines[i]) == 0 {
		return step
	}
	var b strings.Builder
	for j, line := range f.StepLines[i] {
		if j%2 == 1 {
			line = gap + inside(element, line) + gap
		}
		b.WriteString(line)
	}
	return b.String()
}

// pairOf is a row of a list of terms; nothing for an empty text.
func pairOf(term, text string, code bool) []string {
	switch {
	case text == "":
		return nil
	case code:
		text = inside("code", text)
	}
	return []string{"dt " + term, block("dd", "%s", text)}
}

// way is the path from the pipeline to Azure, as a picture and as a list. Other connections take their own.
func (d document) way() []string {
	stations := []string{"pipeline", "connection", "network", "Entra", "Azure"}
	layers := []string{"pipeline", "connection", "network", "identity", "azure"}
	state := map[string]string{"": "not reached", "pass": "ok", "warn": "warning", "unknown": "couldn't determine", "fail": "broken"}
	var label, written, list []string
	for i, name := range stations {
		worst := ""
		for _, c := range d.Checks {
			other, _ := c.of()
			if c.Layer == layers[i] && other == "" && !c.silent() && (worst == "" || gravity[c.counted()] > gravity[worst]) {
				worst = c.counted()
			}
		}
		label, written = append(label, name+": "+state[worst]), append(written, name, state[worst])
		list = append(list, block("ol.li", "%s: %s", name, inside("b "+cmp.Or(worst, "skip"), state[worst])))
	}
	return append([]string{block("svg", "%s: %s", strings.Join(label, ", "), strings.Join(written, ", "))}, list...)
}

func (d document) expiry() []string {
	if d.DaysToExpiry == nil || d.ExpiryThresholds == nil {
		return nil
	}
	days, warning, failure := *d.DaysToExpiry, d.ExpiryThresholds.Warning, d.ExpiryThresholds.Error
	status := "pass"
	switch {
	case days < 0 || days < failure:
		status = "fail"
	case days < warning:
		status = "warn"
	}
	left := fmt.Sprintf("%d days", days)
	switch days {
	case 0:
		left = "less than a day"
	case 1:
		left = "1 day"
	}
	line := fmt.Sprintf("The credential expires in %s.", inside("b "+status, left))
	if days < 0 {
		line = "The day on which it ends has passed."
	}
	switch {
	case warning > 0 && failure > 0:
		line += fmt.Sprintf(" A warning comes below %d days, a failure below %d.", warning, failure)
	case warning > 0:
		line += fmt.Sprintf(" A warning comes below %d days.", warning)
	case failure > 0:
		line += fmt.Sprintf(" A failure comes below %d days.", failure)
	}
	return []string{"h2 Expiry", block("p", "%s", line)}
}

// connections is a row for each connection with its gravest check, gravest first; nothing for one alone.
func (d document) connections() []string {
	type row struct{ name, status, text string }
	all := []row{{d.about(), "pass", ""}}
	for _, c := range d.Checks {
		name, _ := c.of()
		if c.Layer == "more" {
			name = c.ID
		}
		i := 0
		if name != "" {
			if i = slices.IndexFunc(all[1:], func(r row) bool { return r.name == name }) + 1; i == 0 {
				i, all = len(all), append(all, row{name, "pass", ""})
			}
		}
		if c.Layer == "more" || !c.silent() && gravity[c.counted()] > gravity[all[i].status] {
			all[i].status, all[i].text = c.counted(), c.Text
		}
	}
	if len(all) == 1 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b row) int { return gravity[b.status] - gravity[a.status] })
	lines := []string{"h2 Connections", "tr result | connection | found"}
	for _, r := range all {
		lines = append(lines, "tr "+strings.Join([]string{mark(r.status), words(r.name), words(r.text)}, " | "))
	}
	return lines
}

// todo is a section for each finding, that of the gravest check first.
func (d document) todo() []string {
	broken := slices.DeleteFunc(slices.Clone(d.Checks), func(c checked) bool { return c.silent() || len(c.Findings) == 0 })
	if len(broken) == 0 {
		return nil
	}
	slices.SortStableFunc(broken, func(a, b checked) int { return gravity[b.Status] - gravity[a.Status] })
	all := []string{"h2 What to do"}
	for _, c := range broken {
		for _, f := range c.Findings {
			all = append(all, "section finding "+f.Status, block("h3", "%s %s: %s", mark(f.Status), c.ID, f.Text))
			all = append(all, f.html(d.Started)...)
		}
	}
	return all
}

func (f finding) html(started time.Time) []string {
	var all []string
	if f.Waived != nil {
		all = append(all, block("p", "Waived until %s: %s", f.Waived.Until, f.Waived.Because))
	}
	if f.Cause != "" {
		all = append(all, block("p", "%s", f.Cause))
	}
	all = append(all, pairOf("who", f.Who, false)...)
	code := inside("code", f.Code)
	if f.Confidence != "" && f.Confidence != "documented" {
		code += " (" + f.Confidence + ")"
	}
	all = append(all, pairOf("code", code, false)...)
	if f.MayHealMinutes > 0 {
		all = append(all, pairOf("wait", fmt.Sprintf("a change can take up to %.0f min to take effect", f.MayHealMinutes), false)...)
	}
	if f.Ask != "" {
		all = append(all, "p Ask:", "pre "+f.Ask)
	}
	for i, step := range f.Steps {
		all = append(all, block("ol.li", "%s", f.lines(i, step, "pre", "")))
	}
	if f.Link != "" {
		all = append(all, block("p", "%s", inside("a", f.Link)))
	}
	e := f.Evidence
	if e == nil {
		return all
	}
	answer, body := "", e.Body
	if e.Status != 0 {
		answer = fmt.Sprintf("HTTP %d %s", e.Status, e.ContentType)
	}
	if e.Message != "" {
		body = ""
	}
	var seen []string
	for _, pair := range [][2]string{
		{"request", words(e.Method + " " + e.Host + e.Path)}, {"answer", answer}, {"network", e.Network}, {"codes", strings.Join(e.Codes, ", ")},
		{"message", e.Message}, {"trace ID", e.TraceID}, {"correlation ID", e.CorrelationID}, {"request ID", e.RequestID}, {"timestamp", e.Timestamp}, {"body", body},
	} {
		seen = append(seen, pairOf(pair[0], pair[1], true)...)
	}
	if len(seen) > 0 && e.Timestamp == "" {
		seen = append(seen, pairOf("run started", started.UTC().Format("2006-01-02 15:04:05Z"), true)...)
	}
	if len(seen) > 0 {
		all = append(append(all, "summary raw evidence"), seen...)
	}
	return all
}

// row is a check in the table of all.
func (c checked) row() string {
	texts := append([]string{c.Text}, c.Notes...)
	switch {
	case c.blocked() != "":
		texts = []string{c.blocked()}
	case c.NotAsked:
		texts = []string{"not requested"}
	case len(c.Findings) > 0 && c.Findings[0].Code == "tool-fault":
		texts = []string{c.Text} // its note is a stack trace
	}
	var said []string
	for i, text := range slices.DeleteFunc(texts, func(text string) bool { return text == "" }) {
		if text = words(text); i > 0 {
			text = inside("span", text)
		}
		said = append(said, text)
	}
	took := ""
	if c.Seconds > 0 {
		took = fmt.Sprintf("%.0f ms", c.Seconds*1000)
	}
	return "tr " + strings.Join([]string{mark(c.Status), words(c.ID), strings.Join(said, " ⏎ "), took}, " | ")
}
