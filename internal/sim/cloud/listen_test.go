package cloud

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryHostIsServedUnderItsOwnName(t *testing.T) {
	b := start(t)
	for _, host := range []string{"management.azure.com", "login.microsoftonline.us", "anything.example"} {
		_, err := b.try(b.client, http.MethodGet, "https://"+host+"/", "")
		require.NoError(t, err, host)
	}
	assert.Equal(t, "HTTP/2.0", b.cloud.Requests()[0].Proto)
	stranger := &http.Client{Transport: &http.Transport{DialContext: b.l.Dial}}
	_, err := b.try(stranger, http.MethodGet, "https://management.azure.com/", "")
	_, untrusted := errors.AsType[x509.UnknownAuthorityError](err)
	assert.True(t, untrusted, err)
}

func TestBrokenHosts(t *testing.T) {
	tests := map[string]struct {
		b     Break
		check func(t *testing.T, err error)
	}{
		"no such host": {NoSuchHost, func(t *testing.T, err error) {
			dns, ok := errors.AsType[*net.DNSError](err)
			require.True(t, ok, err)
			assert.True(t, dns.IsNotFound)
		}},
		"refused":  {Refused, func(t *testing.T, err error) { assert.ErrorIs(t, err, syscall.ECONNREFUSED) }},
		"no route": {NoRoute, func(t *testing.T, err error) { assert.ErrorIs(t, err, syscall.EHOSTUNREACH) }},
		"reset":    {Reset, func(t *testing.T, err error) { assert.ErrorIs(t, err, syscall.ECONNRESET) }},
		"not TLS":  {NotTLS, func(t *testing.T, err error) { assert.ErrorContains(t, err, "HTTP response to HTTPS client") }},
		"untrusted": {Untrusted, func(t *testing.T, err error) {
			unknown, ok := errors.AsType[x509.UnknownAuthorityError](err)
			require.True(t, ok, err)
			assert.Equal(t, "Simulated TLS Inspection CA", unknown.Cert.Issuer.CommonName)
		}},
		"expired": {ExpiredTLS, func(t *testing.T, err error) {
			invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
			require.True(t, ok, err)
			assert.Equal(t, x509.Expired, invalid.Reason)
		}},
		"another name": {WrongHostname, func(t *testing.T, err error) {
			_, ok := errors.AsType[x509.HostnameError](err)
			assert.True(t, ok, err)
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.l.Break("management.azure.com", tt.b)
			_, err := b.try(b.client, http.MethodGet, armURL+"/", "")
			require.Error(t, err)
			tt.check(t, err)
			assert.Empty(t, b.cloud.Requests())
			b.l.Break("management.azure.com", Works)
			_, err = b.try(b.client, http.MethodGet, armURL+"/", "")
			require.NoError(t, err)
		})
	}
}

func TestASilentHostEndsWithTheContext(t *testing.T) {
	b := start(t)
	b.l.Break("management.azure.com", Silent)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := b.l.Dial(ctx, "tcp", "management.azure.com:443")
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	op, ok := errors.AsType[*net.OpError](err)
	require.True(t, ok)
	assert.True(t, op.Timeout())
}

func TestAProxyTunnelsAndAsksWhoIsThere(t *testing.T) {
	b := start(t)
	b.l.Break("gone.example", NoSuchHost)
	address := b.l.Proxy(`dom\user`, "p@ss:w/ord%", "blocked.example")
	proxy, err := url.Parse(address)
	require.NoError(t, err)
	stranger := b.newClient(proxy)
	_, err = b.try(stranger, http.MethodGet, armURL+"/metadata/endpoints?api-version=2015-01-01", "")
	require.ErrorContains(t, err, "Proxy Authentication Required")

	known := *proxy
	known.User = url.UserPassword(`dom\user`, "p@ss:w/ord%")
	client := b.newClient(&known)
	defer client.CloseIdleConnections()
	a, err := b.try(client, http.MethodGet, armURL+"/metadata/endpoints?api-version=2015-01-01", "")
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, a.status)
	_, err = b.try(client, http.MethodGet, "https://blocked.example/", "")
	require.ErrorContains(t, err, "Forbidden")
	_, err = b.try(client, http.MethodGet, "https://gone.example/", "")
	require.ErrorContains(t, err, "Bad Gateway")
	assert.Equal(t, []Tunnel{{Address: "management.azure.com:443", Status: 407}, {Address: "management.azure.com:443", Status: 200},
		{Address: "blocked.example:443", Status: 403}, {Address: "gone.example:443", Status: 502}}, b.l.Tunnels())
	assert.Empty(t, b.cloud.Violations())
}

func TestTheMetadataServiceSeesThatAProxyIsInBetween(t *testing.T) {
	b := start(t)
	proxy, err := url.Parse(b.l.Proxy("", ""))
	require.NoError(t, err)
	a, err := b.try(b.newClient(proxy), http.MethodGet, imdsURL, "", "Metadata: true")
	require.NoError(t, err)
	assert.Equal(t, http.StatusBadRequest, a.status)
	assert.Contains(t, a.text, "X-Forwarded-For")
	assert.Equal(t, []Tunnel{{Address: "169.254.169.254", Plain: true}}, b.l.Tunnels())
}

func TestCloseFreesOpenTunnels(t *testing.T) {
	c := New(Contoso(nil))
	l, err := c.Listen()
	require.NoError(t, err)
	b := &bench{t: t, cloud: c, l: l}
	proxy, err := url.Parse(l.Proxy("", ""))
	require.NoError(t, err)
	_, err = b.try(b.newClient(proxy), http.MethodGet, armURL+"/metadata/endpoints?api-version=2015-01-01", "")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	_, err = l.Dial(t.Context(), "tcp", "management.azure.com:443")
	require.Error(t, err)
}

func TestCertificatesAndKeysStayTheSame(t *testing.T) {
	first, pem := NewCertificate(NewKey("x"), "x", noon, noon.AddDate(1, 0, 0))
	second, again := NewCertificate(NewKey("x"), "x", noon, noon.AddDate(1, 0, 0))
	assert.Equal(t, first.Raw, second.Raw)
	assert.Equal(t, pem, again)
	assert.Equal(t, 2048, NewKey("x").N.BitLen())
	assert.NoError(t, NewKey("x").Validate())
}
