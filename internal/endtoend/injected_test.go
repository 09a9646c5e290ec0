package endtoend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inject makes the step what the companion's decorator adds: with a name that Azure Pipelines gives it, without a reference name, and with the
// connection also among the others.
func inject(failOn string) func(*scenario.Run) {
	return func(r *scenario.Run) {
		r.Step.Name, r.Step.RefName, r.Step.ContinueOnError = "__system_1", "", failOn == "never"
		r.Step.Inputs = map[string]string{
			"connectedServiceNameARM": r.Step.Inputs["connectedServiceNameARM"],
			"moreConnections":         strings.Join([]string{r.Step.Inputs["connectedServiceNameARM"], "", r.Step.Inputs["moreConnections"]}, ","),
			"failOn":                  failOn,
		}
	}
}

// TestTheLogOfAnInjectedStep: what the job's readers see, and that the run doesn't end worse than the administrator chose.
func TestTheLogOfAnInjectedStep(t *testing.T) {
	for _, tc := range []struct {
		name, scenario, failOn string
		change                 func(*scenario.Run)
		result                 string
		errors, warnings       []string
		lines                  int // at most; 0: any number
	}{
		{name: "healthy", scenario: "healthy", failOn: "never", result: "Succeeded", lines: 2},
		{name: "healthy-fail", scenario: "healthy-federation", failOn: "fail", result: "Succeeded", lines: 2},
		{name: "more-connections", scenario: "more-connections", failOn: "never", result: "Succeeded", lines: 2},
		{name: "managed-identity", scenario: "healthy-managed-identity", failOn: "never", result: "Succeeded", lines: 2},
		{name: "expired-secret", scenario: "expired-secret", failOn: "never", result: "Succeeded", warnings: []string{"AADSTS7000222"}},
		{name: "expired-secret-fail", scenario: "expired-secret", failOn: "fail", result: "Failed", errors: []string{"AADSTS7000222"}},
		{name: "no-right-to-read", scenario: "no-role", failOn: "fail", result: "Succeeded", warnings: []string{"AuthorizationFailed"}},
		{name: "another-type", scenario: "publish-profile", failOn: "fail", result: "Succeeded", lines: 2},
		{name: "not-given", scenario: "connection-not-in-job", failOn: "fail", result: "Succeeded", lines: 2},
		{name: "classic-release", scenario: "healthy", failOn: "never", result: "Succeeded", lines: 2, change: func(r *scenario.Run) {
			r.Variable("System.HostType", "release", false)
			r.Variable("Release.ReleaseId", "12", false)
		}},
		{name: "deployment-job", scenario: "healthy", failOn: "never", result: "Succeeded", lines: 2, change: func(r *scenario.Run) {
			r.Variable("Environment.Name", "production", false)
			r.Variable("Strategy.Name", "canary", false)
			r.Variable("Strategy.CycleName", "PreIteration", false)
			r.Variable("System.JobName", "preDeploy", false)
		}},
		{name: "restricted", scenario: "healthy", failOn: "never", result: "Succeeded", change: func(r *scenario.Run) {
			r.Step.Restricted, r.Step.SettableVariables = true, []string{}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			changes := []func(*scenario.Run){inject(tc.failOn)}
			if tc.change != nil {
				changes = append(changes, tc.change)
			}
			record := set(t, tc.scenario, changes...).play(t.Context())
			assert.Equal(t, tc.result, record.Result, output(record))
			assert.Equal(t, 0, record.ExitCode)
			assert.Equal(t, tc.errors, errorsOf(record), output(record))
			if tc.name == "restricted" {
				return // the agent warns about each command
			}
			assert.Equal(t, tc.warnings, warningsOf(record), output(record))
			if tc.lines > 0 {
				assert.LessOrEqual(t, len(record.Lines), tc.lines, output(record))
				assert.Empty(t, record.Attachments, "a healthy job keeps nothing")
			}
			assert.Contains(t, record.Lines[0], "added by your organization's pipeline decorator")
			assert.Contains(t, record.Lines[0], "ArmPreflight.Inject to false")
			holdText(t, filepath.Join("testdata", "injected", tc.name+".txt"), record)
		})
	}
}

