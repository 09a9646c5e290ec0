package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATaskBecomesARowForEachAzureConnection(t *testing.T) {
	got, err := rows(map[string][]byte{"Tasks/AV1/task.json": []byte(`{"id": "A-1", "name": "Deploy", "version": {"Major": 1}, "inputs": [
		{"name": "one", "type": "connectedService:AzureRM", "aliases": ["azureSubscription", "other"]},
		{"name": "two", "type": "connectedService:dockerregistry"}, {"name": "three", "type": "string"}]}`)}, map[string]bool{"deploy@1": true})
	require.NoError(t, err)
	assert.Equal(t, []row{{id: "a-1", name: "Deploy", version: "1", input: "one", aliases: "azureSubscription,other", when: "optional", federation: "unsupported", source: "in-box"}}, got)
	got, err = rows(map[string][]byte{"Tasks/BV2/task.json": []byte(`{"id": "b", "name": "Push", "version": {"Major": "2"}, "inputs": [{"name": "r", "type": "connectedService:dockerRegistry"}]}`)}, nil)
	require.NoError(t, err)
	assert.Equal(t, []row{{id: "b", name: "Push", version: "2", source: "in-box"}}, got, "a task whose connections are all of other types")
	got, err = rows(map[string][]byte{"Tasks/CV2/task.json": []byte(`{"id": "c", "name": "Run", "version": {"Major": 2}, "inputs": []}`)}, nil)
	require.NoError(t, err)
	assert.Empty(t, got, "a task without a connection")
}

func TestARowSaysWhichStepsHaveTheInput(t *testing.T) {
	for _, tc := range []struct {
		name, input, more string
		want              []string // when and runs
	}{
		{name: "required", input: `"required": true`, want: []string{"always", ""}},
		{name: "required, as text", input: `"required": "true"`, want: []string{"always", ""}},
		{name: "not required", input: `"required": false`, want: []string{"optional", ""}},
		{name: "nothing said", input: `"label": "x"`, want: []string{"optional", ""}},
		{name: "shown by a rule", input: `"required": true, "visibleRule": "a = b"`, want: []string{"a = b", ""}},
		{name: "in a group with a rule", input: `"required": true, "groupName": "g"`, more: `"groups": [{"name": "g", "visibleRule": "c != d"}],`, want: []string{"c != d", ""}},
		{name: "both", input: `"required": true, "groupName": "g", "visibleRule": "a = b"`, more: `"groups": [{"name": "g", "visibleRule": "c != d"}],`, want: []string{"c != d && a = b", ""}},
		{name: "on the server", input: `"required": true`, more: `"runsOn": ["Server", "ServerGate"],`, want: []string{"always", "server"}},
		{name: "on an agent", input: `"required": true`, more: `"runsOn": ["Server", "Agent"],`, want: []string{"always", ""}},
		{name: "in a deployment group", input: `"required": true`, more: `"runsOn": ["DeploymentGroup"],`, want: []string{"always", ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := rows(map[string][]byte{"a": []byte(`{"id": "a", "name": "A", ` + tc.more + ` "version": {"Major": 1}, "inputs": [{"name": "one", "type": "connectedService:AzureRM", ` + tc.input + `}]}`)}, nil)
			require.NoError(t, err)
			require.Len(t, got, 1)
			assert.Equal(t, tc.want, []string{got[0].when, got[0].runs})
		})
	}
}

func TestThePageOfAVersionSaysThatItDoesNotSupportFederation(t *testing.T) {
	got := without(map[string][]byte{
		"a": []byte("# AzureFileCopy@5 - Azure file copy v5 task\n[!INCLUDE [temp](./includes/workload-identity-not-supported.md)]\n"),
		"b": []byte("# AzureFileCopy@6 - Azure file copy v6 task\n"),
	})
	assert.Equal(t, map[string]bool{"azurefilecopy@5": true}, got)
}

func TestTheListOfTheMarketplaceHasASourceForEachLine(t *testing.T) {
	all, err := byHand(marketplace)
	require.NoError(t, err)
	require.NotEmpty(t, all)
	for _, r := range all {
		assert.Regexp(t, `^[0-9a-f-]{36}$`, r.id, r.name)
		assert.Regexp(t, `^[\w.-]+/[\w.-]+@[0-9a-f]{7,}$`, r.source, r.name)
		assert.NotEmpty(t, r.input, r.name)
		assert.NotEmpty(t, r.when, r.name)
	}
	_, err = byHand(strings.Repeat("a\t", 3) + "\n")
	assert.ErrorContains(t, err, "has 4 columns and not 9")
}
