package deployment

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATypeThatTheTableDoesNotHaveIsLeftToTheReader(t *testing.T) {
	needs, err := deriveOne(`{"format_version":"1.2","resource_changes":[` + planned("", "azurerm_shop", "s", "", `"name":"s"`, "") + `]}`)
	require.NoError(t, err)
	assert.Equal(t, []string{"the permissions that azurerm_shop needs aren't listed, because the tool doesn't know its type in Azure: check them yourself"}, unknowns(needs))
}

// TestAConnectionOfAPlanThatSomeoneElseApproves needs no right to approve it.
func TestAConnectionOfAPlanThatSomeoneElseApproves(t *testing.T) {
	const approval = "Microsoft.Storage/storageAccounts/PrivateEndpointConnectionsApproval/action @ /resourceGroups/rg-app/providers/Microsoft.Storage/storageAccounts/st"
	for after, want := range map[string]bool{
		`"private_service_connection":[{"is_manual_connection":false,"private_connection_resource_id":"ID"}]`:       true,
		`"private_service_connection":[{"is_manual_connection":true,"private_connection_resource_id":"ID"}]`:        false,
		`"a":{"properties":{"privateLinkServiceConnections":[{"properties":{"privateLinkServiceId":"ID"}}]}}`:       true,
		`"a":{"properties":{"manualPrivateLinkServiceConnections":[{"properties":{"privateLinkServiceId":"ID"}}]}}`: false,
	} {
		after = strings.Replace(after, "ID", ownSub+"/resourceGroups/rg-app/providers/Microsoft.Storage/storageAccounts/st", 1)
		needs, err := deriveOne(`{"format_version":"1.2","terraform_version":"1.9.8","resource_changes":[{"address":"azurerm_private_endpoint.p","mode":"managed","type":"azurerm_private_endpoint",
			"name":"p","change":{"actions":["create"],"after":{"name":"pe","resource_group_name":"rg-app",` + after + `}}}]}`)
		require.NoError(t, err)
		assert.Equal(t, want, slices.Contains(actionsOf(needs, Likely), approval), after)
	}
}