// TestAFaultOfOursCostsAnInjectedStepNothing: also if the administrator chose that findings fail runs.
func TestAFaultOfOursCostsAnInjectedStepNothing(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, dir string){
		"the program is missing": func(t *testing.T, dir string) {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "bin", "linux-amd64")))
		},
		"the program was changed": func(t *testing.T, dir string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "bin", "linux-amd64", "armpreflight"), []byte("another"), 0o700))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := set(t, "healthy", inject("fail"))
			s.taskDir = fresh(t)
			damage(t, s.taskDir)
			record, err := s.Job.Run(t.Context(), s.taskDir, s.Step)
			require.NoError(t, err)
			assert.Equal(t, "Succeeded", record.Result, output(record))
			assert.Equal(t, 0, record.ExitCode)
			assert.Equal(t, []string{"tool-fault"}, warningsOf(record))
			assert.Empty(t, s.cloud.Requests())
		})
	}
}

func TestAForkWithoutSecretsSkipsAnInjectedStep(t *testing.T) {
	record := set(t, "healthy", inject("fail"), func(r *scenario.Run) {
		r.Variable("System.RestrictSecrets", "True", false)
		r.Variable("System.PullRequest.IsFork", "True", false)
	}).play(t.Context())
	assert.Equal(t, "Skipped", record.Result)
	assert.Empty(t, record.Lines)
}

// later gives a job the variables that a step of it set.
func later(first *agent.Record) func(*scenario.Run) {
	return func(r *scenario.Run) {
		for name, v := range first.Variables {
			if strings.HasPrefix(name, "ArmPreflight.") {
				r.Variable(v.Name, v.Value, false)
			}
		}
	}
}

func TestAnInjectedStepEndsAtOnceIfTheConnectionWasChecked(t *testing.T) {
	first := set(t, "healthy").play(t.Context()) // a step of the pipeline's author
	assert.Equal(t, cloud.ContosoKeyConnectionID, first.Variables["ArmPreflight.checked"].Value)
	s := set(t, "healthy", inject("never"), later(first))
	second := s.play(t.Context())
	assert.Equal(t, "Succeeded", second.Result, output(second))
	assert.Empty(t, s.cloud.Requests(), "nothing is asked")
	assert.Len(t, second.Lines, 2)
	for name, v := range first.Variables {
		if strings.HasPrefix(name, "ArmPreflight.") {
			assert.Equal(t, v.Value, second.Variables[name].Value, "%s stays as it was", name)
		}
	}
	holdText(t, filepath.Join("testdata", "injected", "checked-already.txt"), second)

	other := set(t, "healthy-federation", inject("never"), later(first))
	third := other.play(t.Context())
	assert.NotEmpty(t, other.cloud.Requests(), "another connection is checked")
	assert.Equal(t, cloud.ContosoKeyConnectionID+","+cloud.ContosoFederationConnectionID, third.Variables["ArmPreflight.checked"].Value)

	own := set(t, "healthy", later(first))
	own.play(t.Context())
	assert.NotEmpty(t, own.cloud.Requests(), "a step of an author checks always")
}

// TestEachHookOfADeploymentIsAJob: variables of one don't reach the next, so each has its preflight.
func TestEachHookOfADeploymentIsAJob(t *testing.T) {
	for _, hook := range []string{"preDeploy", "deploy", "routeTraffic", "postRouteTraffic", "on_success"} {
		s := set(t, "healthy", inject("never"), func(r *scenario.Run) {
			r.Variable("Environment.Name", "production", false)
			r.Variable("Strategy.Name", "runOnce", false)
			r.Variable("System.JobName", hook, false)
		})
		assert.Equal(t, "Succeeded", s.play(t.Context()).Result, hook)
		assert.NotEmpty(t, s.cloud.Requests(), hook)
	}
}

func TestAnInjectedStepInAContainer(t *testing.T) {
	s := set(t, "healthy", inject("never"), func(r *scenario.Run) { r.Job.Container = true })
	s.Job.ContainerEnv, s.Job.ParentEnv = append(s.Job.ContainerEnv, "PATH="+os.Getenv("PATH"), "HOME=/"), nil
	s.inside()
	record := s.play(t.Context())
	assert.Equal(t, "Succeeded", record.Result, output(record))
	assert.LessOrEqual(t, len(record.Lines), 2, output(record))
}
