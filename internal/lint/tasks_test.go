package lint

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOnlyAzureResourceManagerConnectionsArePreflighted has connections of other types, which a preflight can't check: a pipeline with one of
// them in azureSubscription doesn't start.
func TestOnlyAzureResourceManagerConnectionsArePreflighted(t *testing.T) {
	for _, tc := range []struct {
		task, input string
		azure       bool
	}{
		{task: "Docker@2", input: "containerRegistry"},
		{task: "docker@2", input: "containerregistry"},
		{task: "Docker@1", input: "azureSubscriptionEndpoint", azure: true},
		{task: "Docker@1", input: "dockerRegistryEndpoint"},
		{task: "Docker@2.1.0", input: "azureSubscription"},
		{task: "Docker@99", input: "containerRegistry"},
		{task: "PublishToAzureServiceBus@1", input: "azureSubscription"},
		{task: "PublishToAzureServiceBus@2", input: "azureSubscription", azure: true},
		{task: "AzureFileCopy@2", input: "ConnectedServiceName"},
		{task: "AzureFileCopy@6", input: "azureSubscription", azure: true},
		{task: "AzurePowerShell@3", input: "ConnectedServiceName"},
		{task: "AzurePowerShell@3", input: "ConnectedServiceNameARM", azure: true},
		{task: "AzureCloudPowerShellDeployment@1", input: "ConnectedServiceName"},
		{task: "AzureCloudPowerShellDeployment@2", input: "ARMConnectedServiceName", azure: true},
		{task: "AzureCLI@2", input: "connectedServiceNameARM", azure: true},
		{task: "AzureCLI@2", input: "connectedServiceName"},
		{task: "AzureKeyVault@2", input: "ConnectedServiceName", azure: true},
		{task: "Chef@1", input: "connectedServiceName"},
		{task: "InvokeRESTAPI@1", input: "serviceConnection"},
		{task: "InvokeRESTAPI@1", input: "azureServiceConnection", azure: true},
		{task: "DownloadGitHubRelease@0", input: "connection"},
		{task: "HelmDeploy@1", input: "azureSubscriptionForACR", azure: true},
		{task: "HelmDeploy@1", input: "kubernetesServiceConnection"},
		{task: "Kubernetes@1", input: "azureSubscriptionEndpointForSecrets", azure: true},
		{task: "ServiceFabricDeploy@1", input: "serviceConnectionName"},
		{task: "BicepDeploy@0", input: "azureResourceManagerConnection", azure: true},
		{task: "publisher.extension.AzureSomething@1", input: "ConnectedServiceName"},
		{task: "publisher.extension.AzureSomething@1", input: "azureSubscription", azure: true},
		{task: "TerraformCLI@2", input: "environmentServiceName", azure: true},
		{task: "AzureCLI@3", input: "azureSubscription", azure: true},
		{task: "TerraformTaskV4@4", input: "environmentServiceNameAzureRM", azure: true},
		{task: "publisher.extension.Docker@2", input: "containerRegistry"},
	} {
		t.Run(tc.task+" "+tc.input, func(t *testing.T) {
			text := fmt.Sprintf("trigger: none\nsteps:\n- task: %s\n  inputs:\n    %s: my-connection\n", tc.task, tc.input)
			r, err := Run(fstest.MapFS{"p.yml": {Data: []byte(text)}}, []string{"."}, Options{RequirePreflight: true})
			require.NoError(t, err)
			assert.Equal(t, tc.azure, len(r.Findings) == 1, "%v", found(r))
			assert.Equal(t, tc.azure, r.Patch() != "")
		})
	}
}

// TestARegistryConnectionIsLookedUpToo expects that its name must be known in time, as for any other connection.
func TestARegistryConnectionIsLookedUpToo(t *testing.T) {
	r, _ := result(t, "-- p.yml --\nsteps:\n- bash: echo \"##vso[task.setvariable variable=c]x\"\n- task: Docker@2\n  inputs: {containerRegistry: $(c)}\n", Options{RequirePreflight: true})
	assert.Equal(t, []string{"p.yml:4:31 connection-set-by-step"}, found(r))
}

func TestAPreflightCountsByEveryNameOfItsInput(t *testing.T) {
	for _, name := range []string{"azureSubscription", "serviceConnection", "connectedServiceNameARM"} {
		r, _ := result(t, "-- p.yml --\ntrigger: none\nsteps:\n- task: ArmPreflight@1\n  inputs: {"+name+": sc-a}\n- task: AzureCLI@2\n  inputs: {azureSubscription: sc-a}\n", Options{RequirePreflight: true})
		assert.Empty(t, found(r), name)
	}
}
