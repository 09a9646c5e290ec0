package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u
}

func TestProxySettingsAreReadPatiently(t *testing.T) {
	tests := []struct {
		name   string
		agent  AgentProxy
		env    []string
		want   string // the URL, "" = none
		user   string
		pass   string
		source string
	}{
		{name: "nothing set"},
		{name: "the agent's", agent: AgentProxy{URL: "http://proxy:8080"}, want: "http://proxy:8080", source: "agent"},
		{name: "the agent's goes first", agent: AgentProxy{URL: "http://proxy:8080/"}, env: []string{"HTTPS_PROXY", "http://other:1"}, want: "http://proxy:8080", source: "agent"},
		{name: "the agent's user and password", agent: AgentProxy{URL: "http://proxy:8080", User: `dom\user`, Password: secret.New("p@ss:w/ord%")}, want: "http://proxy:8080", user: `dom\user`, pass: "p@ss:w/ord%", source: "agent"},
		{name: "the agent's user stands above that in the address", agent: AgentProxy{URL: "http://a:b@proxy:8080", User: "c", Password: secret.New("d")}, want: "http://proxy:8080", user: "c", pass: "d", source: "agent"},
		{name: "the variable", env: []string{"HTTPS_PROXY", "https://proxy.corp:3129"}, want: "https://proxy.corp:3129", source: "HTTPS_PROXY"},
		{name: "the variable in small letters", env: []string{"https_proxy", "http://proxy:1"}, want: "http://proxy:1", source: "https_proxy"},
		{name: "capitals go first", env: []string{"https_proxy", "http://small:1", "HTTPS_PROXY", "http://capital:1"}, want: "http://capital:1", source: "HTTPS_PROXY"},
		{name: "HTTP_PROXY is for http, which never goes to a proxy", env: []string{"HTTP_PROXY", "http://proxy:1", "ALL_PROXY", "http://proxy:1"}},
		{name: "no scheme", env: []string{"HTTPS_PROXY", "proxy.corp:8080"}, want: "http://proxy.corp:8080", source: "HTTPS_PROXY"},
		{name: "no port", env: []string{"HTTPS_PROXY", "http://proxy.corp"}, want: "http://proxy.corp", source: "HTTPS_PROXY"},
		{name: "a colon without a port", env: []string{"HTTPS_PROXY", "http://proxy.corp:"}, want: "http://proxy.corp", source: "HTTPS_PROXY"},
		{name: "capitals in the scheme and blanks around", env: []string{"HTTPS_PROXY", " HTTP://proxy:8080 "}, want: "http://proxy:8080", source: "HTTPS_PROXY"},
		{name: "socks5", env: []string{"HTTPS_PROXY", "socks5://proxy:1080"}, want: "socks5://proxy:1080", source: "HTTPS_PROXY"},
		{name: "IPv6", env: []string{"HTTPS_PROXY", "http://[2001:db8::1]:8080"}, want: "http://[2001:db8::1]:8080", source: "HTTPS_PROXY"},
		{name: "an escaped password", env: []string{"HTTPS_PROXY", "http://user:p%40ss@proxy:8080"}, want: "http://proxy:8080", user: "user", pass: "p@ss", source: "HTTPS_PROXY"},
		{name: "a blank in the password", env: []string{"HTTPS_PROXY", "http://user:se cret@proxy:8080"}, want: "http://proxy:8080", user: "user", pass: "se cret", source: "HTTPS_PROXY"},
		{name: "a percent sign that escapes nothing", env: []string{"HTTPS_PROXY", "http://user:se%zzcret@proxy:8080"}, want: "http://proxy:8080", user: "user", pass: "se%zzcret", source: "HTTPS_PROXY"},
		{name: "everything in the password", env: []string{"HTTPS_PROXY", "http://user:p@ss:w/o?r#d@proxy:8080"}, want: "http://proxy:8080", user: "user", pass: "p@ss:w/o?r#d", source: "HTTPS_PROXY"},
		{name: "a host alone", env: []string{"HTTPS_PROXY", "proxy"}, want: "http://proxy", source: "HTTPS_PROXY"},
		{name: "the end of a scheme in the password", env: []string{"HTTPS_PROXY", "user:p://w@proxy:8080"}, want: "http://proxy:8080", user: "user", pass: "p://w", source: "HTTPS_PROXY"},
		{name: "a user alone", env: []string{"HTTPS_PROXY", "http://user@proxy:8080"}, want: "http://proxy:8080", user: "user", source: "HTTPS_PROXY"},
		{name: "a password alone", env: []string{"HTTPS_PROXY", "http://:word@proxy:8080"}, want: "http://proxy:8080", pass: "word", source: "HTTPS_PROXY"},
		{name: "neither before the @", env: []string{"HTTPS_PROXY", "http://@proxy:8080"}, want: "http://proxy:8080", source: "HTTPS_PROXY"},
		{name: "a plus stays a plus", env: []string{"HTTPS_PROXY", "http://user:a+b@proxy:8080"}, want: "http://proxy:8080", user: "user", pass: "a+b", source: "HTTPS_PROXY"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := ProxyFrom(tt.agent, env(tt.env...))
			require.NoError(t, err)
			assert.Equal(t, tt.want, p.String())
			assert.Equal(t, tt.source, p.Source)
			through := p.For(parse(t, "https://management.azure.com/"))
			if tt.want == "" {
				assert.Nil(t, through)
				return
			}
			require.NotNil(t, through)
			assert.Equal(t, tt.user != "" || tt.pass != "", through.User != nil)
			assert.Equal(t, tt.user, through.User.Username())
			password, _ := through.User.Password()
			assert.Equal(t, tt.pass, password)
		})
	}
}

