package endtoend

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
)

// TestARoleThatArrivesIsWaitedFor is the one test that waits for real; the other
// ways in which a wait may go are in package cli, in made-up time.
func TestARoleThatArrivesIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := set(t, "no-role", func(r *scenario.Run) { r.Step.Inputs["waitForPropagation"] = "5" })
	roles := cloud.Contoso(time.Now).Tenants[0].RoleAssignments
	ctx, done := context.WithCancel(t.Context())
	arrived := make(chan struct{})
	go func() { // there is no event to wait for
		defer close(arrived)
		for ctx.Err() == nil && !refused(s.cloud) {
			time.Sleep(5 * time.Millisecond)
		}
		s.cloud.Update(func(w *cloud.World) { w.Tenants[0].RoleAssignments = roles })
	}()
	record := s.play(t.Context())
	done()
	<-arrived
	assert.Equal(t, "Succeeded", record.Result, output(record))
	assert.Empty(t, record.Issues, "what healed is no finding")
	for _, part := range []string{
		"subscription might still be propagating; next check in 2s, for up to 5m more",
		"s waiting for propagation)",
		"ready: prod-key → Contoso Prod",
	} {
		assert.True(t, hasLine(record, part), "no line says %q:\n%s", part, output(record))
	}
	assert.Equal(t, 20, slices.Max(record.Progress), "the checks are the smaller part of the way, and the wait has only begun")
	assert.Less(t, record.Elapsed, time.Minute)
	assert.Empty(t, record.Variables["ArmPreflight.failedChecks"].Value)
}

// refused reports whether the subscription was refused.
func refused(c *cloud.Cloud) bool {
	for _, r := range c.Requests() {
		if strings.HasSuffix(r.Path, "/subscriptions/"+cloud.ContosoSubscriptionID) && r.Status == 403 {
			return true
		}
	}
	return false
}
