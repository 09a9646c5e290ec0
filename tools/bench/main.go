// Command bench measures how much time the packaged task adds to a job: the whole step (Node, shim, program, and its requests to a
// simulated cloud over TLS) compared with a step whose script is empty. The emulated agent runs both:
//
//	./build.sh package && go run ./tools/bench [-runs N] [-latency 50ms] [-more N] [-scopes N] [-breakdown] [-peers] [SCENARIO...]
//
// The ratio is what to compare between machines and versions; milliseconds are those of this machine, with no distance
// between it and the cloud. It first prints how long the program takes to start, compared with a bare one, and last how long a
// step takes if its deployment needs permissions at many scopes and each response takes 50 ms. It fails only if a healthy step
// doesn't succeed.
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
	"slices"
	"time"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"
	"armpreflight/tools/peers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	runs := flags.Int("runs", 15, "how often each step runs")
	vsix := flags.String("vsix", "", "the package; without it, the one in dist")
	latency := flags.Duration("latency", 0, "how long the simulated cloud takes for each answer, beside its own work")
	more := flags.Int("more", 0, "how many other connections with a secret the step looks at beside the first")
	scopes := flags.Int("scopes", 200, "at how many scopes the deployment of the last step needs permissions; 0: there's no such step")
	others := flags.Bool("peers", false, "compare with the Azure CLI, the in-box library, and bare requests instead, measure growth, and make "+figuresPage)
	parts := flags.Bool("breakdown", false, "print where the time of the step goes instead")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *vsix == "" {
		found, err := filepath.Glob("dist/armpreflight-[0-9]*.vsix")
		if err != nil || len(found) != 1 {
			return fmt.Errorf("dist holds %d packages, not one: ./build.sh package makes it", len(found))
		}
		*vsix = found[0]
	}
	if *runs < 1 {
		return errors.New("runs must be 1 or more")
	}
	names := flags.Args()
	if len(names) == 0 {
		// Not a managed identity: its token comes from a link-local address of the machine, past any proxy.
		names = []string{"healthy", "healthy-certificate", "healthy-federation"}
	}
	work, err := os.MkdirTemp("", "armpreflight bench ")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	taskDir, err := agent.Extract(*vsix, "ArmPreflight", filepath.Join(work, "_tasks"))
	if err != nil {
		return fmt.Errorf("take the task out of %s: %w", *vsix, err)
	}
	if *parts {
		for _, name := range names {
			s, ok := scenario.Find(name)
			if !ok {
				return fmt.Errorf("there is no scenario %q", name)
			}
			if err := breakdown(ctx, out, s, *latency, taskDir, *runs); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}
	emptyDir, err := emptyTask(taskDir, filepath.Join(work, "empty"))
	if err != nil {
		return err
	}
	start := func() ([]figure, error) {
		figures, err := measureStart(ctx, taskDir, work, 2**runs)
		for i, f := range figures {
			show(out, f)
			if i > 0 {
				fmt.Fprintf(out, "%-40s %.2f times as long as the bare program\n", "", f.Median/figures[0].Median)
			}
		}
		return figures, err
	}
	if *others {
		if missing := peers.Missing(); missing != "" {
			return fmt.Errorf("not installed: %s; ./build.sh peers installs it", missing)
		}
		figures, err := comparePeers(ctx, out, taskDir, emptyDir, work, *runs)
		if err != nil {
			return err
		}
		phases, err := phaseFigures(ctx, taskDir, *runs)
		if err != nil {
			return err
		}
		started, err := start()
		if err != nil {
			return err
		}
		grown, err := growth(ctx, out, taskDir, work, *runs)
		if err != nil {
			return err
		}
		return errors.Join(record(figuresFile, slices.Concat(figures, phases, started, grown)), writePage())
	}
	if _, err := start(); err != nil {
		return err
	}
	fmt.Fprintf(out, "median of %d runs of %s, and of a step with an empty script\n", *runs, filepath.Base(*vsix))
	fmt.Fprintf(out, "%-28s %10s %10s %8s\n", "scenario", "step", "empty", "ratio")
	row := func(title, name string, latency time.Duration, change func(*scenario.Run)) error {
		s, ok := scenario.Find(name)
		if !ok {
			return fmt.Errorf("there is no scenario %q", name)
		}
		step, empty, err := measure(ctx, s, func(r *scenario.Run) {
			change(r)
			if latency > 0 {
				r.Faults = append(r.Faults, cloud.Fault{Latency: latency})
			}
		}, taskDir, emptyDir, *runs)
		if err != nil {
			return fmt.Errorf("%s: %w", title, err)
		}
		fmt.Fprintf(out, "%-28s %7d ms %7d ms %8.2f\n", title, step.Milliseconds(), empty.Milliseconds(), float64(step)/float64(empty))
		return nil
	}
	for _, name := range names {
		if err := row(name, name, *latency, func(r *scenario.Run) { r.MoreKeyConnections(*more) }); err != nil {
			return err
		}
	}
	if *scopes > 0 {
		title := fmt.Sprintf("deployment, %d scopes, 50 ms", *scopes)
		return row(title, "healthy-deployment", 50*time.Millisecond, func(r *scenario.Run) { r.DeploysTo(*scopes-1, 3) })
	}
	return nil
}

// emptyTask makes a task folder with the inputs of the real one and a script that does nothing.
func emptyTask(taskDir, dir string) (string, error) {
	definition, err := os.ReadFile(filepath.Join(taskDir, "task.json"))
	if err != nil {
		return "", err
	}
	return dir, errors.Join(
		os.Mkdir(dir, 0o755),
		os.WriteFile(filepath.Join(dir, "task.json"), definition, 0o644),
		os.WriteFile(filepath.Join(dir, "index.js"), []byte("'use strict';\n"), 0o644))
}

// measure runs both steps in turn, so that a busy moment of the machine affects both, and returns the two medians. It doesn't count
// the first pair, which reads the files from disk and sets the exec bit.
func measure(ctx context.Context, s scenario.Scenario, change func(*scenario.Run), taskDir, emptyDir string, runs int) (step, empty time.Duration, err error) {
	r := s.Start(time.Now)
	change(r)
	_, l, err := r.Listen(filepath.Dir(emptyDir))
	if err != nil {
		return 0, 0, err
	}
	defer l.Close()
	r.UseProxy(l)
	var steps, empties []time.Duration
	for i := range runs + 1 {
		a, err := once(ctx, r, taskDir)
		if err != nil {
			return 0, 0, err
		}
		b, err := once(ctx, r, emptyDir)
		if err != nil {
			return 0, 0, err
		}
		if i > 0 {
			steps, empties = append(steps, a), append(empties, b)
		}
	}
	return median(steps), median(empties), nil
}

func once(ctx context.Context, r *scenario.Run, taskDir string) (time.Duration, error) {
	record, err := r.Job.Run(ctx, taskDir, r.Step)
	if err != nil {
		return 0, err
	}
	if record.Result != "Succeeded" || len(record.Faults) > 0 {
		return 0, fmt.Errorf("the step ended as %s; faults: %q; its log:\n%s", record.Result, record.Faults, record.Log())
	}
	return record.Elapsed, nil
}

func median(all []time.Duration) time.Duration {
	slices.SortFunc(all, cmp.Compare[time.Duration])
	return all[len(all)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
