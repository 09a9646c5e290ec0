package report

import (
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/markdown"
)

// Recommendation is the advice that a report about creating a connection ends with.
type Recommendation struct {
	Way      string `json:"way"` // automatic, managed-identity-federation, manual-existing-identity, none-yet
	Title    string `json:"title"`
	Why      string `json:"why"`
	Alone    bool   `json:"alone"` // the person needs no one else for it
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

// recommendation writes the advice down; nil if it has none.
func recommendation(a *diagnosis.Advice) *Recommendation {
	if a == nil {
		return nil
	}
	r := &Recommendation{Way: a.Way, Title: a.Title, Why: a.Why, Alone: a.Can, FileName: a.FileName, File: a.File, Steps: []Do{}}
	for _, s := range a.Steps {
		r.Steps = append(r.Steps, Do{Who: string(s.Who), Text: s.Text, Command: s.Command})
	}
	return r
}

func (r Recommendation) cleaned(clean func(string) string) *Recommendation {
	r.Way, r.Title, r.Why, r.FileName, r.File = clean(r.Way), clean(r.Title), clean(r.Why), clean(r.FileName), clean(r.File)
	r.Steps = slices.Clone(r.Steps)
	for i := range r.Steps {
		s := &r.Steps[i]
		s.Who, s.Text, s.Command = clean(s.Who), clean(s.Text), clean(s.Command)
	}
	return &r
}

// canLine is the verdict of a report that ends in advice: whether the person can
// create the connection.
func (d Document) canLine(worst check.Status, named func(check.Status) string) string {
	if worst == check.Unknown && d.Recommendation.Way == diagnosis.NoAdvice {
		return "couldn't determine: " + named(check.Unknown)
	}
	switch worst {
	case check.Pass:
		return "you can: " + d.Ready + " (" + d.Recommendation.Title + ")"
	case check.Warn:
		return "you can: " + d.Ready + " (" + d.Recommendation.Title + "), with a warning from " + named(check.Warn)
	case check.Unknown:
		return "no problem found so far: " + d.Ready + " (" + d.Recommendation.Title + "); couldn't determine: " + named(check.Unknown)
	default:
		return "you can't yet: " + named(check.Fail) + " failed"
	}
}

// advice writes the advice of a report. A command has a line of its own, whole, so
// that it can be copied.
func (w logWriter) advice(r Recommendation) {
	w.wrapped("recommendation: ", r.Title)
	w.wrapped(indent+"why    ", r.Why)
	for i, s := range r.Steps {
		w.wrapped(fmt.Sprintf("%s%4d.  ", indent, i+1), s.Sentence())
		if s.Command != "" {
			w.log.Line(indent + "         " + oneLine(w.redact(s.Command)))
		}
	}
	if r.File != "" {
		w.wrapped(indent+"file   ", r.FileName+":")
		for line := range strings.Lines(r.File) {
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
