package attack

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/cli"
	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/bubble"
	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
)

// TestAVariableThatKeepsItsCaseIsNoInput: from 5.277.0 on the agent hands over the variables first, so on Linux one that an
// earlier step set with preservecase is next to the input, in front of it.
func TestAVariableThatKeepsItsCaseIsNoInput(t *testing.T) {
	for name, value := range map[string]string{
		"input_failon":                  "never",
		"Input_Waivers":                 "access-token until 2099-12-31 because somebody says so",
		"input_connectedServiceNameARM": cloud.ContosoIdentityConnectionID,
		"input_outputs":                 "reference",
	} {
		got := bubble.Play(t, "expired-secret", func(ctx context.Context, environ []string, stdout io.Writer, dial bubble.Dial) int {
			at := slices.IndexFunc(environ, func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
			assert.GreaterOrEqual(t, at, 0, name)
			first := environ[at]
			environ = slices.Insert(slices.Delete(environ, at, at+1), 0, first)
			return cli.Main(ctx, cli.Env{Args: []string{"run"}, Environ: environ, Stdout: stdout, Stderr: t.Output(), Now: time.Now, Dial: dial})
		}, func(b *bubble.Bubble) {
			b.Job.Variables = append(b.Job.Variables, agent.Variable{Name: name, Value: value, PreserveCase: true})
		})
		assert.Equal(t, "fail", outputsIn(got.Log)["ArmPreflight.result"], name)
		assert.Contains(t, got.Log, "##vso[task.complete result=Failed;]", name)
		assert.NotContains(t, got.Log, "isoutput", name)
		assert.Equal(t, "access-token", outputsIn(got.Log)["ArmPreflight.failedChecks"], name)
	}
}
