package deployment

import (
	_ "embed"
	"strings"
	"sync"
)

// azurerm.tsv says which type of Azure each resource of Terraform's azurerm provider is, at the day and from the source that it
// names.
//
//go:embed azurerm.tsv
var azurermTable string

// azurermType is a row of the table.
type azurermType struct {
	kind  string // ends in /action where the resource is a call and creates nothing
	level string
}

// typeArgument is in a kind of the table where the argument `type` of the resource names it.
const typeArgument = "{type}"

var azurermTypes = sync.OnceValue(func() map[string]azurermType {
	table := make(map[string]azurermType, 1200)
	for line := range strings.Lines(azurermTable) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); line[0] != '#' && len(fields) == 3 {
			table[fields[0]] = azurermType{kind: fields[1], level: fields[2]}
		} else if line[0] != '#' {
			table[fields[0]] = azurermType{level: "data"}
		}
	}
	return table
})

// azurermAlso returns the actions that azurerm needs in addition to writing and reading a resource, for common resources: mostly
// the keys that it keeps in its state. The provider decides by the arguments, so none of them is certain.
// Source: hashicorp/terraform-provider-azurerm#27961 and reports; they weren't compared with the provider's code.
func azurermAlso(name string) []string {
	switch name {
	case "azurerm_application_insights":
		return []string{
			"Microsoft.Insights/components/currentbillingfeatures/read", "Microsoft.Insights/components/currentbillingfeatures/write",
			"Microsoft.AlertsManagement/smartDetectorAlertRules/read", "Microsoft.AlertsManagement/smartDetectorAlertRules/write",
		}
	case "azurerm_app_configuration":
		return []string{"Microsoft.AppConfiguration/configurationStores/ListKeys/action"}
	case "azurerm_batch_account":
		return []string{"Microsoft.Batch/batchAccounts/listkeys/action"}
	case "azurerm_cognitive_account":
		return []string{"Microsoft.CognitiveServices/accounts/listKeys/action"}
	case "azurerm_container_registry":
		return []string{"Microsoft.ContainerRegistry/registries/listCredentials/action"}
	case "azurerm_cosmosdb_account":
		return []string{
			"Microsoft.DocumentDB/databaseAccounts/listKeys/action", "Microsoft.DocumentDB/databaseAccounts/readonlykeys/action",
			"Microsoft.DocumentDB/databaseAccounts/listConnectionStrings/action",
		}
	case "azurerm_eventhub_namespace":
		return []string{"Microsoft.EventHub/namespaces/authorizationRules/listKeys/action"}
	case "azurerm_iothub":
		return []string{"Microsoft.Devices/iotHubs/listkeys/Action"}
	case "azurerm_kubernetes_cluster":
		return []string{
			"Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
			"Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
		}
	case "azurerm_linux_web_app", "azurerm_windows_web_app", "azurerm_linux_function_app", "azurerm_windows_function_app", "azurerm_app_service", "azurerm_function_app":
		return []string{"Microsoft.Web/sites/config/list/action", "Microsoft.Web/sites/config/read"}
	case "azurerm_log_analytics_workspace":
		return []string{"Microsoft.OperationalInsights/workspaces/sharedKeys/action"}
	case "azurerm_redis_cache":
		return []string{"Microsoft.Cache/redis/listKeys/action"}
	case "azurerm_role_assignment":
		return []string{"Microsoft.Authorization/roleDefinitions/read"}
	case "azurerm_search_service":
		return []string{"Microsoft.Search/searchServices/listAdminKeys/action", "Microsoft.Search/searchServices/listQueryKeys/action"}
	case "azurerm_servicebus_namespace":
		return []string{"Microsoft.ServiceBus/namespaces/authorizationRules/listKeys/action"}
	case "azurerm_signalr_service":
		return []string{"Microsoft.SignalRService/SignalR/listkeys/action"}
	case "azurerm_storage_account":
		return []string{
			"Microsoft.Storage/storageAccounts/listKeys/action", "Microsoft.Storage/storageAccounts/blobServices/read",
			"Microsoft.Storage/storageAccounts/fileServices/read",
		}
	}
	return nil
}
