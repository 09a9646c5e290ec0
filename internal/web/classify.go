package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
)

// errTryLimit is why the context of a single try ended.
var errTryLimit = errors.New("no response within the time limit of one attempt")

// Error is a network failure with what the client knew of it: how far the
// request came, which proxy was used, whether this machine trusts anyone at all.
// It holds the cause.
type Error struct {
	Network evidence.NetworkFailure
	Detail  string // one line, no credentials; parts of it may come from outside
	Err     error

	passing bool
}

func (e *Error) Error() string { return fmt.Sprintf("%s (%s): %v", e.Network, e.Detail, e.Err) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// NonRetriable tells azcore not to repeat the request: what could be gained by
// that was tried here.
func (e *Error) NonRetriable() {}

// Timeout says whether waiting was the failure, as a url.Error asks.
func (e *Error) Timeout() bool {
	return e.Network == evidence.AnswerTimeout || e.Network == evidence.ConnectTimeout
}

// Classify says in which way a request failed, from the error of the client or
// of a library above it that keeps the chain, and adds what tells this case from
// others of its kind: the address, the issuer of the certificate, the proxy's
// status. A nil error is evidence.None.
func (c *Client) Classify(err error) (evidence.NetworkFailure, string) {
	e := classify(err, c.config.Redact)
	return e.Network, e.Detail
}

// passing says whether the failure may be gone in a moment.
func passing(err error) bool { return classify(err, nil).passing }

// explain classifies the failure of one try. parent is the caller's context, try
// the one with the limit of a single try.
func (c *Client) explain(parent, try context.Context, err error, reached phase, took time.Duration) *Error {
	proxy := c.config.Proxy.of(routeOf(try))
	switch {
	case errors.Is(parent.Err(), context.Canceled):
		return &Error{Network: evidence.Canceled, Detail: "while waiting for the response", Err: parent.Err()}
	case c.life.Err() != nil:
		return &Error{Network: evidence.Canceled, Detail: "the client was closed", Err: err}
	case parent.Err() != nil && took < time.Second:
		// Too short a wait to blame the other side.
		return &Error{Network: evidence.Canceled, Detail: "its time ran out", Err: parent.Err()}
	case parent.Err() != nil:
		return slow(parent.Err(), reached, took, proxy)
	case try.Err() != nil:
		return slow(err, reached, took, proxy)
	}
	e := classify(err, c.config.Redact)
	if e.Network == evidence.TLSUntrusted && c.trustsNobody() {
		e.Detail = "this machine has no certificate authorities at all; " + e.Detail
	}
	return e
}

// slow says what a try was waiting for when its time was up.
func slow(err error, reached phase, took time.Duration, proxy string) *Error {
	e := &Error{Err: err, passing: true}
	after := took.Round(100 * time.Millisecond).String()
	switch {
	case proxy != "" && reached >= phaseWait && reached <= phaseConnect:
		e.Network, e.Detail = evidence.ProxyUnreachable, "proxy "+proxy+": no connection after "+after
	case proxy != "" && reached == phaseConnected:
		e.Network, e.Detail = evidence.AnswerTimeout, "proxy "+proxy+" didn't open a tunnel after "+after
	case reached == phaseLookup:
		e.Network, e.Detail = evidence.DNSFailure, "no response from DNS after "+after
	case reached == phaseWait, reached == phaseConnect:
		e.Network, e.Detail = evidence.ConnectTimeout, "no connection after "+after
	case reached == phaseHandshake:
		e.Network, e.Detail = evidence.AnswerTimeout, "connected, TLS handshake not finished after "+after
	default:
		e.Network, e.Detail = evidence.AnswerTimeout, "no response after "+after
	}
	return e
}

// classify says what an error is; the words in it that come from outside go through
// redact.
func classify(err error, redact secret.Filter) *Error {
	if err == nil {
		return &Error{Network: evidence.None}
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*BlockedError](err); ok {
		return &Error{Network: evidence.HostNotAllowed, Detail: e.Reason, Err: err}
	}
	if e, ok := errors.AsType[*TooLargeError](err); ok {
		return &Error{Network: evidence.TooLarge, Detail: e.amount(), Err: err}
	}
	if e, ok := errors.AsType[*ProxyAuthenticationError](err); ok {
		return &Error{Network: evidence.ProxyAuthentication, Detail: e.Error(), Err: err}
	}
	if e, ok := errors.AsType[*ProxyRefusedError](err); ok {
		return &Error{Network: evidence.ProxyRefused, Detail: e.Error(), Err: err, passing: e.Status >= 500}
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "proxyconnect" {
		return classifyProxy(e, redact)
	}
	if e := classifyTLS(err, redact); e != nil {
		return e
	}
	return classifyTCP(err, redact)
}

// classifyProxy is for a failure on the way to the proxy, not through it.
func classifyProxy(op *net.OpError, redact secret.Filter) *Error {
	inner := classify(op.Err, redact)
	e := &Error{Network: evidence.ProxyUnreachable, Detail: "proxy: " + inner.Network.String(), Err: op, passing: inner.passing}
	switch inner.Network {
	case evidence.TLSUntrusted, evidence.TLSExpired, evidence.TLSHostname, evidence.NotTLS, evidence.Canceled:
		e.Network = inner.Network
		e.Detail = "on the way to the proxy"
	}
	if inner.Detail != "" {
		e.Detail += ": " + inner.Detail
	}
	return e
}

func classifyTLS(err error, redact secret.Filter) *Error {
	issuer := ""
	verification, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	if untrusted && len(verification.UnverifiedCertificates) > 0 {
		issuer = issuedBy(verification.UnverifiedCertificates[0], redact)
	}
	if e, ok := errors.AsType[x509.HostnameError](err); ok {
		detail := "the certificate isn't for " + quote(e.Host, redact)
		if e.Certificate != nil && len(e.Certificate.DNSNames) > 0 {
			detail = "the certificate is for " + quote(strings.Join(e.Certificate.DNSNames, ", "), redact)
		}
		return &Error{Network: evidence.TLSHostname, Detail: joined(detail, issuer), Err: err}
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		detail := "the certificate has expired or isn't valid yet"
		if e.Cert != nil {
			detail = fmt.Sprintf("valid from %s to %s", e.Cert.NotBefore.UTC().Format(time.RFC3339), e.Cert.NotAfter.UTC().Format(time.RFC3339))
		}
		return &Error{Network: evidence.TLSExpired, Detail: joined(detail, issuer), Err: err}
	}
	if _, ok := errors.AsType[x509.SystemRootsError](err); ok && !untrusted {
		return &Error{Network: evidence.TLSUntrusted, Detail: "this machine's certificate authorities can't be read", Err: err}
	}
	if untrusted {
		return &Error{Network: evidence.TLSUntrusted, Detail: issuer, Err: err}
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return &Error{Network: evidence.NotTLS, Detail: "the server doesn't use TLS", Err: err}
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && (e.Op == "remote error" || e.Op == "local error") {
		return &Error{Network: evidence.NotTLS, Detail: "handshake refused: " + quote(e.Err.Error(), redact), Err: err}
	}
	if text := innermost(err).Error(); strings.HasPrefix(text, "tls: ") { // crypto/tls has no type for its refusals
		return &Error{Network: evidence.NotTLS, Detail: "handshake refused: " + quote(text, redact), Err: err}
	}
	return nil
}

func classifyTCP(err error, redact secret.Filter) *Error {
	if errors.Is(err, context.Canceled) {
		return &Error{Network: evidence.Canceled, Detail: "while waiting for the response", Err: err}
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return &Error{Network: evidence.DNSFailure, Detail: quote(e.Name, redact) + ": " + e.Err, Err: err, passing: !e.IsNotFound}
	}
	op, dialling := errors.AsType[*net.OpError](err)
	dialling = dialling && op.Op == "dial"
	where := ""
	if dialling && op.Addr != nil {
		where = op.Addr.String()
	}
	timeout, ok := errors.AsType[net.Error](err)
	timedOut := ok && timeout.Timeout()
	switch {
	case isErrno(err, syscall.ECONNREFUSED, 10061):
		return &Error{Network: evidence.ConnectionRefused, Detail: where, Err: err, passing: true}
	case isErrno(err, syscall.EHOSTUNREACH, 10065), isErrno(err, syscall.ENETUNREACH, 10051):
		return &Error{Network: evidence.Unreachable, Detail: where, Err: err}
	case dialling && timedOut, isErrno(err, syscall.ETIMEDOUT, 10060):
		return &Error{Network: evidence.ConnectTimeout, Detail: where, Err: err, passing: true}
	case isClosed(err):
		return &Error{Network: evidence.ConnectionReset, Detail: where, Err: err, passing: true}
	case innermost(err).Error() == "http2: client connection lost": // its ping wasn't answered
		return &Error{Network: evidence.AnswerTimeout, Detail: "connected, but nothing more was received", Err: err, passing: true}
	case timedOut:
		detail := "no response"
		if strings.Contains(err.Error(), "TLS handshake") {
			detail = "connected, TLS handshake not finished after " + handshakeLimit.String()
		}
		return &Error{Network: evidence.AnswerTimeout, Detail: detail, Err: err, passing: true}
	}
	return &Error{Network: evidence.OtherNetwork, Detail: quote(err.Error(), redact), Err: err}
}

// isClosed says whether the connection ended before the answer did. net/http has
// no types for the cases that it finds out on its own.
func isClosed(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.EPIPE) ||
		isErrno(err, syscall.ECONNRESET, 10054) || isErrno(err, syscall.ECONNABORTED, 10053) || isUnsent(err) {
		return true
	}
	text := innermost(err).Error()
	return strings.HasPrefix(text, "http2: server sent GOAWAY") || strings.HasPrefix(text, "stream error: ")
}

// isErrno says whether err is this number of the system or, on Windows, this one
// of Winsock, which Go's portable constants don't match.
func isErrno(err error, number, winsock syscall.Errno) bool {
	e, ok := errors.AsType[syscall.Errno](err)
	return ok && (e == number || e == winsock)
}

// issuedBy names who signed a certificate: where it isn't who signs Microsoft's,
// someone on the way looks into the traffic.
func issuedBy(cert *x509.Certificate, redact secret.Filter) string {
	name := cert.Issuer.CommonName
	organization := strings.Join(cert.Issuer.Organization, ", ")
	switch {
	case name == "" && organization == "":
		return "issuer without a name"
	case organization == "":
		return "issued by " + quote(name, redact)
	case name == "":
		return "issued by " + quote(organization, redact)
	}
	return "issued by " + quote(name, redact) + " of " + quote(organization, redact)
}

func joined(parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "; ")
}

// quote shows text from outside on one line of bounded length.
func quote(text string, redact secret.Filter) string {
	return strconv.Quote(redact.Cut(text, maxQuoted))
}

// maxQuoted is the number of characters of one text from outside in a detail.
const maxQuoted = 201
