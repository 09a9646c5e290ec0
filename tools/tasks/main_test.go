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
	assert.Equal(t, []row{{id: "a-1", name: "Deploy", version: "1", input: "one", aliases: "azureSubscription,other", federation: "unsupported", source: "in-box"}}, got)
	got, err = rows(map[string][]byte{"Tasks/BV2/task.json": []byte(`{"id": "b", "name": "Push", "version": {"Major": "2"}, "inputs": [{"name": "r", "type": "connectedService:dockerRegistry"}]}`)}, nil)
	require.NoError(t, err)
	assert.Equal(t, []row{{id: "b", name: "Push", version: "2", source: "in-box"}}, got, "a task whose connections are all of other types")
	got, err = rows(map[string][]byte{"Tasks/CV2/task.json": []byte(`{"id": "c", "name": "Run", "version": {"Major": 2}, "inputs": []}`)}, nil)
	require.NoError(t, err)
	assert.Empty(t, got, "a task without a connection")
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
	}
	_, err = byHand(strings.Repeat("a\t", 3) + "\n")
	assert.ErrorContains(t, err, "has 4 columns")
}
