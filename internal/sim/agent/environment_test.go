package agent

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	probe  = "testdata/probe"
	azure  = "AAAAAAAA-1111-2222-3333-BBBBBBBBBBBB"
	azure2 = "CCCCCCCC-1111-2222-3333-BBBBBBBBBBBB"
)

func endpoint(id, name string) Endpoint {
	return Endpoint{
		ID: id, Name: name, URL: "https://Management.Azure.com:443", Scheme: "ServicePrincipal",
		Parameters: map[string]string{"serviceprincipalid": "client-0123456789", "ServicePrincipalKey": "k<e>y&\"1\"", "authentication.Type": "spnKey"},
		Data:       map[string]string{"subscriptionId": "$(sub)", "environment": "AzureCloud"},
	}
}

func system(token string) Endpoint {
	return Endpoint{Name: "systemVssConnection", URL: "https://dev.azure.com/org/", Scheme: "OAuth", Parameters: map[string]string{"AccessToken": token}}
}

func environment(t *testing.T, j *Job, s Step) map[string]string {
	t.Helper()
	pairs, err := j.Environment(probe, s)
	require.NoError(t, err)
	return newEnviron(pairs)
}

func TestEnvironmentOfVariables(t *testing.T) {
	env := environment(t, &Job{
		ParentEnv: []string{"HOME=/home/agent", "MY_VAR=parent"},
		Variables: []Variable{
			{Name: "my.Var with-dash", Value: "1"}, {Name: "My.var", Value: "upper"},
			{Name: "Kept.Case", Value: "2", PreserveCase: true},
			{Name: "the secret", Value: "s3cr3t", Secret: true}, {Name: "empty"}, {Name: " ", Value: "nameless"},
			{Name: "agent.jobstatus", Value: "SucceededWithIssues"},
			{Name: "build.sourceVersionMessage", Value: "##vso[task.complete]"}, {Name: "other", Value: "##vso[x]"},
		},
	}, Step{})
	assert.Equal(t, "/home/agent", env["HOME"])
	assert.Equal(t, "1", env["MY_VAR_WITH-DASH"])
	assert.Equal(t, "upper", env["MY_VAR"], "a variable lies over the parent's environment")
	assert.Equal(t, "2", env["Kept_Case"])
	assert.Equal(t, "s3cr3t", env["SECRET_THE_SECRET"])
	assert.NotContains(t, env, "THE_SECRET")
	assert.Contains(t, env, "EMPTY", "an empty variable is present")
	assert.Equal(t, "SucceededWithIssues", env["agent.jobstatus"])
	assert.Equal(t, "SucceededWithIssues", env["AGENT_JOBSTATUS"])
	assert.Equal(t, "**vso[task.complete]", env["BUILD_SOURCEVERSIONMESSAGE"])
	assert.Equal(t, "##vso[x]", env["OTHER"], "no other variable is made harmless")
	assert.Equal(t, "True", env["TF_BUILD"])
	assert.NotEmpty(t, env["VSTS_PROCESS_LOOKUP_ID"])
	assert.NotContains(t, env, "PATH", "nothing of the test's own environment leaks in")

	var public, secret []string
	require.NoError(t, json.Unmarshal([]byte(env["VSTS_PUBLIC_VARIABLES"]), &public))
	require.NoError(t, json.Unmarshal([]byte(env["VSTS_SECRET_VARIABLES"]), &secret))
	assert.Contains(t, public, "my.Var with-dash")
	assert.NotContains(t, public, "the secret")
	assert.Equal(t, []string{"the secret"}, secret)
	assert.Equal(t, "[]", environment(t, &Job{}, Step{})["VSTS_SECRET_VARIABLES"])
}

func TestOrderOfOverwriting(t *testing.T) {
	job := &Job{
		ParentEnv: []string{"A=parent", "B=parent", "C=parent", "TF_BUILD=No"},
		Variables: []Variable{{Name: "c", Value: "variable"}, {Name: "input.failon", Value: "variable"}},
	}
	env := environment(t, job, Step{Env: map[string]string{" B ": " step $(c) $(A) ", "C": "step", "TF_BUILD": "step", "INPUT_FLAG": "step", "": "x"}})
	assert.Equal(t, "parent", env["A"])
	assert.Equal(t, "step variable parent", env["B"], "macros: variables, then the agent's environment")
	assert.Equal(t, "variable", env["C"], "a variable overrides the step's env of the same name")
	assert.Equal(t, "fail", env["INPUT_FAILON"], "an input overrides a variable of that name")
	assert.Equal(t, "true", env["INPUT_FLAG"])
	assert.Equal(t, "True", env["TF_BUILD"])
}

