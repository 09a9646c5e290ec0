package web

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"armpreflight/internal/evidence"
)

const (
	networkRepeats = 2                      // further tries after a network failure
	boundlessTries = 5                      // tries when neither the rule nor a deadline sets an end
	boundlessWait  = time.Minute            // longest wait when there is no deadline
	reserve        = 500 * time.Millisecond // what must be left of the time after a wait
)

// transport is what a client of For sends its requests through: guard, local
// answer, then tries, which are all recorded.
type transport struct {
	client *Client
	guard  guard
}

// RoundTrip implements HTTP.RoundTripper. The body of the answer is complete
// and in memory. Errors are a *BlockedError or hold an *Error.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := requestBody(r)
	if blocked := t.guard.check(r); blocked != nil {
		err = blocked
	}
	if err != nil {
		record(r.Context(), t.client.failed(t.guard.Service, r, err))
		return nil, err
	}
	if t.guard.Local != nil {
		if resp, ok := t.guard.Local(r); ok {
			return local(resp, r), nil
		}
	}
	tries := repeater{limit: t.guard.Tries}
	held, keeps := r.Context().Value(placeKey{}).(*place)
	if !keeps {
		held = &place{}
	}
	for {
		done, err := t.guard.Pace.begin(r.Context())
		if err != nil {
			return nil, err
		}
		resp, ev, err := t.try(r, body, tries.made+1, held)
		if err == nil {
			t.guard.Pace.learn(resp.Header, ev.RetryAfter)
		}
		done()
		if err == nil && ev.Status >= 400 && t.client.config.Match != nil {
			t.client.config.Match(&ev)
		}
		record(r.Context(), ev)
		var wait time.Duration
		var again bool
		if err != nil {
			wait, again = tries.afterFailure(r.Context(), err)
		} else {
			wait, again = tries.afterAnswer(r.Context(), ev)
		}
		if again || !keeps || err != nil {
			held.done()
		}
		if !again {
			return resp, err
		}
		if err := pause(r.Context(), wait); err != nil {
			return nil, err
		}
	}
}

// try sends a request once and reads the answer.
func (t *transport) try(r *http.Request, body []byte, number int, held *place) (*http.Response, evidence.Evidence, error) {
	c := t.client
	started := time.Now()
	meter := newProgress(c.config.Now)
	way := t.guard.route(r.URL)
	way.meter = meter
	ctx, cancel := context.WithTimeoutCause(withRoute(r.Context(), way), tryLimit, errTryLimit)
	defer cancel()

	out := r.Clone(meter.watch(ctx))
	out.Body, out.GetBody, out.ContentLength = http.NoBody, nil, 0
	if body != nil {
		out.ContentLength = int64(len(body))
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		out.Body, _ = out.GetBody()
	}
	// http.Transport then decompresses on its own, so that the limit counts what
	// the caller gets.
	out.Header.Del("Accept-Encoding")
	if out.Header.Get("User-Agent") == "" && c.config.UserAgent != "" {
		out.Header.Set("User-Agent", c.config.UserAgent)
	}

	resp, err := c.wire.RoundTrip(out)
	var answer []byte
	if err != nil {
		err = oversizedHeaders(err, r.URL.Host)
	} else {
		resp.Request = r // its context outlives this try
		answer, err = buffer(resp, r.URL.Host, cmp.Or(t.guard.Body, bodyLimit), func() error { return held.take(ctx, c) })
	}
	took := time.Since(started)
	if err != nil {
		failure := c.explain(r.Context(), ctx, err, meter.phase(), took)
		c.config.Log.Debug("no answer", "method", methodOf(r), "host", r.URL.Host, "path", r.URL.EscapedPath(), "try", number, "took", took, "failure", failure.Network, "detail", failure.Detail)
		return nil, c.failed(t.guard.Service, r, failure), failure
	}
	c.config.Log.Debug("answer", "method", methodOf(r), "host", r.URL.Host, "path", r.URL.EscapedPath(), "try", number, "took", took, "status", resp.StatusCode)
	if r.URL.Scheme == "https" && t.guard.Service != "" {
		sent, received := meter.times()
		c.skew.add(r.URL.Host, sent, received, resp.Header)
	}
	return resp, t.client.answered(t.guard.Service, r, resp, answer), nil
}

// local completes an answer that didn't come from the network.
func local(resp *http.Response, r *http.Request) *http.Response {
	resp.Request = r
	if resp.Header == nil {
		resp.Header = http.Header{}
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	return resp
}

// repeater decides whether something is tried again.
type repeater struct {
	limit  int // tries at most; 0 means until the deadline
	made   int // tries so far
	failed int // of these, network failures
}

// afterAnswer is for an answer: repeated when the catalogue or, for an answer that
// it doesn't know, the status calls it transient, for as long as there is time.
// The catalogue goes first: a permanent error that comes with a 500 isn't retried.
// A wait that the time doesn't allow ends it immediately, so that the caller sees the
// answer and not the end of the time.
func (p *repeater) afterAnswer(ctx context.Context, ev evidence.Evidence) (time.Duration, bool) {
	p.made++
	if ev.Status < 400 || !ev.Transient() {
		return 0, false
	}
	wait := ev.RetryAfter
	if wait <= 0 {
		wait = backoff(p.made)
	}
	return wait, p.timeFor(ctx, wait)
}

// afterFailure is for a network failure: repeated twice, when its kind can pass.
func (p *repeater) afterFailure(ctx context.Context, err error) (time.Duration, bool) {
	p.made++
	p.failed++
	if p.failed > networkRepeats || !passing(err) {
		return 0, false
	}
	wait := backoff(p.made)
	return wait, p.timeFor(ctx, wait)
}

func (p *repeater) timeFor(ctx context.Context, wait time.Duration) bool {
	if ctx.Err() != nil || p.limit > 0 && p.made >= p.limit {
		return false
	}
	if deadline, ok := ctx.Deadline(); ok {
		return wait <= time.Until(deadline)-reserve
	}
	return wait <= boundlessWait && (p.limit > 0 || p.made < boundlessTries)
}

// backoff is the wait after so many tries, 0.5, 1, 2, 4, 8, 10, 10 … s, each up
// to a tenth shorter or longer so that parallel jobs don't return together.
func backoff(tries int) time.Duration {
	wait := 10 * time.Second
	if tries <= 5 {
		wait = 250 * time.Millisecond << tries
	}
	return time.Duration(float64(wait) * (0.9 + 0.2*rand.Float64()))
}

// pause waits, or says that the context ended before.
func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &Error{Network: evidence.Canceled, Detail: "while waiting to try again", Err: ctx.Err()}
	}
}
