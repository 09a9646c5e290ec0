package rights

import (
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/arm"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheSmallestRoleIsTheOneAnAdministratorWouldName(t *testing.T) {
	for action, want := range map[string]string{
		"Microsoft.Web/sites/write":                                                       "Website Contributor",
		"microsoft.web/SITES/config/write":                                                "Website Contributor",
		"Microsoft.Web/serverFarms/write":                                                 "Web Plan Contributor",
		"Microsoft.Storage/storageAccounts/write":                                         "Storage Account Contributor",
		"Microsoft.Storage/storageAccounts/listKeys/action":                               "Reader and Data Access",
		"Microsoft.KeyVault/vaults/write":                                                 "Key Vault Contributor",
		"Microsoft.Authorization/roleAssignments/write":                                   "Role Based Access Control Administrator",
		"Microsoft.Authorization/roleAssignments/delete":                                  "Role Based Access Control Administrator",
		"Microsoft.Authorization/roleDefinitions/write":                                   "User Access Administrator",
		"Microsoft.Authorization/locks/write":                                             "Locks Contributor",
		"Microsoft.Authorization/policyAssignments/write":                                 "Resource Policy Contributor",
		"Microsoft.ContainerService/managedClusters/write":                                "Azure Kubernetes Service Contributor Role",
		"Microsoft.ContainerRegistry/registries/push/write":                               "AcrPush",
		"Microsoft.ContainerRegistry/registries/pull/read":                                "AcrPull",
		"Microsoft.ContainerRegistry/registries/write":                                    "Contributor",
		"Microsoft.Network/virtualNetworks/subnets/join/action":                           "Network Contributor",
		"Microsoft.Network/virtualNetworks/write":                                         "Network Contributor",
		"Microsoft.Network/privateEndpoints/write":                                        "Network Contributor",
		"Microsoft.Network/privateDnsZones/write":                                         "Private DNS Zone Contributor",
		"Microsoft.Network/dnsZones/A/write":                                              "DNS Zone Contributor",
		"Microsoft.Sql/servers/databases/write":                                           "SQL DB Contributor",
		"Microsoft.Sql/servers/write":                                                     "SQL Server Contributor",
		"Microsoft.Insights/diagnosticSettings/write":                                     "Monitoring Contributor",
		"Microsoft.Insights/actionGroups/write":                                           "Monitoring Contributor",
		"Microsoft.Insights/components/write":                                             "Application Insights Component Contributor",
		"Microsoft.OperationalInsights/workspaces/write":                                  "Log Analytics Contributor",
		"Microsoft.Compute/virtualMachines/write":                                         "Virtual Machine Contributor",
		"Microsoft.Compute/virtualMachineScaleSets/delete":                                "Virtual Machine Contributor",
		"Microsoft.ManagedIdentity/userAssignedIdentities/write":                          "Managed Identity Contributor",
		"Microsoft.DocumentDB/databaseAccounts/write":                                     "Cosmos DB Operator",
		"Microsoft.DocumentDB/databaseAccounts/listKeys/action":                           "DocumentDB Account Contributor",
		"Microsoft.Cache/redis/write":                                                     "Redis Cache Contributor",
		"Microsoft.Cdn/profiles/write":                                                    "CDN Profile Contributor",
		"Microsoft.Logic/workflows/write":                                                 "Logic App Contributor",
		"Microsoft.DataFactory/factories/write":                                           "Data Factory Contributor",
		"Microsoft.ApiManagement/service/apis/write":                                      "API Management Service Contributor",
		"Microsoft.AppConfiguration/configurationStores/write":                            "App Configuration Contributor",
		"Microsoft.Automation/automationAccounts/write":                                   "Automation Contributor",
		"Microsoft.EventGrid/topics/write":                                                "EventGrid Contributor",
		"Microsoft.CognitiveServices/accounts/write":                                      "Cognitive Services Contributor",
		"Microsoft.Search/searchServices/write":                                           "Search Service Contributor",
		"Microsoft.RecoveryServices/vaults/write":                                         "Backup Contributor",
		"Microsoft.Management/managementGroups/write":                                     "Management Group Contributor",
		"Microsoft.Resources/tags/write":                                                  "Tag Contributor",
		"Microsoft.Resources/deployments/write":                                           "Contributor",
		"Microsoft.Resources/deployments/validate/action":                                 "Contributor",
		"Microsoft.Resources/deployments/whatIf/action":                                   "Contributor",
		"Microsoft.Resources/subscriptions/resourceGroups/write":                          "Contributor",
		"Microsoft.Resources/subscriptions/resourceGroups/delete":                         "Contributor",
		"Microsoft.Resources/deploymentStacks/write":                                      "Contributor",
		"Microsoft.Resources/subscriptions/resourceGroups/read":                           "Reader",
		"Microsoft.Resources/deployments/read":                                            "Reader",
		"Microsoft.Web/sites/read":                                                        "Reader",
		"Microsoft.Network/virtualNetworks/read":                                          "Reader",
		"Microsoft.Insights/components/read":                                              "Reader",
		"Microsoft.Management/managementGroups/read":                                      "Management Group Reader",
		"MICROSOFT.MANAGEMENT/managementgroups/READ":                                      "Management Group Reader",
		"Microsoft.Support/supportTickets/write":                                          "Support Request Contributor",
		"Microsoft.NobodyKnows/things/write":                                              "Contributor",
		"data:Microsoft.KeyVault/vaults/secrets/getSecret/action":                         "Key Vault Secrets User",
		"data:Microsoft.KeyVault/vaults/secrets/setSecret/action":                         "Key Vault Secrets Officer",
		"data:Microsoft.AppConfiguration/configurationStores/a/read":                      "App Configuration Data Reader",
		"data:Microsoft.ServiceBus/namespaces/messages/send/action":                       "Azure Service Bus Data Sender",
		"data:Microsoft.EventHub/namespaces/messages/receive/action":                      "Azure Event Hubs Data Receiver",
		"data:Microsoft.ContainerService/managedClusters/pods/write":                      "Azure Kubernetes Service RBAC Admin",
		"data:Microsoft.Insights/Metrics/Write":                                           "Monitoring Metrics Publisher",
		"data:" + blobs + "/read":                                                         "Storage Blob Data Reader",
		"data:" + blobs + "/write":                                                        "Storage Blob Data Contributor",
		"data:" + blobs + "/manageOwnership/action":                                       "Storage Blob Data Owner",
		"data:Microsoft.Storage/storageAccounts/queueServices/queues/messages/add/action": "Storage Queue Data Message Sender",
	} {
		t.Run(action, func(t *testing.T) {
			name, data := cutData(action)
			roles := Smallest(name, data)
			require.NotEmpty(t, roles)
			assert.Equal(t, want, roles[0].Name)
			for _, role := range roles {
				assert.True(t, Grants(role.Permissions, name, data), role.Name)
			}
		})
	}
}

