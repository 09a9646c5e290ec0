// Package bubble plays a whole run of the product against the simulated cloud, in
// one process and in made-up time: waits and retries cost nothing, and no socket
// is opened.
//
// It's for tests only, and knows the product as a function that gets an
// environment and a network.
package bubble

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/require"
)

// Today is the day of every run in a bubble.
var Today = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// Dial opens a network connection.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Product is what's tested: it does a run and returns its exit code.
type Product func(ctx context.Context, environ []string, stdout io.Writer, dial Dial) int

// Bubble is a run that's about to start.
type Bubble struct {
	*scenario.Run
	Cloud *cloud.Cloud
	// Task is the folder with task.json.
	Task string
	// Answer may take the cloud's place; true says that it did.
	Answer func(http.ResponseWriter, *http.Request) bool
	// Dial may take the network's place; it returns nothing where it doesn't.
	Dial func(ctx context.Context, address string) (net.Conn, error)
	// Cancel cancels the run.
	Cancel context.CancelFunc
}

// Played is a run that has ended.
type Played struct {
	Code  int
	Log   string
	Took  time.Duration // in made-up time
	Cloud *cloud.Cloud
}

// Visible returns the log without its commands.
func (p Played) Visible() string {
	return strings.Join(slices.DeleteFunc(strings.Split(p.Log, "\n"), func(l string) bool { return strings.HasPrefix(l, "##vso") }), "\n")
}

// Play plays a situation. prepare may change it before the run starts.
func Play(t *testing.T, name string, product Product, prepare func(*Bubble)) Played {
	t.Helper()
	dir := t.TempDir()
	certificate := SelfSigned(t, filepath.Join(dir, "authority.pem"))
	var got Played
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(Today))
		s, ok := scenario.Find(name)
		require.True(t, ok, "no scenario %q", name)
		b := &Bubble{Run: s.Start(time.Now), Task: filepath.Join("..", "..", "task", "ArmPreflight", "v1"),
			Answer: func(http.ResponseWriter, *http.Request) bool { return false },
			Dial:   func(context.Context, string) (net.Conn, error) { return nil, nil }}
		b.renewIdentity()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		b.Cancel = cancel
		b.Variable("system.debug", "true", false)
		b.Job.ParentEnv = append(b.Job.ParentEnv, "SSL_CERT_FILE="+filepath.Join(dir, "authority.pem"))
		b.Job.TempDirectory = dir
		b.Cloud = cloud.New(b.World)
		prepare(b)
		require.NoError(t, b.Place(dir))
		environ, err := b.Job.Environment(b.Task, b.Step)
		require.NoError(t, err)

		wire := NewWire(certificate, func(w http.ResponseWriter, r *http.Request) {
			if !b.Answer(w, r) {
				b.Cloud.ServeHTTP(w, r)
			}
		})
		var out bytes.Buffer
		start := time.Now()
		got.Code = product(ctx, environ, &out, func(ctx context.Context, network, address string) (net.Conn, error) {
			if conn, err := b.Dial(ctx, address); conn != nil || err != nil {
				return conn, err
			}
			return wire.Dial(ctx, network, address)
		})
		got.Took = time.Since(start)
		got.Log, got.Cloud = out.String(), b.Cloud
		wire.Close()
	})
	return got
}

var identities atomic.Uint32

// IdentitySuffix ends the client ID of the managed identity of every run.
const IdentitySuffix = "-9f4d-4d28-b7a1-63e8f20d5b97"

// renewIdentity gives the managed identity another client ID in each run: the
// library keeps the tokens of managed identities for as long as the process lives.
func (b *Bubble) renewIdentity() {
	id := fmt.Sprintf("%08x", identities.Add(1)) + IdentitySuffix
	b.World.Tenants[0].ManagedIdentities[0].ClientID = id
	b.World.Machine.UserAssigned = []string{id}
	for _, e := range b.Job.Endpoints {
		if e.ID == cloud.ContosoIdentityConnectionID {
			e.Data["msiclientId"] = id
		}
	}
}

// SelfSigned returns a certificate for every host that runs talk to and writes it to a file in PEM form.
func SelfSigned(t testing.TB, file string) tls.Certificate {
	t.Helper()
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: selfSigned().Certificate[0]}), 0o600))
	return selfSigned()
}

var selfSigned = sync.OnceValue(func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: Today.AddDate(-1, 0, 0), NotAfter: Today.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true,
		DNSNames: []string{"login.microsoftonline.com", "management.azure.com", "graph.microsoft.com", "dev.azure.com", "vssps.dev.azure.com",
			"login.stack.contoso.example", "management.local.stack.contoso.example"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
})

// Wire is a network of pipes, whose waits a bubble knows: port 80 is plain HTTP,
// every other port is TLS.
type Wire struct {
	secure, plain pipes
	servers       [2]*http.Server
	done          sync.WaitGroup
}

// NewWire returns a network on which h answers. Close it when you're done.
func NewWire(certificate tls.Certificate, h http.HandlerFunc) *Wire {
	w := &Wire{secure: newPipes(), plain: newPipes()}
	for i := range w.servers {
		w.servers[i] = &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute,
			// Thousands of handshakes, and none is about post-quantum keys.
			TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, CurvePreferences: []tls.CurveID{tls.X25519}}}
	}
	w.done.Go(func() { _ = w.servers[0].ServeTLS(w.secure, "", "") }) // always http.ErrServerClosed
	w.done.Go(func() { _ = w.servers[1].Serve(w.plain) })
	return w
}

// Dial opens a connection to h, whatever the address.
func (w *Wire) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	to := w.secure
	if _, port, _ := net.SplitHostPort(address); port == "80" {
		to = w.plain
	}
	ours, theirs := net.Pipe()
	select {
	case to.arriving <- theirs:
		return ours, nil
	case <-to.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close ends both servers and waits for them.
func (w *Wire) Close() {
	for _, s := range w.servers {
		_ = s.Close()
	}
	w.done.Wait()
}

// pipes is a net.Listener.
type pipes struct {
	arriving chan net.Conn
	closed   chan struct{}
	close    func()
}

func newPipes() pipes {
	closed := make(chan struct{})
	return pipes{arriving: make(chan net.Conn), closed: closed, close: sync.OnceFunc(func() { close(closed) })}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.arriving:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error   { p.close(); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 443} }
