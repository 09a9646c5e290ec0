package cli

import (
	"fmt"

	"armpreflight/internal/check"
	"armpreflight/internal/pipeline"
)

// progress shows how far a run is while it goes on: to the run's page, which keeps
// only the last word of it, and on a terminal in a line that is gone in the end.
// The log itself holds each check once, in order, when all have finished. Checks
// finish one at a time, so it isn't made for concurrent use.
type progress struct {
	log      *pipeline.Log // nil where no agent listens
	terminal *pipeline.Log // nil where there is none
	total    int           // checks
	share    int           // percent that all checks add up to; the agent never goes back
	done     map[string]bool
}

// The percent that the checks of a run add up to: all but the end of the step, or a
// part where the rest may be spent waiting for what propagates.
const (
	shareAlone     = 99
	shareOfWaiting = 20
)

// finished is called for each check. One that runs again counts once.
func (p *progress) finished(r check.Result) {
	if p.done == nil {
		p.done = map[string]bool{}
	}
	p.done[r.ID] = true
	if r.Status == check.Skip {
		return
	}
	if p.log != nil {
		p.log.Progress(p.share*len(p.done)/p.total, fmt.Sprintf("%s: %s", r.ID, r.Status))
	}
	if p.terminal != nil {
		p.terminal.Transient(fmt.Sprintf("%d of %d, %s: %s", len(p.done), p.total, r.ID, r.Status))
	}
}

// clear takes the line off the terminal.
func (p *progress) clear() {
	if p.terminal != nil && len(p.done) > 0 {
		p.terminal.Transient("")
	}
}
