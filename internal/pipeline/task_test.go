package pipeline_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"armpreflight/internal/pipeline"
)

func TestReadKeepsTheEnvironmentAsGiven(t *testing.T) {
	task := pipeline.Read([]string{
		"A=1", "A=2", "PATH_LIKE=x=y=", "EMPTY=", "http_proxy=lower", "HTTP_PROXY=upper", "Path=/bin",
		`=C:=C:\work`, "=", "nothing", "", "INPUT_A_B= spaced\n", "INPUT_EMPTY=", "input_lower=l",
	})
	for name, c := range map[string]struct{ name, want string }{
		"the first of two counts":                  {"A", "1"},
		"a value may hold equal signs":             {"PATH_LIKE", "x=y="},
		"an empty value is empty":                  {"EMPTY", ""},
		"an absent one is empty too":               {"ABSENT", ""},
		"a pair without a sign is no variable":     {"nothing", ""},
		"the exact name comes first":               {"http_proxy", "lower"},
		"and each of two that differ in case":      {"HTTP_PROXY", "upper"},
		"another case is found":                    {"PATH", "/bin"},
		"the current folder of a drive on Windows": {"=C:", `C:\work`},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, task.Env(c.name)) })
	}
	for name, c := range map[string]struct{ name, want string }{
		"an input is trimmed":                         {"a.b", "spaced"},
		"its name has spaces, dots and any case":      {"A b", "spaced"},
		"an empty input is empty":                     {"empty", ""},
		"an absent input is empty":                    {"absent", ""},
		"an environment with names in lower case too": {"Lower", "l"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, task.Input(c.name)) })
	}
}

// TestANameThatKeepsItsCaseTakesNoOthersPlace: on Linux a variable with preservecase is in the environment in addition to what the
// agent hands over, and comes first.
func TestANameThatKeepsItsCaseTakesNoOthersPlace(t *testing.T) {
	environ := []string{
		"input_failon=never", "INPUT_FAILON=fail", "wanted=of-the-machine", "WANTED=of-the-job",
		"secret_system_accesstoken=of-a-thief", "SECRET_SYSTEM_ACCESSTOKEN=of-the-job", "secret_agent_proxypassword=of-a-thief", "SECRET_AGENT_PROXYPASSWORD=of-the-agent",
		"secret_key=public", "SECRET_KEY=hidden", `VSTS_PUBLIC_VARIABLES=["input_failon","Wanted"]`, `VSTS_SECRET_VARIABLES=["Key"]`,
	}
	for range 2 {
		task := pipeline.Read(environ)
		assert.Equal(t, "fail", task.Input("failOn"))
		wanted, _ := task.Variable("Wanted")
		assert.Equal(t, "of-the-job", wanted.Value.Reveal())
		key, _ := task.Variable("key")
		assert.Equal(t, "hidden", key.Value.Reveal())
		assert.Equal(t, "of-the-job", task.JobToken().Reveal())
		assert.Equal(t, "of-the-agent", task.Agent().ProxyPassword.Reveal())
		for _, value := range []string{"hidden", "public", "of-a-thief", "of-the-job", "of-the-agent"} {
			assert.Contains(t, secrets(environ...), value)
		}
		slices.Reverse(environ)
	}
}

func TestATaskDoesNotPrintItsEnvironment(t *testing.T) {
	task := pipeline.Read([]string{"SECRET_KEY=hunter2-and-more", "ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN=hunter2-and-more"})
	endpoint, _ := task.JobEndpoint()
	variable, _ := task.Variable("key")
	for _, verb := range []string{"%v", "%+v", "%#v", "%x"} {
		assert.NotContains(t, fmt.Sprintf(verb+verb+verb+verb, task, *task, endpoint, variable), "hunter2")
	}
}

func FuzzReadTakesAnyEnvironment(f *testing.F) {
	f.Add("ENDPOINT_AUTH_SYSTEMVSSCONNECTION", "null", "ENDPOINT_URL_SYSTEMVSSCONNECTION", "")
	f.Add("ENDPOINT_AUTH_X_Y", `{"parameters":{"A.b":1,"a.B":null},"scheme":[]}`, "ENDPOINT_AUTH_PARAMETER_X_Y_A_B", "v")
	f.Add("VSTS_SECRET_VARIABLES", `["a.b",""]`, "A_B", "$(a$(b)")
	f.Add("ENDPOINT_DATA_", "{", "=", "AGENT_PROXYBYPASSLIST")
	f.Add("AGENT_PROXYURL", "u:%zz@h://", "https_proxy", "//a:b@c")
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string) {
		task := pipeline.Read([]string{name1 + "=" + value1, name2 + "=" + value2})
		for _, value := range task.Secrets() {
			assert.False(t, value.IsZero())
		}
		for _, value := range task.Identifiers() {
			assert.NotEmpty(t, value)
		}
		for _, name := range append(pipeline.Macros(value1), value2, name1, name2) {
			task.Variable(name)
			task.Endpoint(name)
			task.Input(name)
		}
		endpoint, _ := task.JobEndpoint()
		assert.NotNil(t, endpoint.Parameters)
		assert.NotNil(t, endpoint.Data)
		task.JobToken()
		task.Agent()
		task.Job()
	})
}