func TestAnUnusableProxyAddressIsAnErrorWithoutItsText(t *testing.T) {
	for _, address := range []string{
		"ftp://TOPSECRET@proxy:8080", "http://", "http://user:TOPSECRET@", "http://user:TOPSECRET", "http://proxy:0", "http://proxy:99999",
		"http://proxy TOPSECRET:8080", "http://[::1", "://TOPSECRET", "http://proxy:80?TOPSECRET", "http://pro\x00xy", "http://;TOPSECRET",
	} {
		_, err := ProxyFrom(AgentProxy{URL: address}, env())
		require.Error(t, err, address)
		assert.NotContains(t, err.Error(), "TOPSECRET")
		assert.Contains(t, err.Error(), "agent")
		_, err = ProxyFrom(AgentProxy{}, env("HTTPS_PROXY", address))
		require.ErrorContains(t, err, "HTTPS_PROXY", address)
	}
}

func TestAProxyPrintsWithoutItsPassword(t *testing.T) {
	p, err := ProxyFrom(AgentProxy{URL: "http://user:TOPSECRET@proxy:8080"}, env())
	require.NoError(t, err)
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "proxy", p, "config", Config{Proxy: p}.Proxy)
	data, err := json.Marshal(p)
	require.NoError(t, err)
	shown := fmt.Sprintf("%v %+v %#v %s %q %v %#v", p, p, p, p, p, Config{Proxy: p}, &p) + out.String() + string(data)
	assert.NotContains(t, shown, "TOPSECRET")
	assert.NotContains(t, shown, base64.StdEncoding.EncodeToString([]byte("user:TOPSECRET")))
	assert.Equal(t, "http://proxy:8080", p.String())
	assert.Empty(t, Proxy{}.String())
}

