package endtoend

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheResultAndLogOfEverySituation(t *testing.T) {
	all := scenario.All()
	require.NotEmpty(t, all)
	if !*update {
		files, err := os.ReadDir(logFolder)
		require.NoError(t, err)
		require.Len(t, files, len(all), "a file for every scenario, and no other")
	}
	for i, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			w := s.Wants
			require.NotEmpty(t, w.Result, "the scenario has no Wants (CONTRIBUTING, Adding a check, step 4)")
			for _, debug := range []bool{false, true} {
				if debug && i%12 != 0 { // it adds lines to the log, for each situation the same ones
					continue
				}
				stage := set(t, s.Name, func(r *scenario.Run) {
					if debug {
						r.Variable("system.debug", "true", false)
					}
				})
				record := stage.play(t.Context())
				if !debug {
					holdLog(t, s.Name, record)
				}
				if !debug && strings.HasPrefix(s.Name, "healthy") {
					assertShort(t, record)
				}
				assert.Equal(t, w.Result, record.Result, output(record))
				assert.Equal(t, 0, record.ExitCode)
				assert.Equal(t, w.Errors, errorsOf(record), output(record))
				assert.Equal(t, w.Warnings, warningsOf(record), output(record))
				if w.Tokens >= 0 {
					assert.Equal(t, w.Tokens, tokenRequests(stage.cloud), "token requests")
				} else {
					assert.Greater(t, tokenRequests(stage.cloud), 1, "a transient error is retried")
				}
				if w.Waits > 0 {
					assert.Equal(t, w.Waits, stage.shortest(t.Context(), w.Waits), "round trips on the critical path")
				}
				assert.True(t, hasLine(record, w.Says), "no line says %q:\n%s", w.Says, output(record))
			}
		})
	}
}

// assertShort wants a healthy run to be a few lines that fit on a screen.
func assertShort(t *testing.T, record *agent.Record) {
	t.Helper()
	// These lines are there only where a proxy or certificate authorities are set, and for a secret such as the simulated one.
	lines := slices.DeleteFunc(slices.Clone(record.Lines), func(l string) bool {
		return strings.HasPrefix(l, "in use: ") || strings.Contains(l, "the secret is valid, but tasks") || strings.Contains(l, "might fail: it contains a character")
	})
	assert.LessOrEqual(t, len(lines), 16, output(record))
	for _, line := range record.Lines {
		if !strings.Contains(line, ".pem") { // a path stays whole
			assert.LessOrEqual(t, utf8.RuneCountInString(line), 100, line)
		}
	}
}

func TestAHealthyRunSetsItsOutputs(t *testing.T) {
	record := set(t, "healthy").play(t.Context())
	for name, value := range map[string]string{
		"ArmPreflight.result":         "pass",
		"ArmPreflight.failedChecks":   "",
		"ArmPreflight.subscriptionId": cloud.ContosoSubscriptionID,
		"ArmPreflight.tenantId":       cloud.ContosoTenantID,
		"ArmPreflight.daysToExpiry":   "",
	} {
		assert.Equal(t, value, record.Variables[name].Value, name)
	}
	assert.FileExists(t, record.Variables["ArmPreflight.toolPath"].Value)
}

func TestOutputsOfAStepWithAReferenceName(t *testing.T) {
	record := set(t, "healthy", func(r *scenario.Run) {
		r.Step.RefName = "preflight"
		r.Step.Inputs["outputs"] = "reference"
	}).play(t.Context())
	assert.Equal(t, "pass", record.Variables["preflight.ArmPreflight.result"].Value)
}

func TestTheWayOutAtTwoInTheMorning(t *testing.T) {
	record := set(t, "expired-secret", func(r *scenario.Run) { r.Variable("ArmPreflight.FailOn", "never", false) }).play(t.Context())
	assert.Equal(t, "SucceededWithIssues", record.Result)
	assert.Equal(t, []string{"AADSTS7000222"}, warningsOf(record))
	assert.True(t, hasLine(record, `failOn is "never" because of the variable ArmPreflight.FailOn`), output(record))
	assert.Equal(t, "fail", record.Variables["ArmPreflight.result"].Value)
}
