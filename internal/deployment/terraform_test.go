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

// TestTheDataPlaneOfAStorageAccount: azurerm before 5.0 creates containers and the like with the keys of an account that's named.
func TestTheDataPlaneOfAStorageAccount(t *testing.T) {
	const dataPlane = "azurerm_storage_container works in the data plane, where keys, access policies, or data actions decide"
	const write = "Microsoft.Storage/storageAccounts/blobServices/containers/write"
	account := `"storage_account_id":"` + ownSub + `/resourceGroups/rg-app/providers/Microsoft.Storage/storageAccounts/st"`
	for name, test := range map[string]struct {
		after, unknown string
		inDataPlane    bool
	}{
		"the account's ID":                        {after: account},
		"the account's ID, and no name":           {after: `"storage_account_name":null,` + account},
		"the account's name":                      {after: `"storage_account_name":"st"`, inDataPlane: true},
		"the name of an account that's not known": {after: `"name":"c"`, unknown: `"storage_account_name":true`, inDataPlane: true},
		"a URL as its ID":                         {after: `"id":"https://st.blob.core.windows.net/c"`, inDataPlane: true},
	} {
		needs, err := deriveOne(`{"format_version":"1.2","terraform_version":"1.9.8","resource_changes":[{"address":"azurerm_storage_container.c","mode":"managed","type":"azurerm_storage_container",
			"name":"c","change":{"actions":["create"],"after":{` + test.after + `},"after_unknown":{` + test.unknown + `}}}]}`)
		require.NoError(t, err, name)
		assert.Equal(t, test.inDataPlane, slices.Contains(unknowns(needs), dataPlane), name)
		assert.Equal(t, !test.inDataPlane, slices.Contains(actionsOf(needs, Certain), write), name)
	}
}

// TestResourcesThatNewerProvidersRemoved are in plans of older ones.
func TestResourcesThatNewerProvidersRemoved(t *testing.T) {
	for name, test := range map[string]struct {
		of, after string
		certain   []string
		unknown   []string
	}{
		"a server": {of: "azurerm_sql_server", after: `"name":"s","resource_group_name":"rg-app"`,
			certain: []string{"Microsoft.Sql/servers/read", "Microsoft.Sql/servers/write"}},
		"a web app": {of: "azurerm_app_service", after: `"name":"w","resource_group_name":"rg-app"`,
			certain: []string{"Microsoft.Web/sites/read", "Microsoft.Web/sites/write"}},
		"a type by an argument": {of: "azurerm_traffic_manager_endpoint", after: `"name":"e","resource_group_name":"rg-app","type":"nestedEndpoints"`,
			certain: []string{"Microsoft.Network/trafficManagerProfiles/nestedEndpoints/read", "Microsoft.Network/trafficManagerProfiles/nestedEndpoints/write"}},
		"a type by an argument that isn't known": {of: "azurerm_traffic_manager_endpoint", after: `"name":"e","resource_group_name":"rg-app"`,
			unknown: []string{"the permissions that azurerm_traffic_manager_endpoint needs aren't listed, because the tool doesn't know its type in Azure: check them yourself"}},
		"a directory": {of: "azurerm_azuread_application", after: `"name":"a"`,
			unknown: []string{"resources of Microsoft Entra need Microsoft Graph permissions, which aren't analyzed"}},
		"a provider":           {of: "azurerm_resource_provider_registration", after: `"name":"Microsoft.Maps"`, certain: []string{"Microsoft.Maps/register/action @ "}},
		"a provider's feature": {of: "azurerm_resource_provider_feature_registration", after: `"name":"EncryptionAtHost","provider_name":"Microsoft.Compute"`, certain: []string{"Microsoft.Features/providers/features/register/action @ "}},
	} {
		needs, err := deriveOne(`{"format_version":"1.2","terraform_version":"1.9.8","resource_changes":[` + planned("", test.of, "r", "", test.after, "") + `]}`)
		require.NoError(t, err, name)
		assert.ElementsMatch(t, test.certain, actionsOf(needs, Certain), name)
		assert.ElementsMatch(t, test.unknown, unknowns(needs), name)
	}
}

