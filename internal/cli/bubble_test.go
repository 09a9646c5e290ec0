package cli

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"regexp"
	"testing"
	"time"

	sim "armpreflight/internal/sim/bubble"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/require"
)

// today is the day of every run in a bubble.
var today = sim.Today

// bubble is a run in made-up time that's about to start.
type bubble struct {
	*scenario.Run
	cloud *cloud.Cloud
	// answer may take the cloud's place; true says that it did.
	answer func(http.ResponseWriter, *http.Request) bool
	// dial may take the network's place; it returns nothing where it doesn't.
	dial   func(ctx context.Context, address string) (net.Conn, error)
	cancel context.CancelFunc // of the run
}

// played is what a run in a bubble left behind.
type played struct {
	code   int
	log    string
	checks map[string]outcome // by ID
	took   time.Duration      // in made-up time
	cloud  *cloud.Cloud
}

// outcome is the result of a check; notes are as the debug log quotes them.
type outcome struct{ status, notes string }

func (p played) status(id string) string { return p.checks[id].status }

// visible is the log without its commands.
func (p played) visible() string { return sim.Played{Log: p.log}.Visible() }

// play runs a situation. prepare may change it before the cloud is there, and
// gets what the bubble offers.
func play(t *testing.T, name string, prepare func(*bubble)) played {
	t.Helper()
	run := func(ctx context.Context, environ []string, stdout io.Writer, dial sim.Dial) int {
		return Main(ctx, Env{Args: []string{"run"}, Environ: environ, Stdout: stdout, Stderr: t.Output(), Now: time.Now, Dial: dial})
	}
	p := sim.Play(t, name, run, func(b *sim.Bubble) {
		own := &bubble{Run: b.Run, cloud: b.Cloud, answer: b.Answer, dial: b.Dial, cancel: b.Cancel}
		prepare(own)
		b.Cloud, b.Answer, b.Dial = own.cloud, own.answer, own.dial
	})
	got := played{code: p.Code, log: p.Log, took: p.Took, cloud: p.Cloud, checks: map[string]outcome{}}
	for _, m := range checked.FindAllStringSubmatch(got.log, -1) {
		got.checks[m[1]] = outcome{m[2], m[3]}
	}
	require.NotEmpty(t, got.checks, got.log)
	return got
}

// identitySuffix ends the client ID of the managed identity of every run.
const identitySuffix = sim.IdentitySuffix

// checked is the debug line of a check's result.
var checked = regexp.MustCompile(`msg=check id=(\S+) status=(\w+) notes=(.*)`)

// selfSigned creates a certificate for every host and writes it to a file.
func selfSigned(t testing.TB, file string) tls.Certificate { return sim.SelfSigned(t, file) }

type wire = sim.Wire

var newWire = sim.NewWire

// sameCodeAsOthers skips a test under the race detector, where it takes six times as long: other tests run the same code.
func sameCodeAsOthers(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("others run the same code")
	}
}
