package agent

import (
	"cmp"
	"context"
	"errors"
	"syscall"
	"time"
)

// The agent's own patience (src/Agent.Sdk/ProcessInvoker.cs, docs of PROCESS_SIGINT_TIMEOUT and PROCESS_SIGTERM_TIMEOUT).
const (
	defaultInterruptGrace = 7500 * time.Millisecond
	defaultTerminateGrace = 2500 * time.Millisecond
	defaultDrainGrace     = 5 * time.Second
)

func (j *Job) drainGrace() time.Duration { return cmp.Or(j.DrainGrace, defaultDrainGrace) }

// escalation is the way from asking to killing. Only the process that the agent started gets the signals: not its
// group, not its children.
type escalation struct {
	steps []escalationStep
	next  <-chan time.Time // nil before the first and after the last
}

type escalationStep struct {
	signal syscall.Signal
	grace  time.Duration // until the next
}

func (j *Job) escalation() *escalation {
	return &escalation{steps: []escalationStep{
		{syscall.SIGINT, cmp.Or(j.InterruptGrace, defaultInterruptGrace)},
		{syscall.SIGTERM, cmp.Or(j.TerminateGrace, defaultTerminateGrace)},
		{syscall.SIGKILL, 0},
	}}
}

// advance sends the next signal and sets the clock for the one after it.
func (e *escalation) advance(p *start) {
	e.next = nil
	if len(e.steps) == 0 {
		return
	}
	step := e.steps[0]
	e.steps = e.steps[1:]
	p.signal(step.signal)
	if step.grace > 0 {
		e.next = time.After(step.grace)
	}
}

// canceled ends a step whose context is done, whatever exit code and commands said: a deadline is the step's timeout,
// anything else a cancel of the job.
func (s *running) canceled(ctx context.Context) {
	if timedOut(ctx) {
		s.issue("error", "the step ran longer than its timeout allows")
		s.result = Failed
		return
	}
	s.result = Canceled
}

func timedOut(ctx context.Context) bool { return errors.Is(ctx.Err(), context.DeadlineExceeded) }
