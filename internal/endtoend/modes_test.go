package endtoend

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fresh copies the task as it was taken out of the package, for tests that change the folder.
func fresh(t *testing.T) string {
	t.Helper()
	shared, err := extracted()
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "work folder", "_tasks", "ArmPreflight", filepath.Base(shared))
	require.NoError(t, os.CopyFS(dir, os.DirFS(shared)))
	require.NoError(t, os.Chmod(filepath.Join(dir, "bin", "linux-amd64", "armpreflight"), 0o644)) // another test may have started it
	return dir
}

func TestThePackageLosesTheExecutableBitAndTheStepRunsAllTheSame(t *testing.T) {
	s := set(t, "healthy")
	s.taskDir = fresh(t)
	program, err := os.Stat(filepath.Join(s.taskDir, "bin", "linux-amd64", "armpreflight"))
	require.NoError(t, err)
	require.Zero(t, program.Mode()&0o111, "the emulated package has no mode bits")
	assert.Equal(t, "Succeeded", s.play(t.Context()).Result)
}

func TestADamagedProgramIsNeverStarted(t *testing.T) {
	s := set(t, "healthy")
	s.taskDir = fresh(t)
	program := filepath.Join(s.taskDir, "bin", "linux-amd64", "armpreflight")
	file, err := os.OpenFile(program, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteString("one byte more")
	require.NoError(t, err)
	require.NoError(t, file.Close())
	record, err := s.Job.Run(t.Context(), s.taskDir, s.Step)
	require.NoError(t, err)
	assert.Equal(t, "Failed", record.Result)
	assert.Contains(t, errorsOf(record), "tool-fault")
	assert.Empty(t, s.cloud.Requests())
}

func TestAProgramThatIsMissingIsAFaultOfOursAndLetsTheRunGoOn(t *testing.T) {
	s := set(t, "healthy")
	s.taskDir = fresh(t)
	require.NoError(t, os.RemoveAll(filepath.Join(s.taskDir, "bin", "linux-amd64")))
	record := s.play(t.Context())
	assert.Equal(t, "SucceededWithIssues", record.Result)
	assert.Equal(t, []string{"tool-fault"}, warningsOf(record))
}

func TestInAContainer(t *testing.T) {
	for _, name := range []string{"healthy", "healthy-federation", "expired-secret"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(t, name, func(r *scenario.Run) { r.Job.Container = true })
			// Nothing of the host's environment is there; the image brings its own.
			s.Job.ContainerEnv, s.Job.ParentEnv = append(s.Job.ContainerEnv, "PATH="+os.Getenv("PATH"), "HOME=/"), nil
			s.inside()
			record := s.play(t.Context())
			assert.Equal(t, s.wants.Result, record.Result, output(record))
			assert.Equal(t, s.wants.Errors, errorsOf(record))
			assert.NotEmpty(t, record.Attachments)
			for _, a := range record.Attachments {
				assert.True(t, strings.HasPrefix(a.Path, s.Job.TempDirectory), "the agent reads %s on the host", a.Path)
			}
		})
	}
}

// inside gives the container other paths than the host: the host's folders are
// seen through a link, which represents the mounts.
func (s *stage) inside() {
	link := filepath.Join(s.t.TempDir(), "__w")
	require.NoError(s.t, os.Mkdir(link, 0o755))
	tasks := filepath.Dir(filepath.Dir(filepath.Dir(s.taskDir)))
	for name, host := range map[string]string{"_temp": s.Job.TempDirectory, "work": tasks} {
		require.NoError(s.t, os.Symlink(host, filepath.Join(link, name)))
		s.Job.Mounts = append(s.Job.Mounts, agent.Mount{Host: host, Container: filepath.Join(link, name)})
	}
}

func TestUnderNode24(t *testing.T) {
	node := os.Getenv("ARMPREFLIGHT_NODE24")
	if node == "" {
		t.Skip("ARMPREFLIGHT_NODE24 names no Node 24; ./build.sh test names one where npm has it")
	}
	for _, name := range []string{"healthy", "expired-secret"} {
		s := set(t, name, func(r *scenario.Run) { r.Job.Node, r.Job.Handler = node, "Node24" })
		record := s.play(t.Context())
		assert.Equal(t, s.wants.Result, record.Result, output(record))
	}
}

func TestARestrictedStepAndAClassicOneEndAsTheyShould(t *testing.T) {
	restricted := set(t, "healthy", func(r *scenario.Run) { r.Step.Restricted, r.Step.SettableVariables = true, []string{} })
	assert.Equal(t, "Succeeded", restricted.play(t.Context()).Result)
	classic := set(t, "healthy", func(r *scenario.Run) {
		r.Step.RefName = ""
		r.Variable("System.HostType", "release", false)
		r.Variable("Release.ReleaseId", "12", false)
	})
	assert.Equal(t, "Succeeded", classic.play(t.Context()).Result)
}

// TestALateBoundIDTokenIsUsed gives the step a connection whose ID token the
// server has put in, in a stage that may not ask for one.
func TestALateBoundIDTokenIsUsed(t *testing.T) {
	s := set(t, "healthy-federation")
	job := s.World.Organizations[0].Projects[0].Jobs[0]
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(s.listener.CAPEM))
	client := &http.Client{Transport: &http.Transport{DialContext: s.listener.Dial, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://dev.azure.com/contoso/"+cloud.ContosoProjectID+
		"/_apis/distributedtask/hubs/build/plans/"+job.PlanID+"/jobs/"+job.JobID+"/oidctoken?api-version=7.1&serviceConnectionId="+cloud.ContosoFederationConnectionID, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+job.Token)
	response, err := client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	var answer struct{ OIDCToken string }
	require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
	client.CloseIdleConnections()

	_, parameters, _ := endpointOf(s.Run)
	parameters["idToken"] = answer.OIDCToken
	s.cloud.Update(func(w *cloud.World) { w.Organizations[0].Projects[0].Jobs[0].References = nil })
	record := s.play(t.Context())
	assert.Equal(t, "Succeeded", record.Result, output(record))
	asked := 0
	for _, r := range s.cloud.Requests() {
		if strings.HasSuffix(r.Path, "/oidctoken") {
			asked++
		}
	}
	assert.Equal(t, 1, asked, "no id token is asked for by the step")
	assert.NotContains(t, strings.Join(record.Raw, "\n"), answer.OIDCToken[:40])
}

// TestAHostedAgentIsNotWaitedForLong: its identity endpoint may as well say nothing.
func TestAHostedAgentIsNotWaitedForLong(t *testing.T) {
	s := set(t, "managed-identity-on-hosted-agent", func(r *scenario.Run) {
		r.Faults = append(r.Faults, cloud.Fault{Path: "/msi/", Hang: true})
		r.Step.Inputs["timeoutSeconds"] = "60"
	})
	record := s.play(t.Context())
	assert.Equal(t, []string{"managed-identity-on-hosted-agent"}, errorsOf(record), output(record))
	asked := slices.DeleteFunc(s.cloud.Requests(), func(r cloud.Request) bool { return strings.Contains(r.Path, theRecord) })
	assert.Len(t, asked, 1, "asked once")
}

func TestStepsAtTheSameTimeShareOneTaskFolder(t *testing.T) {
	dir := fresh(t)
	for range 4 {
		t.Run("step", func(t *testing.T) {
			t.Parallel()
			s := set(t, "healthy")
			s.taskDir = dir
			assert.Equal(t, "Succeeded", s.play(t.Context()).Result)
		})
	}
}