func TestInputs(t *testing.T) {
	job := &Job{
		ParentEnv: []string{"HOSTVAR=from host", "sub=host"},
		Variables: []Variable{
			{Name: "Sub", Value: "sub-1"}, {Name: "padded", Value: " x "}, {Name: "key", Value: "s3cr3t", Secret: true},
			{Name: "viaHost", Value: "$(HOSTVAR)"}, {Name: "Build.SourcesDirectory", Value: "/w/1/s"},
		},
	}
	for name, test := range map[string]struct{ input, want string }{
		"a value is trimmed":                         {"  a b \n", "a b"},
		"a macro is found in any case":               {"[$(SUB)]", "[sub-1]"},
		"an unresolved macro stays":                  {"$(nothing)", "$(nothing)"},
		"an empty macro stays":                       {"$()", "$()"},
		"text from a macro is not trimmed":           {"$(padded)", " x "},
		"a secret comes in by a macro":               {"$(key)", "s3cr3t"},
		"the environment comes second":               {"$(HOSTVAR)", "from host"},
		"and its names have one case":                {"$(hostvar)", "$(hostvar)"},
		"text from a variable names the environment": {"$(viaHost)", "from host"},
		"a macro inside a macro":                     {"$($(Sub))", "$(sub-1)"},
		"inner lines survive":                        {"a\nb", "a\nb"},
	} {
		t.Run(name, func(t *testing.T) {
			env := environment(t, job, Step{Inputs: map[string]string{" Plain Text": test.input}})
			assert.Equal(t, test.want, env["INPUT_PLAIN_TEXT"])
		})
	}
	env := environment(t, job, Step{Inputs: map[string]string{"undeclared": "kept"}})
	assert.Equal(t, "fail", env["INPUT_FAILON"], "defaults are trimmed too")
	assert.Equal(t, "true", env["INPUT_FLAG"], "a JSON boolean is taken by its spelling")
	assert.Equal(t, "kept", env["INPUT_UNDECLARED"])
	assert.Contains(t, env, "INPUT_PLAIN_TEXT", "an empty input is present")
	assert.Equal(t, "/w/1/s", env["INPUT_FILE"], "an empty path is the sources directory")
	env = environment(t, job, Step{Inputs: map[string]string{"file": "a/../b.json"}})
	assert.Equal(t, "/w/1/s/b.json", env["INPUT_FILE"])
}

func TestInputsWithKnobs(t *testing.T) {
	step := Step{Inputs: map[string]string{"plain text": " $(padded) "}}
	padded := Variable{Name: "padded", Value: " x "}
	assert.Equal(t, "  x  ", environment(t, &Job{Variables: []Variable{padded, {Name: "disable_input_trimming", Value: "1"}}}, step)["INPUT_PLAIN_TEXT"])
	assert.Equal(t, "x", environment(t, &Job{Variables: []Variable{padded}, ParentEnv: []string{"AGENT_ENABLE_VARIABLE_INPUT_TRIMMING=$true"}}, step)["INPUT_PLAIN_TEXT"])
}

func TestVariablesReferToOneAnother(t *testing.T) {
	deep := []Variable{{Name: "v0", Value: "end"}}
	for i := range 60 {
		deep = append(deep, Variable{Name: "v" + string(rune('一'+i)), Value: "$(" + deep[len(deep)-1].Name + ")"})
	}
	v, warnings := newVariables(append(deep,
		Variable{Name: "a", Value: "<$(b)>"}, Variable{Name: "b", Value: "[$(c)]"}, Variable{Name: "c", Value: "$(unknown)"},
		Variable{Name: "open", Value: "with $(hidden)"}, Variable{Name: "hidden", Value: "s", Secret: true},
		Variable{Name: "x", Value: "$(y)"}, Variable{Name: "y", Value: "$(X)"}, Variable{Name: "self", Value: "$(SELF)"},
	)).expanded()
	assert.Equal(t, "<[$(unknown)]>", v.get("a"))
	assert.Equal(t, "with s", v.get("open"))
	assert.True(t, v.byKey["open"].Secret, "what holds a secret is one")
	assert.Equal(t, []string{"$(y)", "$(X)", "$(SELF)"}, []string{v.get("x"), v.get("y"), v.get("self")})
	assert.Equal(t, "end", v.get("v一"))
	assert.Equal(t, deep[60].Value, v.get(deep[60].Name), "too deep")
	assert.GreaterOrEqual(t, len(warnings), 4)
}

