package agent

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVersionsAreToldByTheirMiddleNumber(t *testing.T) {
	for version, want := range map[string]bool{"": true, Newest: true, Oldest: false, "4.275.0": false, "5.276.9": false, "5.277.0": true, "6.300.1": true, "my own": true} {
		assert.Equal(t, want, (&Job{Version: version}).since(277), version)
	}
}

func TestBeforeItsOwnNamesCameLastVariablesOverwroteThem(t *testing.T) {
	id := "aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb"
	for version, want := range map[string]string{"5.276.0": "variable", "5.277.0": "agent", Oldest: "agent, for its name is not kept in case yet"} {
		t.Run(version, func(t *testing.T) {
			env := environment(t, &Job{
				Version:   version,
				Endpoints: []Endpoint{endpoint(azure, "prod"), system("job-token")},
				Variables: []Variable{
					{Name: "input.failOn", Value: "variable"}, {Name: "endpoint.url.SystemVssConnection", Value: "https://variable"},
					{Name: "ENDPOINT_DATA_" + id, Value: "variable", PreserveCase: true}, {Name: "vsts.public.variables", Value: "[]"},
				},
			}, Step{Inputs: map[string]string{"connectedServiceNameARM": azure}})
			before := version != "5.277.0"
			assert.Equal(t, map[bool]string{true: "variable", false: "fail"}[before], env["INPUT_FAILON"])
			assert.Equal(t, map[bool]string{true: "https://variable", false: "https://dev.azure.com/org/"}[before], env["ENDPOINT_URL_SYSTEMVSSCONNECTION"])
			assert.Equal(t, want == "variable", env["ENDPOINT_DATA_"+id] == "variable")
			assert.Contains(t, env["VSTS_PUBLIC_VARIABLES"], `"endpoint.url.SystemVssConnection"`, "no variable overwrites the list of variables")
			assert.Equal(t, version, env["AGENT_VERSION"])
		})
	}
}

func TestWhatOlderAgentsDidNotMask(t *testing.T) {
	connection := endpoint(azure, "prod")
	connection.Parameters["IdToken"] = "token-of-the-server"
	job := func(version string) *Job {
		return &Job{Version: version, Endpoints: []Endpoint{connection}, Variables: []Variable{{Name: "key", Value: "s3cr3t-key", Secret: true}}}
	}
	encoded := base64.StdEncoding.EncodeToString([]byte("s3cr3t-key"))
	assert.Equal(t, []string{"***", "***"}, feed(t, job(""), Step{}, "token-of-the-server", encoded).Lines)
	assert.Equal(t, []string{"token-of-the-server", "***"}, feed(t, job("5.277.0"), Step{}, "token-of-the-server", encoded).Lines)
	assert.Equal(t, []string{"token-of-the-server", encoded}, feed(t, job(Oldest), Step{}, "token-of-the-server", encoded).Lines)
}

func TestAnExpandedSecretIsMaskedAsItIsOnly(t *testing.T) {
	job := &Job{Variables: []Variable{{Name: "key", Value: "s3cr3t", Secret: true}, {Name: "whole", Value: "key=$(key)!"}}}
	whole := base64.StdEncoding.EncodeToString([]byte("key=s3cr3t!"))
	assert.Equal(t, []string{"***", whole}, feed(t, job, Step{}, "key=s3cr3t!", whole).Lines)
}

func TestANULEndsAValueUntilItIsRefused(t *testing.T) {
	step := act("print")
	step.Env["A"] = "b\x00C=d"
	assert.Equal(t, Succeeded, run(t.Context(), t, &Job{Version: "5.277.0"}, step).Result)
	assert.Equal(t, Failed, run(t.Context(), t, &Job{}, step).Result)
}

