package cli

import (
	"flag"
	"hash/fnv"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// moody answers every so many requests with 429 or 503. Which ones depends on the
// address and on how often it was requested, so that every address is answered in the
// end and every run is the same.
type moody struct {
	mu               sync.Mutex
	asked            map[string]int
	limited, outages int
	early            int // requests that came before Retry-After was over
	back             map[string]time.Time
	retryAfter       string
}

func newMoody() *moody {
	return &moody{asked: map[string]int{}, back: map[string]time.Time{}, retryAfter: "1"}
}

func (m *moody) answer(w http.ResponseWriter, r *http.Request) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := r.URL.String()
	if time.Now().Before(m.back[key]) {
		m.early++
	}
	m.asked[key]++
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	switch mood := (h.Sum32() + uint32(m.asked[key])*2654435761) % 97; {
	case m.asked[key] > 6:
		return false
	case mood < 3:
		m.limited++
		m.back[key] = time.Now().Add(time.Second)
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	case mood < 6:
		m.outages++
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	return false
}

// fleetSize is how many projects and connections a large organization has. A test does with a fifth of them.
func fleetSize() (projects, connections int) {
	if *every || flag.Lookup("test.bench").Value.String() != "" {
		return 300, 10_000
	}
	return 60, 2_000
}

func fleetWorld(now func() time.Time) *cloud.World {
	projects, connections := fleetSize()
	return scenario.Fleet(now, projects, connections)
}

// TestEachOfManyConnectionsIsSeenOnce runs against an organization that limits and fails every so often, in made-up time.
func TestEachOfManyConnectionsIsSeenOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("ten thousand requests")
	}
	projects, connections := fleetSize()
	mood := newMoody()
	a := auditing{world: fleetWorld, args: []string{"--format", "json"}, person: true, spoil: mood.answer, fault: &cloud.Fault{Latency: 20 * time.Millisecond}}
	got := a.run(t)
	require.Equal(t, ExitFindings, got.code, got.stderr)
	d := got.document(t)
	seen := map[string]int{}
	open, gone, shared := 0, 0, 0
	for _, c := range d.Connections {
		seen[c.Name]++
		assert.Empty(t, c.Unseen, c.Name)
		for _, f := range c.Findings {
			switch f.Code {
			case "connection-open-to-all":
				open++
			case "AADSTS700016":
				gone++
			case "connection-shared":
				shared++
			}
		}
	}
	assert.Len(t, seen, connections)
	assert.Len(t, d.Connections, connections, "each once")
	assert.Len(t, d.Projects, projects)
	assert.Empty(t, d.NotSeen)
	assert.Equal(t, []int{connections / 40, connections / 40, connections / 20}, []int{open, gone, shared})
	assert.Empty(t, got.cloud.Violations())
	assert.Greater(t, mood.limited, connections/20)
	assert.Greater(t, mood.outages, connections/20)
	assert.Zero(t, mood.early, "Retry-After is waited for")
	t.Logf("%d requests, %d limited, %d outages, %v of made-up time", len(got.cloud.Requests()), mood.limited, mood.outages, got.took)
}

// BenchmarkAuditOfTenThousand is the same without moods, over pipes and in real
// time: 20 ms for each answer.
func BenchmarkAuditOfTenThousand(b *testing.B) {
	dir := b.TempDir()
	certificate := selfSigned(b, filepath.Join(dir, "authority.pem"))
	for b.Loop() {
		got := auditing{world: fleetWorld, args: []string{"--format", "json"}, environ: []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}, fault: &cloud.Fault{Latency: 20 * time.Millisecond}}.
			play(b.Context(), dir, func(h http.HandlerFunc) *wire { return newWire(certificate, h) })
		require.Equal(b, ExitOK, got.code, got.stderr)
		_, connections := fleetSize()
		require.Equal(b, connections, strings.Count(got.out, `"recommendation"`))
	}
}
