package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
)

// Log is where the text goes: the one writer of a run.
type Log interface {
	Line(text string)
	Group(title string)
	EndGroup()
}

// defaultWidth is the number of columns that lines are wrapped to. A line with a
// word that's longer than that is longer too: links and IDs stay whole.
const defaultWidth = 100

// WriteLog writes the report for people: a line per check, what's in the
// way below it, and the verdict last. redact takes out of a text what must not
// be shown; it's applied before lines are wrapped, so that no break can hide
// a text from it.
func WriteLog(l Log, d Document, redact func(string) string) { WriteText(l, d, 0, redact) }

// WriteText writes the same in lines of a number of columns; 0 is that of the log.
func WriteText(l Log, d Document, columns int, redact func(string) string) {
	w := logWriter{l, redact, cmp.Or(columns, defaultWidth), d.Started}
	var plain []string // what passed and has nothing to report
	for _, c := range d.Checks {
		switch s := status(c.Status); {
		case s == check.Pass && c.Text == "" && len(c.Notes) == 0:
			plain = append(plain, c.ID)
		case s != check.Skip:
			w.check(c)
		}
	}
	if len(plain) > 0 {
		w.wrapped("  pass          ", "also: "+strings.Join(plain, ", "))
	}
	w.skipped(d.Checks)
	if d.Deployment != nil {
		w.deployment(*d.Deployment)
	}
	if d.Recommendation != nil && !d.Cancelled {
		w.advice(*d.Recommendation)
	}
	w.wrapped("", d.Line)
	if d.Step == Failed && !d.Cancelled && d.Recommendation == nil {
		for _, line := range wayOut {
			w.wrapped("", line)
		}
	}
}

// wayOut are the last lines of a failed log.
var wayOut = [...]string{
	"To continue anyway, start a new run with the variable ArmPreflight.FailOn set to never.",
	"The variable must be settable at queue time.",
}

// lastLine is the verdict in words.
func (d Document) lastLine() string {
	elapsed := fmt.Sprintf("(%.1f s)", d.Seconds)
	if d.Waited >= 1 {
		elapsed = fmt.Sprintf("(%.1f s, including %.0f s waiting for propagation)", d.Seconds, d.Waited)
	}
	if d.Cancelled {
		return "canceled: the findings so far are above " + elapsed
	}
	v := d.Verdict()
	named := func(s check.Status) string { return strings.Join(d.weighing(s), ", ") }
	if d.Recommendation != nil {
		return d.canLine(v.Worst, named) + " " + elapsed
	}
	switch v.Worst {
	case check.Pass, check.Warn:
		line := "ready: " + d.Ready
		if d.DaysToExpiry != nil && *d.DaysToExpiry >= 0 {
			line += ", expires in " + facts.Days(*d.DaysToExpiry)
		}
		if ids := named(check.Warn); ids != "" {
			line += ", with a warning from " + ids
		}
		if ids := d.waived(); ids != "" {
			line += ", " + ids + " waived"
		}
		if not := d.notExamined(); not != "" {
			line += ", so " + not
		}
		return line + d.despite(v) + " " + elapsed
	case check.Unknown:
		line := named(check.Unknown)
		if not := d.notExamined(); not != "" {
			line = joined("; ", line, d.waived()+" waived, so "+not)
		}
		return "couldn't determine: " + line + d.despite(v) + " " + elapsed
	default:
		line := "not ready: " + named(check.Fail) + " failed"
		if not := d.notExamined(); not != "" {
			line += "; " + d.waived() + " waived, so " + not
		}
		return line + d.despite(v) + " " + elapsed
	}
}

// notExamined says which checks didn't run for a failure that a waiver covers;
// empty when there are none.
func (d Document) notExamined() string {
	var ids []string
	for _, c := range d.unexamined() {
		ids = append(ids, c.ID)
	}
	switch len(ids) {
	case 0:
		return ""
	case 1:
		return ids[0] + " wasn't checked"
	}
	return strings.Join(ids, ", ") + " weren't checked"
}

// joined joins what isn't empty.
func joined(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), separator)
}

// waived are the IDs of the checks whose failure a waiver covers.
func (d Document) waived() string {
	var ids []string
	for _, c := range d.Checks {
		if c.waived() != nil {
			ids = append(ids, c.ID)
		}
	}
	return strings.Join(ids, ", ")
}

// despite says when failOn, rather than the finding, decided the step's result.
func (d Document) despite(v Verdict) string {
	switch {
	case d.FailOn == FailOnNever && v.Worst == check.Fail:
		return ", but failOn: never lets the step succeed"
	case v.Worst == check.Unknown && v.Step != Failed:
		return ", which doesn't fail the step"
	case v.Step == Failed && v.Worst != check.Fail:
		return fmt.Sprintf(", which fails the step because of failOn: %s", d.FailOn)
	}
	return ""
}

type logWriter struct {
	log     Log
	redact  func(string) string
	width   int
	started time.Time
}

var marks = map[check.Status]string{check.Pass: "pass", check.Warn: "WARN", check.Fail: "FAIL", check.Unknown: "????"}

