package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/evidence"
)

func TestOnlyWhatTheRuleAllowsReachesTheWire(t *testing.T) {
	rule := Rule{
		Service: evidence.ARM,
		Hosts:   []string{"management.azure.com", "Stack.Contoso.Local:30024"},
		Plain:   []string{"169.254.169.254", "localhost:40342", "127.0.0.1:8081", "[fe80::1]:80", "[::ffff:127.0.0.1]", "metadata.contoso.com", "10.0.0.4", "0.0.0.0"},
		Post:    func(u *url.URL) bool { return strings.HasSuffix(u.Path, "/oauth2/v2.0/token") },
	}
	tests := []struct {
		name            string
		method, address string
		change          func(*http.Request)
		reason          string // "" = sent
	}{
		{name: "a GET to a listed host", address: "https://management.azure.com/subscriptions?api-version=1"},
		{name: "the same host in capitals and with its own port", address: "https://MANAGEMENT.azure.com:443/"},
		{name: "a listed host with a listed port", address: "https://stack.contoso.local:30024/"},
		{name: "a HEAD", method: "HEAD", address: "https://management.azure.com/"},
		{name: "an OPTIONS", method: "OPTIONS", address: "https://management.azure.com/"},
		{name: "a method left empty, which is GET", address: "https://management.azure.com/", change: func(r *http.Request) { r.Method = "" }},
		{name: "a POST that is a token request", method: "POST", address: "https://management.azure.com/t/oauth2/v2.0/token"},
		{name: "the metadata service by http", address: "http://169.254.169.254/metadata/identity/oauth2/token"},
		{name: "the metadata service with its port written", address: "http://169.254.169.254:80/metadata"},
		{name: "a loopback identity endpoint", address: "http://127.0.0.1:8081/msi/token"},
		{name: "localhost as Azure Arc writes it", address: "http://localhost:40342/metadata"},
		{name: "a link-local IPv6 address", address: "http://[fe80::1]/metadata"},
		{name: "loopback written as IPv6", address: "http://[::ffff:127.0.0.1]/metadata"},

		{name: "a foreign host", address: "https://evil.example/", reason: "isn't on the list"},
		{name: "a subdomain of a listed host", address: "https://x.management.azure.com/", reason: "isn't on the list"},
		{name: "a host that ends like a listed one", address: "https://xmanagement.azure.com/", reason: "isn't on the list"},
		{name: "a listed host with a dot behind it", address: "https://management.azure.com./", reason: "isn't on the list"},
		{name: "a listed host on another port", address: "https://management.azure.com:8443/", reason: "isn't on the list"},
		{name: "a listed host without its listed port", address: "https://stack.contoso.local/", reason: "isn't on the list"},
		{name: "an address for http that is asked by https", address: "https://169.254.169.254/", reason: "isn't on the list"},
		{name: "http to an https host", address: "http://management.azure.com/", reason: "only HTTPS"},
		{name: "http to another port of an allowed address", address: "http://127.0.0.1:8082/", reason: "only HTTPS"},
		{name: "http to a name that was listed as plain", address: "http://metadata.contoso.com/", reason: "only HTTPS"},
		{name: "http to a private address that was listed as plain", address: "http://10.0.0.4/", reason: "only HTTPS"},
		{name: "http to the unspecified address that was listed as plain", address: "http://0.0.0.0/", reason: "only HTTPS"},
		{name: "another scheme", address: "ftp://management.azure.com/", reason: "only HTTPS"},
		{name: "a POST that is no token request", method: "POST", address: "https://management.azure.com/providers/X/register", reason: "token requests only"},
		{name: "a PUT", method: "PUT", address: "https://management.azure.com/", reason: "could change data"},
		{name: "a PATCH", method: "PATCH", address: "https://management.azure.com/", reason: "could change data"},
		{name: "a DELETE", method: "DELETE", address: "https://management.azure.com/", reason: "could change data"},
		{name: "a method in small letters", method: "post", address: "https://management.azure.com/t/oauth2/v2.0/token", reason: "could change data"},
		{name: "a token request that asks to be a change", method: "POST", address: "https://management.azure.com/t/oauth2/v2.0/token", reason: "X-HTTP-Method-Override",
			change: func(r *http.Request) { r.Header.Set("X-HTTP-Method-Override", "PATCH") }},
		{name: "the same by the name that Microsoft's services know", method: "POST", address: "https://management.azure.com/t/oauth2/v2.0/token", reason: "X-HTTP-Method ",
			change: func(r *http.Request) { r.Header.Set("x-http-method", "DELETE") }},
		{name: "the same by a third name", address: "https://management.azure.com/", reason: "X-Method-Override",
			change: func(r *http.Request) { r.Header.Set("X-Method-Override", "DELETE") }},
		{name: "a Host header left empty, which is the address's host", address: "https://management.azure.com/", change: func(r *http.Request) { r.Host = "" }},
		{name: "a Host header in capitals and with the port", address: "https://management.azure.com/", change: func(r *http.Request) { r.Host = "MANAGEMENT.azure.com:443" }},
		{name: "a Host header with another port", address: "https://management.azure.com/", reason: "Host header",
			change: func(r *http.Request) { r.Host = "management.azure.com:8443" }},
		{name: "a Host header that is not a host", address: "https://management.azure.com/", reason: "Host header",
			change: func(r *http.Request) { r.Host = "[management.azure.com" }},
		{name: "another Host header", address: "https://management.azure.com/", reason: "Host header",
			change: func(r *http.Request) { r.Host = "evil.example" }},
		{name: "a request line with another address", address: "https://management.azure.com/", reason: "has no path",
			change: func(r *http.Request) { r.URL.Opaque = "//evil.example/" }},
		{name: "credentials in the address", address: "https://user:pass@management.azure.com/", reason: "credentials"},
		{name: "an address without a host", address: "https://management.azure.com/", reason: "no usable host",
			change: func(r *http.Request) { r.URL.Host = "" }},
		{name: "an address with a port alone", address: "https://management.azure.com/", reason: "no usable host",
			change: func(r *http.Request) { r.URL.Host = ":443" }},
		{name: "a host that can't be read", address: "https://management.azure.com/", reason: "no usable host",
			change: func(r *http.Request) { r.URL.Host = "[management.azure.com" }},
		{name: "a host that is none", address: "https://management.azure.com/", reason: "no usable host",
			change: func(r *http.Request) { r.URL.Host = "management.azure.com/@evil.example" }},
		{name: "a body that no token request can have", method: "POST", address: "https://management.azure.com/t/oauth2/v2.0/token", reason: "larger than",
			change: func(r *http.Request) {
				*r = *httptest.NewRequest("POST", r.URL.String(), bytes.NewReader(make([]byte, requestBodyLimit+1)))
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sent := 0
			c := offline(t, Config{}, func(*http.Request) (*http.Response, error) {
				sent++
				return answer(200, "{}"), nil
			})
			ctx, trace := Record(t.Context())
			r := request(t, ctx, tt.method, tt.address, "")
			if tt.change != nil {
				tt.change(r)
				r = r.WithContext(ctx)
			}
			resp, err := c.For(rule).Transport.RoundTrip(r)
			ev, seen := trace.Evidence()
			require.True(t, seen)
			if tt.reason == "" {
				require.NoError(t, err)
				assert.Equal(t, 200, resp.StatusCode)
				assert.Equal(t, 1, sent)
				assert.Equal(t, evidence.None, ev.Network)
				return
			}
			assert.Nil(t, resp)
			assert.Zero(t, sent, "the request reached the wire")
			blocked, ok := errors.AsType[*BlockedError](err)
			require.True(t, ok, "%v", err)
			assert.Contains(t, blocked.Reason, tt.reason)
			assert.NotContains(t, err.Error(), "pass")
			assert.Equal(t, evidence.HostNotAllowed, ev.Network)
			network, detail := new(Client).Classify(err)
			assert.Equal(t, evidence.HostNotAllowed, network)
			assert.Equal(t, blocked.Reason, detail)
		})
	}
}

