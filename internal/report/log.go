package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
)

// Log is where the text goes: the one writer of a run.
type Log interface {
	Line(text string)
	Group(title string)
	EndGroup()
}

// defaultWidth is the number of columns that lines are wrapped to. A line with a
// word that is longer than that is longer too: links and ids stay whole.
const defaultWidth = 100

// WriteLog writes the report for a person: a line a check, what stands in the
// way below it, and the verdict last. redact takes out of a text what must not
// be shown; it is applied before lines are wrapped, so that no break can hide
// what is to be found.
func WriteLog(l Log, r *Report, redact func(string) string) { WriteText(l, r, 0, redact) }

// WriteText writes the same in lines of a number of columns; 0 is that of the log.
func WriteText(l Log, r *Report, columns int, redact func(string) string) {
	w := logWriter{l, redact, cmp.Or(columns, defaultWidth)}
	var plain []string // what passed and has nothing to tell
	for _, result := range r.Results {
		switch {
		case result.Status == check.Pass && result.Text == "" && len(result.Notes) == 0:
			plain = append(plain, result.ID)
		case result.Status != check.Skip:
			w.result(result)
		}
	}
	if len(plain) > 0 {
		w.wrapped("  pass          ", "also: "+strings.Join(plain, ", "))
	}
	w.skipped(r.Results)
	if r.Advice != nil && !r.Cancelled {
		w.advice(*r.Advice)
	}
	if v := r.Verdict(); v.Step == Failed && !r.Cancelled && r.Advice == nil {
		w.wrapped("", "to let a run go on all the same: set its variable ArmPreflight.FailOn to never")
	}
	w.wrapped("", r.LastLine())
}

// LastLine is the verdict in words.
func (r *Report) LastLine() string {
	elapsed := fmt.Sprintf("(%.1f s)", r.Elapsed.Seconds())
	if r.Waited >= time.Second {
		elapsed = fmt.Sprintf("(%.1f s, %.0f of them waiting for what propagates)", r.Elapsed.Seconds(), r.Waited.Seconds())
	}
	if r.Cancelled {
		return "cancelled: what was found until then is above " + elapsed
	}
	named := func(s check.Status) string {
		var ids []string
		for _, result := range r.Results {
			if weight(result) == s {
				ids = append(ids, result.ID)
			}
		}
		return strings.Join(ids, ", ")
	}
	if r.Advice != nil {
		return r.canLine(named) + " " + elapsed
	}
	switch v := r.Verdict(); v.Worst {
	case check.Pass, check.Warn:
		line := "ready: " + r.Ready
		if r.DaysToExpiry != nil && *r.DaysToExpiry >= 0 {
			line += fmt.Sprintf(", expires in %d days", *r.DaysToExpiry)
		}
		if ids := named(check.Warn); ids != "" {
			line += ", with a warning from " + ids
		}
		if ids := r.waived(); ids != "" {
			line += ", " + ids + " waived"
		}
		if not := r.notExamined(); not != "" {
			line += ", so " + not
		}
		return line + r.despite(v) + " " + elapsed
	case check.Unknown:
		line := named(check.Unknown)
		if not := r.notExamined(); not != "" {
			line = joined("; ", line, r.waived()+" waived, so "+not)
		}
		return "could not tell: " + line + r.despite(v) + " " + elapsed
	default:
		line := "not ready: " + named(check.Fail) + " failed"
		if not := r.notExamined(); not != "" {
			line += "; " + r.waived() + " waived, so " + not
		}
		return line + r.despite(v) + " " + elapsed
	}
}

// notExamined says which checks did not run for a failure that a waiver covers;
// empty when there are none.
func (r *Report) notExamined() string {
	var ids []string
	for _, result := range r.unexamined() {
		ids = append(ids, result.ID)
	}
	switch len(ids) {
	case 0:
		return ""
	case 1:
		return ids[0] + " was not examined"
	}
	return strings.Join(ids, ", ") + " were not examined"
}

// joined joins what is not empty.
func joined(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), separator)
}

// waived are the ids of the checks whose failure a waiver covers.
func (r *Report) waived() string {
	var ids []string
	for _, result := range r.Results {
		if waiverOf(result) != nil {
			ids = append(ids, result.ID)
		}
	}
	return strings.Join(ids, ", ")
}

// despite says when failOn, rather than the finding, decided the step's result.
func (r *Report) despite(v Verdict) string {
	switch {
	case r.FailOn == FailOnNever && v.Worst == check.Fail:
		return ", let through by failOn: never"
	case v.Step == Failed && v.Worst != check.Fail:
		return fmt.Sprintf(", which fails the step by failOn: %s", r.FailOn)
	}
	return ""
}

type logWriter struct {
	log    Log
	redact func(string) string
	width  int
}

var marks = map[check.Status]string{check.Pass: "pass", check.Warn: "WARN", check.Fail: "FAIL", check.Unknown: "????"}

// maxItems is how many findings of one check are written out.
const maxItems = 25

const (
	textColumn = 38           // where the text of a check begins
	indent     = "          " // of the explanation below a check
)

