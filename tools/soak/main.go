// Command soak runs the packaged task many times and checks what's left behind:
//
//	./build.sh package && go run ./tools/soak [-runs N] [-cancels N] [-seed N] [-page FILE]
//
// It measures three things against the simulated cloud: files and processes after whole steps, as the emulated agent runs
// them; descriptors, goroutines and memory after runs in one process, where a leak would add up; and how long a step takes
// to end when its job is canceled at a random moment. It fails if something is left behind, or if a cancel takes longer
// than five seconds. The table is for docs/reliability.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/cli"
	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := soak(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// names are the scenarios to run in turn: a pass, a failure, each scheme that signs in over the network, and several connections.
var names = []string{"healthy", "expired-secret", "healthy-certificate", "healthy-federation", "permission-missing", "more-connections", "authority-recovers"}

const patience = 5 * time.Second // a canceled run must end within it

func soak(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	runs := flags.Int("runs", 1000, "how many runs, whole steps and in one process each")
	cancels := flags.Int("cancels", 200, "how many steps are canceled")
	seed := flags.Uint64("seed", 1, "of the random moments")
	page := flags.String("page", "", "a page whose table is written anew, between the two comments that are there for it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var table strings.Builder
	out = io.MultiWriter(out, &table)
	packages, err := filepath.Glob("dist/armpreflight-[0-9]*.vsix")
	if err != nil || len(packages) != 1 {
		return fmt.Errorf("dist holds %d packages, not one: ./build.sh package makes it", len(packages))
	}
	work, err := os.MkdirTemp("", "armpreflight soak ")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	taskDir, err := agent.Extract(packages[0], "ArmPreflight", filepath.Join(work, "_tasks"))
	if err != nil {
		return err
	}
	s := &soaker{out: out, work: work, taskDir: taskDir}
	fmt.Fprintln(out, "| what | times | measured |\n|---|---|---|")
	for _, part := range []func() error{
		func() error { return s.steps(ctx, *runs) },
		func() error { return s.oneProcess(ctx, *runs) },
		func() error { return s.canceled(ctx, *cancels, rand.New(rand.NewPCG(*seed, 0))) },
	} {
		if err := part(); err != nil {
			return err
		}
	}
	if *page == "" {
		return nil
	}
	return write(*page, table.String())
}

// write puts the table between the comments of a page.
func write(page, table string) error {
	const begin, end = "<!-- made by ./build.sh soak -page docs/reliability.md -->\n", "<!-- up to here -->\n"
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no place for the table", page)
	}
	return os.WriteFile(page, []byte(before+begin+table+end+after), 0o644)
}

type soaker struct {
	out           io.Writer
	work, taskDir string
}

// stage prepares a situation whose files are all below the work folder.
func (s *soaker) stage(name string, faults ...cloud.Fault) (*scenario.Run, *cloud.Listener, error) {
	found, ok := scenario.Find(name)
	if !ok {
		return nil, nil, fmt.Errorf("there is no scenario %q", name)
	}
	r := found.Start(time.Now)
	r.Faults = append(r.Faults, faults...)
	home, temp := filepath.Join(s.work, "home"), filepath.Join(s.work, "_temp")
	for _, dir := range []string{home, temp} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, nil, err
		}
	}
	r.Job.TempDirectory = temp
	r.Job.ParentEnv = append(r.Job.ParentEnv, "PATH="+os.Getenv("PATH"), "HOME="+home, "TMPDIR="+temp)
	_, l, err := r.Listen(s.work)
	if err != nil {
		return nil, nil, err
	}
	r.UseProxy(l)
	return r, l, nil
}

