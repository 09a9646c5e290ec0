package pipeline

import (
	"io"
	"strings"
	"sync"

	"armpreflight/internal/secret"
)

// Log is the one writer of a run: everything goes through it, ordinary text and logging commands. It hides secrets,
// removes what can't be seen and sees to it that no text forms a command of its own. Every line is one Write, and the
// lines of one call stay together; it is safe for concurrent use. Create it with NewLog, for stdout only: the agent
// reads stderr too, but gives no promise about the order.
type Log struct {
	redactor *secret.Redactor

	mu    sync.Mutex
	w     io.Writer
	group bool  // a group is open
	err   error // the first failure; nothing is written after it
}

// NewLog gives a Log that writes to w what r lets through. A nil r lets everything through.
func NewLog(w io.Writer, r *secret.Redactor) *Log { return &Log{w: w, redactor: r} }

// Line writes ordinary text, each of its lines as one. A newline at the end adds no empty line; an empty text is one.
func (l *Log) Line(text string) {
	l.write(lines(Sanitize(l.redactor, text))...)
}

// Group opens a group of lines that a reader of the log can fold. Groups don't nest: an open one is closed.
func (l *Log) Group(title string) {
	title = strings.Join(lines(Sanitize(l.redactor, title)), " ")
	l.mu.Lock()
	defer l.mu.Unlock()
	l.endGroup()
	l.writeLine("##[group]" + title)
	l.group = true
}

// EndGroup closes the open group; without one it does nothing.
func (l *Log) EndGroup() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.endGroup()
}

// Err gives the first failure to write. Nothing was written after it: the rest of a line that was cut off would form
// another line with the next one.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *Log) endGroup() {
	if l.group {
		l.writeLine("##[endgroup]")
		l.group = false
	}
}

// write writes finished lines.
func (l *Log) write(lines ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range lines {
		l.writeLine(line)
	}
}

func (l *Log) writeLine(line string) {
	if l.err != nil {
		return
	}
	n, err := io.WriteString(l.w, line+"\n")
	if err == nil && n <= len(line) {
		err = io.ErrShortWrite
	}
	l.err = err
}
