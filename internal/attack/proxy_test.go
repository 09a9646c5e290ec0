package attack

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"armpreflight/internal/pipeline"
	"armpreflight/internal/sim/bubble"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheAgentsProxyPasswordGoesToTheAgentsProxyOnly puts a proxy of the job's choice in the place of the agent's. A user who
// queues a run can do that, and would otherwise get the password of the agent's proxy.
func TestTheAgentsProxyPasswordGoesToTheAgentsProxyOnly(t *testing.T) {
	const own = "http://proxy.contoso.example:80"
	for name, tc := range map[string]struct {
		chosen string
		sent   bool
	}{
		"the agent's proxy":                {own, true},
		"another host":                     {"http://thief.example:80", false},
		"a host that begins like it":       {"http://proxy.contoso.example.thief.example:80", false},
		"a user in the address beside it":  {"http://proxy.contoso.example:80@thief.example:80", false},
		"another proxy, with a user of it": {"http://thief:of-the-thief@thief.example:80", false},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			var got []string
			asked := 0
			played := play(t, "healthy", func(b *bubble.Bubble) {
				root := t.TempDir()
				require.NoError(t, os.WriteFile(filepath.Join(root, ".proxy"), []byte(own+"\n"), 0o600))
				b.Job.ParentEnv = append(b.Job.ParentEnv, pipeline.NodeVariable+"="+filepath.Join(root, "externals", "node20_1", "bin", "node"))
				b.Variable("Agent.ProxyUrl", tc.chosen, false)
				b.Variable("Agent.ProxyUsername", "agent", false)
				b.Variable("Agent.ProxyPassword", "of-the-agents-proxy", true)
				b.Answer = func(w http.ResponseWriter, r *http.Request) bool {
					if r.Method != http.MethodConnect {
						return false
					}
					mu.Lock()
					defer mu.Unlock()
					asked++
					stand := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
					_, password, _ := stand.BasicAuth()
					got = append(got, password)
					w.WriteHeader(http.StatusForbidden)
					return true
				}
			})
			assert.NotZero(t, asked, played.Visible())
			assert.Equal(t, tc.sent, strings.Contains(strings.Join(got, "\n"), "of-the-agents-proxy"), "%q", got)
			assert.Equal(t, !tc.sent, strings.Contains(played.Visible(), "without the agent's user and password"), played.Visible())
		})
	}
}

// TestAListOfExceptionsFromAVariableTakesNoTime: the list is read before the time of the run begins, and each of its entries
// is an expression that may grow large.
func TestAListOfExceptionsFromAVariableTakesNoTime(t *testing.T) {
	list, err := json.Marshal(slices.Repeat([]string{`\pL{1000}`}, 8000))
	require.NoError(t, err)
	start := time.Now() // outside of the bubble, so it is real
	play(t, "healthy", func(b *bubble.Bubble) {
		b.Variable("Agent.ProxyUrl", "http://proxy.contoso.example:80", false)
		b.Variable("Agent.ProxyBypassList", string(list), false)
	})
	assert.Less(t, time.Since(start), 6*time.Second) // a second on a machine with nothing else to do; it was a quarter of a minute
}
