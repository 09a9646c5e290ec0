package armtask

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryLineOfTheTableIsWhole(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(table, "\n"), "\n")
	assert.Regexp(t, `^# microsoft/azure-pipelines-tasks [0-9a-f]{7,} \d{4}-\d\d-\d\d$`, lines[1], "the source and its date")
	assert.Regexp(t, `^# MicrosoftDocs/azure-devops-yaml-schema [0-9a-f]{7,} \d{4}-\d\d-\d\d$`, lines[2])
	tasks, versions, names := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, line := range lines[3:] {
		f := strings.Split(line, "\t")
		require.Len(t, f, 9, line)
		assert.Regexp(t, `^[0-9a-f-]{36}$`, f[0], line)
		_, err := strconv.Atoi(f[2])
		assert.NoError(t, err, line)
		assert.Contains(t, []string{"", "unsupported"}, f[7], line)
		assert.Contains(t, []string{"", "server"}, f[6], line)
		assert.Equal(t, f[3] == "", f[5] == "", line)
		assert.Regexp(t, `^in-box$|^[\w.-]+/[\w.-]+@[0-9a-f]{7,}$`, f[8], line)
		if f[3] != "" && f[8] == "in-box" {
			tasks[f[0]], versions[f[0]+"@"+f[2]], names[strings.ToLower(f[3])] = true, true, true
		}
	}
	assert.Len(t, tasks, 47)
	assert.Len(t, versions, 74)
	assert.Len(t, names, 10)
}

func TestAnInputNamesAConnectionOnlyWhereTheTaskSaysSo(t *testing.T) {
	for _, tc := range []struct {
		task, input string
		want        bool
	}{
		{task: "AzureCLI@2", input: "azureSubscription", want: true},
		{task: "azurecli@3", input: "CONNECTEDSERVICENAMEARM", want: true},
		{task: "AzureCLI@2", input: "connectedServiceName"},
		{task: "AzureCLI@2.240.1", input: "azureSubscription", want: true},
		{task: "AzureCLI@99", input: "azureSubscription", want: true},
		{task: "46e4be58-730b-4389-8a2f-ea10b3e5e815@2", input: "azureSubscription", want: true},
		{task: "BicepDeploy@0", input: "azureResourceManagerConnection", want: true},
		{task: "BicepDeploy@0", input: "ConnectedServiceName", want: true},
		{task: "Docker@2", input: "containerRegistry"},
		{task: "Docker@2", input: "azureSubscription"},
		{task: "PublishToAzureServiceBus@1", input: "azureSubscription"},
		{task: "TerraformCLI@2", input: "environmentServiceName", want: true},
		{task: "JasonBJohnson.azure-pipelines-tasks-terraform.azure-pipelines-tasks-terraform-cli.TerraformCLI@1", input: "backendServiceArm", want: true},
		{task: "ARM Outputs@6", input: "ConnectedServiceNameARM", want: true},
		{task: "publisher.extension.Docker@2", input: "azureSubscription", want: true},
		{task: "SomethingElse@1", input: "azureSubscription", want: true},
		{task: "SomethingElse@1", input: "azurekvServiceConection", want: true},
		{task: "AzureSomething@1", input: "ConnectedServiceName"},
		{task: "SomethingElse@1", input: "serviceConnection"},
	} {
		assert.Equal(t, tc.want, NamesConnection(tc.task, tc.input), "%s %s", tc.task, tc.input)
	}
}

func TestSomeVersionsCannotSignInByFederation(t *testing.T) {
	for task, want := range map[string]bool{"AzureFileCopy@5": true, "AzureFileCopy@6": false, "TerraformTaskV3@3": true, "TerraformTaskV4@4": false, "AzureCLI@2": false} {
		v, ok := Lookup(task)
		require.True(t, ok, task)
		assert.Equal(t, want, v.NoFederation, task)
	}
	_, ok := Lookup("SomethingElse@1")
	assert.False(t, ok)
}