func TestWhichRequestsGoToTheProxy(t *testing.T) {
	tests := []struct {
		name    string
		bypass  []string
		noProxy string
		address string
		direct  bool
	}{
		{name: "no exception", address: "https://management.azure.com/"},
		{name: "localhost", address: "https://localhost:8443/", direct: true},
		{name: "loopback", address: "https://127.8.9.1/", direct: true},
		{name: "loopback of IPv6", address: "https://[::1]:1/", direct: true},
		{name: "the metadata service", address: "https://169.254.169.254/", direct: true},
		{name: "loopback written as IPv6", address: "https://[::ffff:127.0.0.1]/", direct: true},

		{name: "an expression for the host", bypass: []string{`management\.azure\.com`}, address: "https://management.azure.com/", direct: true},
		{name: "capitals do not matter", bypass: []string{`MANAGEMENT\.azure`}, address: "https://management.AZURE.com/", direct: true},
		{name: "an expression with its anchors", bypass: []string{`^https://management\.azure\.com$`}, address: "https://management.azure.com:443/subscriptions", direct: true},
		{name: "a port that is not the scheme's own shows", bypass: []string{`^https://stack\.local:30024$`}, address: "https://stack.local:30024/x", direct: true},
		{name: "the scheme's own port does not", bypass: []string{`:443`}, address: "https://management.azure.com:443/"},
		{name: "nor does that of http", bypass: []string{`:80`}, address: "http://contoso.com:80/"},
		{name: "but https on the port of http", bypass: []string{`^https://contoso\.com:80$`}, address: "https://contoso.com:80/x", direct: true},
		{name: "and http on the port of https", bypass: []string{`^http://contoso\.com:443$`}, address: "http://contoso.com:443/x", direct: true},
		{name: "an expression for the path, as task-lib matches", bypass: []string{`/contoso/_apis`}, address: "https://dev.azure.com/contoso/_apis/x", direct: true},
		{name: "the query does not count", bypass: []string{`evil`}, address: "https://dev.azure.com/contoso?evil=1"},
		{name: "another host", bypass: []string{`contoso\.local`}, address: "https://management.azure.com/"},
		{name: "an empty expression matches nothing", bypass: []string{""}, address: "https://management.azure.com/"},
		{name: "a malformed one is passed over, the next counts", bypass: []string{`*.azure.com`, `azure\.com`}, address: "https://management.azure.com/", direct: true},
		{name: "an alternative stays inside its expression", bypass: []string{`a\.local|b\.local`}, address: "https://B.local/", direct: true},

		{name: "NO_PROXY: the domain", noProxy: "corp.local,azure.com", address: "https://management.azure.com/", direct: true},
		{name: "NO_PROXY: subdomains only", noProxy: ".azure.com", address: "https://azure.com/"},
		{name: "NO_PROXY: a star", noProxy: "*", address: "https://management.azure.com/", direct: true},
		{name: "NO_PROXY: a network", noProxy: "10.0.0.0/8", address: "https://10.1.2.3/", direct: true},
		{name: "NO_PROXY: with the port", noProxy: "stack.local:30024", address: "https://stack.local:30024/", direct: true},
		{name: "NO_PROXY: with another port", noProxy: "stack.local:30024", address: "https://stack.local/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, get := AgentProxy{URL: "http://proxy:8080", Bypass: tt.bypass}, env()
			if tt.noProxy != "" {
				agent, get = AgentProxy{}, env("HTTPS_PROXY", "http://proxy:8080", "no_proxy", tt.noProxy)
			}
			p, err := ProxyFrom(agent, get)
			require.NoError(t, err)
			assert.Equal(t, tt.direct, p.For(parse(t, tt.address)) == nil)
		})
	}
	assert.Nil(t, Proxy{}.For(parse(t, "https://x/")))
	assert.Nil(t, Proxy{URL: parse(t, "http://proxy:1")}.For(nil))
	assert.NotNil(t, Proxy{URL: parse(t, "http://proxy:1"), Bypass: []*regexp.Regexp{}}.For(parse(t, "https://x/")))
}

