package reading

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"armpreflight/internal/codetext"
	"armpreflight/internal/lazyregexp"
)

// A Message is what a text says in one place: an error of a log with the lines that belong to it, or a pasted text.
type Message struct {
	Line                int    // where it starts, from 1
	Job                 string // of a log, the job that the step is in; empty where the log doesn't name it
	JobNumber           int    // of a log, from 1; 0 where no job begins in it
	Step, Task, Version string // of a log, the step and the task that wrote it
	Text                string // of its lines, without what the agent and a terminal put around them
}

// Limits of what's kept of a text while it's read.
const (
	maxPasted       = 64 << 10 // bytes of a text that's one message
	maxMessages     = 64       // errors of a log
	maxMessageLines = 40
	maxMessageBytes = 8 << 10
	maxStepName     = 80 // bytes of the name of a step or a task
)

// A logReader follows a text line by line and keeps its errors.
type logReader struct {
	errors   []Message
	hasSteps bool // there are steps of a job in it

	job      string // that the steps are in, by its own section
	jobs     int    // that began
	step     bool   // a section is open that can be a job or a step
	text     []byte // as a whole, up to maxPasted
	all      int    // bytes of the text
	at       Message
	open     bool // the last of errors may go on
	lines    int
	previous int  // the line before
	ours     bool // the step, or the text where there are no steps, has a report of ours
}

// own takes notice of a line of a report of ours, which names its own code. What that step prints around it is about the
// same matter.
func (m *logReader) own() {
	if m.ours {
		return
	}
	m.ours, m.open = true, false
	m.errors = slices.DeleteFunc(m.errors, func(e Message) bool { return e.Step == m.at.Step && e.JobNumber == m.at.JobNumber })
}

// line takes the next line of the text.
func (m *logReader) line(l codetext.Line) {
	if l.Ours {
		m.own()
	} else {
		m.add(l.Number, l.Mark, l.Text)
	}
}

// add takes a line that isn't of a report of ours.
func (m *logReader) add(n int, mark, line []byte) {
	m.all += len(line) + 1
	if m.all <= maxPasted {
		m.text = append(append(m.text, line...), '\n')
	}
	section := bytes.HasPrefix(mark, []byte("##[section]"))
	switch {
	case section && bytes.HasPrefix(line, []byte("Starting: ")):
		m.hasSteps, m.open, m.ours = true, false, false
		m.starts(stepName(line[len("Starting: "):]))
		return
	case section && bytes.HasPrefix(line, []byte("Finishing: ")):
		m.hasSteps, m.open, m.step = true, false, false
		if name := stepName(line[len("Finishing: "):]); name == m.job && name != m.at.Step {
			m.job, m.at = "", Message{}
		}
		return
	case section:
		m.hasSteps, m.open = true, false
		return
	case bytes.HasPrefix(line, []byte("Task         : ")):
		m.at.Task = stepName(line[len("Task         : "):])
	case bytes.HasPrefix(line, []byte("Version      : ")):
		m.at.Version = stepName(line[len("Version      : "):])
	}
	starts := bytes.Contains(mark, []byte("##[error]")) || startsError(line)
	follows := m.open && n == m.previous+1 && (starts || len(mark) == 0)
	switch {
	case follows && m.lines < maxMessageLines:
		last := &m.errors[len(m.errors)-1]
		if len(last.Text) < maxMessageBytes {
			last.Text += "\n" + string(line[:min(len(line), maxMessageBytes-len(last.Text))])
		}
		m.lines++
	case starts && !m.ours && len(m.errors) < maxMessages:
		e := m.at
		e.Line, e.Text = n, string(line[:min(len(line), maxMessageBytes)])
		m.errors, m.open, m.lines = append(m.errors, e), true, 1
	default:
		m.open = false
	}
	m.previous = n
}

// initialize is the name of the first step of every job.
const initialize = "Initialize job"

// starts begins a section. A job's log has the section of the job around those of its steps; the logs of steps, one behind
// the other, have a new job with each first step.
func (m *logReader) starts(name string) {
	switch {
	case m.step && m.at.Task == "" && m.at.Step != initialize:
		m.job = m.at.Step
	case name == initialize:
		m.job = ""
	}
	if name == initialize {
		m.jobs++
	}
	m.at = Message{Job: m.job, JobNumber: m.jobs, Step: name}
	m.step = true
}

// pasted is the whole text as one message; empty when it's longer than one is.
func (m *logReader) pasted() Message {
	if m.all > maxPasted || m.ours {
		return Message{}
	}
	e := m.at
	e.Line, e.Text = 1, string(m.text)
	return e
}

func stepName(name []byte) string {
	text := strings.ToValidUTF8(string(name[:min(len(name), maxStepName)]), "")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text))
}

// startsError says whether tools begin an error with such a line.
func startsError(line []byte) bool {
	line = bytes.TrimLeft(line, " \t│╷")
	for _, start := range []string{"ERROR:", "Error:", "error:", "ERROR ", "Unhandled exception", "EXCEPTION:"} {
		if bytes.HasPrefix(line, []byte(start)) {
			return true
		}
	}
	return false
}

var (
	escapedEnd   = &lazyregexp.Regexp{Expression: `\\+(?:r\\+n|[rnt])`}
	escapedSign  = &lazyregexp.Regexp{Expression: `\\+u00[2-7][0-9a-fA-F]`} // Go writes <, > and &, and .NET quotes, so in JSON
	escapedQuote = &lazyregexp.Regexp{Expression: `\\+(["'/])`}
	// Terraform's frame, PowerShell's, and marks of the agent.
	frame  = &lazyregexp.Regexp{Expression: `(?m)^\s*[│╷╵]\s?|^ {2,8}\| |##\[[a-z]+\]|##vso\[[^\]\n]*\]`}
	blanks = &lazyregexp.Regexp{Expression: `\s+`}
)

// plain gives a message without frames and escapes, in its lines.
func (e Message) plain() string {
	text := strings.ToValidUTF8(e.Text, "\ufffd")
	text = escapedEnd.ReplaceAllString(text, "\n")
	text = frame.ReplaceAllString(text, "")
	text = escapedSign.ReplaceAllStringFunc(text, func(escape string) string {
		sign, _ := strconv.ParseUint(escape[len(escape)-2:], 16, 8) // the form is one of a number
		return string(rune(sign))
	})
	return escapedQuote.ReplaceAllString(text, "$1")
}

// oneLine gives a text in one line, with one blank between words.
func oneLine(text string) string { return strings.TrimSpace(blanks.ReplaceAllString(text, " ")) }
