package cli

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// call runs a verb with an environment that has no job in it.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, stray bytes.Buffer
	code = Main(t.Context(), Env{Args: args, Stdout: &out, Stderr: &stray, Now: time.Now})
	return code, out.String(), stray.String()
}

func TestVerbs(t *testing.T) {
	for name, tc := range map[string]struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		"no verb prints the help":             {code: ExitOK, stdout: "usage: armpreflight VERB"},
		"help":                                {args: []string{"help"}, code: ExitOK, stdout: "usage: armpreflight VERB"},
		"version says what it is":             {args: []string{"version"}, code: ExitOK, stdout: "armpreflight devel ("},
		"the help of a verb":                  {args: []string{"help", "lint"}, code: ExitOK, stdout: "usage: armpreflight lint"},
		"a verb without flags shows the help": {args: []string{"version", "--help"}, code: ExitOK, stdout: "usage: armpreflight VERB"},
		"an unknown verb and its help":        {args: []string{"fly", "--help"}, code: ExitUsage, stderr: `unknown verb "fly"`},
		"the help of help":                    {args: []string{"help", "--help"}, code: ExitOK, stdout: "usage: armpreflight VERB"},
		"the help of an unknown verb":         {args: []string{"help", "fly"}, code: ExitUsage, stderr: `unknown verb "fly"`},
		"an unknown verb":                     {args: []string{"fly"}, code: ExitUsage, stderr: `unknown verb "fly"`},
		"a verb with too much":                {args: []string{"version", "now"}, code: ExitUsage, stderr: `version takes no arguments`},
		"run outside a job is for the agent":  {args: []string{"run"}, code: ExitUsage, stderr: "armpreflight: run: only the Azure Pipelines agent runs this verb"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := call(t, tc.args...)
			assert.Equal(t, tc.code, code)
			assert.Contains(t, stdout, tc.stdout)
			assert.Contains(t, stderr, tc.stderr)
			assert.Equal(t, tc.stderr == "", stderr == "")
			assert.Equal(t, tc.stdout == "", stdout == "")
		})
	}
}

// TestRunInAJobWithoutAConnection: whatever shows that the agent is there, the step has its result.
func TestRunInAJobWithoutAConnection(t *testing.T) {
	for _, environ := range []string{"TF_BUILD=True", "tf_build=1", "INPUT_FAILON=fail", "ENDPOINT_URL_SYSTEMVSSCONNECTION="} {
		var out, stray bytes.Buffer
		code := Main(t.Context(), Env{Args: []string{"run"}, Environ: []string{environ}, Stdout: &out, Stderr: &stray, Now: time.Now})
		assert.Equal(t, ExitOK, code, environ)
		for _, want := range []string{"code=input-invalid", "##vso[task.complete result=Failed;]", "blocked by connection-input"} {
			assert.Contains(t, out.String(), want, environ)
		}
		assert.Empty(t, stray.String())
	}
	var out, stray bytes.Buffer
	assert.Equal(t, ExitUsage, Main(t.Context(), Env{Args: []string{"run"}, Environ: []string{"TF_BUILD=", "HOME=/", "SYSTEM_DEBUG=true"}, Stdout: &out, Stderr: &stray, Now: time.Now}))
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestAnAnswerThatCannotBeWrittenIsAFault(t *testing.T) {
	for _, verb := range []string{"version", "help", "run"} {
		var stray bytes.Buffer
		code := Main(t.Context(), Env{Args: []string{verb}, Environ: []string{"TF_BUILD=True"}, Stdout: brokenPipe{}, Stderr: &stray, Now: time.Now})
		assert.Equal(t, ExitFault, code, verb)
		assert.Contains(t, stray.String(), "broken pipe")
	}
}
