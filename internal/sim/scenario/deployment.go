package scenario

import (
	"fmt"
	"strconv"
	"strings"

	"armpreflight/internal/sim/cloud"
)

const (
	templateHead = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
`
	templateFoot = `
  ]
}
`
	// siteTemplate deploys a site with its plan.
	siteTemplate = templateHead +
		`    { "type": "Microsoft.Web/serverfarms", "apiVersion": "2022-09-01", "name": "plan", "location": "westeurope" },
    { "type": "Microsoft.Web/sites", "apiVersion": "2022-09-01", "name": "shop", "location": "westeurope",
      "properties": { "serverFarmId": "[resourceId('Microsoft.Web/serverfarms', 'plan')]" } }` + templateFoot
	// roleTemplate deploys a vault and lets a principal read it.
	roleTemplate = templateHead +
		`    { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2022-09-01", "name": "vault", "location": "westeurope" },
    { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-09-01", "name": "7d5f0c1e-3a42-4e0d-9a67-2c8b1f6e9d35",
      "scope": "Microsoft.KeyVault/vaults/vault",
      "properties": { "principalId": "e1f7a2b8-6c03-4d59-8f4e-0b7d2c9a5361",
        "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]" } }` + templateFoot
	// networkTemplate deploys a network interface into a network that's somewhere else.
	networkTemplate = templateHead +
		`    { "type": "Microsoft.Network/networkInterfaces", "apiVersion": "2022-09-01", "name": "nic", "location": "westeurope",
      "properties": { "ipConfigurations": [ { "name": "main", "properties": { "subnet": {
        "id": "[resourceId('rg-net', 'Microsoft.Network/virtualNetworks/subnets', 'vnet-hub', 'apps')]" } } } ] } }` + templateFoot
)

const (
	// placesTemplate creates a group and, in it, an account.
	placesTemplate = `{
  "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "region": { "type": "string" } },
  "resources": [
    { "type": "Microsoft.Resources/resourceGroups", "apiVersion": "2021-04-01", "name": "{group}", "location": "northeurope" },
    { "type": "Microsoft.Resources/deployments", "apiVersion": "2021-04-01", "name": "inner", "resourceGroup": "{group}",
      "properties": { "mode": "Incremental", "expressionEvaluationOptions": { "scope": "inner" },
        "parameters": { "region": { "value": "[parameters('region')]" } },
        "template": {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
          "parameters": { "region": { "type": "string" } },
          "resources": [ { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2019-06-01", "name": "shop", "location": "[parameters('region')]" } ] } } }
  ]
}
`
	placesParameters = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "region": { "value": "moonbase" } }
}
`
)

// deployments are situations of what a job deploys.
var deployments = []Scenario{
	{
		Name: "healthy-deployment", About: "a Contributor deploys a site with its plan", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) { r.deploys(siteTemplate) },
		Wants:  Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "actions granted"},
	},
	{
		Name: "deployment-exact-role", About: "a role has exactly what the template needs", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.deploys(siteTemplate)
			r.custom(cloud.RoleDefinition{Actions: []string{
				"Microsoft.Resources/deployments/read", "Microsoft.Resources/deployments/write", "Microsoft.Resources/deployments/validate/action",
				"Microsoft.Resources/deployments/operations/read", "Microsoft.Resources/deployments/operationstatuses/read",
				"Microsoft.Resources/subscriptions/resourceGroups/read", "Microsoft.Web/serverfarms/read", "Microsoft.Web/serverfarms/write",
				"Microsoft.Web/serverFarms/join/action", "Microsoft.Web/sites/read", "Microsoft.Web/sites/write",
			}})
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "actions granted"},
	},
	{
		Name: "deployment-role-assignment", About: "a Contributor deploys a template with a role assignment", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) { r.deploys(roleTemplate) },
		Wants: Wants{Result: "Failed", Errors: []string{"permission-missing"}, Tokens: 1, Waits: 2,
			Says: "for 'Microsoft.Authorization/roleAssignments/write' at"},
	},
	{
		Name: "deployment-other-network", About: "a template uses a network in another resource group, where the identity has no role", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.onGroupOnly()
			s := r.subscription()
			s.ResourceGroups = append(s.ResourceGroups, cloud.ResourceGroup{Name: "rg-net", Location: "westeurope"})
			s.Providers = append(s.Providers, cloud.Provider{Namespace: "Microsoft.Network", ResourceTypes: []string{"networkInterfaces", "virtualNetworks"}})
			r.deploys(networkTemplate)
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"permission-likely-missing"}, Tokens: 1,
			Says: "'Microsoft.Network/virtualNetworks/subnets/join/action' at"},
	},
	{
		Name: "deployment-elsewhere", About: "a template sets a location that isn't offered, an API version that isn't listed, and another location for a group that exists", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Files = map[string]string{"infra/main.json": strings.ReplaceAll(placesTemplate, "{group}", cloud.ContosoResourceGroup), "infra/main.parameters.json": placesParameters}
			r.Step.Inputs["deployment"] = "infra/*.json"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"location-not-offered"}, Tokens: 1,
			Says: "'northeurope'"},
	},
	{
		Name: "deployment-unreadable", About: "one of two files isn't there, and the other one isn't a template", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Files = map[string]string{"package.json": `{"name": "shop"}`}
			r.Step.Inputs["deployment"] = "infra/main.json\npackage.json"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"input-invalid"}, Tokens: 1, Waits: 2, Says: "infra/main.json"},
	},
}

// deploys lets the job deploy a template to the resource group.
func (r *Run) deploys(template string) {
	r.Files = map[string]string{"infra/main.json": template}
	r.Step.Inputs["deployment"] = "infra/main.json @ resourceGroups/" + cloud.ContosoResourceGroup
}

// DeploysTo lets the job deploy some sites to each of some existing resource groups. At each of them, something is needed.
func (r *Run) DeploysTo(groups, sites int) {
	var nested []string
	for i := range groups {
		name := fmt.Sprintf("rg-%03d", i)
		r.subscription().ResourceGroups = append(r.subscription().ResourceGroups, cloud.ResourceGroup{Name: name, Location: "westeurope"})
		nested = append(nested, strings.NewReplacer("{group}", name, "{sites}", strconv.Itoa(sites)).Replace(
			`    { "type": "Microsoft.Resources/deployments", "apiVersion": "2021-04-01", "name": "to-{group}", "resourceGroup": "{group}", "properties": { "mode": "Incremental",
      "template": { "resources": [ { "type": "Microsoft.Web/sites", "apiVersion": "2022-09-01", "name": "[format('site-{0}', copyIndex())]", "location": "westeurope",
        "copy": { "name": "sites", "count": {sites} } } ] } } }`))
	}
	r.Files = map[string]string{"infra/main.json": `{ "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#", "resources": [
` + strings.Join(nested, ",\n") + templateFoot}
	r.Step.Inputs["deployment"] = "infra/main.json"
}
