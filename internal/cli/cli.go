// Package cli holds the verbs of armpreflight, their flags and exit codes.
//
// It joins the other packages: the environment becomes a world, the world is
// checked, the results become a log. It judges nothing itself, and it reaches
// the process only through [Env]; [Main] is the one way in.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"armpreflight/internal/lazyregexp"
	"armpreflight/internal/regular"
	"armpreflight/internal/web"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// Exit codes of the verbs. The verb run, started by the pipeline task, says its
// result in a logging command and exits with ExitOK, since the agent adds an
// error of its own to any other code.
const (
	ExitOK       = 0   // success
	ExitFindings = 1   // findings at or above failOn
	ExitUsage    = 2   // wrong use or input
	ExitFault    = 3   // the tool itself failed
	ExitCanceled = 130 // interrupted
)

// Env is everything that a verb may touch. Only its session touches the streams.
type Env struct {
	Args           []string // without the program's name
	Environ        []string // NAME=value
	Stdout, Stderr io.Writer
	// Unset takes a variable out of the process; nil if Environ isn't that of the process.
	Unset func(name string) error
	Now   func() time.Time
	// Dial opens network connections; nil means directly.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Executable is the path of the running binary; empty when unknown.
	Executable string
	Stdin      io.Reader
	// Terminal says that Stdout is one that shows colors.
	Terminal bool
	// Open opens a file that the person at the command line named, see OpenFile.
	Open func(name string) (io.ReadCloser, error)
	// Locate finds the repository of a file or folder that the person named.
	Locate func(name string) (Location, error)
	// Diff returns what differs from a commit in the repository at a root, as git shows it without surrounding lines; nil if there's no git.
	Diff func(ctx context.Context, root, ref string) ([]byte, error)
	// Create creates a new file that only its owner may read; it fails when there is one.
	Create func(name string) (io.WriteCloser, error)
	// Mkdir makes a new folder that only its owner may open; it fails when there is one.
	Mkdir func(name string) error
	// Credential is the sign-in of the person at the command line; nil means the one
	// that the flag --credential names.
	Credential azcore.TokenCredential
}

// A verb is one thing that armpreflight does.
type verb struct {
	name, summary string
	usage         string // its help; empty: that of the program
	// flags makes a set of its flags, see choice; nil: it takes no arguments, or only words.
	flags func() *flag.FlagSet
	words []string // the words that may come first among its arguments
	files bool     // its other arguments are files
	// run does it. The code counts without an error; an error that is no *failed is a fault of the tool.
	run func(ctx context.Context, s *session, args []string) (code int, err error)
	// ends says that run ends on its own, and in order, when ctx does. Others are left where they are.
	ends bool
	// connects says that it opens connections.
	connects bool
	// person says that it asks in the name of the person at the command line, and so may start the Azure CLI.
	person bool
}

// verbs is the one list of them, in the order of the help.
func verbs() []verb {
	return []verb{
		{name: "run", summary: "check the connection of a job (the task ArmPreflight@1 runs this)", run: run, ends: true, connects: true},
		{name: "audit", summary: "check every connection in an organization", usage: auditUsage, run: runAudit, ends: true, connects: true, person: true,
			flags: func() *flag.FlagSet { return new(inspection).flags(false) }, words: []string{"merge"}, files: true},
		{name: "creation", summary: "check whether you can create a connection, and how", usage: creationUsage, run: runCreation, ends: true, connects: true, person: true,
			flags: func() *flag.FlagSet { return new(wish).flags() }},
		{name: "explain", summary: "explain a code, a pasted message, or a log", usage: explainUsage, run: explain,
			flags: func() *flag.FlagSet { return new(asked).flags() }},
		{name: "lint", summary: "find connections whose names pipelines set too late", usage: lintUsage, run: runLint,
			flags: func() *flag.FlagSet { return new(linting).flags() }, files: true},
		{name: "render", summary: "show a saved report as text, Markdown, HTML, JUnit, or JSON", usage: renderUsage, run: render,
			flags: func() *flag.FlagSet { return renderFlags(new(string)) }, files: true},
		{name: "requires", summary: "list what a deployment needs: permissions, providers, groups, regions", usage: requiresUsage, run: runRequires,
			flags: func() *flag.FlagSet { return new(requiring).flags() }, files: true},
		{name: "decorator", summary: "write an extension that adds the preflight to every deploying job (preview)", usage: decoratorUsage, run: runDecorator,
			flags: func() *flag.FlagSet { return new(decorating).flags() }},
		{name: "completion", summary: "print a script that completes commands in your shell", usage: completionUsage, run: completion, words: shells(), ends: true},
		{name: "version", summary: "print the version", run: printVersion, ends: true},
		{name: "help", summary: "print this help, or the help for a verb", run: help, ends: true},
	}
}

func usage() string {
	var b strings.Builder
	b.WriteString("armpreflight checks Azure Resource Manager service connections.\n\nusage: armpreflight VERB\n\n")
	for _, v := range verbs() {
		more := ""
		if v.usage != "" {
			more = fmt.Sprintf(" (see armpreflight %s --help)", v.name)
		}
		fmt.Fprintf(&b, "  %-11s %s%s\n", v.name, v.summary, more)
	}
	b.WriteString(`
"run" is for the agent: outside a job it does nothing. Exit codes: 0 success, 1 findings, 2 wrong use,
3 the tool itself failed, 130 canceled. In a job, "run" exits with 0 and reports its result to the agent.
`)
	return b.String()
}