func TestAMalformedBypassEntryIsLogged(t *testing.T) {
	p, err := ProxyFrom(AgentProxy{URL: "http://proxy:8080", Bypass: []string{`*.contoso.com`, `ok\.local`, `(?!x)y`}}, env())
	require.NoError(t, err)
	assert.Len(t, p.Bypass, 1)
	var out bytes.Buffer
	online(t, Config{Proxy: p, Log: slog.New(slog.NewTextHandler(&out, nil))})
	assert.Equal(t, 2, strings.Count(out.String(), "a proxy bypass entry is ignored"))
	assert.Contains(t, out.String(), "contoso")
}

func FuzzProxyFrom(f *testing.F) {
	for _, seed := range []string{
		"", "http://proxy:8080", "proxy:8080", "http://user:se cret@proxy:8080", "http://u:p%zz@proxy", "https://[::1]:1", "socks5://p", "http://@:0",
		"http://a@b@c:1/@", "http://pro%41xy:1", "http://proxy:8080/path?x#y", "://", "@", "http://ünïcode:1", "http://a:b:c",
	} {
		f.Add(seed, `.*\.local`)
	}
	known := map[string]bool{
		"its scheme isn't HTTP, HTTPS, or SOCKS5": true, "it has no usable host": true, "its port isn't a number from 1 to 65535": true,
	}
	target := &url.URL{Scheme: "https", Host: "management.azure.com", Path: "/"}
	f.Fuzz(func(t *testing.T, address, bypass string) {
		for _, p := range []func() (Proxy, error){
			func() (Proxy, error) {
				return ProxyFrom(AgentProxy{URL: address, Bypass: []string{bypass}}, env())
			},
			func() (Proxy, error) { return ProxyFrom(AgentProxy{}, env("HTTPS_PROXY", address, "NO_PROXY", bypass)) },
		} {
			proxy, err := p()
			if err != nil {
				_, why, _ := strings.Cut(err.Error(), "can't be used: ")
				if !known[why] {
					t.Fatalf("an error with words of its own: %v", err)
				}
				continue
			}
			through := proxy.For(target)
			if through == nil {
				continue
			}
			again, err := url.Parse(through.String())
			if err != nil || again.Host != through.Host || through.Hostname() == "" {
				t.Fatalf("a proxy that can't be used: %q: %v", through, err)
			}
			if _, port, _ := strings.Cut(through.Host, "@"); port != "" {
				t.Fatalf("credentials in the host: %q", through.Host)
			}
		}
	})
}

// connectProxy is a proxy that answers CONNECT; refuse gives a status, 0 opens.
type connectProxy struct {
	*site
	refuse        int
	authorization string // of the last CONNECT
	target        string
}

func newConnectProxy(t *testing.T, names map[string]string, encrypted *authority) *connectProxy {
	t.Helper()
	p := &connectProxy{site: &site{}}
	handler := func(w http.ResponseWriter, r *http.Request) { p.connect(w, r, dialTo(names)) }
	if encrypted != nil {
		p.site = newSite(t, encrypted.issue(t, nil, "proxy.corp"), false, handler)
		return p
	}
	p.site = newPlainSite(t, handler)
	return p
}

func (p *connectProxy) connect(w http.ResponseWriter, r *http.Request, dial dialFunc) {
	p.authorization, p.target = r.Header.Get("Proxy-Authorization"), r.Host
	if r.Method != http.MethodConnect {
		http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
		return
	}
	if p.refuse != 0 {
		w.Header().Add("Proxy-Authenticate", `Negotiate`)
		w.Header().Add("Proxy-Authenticate", `Basic realm="TOPSECRET"`)
		w.WriteHeader(p.refuse)
		return
	}
	upstream, err := dial(r.Context(), "tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusOK)
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = upstream.Close()
		return
	}
	splice(conn, buffered, upstream)
}