func TestEndpointsOfATask(t *testing.T) {
	job := &Job{
		Variables: []Variable{{Name: "sub", Value: "sub-1"}, {Name: "conn", Value: azure2}},
		Endpoints: []Endpoint{endpoint(azure, "prod"), endpoint(azure2, "other"), system("job-token")},
	}
	for name, test := range map[string]struct {
		input, more string
		want        []string
	}{
		"a GUID in any case":                          {strings.ToLower(azure), "", []string{azure}},
		"one that came by a macro":                    {"$(conn)", "", []string{azure2}},
		"a list with spaces":                          {azure, " " + azure2 + " , ", []string{azure, azure2}},
		"a name instead of a GUID is dropped":         {"prod", "", nil},
		"a GUID that the server did not send as well": {"99999999-1111-2222-3333-444444444444", "", nil},
		"an unresolved macro":                         {"$(nothing)", "", nil},
		"nothing":                                     {"", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			env := environment(t, job, Step{Inputs: map[string]string{"connectedServiceNameARM": test.input, "moreConnections": test.more}})
			var got []string
			for _, id := range []string{azure, azure2} {
				if _, ok := env["ENDPOINT_URL_"+strings.ToLower(id)]; ok {
					got = append(got, id)
				}
			}
			assert.Equal(t, test.want, got)
			assert.Equal(t, "job-token", env["ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN"])
		})
	}
}

func TestNamesAndValuesOfAnEndpoint(t *testing.T) {
	bare := Endpoint{ID: azure2, Name: "bare"}
	env := environment(t, &Job{
		Variables: []Variable{{Name: "sub", Value: "sub-1"}},
		Endpoints: []Endpoint{endpoint(azure, "prod"), bare, system("t")},
	}, Step{Inputs: map[string]string{"CONNECTEDSERVICENAMEARM": azure, "moreConnections": azure2}})
	id := strings.ToLower(azure)
	assert.Equal(t, "https://management.azure.com/", env["ENDPOINT_URL_"+id])
	assert.JSONEq(t, `{"parameters":{"serviceprincipalid":"client-0123456789","ServicePrincipalKey":"k<e>y&\"1\"","authentication.Type":"spnKey"},"scheme":"ServicePrincipal"}`, env["ENDPOINT_AUTH_"+id])
	assert.Contains(t, env["ENDPOINT_AUTH_"+id], "k<e>y&", "no escapes for the sake of HTML")
	assert.Equal(t, "ServicePrincipal", env["ENDPOINT_AUTH_SCHEME_"+id])
	assert.Equal(t, "spnKey", env["ENDPOINT_AUTH_PARAMETER_"+id+"_AUTHENTICATION_TYPE"])
	assert.Equal(t, "sub-1", env["ENDPOINT_DATA_"+id+"_SUBSCRIPTIONID"], "macros in data are expanded")
	assert.JSONEq(t, `{"subscriptionId":"sub-1","environment":"AzureCloud"}`, env["ENDPOINT_DATA_"+id])

	assert.Equal(t, "null", env["ENDPOINT_AUTH_"+strings.ToLower(azure2)])
	assert.NotContains(t, env, "ENDPOINT_AUTH_SCHEME_"+strings.ToLower(azure2))
	assert.Equal(t, "{}", env["ENDPOINT_DATA_"+strings.ToLower(azure2)])

	assert.Equal(t, "https://dev.azure.com/org/", env["ENDPOINT_URL_SYSTEMVSSCONNECTION"])
	assert.Equal(t, "OAuth", env["ENDPOINT_AUTH_SCHEME_SYSTEMVSSCONNECTION"])
	assert.NotContains(t, env, "ENDPOINT_DATA_SYSTEMVSSCONNECTION")
	assert.Equal(t, "https://dev.azure.com/org/", env["SYSTEM_TEAMFOUNDATIONSERVERURI"])
}

func TestJobTokenAsVariable(t *testing.T) {
	for name, test := range map[string]struct{ enable, plain, secret string }{
		"secret, as YAML has it":           {"SecretVariable", "", "server-token"},
		"plain, when scripts may have it":  {"true", "job-token", ""},
		"and when the setting says 1":      {"1", "job-token", ""},
		"secret when nothing is said":      {"", "", "server-token"},
		"secret when the setting is false": {"false", "", "server-token"},
	} {
		t.Run(name, func(t *testing.T) {
			env := environment(t, &Job{
				Variables: []Variable{{Name: "system.enableAccessToken", Value: test.enable}, {Name: "system.accessToken", Value: "server-token", Secret: true}},
				Endpoints: []Endpoint{system("job-token")},
			}, Step{})
			assert.Equal(t, test.plain, env["SYSTEM_ACCESSTOKEN"])
			assert.Equal(t, test.secret, env["SECRET_SYSTEM_ACCESSTOKEN"])
		})
	}
}

func TestPath(t *testing.T) {
	job := &Job{ParentEnv: []string{"PATH=/bin"}, PrependPath: []string{"/old", "/new"}}
	assert.Equal(t, "/new:/old:/bin", environment(t, job, Step{})["PATH"])
	assert.Equal(t, "/new:/old:/step", environment(t, job, Step{Env: map[string]string{"PATH": "/step"}})["PATH"])
	job.Variables = []Variable{{Name: "path", Value: "/variable"}}
	assert.Equal(t, "/new:/old:/variable", environment(t, job, Step{Env: map[string]string{"PATH": "/step"}})["PATH"])
	assert.Equal(t, "/bin", environment(t, &Job{ParentEnv: []string{"PATH=/bin"}}, Step{})["PATH"])
}

