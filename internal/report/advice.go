package report

import (
	"fmt"
	"strings"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/markdown"
)

// Recommendation is the advice that a report about making a connection ends in.
type Recommendation struct {
	Way      string `json:"way"` // automatic, managed-identity-federation, manual-existing-identity, none-yet
	Title    string `json:"title"`
	Why      string `json:"why"`
	Alone    bool   `json:"alone"` // the person needs nobody else for it
	Steps    []Do   `json:"steps"`
	FileName string `json:"fileName,omitempty"`
	File     string `json:"file,omitempty"` // the text of that file, which a command reads
}

// Do is one step of a recommendation.
type Do struct {
	Who     string `json:"who"`
	Text    string `json:"text"`
	Command string `json:"command,omitempty"`
}

// Sentence is the step with who does it.
func (d Do) Sentence() string {
	return diagnosis.AdviceStep{Who: diagnosis.Person(d.Who), Text: d.Text}.Sentence()
}

// recommendation writes the advice down; nil when there is none.
func recommendation(a *diagnosis.Advice, clean func(string) string) *Recommendation {
	if a == nil {
		return nil
	}
	r := &Recommendation{Way: clean(a.Way), Title: clean(a.Title), Why: clean(a.Why), Alone: a.Can, FileName: clean(a.FileName), File: clean(a.File), Steps: []Do{}}
	for _, s := range a.Steps {
		r.Steps = append(r.Steps, Do{Who: clean(string(s.Who)), Text: clean(s.Text), Command: clean(s.Command)})
	}
	return r
}

// advice is the advice that a document was written from.
func (r *Recommendation) advice() *diagnosis.Advice {
	if r == nil {
		return nil
	}
	a := &diagnosis.Advice{Way: r.Way, Title: r.Title, Why: r.Why, Can: r.Alone, FileName: r.FileName, File: r.File}
	for _, s := range r.Steps {
		a.Steps = append(a.Steps, diagnosis.AdviceStep{Who: diagnosis.Person(s.Who), Text: s.Text, Command: s.Command})
	}
	return a
}

// canLine is the verdict of a report that ends in advice: whether the person can
// make the connection.
func (r *Report) canLine(named func(check.Status) string) string {
	worst := r.Verdict().Worst
	if worst == check.Unknown && r.Advice.Way == diagnosis.NoAdvice {
		return "could not tell: " + named(check.Unknown)
	}
	switch worst {
	case check.Pass:
		return "you can: " + r.Ready + " (" + r.Advice.Title + ")"
	case check.Warn:
		return "you can: " + r.Ready + " (" + r.Advice.Title + "), with a warning from " + named(check.Warn)
	case check.Unknown:
		return "nothing stands in the way of what could be seen: " + r.Ready + " (" + r.Advice.Title + "); could not tell: " + named(check.Unknown)
	default:
		return "you cannot yet: " + named(check.Fail) + " failed"
	}
}

// advice writes the advice of a report. A command has a line of its own, whole, so
// that it can be copied.
func (w logWriter) advice(a diagnosis.Advice) {
	w.wrapped("recommendation: ", a.Title)
	w.wrapped(indent+"why    ", a.Why)
	for i, s := range a.Steps {
		w.wrapped(fmt.Sprintf("%s%4d.  ", indent, i+1), s.Sentence())
		if s.Command != "" {
			w.log.Line(indent + "         " + oneLine(w.redact(s.Command)))
		}
	}
	if a.File != "" {
		w.wrapped(indent+"file   ", a.FileName+":")
		for line := range strings.Lines(a.File) {
			w.log.Line(indent + "       " + strings.TrimRight(w.redact(line), "\r\n"))
		}
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// markdown writes a recommendation; commands and the file are code.
func (r *Recommendation) markdown(line func(string, ...any)) {
	line("#### Recommendation: %s\n", markdown.Text(r.Title))
	line("%s\n", markdown.Text(r.Why))
	for i, s := range r.Steps {
		line("%d. %s", i+1, markdown.Text(s.Sentence()))
		if s.Command != "" {
			line("\n   %s\n", code(oneLine(s.Command)))
		}
	}
	if r.File != "" {
		fence := strings.Repeat("`", max(3, longestRun(r.File, '`')+1))
		line("\n%s:\n\n%sjson\n%s\n%s", markdown.Text(r.FileName), fence, r.File, fence)
	}
	line("")
}

// code writes text as a code span, whatever is in it.
func code(text string) string {
	fence := strings.Repeat("`", longestRun(text, '`')+1)
	return fence + " " + text + " " + fence
}

func longestRun(text string, of rune) int {
	longest, run := 0, 0
	for _, c := range text {
		if run++; c != of {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