func TestABlockedRequestSaysWhatItWas(t *testing.T) {
	assert.EqualError(t, &BlockedError{Method: "PUT", Scheme: "https", Host: "management.azure.com", Reason: "the method could change data"},
		`PUT "https://management.azure.com" wasn't sent: the method could change data`)
	assert.EqualError(t, &BlockedError{Method: "connect", Host: "localhost:80", Reason: "it leads elsewhere"}, `connect "localhost:80" wasn't sent: it leads elsewhere`)
}

func TestARuleWithoutTokenRequestsAllowsNoPOST(t *testing.T) {
	c := offline(t, Config{}, func(*http.Request) (*http.Response, error) { panic("sent") })
	_, err := c.For(Rule{Hosts: []string{"management.azure.com"}}).Do(request(t, t.Context(), "POST", "https://management.azure.com/t/oauth2/v2.0/token", ""))
	blocked, ok := errors.AsType[*BlockedError](err)
	require.True(t, ok, "%v", err)
	assert.Contains(t, blocked.Reason, "token requests only")
}

func TestWhatIsNotAHostIsOnNoList(t *testing.T) {
	for _, host := range []string{"", ":443", "[::1", "a b", "%zz", "user@management.azure.com", "management.azure.com/path", "management.azure.com?q", "management.azure.com#f", "https://management.azure.com", "management.azure.com:port"} {
		key, err := hostKey("https", host)
		assert.Error(t, err, host)
		assert.Empty(t, key, host)
		g := newGuard(Rule{Hosts: []string{host}, Plain: []string{host}}, slog.New(slog.DiscardHandler))
		assert.Empty(t, g.hosts, host)
		assert.Empty(t, g.plain, host)
	}
}

func TestARequestTravelsAsItsRuleSays(t *testing.T) {
	for name, test := range map[string]struct {
		noProxy bool
		address string
		want    route
	}{
		"https, through the proxy":        {address: "https://Management.azure.com/", want: route{target: "management.azure.com:443"}},
		"https, without the proxy":        {noProxy: true, address: "https://management.azure.com/", want: route{target: "management.azure.com:443", direct: true}},
		"plain, always without the proxy": {address: "http://localhost:8081/", want: route{target: "localhost:8081", direct: true, local: true}},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := url.Parse(test.address)
			require.NoError(t, err)
			assert.Equal(t, test.want, guard{Rule: Rule{NoProxy: test.noProxy}}.route(u))
		})
	}
}