func TestAPathThatLeavesTheContainersMounts(t *testing.T) {
	root := t.TempDir()
	work, inside := filepath.Join(root, "work"), filepath.Join(root, "__w")
	for _, dir := range []string{work, filepath.Join(work, "_temp"), filepath.Join(root, "other")} {
		require.NoError(t, os.MkdirAll(dir, 0o755))
	}
	for _, file := range []string{"work/in.md", "out.md", "other/tool.md"} {
		require.NoError(t, os.WriteFile(filepath.Join(root, file), []byte("x"), 0o600))
	}
	enforced := Variable{Name: "AGENT_ENFORCE_CONTAINER_VSO_PATH_VALIDATION", Value: "true"}
	for name, test := range map[string]struct {
		version, path string
		variables     []Variable
		fault         string
	}{
		"below a mount":                                    {path: inside + "/in.md"},
		"climbing inside of a mount":                       {path: inside + "/_temp/../in.md"},
		"climbing out of it":                               {path: inside + "/../out.md", fault: "not within the allowed directory"},
		"climbing out of it, before it was minded":         {version: "5.275.0", path: inside + "/../out.md"},
		"what only the container has":                      {path: root + "/out.md", fault: "does not exist"},
		"another mount":                                    {path: "/__t/tool.md"},
		"another mount, where only the work folder may be": {path: "/__t/tool.md", variables: []Variable{enforced}, fault: "outside the work directory"},
		"the same before there was that choice":            {version: "5.277.0", path: "/__t/tool.md", variables: []Variable{enforced}},
	} {
		t.Run(name, func(t *testing.T) {
			job := &Job{Version: test.version, Container: true, Mounts: []Mount{{work, inside}, {filepath.Join(root, "other"), "/__t"}},
				Variables: append(test.variables, Variable{Name: "Agent.WorkFolder", Value: work})}
			r := feed(t, job, Step{}, "##vso[task.uploadsummary]"+test.path)
			if test.fault == "" {
				assert.Empty(t, r.Faults)
				assert.Len(t, r.Attachments, 1)
				return
			}
			require.Len(t, r.Faults, 1)
			assert.Contains(t, r.Faults[0], test.fault)
			assert.Equal(t, Failed, r.Result)
		})
	}
}

func TestStepsThatAreSkippedBeforeTheyStart(t *testing.T) {
	fork := []Variable{{Name: "System.RestrictSecrets", Value: "True"}, {Name: "System.PullRequest.IsFork", Value: "True"}}
	key := []Variable{{Name: "key", Value: "s3cr3t", Secret: true}}
	for name, test := range map[string]struct {
		variables []Variable
		step      Step
		why       string
	}{
		"a fork that names a connection":      {fork, Step{Inputs: map[string]string{"moreConnections": "x," + azure}}, "fork"},
		"a fork that names none":              {fork, Step{Inputs: map[string]string{"failOn": azure}}, ""},
		"a fork that is given secrets":        {fork[1:], Step{Inputs: map[string]string{"moreConnections": azure}}, ""},
		"an injected task with a secret":      {key, Step{Injected: true, Inputs: map[string]string{"plain text": "a $(key)"}}, "injected"},
		"an injected task without one":        {key, Step{Injected: true}, ""},
		"a task of one's own with the secret": {key, Step{Inputs: map[string]string{"plain text": "a $(key)"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			step := test.step
			step.Env = map[string]string{"ACT": "print"}
			r := run(t.Context(), t, &Job{Variables: test.variables}, step)
			if test.why == "" {
				assert.Equal(t, Succeeded, r.Result, r.Log())
				assert.Empty(t, r.Skipped)
				return
			}
			assert.Equal(t, Skipped, r.Result)
			assert.Contains(t, r.Skipped, test.why)
			assert.Equal(t, -1, r.ExitCode)
			assert.Empty(t, r.Raw)
		})
	}
}

func TestOnceReadOnlyAlwaysReadOnly(t *testing.T) {
	job := &Job{Variables: []Variable{{Name: "fixed", Value: "1", ReadOnly: true}}}
	r := feed(t, job, Step{}, "##vso[task.setvariable variable=fixed]2", "##vso[task.setvariable variable=fixed]3")
	assert.Len(t, r.Issues, 2, "each is warned of")
}
