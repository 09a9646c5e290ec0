package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"time"

	"armpreflight/internal/evidence"
)

// warmConn is a connection that Open opens or has opened.
type warmConn struct {
	done chan struct{} // closed when the attempt is over
	conn *http.ClientConn
	err  error
}

// Open opens a connection to an HTTPS host[:port] now, through the proxy if
// there is one, TLS included, and keeps it for the requests that follow, which
// wait for it. It sends no request. Failures that can pass are tried again, as
// for a request. A host whose connection is open or being opened isn't opened
// twice. The error holds an *Error.
func (c *Client) Open(ctx context.Context, host string) error {
	key, err := hostKey("https", host)
	if err != nil {
		return &BlockedError{Method: "connect", Host: host, Reason: "it isn't a host name"}
	}
	for {
		w, mine := c.claim(key)
		if mine {
			c.fill(ctx, key, w)
			return w.err
		}
		select {
		case <-w.done:
		case <-ctx.Done():
			return c.explain(ctx, ctx, ctx.Err(), phaseStart, 0)
		}
		// The one who opened it may have been canceled; we weren't.
		if network, _ := c.Classify(w.err); network != evidence.Canceled || ctx.Err() != nil || c.life.Err() != nil {
			return w.err
		}
	}
}

// claim finds the connection for a host; mine says that it is new and the caller
// has to fill it.
func (c *Client) claim(key string) (w *warmConn, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w = c.warm[key]
	if w == nil || w.dead() {
		w, mine = &warmConn{done: make(chan struct{})}, true
		c.warm[key] = w
	}
	return w, mine
}

// dead says whether an attempt is over and left nothing that can be used.
func (w *warmConn) dead() bool {
	select {
	case <-w.done:
		return w.conn == nil || w.conn.Err() != nil
	default:
		return false
	}
}

func (c *Client) fill(ctx context.Context, key string, w *warmConn) {
	tries := repeater{}
	for {
		w.conn, w.err = c.open(ctx, key)
		if w.err == nil {
			break
		}
		wait, again := tries.afterFailure(ctx, w.err)
		if !again || pause(ctx, wait) != nil {
			break
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(w.done) // under the lock, so that Close can't miss the connection
	if w.err == nil && c.life.Err() != nil {
		_ = w.conn.Close()
		w.conn, w.err = nil, &Error{Network: evidence.Canceled, Detail: "the client was closed", Err: net.ErrClosed}
	}
	if w.err != nil && c.warm[key] == w {
		delete(c.warm, key)
	}
}

// open makes one attempt.
func (c *Client) open(ctx context.Context, key string) (*http.ClientConn, error) {
	started := time.Now()
	meter := newProgress(c.config.Now)
	meter.reach(phaseWait)
	try, cancel := context.WithTimeoutCause(withRoute(ctx, route{target: key, meter: meter}), tryLimit, errTryLimit)
	defer cancel()
	stop := context.AfterFunc(c.life, cancel)
	defer stop()
	conn, err := c.pools.NewClientConn(meter.watch(try), "https", key)
	took := time.Since(started)
	if err != nil {
		failure := c.explain(ctx, try, err, meter.phase(), took)
		c.config.Log.Debug("no connection", "host", key, "took", took, "failure", failure.Network, "detail", failure.Detail)
		return nil, failure
	}
	c.config.Log.Debug("connection open", "host", key, "took", took)
	return conn, nil
}

// roundTrip sends a request on the warm connection to its host, if there is one
// with room, otherwise through the pool.
func (c *Client) roundTrip(r *http.Request) (*http.Response, error) {
	conn, err := c.take(r)
	if err != nil {
		return nil, err
	}
	if conn == nil {
		return c.pools.RoundTrip(r)
	}
	return firstOf(conn, c.pools, r)
}

// firstOf sends a request on a connection or, when that died unnoticed before
// anything of the request left, through the pool. Whether a request that did
// leave is repeated isn't decided here.
func firstOf(conn, pool http.RoundTripper, r *http.Request) (*http.Response, error) {
	resp, err := conn.RoundTrip(r)
	if err == nil || !isUnsent(err) || r.Context().Err() != nil {
		return resp, err
	}
	if r, err = again(r); err != nil {
		return nil, err
	}
	return pool.RoundTrip(r)
}

// again copies a request that wasn't sent, so that it can be.
func again(r *http.Request) (*http.Request, error) {
	out := r.Clone(r.Context())
	if r.GetBody != nil {
		var err error
		if out.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// take reserves room on the warm connection for a request, after waiting for an
// attempt that is under way; nil when there is none.
func (c *Client) take(r *http.Request) (*http.ClientConn, error) {
	way := routeOf(r.Context())
	if r.URL.Scheme != "https" || way.direct && c.config.Proxy.of(route{target: way.target}) != "" {
		return nil, nil // the warm one goes through the proxy, this request must not
	}
	c.mu.Lock()
	w := c.warm[way.target]
	c.mu.Unlock()
	if w == nil {
		return nil, nil
	}
	select {
	case <-w.done:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if w.conn != nil && w.conn.Reserve() == nil {
		return w.conn, nil
	}
	if w.dead() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.warm[way.target] == w {
			delete(c.warm, way.target)
		}
		if w.conn != nil {
			_ = w.conn.Close()
		}
	}
	return nil, nil
}

// closeWarm closes what is open; attempts under way close themselves.
func (c *Client) closeWarm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, w := range c.warm {
		select {
		case <-w.done:
			if w.conn != nil {
				_ = w.conn.Close()
			}
			delete(c.warm, key)
		default:
		}
	}
}

// isUnsent says whether a connection was found closed before anything of the
// request left. net/http has no types for it.
func isUnsent(err error) bool {
	return slices.Contains([]string{
		"http: server closed idle connection",
		"http2: client conn is closed",
		"http2: client conn not usable",
		"http2: client conn could not be established",
		"http2: Transport received Server's graceful shutdown GOAWAY",
	}, innermost(err).Error())
}

func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
