package deployment

import (
	"strings"
	"sync"
)

// alsoAction is an action that azurerm needs in addition to writing and reading a resource.
type alsoAction struct {
	argument string // that has to be there; "" for none
	action   string
}

// azurermAlso returns the actions that azurerm needs in addition to writing and reading a resource, for common resources: the keys
// that it keeps in its state, and the parts of a resource that it reads and writes separately. The provider decides by the arguments, so
// none of them is certain. Sources: the requests in the code of hashicorp/terraform-provider-azurerm at 69697b7f, its issue 27961, and reports.
func azurermAlso(c *change) []string {
	var actions []string
	for _, also := range azurermRequests()[c.Type] {
		if also.argument == "" || c.blocks[also.argument] {
			actions = append(actions, also.action)
		}
	}
	return actions
}

var azurermRequests = sync.OnceValue(func() map[string][]alsoAction {
	table := map[string][]alsoAction{}
	for line := range strings.Lines(azurermRequestTable) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		for _, action := range fields[2:] {
			table[fields[0]] = append(table[fields[0]], alsoAction{strings.TrimPrefix(fields[1], "-"), action})
		}
	}
	return table
})

// azurermRequestTable has a line for each: the resource, the block that leads to the requests or a hyphen, and the actions.
const azurermRequestTable = `
azurerm_app_configuration - Microsoft.AppConfiguration/configurationStores/ListKeys/action
azurerm_app_service - Microsoft.Web/sites/config/list/action Microsoft.Web/sites/config/read Microsoft.Web/sites/config/write
azurerm_application_insights - Microsoft.AlertsManagement/smartDetectorAlertRules/read Microsoft.AlertsManagement/smartDetectorAlertRules/write Microsoft.Insights/components/currentbillingfeatures/read Microsoft.Insights/components/currentbillingfeatures/write
azurerm_batch_account - Microsoft.Batch/batchAccounts/listkeys/action
azurerm_cognitive_account - Microsoft.CognitiveServices/accounts/listKeys/action
azurerm_container_registry - Microsoft.ContainerRegistry/registries/listCredentials/action Microsoft.ContainerRegistry/registries/replications/read
azurerm_container_registry georeplications Microsoft.ContainerRegistry/registries/replications/write
azurerm_cosmosdb_account - Microsoft.DocumentDB/databaseAccounts/listConnectionStrings/action Microsoft.DocumentDB/databaseAccounts/listKeys/action Microsoft.DocumentDB/databaseAccounts/readonlykeys/action
azurerm_eventhub_namespace - Microsoft.EventHub/namespaces/authorizationRules/listKeys/action Microsoft.EventHub/namespaces/networkRuleSets/read
azurerm_eventhub_namespace network_rulesets Microsoft.EventHub/namespaces/networkRuleSets/write
azurerm_function_app - Microsoft.Web/sites/config/list/action Microsoft.Web/sites/config/read Microsoft.Web/sites/config/write
azurerm_iothub - Microsoft.Devices/iotHubs/listkeys/Action
azurerm_kubernetes_cluster - Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action Microsoft.ContainerService/managedClusters/listClusterUserCredential/action
azurerm_linux_function_app - Microsoft.Web/sites/basicPublishingCredentialsPolicies/read Microsoft.Web/sites/config/list/action Microsoft.Web/sites/config/read Microsoft.Web/sites/config/write
azurerm_linux_web_app - Microsoft.Web/sites/basicPublishingCredentialsPolicies/read Microsoft.Web/sites/config/list/action Microsoft.Web/sites/config/read Microsoft.Web/sites/config/write
azurerm_log_analytics_workspace - Microsoft.OperationalInsights/workspaces/sharedKeys/action
azurerm_mssql_database - Microsoft.Sql/servers/databases/backupLongTermRetentionPolicies/read Microsoft.Sql/servers/databases/backupShortTermRetentionPolicies/read Microsoft.Sql/servers/databases/geoBackupPolicies/read Microsoft.Sql/servers/databases/securityAlertPolicies/read Microsoft.Sql/servers/databases/securityAlertPolicies/write Microsoft.Sql/servers/databases/transparentDataEncryption/read
azurerm_mssql_database long_term_retention_policy Microsoft.Sql/servers/databases/backupLongTermRetentionPolicies/write
azurerm_mssql_database short_term_retention_policy Microsoft.Sql/servers/databases/backupShortTermRetentionPolicies/write
azurerm_mssql_server - Microsoft.Sql/servers/connectionPolicies/read Microsoft.Sql/servers/connectionPolicies/write
azurerm_private_endpoint - Microsoft.Network/privateEndpoints/privateDnsZoneGroups/read
azurerm_private_endpoint private_dns_zone_group Microsoft.Network/privateEndpoints/privateDnsZoneGroups/write
azurerm_redis_cache - Microsoft.Cache/redis/listKeys/action Microsoft.Cache/redis/patchSchedules/read
azurerm_redis_cache patch_schedule Microsoft.Cache/redis/patchSchedules/write
azurerm_role_assignment - Microsoft.Authorization/roleDefinitions/read
azurerm_search_service - Microsoft.Search/searchServices/listAdminKeys/action Microsoft.Search/searchServices/listQueryKeys/action
azurerm_servicebus_namespace - Microsoft.ServiceBus/namespaces/authorizationRules/listKeys/action Microsoft.ServiceBus/namespaces/networkRuleSets/read
azurerm_servicebus_namespace network_rule_set Microsoft.ServiceBus/namespaces/networkRuleSets/write
azurerm_signalr_service - Microsoft.SignalRService/SignalR/listkeys/action
azurerm_storage_account - Microsoft.Storage/storageAccounts/blobServices/read Microsoft.Storage/storageAccounts/fileServices/read Microsoft.Storage/storageAccounts/listKeys/action
azurerm_storage_account blob_properties Microsoft.Storage/storageAccounts/blobServices/write
azurerm_storage_account share_properties Microsoft.Storage/storageAccounts/fileServices/write
azurerm_windows_function_app - Microsoft.Web/sites/basicPublishingCredentialsPolicies/read Microsoft.Web/sites/config/list/action Microsoft.Web/sites/config/read Microsoft.Web/sites/config/write
azurerm_windows_web_app - Microsoft.Web/sites/basicPublishingCredentialsPolicies/read Microsoft.Web/sites/config/list/action Microsoft.Web/sites/config/read Microsoft.Web/sites/config/write
`
