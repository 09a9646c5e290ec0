package reading

import (
	"strings"
	"testing"

	"armpreflight/internal/catalogue"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestASecretIsRenewedWhereItIs: tasks for registries and clusters, and other pipelines, don't sign in with an Azure Resource Manager connection.
func TestASecretIsRenewedWhereItIs(t *testing.T) {
	for task, want := range map[string]string{
		"Docker":                   "Docker Registry connection",
		"Docker Compose":           "Docker Registry connection",
		"Deploy to Kubernetes":     "KubeConfig",
		"Azure CLI":                "",
		"Azure PowerShell":         "",
		"ARM template deployment":  "",
		"Azure App Service deploy": "",
	} {
		for _, code := range []string{"AADSTS7000222", "AADSTS7000215"} {
			found, err := Read(strings.NewReader("##[section]Starting: Deploy\nTask         : " + task + "\n##[error]" + code + ": x\n"))
			require.NoError(t, err)
			require.Len(t, found.Causes, 1)
			p := found.Causes[0].Page()
			steps := strings.Join(p.Fixes[0].Steps, "\n")
			assert.Equal(t, want != "", len(p.Fixes) == 1 && p.Fixes[0].Who == catalogue.ApplicationOwner, "%s: %v", task, p.Fixes)
			assert.Contains(t, steps, want, task)
			assert.Equal(t, want != "", strings.Contains(p.Title, "this step signs in with"), p.Title)
		}
	}
}
