package endtoend

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoStepLeavesTheResultOfAnEarlierOne: an earlier step found nothing wrong, and
// this one has no result.
func TestNoStepLeavesTheResultOfAnEarlierOne(t *testing.T) {
	program := func(s *stage) string { return filepath.Join(s.taskDir, "bin", "linux-amd64", "armpreflight") }
	replaced := func(t *testing.T, s *stage, script string) {
		require.NoError(t, os.WriteFile(program(s), []byte(script), 0o755))
		sum := sha256.Sum256([]byte(script))
		require.NoError(t, os.WriteFile(filepath.Join(s.taskDir, "bin", "SHA256SUMS"), []byte(hex.EncodeToString(sum[:])+"  linux-amd64/armpreflight\n"), 0o644))
	}
	const says = "#!/bin/sh\necho '##vso[task.setvariable variable=ArmPreflight.result;]pass'\n"
	for name, tc := range map[string]struct {
		prepare func(*testing.T, *stage)
		result  string // of the step
	}{
		"the program is missing": {func(t *testing.T, s *stage) { require.NoError(t, os.Remove(program(s))) }, "SucceededWithIssues"},
		"the program is damaged": {func(t *testing.T, s *stage) { require.NoError(t, os.WriteFile(program(s), []byte("x"), 0o755)) }, "Failed"},
		"the list of sums is missing": {func(t *testing.T, s *stage) {
			require.NoError(t, os.Remove(filepath.Join(s.taskDir, "bin", "SHA256SUMS")))
		}, "Failed"},
		"the program crashes":             {func(t *testing.T, s *stage) { replaced(t, s, "#!/bin/sh\nexit 2\n") }, "SucceededWithIssues"},
		"it crashes after it said a pass": {func(t *testing.T, s *stage) { replaced(t, s, says+"exit 2\n") }, "SucceededWithIssues"},
		"it is killed":                    {func(t *testing.T, s *stage) { replaced(t, s, "#!/bin/sh\nkill -KILL $$\n") }, "Failed"},
		"it is killed after a pass":       {func(t *testing.T, s *stage) { replaced(t, s, says+"kill -KILL $$\n") }, "Failed"},
		"it cannot be started":            {func(t *testing.T, s *stage) { replaced(t, s, "#!/nowhere/sh\n") }, "SucceededWithIssues"},
		"it says nothing at all":          {func(t *testing.T, s *stage) { replaced(t, s, "#!/bin/sh\n") }, "Succeeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(t, "healthy", func(r *scenario.Run) {
				r.Variable("ArmPreflight.result", "pass", false)
				r.Variable("ArmPreflight.subscriptionId", "of-an-earlier-step", false)
			})
			s.taskDir = fresh(t)
			tc.prepare(t, s)
			record, err := s.Job.Run(t.Context(), s.taskDir, s.Step)
			require.NoError(t, err)
			assert.Equal(t, tc.result, record.Result, output(record))
			assert.Equal(t, "unknown", record.Variables["ArmPreflight.result"].Value, output(record))
			assert.Empty(t, record.Variables["ArmPreflight.subscriptionId"].Value)
		})
	}
}
