package attack

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/bubble"
	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// many gives the step so many more connections, each like its own.
func many(t *testing.T, b *bubble.Bubble, n int) {
	t.Helper()
	var own *agent.Endpoint
	for i := range b.Job.Endpoints {
		if b.Job.Endpoints[i].ID == cloud.ContosoKeyConnectionID {
			own = &b.Job.Endpoints[i]
		}
	}
	require.NotNil(t, own)
	var ids []string
	for i := range n {
		another := *own
		another.ID = fmt.Sprintf("%08d-0000-4000-8000-000000000000", i)
		ids = append(ids, another.ID)
		b.Job.Endpoints = append(b.Job.Endpoints, another)
	}
	b.Step.Inputs["moreConnections"] = strings.Join(ids, ",")
}

// TestTheTimeIsForEverything: whatever a step names, a network that says nothing
// holds it for timeoutSeconds and the moment in which its checks end.
func TestTheTimeIsForEverything(t *testing.T) {
	silent := func(ctx context.Context, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for name, tc := range map[string]struct {
		situation string
		prepare   func(*testing.T, *bubble.Bubble)
		most      time.Duration
	}{
		"one connection":   {"healthy", func(_ *testing.T, b *bubble.Bubble) { b.Dial = silent }, 6 * time.Second},
		"two hundred more": {"healthy", func(t *testing.T, b *bubble.Bubble) { many(t, b, 200); b.Dial = silent }, 6 * time.Second},
		"two hundred more, behind a proxy that says nothing": {"healthy", func(t *testing.T, b *bubble.Bubble) {
			many(t, b, 200)
			b.Job.ParentEnv = append(b.Job.ParentEnv, "HTTPS_PROXY=http://proxy.contoso.example:3128")
			b.Dial = silent
		}, 6 * time.Second},
		"services that take what they get and say nothing": {"healthy", func(t *testing.T, b *bubble.Bubble) {
			many(t, b, 200)
			b.Answer = func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true }
		}, 6 * time.Second},
		"asked again while a role may be on its way, and then nothing comes": {"no-role", func(_ *testing.T, b *bubble.Bubble) {
			b.Step.Inputs["waitForPropagation"] = "1"
			asked := 0
			b.Answer = func(_ http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/subscriptions/"+cloud.ContosoSubscriptionID || r.Header.Get("Authorization") == "" {
					return false
				}
				if asked++; asked > 3 {
					<-r.Context().Done()
					return true
				}
				return false
			}
		}, 66 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			got := play(t, tc.situation, func(b *bubble.Bubble) {
				b.Step.Inputs["timeoutSeconds"] = "5"
				tc.prepare(t, b)
			})
			assert.LessOrEqual(t, got.Took, tc.most, "in made-up time")
			assert.NotEqual(t, "pass", outputsIn(got.Log)["ArmPreflight.result"])
		})
	}
}
