package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/audit"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// scriptsOf gives the bash steps of each job of a pipeline, with their environment.
func scriptsOf(t *testing.T, file string) map[string]struct {
	Bash string
	Env  map[string]string
} {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var p struct {
		Jobs []struct {
			Job   string
			Steps []struct {
				Bash string
				Env  map[string]string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &p))
	found := map[string]struct {
		Bash string
		Env  map[string]string
	}{}
	for _, j := range p.Jobs {
		for _, s := range j.Steps {
			if s.Bash != "" {
				require.NotContains(t, found, j.Job)
				found[j.Job] = s
			}
		}
	}
	return found
}

// TestThePipelineOfAnAuditRunsAsItStands runs the scripts of the sample as its jobs
// would: four shares with the job's token, then the merge of what they published.
func TestThePipelineOfAnAuditRunsAsItStands(t *testing.T) {
	sameCodeAsOthers(t)
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	tool, err := exec.LookPath("armpreflight") // that of this test, see TestMain
	require.NoError(t, err)
	simulated := cloud.New(scenario.Audited(time.Now))
	l, err := simulated.Listen()
	require.NoError(t, err)
	defer l.Close()
	workspace := t.TempDir()
	authority := filepath.Join(workspace, "authority.pem")
	require.NoError(t, os.WriteFile(authority, l.CAPEM, 0o600))
	scripts := scriptsOf(t, filepath.Join("..", "..", "docs", "pipelines", "audit.yml"))

	step := func(job string, position int, staging string) string {
		macros := strings.NewReplacer("$(System.CollectionUri)", cloud.ContosoOrganizationURL, "$(Build.ArtifactStagingDirectory)", staging,
			"$(System.JobPositionInPhase)", fmt.Sprint(position), "$(Pipeline.Workspace)", workspace,
			"$(ArmPreflight.toolPath)", tool, "$(System.AccessToken)", jobToken())
		script := scripts[job]
		require.NotEmpty(t, script.Bash, job)
		text := macros.Replace(script.Bash)
		require.NotContains(t, text, "$(S", "a macro that nobody sets")
		assert.NotContains(t, text, jobToken(), "a token is in the environment, not in a script")
		run := exec.CommandContext(t.Context(), bash, "--noprofile", "--norc", "-c", text)
		run.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + workspace, "SSL_CERT_FILE=" + authority, "HTTPS_PROXY=" + l.Proxy("", ""),
			"SYSTEM_COLLECTIONURI=" + cloud.ContosoOrganizationURL, fmt.Sprintf("SYSTEM_JOBPOSITIONINPHASE=%d", position), "SYSTEM_TOTALJOBSINPHASE=4"}
		for name, value := range script.Env {
			run.Env = append(run.Env, name+"="+macros.Replace(value))
		}
		out, err := run.CombinedOutput()
		require.NoError(t, err, "%s %d: %s", job, position, out)
		assert.NotContains(t, string(out), jobToken())
		return string(out)
	}
	for position := 1; position <= 4; position++ {
		published := filepath.Join(workspace, fmt.Sprintf("audit-part-%d-1", position))
		require.NoError(t, os.Mkdir(published, 0o700))
		assert.Contains(t, step("look", position, published), fmt.Sprintf("(slice %d of 4)", position))
	}
	staging := filepath.Join(workspace, "staging")
	require.NoError(t, os.Mkdir(staging, 0o700))
	assert.Contains(t, step("whole", 1, staging), "##vso[task.complete result=SucceededWithIssues]")

	text, err := os.ReadFile(filepath.Join(staging, "audit.json"))
	require.NoError(t, err)
	var d audit.Document
	require.NoError(t, json.Unmarshal(text, &d))
	assert.Len(t, d.Connections, len(matters)+1)
	assert.Nil(t, d.Slice)
	for name, has := range map[string]string{"audit.html": "issuer-retiring", "audit.md": "issuer-retiring", "dates.md": "connection-disabling", "dates.html": "<svg", "dates.ics": "issuer-retirement@armpreflight"} {
		text, err := os.ReadFile(filepath.Join(staging, name))
		require.NoError(t, err)
		assert.Contains(t, string(text), has, name)
	}
	assert.Empty(t, simulated.Violations())
}
