package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"armpreflight/internal/pipeline"
	"armpreflight/internal/secret"
)

// session is one call of a verb. It alone holds the two streams: everything that any verb prints goes through out and err
// as whole lines, cleaned once more as they are written, so that no two texts form a third together.
type session struct {
	env      Env // without its streams
	task     *pipeline.Task
	redactor *secret.Redactor
	out, err *pipeline.Log
	verb     string // "" before it is known
}

func newSession(env Env) *session {
	task, redactor := pipeline.Read(env.Environ), secret.NewRedactor()
	redactor.AddSecret(task.Secrets()...)
	s := &session{env: env, task: task, redactor: redactor, out: pipeline.NewLog(env.Stdout, redactor), err: pipeline.NewLog(env.Stderr, redactor)}
	s.env.Stdout, s.env.Stderr = nil, nil
	return s
}

// clean makes a text fit to be part of a document.
func (s *session) clean(text string) string { return pipeline.Sanitize(s.redactor, text) }

// longest is how many characters of a sentence that holds words from outside are shown.
const longest = 300

// oneLine makes a clean line of a text that isn't too long.
func (s *session) oneLine(text string) string { return secret.Filter(s.clean).Line(text, longest) }

func oneLineOf(text string) string { return strings.Join(strings.Fields(text), " ") }

// say writes something next to the answer, for the user at the command line.
func (s *session) say(format string, args ...any) {
	s.err.Line(s.oneLine(fmt.Sprintf(format, args...)))
}

// complain says that something is wrong.
func (s *session) complain(text string) {
	prefix := "armpreflight: "
	if s.verb != "" {
		prefix += s.verb + ": "
	}
	s.err.Line(prefix + s.oneLine(text))
}

// deliver writes an answer to a new file, or to standard output when the file has no name.
func (s *session) deliver(file string, write func(*pipeline.Log) error) error {
	if file == "" {
		if err := write(s.out); s.out.Err() == nil {
			return err
		}
		return nil // what is wrong with the stream is said once, at the end
	}
	created, err := s.env.Create(file)
	if err != nil {
		return ends(ExitUsage, fmt.Errorf("--output: %w", err))
	}
	out := pipeline.NewLog(created, s.redactor)
	if err := errors.Join(write(out), out.Err(), created.Close()); err != nil {
		return ends(ExitFault, fmt.Errorf("write the output: %w", err))
	}
	return nil
}

// through writes by way of one of a log's writers.
func through(w io.WriteCloser, write func(io.Writer) error) error {
	return errors.Join(write(w), w.Close())
}

// columns is how wide the lines of an answer may be: COLUMNS on a terminal that says it, otherwise what report and manual take.
func (s *session) columns() int {
	n, err := strconv.Atoi(s.task.Env("COLUMNS"))
	if !s.env.Terminal || err != nil || n < 1 {
		return 0
	}
	return max(n, 60)
}

// failed is an error that ends a verb with an exit code.
type failed struct {
	code  int
	usage bool // say also how the verb is used
	err   error
}

func (f *failed) Error() string { return f.err.Error() }
func (f *failed) Unwrap() error { return f.err }

// ends gives an error its exit code, and wrongUse one for arguments that make no sense.
func ends(code int, err error) error { return &failed{code: code, err: err} }
func wrongUse(err error) error       { return &failed{code: ExitUsage, usage: true, err: err} }
