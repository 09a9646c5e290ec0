package web

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"armpreflight/internal/diagnosis"

	"github.com/stretchr/testify/require"
)

// offline is a client whose requests end in a function.
func offline(t *testing.T, config Config, wire func(*http.Request) (*http.Response, error)) *Client {
	t.Helper()
	config.Match = diagnosis.Match
	c := New(config)
	t.Cleanup(c.Close)
	c.wire = roundTripper(wire)
	return c
}

func online(t *testing.T, config Config) *Client {
	t.Helper()
	config.Match = diagnosis.Match
	c := New(config)
	t.Cleanup(c.Close)
	return c
}

// answer makes a response; header is "Name: value" lines.
func answer(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func request(t *testing.T, ctx context.Context, method, address, body string) *http.Request {
	t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, r)
	require.NoError(t, err)
	return req
}

func get(t *testing.T, ctx context.Context, client *http.Client, address string) (*http.Response, error) {
	t.Helper()
	return client.Do(request(t, ctx, http.MethodGet, address, ""))
}

func read(t *testing.T, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}

// authority is a certificate authority of a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T, name, organization string) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	subject := pkix.Name{CommonName: name}
	if organization != "" {
		subject.Organization = []string{organization}
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: subject,
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &authority{cert: cert, key: key, pool: pool}
}

// issue creates a certificate for names; change may be nil.
func (a *authority) issue(t *testing.T, change func(*x509.Certificate), names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: names[0]},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// site is an HTTPS server on loopback that counts what reaches it.
type site struct {
	*httptest.Server
	address     string // of its listener
	requests    atomic.Int64
	connections atomic.Int64

	mu    sync.Mutex
	conns []net.Conn
}

func newSite(t *testing.T, cert tls.Certificate, http2 bool, handler http.HandlerFunc) *site {
	t.Helper()
	s := unstarted(handler)
	s.EnableHTTP2 = http2
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	s.StartTLS()
	t.Cleanup(s.Close)
	s.address = s.Listener.Addr().String()
	return s
}

// newPlainSite is the same without TLS.
func newPlainSite(t *testing.T, handler http.HandlerFunc) *site {
	t.Helper()
	s := unstarted(handler)
	s.Start()
	t.Cleanup(s.Close)
	s.address = s.Listener.Addr().String()
	return s
}

func unstarted(handler http.HandlerFunc) *site {
	s := &site{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		handler(w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.conns = append(s.conns, conn)
		}
	}
	return s
}

// hangUp closes every connection from the server's side.
func (s *site) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.conns {
		_ = conn.Close()
	}
	s.conns = nil
}

// splice copies both ways until one side ends.
func splice(conn net.Conn, buffered io.Reader, upstream net.Conn) {
	var group sync.WaitGroup
	group.Go(func() {
		_, _ = io.Copy(upstream, buffered)
		_ = upstream.Close()
	})
	_, _ = io.Copy(conn, upstream)
	_ = conn.Close()
	group.Wait()
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"state":"Enabled"}`) }

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// dialTo sends connections for a name to a listener on loopback, and refuses to
// resolve all other names.
func dialTo(names map[string]string) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		to, ok := names[address]
		if !ok {
			return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: withoutPort(address), IsNotFound: true}}
		}
		return new(net.Dialer).DialContext(ctx, network, to)
	}
}

func (a *authority) roots() *Roots { return TrustOnly(a.pool) }

// expired is the authority's certificate as it was before it was renewed.
func (a *authority) expired(t *testing.T) *x509.Certificate {
	t.Helper()
	template := *a.cert
	template.NotAfter = time.Now().Add(-time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, a.key.Public(), a.key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return cert
}
