package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"armpreflight/internal/cli"
	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"
	"armpreflight/tools/peers"
)

// figure is one measurement, in milliseconds.
type figure struct {
	Group string // rows with the same group are in one table
	What  string
	Runs  int
	// Median, Low and High are of the time that passed; Low and High leave out a tenth of the runs at each end.
	Median, Low, High float64
	CPU               float64 // the median CPU time of all its processes, user and system; 0 = not measured
}

// sample is one run.
type sample struct{ took, cpu time.Duration }

// timed runs something once, and adds the CPU time of its child processes.
func timed(run func() error) (sample, error) {
	before, err := children()
	if err != nil {
		return sample{}, err
	}
	start := time.Now()
	err = run()
	took := time.Since(start)
	after, failed := children()
	return sample{took, after - before}, errors.Join(err, failed)
}

// children is the CPU time of all processes that this one started and waited for.
func children() (time.Duration, error) {
	var usage syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), err
}

func figureOf(group, what string, all []sample) figure {
	milliseconds := func(value func(sample) time.Duration) []float64 {
		out := make([]float64, len(all))
		for i, s := range all {
			out[i] = float64(value(s).Microseconds()) / 1000
		}
		slices.Sort(out)
		return out
	}
	took, cpu := milliseconds(func(s sample) time.Duration { return s.took }), milliseconds(func(s sample) time.Duration { return s.cpu })
	edge := len(all) / 10
	return figure{group, what, len(all), took[len(took)/2], took[edge], took[len(took)-1-edge], cpu[len(cpu)/2]}
}

// What the step is compared with, by the names in the tables.
const (
	theStep    = "The whole step"
	theEmpty   = "An empty Node step"
	theFloor   = "An empty Node step with the requests that can't be avoided"
	theLibrary = "The library of the in-box tasks, which gets a token and reads the subscription"
	theCLI     = "What AzureCLI@2 does before its script: `az login`, `az account set`"
)

