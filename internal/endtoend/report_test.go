package endtoend

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const summaryType = "DistributedTask.Core.Summary"

func attached(r *agent.Record, kind string) []agent.Attachment {
	var found []agent.Attachment
	for _, a := range r.Attachments {
		if a.Type == kind {
			found = append(found, a)
		}
	}
	return found
}

func TestARunKeepsItsReport(t *testing.T) {
	for name, tc := range map[string]struct {
		result    string
		summaries int
		change    func(*scenario.Run)
	}{
		"healthy":              {"pass", 0, nil},
		"healthy-federation":   {"pass", 1, func(r *scenario.Run) { r.Step.Inputs["publishSummary"] = "always" }},
		"expired-secret":       {"fail", 1, nil},
		"permission-missing":   {"fail", 0, func(r *scenario.Run) { r.Step.Inputs["publishSummary"] = "never" }},
		"certificate-expiring": {"warn", 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stage := set(t, name, func(r *scenario.Run) {
				if tc.change != nil {
					tc.change(r)
				}
			})
			record := stage.play(t.Context())
			reports := attached(record, "armpreflight.report-json.v1")
			require.Len(t, reports, 1)
			var report struct {
				SchemaVersion, Result, Line string
				Checks                      []struct{ ID, Status string }
			}
			require.NoError(t, json.Unmarshal(reports[0].Content, &report))
			assert.Equal(t, "1", report.SchemaVersion)
			assert.Equal(t, tc.result, report.Result)
			assert.True(t, hasLine(record, report.Line), "the last line is that of the log: %s", report.Line)
			assert.Greater(t, len(report.Checks), 15)
			assert.Len(t, attached(record, summaryType), tc.summaries)

			path := record.Variables["ArmPreflight.reportPath"].Value
			require.FileExists(t, path)
			junit, err := os.ReadFile(filepath.Join(filepath.Dir(path), "junit.xml"))
			require.NoError(t, err)
			assert.Equal(t, tc.result == "fail", bytes.Contains(junit, []byte("<failure")))

			again, err := exec.CommandContext(t.Context(), record.Variables["ArmPreflight.toolPath"].Value, "render", path).CombinedOutput()
			require.NoError(t, err, string(again))
			assert.Contains(t, string(again), report.Line, "and the program shows it again")
		})
	}
}

func TestAReportThatCannotBeKeptIsALine(t *testing.T) {
	t.Parallel()
	stage := set(t, "healthy", func(r *scenario.Run) {
		r.Job.TempDirectory = filepath.Join(t.TempDir(), "temp")
		require.NoError(t, os.Mkdir(r.Job.TempDirectory, 0o755))
	})
	require.NoError(t, os.RemoveAll(stage.Job.TempDirectory))
	require.NoError(t, os.WriteFile(stage.Job.TempDirectory, nil, 0o600)) // a file where the folder should be
	record, err := stage.Job.Run(t.Context(), stage.taskDir, stage.Step)
	if err != nil {
		t.Skipf("NOT RUN: the emulated agent itself needs its folder: %v", err)
	}
	assert.Equal(t, "Succeeded", record.Result, output(record))
	assert.True(t, hasLine(record, "the report wasn't saved"), output(record))
}

// TestARestrictedStepEndsAsItWouldHave: the agent refuses attachments to a step with
// target.commands: restricted. Nothing tells a task of that beforehand.
func TestARestrictedStepEndsAsItWouldHave(t *testing.T) {
	for name, want := range map[string]string{"healthy": "Succeeded", "expired-secret": "Failed"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stage := set(t, name, func(r *scenario.Run) { r.Step.Restricted = true })
			record := stage.play(t.Context())
			assert.Equal(t, want, record.Result)
			assert.Empty(t, record.Attachments)
			assert.FileExists(t, record.Variables["ArmPreflight.reportPath"].Value)
		})
	}
}
