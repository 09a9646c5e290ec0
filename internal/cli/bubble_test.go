package cli

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
	"regexp"
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

// today is the day of every run in a bubble.
var today = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// bubble is a whole run of the verb against the simulated cloud, in one process
// and in made-up time: waits and retries cost nothing, and no socket is opened.
type bubble struct {
	*scenario.Run
	cloud *cloud.Cloud
	// answer may take the cloud's place; true says that it did.
	answer func(http.ResponseWriter, *http.Request) bool
	// dial may take the network's place; it returns nothing where it does not.
	dial   func(ctx context.Context, address string) (net.Conn, error)
	cancel context.CancelFunc // of the run
}

// played is what a run in a bubble left behind.
type played struct {
	code   int
	log    string
	checks map[string]outcome // by id
	took   time.Duration      // in made-up time
	cloud  *cloud.Cloud
}

// outcome is what a check came to; notes are as the debug log quotes them.
type outcome struct{ status, notes string }

func (p played) status(id string) string { return p.checks[id].status }

// visible is the log without its commands.
func (p played) visible() string {
	return strings.Join(slices.DeleteFunc(strings.Split(p.log, "\n"), func(l string) bool { return strings.HasPrefix(l, "##vso") }), "\n")
}

// play runs a situation. prepare may change it before the cloud is there, and
// gets what the bubble offers.
func play(t *testing.T, name string, prepare func(*bubble)) played {
	t.Helper()
	dir := t.TempDir()
	certificate := selfSigned(t, filepath.Join(dir, "authority.pem"))
	var got played
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(today))
		s, ok := scenario.Find(name)
		require.True(t, ok, "no scenario %q", name)
		b := &bubble{Run: s.Start(time.Now), answer: func(http.ResponseWriter, *http.Request) bool { return false },
			dial: func(context.Context, string) (net.Conn, error) { return nil, nil }}
		b.renewIdentity()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		b.cancel = cancel
		b.Variable("system.debug", "true", false)
		b.Job.ParentEnv = append(b.Job.ParentEnv, "SSL_CERT_FILE="+filepath.Join(dir, "authority.pem"))
		b.Job.TempDirectory = dir
		b.cloud = cloud.New(b.World)
		prepare(b)
		environ, err := b.Job.Environment(filepath.Join("..", "..", "task", "ArmPreflight", "v1"), b.Step)
		require.NoError(t, err)

		wire := newWire(certificate, func(w http.ResponseWriter, r *http.Request) {
			if !b.answer(w, r) {
				b.cloud.ServeHTTP(w, r)
			}
		})
		var out bytes.Buffer
		start := time.Now()
		got.code = Main(ctx, Env{Args: []string{"run"}, Environ: environ, Stdout: &out, Stderr: t.Output(), Now: time.Now, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			if conn, err := b.dial(ctx, address); conn != nil || err != nil {
				return conn, err
			}
			return wire.dial(ctx, network, address)
		}})
		got.took = time.Since(start)
		got.log, got.cloud = out.String(), b.cloud
		wire.close()
	})
	got.checks = map[string]outcome{}
	for _, m := range checked.FindAllStringSubmatch(got.log, -1) {
		got.checks[m[1]] = outcome{m[2], m[3]}
	}
	require.NotEmpty(t, got.checks, got.log)
	return got
}

var identities atomic.Uint32

// identitySuffix ends the client id of the managed identity of every run.
const identitySuffix = "-9f4d-4d28-b7a1-63e8f20d5b97"

// renewIdentity gives the managed identity another client id in each run: the
// library keeps the tokens of managed identities for as long as the process lives.
func (b *bubble) renewIdentity() {
	id := fmt.Sprintf("%08x", identities.Add(1)) + identitySuffix
	b.World.Tenants[0].ManagedIdentities[0].ClientID = id
	b.World.Machine.UserAssigned = []string{id}
	for _, e := range b.Job.Endpoints {
		if e.ID == cloud.ContosoIdentityConnectionID {
			e.Data["msiclientId"] = id
		}
	}
}

// checked is the debug line of a check's result.
var checked = regexp.MustCompile(`msg=check id=(\S+) status=(\w+) notes=(.*)`)

// selfSigned makes a certificate for every host and writes it to a file.
func selfSigned(t testing.TB, file string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: today.AddDate(-1, 0, 0), NotAfter: today.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true,
		DNSNames: []string{"login.microsoftonline.com", "management.azure.com", "graph.microsoft.com", "dev.azure.com",
			"login.stack.contoso.example", "management.local.stack.contoso.example"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// wire is a network of pipes, whose waits a bubble knows: port 80 is plain HTTP,
// every other TLS.
type wire struct {
	secure, plain pipes
	servers       [2]*http.Server
	done          sync.WaitGroup
}

func newWire(certificate tls.Certificate, h http.HandlerFunc) *wire {
	w := &wire{secure: newPipes(), plain: newPipes()}
	for i := range w.servers {
		w.servers[i] = &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute,
			TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}}
	}
	w.done.Go(func() { _ = w.servers[0].ServeTLS(w.secure, "", "") }) // always http.ErrServerClosed
	w.done.Go(func() { _ = w.servers[1].Serve(w.plain) })
	return w
}

func (w *wire) dial(ctx context.Context, _, address string) (net.Conn, error) {
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

func (w *wire) close() {
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
