package web

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// pools are the open connections: those that trust the first few certificate authorities, and those that trust all of them, which
// take over once a server needs another.
type pools struct {
	first  *http.Transport // nil: there are no first ones
	all    *http.Transport
	beyond atomic.Bool // a server needed another
}

// newTransport makes a transport that trusts certificate authorities. They are read before the first handshake.
func (c *Client) newTransport(roots *authorities) *http.Transport {
	return &http.Transport{
		Proxy:                  c.proxy,
		OnProxyConnectResponse: proxyAnswer,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := c.dial(ctx, network, address)
			if err == nil && !routeOf(ctx).local {
				roots.read()
			}
			return conn, err
		},
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots.pool},
		TLSHandshakeTimeout:    handshakeLimit,
		ForceAttemptHTTP2:      true, // own DialContext and TLSClientConfig switch it off otherwise
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: headerLimit,
		// A silent HTTP/2 connection would be used again by the next try. What a server sends ahead is in memory, too.
		HTTP2: &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingLimit, MaxReceiveBufferPerStream: smallLimit},
	}
}

// NewClientConn opens a connection to a host[:port].
func (p *pools) NewClientConn(ctx context.Context, scheme, address string) (*http.ClientConn, error) {
	if p.first != nil && !p.beyond.Load() {
		conn, err := p.first.NewClientConn(ctx, scheme, address)
		if !p.needsAll(err) {
			return conn, err
		}
	}
	return p.all.NewClientConn(ctx, scheme, address)
}

// RoundTrip sends a request.
func (p *pools) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.first != nil && !p.beyond.Load() {
		resp, err := p.first.RoundTrip(r)
		if !p.needsAll(err) {
			return resp, err
		}
		if r, err = again(r); err != nil {
			return nil, err
		}
	}
	return p.all.RoundTrip(r)
}

// needsAll reports whether a connection failed because the first few certificate authorities don't vouch for the server. One of
// them might also have expired, and its successor be among the others.
func (p *pools) needsAll(err error) bool {
	_, refused := errors.AsType[*tls.CertificateVerificationError](err)
	if refused {
		p.beyond.Store(true)
	}
	return refused
}

// CloseIdleConnections closes the connections that no request uses.
func (p *pools) CloseIdleConnections() {
	p.all.CloseIdleConnections()
	if p.first != nil {
		p.first.CloseIdleConnections()
	}
}
