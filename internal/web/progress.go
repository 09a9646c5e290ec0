package web

import (
	"context"
	"net/http/httptrace"
	"sync"
	"time"
)

// phase is how far a try came.
type phase int

const (
	phaseStart phase = iota // nothing was seen
	phaseWait               // no connection yet
	phaseLookup
	phaseConnect
	phaseConnected // TCP is connected; a proxy may still have to open the way
	phaseHandshake
	phaseSent
)

// progress watches one try. Parallel dials report out of order, so a phase is
// never left for an earlier one.
type progress struct {
	now func() time.Time

	mu             sync.Mutex
	reached        phase
	sent, received time.Time
	started        time.Time
}

func newProgress(now func() time.Time) *progress {
	return &progress{now: now, started: now()}
}

// reach notes a phase; nil watches nothing.
func (p *progress) reach(to phase) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reached = max(p.reached, to)
}

func (p *progress) phase() phase {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reached
}

// watch gives a context whose request is watched.
func (p *progress) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:           func(string) { p.reach(phaseWait) },
		DNSStart:          func(httptrace.DNSStartInfo) { p.reach(phaseLookup) },
		ConnectStart:      func(_, _ string) { p.reach(phaseConnect) },
		TLSHandshakeStart: func() { p.reach(phaseHandshake) },
		WroteRequest:      func(httptrace.WroteRequestInfo) { p.reach(phaseSent) },
		WroteHeaders: func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.sent = p.now()
		},
		GotFirstResponseByte: func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.received = p.now()
		},
	})
}

// times are when the request left and when its answer began, as far as they were
// seen, otherwise when the try began and now.
func (p *progress) times() (sent, received time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent, received = p.sent, p.received
	if sent.IsZero() {
		sent = p.started
	}
	if received.IsZero() {
		received = p.now()
	}
	return sent, received
}