// result writes the lines of one check.
func (w logWriter) result(r check.Result) {
	text, notes := r.Text, r.Notes
	if text == "" && len(notes) > 0 {
		text, notes = notes[0], notes[1:]
	}
	if r.Status == check.Unknown && r.Advisory {
		text = "could not tell: " + text
	}
	mark := fmt.Sprintf("  %s %7s  ", marks[r.Status], took(r.Elapsed))
	label := mark + fmt.Sprintf("%-22s", r.ID)
	if utf8.RuneCountInString(label) > textColumn || !strings.HasSuffix(label, " ") { // another connection's name may be long
		w.wrapped(mark, r.ID)
		label = strings.Repeat(" ", textColumn)
	}
	w.wrapped(label, text)
	for _, note := range notes {
		if !strings.Contains(note, "\n") { // a stack trace goes to the debug log
			w.wrapped(strings.Repeat(" ", textColumn), note)
		}
	}
	if r.Status == check.Unknown && r.Advisory {
		return
	}
	explained := map[string]bool{}
	for i, item := range r.Items {
		if i == maxItems {
			w.wrapped(indent+"also   ", fmt.Sprintf("%d more", len(r.Items)-i))
			break
		}
		if i > 0 {
			w.wrapped(indent+"also   ", item.Text)
		}
		if item.Waiver != nil {
			w.wrapped(indent+"waived ", fmt.Sprintf("until %s: %s", item.Waiver.Day(), item.Waiver.Because))
		}
		// What helps against a code helps once: three unset variables share their steps.
		if d, ok := item.Finding.(diagnosis.Diagnosis); ok && !explained[item.Code] {
			explained[item.Code] = true
			w.diagnosis(d)
		}
	}
}

// diagnosis writes what a person can do.
func (w logWriter) diagnosis(d diagnosis.Diagnosis) {
	part := func(label, text string) {
		if text != "" {
			w.wrapped(fmt.Sprintf("%s%-6s ", indent, label), text)
		}
	}
	part("code", string(d.Code)+sure(d.Confidence))
	part("cause", d.Cause)
	if d.Bound > 0 {
		bound := fmt.Sprintf("%.0f minutes", d.Bound.Minutes())
		if d.Bound == time.Minute {
			bound = "a minute"
		}
		part("wait", "for up to "+bound+" after a change this may still be the answer")
	}
	part("who", string(d.Who))
	for i, step := range d.Steps {
		w.wrapped(fmt.Sprintf("%s%4d.  ", indent, i+1), step)
	}
	if !slices.ContainsFunc(d.Steps, func(step string) bool { return strings.Contains(step, d.Link) }) {
		part("link", d.Link)
	}
	part("ask", d.Ask)
	if d.Evidence != nil {
		w.evidence(*d.Evidence)
	}
}

// sure tells a reader where a diagnosis rests on less than documentation.
func sure(c diagnosis.Confidence) string {
	if c == diagnosis.Certain {
		return ""
	}
	return " (" + c.String() + ")"
}

// evidence writes what was seen, folded.
func (w logWriter) evidence(e diagnosis.Evidence) {
	var labels, values []string
	add := func(label, value string) {
		if value != "" {
			labels, values = append(labels, label), append(values, value)
		}
	}
	if e.Host != "" {
		add("request", strings.TrimSpace(e.Method+" "+e.Host+e.Path))
	}
	if e.Status != 0 {
		add("answer", strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Status, e.ContentType)))
	}
	add("network", networkWords(e))
	add("codes", strings.Join(e.Codes, ", "))
	add("message", e.Message)
	add("trace id", e.TraceID)
	add("correlation id", e.CorrelationID)
	add("request id", e.RequestID)
	add("timestamp", e.Timestamp)
	if e.Message == "" {
		add("body", e.Body)
	}
	if len(values) == 0 {
		return
	}
	w.log.Group("what was seen")
	for i, value := range values {
		w.wrapped(fmt.Sprintf("%s%-15s", indent, labels[i]), value)
	}
	w.log.EndGroup()
}

// skipped writes the checks that did not run: those that nobody asked for share a
// line, those blocked share one per cause. What does not apply to this connection
// is no news.
func (w logWriter) skipped(results []check.Result) {
	const label = "  skip          "
	var quiet []string
	var causes []string
	blocked := map[string][]string{}
	for _, r := range results {
		switch {
		case r.Status != check.Skip:
		case len(r.BlockedBy) > 0:
			cause := strings.Join(r.BlockedBy, ", ")
			if _, said := blocked[cause]; !said {
				causes = append(causes, cause)
			}
			blocked[cause] = append(blocked[cause], r.ID)
		case r.NotAsked:
			quiet = append(quiet, r.ID)
		case r.NotApplicable:
		default:
			w.wrapped(fmt.Sprintf("%s%-22s", label, r.ID), r.Text)
		}
	}
	for _, cause := range causes {
		w.wrapped(label, fmt.Sprintf("blocked by %s: %s", cause, strings.Join(blocked[cause], ", ")))
	}
	if len(quiet) > 0 {
		w.wrapped(label, "not asked for: "+strings.Join(quiet, ", "))
	}
}

// wrapped writes text behind a label, broken between words at width, with the
// following lines indented below the text.
func (w logWriter) wrapped(label, text string) {
	// Never at the left edge, where the verdict stands: a name must not be able to forge it.
	hang := strings.Repeat(" ", min(max(2, utf8.RuneCountInString(label)), textColumn))
	line, used := label, utf8.RuneCountInString(label)
	empty := true
	for word := range strings.FieldsSeq(w.redact(text)) {
		n := utf8.RuneCountInString(word)
		if !empty && used+1+n > w.width {
			w.log.Line(line)
			line, used, empty = hang, utf8.RuneCountInString(hang), true
		}
		if !empty {
			line, used = line+" ", used+1
		}
		line, used, empty = line+word, used+n, false
	}
	w.log.Line(strings.TrimRight(line, " "))
}

// took gives a duration in the unit that fits, and nothing for what took none.
func took(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return ""
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	default:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
}
