// Command demo runs the task's code against the simulated cloud, in situations
// that a job can be in. It needs no account and no network, and it isn't shipped.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"armpreflight/internal/cli"
	"armpreflight/internal/sim/scenario"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := demo(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "demo:", err)
	}
	os.Exit(code)
}

// demo runs the scenarios that args name and returns the exit code.
func demo(ctx context.Context, args []string, out io.Writer) (int, error) {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	name := flags.String("scenario", "", "the `name` of one scenario; without it, a healthy run and an expired secret")
	list := flags.Bool("list", false, "list the scenarios")
	exitCode := flags.Bool("exit-code", false, "exit with 1 when the step of the last scenario fails")
	page := flags.String("page", "", "write the web page of the last run's report to this `file`")
	report := flags.String("report", "", "write the last run's report to this `file`, for armpreflight render")
	raw := flags.Bool("raw", false, "show what the agent reads, commands included")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return cli.ExitOK, err
		}
		return cli.ExitUsage, nil // Parse printed the reason
	}
	if flags.NArg() > 0 {
		return cli.ExitUsage, fmt.Errorf("%q is not an option; to choose a scenario: --scenario %s", flags.Arg(0), flags.Arg(0))
	}
	if *list {
		for _, s := range scenario.All() {
			fmt.Fprintf(out, "%-34s %s\n", s.Name, s.About)
		}
		return cli.ExitOK, nil
	}
	names := []string{"healthy", "expired-secret"}
	if *name != "" {
		names = []string{*name}
	}
	failed := false
	for i, name := range names {
		s, ok := scenario.Find(name)
		if !ok {
			return cli.ExitUsage, fmt.Errorf("there is no scenario %q; --list shows them", name)
		}
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "── %s: %s\n", s.Name, s.About)
		console := &console{out: out, raw: *raw}
		if err := cmp.Or(play(ctx, s, map[string]string{"report.html": *page, "report.json": *report}, console), console.err); err != nil {
			return cli.ExitFault, err
		}
		if ctx.Err() != nil {
			return cli.ExitCanceled, nil
		}
		failed = console.result == "Failed"
	}
	if len(names) > 1 {
		fmt.Fprintf(out, "\n%d more: go run ./cmd/demo --list, then --scenario NAME\n", len(scenario.All())-len(names))
	}
	if *exitCode && failed {
		return cli.ExitFindings, nil
	}
	return cli.ExitOK, nil
}

// play runs the task's verb in one scenario, and copies the files that it keeps
// to the named files.
func play(ctx context.Context, s scenario.Scenario, wanted map[string]string, out io.Writer) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	r := s.Start(time.Now)
	temp, err := os.MkdirTemp("", "armpreflight-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	r.Job.TempDirectory = temp
	_, l, err := r.Listen(temp)
	if err != nil {
		return err
	}
	defer l.Close()
	if r.ProxyUser != "" {
		r.UseProxy(l)
	}
	environ, err := r.Job.Environment(filepath.Join(root, "task", "ArmPreflight", "v1"), r.Step)
	if err != nil {
		return err
	}
	if code := cli.Main(ctx, cli.Env{Args: []string{"run"}, Environ: environ, Stdout: out, Stderr: os.Stderr, Now: time.Now, Dial: l.Dial}); code != cli.ExitOK && ctx.Err() == nil {
		return fmt.Errorf("the run ended with exit code %d", code)
	}
	for name, file := range wanted {
		if file == "" {
			continue
		}
		kept, err := filepath.Glob(filepath.Join(temp, "armpreflight-report-*", name))
		if err != nil || len(kept) != 1 {
			return cmp.Or(err, errors.New("the run has kept no report"))
		}
		text, err := os.ReadFile(kept[0])
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// moduleRoot finds the folder that holds the task, from this folder upwards.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "task", "ArmPreflight", "v1", "task.json")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("run this inside the repository: it reads task/ArmPreflight/v1/task.json")
		}
		dir = parent
	}
}

// console shows a run like the log of a pipeline: it carries out commands, and
// annotations have their own lines.
type console struct {
	out    io.Writer
	raw    bool
	result string // of the step; empty until it's known
	err    error  // the first failure to write
}

// Write gets one whole line for each call.
func (c *console) Write(line []byte) (int, error) {
	text := string(line)
	var err error
	if shown := c.show(strings.TrimRight(text, "\r\n")); c.raw {
		_, err = fmt.Fprint(c.out, text)
	} else if shown != "" {
		_, err = fmt.Fprintln(c.out, shown)
	}
	c.err = cmp.Or(c.err, err)
	return len(line), err
}

// show returns a line the way a user sees it; empty if it's hidden.
func (c *console) show(line string) string {
	header, data, ok := strings.Cut(line, "]")
	if command, found := strings.CutPrefix(header, "##vso["); ok && found {
		name, properties, _ := strings.Cut(command, " ")
		value := func(key string) string {
			for p := range strings.SplitSeq(properties, ";") {
				if k, v, _ := strings.Cut(p, "="); k == key {
					return v
				}
			}
			return ""
		}
		switch name {
		case "task.logissue":
			return "##[" + value("type") + "]" + value("code") + " " + data
		case "task.complete":
			c.result = value("result")
			return "step result: " + c.result
		}
		return ""
	}
	if title, ok := strings.CutPrefix(line, "##[group]"); ok {
		return strings.Repeat(" ", 10) + "▾ " + title
	}
	if line == "##[endgroup]" {
		return ""
	}
	return line
}
