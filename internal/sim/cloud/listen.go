package cloud

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Listener is a Cloud on the loopback network: TLS (HTTP/1.1 and HTTP/2) with certificates of its own authority, and
// plain HTTP. Close it after use.
type Listener struct {
	CAPEM []byte // the authority's certificate

	cloud         *Cloud
	secure, plain net.Listener
	trusted       *ca
	foreign       *ca // signs where a host is Untrusted

	mu      sync.Mutex
	breaks  map[string]Break
	tunnels []Tunnel
	closers []io.Closer
	open    map[net.Conn]bool // tunnels in use
	closed  bool
	done    sync.WaitGroup
}

// Listen opens the loopback ports.
func (c *Cloud) Listen() (*Listener, error) {
	l := &Listener{cloud: c, breaks: map[string]Break{}, open: map[net.Conn]bool{}}
	var err error
	if l.trusted, err = newCA("Simulated Azure CA"); err != nil {
		return nil, err
	}
	if l.foreign, err = newCA("Simulated TLS Inspection CA"); err != nil {
		return nil, err
	}
	l.CAPEM = l.trusted.pem()
	if l.secure, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("listen for TLS on loopback: %w", err)
	}
	if l.plain, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, errors.Join(fmt.Errorf("listen for HTTP on loopback: %w", err), l.secure.Close())
	}
	secure := l.server(c)
	secure.TLSConfig = &tls.Config{GetCertificate: l.certificate, MinVersion: tls.VersionTLS12}
	plain := l.server(c)
	l.run(secure, func() error { return secure.ServeTLS(l.secure, "", "") })
	l.run(plain, func() error { return plain.Serve(l.plain) })
	return l, nil
}

func (l *Listener) server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ErrorLog: quiet(), ReadHeaderTimeout: 30 * time.Second,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) }}
}

// quiet: a client that refuses our certificate is a scenario, not news.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

type connKey struct{}

// abort ends a request without an answer, and with it the connection, whatever the version of HTTP.
func abort(ctx context.Context) {
	switch c := ctx.Value(connKey{}).(type) {
	case *tls.Conn:
		_ = c.NetConn().Close()
	case net.Conn:
		_ = c.Close()
	}
	panic(http.ErrAbortHandler)
}

func (l *Listener) run(s *http.Server, serve func() error) {
	l.mu.Lock()
	l.closers = append(l.closers, s)
	l.mu.Unlock()
	l.done.Go(func() { _ = serve() }) // always http.ErrServerClosed, or the listener's own end
}

// Close ends every connection and frees the ports.
func (l *Listener) Close() error {
	l.mu.Lock()
	l.closed = true
	closers := slices.Clone(l.closers)
	for conn := range l.open {
		closers = append(closers, conn)
	}
	l.mu.Unlock()
	var all []error
	for _, c := range closers {
		if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			all = append(all, err)
		}
	}
	l.done.Wait()
	return errors.Join(all...)
}

// Dial connects to the cloud whatever the address: port 80 to its plain side, every other to TLS. Loopback addresses are
// dialled as they are, so that a proxy or an identity endpoint can be reached through it.
func (l *Listener) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	if isLoopback(host) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	failure := l.broken(host)
	if failure == Works && host == metadataHost && !l.onAzure() {
		failure = NoRoute
	}
	if err := failure.dialError(ctx, network, host); err != nil {
		return nil, err
	}
	target := l.secure
	if port == "80" || failure == NotTLS {
		target = l.plain
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", target.Addr().String())
	if err != nil || failure != Reset {
		return conn, err
	}
	return &resetConn{Conn: conn}, nil
}

func (l *Listener) onAzure() bool {
	l.cloud.mu.RLock()
	defer l.cloud.mu.RUnlock()
	return l.cloud.world.Machine.Azure
}

func (l *Listener) broken(host string) Break {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.breaks[hostname(host)]
}

// Break makes a host fail from now on, for Dial and through a proxy; Works repairs it. Connections that are open stay.
func (l *Listener) Break(host string, b Break) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.breaks[hostname(host)] = b
}

// certificate chooses by the name that the client asks for.
func (l *Listener) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	host := cmp.Or(hostname(hello.ServerName), "127.0.0.1")
	switch l.broken(host) {
	case Untrusted:
		return l.foreign.leaf(host, caFrom, caTo)
	case ExpiredTLS:
		return l.trusted.leaf(host, caFrom, time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC))
	case WrongHostname:
		return l.trusted.leaf("portal.invalid", caFrom, caTo)
	}
	return l.trusted.leaf(host, caFrom, caTo)
}

// IdentityEndpoint is the value for IDENTITY_ENDPOINT: the App Service form of a managed identity, on plain HTTP loopback.
// It answers when World.Machine.IdentityHeader is set.
func (l *Listener) IdentityEndpoint() string {
	return "http://" + l.plain.Addr().String() + identityPath
}
