package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
)

// TestWhatARunCosts counts what a healthy run asks, for docs/rollout.md.
func TestWhatARunCosts(t *testing.T) {
	var b strings.Builder
	b.WriteString("| connection | requests | sequential | token requests |\n|---|---|---|---|\n")
	for _, row := range []struct {
		name, scenario string
		prepare        func(*bubble)
	}{
		{"secret", "healthy", func(*bubble) {}},
		{"secret, `expiryWarningDays: 0`", "expiry-not-asked", func(*bubble) {}},
		{"certificate", "healthy-certificate", func(*bubble) {}},
		{"federation", "healthy-federation", func(*bubble) {}},
		{"managed identity", "healthy-managed-identity", func(b *bubble) { b.World.Machine.Azure = true }},
		{"secret, for a management group", "healthy-management-group", func(*bubble) {}},
	} {
		got := play(t, row.scenario, func(b *bubble) {
			row.prepare(b)
			b.cloud.Fault(cloud.Fault{Latency: 20 * time.Millisecond})
		})
		tokens := 0
		for _, r := range got.cloud.Requests() {
			if strings.HasSuffix(r.Path, "/oauth2/v2.0/token") || strings.HasSuffix(r.Path, "/identity/oauth2/token") {
				tokens++
			}
		}
		assert.Contains(t, got.log, "\nready: ")
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", row.name, len(got.cloud.Requests()), got.cloud.Waits("/_apis/serviceendpoint/"), tokens)
	}
	holdPage(t, "rollout.md", "go test ./internal/cli -run Costs -update", b.String())
}