func TestRequestsGoThroughTheProxy(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	for _, encrypted := range []*authority{nil, ca} {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("https proxy %t, HTTP/2 %t", encrypted != nil, http2), func(t *testing.T) {
				s := newSite(t, ca.issue(t, nil, "management.azure.com"), http2, hello)
				p := newConnectProxy(t, map[string]string{"management.azure.com:443": s.address}, encrypted)
				scheme := "http"
				if encrypted != nil {
					scheme = "https"
				}
				settings, err := ProxyFrom(AgentProxy{URL: scheme + "://proxy.corp:3128", User: `dom\user`, Password: secret.New("p@ss:w/ord%")}, env())
				require.NoError(t, err)
				c := online(t, Config{Roots: ca.roots(), Proxy: settings, Dial: dialTo(map[string]string{"proxy.corp:3128": p.address})})
				resp, err := get(t, t.Context(), c.For(armRule), armAddress)
				require.NoError(t, err)
				assert.Equal(t, 200, resp.StatusCode)
				assert.Equal(t, http2, resp.ProtoMajor == 2)
				assert.Equal(t, "management.azure.com:443", p.target)
				assert.Equal(t, "Basic "+base64.StdEncoding.EncodeToString([]byte(`dom\user:p@ss:w/ord%`)), p.authorization)
				assert.EqualValues(t, 1, s.requests.Load())
			})
		}
	}
}

func TestAProxyThatRefusesIsNamed(t *testing.T) {
	tests := []struct {
		refuse  int
		network evidence.NetworkFailure
		detail  string
	}{
		{407, evidence.ProxyAuthentication, "proxy proxy.corp:3128 answered 407, it accepts Negotiate, Basic"},
		{403, evidence.ProxyRefused, "proxy proxy.corp:3128 answered 403 to CONNECT management.azure.com:443"},
		{502, evidence.ProxyRefused, "proxy proxy.corp:3128 answered 502 to CONNECT management.azure.com:443"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.refuse), func(t *testing.T) {
			p := newConnectProxy(t, nil, nil)
			p.refuse = tt.refuse
			settings, err := ProxyFrom(AgentProxy{URL: "http://user:TOPSECRET@proxy.corp:3128"}, env())
			require.NoError(t, err)
			c := online(t, Config{Proxy: settings, Dial: dialTo(map[string]string{"proxy.corp:3128": p.address})})
			ctx, trace := Record(t.Context())
			rule := armRule
			rule.Tries = 1 // which of them are repeated: TestNetworkFailuresAreRepeatedOnlyWhenTheyCanPass
			_, err = get(t, ctx, c.For(rule), armAddress)
			require.Error(t, err)
			network, detail := new(Client).Classify(err)
			assert.Equal(t, tt.network, network)
			assert.Equal(t, tt.detail, detail)
			assert.EqualValues(t, 1, p.requests.Load())
			ev, _ := trace.Evidence()
			assert.Equal(t, tt.network, ev.Network)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, ev, ev), "TOPSECRET")
			if tt.refuse == 407 {
				e, ok := errors.AsType[*ProxyAuthenticationError](err)
				require.True(t, ok)
				assert.Equal(t, []string{"Negotiate", "Basic"}, e.Schemes)

				_, ok = errors.AsType[*ProxyAuthenticationError](c.Open(t.Context(), "management.azure.com"))
				assert.True(t, ok)
				assert.EqualValues(t, 2, p.requests.Load())
			}
		})
	}
}

func TestAProxyNamesAFewOfItsSchemes(t *testing.T) {
	long := strings.Repeat("x", 30)
	for name, c := range map[string]struct {
		header http.Header
		want   string
	}{
		"none":                      {nil, "proxy proxy.corp:3128 answered 407"},
		"not more than five":        {http.Header{"Proxy-Authenticate": {"A", " B x", "C", "D", "E", "F"}}, "proxy proxy.corp:3128 answered 407, it accepts A, B, C, D, E"},
		"none of 31 characters":     {http.Header{"Proxy-Authenticate": {long, long + "x"}}, "proxy proxy.corp:3128 answered 407, it accepts " + long},
		"nothing that isn't a name": {http.Header{"Proxy-Authenticate": {"", "a\x1b", "##vso[x]", "Basic"}}, "proxy proxy.corp:3128 answered 407, it accepts Basic"},
	} {
		t.Run(name, func(t *testing.T) {
			answer := &http.Response{StatusCode: http.StatusProxyAuthRequired, Header: c.header}
			assert.EqualError(t, proxyAnswer(t.Context(), &url.URL{Host: "proxy.corp:3128"}, &http.Request{}, answer), c.want)
		})
	}
}

