package endtoend

import (
	"strings"
	"testing"

	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
)

// TestTwoHundredConnectionsInOneStep is about what a process can be given: Linux
// gives it 2 MiB of environment, which these take a good part of.
func TestTwoHundredConnectionsInOneStep(t *testing.T) {
	t.Parallel()
	const others = 199
	stage := set(t, "healthy", func(r *scenario.Run) { r.MoreKeyConnections(others) })
	record := stage.play(t.Context())
	assert.Equal(t, "Succeeded", record.Result, output(record))
	well := 0
	for _, line := range record.Lines {
		if strings.HasPrefix(line, "  pass") && strings.Contains(line, "  key-") && strings.HasSuffix(line, `"Contoso Prod", enabled`) {
			well++
		}
	}
	assert.Equal(t, others, well, "a line for each")
	assert.True(t, hasLine(record, "Contoso Prod, and 199 more connections"), output(record))
	assert.LessOrEqual(t, len(record.Lines), others+20)
}

func TestOtherConnectionsAreNotWhatTheOutputsSpeakOf(t *testing.T) {
	t.Parallel()
	record := set(t, "more-connections-broken").play(t.Context())
	assert.Equal(t, "fail", record.Variables["ArmPreflight.result"].Value)
	assert.Equal(t, "99999999-4d1f-4d80-b3a5-6e3c8f1d2a47/connection-input,key-0/access-token", record.Variables["ArmPreflight.failedChecks"].Value)
	assert.NotEmpty(t, record.Variables["ArmPreflight.subscriptionId"].Value)
}
