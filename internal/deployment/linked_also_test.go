package deployment

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	shared   = ownSub + "/resourceGroups/rg-shared/providers/"
	elseSub  = "/subscriptions/22222222-2222-2222-2222-222222222222"
	inShared = " @ /resourceGroups/rg-shared/providers/"
)

// TestWhatAClusterNeedsOnTheResourcesOfItsAddons: all of it is likely.
func TestWhatAClusterNeedsOnTheResourcesOfItsAddons(t *testing.T) {
	workspace, at := shared+"Microsoft.OperationalInsights/workspaces/log", inShared+"Microsoft.OperationalInsights/workspaces/log"
	keys := []string{"Microsoft.OperationalInsights/workspaces/read" + at, "Microsoft.OperationalInsights/workspaces/sharedKeys/read" + at}
	for name, test := range map[string]struct {
		properties string
		likely     []string
	}{
		"monitoring": {
			properties: `"addonProfiles":{"omsagent":{"enabled":true,"config":{"logAnalyticsWorkspaceResourceID":"` + workspace + `"}}}`,
			likely:     append([]string{"Microsoft.OperationsManagement/solutions/read @ /resourceGroups/rg-shared", "Microsoft.OperationsManagement/solutions/write @ /resourceGroups/rg-shared"}, keys...),
		},
		"Defender": {properties: `"securityProfile":{"defender":{"logAnalyticsWorkspaceResourceId":"` + workspace + `"}}`, likely: keys},
		"an application gateway that exists": {
			properties: `"addonProfiles":{"ingressApplicationGateway":{"enabled":true,"config":{"applicationGatewayId":"` + shared + `Microsoft.Network/applicationGateways/agw"}}}`,
			likely:     []string{"Microsoft.Network/applicationGateways/read" + inShared + "Microsoft.Network/applicationGateways/agw", "Microsoft.Network/applicationGateways/write" + inShared + "Microsoft.Network/applicationGateways/agw"},
		},
		"an application gateway in a subnet": {
			properties: `"addonProfiles":{"ingressApplicationGateway":{"enabled":true,"config":{"subnetId":"` + shared + `Microsoft.Network/virtualNetworks/v/subnets/s"}}}`,
			likely:     []string{"Microsoft.Network/virtualNetworks/subnets/join/action" + inShared + "Microsoft.Network/virtualNetworks/v/subnets/s"},
		},
		"an identity of the nodes": {
			properties: `"identityProfile":{"kubeletidentity":{"resourceId":"` + shared + `Microsoft.ManagedIdentity/userAssignedIdentities/id"}}`,
			likely:     []string{"Microsoft.ManagedIdentity/userAssignedIdentities/assign/action" + inShared + "Microsoft.ManagedIdentity/userAssignedIdentities/id"},
		},
		"a disk encryption set":       {properties: `"diskEncryptionSetID":"` + shared + `Microsoft.Compute/diskEncryptionSets/des"`, likely: []string{"Microsoft.Compute/diskEncryptionSets/read" + inShared + "Microsoft.Compute/diskEncryptionSets/des"}},
		"a proximity placement group": {properties: `"agentPoolProfiles":[{"proximityPlacementGroupID":"` + shared + `Microsoft.Compute/proximityPlacementGroups/ppg"}]`, likely: []string{"Microsoft.Compute/proximityPlacementGroups/write" + inShared + "Microsoft.Compute/proximityPlacementGroups/ppg"}},
		"addresses for outbound traffic": {
			properties: `"networkProfile":{"loadBalancerProfile":{"outboundIPs":{"publicIPs":[{"id":"` + shared + `Microsoft.Network/publicIPAddresses/ip"}]}}}`,
			likely:     []string{"Microsoft.Network/publicIPAddresses/join/action" + inShared + "Microsoft.Network/publicIPAddresses/ip"},
		},
		"no add-on": {properties: `"dnsPrefix":"c"`, likely: []string{}},
	} {
		needs, err := deriveOne(template(`{"type":"Microsoft.ContainerService/managedClusters","name":"aks","properties":{` + test.properties + `}}`))
		require.NoError(t, err, name)
		assert.ElementsMatch(t, test.likely, likelyOf(needs), name)
		assert.Empty(t, needs.Unknown, name)
	}
}

