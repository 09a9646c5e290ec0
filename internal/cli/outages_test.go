package cli

import (
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// outage is one way in which an endpoint can let a run down: while a connection is
// opened, or in its answer. Exactly one of the two is set.
type outage struct {
	name   string
	dial   func(ctx context.Context, host string) (net.Conn, error)
	answer func(w http.ResponseWriter, r *http.Request)
}

// hour and a half: longer than any run.
const forever = 90 * time.Minute

func outages() []outage {
	all := []outage{
		{name: "name does not exist", dial: failing(&net.DNSError{Err: "no such host", IsNotFound: true})},
		{name: "name server fails", dial: failing(&net.DNSError{Err: "server misbehaving", IsTemporary: true})},
		{name: "no answer to the connection", dial: func(ctx context.Context, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
		}},
		{name: "refused", dial: failing(&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)})},
		{name: "reset while connecting", dial: failing(&net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)})},
		{name: "no route", dial: failing(&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)})},
		{name: "certificate untrusted", dial: handshake(func(c *x509.Certificate, _ *tls.Config) {})},
		{name: "certificate expired", dial: handshake(func(c *x509.Certificate, _ *tls.Config) { c.NotAfter = today.AddDate(0, -1, 0) })},
		{name: "certificate for another name", dial: handshake(func(c *x509.Certificate, _ *tls.Config) { c.DNSNames = []string{"portal.example"} })},
		{name: "TLS 1.0", dial: handshake(func(_ *x509.Certificate, config *tls.Config) {
			config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
		})},
		{name: "closed without an answer", answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{name: "no answer", answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
		{name: "closed midway", answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "4096")
			_, _ = io.WriteString(w, `{"id":"`)
			panic(http.ErrAbortHandler)
		}},
		{name: "one byte per second", answer: func(w http.ResponseWriter, r *http.Request) {
			for range int(forever / time.Second) {
				if _, err := io.WriteString(w, " "); err != nil || http.NewResponseController(w).Flush() != nil {
					return
				}
				select {
				case <-r.Context().Done():
					return
				case <-time.After(time.Second):
				}
			}
		}},
		{name: "redirected to itself", answer: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://"+r.Host+r.URL.RequestURI())
			w.WriteHeader(http.StatusTemporaryRedirect)
		}},
		{name: "redirected to another host", answer: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://"+elsewhere+r.URL.RequestURI())
			w.WriteHeader(http.StatusTemporaryRedirect)
		}},
		{name: "429, retry after hours", answer: throttled("36000")},
		{name: "429, invalid retry time", answer: throttled("soon")},
		{name: "empty", answer: plainly(answering(200, jsonType, ""))},
		{name: "null", answer: plainly(answering(200, jsonType, "null"))},
		{name: "half an answer", answer: plainly(answering(200, jsonType, `{"value":[{"id":"/subscr`))},
		{name: "text instead of JSON", answer: plainly(answering(200, "text/plain", "OK"))},
		{name: "a web page", answer: plainly(answering(200, "text/html", "<!DOCTYPE html><html><head><title>Welcome to the guest network</title></head></html>"))},
		{name: "invalid UTF-8", answer: plainly(answering(200, jsonType, "{\"id\":\"\xff\xfe\x80\"}"))},
		{name: "duplicate keys", answer: plainly(answering(200, jsonType, `{"value":[],"value":null,"access_token":"x","access_token":1}`))},
		{name: "a million brackets", answer: plainly(answering(200, jsonType, strings.Repeat("[", 1<<20)))},
		{name: "100 MB", answer: func(w http.ResponseWriter, _ *http.Request) { endless(w, w) }},
		{name: "gzip of 100 MB", answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			endless(w, packed)
			_ = packed.Close()
		}},
		{name: "endless pages", answer: pages(func(n int) string { return fmt.Sprint(n) })},
		{name: "a page that links to itself", answer: pages(func(int) string { return "1" })},
	}
	for _, status := range []int{400, 401, 403, 404, 407, 408, 409, 410, 429, 500, 501, 502, 503, 504} {
		all = append(all, outage{name: fmt.Sprint(status), answer: plainly(answering(status, "text/plain", "no"))})
	}
	return all
}

// elsewhere is where nothing may ever be sent.
const elsewhere = "login.microsoftonline.com.elsewhere.example"

func failing(err error) func(context.Context, string) (net.Conn, error) {
	return func(context.Context, string) (net.Conn, error) { return nil, err }
}

func plainly(f func(http.ResponseWriter)) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { f(w) }
}

func throttled(retryAfter string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", retryAfter)
		answering(429, jsonType, `{"error":{"code":"TooManyRequests","message":"Too many requests."}}`)(w)
	}
}

// endless writes 100 MB of blanks into an answer, or as many as are taken.
func endless(w http.ResponseWriter, into io.Writer) {
	w.Header().Set("Content-Type", jsonType)
	blanks := []byte(strings.Repeat(" ", 1<<16))
	for range 100 << 20 / len(blanks) {
		if _, err := into.Write(blanks); err != nil {
			return
		}
	}
}

// pages answers every page with a link to a next one.
func pages(next func(n int) string) func(http.ResponseWriter, *http.Request) {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		answering(200, jsonType, fmt.Sprintf(`{"value":[],"nextLink":"https://%s%s?api-version=2021-04-01&page=%s"}`, r.Host, r.URL.Path, next(int(n.Add(1)))))(w)
	}
}

// handshake opens a connection to a server that has something wrong.
func handshake(spoil func(*x509.Certificate, *tls.Config)) func(context.Context, string) (net.Conn, error) {
	return func(_ context.Context, host string) (net.Conn, error) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: today.AddDate(-1, 0, 0), NotAfter: today.AddDate(1, 0, 0), DNSNames: []string{host}}
		config := &tls.Config{MinVersion: tls.VersionTLS12}
		spoil(template, config)
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			server := tls.Server(theirs, config)
			if server.Handshake() == nil {
				_, _ = io.Copy(io.Discard, server) // until the client goes
			}
		}()
		return ours, nil
	}
}
