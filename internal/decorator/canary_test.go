package decorator_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"armpreflight/internal/armtask"
	"armpreflight/internal/decorator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// TestTheCanaryFailsWhenTheDecoratorIsOff: the template adds the step to the canary's job, and the canary's script fails if it didn't run.
func TestTheCanaryFailsWhenTheDecoratorIsOff(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "pipelines", "everywhere-canary.yml"))
	require.NoError(t, err)
	var p struct {
		Jobs []struct {
			Steps []struct {
				Bash, Task string
				Inputs     map[string]string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &p))
	require.Len(t, p.Jobs, 1)
	var steps []made
	script := ""
	for _, s := range p.Jobs[0].Steps {
		switch {
		case s.Bash != "":
			script = s.Bash
			steps = append(steps, step(cmdLine, "script", s.Bash))
		case s.Task != "":
			v, known := armtask.Lookup(s.Task)
			require.True(t, known, s.Task)
			require.NotEqual(t, decorator.TaskID, v.ID)
			steps = append(steps, step(v.ID, v.Inputs[0].Name, one, "scriptType", "bash"))
		}
	}
	assert.Len(t, injected(t, decorator.Options{Projects: []string{"Shop"}}, steps...), 1)
	assert.Empty(t, injected(t, decorator.Options{Exclude: []string{"Shop"}}, steps...))

	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	run := func(environ ...string) (string, error) {
		c := exec.CommandContext(t.Context(), bash, "--noprofile", "--norc", "-c", script)
		c.Env = append([]string{"PATH=" + os.Getenv("PATH")}, environ...)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	out, err := run()
	assert.Error(t, err, "off")
	assert.True(t, strings.HasPrefix(out, "##vso[task.logissue type=error]"), out)
	_, err = run("ARMPREFLIGHT_CHECKED=")
	assert.Error(t, err, "it ran, and checked nothing")
	out, err = run("ARMPREFLIGHT_CHECKED=" + one)
	require.NoError(t, err, out)
	assert.Contains(t, out, one)
}
