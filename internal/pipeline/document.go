package pipeline

import (
	"bytes"
	"io"
	"strings"
)

// chunk is how many bytes of finished lines are written together.
const chunk = 32 << 10

// Text gives a writer of ordinary text, for what is written in many pieces: each line of it is what Line would make of
// it. It holds the last line back until it is closed; Err of the Log has what went wrong.
func (l *Log) Text() io.WriteCloser {
	return &wholeLines{log: l, clean: func(line string) string { return Sanitize(l.redactor, line) }}
}

// Document gives a writer like that of Text for HTML, JSON, CSV and the like, which a mask would tear apart. Their texts
// were cleaned one by one; here the line that they form together is kept from being a command, and from holding what can't
// be seen.
func (l *Log) Document() io.WriteCloser {
	return &wholeLines{log: l, clean: func(line string) string { return Sanitize(nil, line) }}
}

// wholeLines cleans and writes one whole line after the other.
type wholeLines struct {
	log   *Log
	clean func(string) string
	begun strings.Builder // of a line
	ready strings.Builder // finished lines
}

func (w *wholeLines) Write(p []byte) (int, error) {
	for text := p; ; {
		line, rest, ended := bytes.Cut(text, []byte("\n"))
		w.begun.Write(line)
		if !ended {
			return len(p), w.log.Err()
		}
		w.end()
		text = rest
	}
}

// end ends the begun line. Cleaning may turn it into several.
func (w *wholeLines) end() {
	w.ready.WriteString(w.clean(w.begun.String()) + "\n")
	w.begun.Reset()
	if w.ready.Len() >= chunk {
		w.flush()
	}
}

func (w *wholeLines) flush() {
	if w.ready.Len() > 0 {
		w.log.write(strings.TrimSuffix(w.ready.String(), "\n"))
		w.ready.Reset()
	}
}

// Close writes what is left, with a newline.
func (w *wholeLines) Close() error {
	if w.begun.Len() > 0 {
		w.end()
	}
	w.flush()
	return w.log.Err()
}

// Styled writes lines for a terminal. The sequences of bold, dim and plain (ECMA-48 SGR 1, 2 and 0) in them stay, and
// nothing else that a terminal obeys.
func (l *Log) Styled(text string) {
	var b strings.Builder
	for len(text) > 0 {
		at, sequence := len(text), ""
		for _, s := range []string{"\x1b[0m", "\x1b[1m", "\x1b[2m"} {
			if i := strings.Index(text, s); i >= 0 && i < at {
				at, sequence = i, s
			}
		}
		b.WriteString(Sanitize(l.redactor, text[:at]) + sequence)
		text = text[at+len(sequence):]
	}
	l.write(lines(b.String())...)
}

// Transient shows a line on a terminal that the next text replaces; the empty text takes it off.
func (l *Log) Transient(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return
	}
	line := "\r\x1b[2K" + strings.Join(strings.Fields(Sanitize(l.redactor, text)), " ")
	n, err := io.WriteString(l.w, line)
	if err == nil && n < len(line) {
		err = io.ErrShortWrite
	}
	l.err = err
}

// Close ends the log: nothing is written after it. It closes no file.
func (l *Log) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = io.ErrClosedPipe
	}
}
