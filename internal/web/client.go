// Package web is the one HTTP client of this program: it decides where
// requests can go, through which proxy, how often and for how long, and it keeps what
// was seen of each exchange as evidence.
//
// A request that leaves this package goes to a host that its [Rule] lists, by
// HTTPS (or to a loopback or link-local address for a managed identity), changes
// nothing at the other end, and is never carried on by a redirect. Certificates
// are always verified (docs/adr/0004-one-client.md).
//
// It knows no service's protocol, reads no environment variable of its own
// accord, follows no redirect, keeps no cookie and writes no file.
package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
)

const (
	dialLimit      = 5 * time.Second  // one TCP connection, name lookup included
	handshakeLimit = 5 * time.Second  // one TLS handshake
	tryLimit       = 10 * time.Second // one try of one request, body included
	pingAfter      = 5 * time.Second  // silence on an HTTP/2 connection until it's pinged
	pingLimit      = 3 * time.Second  // and how long the sign may take
)

// Config says how a client reaches the network. The zero value goes directly,
// trusts the system's certificate authorities and uses the real clock.
type Config struct {
	// Proxy is called for every HTTPS request; the zero value goes directly.
	Proxy Proxy
	// Roots are the trusted certificate authorities, for services and for an
	// HTTPS proxy alike; nil means those of the system.
	Roots *Roots
	// Dial opens TCP connections; nil means a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Now is the machine's clock as the skew is measured against it; nil means
	// time.Now. Deadlines and waits always use the real clock.
	Now func() time.Time
	// Log gets one debug line a try, and warnings about settings that can't be
	// used; nil means nowhere.
	Log *slog.Logger
	// Redact takes secrets out of what becomes evidence, which is cut to size: half
	// a secret isn't found later. Nil takes out nothing.
	Redact secret.Filter
	// Match notes in the evidence of a refusal what it is, before it's asked whether to repeat the request. Nil: the status alone says.
	Match func(*evidence.Evidence) evidence.Match
	// UserAgent is sent where the caller of a request sets none.
	UserAgent string
}

// Client holds the connections of one run. It is safe for concurrent use.
type Client struct {
	config Config
	pools  *pools
	wire   http.RoundTripper // warm connections, then pools; replaced by tests
	skew   skewMeter
	large  chan struct{} // holds one while a large answer is in memory

	// life ends with Close; dials and warm-ups end with it, whichever call started them.
	life context.Context
	end  context.CancelFunc

	mu   sync.Mutex
	warm map[string]*warmConn // by host:port; guarded by mu
}

// New makes a client. It opens no connection.
func New(config Config) *Client {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Roots == nil {
		config.Roots = TrustOnly(nil)
	}
	if config.Dial == nil {
		dialer := &net.Dialer{
			Timeout:        dialLimit,
			FallbackDelay:  100 * time.Millisecond, // an IPv6 that swallows packets costs this much, not 300 ms
			ControlContext: refuseDistant,
		}
		config.Dial = dialer.DialContext
	}
	for _, problem := range config.Proxy.skipped {
		config.Log.Warn("a proxy bypass entry is ignored", "problem", problem)
	}

	c := &Client{config: config, warm: map[string]*warmConn{}, large: make(chan struct{}, 1)}
	c.life, c.end = context.WithCancel(context.Background())
	c.pools = &pools{all: c.newTransport(config.Roots.all)}
	if config.Roots.first != nil {
		c.pools.first = c.newTransport(config.Roots.first)
	}
	c.wire = roundTripper(c.roundTrip)
	return c
}

// For gives the client for one kind of request. Redirects come back as answers.
// Several clients of one Client share connections, roots and skew.
func (c *Client) For(rule Rule) *http.Client {
	return &http.Client{
		Transport:     &transport{client: c, guard: newGuard(rule, c.config.Log)},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Close ends all connections, also those that Open is still opening. Requests
// after it fail. It is for the end of a run, when no request is under way.
func (c *Client) Close() {
	c.end()
	c.closeWarm()
	c.pools.CloseIdleConnections()
}

// dial opens one TCP connection, unless the client was closed. http.Transport
// dials apart from the request that caused it, so that a canceled request alone
// would leave the attempt running.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(c.life, cancel)
	defer stop()
	conn, err := c.config.Dial(ctx, network, address)
	if err == nil {
		routeOf(ctx).meter.reach(phaseConnected)
	}
	return conn, err
}

// route travels with a request to the places where http.Transport no longer
// knows what the connection is for.
type route struct {
	target string // host:port
	direct bool   // never through a proxy
	local  bool   // plain HTTP: only a loopback or link-local address may be dialled
	meter  *progress
}

type routeKey struct{}

func withRoute(ctx context.Context, r route) context.Context {
	return context.WithValue(ctx, routeKey{}, r)
}

func routeOf(ctx context.Context) route {
	r, _ := ctx.Value(routeKey{}).(route)
	return r
}

// refuseDistant stops a plain request whose name resolved to an address of
// another machine: "localhost" is only a name.
func refuseDistant(ctx context.Context, _, address string, _ syscall.RawConn) error {
	if r := routeOf(ctx); r.local && !isLocal(withoutPort(address)) {
		return &BlockedError{Method: "connect", Host: r.target, Reason: "it leads to " + address + ", which isn't on this machine or its own link"}
	}
	return nil
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
