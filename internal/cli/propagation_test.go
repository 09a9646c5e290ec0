package cli

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
)

// asking calls a function before each reading of the subscription with a token,
// with the number of readings so far.
func (b *bubble) asking(before func(n int)) {
	n := 0
	b.answer = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/subscriptions/"+cloud.ContosoSubscriptionID) && r.Header.Get("Authorization") != "" {
			n++
			before(n)
		}
		return false
	}
}

func TestWaitingForWhatPropagates(t *testing.T) {
	const minutes = 5
	roles := cloud.Contoso(time.Now).Tenants[0].RoleAssignments
	for name, tt := range map[string]struct {
		scenario string
		prepare  func(*bubble)
		took     time.Duration
		asks     int // of the subscription
		last     string
	}{
		"a role that arrives after a while": {scenario: "no-role", prepare: func(b *bubble) {
			b.asking(func(n int) {
				if n == 4 {
					b.cloud.Update(func(w *cloud.World) { w.Tenants[0].RoleAssignments = roles })
				}
			})
		}, took: 14 * time.Second, asks: 4, last: "ready: prod-key → Contoso Prod (14.0 s, including 14 s waiting for propagation)"},
		"a role that never comes": {scenario: "no-role", prepare: func(*bubble) {}, took: minutes * time.Minute, asks: 14,
			last: "not ready: subscription failed (300.0 s, including 300 s waiting for propagation)"},
		"an expired secret, which nothing heals": {scenario: "expired-secret", prepare: func(*bubble) {}, last: "not ready: access-token failed (0.0 s)"},
		"a role that is missing beside an input that is wrong": {scenario: "no-role", prepare: func(b *bubble) {
			b.Step.Inputs["timeoutSeconds"] = "soon"
		}, asks: 1, last: "not ready: inputs, subscription failed (0.0 s)"},
		"a role that arrives and shows something that nothing heals": {scenario: "no-role", prepare: func(b *bubble) {
			b.asking(func(n int) {
				if n == 2 {
					b.cloud.Update(func(w *cloud.World) {
						w.Tenants[0].RoleAssignments, w.Tenants[0].Subscriptions[0].State = roles, "Disabled"
					})
				}
			})
		}, took: 2 * time.Second, asks: 2, last: "not ready: subscription failed (2.0 s, including 2 s waiting for propagation)"},
		"a run that is canceled while it waits": {scenario: "no-role", prepare: func(b *bubble) {
			b.asking(func(n int) {
				if n == 3 {
					time.AfterFunc(5*time.Second, b.cancel)
				}
			})
		}, took: 11 * time.Second, asks: 3, last: "canceled: the findings so far are above (11.0 s, including 11 s waiting for propagation)"},
		"a failure that a waiver accepts": {scenario: "no-role", prepare: func(b *bubble) {
			b.Step.Inputs["waivers"] = "subscription until 2026-12-31 because it is on its way"
		}, asks: 1, last: "ready: prod-key → Contoso Prod (" + cloud.ContosoSubscriptionID + "), subscription waived (0.0 s)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := play(t, tt.scenario, func(b *bubble) {
				b.Step.Inputs["waitForPropagation"] = "5"
				b.Step.Inputs["expiryWarningDays"] = "0" // what may not be known in time isn't the subject
				tt.prepare(b)
			})
			assert.Equal(t, tt.took, got.took.Round(time.Second), got.visible())
			asks := 0
			for _, r := range got.cloud.Requests() {
				if strings.HasSuffix(r.Path, "/subscriptions/"+cloud.ContosoSubscriptionID) && r.Authorization {
					asks++
				}
			}
			assert.Equal(t, tt.asks, asks, "readings of the subscription")
			assert.Contains(t, got.visible(), "\n"+tt.last+"\n")
			assert.Equal(t, tt.took > 0, waiting.MatchString(got.log), "progress is told while it waits, and only then")
			assert.Empty(t, got.cloud.Violations())
		})
	}
}

func TestNobodyWaitsUnasked(t *testing.T) {
	got := play(t, "no-role", func(*bubble) {})
	assert.Zero(t, got.took.Round(time.Second))
	assert.NotContains(t, got.log, "propagating;")
}

// TestNoTimeCountsAsWaitedWhereNothingWaits: a report of a busy agent is that of an
// idle one.
func TestNoTimeCountsAsWaitedWhereNothingWaits(t *testing.T) {
	slow := time.Unix(0, 0)
	now := func() time.Time { slow = slow.Add(3 * time.Millisecond); return slow }
	_, waited := awaitPropagation(t.Context(), pipeline.NewLog(t.Output(), nil), preflight.Inputs{WaitForPropagation: time.Minute}, now, nil, nil)
	assert.Zero(t, waited)
}

// TestWhatStandsIsNotAskedAgain counts the requests of a wait with two askings.
func TestWhatStandsIsNotAskedAgain(t *testing.T) {
	roles := cloud.Contoso(time.Now).Tenants[0].RoleAssignments
	got := play(t, "no-role", func(b *bubble) {
		b.Step.Inputs["waitForPropagation"] = "1"
		b.asking(func(n int) {
			if n == 2 {
				b.cloud.Update(func(w *cloud.World) { w.Tenants[0].RoleAssignments = roles })
			}
		})
	})
	asked := map[string]int{}
	for _, r := range got.cloud.Requests() {
		asked[r.Host]++
	}
	assert.Equal(t, 1, asked["dev.azure.com"], "the connection's record")
	assert.Equal(t, "pass", got.status("subscription"))
	assert.Equal(t, "pass", got.status("access-token"))
}

// waiting is what the run's page is told while a run waits.
var waiting = regexp.MustCompile(`(?m)^##vso\[task\.setprogress value=[2-9]\d;\].* might still be propagating; next check in `)
