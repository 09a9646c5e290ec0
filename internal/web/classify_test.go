package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
)

func TestWhatStandsInTheWayOfTLSIsNamed(t *testing.T) {
	const name = "management.azure.com"
	ca := newAuthority(t, "Test CA", "")
	inspector := newAuthority(t, "Contoso TLS Inspection", "Contoso Ltd")
	past := func(c *x509.Certificate) {
		c.NotAfter = time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
		c.NotBefore = c.NotAfter.AddDate(-1, 0, 0)
	}
	tests := []struct {
		name    string
		cert    tls.Certificate
		roots   *x509.CertPool
		network evidence.NetworkFailure
		detail  string
	}{
		{name: "an inspecting proxy", cert: inspector.issue(t, nil, name), roots: ca.pool, network: evidence.TLSUntrusted, detail: `issued by "Contoso TLS Inspection" of "Contoso Ltd"`},
		{name: "an issuer without an organization", cert: newAuthority(t, "Other CA", "").issue(t, nil, name), roots: ca.pool, network: evidence.TLSUntrusted, detail: `issued by "Other CA"`},
		{name: "an issuer without a common name", cert: newAuthority(t, "", "Contoso Ltd").issue(t, nil, name), roots: ca.pool, network: evidence.TLSUntrusted, detail: `issued by "Contoso Ltd"`},
		{name: "a machine that trusts nobody", cert: ca.issue(t, nil, name), roots: x509.NewCertPool(), network: evidence.TLSUntrusted, detail: `this machine has no certificate authorities at all; issued by "Test CA"`},
		{name: "a certificate out of date", cert: ca.issue(t, past, name), roots: ca.pool, network: evidence.TLSExpired, detail: `valid from 2024-01-02T03:04:05Z to 2025-01-02T03:04:05Z; issued by "Test CA"`},
		{name: "a certificate of another name", cert: ca.issue(t, nil, "portal.hotel.example"), roots: ca.pool, network: evidence.TLSHostname, detail: `the certificate is for "portal.hotel.example"; issued by "Test CA"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, tt.cert, true, hello)
			c := online(t, Config{Roots: TrustOnly(tt.roots), Dial: dialTo(map[string]string{name + ":443": s.address})})
			ctx, trace := Record(t.Context())
			_, err := get(t, ctx, c.For(armRule), armAddress)
			network, detail := new(Client).Classify(err)
			assert.Equal(t, tt.network, network)
			assert.Equal(t, tt.detail, detail)
			assert.Zero(t, s.requests.Load())
			assert.EqualValues(t, 1, s.connections.Load(), "a certificate does not get better")
			ev, _ := trace.Evidence()
			assert.Equal(t, tt.detail, ev.NetworkDetail)

			network, detail = new(Client).Classify(c.Open(t.Context(), name))
			assert.Equal(t, tt.network, network)
			assert.Equal(t, tt.detail, detail)
		})
	}
}

// listener answers every connection with talk.
func listener(t *testing.T, talk func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				talk(conn)
				_ = conn.Close()
			}()
		}
	}()
	return l.Addr().String()
}

func TestWhatAnswersInsteadIsTold(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	cert := ca.issue(t, nil, "management.azure.com")
	hear := func(conn net.Conn) { _, _ = conn.Read(make([]byte, 4096)) }
	tests := []struct {
		name    string
		talk    func(net.Conn)
		network evidence.NetworkFailure
		detail  string // part of it
	}{
		{name: "plain http", talk: func(conn net.Conn) { hear(conn); _, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n") }, network: evidence.NotTLS, detail: "doesn't use TLS"},
		{name: "something that is no web server", talk: func(conn net.Conn) { hear(conn); _, _ = io.WriteString(conn, "220 mail.contoso.com ESMTP\r\n") }, network: evidence.NotTLS, detail: "doesn't use TLS"},
		{name: "a server that only speaks TLS 1.1", talk: func(conn net.Conn) {
			_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}).Handshake()
		}, network: evidence.NotTLS, detail: "handshake refused"},
		{name: "a server that wants a client certificate", talk: func(conn net.Conn) {
			_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}).Handshake()
		}, network: evidence.NotTLS, detail: "handshake refused"},
		{name: "a connection that is closed", talk: hear, network: evidence.ConnectionReset},
		{name: "a connection that is reset", talk: func(conn net.Conn) { hear(conn); _ = conn.(*net.TCPConn).SetLinger(0) }, network: evidence.ConnectionReset},
		{name: "an answer that is no HTTP", talk: func(conn net.Conn) {
			server := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}})
			hear(server)
			_, _ = io.WriteString(server, "220 mail.contoso.com ESMTP\r\n\r\n")
			_ = server.Close()
		}, network: evidence.OtherNetwork, detail: "malformed HTTP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			address := listener(t, tt.talk)
			c := online(t, Config{Roots: ca.roots(), Dial: dialTo(map[string]string{"management.azure.com:443": address})})
			rule := armRule
			rule.Tries = 1
			_, err := get(t, t.Context(), c.For(rule), armAddress)
			network, detail := new(Client).Classify(err)
			assert.Equal(t, tt.network, network, "%v", err)
			assert.Contains(t, detail, tt.detail)
		})
	}
	t.Run("nobody", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, l.Close())
		c := online(t, Config{Dial: dialTo(map[string]string{"management.azure.com:443": l.Addr().String()})})
		rule := armRule
		rule.Tries = 1
		_, err = get(t, t.Context(), c.For(rule), armAddress)
		network, detail := new(Client).Classify(err)
		assert.Equal(t, evidence.ConnectionRefused, network)
		assert.Equal(t, l.Addr().String(), detail)
	})
}

// The slow ones run on pipes, in virtual time.
func TestWhatASilenceWasWaitingFor(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	cert := ca.issue(t, nil, "management.azure.com")
	never := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	pipe := func(talk func(net.Conn)) dialFunc {
		return func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			go func() {
				talk(server)
				_ = server.Close()
			}()
			return client, nil
		}
	}
	drain := func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
	proxy := Proxy{URL: &url.URL{Scheme: "http", Host: "proxy.corp:3128"}}
	tests := []struct {
		name    string
		config  Config
		network evidence.NetworkFailure
		detail  string
	}{
		{name: "a connection", config: Config{Dial: never}, network: evidence.ConnectTimeout, detail: "no connection after 10s"},
		{name: "a TLS handshake", config: Config{Dial: pipe(drain)}, network: evidence.AnswerTimeout, detail: "connected, TLS handshake not finished after 5s"},
		{name: "an answer", config: Config{Roots: ca.roots(), Dial: pipe(func(conn net.Conn) {
			drain(tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}}))
		})}, network: evidence.AnswerTimeout, detail: "no response after 10s"},
		{name: "a sign of life on HTTP/2", config: Config{Roots: ca.roots(), Dial: pipe(func(conn net.Conn) {
			drain(tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2"}}))
		})}, network: evidence.AnswerTimeout, detail: "connected, but nothing more was received"},
		{name: "a proxy's answer to CONNECT", config: Config{Dial: pipe(drain), Proxy: proxy}, network: evidence.AnswerTimeout, detail: "proxy proxy.corp:3128 didn't open a tunnel after 10s"},
		{name: "a connection to the proxy", config: Config{Dial: never, Proxy: proxy}, network: evidence.ProxyUnreachable, detail: "proxy proxy.corp:3128: no connection after 10s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := online(t, tt.config)
				// The clock of the bubble starts in the year 2000, before any certificate.
				c.pools.all.TLSClientConfig.Time = func() time.Time { return ca.cert.NotBefore.Add(36 * time.Hour) }
				rule := armRule
				rule.Tries = 1
				_, err := get(t, t.Context(), c.For(rule), armAddress)
				network, detail := new(Client).Classify(err)
				assert.Equal(t, tt.network, network, "%v", err)
				assert.Equal(t, tt.detail, detail)
				c.Close()
				synctest.Wait()
			})
		})
	}
}

func TestAParallelDialDoesNotTakeAPhaseBack(t *testing.T) {
	p := newProgress(time.Now)
	p.reach(phaseConnected)
	p.reach(phaseConnect)
	assert.Equal(t, phaseConnected, p.phase())
	(*progress)(nil).reach(phaseSent)
}

func TestTheTimeOfAPhaseIsToldByHowFarItCame(t *testing.T) {
	tests := []struct {
		reached phase
		proxy   string
		network evidence.NetworkFailure
		detail  string
	}{
		{reached: phaseStart, network: evidence.AnswerTimeout, detail: "no response after 4.2s"},
		{reached: phaseWait, network: evidence.ConnectTimeout, detail: "no connection after 4.2s"},
		{reached: phaseLookup, network: evidence.DNSFailure, detail: "no response from DNS after 4.2s"},
		{reached: phaseConnect, network: evidence.ConnectTimeout, detail: "no connection after 4.2s"},
		{reached: phaseHandshake, network: evidence.AnswerTimeout, detail: "connected, TLS handshake not finished after 4.2s"},
		{reached: phaseSent, network: evidence.AnswerTimeout, detail: "no response after 4.2s"},
		{reached: phaseLookup, proxy: "p:1", network: evidence.ProxyUnreachable, detail: "proxy p:1: no connection after 4.2s"},
		{reached: phaseConnected, proxy: "p:1", network: evidence.AnswerTimeout, detail: "proxy p:1 didn't open a tunnel after 4.2s"},
		{reached: phaseSent, proxy: "p:1", network: evidence.AnswerTimeout, detail: "no response after 4.2s"},
	}
	for _, tt := range tests {
		e := slow(context.DeadlineExceeded, tt.reached, 4213*time.Millisecond, tt.proxy)
		assert.Equal(t, tt.network, e.Network)
		assert.Equal(t, tt.detail, e.Detail)
		assert.ErrorIs(t, e, context.DeadlineExceeded)
	}
}

func TestClassify(t *testing.T) {
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 4), Port: 443}, Err: err}
	}
	tests := []struct {
		err     error
		network evidence.NetworkFailure
		detail  string
	}{
		{nil, evidence.None, ""},
		{dial(&net.DNSError{Err: "no such host", Name: "login.example", IsNotFound: true}), evidence.DNSFailure, `"login.example": no such host`},
		{dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), evidence.ConnectionRefused, "10.0.0.4:443"},
		{dial(os.NewSyscallError("connectex", syscall.Errno(10061))), evidence.ConnectionRefused, "10.0.0.4:443"},
		{dial(os.NewSyscallError("connectex", syscall.Errno(10060))), evidence.ConnectTimeout, "10.0.0.4:443"},
		{dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), evidence.Unreachable, "10.0.0.4:443"},
		{dial(os.NewSyscallError("connect", syscall.ENETUNREACH)), evidence.Unreachable, "10.0.0.4:443"},
		{dial(timeoutError{}), evidence.ConnectTimeout, "10.0.0.4:443"},
		{&net.OpError{Op: "read", Err: os.NewSyscallError("wsarecv", syscall.Errno(10054))}, evidence.ConnectionReset, ""},
		{&net.OpError{Op: "write", Err: os.NewSyscallError("write", syscall.EPIPE)}, evidence.ConnectionReset, ""},
		{fmt.Errorf("net/http: HTTP/1.x transport connection broken: %w", io.ErrUnexpectedEOF), evidence.ConnectionReset, ""},
		{errors.New("http2: client connection lost"), evidence.AnswerTimeout, "connected, but nothing more was received"},
		{errors.New(`http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug=""`), evidence.ConnectionReset, ""},
		{errors.New("stream error: stream ID 1; INTERNAL_ERROR; received from peer"), evidence.ConnectionReset, ""},
		{http.ErrSchemeMismatch, evidence.NotTLS, "the server doesn't use TLS"},
		{&net.OpError{Op: "remote error", Err: errors.New("tls: handshake failure")}, evidence.NotTLS, `handshake refused: "tls: handshake failure"`},
		{errors.New("tls: server selected unsupported protocol version 301"), evidence.NotTLS, `handshake refused: "tls: server selected unsupported protocol version 301"`},
		{x509.SystemRootsError{Err: errors.New("x")}, evidence.TLSUntrusted, "this machine's certificate authorities can't be read"},
		{&tls.CertificateVerificationError{Err: errors.New("x509: “x” certificate is not trusted")}, evidence.TLSUntrusted, ""},
		{&tls.CertificateVerificationError{Err: x509.HostnameError{Host: "10.0.0.4", Certificate: &x509.Certificate{}}}, evidence.TLSHostname, `the certificate isn't for "10.0.0.4"`},
		{timeoutError{}, evidence.AnswerTimeout, "no response"},
		{context.Canceled, evidence.Canceled, "while waiting for the response"},
		{&net.OpError{Op: "proxyconnect", Err: dial(syscall.ECONNREFUSED)}, evidence.ProxyUnreachable, "proxy: connection refused: 10.0.0.4:443"},
		{&TooLargeError{Host: "x", What: "a body", Limit: bodyLimit}, evidence.TooLarge, "a body of more than 4096 KiB"},
		{errors.New("odd\nthing"), evidence.OtherNetwork, `"odd\nthing"`},
		{errors.New(strings.Repeat("x", 500)), evidence.OtherNetwork, `"` + strings.Repeat("x", 200) + `…"`},
	}
	for _, tt := range tests {
		for _, err := range []error{tt.err, &url.Error{Op: "Get", URL: "https://x", Err: tt.err}} {
			if tt.err == nil {
				err = nil
			}
			network, detail := new(Client).Classify(err)
			assert.Equal(t, tt.network, network, "%v", err)
			if network != evidence.OtherNetwork || err == tt.err {
				assert.Equal(t, tt.detail, detail, "%v", err)
			}
		}
	}
}

// A server chooses the names in its certificate and the words of some errors: half a secret in them isn't found later.
func TestDetailsAreCutAfterTheyAreFiltered(t *testing.T) {
	const value = "qV8~planted.Zk3w-secret_1234567890"
	redactor := secret.NewRedactor()
	redactor.AddSecret(secret.New(value))
	c := &Client{config: Config{Redact: redactor.Redact}}
	long := strings.Repeat("x", maxQuoted-7) + value // too little of a secret to be found, if it were cut before
	certificate := &x509.Certificate{Issuer: pkix.Name{CommonName: long, Organization: []string{long}}, DNSNames: []string{long}}
	for name, err := range map[string]error{
		"an issuer":          &tls.CertificateVerificationError{UnverifiedCertificates: []*x509.Certificate{certificate}, Err: errors.New("x")},
		"a certificate":      &tls.CertificateVerificationError{Err: x509.HostnameError{Host: long, Certificate: certificate}},
		"a host":             x509.HostnameError{Host: long},
		"a name":             &net.DNSError{Err: "no such host", Name: long},
		"a handshake":        &net.OpError{Op: "remote error", Err: errors.New("tls: " + long)},
		"another handshake":  errors.New("tls: " + long),
		"any other error":    errors.New(long),
		"the way to a proxy": &net.OpError{Op: "proxyconnect", Err: errors.New(long)},
	} {
		t.Run(name, func(t *testing.T) {
			_, detail := c.Classify(err)
			assert.Contains(t, detail, "xxx*")
			assert.NotContains(t, detail, value[:2])
		})
	}
}
