package web

import (
	"context"
	"net/http"
	"sync"

	"armpreflight/internal/evidence"
)

// Trace keeps what was seen of the last exchange on a context. azidentity throws
// the chain of errors away, so this is the only way back to the facts. It is
// safe for concurrent use.
type Trace struct {
	outer *Trace

	mu   sync.Mutex
	ev   evidence.Evidence
	seen bool
}

type traceKey struct{}

// Record gives a context whose requests leave their evidence in the Trace, each
// in the place of the one before; a Trace of ctx gets them too. Request bodies
// and request headers are never kept.
func Record(ctx context.Context) (context.Context, *Trace) {
	outer, _ := ctx.Value(traceKey{}).(*Trace)
	t := &Trace{outer: outer}
	return context.WithValue(ctx, traceKey{}, t), t
}

// Evidence gives the last exchange, an answer or a network failure; false when
// there was none. Answers of Rule.Local don't count.
func (t *Trace) Evidence() (evidence.Evidence, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ev, t.seen
}

func record(ctx context.Context, ev evidence.Evidence) {
	t, _ := ctx.Value(traceKey{}).(*Trace)
	for ; t != nil; t = t.outer {
		t.mu.Lock()
		t.ev, t.seen = ev, true
		t.mu.Unlock()
	}
}

// answered is the evidence of an answer; FromResponse leaves out what may be a token.
func (c *Client) answered(service evidence.Service, r *http.Request, resp *http.Response, body []byte) evidence.Evidence {
	ev := evidence.FromResponse(service, resp.StatusCode, resp.Header, body, c.config.Redact)
	ev.Method, ev.Host, ev.Path = methodOf(r), r.URL.Host, r.URL.EscapedPath()
	return ev
}

// Unread is the evidence of an answer that came when the run had ended, so that no one read it: its content is unknown.
func Unread(ev evidence.Evidence) evidence.Evidence {
	return evidence.Evidence{Service: ev.Service, Method: ev.Method, Host: ev.Host, Path: ev.Path,
		Network: evidence.Canceled, NetworkDetail: "when the response had come"}
}

// failed is the evidence of a request that got no answer.
func (c *Client) failed(service evidence.Service, r *http.Request, err error) evidence.Evidence {
	network, detail := c.Classify(err)
	return evidence.Evidence{
		Service: service, Method: methodOf(r), Host: r.URL.Host, Path: r.URL.EscapedPath(),
		Network: network, NetworkDetail: detail,
	}
}
