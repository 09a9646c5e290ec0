package attack

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/sim/bubble"
	"armpreflight/internal/sim/cloud"
)

var outputsSet = regexp.MustCompile(`(?m)^##vso\[task\.setvariable variable=([^;\]]+);[^\]]*\](.*)$`)

// outputsIn are the outputs that a log sets, by name; the last one of a name counts.
func outputsIn(log string) map[string]string {
	set := map[string]string{}
	for _, m := range outputsSet.FindAllStringSubmatch(log, -1) {
		set[m[1]] = m[2]
	}
	return set
}

// TestASecretThatIsAWordOfOursSuppressesNoOutput: a later step would read what an
// earlier one left behind.
func TestASecretThatIsAWordOfOursSuppressesNoOutput(t *testing.T) {
	for _, value := range []string{"result", "ArmPreflight", "ArmPreflight.result", "unknown", "failedChecks", "access-token", "setvariable", "Failed", "task.complete"} {
		t.Run(value, func(t *testing.T) {
			got := play(t, "expired-secret", func(b *bubble.Bubble) { b.Variable("Planted", value, true) })
			set := outputsIn(got.Log)
			assert.Equal(t, "fail", set["ArmPreflight.result"])
			assert.Equal(t, "access-token", set["ArmPreflight.failedChecks"])
			assert.NotEmpty(t, set["ArmPreflight.tenantId"])
			assert.Contains(t, got.Log, "##vso[task.complete result=Failed;]")
			assert.Contains(t, got.Visible(), "a secret of this job has the same value as a word that this task sends to the agent")
		})
	}
}

// TestASecretThatIsACodeHidesNoCode: who searches runs for a code, and what counts
// issues by it, would miss this one.
func TestASecretThatIsACodeHidesNoCode(t *testing.T) {
	for code, situation := range map[string]string{"AADSTS7000222": "expired-secret", "connection-not-in-job": "healthy"} {
		t.Run(code, func(t *testing.T) {
			got := play(t, situation, func(b *bubble.Bubble) {
				b.Variable("Planted", code, true)
				if code == "connection-not-in-job" {
					b.Step.Inputs["moreConnections"] = "another"
				}
			})
			assert.Contains(t, got.Log, "##vso[task.logissue type=error;code="+code+";]")
			assert.Contains(t, got.Visible(), "a secret of this job has the same value as a word that this task sends to the agent")
		})
	}
}

func TestAnOutputThatIsASecretIsEmptyAndTheLogSaysSo(t *testing.T) {
	got := play(t, "healthy", func(b *bubble.Bubble) { b.Variable("Planted", cloud.ContosoSubscriptionID, true) })
	set := outputsIn(got.Log)
	assert.Equal(t, "pass", set["ArmPreflight.result"])
	assert.Empty(t, set["ArmPreflight.subscriptionId"])
	assert.Contains(t, got.Visible(), "the output ArmPreflight.subscriptionId is empty: its value is or contains a secret of this job")
	assert.NotContains(t, got.Log, cloud.ContosoSubscriptionID)
}

// TestAFileThatTheAgentCantFindIsNotAttached: the agent would fail the step for it.
func TestAFileThatTheAgentCantFindIsNotAttached(t *testing.T) {
	for _, value := range []string{"report.json", "report.html", "armpreflight-report-", "ARM Preflight.md"} {
		t.Run(value, func(t *testing.T) {
			got := play(t, "healthy", func(b *bubble.Bubble) {
				b.Variable("Planted", value, true)
				b.Step.Inputs["publishSummary"] = "always"
			})
			for line := range strings.Lines(got.Log) {
				assert.NotRegexp(t, `^##vso\[task\.(addattachment|uploadsummary)`, line)
			}
			assert.Contains(t, got.Visible(), "isn't attached")
			assert.Empty(t, outputsIn(got.Log)["ArmPreflight.reportPath"])
		})
	}
}

// TestASecretThatIsACodeHidesNoCodeOfTheLint: a script step is given the secrets that
// it names.
func TestASecretThatIsACodeHidesNoCodeOfTheLint(t *testing.T) {
	dir := t.TempDir()
	const yaml = "steps:\n- script: echo '##vso[task.setvariable variable=c]x'\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: '$(c)'\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "azure-pipelines.yml"), []byte(yaml), 0o600))
	for _, environ := range [][]string{{"TF_BUILD=True"}, {"TF_BUILD=True", "SECRET_PLANTED=" + lateCode}} {
		out, _ := called(t, dir, "", environ, "lint", "--format", "pipelines", "azure-pipelines.yml")
		assert.Contains(t, out, "code="+lateCode+";]")
		assert.Equal(t, len(environ) > 1, strings.Contains(out, "a secret of this job has the same value as a word that this task sends to the agent"))
	}
}

const lateCode = "connection-set-by-step"