// maxItems is how many findings of one check are written out.
const maxItems = 25

const (
	textColumn = 38           // where the text of a check begins
	indent     = "          " // of the explanation below a check
)

// check writes the lines of one check.
func (w logWriter) check(c Check) {
	text, notes := c.Text, c.Notes
	if text == "" && len(notes) > 0 {
		text, notes = notes[0], notes[1:]
	}
	s := status(c.Status)
	untold := s == check.Unknown && c.Advisory
	if untold {
		text = "unknown: " + text
	}
	mark := fmt.Sprintf("  %s %7s  ", cmp.Or(map[bool]string{true: "note"}[untold], marks[s]), took(duration(c.Seconds)))
	label := mark + fmt.Sprintf("%-22s", c.ID)
	if utf8.RuneCountInString(label) > textColumn || !strings.HasSuffix(label, " ") { // another connection's name may be long
		w.wrapped(mark, c.ID)
		label = strings.Repeat(" ", textColumn)
	}
	w.wrapped(label, text)
	for _, note := range notes {
		if !strings.Contains(note, "\n") { // a stack trace goes to the debug log
			w.wrapped(strings.Repeat(" ", textColumn), note)
		}
	}
	if untold {
		return
	}
	explained := map[string]bool{}
	for i, f := range c.Findings {
		if i == maxItems {
			w.wrapped(indent+"also   ", fmt.Sprintf("%d more", len(c.Findings)-i))
			break
		}
		if i > 0 {
			w.wrapped(indent+"also   ", f.Text)
		}
		if f.Waived != nil {
			w.wrapped(indent+"waived ", fmt.Sprintf("until %s: %s", f.Waived.Until, f.Waived.Because))
		}
		// What helps against a code helps once: three unset variables share their steps.
		if f.Confidence != "" && !explained[f.Code] {
			explained[f.Code] = true
			w.finding(f)
		}
	}
}

// finding writes what the reader can do.
func (w logWriter) finding(f Found) {
	part := func(label, text string) {
		if text != "" {
			w.wrapped(fmt.Sprintf("%s%-6s ", indent, label), text)
		}
	}
	code := f.Code
	if sure := f.Sure(); sure != "" {
		code += " (" + sure + ")"
	}
	part("code", code)
	part("cause", f.Cause)
	if f.Minutes > 0 {
		bound := fmt.Sprintf("%.0f minutes", f.Minutes)
		if f.Minutes == 1 {
			bound = "a minute"
		}
		part("wait", "a change can take up to "+bound+" to take effect")
	}
	part("who", f.Who)
	part("ask", f.asked())
	for i, step := range f.Sequence() {
		label := fmt.Sprintf("%s%4d.  ", indent, i+1)
		for _, line := range step {
			if line.Paste {
				w.paste(line.Text)
			} else {
				w.wrapped(label, line.Text)
			}
			label = strings.Repeat(" ", len(label))
		}
	}
	if f.Link != "" && !slices.ContainsFunc(f.Steps, func(step string) bool { return strings.Contains(step, f.Link) }) {
		w.log.Line(indent + "link")
		w.paste(f.Link)
	}
	if f.Evidence != nil {
		w.evidence(*f.Evidence)
	}
}

// paste writes a command or a URL: alone on its line, whole, so that it can be copied.
func (w logWriter) paste(text string) { w.log.Line(indent + "       " + oneLine(w.redact(text))) }

// evidence writes what was seen, folded.
func (w logWriter) evidence(e Evidence) {
	all := e.Seen(w.started)
	if len(all) == 0 {
		return
	}
	w.log.Group("raw evidence")
	for _, seen := range all {
		w.wrapped(fmt.Sprintf("%s%-15s", indent, seen.Label), seen.Text)
	}
	w.log.EndGroup()
}

// skipped writes the checks that didn't run: those that weren't requested share a
// line, those blocked share one per cause. What doesn't apply to this connection
// isn't news.
func (w logWriter) skipped(checks []Check) {
	const label = "  skip          "
	var quiet []string
	var causes []string
	blocked := map[string][]string{}
	for _, c := range checks {
		switch {
		case status(c.Status) != check.Skip:
		case len(c.BlockedBy) > 0:
			cause := strings.Join(c.BlockedBy, ", ")
			if _, said := blocked[cause]; !said {
				causes = append(causes, cause)
			}
			blocked[cause] = append(blocked[cause], c.ID)
		case c.NotAsked:
			quiet = append(quiet, c.ID)
		case c.NotApplicable:
		default:
			w.wrapped(fmt.Sprintf("%s%-22s", label, c.ID), c.Text)
		}
	}
	for _, cause := range causes {
		w.wrapped(label, fmt.Sprintf("blocked by %s: %s", cause, strings.Join(blocked[cause], ", ")))
	}
	if len(quiet) > 0 {
		w.wrapped(label, "not requested: "+strings.Join(quiet, ", "))
	}
}

// wrapped writes text behind a label, broken between words at width, with the
// following lines indented below the text.
func (w logWriter) wrapped(label, text string) {
	// Never at the left edge, where the verdict is: a name must not be able to forge it.
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
