package check

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// Result is one check's place in a report. Every check yields exactly one.
type Result struct {
	ID, Layer, Title string
	Advisory         bool
	Outcome
	// BlockedBy holds the IDs of the checks that kept this one from running:
	// the roots, not the checks that were themselves blocked.
	BlockedBy []string
	Elapsed   time.Duration
}

// Options say how a set of checks is run.
type Options struct {
	Now func() time.Time
	// AdvisoryGrace is how long advisory checks may go on after the last
	// essential one has finished.
	AdvisoryGrace time.Duration
	// StopGrace is how long a check may take to return after its context
	// ended; then its result is Unknown and the run goes on without it.
	StopGrace time.Duration
	// Stands are results of an earlier run of the same checks that still hold:
	// these checks aren't asked again, and their facts serve the others.
	Stands []Result
	// Finished, when it isn't nil, is called for each check as soon as it has
	// finished, one at a time.
	Finished func(Result)
}

// ErrAdvisoryTime is the cancellation cause of advisory checks that took longer
// than the essential ones plus AdvisoryGrace.
var ErrAdvisoryTime = errors.New("no answer while the essential checks ran")

// State holds the results so far, for dependents.
type State[W any] struct {
	mu   sync.Mutex
	done map[*Check[W]]*Result
}

// FactsOf returns the facts that a check published, if it has finished and they are a T.
func FactsOf[T, W any](s *State[W], c *Check[W]) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var none T
	r := s.done[c]
	if r == nil {
		return none, false
	}
	facts, ok := r.Facts.(T)
	return facts, ok
}

// Known returns the facts of type T that any finished check has published. It is
// for explanations, which take what is there; a check that depends on another
// names it, in Needs or After, and asks FactsOf. When several checks publish
// the same type, which one answers isn't defined.
func Known[T, W any](s *State[W]) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.done {
		if facts, ok := r.Facts.(T); ok {
			return facts, true
		}
	}
	var none T
	return none, false
}

// ResultOf returns the result of a check that has finished.
func (s *State[W]) ResultOf(c *Check[W]) (Result, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.done[c]
	if r == nil {
		return Result{}, false
	}
	return *r, true
}

// Run executes all checks, each as soon as those it waits for have finished,
// and returns one result per check in the order of all. Canceling ctx ends
// every check; what wasn't decided by then is Unknown.
func Run[W any](ctx context.Context, world W, all []*Check[W], o Options) []Result {
	state := &State[W]{done: make(map[*Check[W]]*Result, len(all))}
	finished := make(map[*Check[W]]chan struct{}, len(all))
	for _, c := range all {
		finished[c] = make(chan struct{})
	}
	advisory, stopAdvisory := context.WithCancelCause(ctx)
	defer stopAdvisory(nil)

	results := make([]Result, len(all))
	var everyone, essential sync.WaitGroup
	for i, c := range all {
		checkContext := ctx
		if c.Advisory {
			checkContext = advisory
		} else {
			essential.Add(1)
		}
		everyone.Go(func() {
			defer close(finished[c])
			if !c.Advisory {
				defer essential.Done()
			}
			for _, dep := range slices.Concat(c.Needs, c.After) {
				<-finished[dep] // always closes: every check finishes
			}
			r := &Result{ID: c.ID, Layer: c.Layer, Title: c.Title, Advisory: c.Advisory}
			stands := slices.IndexFunc(o.Stands, func(s Result) bool { return s.ID == c.ID })
			switch r.BlockedBy = state.blockers(c); {
			case stands >= 0:
				*r = o.Stands[stands]
			case c.Asked != nil && !c.Asked(world):
				r.BlockedBy, r.Outcome = nil, NotAsked()
			case len(r.BlockedBy) > 0:
				r.Status = Skip
			default:
				start := o.Now()
				r.Outcome = attempt(checkContext, world, state, c, o.StopGrace)
				r.Elapsed = o.Now().Sub(start)
				r.Advisory = r.Advisory || r.Aside
			}
			state.mu.Lock()
			state.done[c], results[i] = r, *r
			if o.Finished != nil {
				o.Finished(*r)
			}
			state.mu.Unlock()
		})
	}
	everyone.Go(func() {
		essential.Wait()
		timer := time.AfterFunc(o.AdvisoryGrace, func() { stopAdvisory(ErrAdvisoryTime) })
		defer timer.Stop()
		for _, c := range all {
			<-finished[c]
		}
	})
	everyone.Wait()
	return results
}

// blockers returns the root causes that keep c from running.
func (s *State[W]) blockers(c *Check[W]) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var roots []string
	for _, n := range c.Needs {
		switch r := s.done[n]; {
		case r.Status == Pass, r.Status == Warn, r.Status == Skip && r.NotApplicable:
		case len(r.BlockedBy) > 0:
			roots = append(roots, r.BlockedBy...)
		default:
			roots = append(roots, r.ID)
		}
	}
	slices.Sort(roots)
	return slices.Compact(roots)
}

// attempt runs one check, turns a panic into an Unknown, and leaves a check
// behind that doesn't stop when its context has ended.
func attempt[W any](ctx context.Context, world W, state *State[W], c *Check[W], grace time.Duration) Outcome {
	// A check whose turn comes after the end runs too: one that asks no one
	// still has its answer, and a request ends immediately.
	answer := make(chan Outcome, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				text := fmt.Sprintf("the check %s failed with an internal error: %v", c.ID, p)
				answer <- Outcome{Status: Unknown, Text: text, Notes: []string{string(debug.Stack())},
					Items: []Item{{Status: Unknown, Code: CodeFault, Text: text}}}
			}
		}()
		answer <- c.Run(ctx, world, state)
	}()
	select {
	case o := <-answer:
		return o
	case <-ctx.Done():
	}
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case o := <-answer:
		return o
	case <-late.C:
		return undecided(ctx)
	}
}

// undecided is the outcome of a check whose context ended before it could tell.
func undecided(ctx context.Context) Outcome {
	cause := context.Cause(ctx)
	code, text := CodeCancelled, "canceled before it had a result"
	if errors.Is(cause, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.Is(cause, ErrAdvisoryTime) {
		code, text = CodeTimeRanOut, "no result within the time limit"
	}
	return Outcome{Status: Unknown, Text: text, Items: []Item{{Status: Unknown, Code: code, Text: text}}}
}