func TestEnvironmentInAContainer(t *testing.T) {
	job := &Job{
		Container: true, ParentEnv: []string{"HTTP_PROXY=http://host", "HOST_NAME=h"}, ContainerEnv: []string{"PATH=/usr/bin"},
		PrependPath: []string{"/agent/w/tools/x"}, TempDirectory: "/agent/w/_temp",
		Mounts:    []Mount{{"/agent/w/tools", "/__t"}, {"/agent/w", "/__w"}},
		Variables: []Variable{{Name: "same", Value: "/agent/w"}, {Name: "near", Value: "/agent/ws/1"}, {Name: "inside", Value: "see /agent/w/1"}, {Name: "s", Value: "/agent/w/tools/1", Secret: true}},
		Endpoints: []Endpoint{{ID: azure, Name: "prod", Data: map[string]string{"dir": "/agent/w/1"}}},
	}
	env := environment(t, job, Step{Inputs: map[string]string{"plain text": "/agent/w/1", "connectedServiceNameARM": azure, "failOn": "$(HOST_NAME)"}})
	assert.NotContains(t, env, "HTTP_PROXY", "nothing of the host is inherited")
	assert.Equal(t, "h", env["INPUT_FAILON"], "but macros are expanded on the host")
	assert.Equal(t, "/__t/x:/usr/bin", env["PATH"])
	assert.Equal(t, "/__w", env["SAME"])
	assert.Equal(t, "/agent/ws/1", env["NEAR"])
	assert.Equal(t, "see /agent/w/1", env["INSIDE"])
	assert.Equal(t, "/__t/1", env["SECRET_S"])
	assert.Equal(t, "/__w/1", env["INPUT_PLAIN_TEXT"])
	assert.Equal(t, "/__w/_temp", env["AGENT_TEMPDIRECTORY"])
	assert.Equal(t, "/agent/w/1", env["ENDPOINT_DATA_"+strings.ToLower(azure)+"_DIR"], "endpoint values are not translated")
}

func TestHandlerIsChosenByPriority(t *testing.T) {
	for name, test := range map[string]struct{ execution, forced, want string }{
		"the newest known":                     {`{"Node20_1":{},"Node24":{},"Node16":{}}`, "", "Node24"},
		"an agent that does not know Node 24":  {`{"Node20_1":{},"Node24":{}}`, "Node20_1", "Node20_1"},
		"keys in any case":                     {`{"node20_1":{}}`, "", "Node20_1"},
		"unknown keys count for nothing":       {`{"Node22":{},"PowerShell3":{},"Process":{}}`, "", ""},
		"a forced handler that the task lacks": {`{"Node20_1":{}}`, "Node24", ""},
	} {
		t.Run(name, func(t *testing.T) {
			def, err := parseDefinition([]byte("\ufeff" + `{"Execution":` + test.execution + `}`))
			require.NoError(t, err)
			key, _, ok := def.handlerFor(test.forced)
			assert.Equal(t, test.want != "", ok)
			assert.Equal(t, test.want, key)
		})
	}
}

func TestGUID(t *testing.T) {
	want := strings.ToLower(azure)
	for _, form := range []string{azure, want, " " + azure + " ", "{" + azure + "}", "(" + azure + ")", strings.ReplaceAll(azure, "-", "")} {
		got, ok := guid(form)
		assert.True(t, ok, form)
		assert.Equal(t, want, got)
	}
	for _, form := range []string{"", "prod", "{" + azure, "(" + azure + "}", azure[1:] + "z", "00000000-0000-0000-0000-000000000000", azure + "0", strings.Replace(azure, "-", "x", 1)} {
		_, ok := guid(form)
		assert.False(t, ok, form)
	}
}

// TestTheNameOfAStepIsTheAgents: no variable of the job replaces it (agent src/Agent.Worker/TaskRunner.cs sets it for each step).
func TestTheNameOfAStepIsTheAgents(t *testing.T) {
	j := &Job{Variables: []Variable{{Name: "System.TaskInstanceName", Value: "__system_1"}}}
	assert.Equal(t, "deploy", environment(t, j, Step{Name: "deploy"})["SYSTEM_TASKINSTANCENAME"])
	assert.NotEqual(t, "__system_1", environment(t, j, Step{})["SYSTEM_TASKINSTANCENAME"])
	assert.Equal(t, "__system_1", environment(t, &Job{}, Step{Name: "__system_1"})["SYSTEM_TASKINSTANCENAME"])
}
