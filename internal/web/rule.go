package web

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"armpreflight/internal/evidence"
)

// Rule says what one kind of request may do. The zero value allows nothing.
type Rule struct {
	// Service is named in the evidence.
	Service evidence.Service
	// Hosts can be reached by HTTPS: exact names, with a port if it isn't 443.
	Hosts []string
	// Plain can be reached by HTTP: exact host[:port], loopback, link-local or
	// "localhost" only. Any other entry is left out with a warning.
	Plain []string
	// Post says which POSTs are token requests; nil allows none. Everything but
	// these, GET, HEAD and OPTIONS is blocked.
	Post func(*url.URL) bool
	// NoProxy keeps these requests away from any proxy. Plain ones never go to one.
	NoProxy bool
	// Local may answer a request without the network; false passes it on. Such an
	// answer isn't recorded. Nil answers none.
	Local func(*http.Request) (*http.Response, bool)
	// Tries is how often a request is sent at most; 0 means as often as transient
	// failures come back before the context's deadline.
	Tries int
	// Pace is shared by requests that count against one limit; nil sets none.
	Pace *Pace
	// Body is the size limit of an answer in bytes, decompressed; 0 means that of
	// all others, 4 MiB.
	Body int
}

// BlockedError is a request that wasn't sent because its Rule doesn't allow
// it. Repeating it changes nothing.
type BlockedError struct {
	Method, Scheme, Host string // Host with its port, if one was given
	Reason               string
}

func (e *BlockedError) Error() string {
	where := e.Host
	if e.Scheme != "" {
		where = e.Scheme + "://" + e.Host
	}
	return fmt.Sprintf("%s %q wasn't sent: %s", e.Method, where, e.Reason)
}

// NonRetriable tells azcore not to repeat the request.
func (e *BlockedError) NonRetriable() {}

// guard is a Rule, ready for use.
type guard struct {
	Rule
	hosts, plain map[string]bool // host:port in lower case
}

func newGuard(rule Rule, log *slog.Logger) guard {
	g := guard{Rule: rule, hosts: map[string]bool{}, plain: map[string]bool{}}
	for _, host := range rule.Hosts {
		key, err := hostKey("https", host)
		if err != nil {
			log.Warn("a host can't be used", "host", host, "problem", err)
			continue
		}
		g.hosts[key] = true
	}
	for _, host := range rule.Plain {
		key, err := hostKey("http", host)
		if err == nil && !isLocal(withoutPort(key)) {
			err = fmt.Errorf("%q isn't a loopback or link-local address", host)
		}
		if err != nil {
			log.Warn("an address for plain HTTP can't be used", "host", host, "problem", err)
			continue
		}
		g.plain[key] = true
	}
	return g
}

// check says why a request may not be sent; nil means it may.
func (g guard) check(r *http.Request) error {
	blocked := func(reason string) error {
		return &BlockedError{Method: methodOf(r), Scheme: r.URL.Scheme, Host: r.URL.Host, Reason: reason}
	}
	key, err := hostKey(r.URL.Scheme, r.URL.Host)
	if err != nil {
		return blocked("the URL has no usable host")
	}
	switch r.URL.Scheme {
	case "https":
		if !g.hosts[key] {
			return blocked("the host isn't on the list for this request")
		}
	case "http":
		if !g.plain[key] {
			return blocked("only HTTPS is allowed here")
		}
	default:
		return blocked("only HTTPS is allowed")
	}
	// Both would let the server behind the address be another than the one checked.
	if r.URL.Opaque != "" {
		return blocked("the URL has no path")
	}
	if host, _ := hostKey(r.URL.Scheme, r.Host); r.Host != "" && host != key {
		return blocked("its Host header names another host")
	}
	if r.URL.User != nil {
		return blocked("the URL contains credentials")
	}
	switch methodOf(r) {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
	case http.MethodPost:
		if g.Post == nil || !g.Post(r.URL) {
			return blocked("a POST is allowed for token requests only")
		}
	default:
		return blocked("the method could change data")
	}
	// Azure DevOps and others take the method from such a header instead.
	for _, name := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
		if r.Header.Get(name) != "" {
			return blocked("the header " + name + " could turn it into a change")
		}
	}
	return nil
}

// route says how a checked request travels.
func (g guard) route(u *url.URL) route {
	key, _ := hostKey(u.Scheme, u.Host)
	plain := u.Scheme == "http"
	return route{target: key, direct: g.NoProxy || plain, local: plain}
}

func methodOf(r *http.Request) string {
	if r.Method == "" {
		return http.MethodGet
	}
	return r.Method
}

// hostKey gives host:port in lower case, with the scheme's port where none is
// written; "" for what isn't a host.
func hostKey(scheme, host string) (string, error) {
	u, err := url.Parse("//" + host)
	if err != nil || u.Host != host || u.Hostname() == "" {
		return "", fmt.Errorf("%q isn't a host name", host)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port), nil
}

// withoutPort gives the host of host:port; "" for anything else.
func withoutPort(address string) string {
	host, _, _ := net.SplitHostPort(address)
	return host
}

// isLocal says whether a host name or literal address stays on this machine or
// its link.
func isLocal(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	return ip.IsLoopback() || ip.IsLinkLocalUnicast()
}