// TestThePartsThatAzurermWritesOnTheirOwn are needed if the block for them is there, and only if the resource is written.
func TestThePartsThatAzurermWritesOnTheirOwn(t *testing.T) {
	const group = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/"
	for name, test := range map[string]struct {
		actions, after, unknown string
		likely                  []string
	}{
		"with the block":         {actions: `"create"`, after: `"private_dns_zone_group":[{"name":"z"}]`, likely: []string{group + "read", group + "write"}},
		"without it":             {actions: `"create"`, after: `"private_dns_zone_group":[]`, likely: []string{group + "read"}},
		"a block that's read":    {actions: `"create"`, after: `"name":"p"`, unknown: `"private_dns_zone_group":true`, likely: []string{group + "read"}},
		"of what's deleted only": {actions: `"delete"`, after: `"private_dns_zone_group":[{"name":"z"}]`, likely: []string{group + "read"}},
	} {
		needs, err := deriveOne(`{"format_version":"1.2","terraform_version":"1.9.8","resource_changes":[{"address":"azurerm_private_endpoint.p","mode":"managed","type":"azurerm_private_endpoint",
			"name":"p","change":{"actions":[` + test.actions + `],"before":{"resource_group_name":"rg-app"},"after":{"resource_group_name":"rg-app",` + test.after + `},"after_unknown":{` + test.unknown + `}}}]}`)
		require.NoError(t, err, name)
		assert.ElementsMatch(t, append(test.likely, "Microsoft.Resources/subscriptions/providers/read @ "), likelyOf(needs), name)
	}
}

// TestTheBodyOfAzapi is an object, and was a text before azapi 2.0.
func TestTheBodyOfAzapi(t *testing.T) {
	const subnet = ownSub + "/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
	join := []string{"Microsoft.Network/virtualNetworks/subnets/join/action @ /resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/v/subnets/s"}
	for name, test := range map[string]struct {
		body   string
		likely []string
	}{
		"an object":          {body: `{"properties":{"subnet":{"id":"` + subnet + `"}}}`, likely: join},
		"a text":             {body: `"{\"properties\":{\"subnet\":{\"id\":\"` + subnet + `\"}}}"`, likely: join},
		"a text that ends":   {body: `"{\"properties\":{\"subnet\":{\"id\":\"` + subnet + `\"}}"`},
		"a deep text":        {body: `"` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `"`},
		"a text of the name": {body: `"` + subnet + `"`, likely: join},
	} {
		needs, err := deriveOne(`{"format_version":"1.2","terraform_version":"1.9.8","resource_changes":[` + planned("", "azapi_resource", "r", "",
			`"type":"Microsoft.Network/networkInterfaces@2023-11-01","name":"nic","parent_id":"`+ownSub+`/resourceGroups/rg-app","body":`+test.body, "") + `]}`)
		require.NoError(t, err, name)
		assert.ElementsMatch(t, test.likely, likelyOf(needs), name)
		assert.Equal(t, []string{"Microsoft.Network/networkInterfaces/read", "Microsoft.Network/networkInterfaces/write"}, actionsOf(needs, Certain), name)
	}
}

func TestAProviderWhoseNameIsKnownAfterApplyIsSaid(t *testing.T) {
	needs, err := deriveOne(`{"format_version":"1.2","resource_changes":[{"address":"azurerm_resource_provider_registration.p","mode":"managed",
		"type":"azurerm_resource_provider_registration","name":"p","change":{"actions":["create"],"after":{},"after_unknown":{"name":true}}}]}`)
	require.NoError(t, err)
	assert.Contains(t, unknowns(needs), "couldn't determine which resource provider is registered")
}