// TestTheMonitoringOfAClusterInAPlan: the same for Terraform.
func TestTheMonitoringOfAClusterInAPlan(t *testing.T) {
	cluster := func(block string) []string {
		needs, err := deriveOne(`{"format_version":"1.2","terraform_version":"1.9.8","resource_changes":[` + planned("", "azurerm_kubernetes_cluster", "k", "",
			`"name":"aks","resource_group_name":"rg-app","`+block+`":[{"log_analytics_workspace_id":"`+shared+`Microsoft.OperationalInsights/workspaces/log"}]`, "") + `]}`)
		require.NoError(t, err)
		return likelyOf(needs)
	}
	const solution = "Microsoft.OperationsManagement/solutions/write @ /resourceGroups/rg-shared"
	const keys = "Microsoft.OperationalInsights/workspaces/sharedKeys/read" + inShared + "Microsoft.OperationalInsights/workspaces/log"
	assert.Subset(t, cluster("oms_agent"), []string{solution, keys})
	assert.Contains(t, cluster("microsoft_defender"), keys)
	assert.NotContains(t, cluster("microsoft_defender"), solution)
}

// TestTheMonitoringOfAClusterWhoseWorkspaceIsNotKnown is remarked on once.
func TestTheMonitoringOfAClusterWhoseWorkspaceIsNotKnown(t *testing.T) {
	needs, err := deriveOne(template(`{"type":"Microsoft.ContainerService/managedClusters","name":"aks","properties":{"addonProfiles":{"omsagent":{"config":{"logAnalyticsWorkspaceResourceID":"[parameters('log')]"}}}}}`,
		`,"parameters":{"log":{"type":"string"}}`))
	require.NoError(t, err)
	assert.Equal(t, []string{"couldn't determine which Microsoft.OperationalInsights/workspaces the deployment refers to; its actions are listed at " + ownSub}, unknowns(needs))
	assert.Contains(t, likelyOf(needs), "Microsoft.OperationsManagement/solutions/write @ ")
}

// TestTheWorkspaceOfAnApplicationInsightsResource takes a right only if it's in another subscription.
func TestTheWorkspaceOfAnApplicationInsightsResource(t *testing.T) {
	const keys = "Microsoft.OperationalInsights/workspaces/sharedKeys/action @ "
	const workspace = "/resourceGroups/rg-shared/providers/Microsoft.OperationalInsights/workspaces/log"
	for name, test := range map[string]struct {
		workspace string
		likely    []string
	}{
		"in another subscription":  {workspace: elseSub + workspace, likely: []string{keys + elseSub + workspace}},
		"in the same subscription": {workspace: ownSub + workspace, likely: []string{}},
		"in one that isn't known":  {workspace: "[resourceId(parameters('s'), 'rg', 'Microsoft.OperationalInsights/workspaces', 'log')]", likely: []string{}},
	} {
		needs, err := deriveOne(template(`{"type":"Microsoft.Insights/components","name":"ai","properties":{"WorkspaceResourceId":"`+test.workspace+`"}}`, `,"parameters":{"s":{"type":"string"}}`))
		require.NoError(t, err, name)
		assert.ElementsMatch(t, test.likely, likelyOf(needs), name)
	}
}

// TestThePartsOfANetworkSecurityPerimeter need rights on what they refer to.
func TestThePartsOfANetworkSecurityPerimeter(t *testing.T) {
	const lost = "couldn't determine the type of a resource that joins a network security perimeter; its joinPerimeter/action isn't listed"
	for name, test := range map[string]struct {
		kind, properties string
		likely, unknown  []string
	}{
		"an association": {
			kind:       "resourceAssociations",
			properties: `"privateLinkResource":{"id":"` + shared + `Microsoft.KeyVault/vaults/kv"},"profile":{"id":"` + shared + `Microsoft.Network/networkSecurityPerimeters/nsp/profiles/p"}`,
			likely: []string{
				"Microsoft.KeyVault/vaults/joinPerimeter/action" + inShared + "Microsoft.KeyVault/vaults/kv",
				"Microsoft.Network/networkSecurityPerimeters/profiles/join/action" + inShared + "Microsoft.Network/networkSecurityPerimeters/nsp/profiles/p",
			},
		},
		"an association with a resource that isn't known": {
			kind: "resourceAssociations", properties: `"privateLinkResource":{"id":"[parameters('p')]"}`, likely: []string{}, unknown: []string{lost},
		},
		"a rule for subscriptions": {
			kind: "profiles/accessRules", properties: `"subscriptions":[{"id":"` + elseSub + `"},{"id":"[subscription().id]"}]`,
			likely: []string{"Microsoft.Resources/subscriptions/joinPerimeterRule/action @ " + elseSub, "Microsoft.Resources/subscriptions/joinPerimeterRule/action @ "},
		},
		"a rule for a perimeter": {
			kind: "profiles/accessRules", properties: `"networkSecurityPerimeters":[{"id":"` + shared + `Microsoft.Network/networkSecurityPerimeters/other"}]`,
			likely: []string{"Microsoft.Network/networkSecurityPerimeters/joinPerimeterRule/action" + inShared + "Microsoft.Network/networkSecurityPerimeters/other"},
		},
		"a rule for addresses": {kind: "profiles/accessRules", properties: `"addressPrefixes":["10.0.0.0/8"]`, likely: []string{}},
		"a link": {
			kind: "links", properties: `"autoApprovedRemotePerimeterResourceId":"` + shared + `Microsoft.Network/networkSecurityPerimeters/other"`,
			likely: []string{"Microsoft.Network/networkSecurityPerimeters/linkPerimeter/action" + inShared + "Microsoft.Network/networkSecurityPerimeters/other"},
		},
	} {
		needs, err := deriveOne(template(`{"type":"Microsoft.Network/networkSecurityPerimeters/`+test.kind+`","name":"nsp/p/r","properties":{`+test.properties+`}}`, `,"parameters":{"p":{"type":"string"}}`))
		require.NoError(t, err, name)
		assert.ElementsMatch(t, test.likely, likelyOf(needs), name)
		assert.ElementsMatch(t, test.unknown, unknowns(needs), name)
	}
}