// RFC 3986, section 3.1.
func TestASchemeBeginsWithALetterAndHasNoOther(t *testing.T) {
	for c := range rune(utf8.RuneSelf) {
		letter := unicode.IsLetter(c)
		assert.Equal(t, letter, isScheme(string(c)), "%q", c)
		assert.Equal(t, letter || unicode.IsDigit(c) || strings.ContainsRune("+-.", c), isScheme("a"+string(c)), "%q", c)
	}
	assert.False(t, isScheme("ä"))
	assert.False(t, isScheme(""))
}

func TestAProxyThatIsNotThere(t *testing.T) {
	settings, err := ProxyFrom(AgentProxy{URL: "http://user:TOPSECRET@proxy.corp:3128"}, env())
	require.NoError(t, err)
	c := online(t, Config{Proxy: settings, Dial: dialTo(nil)})
	_, err = get(t, t.Context(), c.For(armRule), armAddress)
	network, detail := new(Client).Classify(err)
	assert.Equal(t, evidence.ProxyUnreachable, network)
	assert.Equal(t, `proxy: name not resolved: "proxy.corp": no such host`, detail)
	assert.NotContains(t, err.Error(), "TOPSECRET")
}

func TestAnHTTPSProxyIsVerifiedToo(t *testing.T) {
	ca, other := newAuthority(t, "Test CA", ""), newAuthority(t, "Proxy CA", "")
	p := newConnectProxy(t, nil, other)
	settings, err := ProxyFrom(AgentProxy{URL: "https://proxy.corp:3128"}, env())
	require.NoError(t, err)
	c := online(t, Config{Roots: ca.roots(), Proxy: settings, Dial: dialTo(map[string]string{"proxy.corp:3128": p.address})})
	_, err = get(t, t.Context(), c.For(armRule), armAddress)
	network, detail := new(Client).Classify(err)
	assert.Equal(t, evidence.TLSUntrusted, network)
	assert.Equal(t, `on the way to the proxy: issued by "Proxy CA"`, detail)
	assert.Zero(t, p.requests.Load())
}

func TestWhatMustNotGoToAProxyDoesNot(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	s := newSite(t, ca.issue(t, nil, "identity.example"), false, hello)
	plain := newPlainSite(t, hello)
	p := newConnectProxy(t, map[string]string{"identity.example:443": s.address}, nil)
	settings, err := ProxyFrom(AgentProxy{URL: "http://proxy.corp:3128"}, env())
	require.NoError(t, err)
	c := online(t, Config{Roots: ca.roots(), Proxy: settings, Dial: dialTo(map[string]string{
		"proxy.corp:3128": p.address, "identity.example:443": s.address, "169.254.169.254:80": plain.address,
	})})

	_, err = get(t, t.Context(), c.For(Rule{Plain: []string{"169.254.169.254"}}), "http://169.254.169.254/metadata")
	require.NoError(t, err)
	assert.EqualValues(t, 1, plain.requests.Load())
	assert.Zero(t, p.connections.Load(), "plain http went to the proxy")

	require.NoError(t, c.Open(t.Context(), "identity.example")) // through the proxy
	require.EqualValues(t, 1, p.requests.Load())
	_, err = get(t, t.Context(), c.For(Rule{Hosts: []string{"identity.example"}, NoProxy: true}), "https://identity.example/")
	require.NoError(t, err)
	assert.EqualValues(t, 1, p.requests.Load())
	assert.EqualValues(t, 2, s.connections.Load(), "the warm connection goes through the proxy and must not be used")
}