func verbNames() []string {
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	return names
}

// lookup finds a verb by its name, or as people also ask for help and version.
func lookup(name string) (verb, bool) {
	switch name {
	case "", "--help", "-help", "-h":
		name = "help"
	case "--version", "-version":
		name = "version"
	}
	for _, v := range verbs() {
		if v.name == name {
			return v, true
		}
	}
	return verb{}, false
}

// Main runs the verb that env.Args names and returns the exit code.
func Main(ctx context.Context, env Env) int {
	args := env.Args
	if len(args) == 0 {
		args = []string{""}
	}
	v, ok := lookup(args[0])
	s := newSession(env)
	if env.Unset != nil {
		if err := isolate(s.task, v, env); err != nil {
			s.complain("the environment can't be cleaned") // the reason can contain text from the environment
			return ExitFault
		}
	}
	if v.connects {
		web.Prefetch()
	}
	if !ok {
		return s.end(ctx, ExitUsage, wrongUse(noVerb(args[0])))
	}
	s.verb = v.name
	if v.ends {
		code, err := s.call(ctx, v, args[1:])
		return s.end(ctx, code, err)
	}
	type ended struct {
		code int
		err  error
	}
	done := make(chan ended, 1)
	go func() {
		code, err := s.call(ctx, v, args[1:])
		done <- ended{code, err}
	}()
	select {
	case e := <-done:
		return s.end(ctx, e.code, e.err)
	case <-ctx.Done():
		s.out.Close()
		s.complain("canceled")
		return ExitCanceled
	}
}

// call runs a verb. What breaks in it is a fault of the tool.
func (s *session) call(ctx context.Context, v verb, args []string) (code int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	if v.usage == "" && v.name != "help" && len(args) > 0 && !isHelp(args[0]) {
		return 0, wrongUse(fmt.Errorf("%s takes no arguments", v.name))
	}
	if len(args) == 1 && isHelp(args[0]) {
		return 0, errHelp
	}
	return v.run(ctx, s, args)
}

// end says what went wrong, and gives the exit code of a verb.
func (s *session) end(ctx context.Context, code int, err error) int {
	v, _ := lookup(s.verb)
	f, ok := errors.AsType[*failed](err)
	switch {
	case err == nil:
	case errors.Is(err, errHelp):
		s.out.Line(helpOf(v))
		code = ExitOK
	case ctx.Err() != nil && !ok:
		s.complain("canceled")
		code = ExitCanceled
	case ok && f.usage:
		s.complain(err.Error())
		s.err.Line(usageLines(v))
		code = f.code
	case ok:
		s.complain(err.Error())
		code = f.code
	default:
		s.complain(err.Error())
		code = ExitFault
	}
	if err := s.out.Err(); err != nil {
		s.complain("write the output: " + err.Error())
		return ExitFault
	}
	return code
}

var errHelp = errors.New("help was requested")

func isHelp(arg string) bool { return arg == "--help" || arg == "-help" || arg == "-h" }

// help prints the help of the program or of a verb.
func help(_ context.Context, s *session, args []string) (int, error) {
	if len(args) > 1 {
		return 0, wrongUse(errors.New("name one verb"))
	}
	text := usage()
	if len(args) == 1 {
		v, ok := lookup(args[0])
		if !ok {
			return 0, wrongUse(noVerb(args[0]))
		}
		text = helpOf(v)
	}
	s.out.Line(text)
	return ExitOK, nil
}

func helpOf(v verb) string {
	if v.usage != "" {
		return v.usage
	}
	return usage()
}

// usageLines are two lines: the first of a verb's help that says how it's called, and where the rest is.
func usageLines(v verb) string {
	_, after, ok := strings.Cut("\n"+helpOf(v), "\nusage: ")
	if !ok {
		return ""
	}
	line, _, _ := strings.Cut(after, "\n")
	call := "armpreflight " + v.name + " --help"
	if v.usage == "" {
		call = "armpreflight help"
	}
	return "usage: " + line + "\nmore: " + call
}

func printVersion(_ context.Context, s *session, _ []string) (int, error) {
	s.out.Line(Build().String())
	return ExitOK, nil
}

// word is what may be repeated of an argument that isn't known; anything else may be a secret in the wrong place.
var word = &lazyregexp.Regexp{Expression: `^[a-z][a-z-]{0,29}$`}

func noVerb(name string) error {
	if !word.MatchString(name) {
		return errors.New("the first argument isn't a verb")
	}
	if near := nearest(name, verbNames()); near != "" {
		return fmt.Errorf("unknown verb %q; did you mean %s?", name, near)
	}
	return fmt.Errorf("unknown verb %q", name)
}

// OpenFile opens a regular file; a pipe or a device could be waited for without end.
func OpenFile(name string) (io.ReadCloser, error) {
	file, err := regular.Open(name)
	if err != nil {
		return nil, err // not a nil *os.File in an interface
	}
	return file, nil
}
