package endtoend

import (
	"testing"

	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
)

// TestAWaivedFailureStaysVisible is about everything except the verdict: a waiver
// changes what a finding counts for, and hides nothing of it.
func TestAWaivedFailureStaysVisible(t *testing.T) {
	t.Parallel()
	record := set(t, "waived-failure").play(t.Context())
	for _, part := range []string{
		"FAIL", "waived until ", "it is enabled on Monday, ticket 4711", "who ", "1.  ",
		"ready: prod-key → Contoso Prod, subscription waived",
	} {
		assert.True(t, hasLine(record, part), "no line says %q:\n%s", part, output(record))
	}
	assert.False(t, hasLine(record, "set its variable ArmPreflight.FailOn"), "nothing is in the way of the run")
	assert.Equal(t, "warn", record.Variables["ArmPreflight.result"].Value)
	assert.Empty(t, record.Variables["ArmPreflight.failedChecks"].Value)
}

func TestAWaiverHasNoEffectOnAnotherFinding(t *testing.T) {
	t.Parallel()
	record := set(t, "waived-failure", func(r *scenario.Run) {
		r.Step.Inputs["expectedSubscription"] = "Contoso Test"
	}).play(t.Context())
	assert.Equal(t, "Failed", record.Result)
	assert.Equal(t, "subscription", record.Variables["ArmPreflight.failedChecks"].Value)
	assert.Equal(t, []string{"subscription-mismatch"}, errorsOf(record), output(record))
}

// TestAWaiverDoesNotUnblock: what depended on a waived check stays skipped.
func TestAWaiverDoesNotUnblock(t *testing.T) {
	t.Parallel()
	record := set(t, "certificate-expired", func(r *scenario.Run) {
		r.Step.Inputs["waivers"] = "certificate until 2099-12-31 because it is renewed tonight"
	}).play(t.Context())
	assert.Equal(t, "SucceededWithIssues", record.Result, output(record))
	assert.True(t, hasLine(record, "blocked by certificate: access-token"), output(record))

}