// TestAnAssociationOfAPlanIsInItsPerimeter, and not where the resource is.
func TestAnAssociationOfAPlanIsInItsPerimeter(t *testing.T) {
	needs, err := deriveOne(`{"format_version":"1.2","terraform_version":"1.9.8","resource_changes":[` + planned("", "azurerm_network_security_perimeter_association", "a", "",
		`"name":"a","resource_id":"`+shared+`Microsoft.KeyVault/vaults/kv","network_security_perimeter_profile_id":"`+ownSub+`/resourceGroups/rg-nsp/providers/Microsoft.Network/networkSecurityPerimeters/nsp/profiles/p"`, "") + `]}`)
	require.NoError(t, err)
	assert.Contains(t, actionsOf(needs, Certain), "Microsoft.Network/networkSecurityPerimeters/resourceAssociations/write @ /resourceGroups/rg-nsp")
	assert.Subset(t, likelyOf(needs), []string{
		"Microsoft.KeyVault/vaults/joinPerimeter/action" + inShared + "Microsoft.KeyVault/vaults/kv",
		"Microsoft.Network/networkSecurityPerimeters/profiles/join/action @ /resourceGroups/rg-nsp/providers/Microsoft.Network/networkSecurityPerimeters/nsp/profiles/p",
	})
}

// TestWhatIsOnlyKeptForLaterNeedsNothing: a template spec and a policy deploy nothing themselves.
func TestWhatIsOnlyKeptForLaterNeedsNothing(t *testing.T) {
	const subnet = `"` + shared + `Microsoft.Network/virtualNetworks/v/subnets/s"`
	const join = "Microsoft.Network/virtualNetworks/subnets/join/action" + inShared + "Microsoft.Network/virtualNetworks/v/subnets/s"
	for name, test := range map[string]struct {
		resource string
		likely   []string
	}{
		"a template spec":           {resource: `{"type":"Microsoft.Resources/templateSpecs/versions","name":"t/1","properties":{"mainTemplate":{"resources":[{"properties":{"subnet":{"id":` + subnet + `}}}]}}}`},
		"a read within it":          {resource: `{"type":"Microsoft.Resources/templateSpecs/versions","name":"t/1","properties":{"mainTemplate":{"x":"[reference('` + shared + `A.B/c/d', '1').x]"}}}`},
		"the parameter of a policy": {resource: `{"type":"Microsoft.Authorization/policyAssignments","name":"p","properties":{"parameters":{"subnet":{"value":` + subnet + `}}}}`},
		"the template of a policy":  {resource: `{"type":"Microsoft.Authorization/policyDefinitions","name":"p","properties":{"policyRule":{"then":{"x":{"subnet":{"id":` + subnet + `}}}}}}`},
		"the identity of a policy":  {resource: `{"type":"Microsoft.Authorization/policyAssignments","name":"p","identity":{"userAssignedIdentities":{"` + shared + `Microsoft.ManagedIdentity/userAssignedIdentities/i":{}}}}`, likely: []string{"Microsoft.ManagedIdentity/userAssignedIdentities/assign/action" + inShared + "Microsoft.ManagedIdentity/userAssignedIdentities/i"}},
		"a network interface":       {resource: `{"type":"Microsoft.Network/networkInterfaces","name":"n","properties":{"subnet":{"id":` + subnet + `}}}`, likely: []string{join}},
	} {
		needs, err := deriveOne(template(test.resource))
		require.NoError(t, err, name)
		assert.ElementsMatch(t, test.likely, likelyOf(needs), name)
		assert.Equal(t, name == "a read within it", derived(needs, Certain)[strings.ToLower("A.B/c/read @ "+shared+"A.B/c/d")], name)
	}
}
