// Command platforms runs the packaged task on the platforms that it's shipped for and that this machine isn't:
//
//	./build.sh platforms [-only NAME,…] [-every] [-write]
//
// Windows is Wine, ARM64 is QEMU's user mode, and two Linux roots differ from a usual machine's. Each situation runs
// with the emulated agent and the simulated cloud, its log is compared with the one in internal/endtoend, and the table in
// docs/testing-status.md says what ran. What isn't installed is named and skipped. The command fails only if something that ran
// was wrong, or, with -required, if something didn't run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"armpreflight/internal/sim/agent"
)

// inside marks the process that has its own mounts; the working folder follows it.
const inside = "-inside"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var err error
	if len(os.Args) > 2 && os.Args[1] == inside {
		err = run(ctx, os.Args[2], os.Args[3:], os.Stdout)
	} else {
		err = apart(ctx, os.Args[1:])
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "platforms:", err)
		os.Exit(1)
	}
}

// apart runs this program again where its mounts, and what it says about formats of programs, are its own: nothing of it
// stays on the machine. Only this process deletes the folder, since it doesn't see those mounts: the other one has the whole
// system below it.
func apart(ctx context.Context, args []string) error {
	work, err := os.MkdirTemp("", "platforms-")
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "/proc/self/exe", append([]string{inside, work}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		Setpgid:     true, // so that only this process passes on a terminal's interrupt
		Pdeathsig:   syscall.SIGTERM,
	}
	runtime.LockOSThread() // the signal is sent when the thread that started the process ends
	err = cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		err = fmt.Errorf("start in a user namespace with mounts of its own: %w", err)
		if errors.Is(err, os.ErrPermission) && !slices.Contains(args, "-required") { // a container can forbid it
			fmt.Println("NOT RUN:", err)
			err = nil
		}
	} else if err != nil {
		err = errors.New("not everything ran as it should")
	}
	return errors.Join(err, remove(work))
}

// remove deletes a folder unless something is mounted below it.
func remove(folder string) error {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	if strings.Contains(string(mounts), " "+folder) {
		return fmt.Errorf("something is mounted below %s: it isn't deleted", folder)
	}
	return os.RemoveAll(folder)
}

// options are those of the command line.
type options struct {
	vsix, nodes, page, logs string
	only                    []string
	required, write, every  bool
}

func parse(args []string) (options, error) {
	flags := flag.NewFlagSet("platforms", flag.ContinueOnError)
	var o options
	flags.StringVar(&o.vsix, "vsix", "", "the package; without it, the one in dist")
	flags.StringVar(&o.nodes, "nodes", "tools/platforms/npm/node_modules", "the folder with the npm packages of Node")
	flags.StringVar(&o.page, "page", "docs/testing-status.md", "the page with the table")
	flags.StringVar(&o.logs, "logs", "internal/endtoend/testdata/log", "the folder with the logs of each scenario")
	flags.BoolVar(&o.write, "write", false, "write the table into the page; without it, the page is compared")
	flags.BoolVar(&o.required, "required", false, "fail where a platform can't run")
	flags.BoolVar(&o.every, "every", false, "play each scenario that has a log, too: the table isn't written or compared")
	only := flags.String("only", "", "platforms, separated by commas")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q is no flag", flags.Arg(0))
	}
	if *only != "" {
		o.only = strings.Split(*only, ",")
	}
	if o.vsix == "" {
		found, err := filepath.Glob("dist/armpreflight-[0-9]*.vsix")
		if err != nil || len(found) != 1 {
			return o, fmt.Errorf("dist holds %d packages, not one: ./build.sh package makes it", len(found))
		}
		o.vsix = found[0]
	}
	var err error
	o.nodes, err = filepath.Abs(o.nodes)
	return o, err
}

