package gate

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Gates are the settings of a stage's gates.
type Gates struct {
	Delay    time.Duration // before the first sample
	Interval time.Duration // from the start of a sample to the next; at least one sample is taken, and 0 means no more
	Timeout  time.Duration // from the first sample on; 0 = none besides the context's
	InARow   int           // samples that must pass one after another; 0 = 1. In practice, two requests per pass were seen.
}

// Gate is a task in use.
type Gate struct {
	Task *Task
	Job  *Job // not changed
}

// Outcome is what all samples resulted in.
type Outcome struct {
	Passed  bool
	Samples [][]Result    // one Result a gate, in the order of the gates
	Elapsed time.Duration // delay included
	Err     string        // why it ended without passing; "" = it passed
}

// Run samples until all gates pass in the same sample, or time is over. Outputs of a gate are its variables from the next
// sample on, whatever that one resulted in.
func (g Gates) Run(ctx context.Context, gates []Gate) (outcome Outcome) {
	start := time.Now()
	defer func() { outcome.Elapsed = time.Since(start) }()
	if !wait(ctx, g.Delay) {
		outcome.Err = "canceled during the delay"
		return outcome
	}
	if g.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, g.Timeout)
		defer cancel()
	}
	variables := make([]map[string]string, len(gates))
	for i, gate := range gates {
		variables[i] = maps.Clone(gate.Job.Variables)
	}
	passed := 0
	for {
		began := time.Now()
		results := sampleAll(ctx, gates, variables)
		outcome.Samples = append(outcome.Samples, results)
		passed++
		if slices.ContainsFunc(results, func(r Result) bool { return !r.Passed }) {
			passed = 0
		}
		switch {
		case ctx.Err() != nil:
			outcome.Err = "time was over before all gates passed in one sample"
			return outcome
		case passed >= max(g.InARow, 1):
			outcome.Passed = true
			return outcome
		case g.Interval <= 0:
			outcome.Err = "not all gates passed, and there is no interval"
			return outcome
		}
		for i, result := range results {
			for name, value := range result.Outputs {
				if variables[i] == nil {
					variables[i] = map[string]string{}
				}
				set(variables[i], name, value)
			}
		}
		if !wait(ctx, time.Until(began.Add(g.Interval))) {
			outcome.Err = "time was over before all gates passed in one sample"
			return outcome
		}
	}
}

func sampleAll(ctx context.Context, gates []Gate, variables []map[string]string) []Result {
	results := make([]Result, len(gates))
	var all sync.WaitGroup
	for i, gate := range gates {
		job := *gate.Job
		job.Variables = variables[i]
		all.Go(func() { results[i] = gate.Task.Sample(ctx, &job) })
	}
	all.Wait()
	return results
}

// wait says whether the time went by before the context ended.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
