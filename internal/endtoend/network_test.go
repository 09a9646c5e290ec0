package endtoend

import (
	"bytes"
	"testing"
	"time"

	"armpreflight/internal/cli"
	"armpreflight/internal/sim/scenario"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatOnlyADirectConnectionShows runs the same code in this process, with a
// dialer instead of the proxy: a refused connection behind a proxy is the
// proxy's refusal.
func TestWhatOnlyADirectConnectionShows(t *testing.T) {
	for name, code := range map[string]string{
		"dns-failure":        "dns-failure",
		"no-route":           "no-route",
		"connection-refused": "connection-refused",
		"tls-untrusted":      "tls-untrusted",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, text := direct(t, set(t, name))
			assert.Contains(t, text, "##vso[task.logissue type=error;code="+code+";]", text)
			assert.Contains(t, text, "##vso[task.complete result=Failed;]")
			assert.Equal(t, cli.ExitOK, result)
		})
	}
	t.Run("healthy", func(t *testing.T) {
		t.Parallel()
		s := set(t, "healthy-federation")
		_, text := direct(t, s)
		assert.Contains(t, text, "##vso[task.complete result=Succeeded;]", text)
		assert.Equal(t, 3, s.shortest(t.Context(), 3))
	})
	t.Run("a managed identity by the machine's own address", func(t *testing.T) {
		t.Parallel()
		s := set(t, "healthy-managed-identity", func(r *scenario.Run) {
			r.IdentityEndpoint = false
			newIdentity(r)
		})
		_, text := direct(t, s)
		assert.Contains(t, text, "##vso[task.complete result=Succeeded;]", text)
		assert.Equal(t, 2, s.shortest(t.Context(), 2))
	})
}

// newIdentity gives the managed identity a client ID that no test has used: MSAL
// keeps the tokens of managed identities for the whole process, by client ID.
func newIdentity(r *scenario.Run) {
	id := uuid.NewString()
	r.World.Tenants[0].ManagedIdentities[0].ClientID = id
	r.World.Machine.UserAssigned = []string{id}
	_, _, data := endpointOf(r)
	data["msiclientId"] = id
}

// direct runs the verb in this process and dials the simulated cloud.
func direct(t *testing.T, s *stage) (int, string) {
	t.Helper()
	s.Variable("Agent.ProxyUrl", "", false)
	environ, err := s.Job.Environment(s.taskDir, s.Step)
	require.NoError(t, err)
	var out, stray bytes.Buffer
	code := cli.Main(t.Context(), cli.Env{Args: []string{"run"}, Environ: environ, Stdout: &out, Stderr: &stray, Now: time.Now, Dial: s.listener.Dial})
	assert.Empty(t, stray.String())
	return code, out.String()
}
