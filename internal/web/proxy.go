package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"armpreflight/internal/secret"
)

// Proxy says which requests go through which proxy. The zero value sends all of
// them directly. It prints without its credentials.
type Proxy struct {
	// URL is the proxy without credentials: HTTP, HTTPS, socks5 or socks5h; nil
	// means none.
	URL *url.URL
	// Bypass are the agent's exceptions, see For.
	Bypass []*regexp.Regexp
	// NoProxy are the exceptions in the syntax of the variable NO_PROXY.
	NoProxy string
	// Source says where the setting comes from: "agent", or the variable's name.
	Source string

	user     string
	password secret.Text
	skipped  []string // bypass entries that aren't regular expressions, each with the reason
}

// AgentProxy is what the agent was told about its proxy: Agent.ProxyUrl,
// ProxyUsername, ProxyPassword and ProxyBypassList.
type AgentProxy struct {
	URL, User string
	Password  secret.Text
	Bypass    []string // regular expressions
}

// maxBypass is how many bypass entries of the agent are used. One of them may become a large expression.
const maxBypass = 500

// ProxyFrom reads the agent's proxy or, when it has none, HTTPS_PROXY and
// NO_PROXY through getenv, in capitals first. No proxy is the zero value. The
// error doesn't quote the address, which may hold a password. A bypass entry
// that isn't a regular expression is left out; New logs it.
func ProxyFrom(agent AgentProxy, getenv func(string) string) (Proxy, error) {
	if agent.URL != "" {
		p, err := parseProxy(agent.URL, "agent")
		if err != nil {
			return Proxy{}, err
		}
		if agent.User != "" {
			p.user, p.password = agent.User, agent.Password
		}
		if n := len(agent.Bypass) - maxBypass; n > 0 {
			p.skipped = append(p.skipped, fmt.Sprintf("%d entries beyond the first %d", n, maxBypass))
		}
		for _, entry := range agent.Bypass[:min(len(agent.Bypass), maxBypass)] {
			expression, err := regexp.Compile("(?i)" + entry)
			if err != nil {
				p.skipped = append(p.skipped, fmt.Sprintf("%q: %v", entry, err))
				continue
			}
			if entry != "" { // it would match every address
				p.Bypass = append(p.Bypass, expression)
			}
		}
		return p, nil
	}
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		value := getenv(name)
		if value == "" {
			continue
		}
		p, err := parseProxy(value, name)
		if err != nil {
			return Proxy{}, err
		}
		p.NoProxy = getenv("NO_PROXY")
		if p.NoProxy == "" {
			p.NoProxy = getenv("no_proxy")
		}
		return p, nil
	}
	return Proxy{}, nil
}

// parseProxy reads a proxy address more patiently than URL.Parse, which takes
// "http://user:se cret@proxy:8080" for a proxy named HTTP and gives up on a stray
// percent sign: people write their passwords unescaped.
func parseProxy(value, source string) (Proxy, error) {
	bad := func(why string) (Proxy, error) {
		return Proxy{}, fmt.Errorf("the proxy URL of %s can't be used: %s", source, why)
	}
	p := Proxy{Source: source}
	rest := strings.TrimSpace(value)
	scheme := "http"
	if before, after, ok := strings.Cut(rest, "://"); ok && isScheme(before) {
		scheme, rest = strings.ToLower(before), after
	}
	switch scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return bad("its scheme isn't HTTP, HTTPS, or SOCKS5")
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		user, password, _ := strings.Cut(rest[:i], ":")
		p.user, p.password = unescape(user), secret.New(unescape(password))
		rest = rest[i+1:]
	}
	rest, _, _ = strings.Cut(rest, "/")
	u, err := url.Parse(scheme + "://" + rest)
	if err != nil || u.Host != rest || u.Hostname() == "" || strings.ContainsAny(u.Hostname(), " \t\r\n,;\"'<>\\^`{|}") {
		return bad("it has no usable host")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return bad("its port isn't a number from 1 to 65535")
		}
	}
	p.URL = &url.URL{Scheme: scheme, Host: strings.TrimSuffix(u.Host, ":")}
	return p, nil
}

// isScheme says whether text can be the scheme of a URL (RFC 3986, section 3.1).
func isScheme(text string) bool {
	for i, r := range text {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", r)) {
			return false
		}
	}
	return text != ""
}

