// Package cli holds the verbs of armpreflight, their flags and exit codes.
//
// It joins the other packages: the environment becomes a world, the world is
// checked, the results become a log. It judges nothing itself, and it reaches
// the process only through Env.
package cli

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// Exit codes of the verbs. The verb run, started by the pipeline task, says its
// result in a logging command and exits with ExitOK, since the agent adds an
// error of its own to any other code.
const (
	ExitOK        = 0   // as asked
	ExitFindings  = 1   // findings at or above failOn
	ExitUsage     = 2   // wrong use or input
	ExitFault     = 3   // the tool itself failed
	ExitCancelled = 130 // interrupted
)

// Env is everything that a verb may touch.
type Env struct {
	Args           []string // without the program's name
	Environ        []string // NAME=value
	Stdout, Stderr io.Writer
	Now            func() time.Time
	// Dial opens network connections; nil means directly.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Executable is the path of the running binary; empty when unknown.
	Executable string
	Stdin      io.Reader
	// Terminal says that Stdout is one that shows colours.
	Terminal bool
	// Open opens a file that the person at the command line named.
	Open func(name string) (io.ReadCloser, error)
	// Locate finds the repository of a file or folder that the person named.
	Locate func(name string) (Location, error)
	// Create makes a new file that only its owner may read; it fails when there is one.
	Create func(name string) (io.WriteCloser, error)
	// Credential is the sign-in of the person at the command line; nil means the one
	// that the flag --credential names.
	Credential azcore.TokenCredential
}

const usage = `armpreflight looks at an Azure Resource Manager service connection from inside a pipeline job.

usage: armpreflight VERB

  run       preflight the connection of this job (what the task ArmPreflight@1 starts)
  audit     look at every connection of an organization (see armpreflight audit --help)
  creation  tell whether you can make a connection, and how (see armpreflight creation --help)
  explain   explain a code, a pasted message or a log (see armpreflight explain --help)
  lint      find connections that pipelines name too late (see armpreflight lint --help)
  render    show a saved report: text, markdown, html, junit or json (see armpreflight render --help)
  version   print what this is
  help      print this, or the help of a verb

Outside a job, "run" finds no connection and says so. Exit codes: 0 as asked, 1 findings, 2 wrong use,
3 the tool itself failed, 130 cancelled. The verb "run" exits with 0 and says its result to the agent.
`

// Main runs the verb that env.Args names and returns the exit code.
func Main(ctx context.Context, env Env) int {
	verb := "help"
	if len(env.Args) > 0 {
		verb = env.Args[0]
	}
	if verb == "help" && len(env.Args) == 2 && !strings.HasPrefix(env.Args[1], "-") {
		return help(env, env.Args[1])
	}
	switch verb {
	case "audit":
		return runAudit(ctx, env)
	case "explain":
		return explain(env)
	case "render":
		return render(env)
	case "creation":
		return runCreation(ctx, env)
	case "lint":
		return runLint(env)
	}
	known := slices.Contains([]string{"run", "version", "--version", "-version", "help", "--help", "-help", "-h"}, verb)
	switch {
	case known && len(env.Args) == 2 && slices.Contains([]string{"--help", "-help", "-h"}, env.Args[1]):
		return print(env, usage)
	case known && len(env.Args) > 1:
		fmt.Fprintf(env.Stderr, "armpreflight: %s takes no arguments, got %q\n", verb, env.Args[1:])
		return ExitUsage
	}
	switch verb {
	case "run":
		return run(ctx, env)
	case "version", "--version", "-version":
		return print(env, Build().String()+"\n")
	case "help", "--help", "-help", "-h":
		return print(env, usage)
	}
	fmt.Fprintf(env.Stderr, "armpreflight: there is no verb %q\n\n%s", verb, usage)
	return ExitUsage
}

// help prints the help of a verb.
func help(env Env, verb string) int {
	texts := map[string]string{"audit": auditUsage, "creation": creationUsage, "explain": explainUsage, "lint": lintUsage, "render": renderUsage,
		"run": usage, "version": usage, "help": usage}
	if text, ok := texts[verb]; ok {
		return print(env, text)
	}
	fmt.Fprintf(env.Stderr, "armpreflight: there is no verb %q\n\n%s", verb, usage)
	return ExitUsage
}

// print writes what was asked for; a full disk or a closed pipe is a fault.
func print(env Env, text string) int {
	if _, err := io.WriteString(env.Stdout, text); err != nil {
		fmt.Fprintf(env.Stderr, "armpreflight: write the answer: %v\n", err)
		return ExitFault
	}
	return ExitOK
}

// parseMixed parses flags that may stand before, between and behind other words,
// which it gives.
func parseMixed(flags *flag.FlagSet, args []string) (words []string, err error) {
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if args = flags.Args(); len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	return words, nil
}

// deliver writes an answer to a new file, or to standard output when the file has
// no name. With an error goes the exit code for it.
func deliver(env Env, file string, write func(io.Writer) error) (int, error) {
	if file == "" {
		out := bufio.NewWriter(env.Stdout)
		if err := errors.Join(write(out), out.Flush()); err != nil {
			return ExitFault, fmt.Errorf("write the answer: %w", err)
		}
		return ExitOK, nil
	}
	created, err := env.Create(file)
	if err != nil {
		return ExitUsage, fmt.Errorf("--output: %w", err)
	}
	out := bufio.NewWriter(created)
	if err := errors.Join(write(out), out.Flush(), created.Close()); err != nil {
		return ExitFault, fmt.Errorf("write the answer: %w", err)
	}
	return ExitOK, nil
}
