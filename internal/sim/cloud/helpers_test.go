package cloud

import (
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// bench is a cloud, the way into it and a client that knows nothing of either.
type bench struct {
	t      testing.TB
	w      *World
	cloud  *Cloud
	l      *Listener
	client *http.Client
}

func start(t testing.TB, change ...func(*World)) *bench {
	t.Helper()
	w := Contoso(func() time.Time { return noon })
	for _, f := range change {
		f(w)
	}
	b := &bench{t: t, w: w, cloud: New(w)}
	var err error
	b.l, err = b.cloud.Listen()
	require.NoError(t, err)
	b.client = b.newClient(nil)
	t.Cleanup(func() {
		b.client.CloseIdleConnections()
		require.NoError(t, b.l.Close())
	})
	return b
}

func (b *bench) newClient(proxy *url.URL) *http.Client {
	transport := &http.Transport{DialContext: b.l.Dial, ForceAttemptHTTP2: true, TLSClientConfig: tlsConfig(b.l)}
	if proxy != nil {
		transport.Proxy = http.ProxyURL(proxy)
	}
	return &http.Client{Transport: transport, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func rootsOf(l *Listener) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(l.CAPEM)
	return pool
}

type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// send makes one request; headers are "Name: value".
func (b *bench) send(method, address, body string, headers ...string) answer {
	b.t.Helper()
	a, err := b.try(b.client, method, address, body, headers...)
	require.NoError(b.t, err)
	return a
}

func (b *bench) try(client *http.Client, method, address, body string, headers ...string) (answer, error) {
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(body))
	require.NoError(b.t, err)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	resp, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	a := answer{status: resp.StatusCode, header: resp.Header, text: string(text)}
	_ = json.Unmarshal(text, &a.body)
	return a, err
}

func (b *bench) get(address, bearer string) answer {
	b.t.Helper()
	return b.send(http.MethodGet, address, "", "Authorization: Bearer "+bearer)
}

const formType = "Content-Type: application/x-www-form-urlencoded"

// tokenRequest is the form of a client that does everything right; pairs change it, an empty value takes a field away.
func tokenRequest(pairs ...string) url.Values {
	form := url.Values{"client_id": {ContosoClientID}, "client_secret": {ContosoSecret}, "grant_type": {"client_credentials"},
		"scope": {"https://management.azure.com//.default openid offline_access profile"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Del(pairs[i])
		if pairs[i+1] != "" {
			form.Set(pairs[i], pairs[i+1])
		}
	}
	return form
}

const tokenURL = "https://login.microsoftonline.com/" + ContosoTenantID + "/oauth2/v2.0/token"

func (b *bench) token(pairs ...string) answer {
	b.t.Helper()
	return b.send(http.MethodPost, tokenURL, tokenRequest(pairs...).Encode(), formType)
}

func (b *bench) accessToken(pairs ...string) string {
	b.t.Helper()
	a := b.token(pairs...)
	require.Equal(b.t, http.StatusOK, a.status, a.text)
	return a.body["access_token"].(string)
}

// code is the number of an answer of the token endpoint.
func (a answer) code() int {
	codes, _ := a.body["error_codes"].([]any)
	if len(codes) != 1 {
		return 0
	}
	return int(codes[0].(float64))
}

// arm is code and message of an answer of Resource Manager or Graph.
func (a answer) arm() (code, message string) {
	e, _ := a.body["error"].(map[string]any)
	code, _ = e["code"].(string)
	message, _ = e["message"].(string)
	return code, message
}

func decode(t testing.TB, r io.Reader) (v map[string]any) {
	t.Helper()
	require.NoError(t, json.NewDecoder(r).Decode(&v))
	return v
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

type readCloser struct{ io.Reader }

func (readCloser) Close() error { return nil }

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

func accessTokenFor(t testing.TB, c *Cloud) string {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, tokenURL, strings.NewReader(tokenRequest().Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return decode(t, w.Body)["access_token"].(string)
}
