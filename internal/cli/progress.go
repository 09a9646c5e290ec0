package cli

import (
	"fmt"
	"io"
	"sync"

	"armpreflight/internal/check"
	"armpreflight/internal/pipeline"
)

// progress shows how far a run is while it goes on: to the run's page, which keeps
// only the last word of it, and on a terminal in a line that is gone in the end.
// The log itself holds each check once, in order, when all have finished.
type progress struct {
	mu       sync.Mutex
	log      *pipeline.Log // nil where no agent listens
	terminal io.Writer     // nil where there is none
	total    int
	done     map[string]bool
}

// finished is told of a check. One that is asked anew counts once.
func (p *progress) finished(r check.Result) {
	if r.Status == check.Skip {
		p.tell(r.ID, "")
		return
	}
	p.tell(r.ID, fmt.Sprintf("%s: %s", r.ID, r.Status))
}

func (p *progress) tell(id, words string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == nil {
		p.done = map[string]bool{}
	}
	p.done[id] = true
	if words == "" {
		return
	}
	if p.log != nil {
		p.log.Progress(min(99, 100*len(p.done)/p.total), words) // the whole is reached by ending
	}
	if p.terminal != nil {
		fmt.Fprintf(p.terminal, "\r\x1b[2K%d of %d, %s", len(p.done), p.total, words)
	}
}

// clear takes the line off the terminal.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal != nil && len(p.done) > 0 {
		fmt.Fprint(p.terminal, "\r\x1b[2K")
	}
}