func TestOnlyLoopbackAndLinkLocalAddressesAreLocal(t *testing.T) {
	for _, host := range []string{"localhost", "LOCALHOST", "127.0.0.1", "127.255.255.255", "::1", "169.254.169.254", "fe80::1", "::ffff:169.254.1.1"} {
		assert.True(t, isLocal(host), host)
	}
	for _, host := range []string{"", "localhost.evil.example", "xlocalhost", "127.0.0.1.evil.example", "127.1", "0x7f000001", "2130706433", "128.0.0.1", "169.253.255.255", "169.255.0.1",
		"10.0.0.4", "192.168.0.1", "0.0.0.0", "::", "fec0::1", "fd00::1", "::ffff:10.0.0.1"} {
		assert.False(t, isLocal(host), host)
	}
}

func TestTheZeroRuleAllowsNothing(t *testing.T) {
	c := offline(t, Config{}, func(*http.Request) (*http.Response, error) { panic("sent") })
	_, err := get(t, t.Context(), c.For(Rule{}), "https://management.azure.com/")
	_, ok := errors.AsType[*BlockedError](err)
	assert.True(t, ok)
}

func TestAnUnusableEntryOfARuleIsLogged(t *testing.T) {
	var out bytes.Buffer
	c := online(t, Config{Log: slog.New(slog.NewTextHandler(&out, nil))})
	c.For(Rule{Hosts: []string{"https://management.azure.com"}, Plain: []string{"10.0.0.4", "127.0.0.1"}})
	assert.Contains(t, out.String(), "https://management.azure.com")
	assert.Contains(t, out.String(), "10.0.0.4")
	assert.NotContains(t, out.String(), "127.0.0.1")
}

func TestOurErrorsEndTheRetriesOfAzcore(t *testing.T) {
	for _, err := range []error{&BlockedError{}, &TooLargeError{}, &ProxyAuthenticationError{}, &Error{Err: errors.New("x")}} {
		_, ok := errors.AsType[interface {
			error
			NonRetriable()
		}](err)
		assert.True(t, ok, "%T", err)
	}
}

func TestARedirectIsAnAnswer(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	foreign := newSite(t, ca.issue(t, nil, "evil.example"), false, hello)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, location := range []string{"https://evil.example/token", "https://login.example/elsewhere", "https://%zz"} {
			login := newSite(t, ca.issue(t, nil, "login.example"), false, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", location)
				w.WriteHeader(status)
			})
			c := online(t, Config{Roots: ca.roots(), Dial: dialTo(map[string]string{"login.example:443": login.address, "evil.example:443": foreign.address})})
			client := c.For(Rule{
				Service: evidence.Entra, Hosts: []string{"login.example", "evil.example"}, // even where both are allowed
				Post: func(*url.URL) bool { return true },
			})
			ctx, trace := Record(t.Context())
			r := request(t, ctx, http.MethodPost, "https://login.example/token", "client_secret=TOPSECRET")
			r.Header.Set("Authorization", "Bearer TOPSECRET")
			resp, err := client.Do(r)
			require.NoError(t, err, "%d to %s", status, location)
			assert.Equal(t, status, resp.StatusCode)
			assert.EqualValues(t, 1, login.requests.Load())
			assert.Zero(t, foreign.requests.Load())
			assert.Zero(t, foreign.connections.Load())
			ev, _ := trace.Evidence()
			assert.Equal(t, status, ev.Status)
			c.Close()
		}
	}
}

func TestANameInPlainMustLeadToThisMachine(t *testing.T) {
	ctx := withRoute(context.Background(), route{target: "localhost:80", local: true})
	for _, address := range []string{"127.0.0.1:80", "[::1]:80", "169.254.169.254:80"} {
		assert.NoError(t, refuseDistant(ctx, "tcp", address, nil), address)
	}
	err := refuseDistant(ctx, "tcp", "203.0.113.7:80", nil)
	_, blocked := errors.AsType[*BlockedError](err)
	assert.True(t, blocked)
	assert.NoError(t, refuseDistant(withRoute(context.Background(), route{}), "tcp", "203.0.113.7:443", nil), "https may go anywhere")

	_, err = online(t, Config{}).dial(ctx, "tcp", "203.0.113.7:80")
	_, blocked = errors.AsType[*BlockedError](err)
	assert.True(t, blocked, "the client's own dialler asks: %v", err)
}

func TestPlainHTTPWorksOnLoopback(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(hello))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	for _, host := range []string{u.Host, "localhost:" + u.Port()} {
		c := online(t, Config{})
		resp, err := get(t, t.Context(), c.For(Rule{Service: evidence.ManagedIdentity, Plain: []string{host}}), "http://"+host+"/")
		require.NoError(t, err, host)
		assert.Equal(t, 200, resp.StatusCode)
	}
}
