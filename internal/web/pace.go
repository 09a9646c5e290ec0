package web

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"armpreflight/internal/evidence"
)

const (
	longestHold = 10 * time.Minute // more than that a header isn't believed
	fewLeft     = 10               // percent of a limit: from there on requests go one at a time
)

// Pace keeps many requests to one service within its limits: so many under way
// in parallel, none while the service asks for patience, and one at a time when
// little is left of the limit. It reads Retry-After, which Azure DevOps also sends
// with an answer that it had only delayed, and X-RateLimit-Limit, -Remaining and
// -Reset (Azure DevOps documentation, Rate and usage limits). It is safe for
// concurrent use.
type Pace struct {
	slots chan struct{}

	mu     sync.Mutex
	until  time.Time     // no request starts before
	narrow bool          // one at a time
	single chan struct{} // the one, while it is narrow
}

// NewPace allows so many requests at the same time.
func NewPace(atOnce int) *Pace {
	return &Pace{slots: make(chan struct{}, max(atOnce, 1)), single: make(chan struct{}, 1)}
}

// begin waits for a place. The place is given back by done. A nil Pace waits for nothing.
func (p *Pace) begin(ctx context.Context) (done func(), err error) {
	if p == nil {
		return func() {}, nil
	}
	place := p.slots
	p.mu.Lock()
	if p.narrow {
		place = p.single
	}
	p.mu.Unlock()
	select {
	case place <- struct{}{}:
	case <-ctx.Done():
		return nil, &Error{Network: evidence.Canceled, Detail: "while waiting for other requests", Err: ctx.Err()}
	}
	for {
		wait := p.hold()
		if wait <= 0 {
			return func() { <-place }, nil
		}
		if err := pause(ctx, wait); err != nil {
			<-place
			return nil, err
		}
	}
}

func (p *Pace) hold() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Until(p.until)
}

// learn reads what an answer says about the limit. after is its Retry-After.
func (p *Pace) learn(h http.Header, after time.Duration) {
	if p == nil {
		return
	}
	now := time.Now()
	until := now.Add(min(after, longestHold))
	left, errLeft := strconv.ParseFloat(h.Get("X-RateLimit-Remaining"), 64)
	limit, errLimit := strconv.ParseFloat(h.Get("X-RateLimit-Limit"), 64)
	reset, errReset := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if errLeft == nil && errReset == nil && left <= 0 && after <= 0 {
		if end := time.Unix(reset, 0); end.Sub(now) < longestHold {
			until = end
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.until) {
		p.until = until
	}
	p.narrow = errLeft == nil && errLimit == nil && left*100 < limit*fewLeft
}