func run(ctx context.Context, work string, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts to this process: %w", err)
	}
	taskDir, err := agent.Extract(o.vsix, "ArmPreflight", filepath.Join(work, "_tasks"))
	if err != nil {
		return fmt.Errorf("take the task out of %s: %w", o.vsix, err)
	}
	all := platforms()
	for _, name := range o.only {
		if !slices.ContainsFunc(all, func(p *platform) bool { return p.name == name }) {
			return fmt.Errorf("there is no platform %q", name)
		}
	}
	played := situations()
	if o.every {
		more, err := every(o.logs)
		if err != nil {
			return err
		}
		played = append(played, more...)
	}
	print := &printer{out: out}
	var playing sync.WaitGroup
	for _, p := range all {
		p.missing = p.lacks(o)
		if len(o.only) > 0 && !slices.Contains(o.only, p.name) {
			p.missing = "not asked for"
		}
		if p.missing != "" {
			print.line("%-14s NOT RUN: %s", p.name, p.missing)
			continue
		}
		playing.Go(func() { p.play(ctx, o, print, played, work, taskDir) })
	}
	playing.Wait()
	return errors.Join(count(print, all, o.required), settle(o, all))
}

// printer prints results of several platforms at the same time.
type printer struct {
	mu  sync.Mutex
	out io.Writer
}

func (p *printer) line(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.out, format+"\n", args...)
}

func (p *printer) result(platform string, r result) {
	switch {
	case r.without != "":
		p.line("%-14s -     %-24s %s", platform, r.name, r.without)
	case len(r.problems) == 0:
		p.line("%-14s ok    %-24s %s", platform, r.name, r.took.Round(10*time.Millisecond))
	default:
		p.line("%-14s WRONG %-24s %s\n        %s", platform, r.name, r.took.Round(10*time.Millisecond),
			strings.ReplaceAll(strings.Join(r.problems, "\n"), "\n", "\n        "))
	}
}

// count is the totals.
func count(out *printer, all []*platform, required bool) error {
	wrong, played, missing := 0, 0, 0
	for _, p := range all {
		if p.missing != "" {
			missing++
		}
		if p.broken != nil {
			out.line("%-14s couldn't be prepared or played to the end: %v", p.name, p.broken)
			wrong++
		}
		for _, r := range p.results {
			switch {
			case len(r.problems) > 0:
				wrong++
			case r.without == "":
				played++
			}
		}
	}
	out.line("%d passed, %d failed", played, wrong)
	if wrong > 0 {
		return fmt.Errorf("%d situations aren't as on Linux x64", wrong)
	}
	if required && missing > 0 {
		return fmt.Errorf("%d platforms can't run here", missing)
	}
	return nil
}

// settle writes the page's table, or compares it with what ran. If a platform didn't run, it leaves the page
// as it is.
func settle(o options, all []*platform) error {
	if o.every || slices.ContainsFunc(all, func(p *platform) bool { return p.missing != "" || p.broken != nil }) {
		return nil
	}
	text, err := os.ReadFile(o.page)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), begin)
	was, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no place for the table", o.page)
	}
	is := table(all)
	if o.write {
		return os.WriteFile(o.page, []byte(before+begin+is+end+after), 0o644)
	}
	if was != is {
		return fmt.Errorf("the table in %s isn't what ran: ./build.sh platforms -write makes it", o.page)
	}
	return nil
}

const begin, end = "<!-- made by ./build.sh platforms -write -->\n", "<!-- up to here -->\n"

// table has a row for each situation and a column for each platform.
func table(all []*platform) string {
	var b strings.Builder
	b.WriteString("\n| Situation |")
	for _, p := range all {
		fmt.Fprintf(&b, " %s |", p.title)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(all)) + "\n")
	for _, s := range situations() {
		fmt.Fprintf(&b, "| %s |", s.title)
		for _, p := range all {
			cell := "fails"
			i := slices.IndexFunc(p.results, func(r result) bool { return r.name == s.name })
			switch {
			case i >= 0 && p.results[i].without != "":
				cell = p.results[i].without
			case i >= 0 && len(p.results[i].problems) == 0:
				cell = "passes"
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	for _, p := range all {
		fmt.Fprintf(&b, "* **%s**: %s\n", p.title, p.how)
	}
	b.WriteString("\n")
	return b.String()
}