func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// For gives the proxy for an address, with its credentials; nil means directly.
// Loopback and link-local addresses never go to a proxy. Each expression of
// Bypass is matched against scheme://host[:port], where the port shows only if it
// isn't the scheme's own, as the agent does (microsoft/azure-pipelines-agent
// src/Microsoft.VisualStudio.Services.Agent/VstsAgentWebProxy.cs), and against
// the whole address without its query, as task-lib does.
func (p Proxy) For(u *url.URL) *url.URL {
	if p.URL == nil || u == nil || isLocal(u.Hostname()) {
		return nil
	}
	whole := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	port := u.Port()
	if port == "443" && u.Scheme == "https" || port == "80" && u.Scheme == "http" {
		whole.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	origin := whole.Scheme + "://" + whole.Host
	for _, expression := range p.Bypass {
		if expression.MatchString(origin) || expression.MatchString(whole.String()) {
			return nil
		}
	}
	if p.NoProxy != "" {
		const anyProxy = "http://proxy.invalid"
		config := httpproxy.Config{HTTPProxy: anyProxy, HTTPSProxy: anyProxy, NoProxy: p.NoProxy}
		if through, err := config.ProxyFunc()(&url.URL{Scheme: u.Scheme, Host: u.Host}); err == nil && through == nil {
			return nil
		}
	}
	proxy := *p.URL
	if p.user != "" || !p.password.IsZero() {
		proxy.User = url.UserPassword(p.user, p.password.Reveal())
	}
	return &proxy
}

// String gives the proxy's address, or "" when there is none.
func (p Proxy) String() string {
	if p.URL == nil {
		return ""
	}
	return p.URL.Scheme + "://" + p.URL.Host
}

// GoString is String, so that %#v shows no credentials either.
func (p Proxy) GoString() string { return p.String() }

// of gives host:port of the proxy that a route uses; "" when it goes directly.
func (p Proxy) of(r route) string {
	if r.direct {
		return ""
	}
	if proxy := p.For(&url.URL{Scheme: "https", Host: r.target, Path: "/"}); proxy != nil {
		return proxy.Host
	}
	return ""
}

// proxy is the Proxy function of the transport. For a warm connection it's
// called with an address that has lost its port, so the route's own counts.
func (c *Client) proxy(r *http.Request) (*url.URL, error) {
	way := routeOf(r.Context())
	if way.direct || r.URL.Scheme != "https" {
		return nil, nil
	}
	u := *r.URL
	if way.target != "" {
		u.Host = way.target
	}
	return c.config.Proxy.For(&u), nil
}

// ProxyAuthenticationError is a proxy that wants other credentials (407).
// Repeating the request changes nothing.
type ProxyAuthenticationError struct {
	Proxy   string   // host:port
	Schemes []string // what it accepts, for example "Basic", "Negotiate"
}

func (e *ProxyAuthenticationError) Error() string {
	text := fmt.Sprintf("proxy %s answered 407", e.Proxy)
	if len(e.Schemes) > 0 {
		text += ", it accepts " + strings.Join(e.Schemes, ", ")
	}
	return text
}

// NonRetriable tells azcore not to repeat the request.
func (e *ProxyAuthenticationError) NonRetriable() {}

// ProxyRefusedError is a proxy that didn't open the way, for another reason.
type ProxyRefusedError struct {
	Proxy  string // host:port
	Target string // host:port
	Status int
}

func (e *ProxyRefusedError) Error() string {
	return fmt.Sprintf("proxy %s answered %d to CONNECT %s", e.Proxy, e.Status, e.Target)
}

// proxyAnswer reads a proxy's answer to CONNECT. net/http itself would keep
// only the words of the status line.
func proxyAnswer(_ context.Context, proxy *url.URL, connect *http.Request, answer *http.Response) error {
	switch answer.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusProxyAuthRequired:
		e := &ProxyAuthenticationError{Proxy: proxy.Host}
		for _, value := range answer.Header.Values("Proxy-Authenticate") {
			scheme, _, _ := strings.Cut(strings.TrimSpace(value), " ")
			if len(e.Schemes) < 5 && len(scheme) <= 30 && isScheme(scheme) {
				e.Schemes = append(e.Schemes, scheme)
			}
		}
		return e
	}
	return &ProxyRefusedError{Proxy: proxy.Host, Target: connect.Host, Status: answer.StatusCode}
}
