package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"
)

//go:embed marks.js
var marksScript string

// A phase is a part of a step, from the end of the phase before it.
type phase struct {
	title string
	took  []time.Duration // of each run
}

// breakdown prints where the time of a step goes, as medians of its phases, and then each of its requests.
func breakdown(ctx context.Context, out io.Writer, s scenario.Scenario, latency time.Duration, taskDir string, runs int) error {
	phases, requests, err := measurePhases(ctx, s, latency, taskDir, runs)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: median of %d runs\n", s.Name, runs)
	var total time.Duration
	for _, p := range phases {
		m := median(p.took)
		total += m
		fmt.Fprintf(out, "  %-36s %7.1f ms\n", p.title, milliseconds(m))
	}
	fmt.Fprintf(out, "  %-36s %7.1f ms\n", "together", milliseconds(total))
	fmt.Fprintf(out, "requests of the last run: when, how long (of the cloud)\n")
	for _, q := range requests {
		fmt.Fprintf(out, "  %7.1f ms %7.1f ms  %s %s%s\n", milliseconds(q.Began.Sub(requests[0].Began)), milliseconds(q.Took), q.Method, q.Host, q.Path)
	}
	return nil
}

// phaseFigures are the phases of a step for a separate table.
func phaseFigures(ctx context.Context, taskDir string, runs int) ([]figure, error) {
	s, ok := scenario.Find("healthy")
	if !ok {
		return nil, errors.New("there is no scenario healthy")
	}
	phases, _, err := measurePhases(ctx, s, 0, taskDir, runs)
	if err != nil {
		return nil, err
	}
	var all []figure
	for _, p := range phases {
		var samples []sample
		for _, took := range p.took {
			samples = append(samples, sample{took: took})
		}
		all = append(all, figureOf(thePhases, p.title, samples))
	}
	return all, nil
}

// measurePhases runs a step and returns the time of each of its phases in each run, and the requests of the last one. marks.js records
// the times in Node; the program isn't changed for it.
func measurePhases(ctx context.Context, s scenario.Scenario, latency time.Duration, taskDir string, runs int) ([]phase, []cloud.Request, error) {
	dir, err := os.MkdirTemp("", "armpreflight-bench-") // NODE_OPTIONS splits at spaces
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(dir)
	script, file := filepath.Join(dir, "marks.js"), filepath.Join(dir, "marks.json")
	if err := os.WriteFile(script, []byte(marksScript), 0o600); err != nil {
		return nil, nil, err
	}
	r := s.Start(time.Now)
	if latency > 0 {
		r.Faults = append(r.Faults, cloud.Fault{Latency: latency})
	}
	c, l, err := r.Listen(dir)
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	r.UseProxy(l)
	r.Job.ParentEnv = append(r.Job.ParentEnv, "NODE_OPTIONS=--require="+script, "ARMPREFLIGHT_MARKS="+file)
	var phases []phase
	var requests []cloud.Request
	for i := range runs + 1 {
		before := len(c.Requests())
		var header, verdict time.Time
		r.Job.Follow = func(line string) {
			switch {
			case header.IsZero() && !strings.HasPrefix(line, "##vso["): // the shim prints nothing else
				header = time.Now()
			case strings.Contains(line, "task.logissue"), strings.Contains(line, "task.addattachment"):
				if verdict.IsZero() {
					verdict = time.Now()
				}
			}
		}
		began := time.Now()
		if _, err := once(ctx, r, taskDir); err != nil {
			return nil, nil, err
		}
		ended := time.Now()
		marks, err := readMarks(file)
		if err != nil {
			return nil, nil, err
		}
		requests = c.Requests()[before:]
		if len(requests) == 0 {
			return nil, nil, fmt.Errorf("%s sends no request", s.Name)
		}
		if i == 0 { // it reads the files from disk
			continue
		}
		last := requests[0].Began
		for _, q := range requests {
			if end := q.Began.Add(q.Took); end.After(last) {
				last = end
			}
		}
		at, n := began, 0
		until := func(title string, end time.Time) {
			if n == len(phases) {
				phases = append(phases, phase{title: title})
			}
			phases[n].took = append(phases[n].took, end.Sub(at))
			at, n = end, n+1
		}
		until("Node starts", marks["script"])
		until("shim: outputs, files", marks["hash"])
		until("shim: hash of the program", marks["spawn"])
		until("shim: spawn", marks["spawned"])
		until("program starts, to its first line", header)
		until("to the first request (TLS)", requests[0].Began)
		until("the requests, first to last", last)
		until("results, log, report files", verdict)
		until("the rest of the log, exit", marks["ended"])
		until("Node ends", marks["exit"])
		until("the agent notices", ended)
	}
	return phases, requests, nil
}

// readMarks reads what marks.js wrote.
func readMarks(file string) (map[string]time.Time, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the marks of a step: %w", err)
	}
	var raw map[string]float64
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("read the marks of a step: %w", err)
	}
	marks := map[string]time.Time{}
	for name, ms := range raw {
		marks[name] = time.UnixMicro(int64(ms * 1000))
	}
	for _, name := range []string{"script", "hash", "spawn", "spawned", "ended", "exit"} {
		if marks[name].IsZero() {
			return nil, fmt.Errorf("a step has no mark %q", name)
		}
	}
	return marks, nil
}