// steps runs whole steps, one after the other.
func (s *soaker) steps(ctx context.Context, n int) error {
	before, after, orphans := 0, 0, 0
	for i := range n {
		r, l, err := s.stage(names[i%len(names)])
		if err != nil {
			return err
		}
		record, err := r.Job.Run(ctx, s.taskDir, r.Step)
		l.Close()
		if err != nil {
			return err
		}
		if record.Result == "" || len(record.Faults) > 0 {
			return fmt.Errorf("step %d ended as %q; faults: %q", i, record.Result, record.Faults)
		}
		orphans += len(record.Orphans)
		if after, err = files(s.work); err != nil {
			return err
		}
		if i < len(names) {
			before = after // the first run of each kind can set an executable bit or unpack files
		}
	}
	fmt.Fprintf(s.out, "| whole steps: files in the work, temp and home folders | %d | %d after the first %d, %d at the end; %d processes left |\n", n, before, len(names), after, orphans)
	if after > before || orphans > 0 {
		return fmt.Errorf("%d files and %d processes stayed behind", after-before, orphans)
	}
	return nil
}

func files(root string) (int, error) {
	n := 0
	err := filepath.WalkDir(root, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	return n, err
}

// usage is the resources that a process holds.
type usage struct{ descriptors, goroutines, kilobytes int }

func measure() (usage, error) {
	runtime.GC()
	runtime.GC() // finalizers of the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	open, err := os.ReadDir("/proc/self/fd")
	return usage{len(open), runtime.NumGoroutine(), int(m.HeapAlloc / 1024)}, err
}

func (u usage) String() string {
	return fmt.Sprintf("%d descriptors, %d goroutines, %d KiB", u.descriptors, u.goroutines, u.kilobytes)
}

// oneProcess runs the verb many times in this process.
func (s *soaker) oneProcess(ctx context.Context, n int) error {
	var first, last usage
	warm := n / 2 // pools and caches, including the simulated cloud's, fill first
	for i := range n + 1 {
		r, l, err := s.stage(names[i%len(names)])
		if err != nil {
			return err
		}
		environ, err := r.Job.Environment(s.taskDir, r.Step)
		if err != nil {
			return err
		}
		cli.Main(ctx, cli.Env{Args: []string{"run"}, Environ: environ, Stdout: io.Discard, Stderr: io.Discard, Now: time.Now, Dial: l.Dial})
		l.Close()
		if i == warm || i == n {
			if last, err = measure(); err != nil {
				return err
			}
		}
		if i == warm {
			first = last
		}
	}
	fmt.Fprintf(s.out, "| runs in one process | %d | %v after %d; %v at the end |\n", n, first, warm, last)
	if n < 200 {
		return nil // too few runs to tell a leak from filling caches
	}
	if last.descriptors > first.descriptors+2 || last.goroutines > first.goroutines+5 || last.kilobytes > first.kilobytes*3/2 {
		return fmt.Errorf("something grew: %v, then %v", first, last)
	}
	return nil
}

// canceled cancels steps at random moments.
func (s *soaker) canceled(ctx context.Context, n int, random *rand.Rand) error {
	var took []time.Duration
	ended, orphans := 0, 0
	before, err := files(s.work)
	if err != nil {
		return err
	}
	for i := 0; len(took) < n; i++ {
		r, l, err := s.stage(names[i%len(names)], cloud.Fault{Latency: 20 * time.Millisecond}) // so that most cancels interrupt a request
		if err != nil {
			return err
		}
		moment := time.Duration(random.Int64N(int64(250 * time.Millisecond)))
		cut, stop := context.WithCancel(ctx)
		var at time.Time
		timer := time.AfterFunc(moment, func() { at = time.Now(); stop() })
		record, err := r.Job.Run(cut, s.taskDir, r.Step)
		now := time.Now()
		early := timer.Stop()
		stop()
		l.Close()
		if err != nil {
			return err
		}
		orphans += len(record.Orphans)
		if early {
			ended++ // before the cancel
			continue
		}
		took = append(took, now.Sub(at))
	}
	after, err := files(s.work)
	if err != nil {
		return err
	}
	slices.Sort(took)
	slowest := took[len(took)-1]
	fmt.Fprintf(s.out, "| steps canceled at a random moment of their first 250 ms | %d | out after %d ms (median), %d ms at most; %d more had ended before; %d processes and %d files left |\n",
		n, took[len(took)/2].Milliseconds(), slowest.Milliseconds(), ended, orphans, after-before)
	if slowest > patience || orphans > 0 || after > before {
		return fmt.Errorf("a canceled step took %v, or left something behind", slowest)
	}
	return nil
}
