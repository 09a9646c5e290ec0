package cloud

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"sync"
	"time"
)

// Tunnel is one request to a proxy of the listener.
type Tunnel struct {
	Address string // host:port that was requested
	Plain   bool   // a plain HTTP request, not a tunnel
	Status  int    // what the proxy answered: 200, 403, 407, 502, 504; for plain requests 0 when they were passed on
}

// Proxy opens an HTTP proxy on loopback and returns its URL, without credentials. It tunnels every host to the listener
// and demands Basic authentication when user isn't empty (407). Hosts in refused are answered with 403. It panics when
// no loopback port can be opened.
func (l *Listener) Proxy(user, password string, refused ...string) (url string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("listen for a proxy on loopback: %v", err))
	}
	p := &proxy{l: l, user: user, password: password, refused: refused}
	server := l.server(p)
	l.run(server, func() error { return server.Serve(listener) })
	return "http://" + listener.Addr().String()
}

// Tunnels lists what was requested from the proxies, in the order of their answers.
func (l *Listener) Tunnels() []Tunnel {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.tunnels)
}

type proxy struct {
	l              *Listener
	user, password string
	refused        []string
}

// connectTimeout is how long the proxy tries to reach a host before it answers 504.
const connectTimeout = 5 * time.Second

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	plain := r.Method != http.MethodConnect
	note := func(status int) {
		p.l.mu.Lock()
		defer p.l.mu.Unlock()
		p.l.tunnels = append(p.l.tunnels, Tunnel{Address: r.Host, Plain: plain, Status: status})
	}
	answer := func(status int, text string) {
		note(status)
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Server", "simproxy/1.0")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html><body><h1>"+text+"</h1></body></html>")
	}
	switch {
	case p.user != "" && !p.authorized(r):
		w.Header().Set("Proxy-Authenticate", `Basic realm="simulated proxy"`)
		answer(http.StatusProxyAuthRequired, "Proxy Authentication Required")
	case slices.Contains(p.refused, hostname(r.Host)):
		answer(http.StatusForbidden, "Access denied by policy")
	case plain && !r.URL.IsAbs():
		answer(http.StatusBadRequest, "This is a proxy")
	case plain:
		note(0)
		p.forward(w, r)
	default:
		ctx, cancel := context.WithTimeout(r.Context(), connectTimeout)
		defer cancel()
		conn, err := p.l.Dial(ctx, "tcp", r.Host)
		if err != nil {
			status := http.StatusBadGateway
			if ctx.Err() != nil {
				status = http.StatusGatewayTimeout
			}
			answer(status, "The host cannot be reached")
			return
		}
		note(http.StatusOK)
		p.tunnel(w, conn)
	}
}

func (p *proxy) authorized(r *http.Request) bool {
	// Proxy-Authorization has the form of Authorization, which net/http can read.
	_, asBasic := r.Header["Proxy-Authorization"]
	stand := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	user, password, ok := stand.BasicAuth()
	return asBasic && ok && subtle.ConstantTimeCompare([]byte(user), []byte(p.user)) == 1 &&
		subtle.ConstantTimeCompare([]byte(password), []byte(p.password)) == 1
}

// forward passes on a plain HTTP request and says, as proxies do, for which client.
func (p *proxy) forward(w http.ResponseWriter, r *http.Request) {
	transport := &http.Transport{DialContext: p.l.Dial, DisableKeepAlives: true}
	(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.Host = r.In.Host
			maps.DeleteFunc(r.Out.Header, func(name string, _ []string) bool { return name == "Proxy-Authorization" })
			r.SetXForwarded()
		},
		ErrorLog: quiet(),
	}).ServeHTTP(w, r)
}

// tunnel carries bytes both ways until either side ends.
func (p *proxy) tunnel(w http.ResponseWriter, upstream net.Conn) {
	downstream, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = upstream.Close()
		return
	}
	if !p.l.hold(upstream, downstream) {
		return
	}
	defer p.l.release(upstream, downstream)
	if _, err := io.WriteString(downstream, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(upstream, buffered) // starts with what the client sent ahead
		_ = upstream.Close()
	})
	both.Go(func() {
		_, _ = io.Copy(downstream, upstream)
		_ = downstream.Close()
	})
	both.Wait()
}

// hold remembers connections that Close must end; false when it already did.
func (l *Listener) hold(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		if l.closed {
			_ = c.Close()
			continue
		}
		l.open[c] = true
	}
	return !l.closed
}

func (l *Listener) release(conns ...net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		delete(l.open, c)
		_ = c.Close()
	}
}