const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"

func TestARolesNarrowestPatternSpeaksForIt(t *testing.T) {
	patterns := []string{"*", "Microsoft.Web/*", "Microsoft.Web/*/write", "Microsoft.Web/sites/*/write", "Microsoft.Web/sites/slots/write", "Microsoft.Sql/servers/write"}
	backwards := slices.Clone(patterns)
	slices.Reverse(backwards)
	for _, order := range [][]string{patterns, backwards} {
		for action, want := range map[string]candidate{
			"Microsoft.Web/sites/slots/write":   {breadth: 0, free: -len("Microsoft.Web/sites/slots/write")},
			"Microsoft.Web/sites/config/write":  {breadth: 1, free: -len("Microsoft.Web/sites//write")},
			"Microsoft.Web/serverFarms/write":   {breadth: 1, free: -len("Microsoft.Web//write")},
			"Microsoft.Web/serverFarms/delete":  {breadth: 2, free: -len("Microsoft.Web/")},
			"Microsoft.Cache/redis/keys/action": {breadth: 3},
		} {
			c := candidate{breadth: 4}
			for _, pattern := range order {
				c.grantedBy(pattern, action)
			}
			assert.Equal(t, want, c, "%s by %v", action, order)
		}
	}
}

func TestOwnerIsNamedLast(t *testing.T) {
	for _, action := range []string{"Microsoft.Web/sites/write", AssignRoles, "Microsoft.Resources/deployments/write"} {
		roles := Smallest(action, false)
		assert.Equal(t, "Owner", roles[len(roles)-1].Name, action)
	}
}

func TestNobodyGetsDataRightsFromOwner(t *testing.T) {
	assert.Nil(t, Smallest("Microsoft.NobodyKnows/things/read", true))
}

func TestTheTableIsWhole(t *testing.T) {
	assert.Less(t, len(rolesTable), 250_000, "every program carries it")
	assert.Regexp(t, `^# Azure's built-in roles, 20\d\d-\d\d-\d\d\n# Source: `, rolesTable)
	roles := builtIn()
	require.Greater(t, len(roles), 100)
	names, ids := map[string]bool{}, map[string]bool{}
	for _, role := range roles {
		assert.True(t, arm.IsGUID(role.ID), role.Name)
		assert.False(t, names[role.Name] || ids[role.ID], "%s occurs twice", role.Name)
		names[role.Name], ids[role.ID] = true, true
		for _, p := range role.Permissions {
			assert.NotEmpty(t, append(p.Actions, p.DataActions...), role.Name)
			for _, pattern := range append(append(append(p.Actions, p.NotActions...), p.DataActions...), p.NotDataActions...) {
				assert.Regexp(t, `^(\*|\*/read|[\w.]+(/[\w.*]+)+)$`, pattern, role.Name)
			}
		}
	}
	for _, name := range []string{"Owner", "Contributor", "Reader", "User Access Administrator", "Role Based Access Control Administrator"} {
		assert.True(t, names[name], name)
	}
}

func TestEveryPreferredRoleIsInTheTable(t *testing.T) {
	for _, action := range []string{"Microsoft.Authorization/policyX/write", AssignRoles, "Microsoft.Automation/automationAccounts/x/write",
		"Microsoft.Compute/virtualMachines/x", "Microsoft.Insights/x", "Microsoft.Insights/components/x", "Microsoft.Network/virtualNetworks/x",
		"Microsoft.OperationalInsights/x", "Microsoft.RecoveryServices/vaults/x"} {
		assert.Contains(t, rolesTable, "\n"+preferred(action)+"\t", action)
		require.NotEmpty(t, preferred(action), action)
	}
	assert.Empty(t, preferred("Microsoft.Web/sites/write"))
}

func TestARowForEachPermissionIsOneRole(t *testing.T) {
	roles := parseRoles(strings.Join([]string{"# a comment", "", "A\tid-a\tx/read y/read\tz", "A\tid-a\t\t\td/read\te", "B\tid-b\t*"}, "\r\n"))
	assert.Equal(t, []Role{
		{Name: "A", ID: "id-a", Permissions: []Permission{
			{Actions: []string{"x/read", "y/read"}, NotActions: []string{"z"}, DataActions: []string{}, NotDataActions: []string{}},
			{Actions: []string{}, NotActions: []string{}, DataActions: []string{"d/read"}, NotDataActions: []string{"e"}},
		}},
		{Name: "B", ID: "id-b", Permissions: []Permission{{Actions: []string{"*"}, NotActions: []string{}, DataActions: []string{}, NotDataActions: []string{}}}},
	}, roles)
}