// comparePeers measures the step next to others, in turn, so that a busy moment of the machine affects all.
func comparePeers(ctx context.Context, out io.Writer, taskDir, emptyDir, work string, runs int) ([]figure, error) {
	var all []figure
	libraryDir, floorDir := filepath.Join(work, "library"), filepath.Join(work, "floor")
	if err := errors.Join(peers.Task(taskDir, libraryDir), peers.Floor(taskDir, floorDir)); err != nil {
		return nil, err
	}
	for _, tc := range []struct {
		group, scenario string
		latency         time.Duration
	}{
		{"Client secret, answers without delay", "healthy", 0},
		{"Client secret, each answer after 50 ms", "healthy", 50 * time.Millisecond},
		{"Federation, answers without delay", "healthy-federation", 0},
		{"Federation, each answer after 50 ms", "healthy-federation", 50 * time.Millisecond},
	} {
		played, err := listening(work, tc.scenario, func(r *scenario.Run) {
			if tc.latency > 0 {
				r.Faults = append(r.Faults, cloud.Fault{Latency: tc.latency})
			}
		})
		if err != nil {
			return nil, err
		}
		samples := map[string][]sample{}
		play := func(name string, counted bool, run func() error) error {
			s, err := timed(run)
			if counted && err == nil {
				samples[name] = append(samples[name], s)
			}
			if err != nil {
				return fmt.Errorf("%s, %s: %w", tc.group, name, err)
			}
			return nil
		}
		for i := range runs + 1 { // the first run of each reads files from disk
			err := errors.Join(
				play(theStep, i > 0, func() error { _, err := once(ctx, played.run, taskDir); return err }),
				play(theEmpty, i > 0, func() error { _, err := once(ctx, played.run, emptyDir); return err }),
				play(theFloor, i > 0, func() error { return played.floor(ctx, floorDir) }),
				play(theLibrary, i > 0, func() error { return played.library(ctx, libraryDir) }))
			if i <= (runs+2)/3 && err == nil {
				err = play(theCLI, i > 0, func() error { return played.cli(ctx) })
			}
			if err != nil {
				return nil, errors.Join(err, played.close())
			}
		}
		for _, name := range []string{theStep, theEmpty, theFloor, theLibrary, theCLI} {
			f := figureOf(tc.group, name, samples[name])
			show(out, f)
			all = append(all, f)
		}
		if err := played.close(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// growth measures the time for many connections, providers, scopes, and audited connections.
func growth(ctx context.Context, out io.Writer, taskDir, work string, runs int) ([]figure, error) {
	var all []figure
	add := func(f figure) {
		show(out, f)
		all = append(all, f)
	}
	steps := func(group, what, name string, change func(*scenario.Run)) error {
		played, err := listening(work, name, func(r *scenario.Run) {
			change(r)
			r.Faults = append(r.Faults, cloud.Fault{Latency: 50 * time.Millisecond})
		})
		if err != nil {
			return err
		}
		var samples []sample
		for i := range runs + 1 {
			s, err := timed(func() error { _, err := once(ctx, played.run, taskDir); return err })
			if err != nil {
				return errors.Join(fmt.Errorf("%s: %w", what, err), played.close())
			}
			if i > 0 {
				samples = append(samples, s)
			}
		}
		add(figureOf(group, what, samples))
		return played.close()
	}
	const grows = "The whole step, each answer after 50 ms"
	for _, n := range []int{1, 20, 200} {
		if err := steps(grows, fmt.Sprintf("connections: %d", n), "healthy", func(r *scenario.Run) { r.MoreKeyConnections(n - 1) }); err != nil {
			return nil, err
		}
	}
	for _, n := range []int{1, 200} {
		if err := steps(grows, fmt.Sprintf("resource providers: %d", n), "healthy", func(r *scenario.Run) { r.WantsProviders(n) }); err != nil {
			return nil, err
		}
	}
	for _, n := range []int{1, 200} {
		if err := steps(grows, fmt.Sprintf("scopes of a deployment: %d", n), "healthy-deployment", func(r *scenario.Run) { r.DeploysTo(n-1, 3) }); err != nil {
			return nil, err
		}
	}
	for _, n := range []int{100, 1_000, 10_000} {
		f, err := audited(ctx, n, max(1, min(runs, 1000/n))) // ten thousand take a long time
		if err != nil {
			return nil, err
		}
		add(f)
	}
	return all, nil
}

// audited measures the verb in this process, with a personal access token, against an organization with n connections.
func audited(ctx context.Context, n, runs int) (figure, error) {
	var samples []sample
	for range runs {
		c := cloud.New(scenario.Fleet(time.Now, max(1, n/33), n))
		var token string
		c.Update(func(w *cloud.World) { token = w.Organizations[0].Tokens[0] })
		l, err := c.Listen()
		if err != nil {
			return figure{}, err
		}
		dir, err := os.MkdirTemp("", "audit-")
		if err != nil {
			return figure{}, err
		}
		file := filepath.Join(dir, "authority.pem")
		if err := os.WriteFile(file, l.CAPEM, 0o600); err != nil {
			return figure{}, err
		}
		var complaint strings.Builder
		start := time.Now()
		code := cli.Main(ctx, cli.Env{
			Args:    []string{"audit", "--organization", strings.TrimSuffix(cloud.ContosoOrganizationURL, "/"), "--format", "json"},
			Environ: []string{"SSL_CERT_FILE=" + file, "AZURE_DEVOPS_EXT_PAT=" + token},
			Stdout:  io.Discard, Stderr: &complaint, Now: time.Now, Dial: l.Dial,
		})
		samples = append(samples, sample{took: time.Since(start)})
		if err := errors.Join(l.Close(), os.RemoveAll(dir)); err != nil {
			return figure{}, err
		}
		if code != cli.ExitOK && code != cli.ExitFindings {
			return figure{}, fmt.Errorf("audit of %d connections: exit code %d: %s", n, code, complaint.String())
		}
	}
	return figureOf("`armpreflight audit`, answers without delay, with a personal access token", fmt.Sprintf("connections: %d", n), samples), nil
}

func show(out io.Writer, f figure) {
	fmt.Fprintf(out, "%-40s %-84s %8s ms (%s to %s), %s ms of CPU, %d runs\n", f.Group, f.What, short(f.Median), short(f.Low), short(f.High), short(f.CPU), f.Runs)
}

// short writes milliseconds, with tenths below thirty.
func short(ms float64) string {
	if ms < 30 {
		return fmt.Sprintf("%.1f", ms)
	}
	return fmt.Sprintf("%.0f", ms)
}

// situation is a scenario whose cloud is running.
type situation struct {
	run    *scenario.Run
	l      *cloud.Listener
	port   string
	closed func() error
	az     *peers.CLI
}

func listening(work, name string, change func(*scenario.Run)) (*situation, error) {
	found, ok := scenario.Find(name)
	if !ok {
		return nil, fmt.Errorf("there is no scenario %q", name)
	}
	dir, err := os.MkdirTemp(work, name+"-")
	if err != nil {
		return nil, err
	}
	r := found.Start(time.Now)
	change(r)
	_, l, err := r.Listen(dir)
	if err != nil {
		return nil, err
	}
	s := &situation{run: r, l: l}
	if s.port, s.closed, err = peers.Port(l); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	authority := filepath.Join(dir, "authority.pem")
	r.UseProxy(l)
	r.Job.ParentEnv = append(r.Job.ParentEnv, "PATH="+os.Getenv("PATH"), "HOME="+dir, "NODE_EXTRA_CA_CERTS="+authority)
	s.az = peers.NewCLI(dir, l.Proxy("", ""), authority)
	return s, nil
}

func (s *situation) close() error { return errors.Join(s.closed(), s.l.Close()) }

// withoutProxy changes the job for the library and the bare requests, which don't use a proxy.
func (s *situation) withoutProxy() *scenario.Run {
	r := *s.run
	r.Job.Variables = slices.Clone(s.run.Job.Variables)
	peers.Prepare(&r, s.port, true, false)
	return &r
}

func (s *situation) floor(ctx context.Context, dir string) error {
	_, err := once(ctx, s.withoutProxy(), dir)
	return err
}

func (s *situation) library(ctx context.Context, dir string) error {
	_, _, err := peers.Play(ctx, s.withoutProxy(), dir)
	return err
}

// cli is what AzureCLI@2 does with a connection before it starts the script (its sources: loginAzureRM in azCliUtility).
func (s *situation) cli(ctx context.Context) error {
	login := []string{"login", "--service-principal", "-u", cloud.ContosoClientID, "--tenant", cloud.ContosoTenantID, "--allow-no-subscriptions"}
	i := slices.IndexFunc(s.run.Job.Endpoints, func(e agent.Endpoint) bool { return e.ID != "" })
	if key := s.run.Job.Endpoints[i].Parameters["serviceprincipalkey"]; key != "" {
		login = append(login, "--password="+key)
	} else {
		token, err := peers.IDToken(ctx, s.run, s.l)
		if err != nil {
			return err
		}
		login = append(login, "--federated-token", token)
	}
	_, first := s.az.Run(ctx, login...)
	_, second := s.az.Run(ctx, "account", "set", "--subscription", cloud.ContosoSubscriptionID)
	return errors.Join(first, second)
}

// record keeps the figures, so that the page can be made again.
func record(file string, figures []figure) error {
	text, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
