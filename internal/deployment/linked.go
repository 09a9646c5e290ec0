package deployment

import (
	"strings"
	"sync"
)

// linked gives, for types that other resources refer to, the action that the identity may need on them: resource providers
// check it themselves, and no list of theirs is public. These are the join, assign, and deploy actions in Azure's built-in roles
// (github.com/iann0036/iam-dataset, azure/built-in-roles-raw.json at 2073fa52) that resource types of templates have, that of virtual
// WANs (learn.microsoft.com, Roles and permissions for Azure Virtual WAN), and that of the profiles of network security perimeters.
var linked = sync.OnceValue(func() map[string]string {
	table := map[string]string{}
	for line := range strings.Lines(linkedActions) {
		if line = strings.TrimSpace(line); line != "" {
			kind, _, _ := strings.Cut(line, "#")
			table[strings.ToLower(kind)] = strings.Replace(line, "#", "/", 1) + "/action"
		}
	}
	return table
})

// linkedActions has a line for each: type, #, action.
const linkedActions = `
Microsoft.App/connectedEnvironments#join
Microsoft.App/managedEnvironments#join
Microsoft.AzureStackHCI/logicalNetworks#join
Microsoft.AzureStackHCI/networkSecurityGroups#join
Microsoft.AzureStackHCI/virtualNetworks#join
Microsoft.Compute/capacityReservationGroups#deploy
Microsoft.ExtendedLocation/customLocations#deploy
Microsoft.ManagedIdentity/userAssignedIdentities#assign
Microsoft.Network/applicationGateways/backendAddressPools#join
Microsoft.Network/ddosProtectionPlans#join
Microsoft.Network/dnsForwardingRulesets#join
Microsoft.Network/dnsResolvers#join
Microsoft.Network/dnsResolvers/inboundEndpoints#join
Microsoft.Network/dnsResolvers/outboundEndpoints#join
Microsoft.Network/firewallPolicies#join
Microsoft.Network/ipGroups#join
Microsoft.Network/loadBalancers/backendAddressPools#join
Microsoft.Network/loadBalancers/frontendIPConfigurations#join
Microsoft.Network/loadBalancers/inboundNatPools#join
Microsoft.Network/loadBalancers/inboundNatRules#join
Microsoft.Network/loadBalancers/probes#join
Microsoft.Network/natGateways#join
Microsoft.Network/networkInterfaces#join
Microsoft.Network/networkInterfaces/ipConfigurations#join
Microsoft.Network/networkSecurityGroups#join
Microsoft.Network/networkSecurityPerimeters/profiles#join
Microsoft.Network/privateDnsZones#join
Microsoft.Network/publicIPAddresses#join
Microsoft.Network/publicIPPrefixes#join
Microsoft.Network/routeTables#join
Microsoft.Network/serviceEndpointPolicies#join
Microsoft.Network/virtualNetworks/subnets#join
Microsoft.Network/virtualWans#join
Microsoft.Web/hostingEnvironments#join
Microsoft.Web/serverFarms#join
`

// linkedAction is the action that a resource of one type may need on a resource that it refers to by an ID; "" for none. Key is
// the nearest name around the ID.
func linkedAction(from, key, id string) string {
	to := typeOf(id)
	from, key = strings.ToLower(from), linkKey(key)
	is := func(kind string) bool { return strings.EqualFold(to, kind) }
	switch {
	case strings.HasPrefix(from, perimeters):
		return perimeterAction(from, key, id)
	case to == "" || strings.HasPrefix(from, "microsoft.authorization/roleassignments"):
		return ""
	case from == "microsoft.authorization/policyexemptions":
		if key == "policyassignmentid" {
			return "Microsoft.Authorization/policyAssignments/exempt/action"
		}
		return ""
	case strings.HasPrefix(from, "microsoft.authorization/policy"): // parameters and templates are for what the policy deploys later
		if !is("Microsoft.ManagedIdentity/userAssignedIdentities") {
			return ""
		}
	case approved(key):
		if is(groupType) { // an ID that's known up to its group
			return ""
		}
		return to + "/PrivateEndpointConnectionsApproval/action"
	case from == "microsoft.insights/diagnosticsettings":
		switch {
		case is("Microsoft.OperationalInsights/workspaces"):
			return "Microsoft.OperationalInsights/workspaces/sharedKeys/action"
		case is("Microsoft.Storage/storageAccounts"), is("Microsoft.EventHub/namespaces/authorizationRules"):
			return to + "/listKeys/action"
		}
	case is("Microsoft.Network/virtualNetworks"):
		switch {
		case strings.HasSuffix(from, "/virtualnetworkpeerings") || key == "remotevirtualnetwork" || key == "remotevirtualnetworkid":
			return "Microsoft.Network/virtualNetworks/peer/action"
		case strings.HasSuffix(from, "/virtualnetworklinks"):
			return "Microsoft.Network/virtualNetworks/join/action"
		}
	case is("Microsoft.Network/virtualNetworks/subnets"):
		if strings.HasSuffix(from, "/virtualnetworkrules") || strings.Contains(key, "virtualnetworkrules") || key == "virtualnetworksubnetids" {
			return "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action"
		}
	case is("Microsoft.Network/applicationSecurityGroups"):
		if strings.Contains(from, "networksecuritygroups") {
			return "Microsoft.Network/applicationSecurityGroups/joinNetworkSecurityRule/action"
		}
		return "Microsoft.Network/applicationSecurityGroups/joinIpConfiguration/action"
	case is("Microsoft.KeyVault/vaults") && key == "sourcevault":
		return "Microsoft.KeyVault/vaults/deploy/action"
	}
	return linked()[strings.ToLower(to)]
}

// withoutRead are types that can be written and not read: their parent holds what's in them. Azure has no such action
// (learn.microsoft.com, Azure permissions for Security, Microsoft.KeyVault).
func withoutRead(kind string) bool {
	return strings.EqualFold(kind, "Microsoft.KeyVault/vaults/accessPolicies")
}

// linkKey is a name around an ID as names are compared: in lower case, and without inID.
func linkKey(key string) string {
	return strings.TrimSuffix(strings.ToLower(strings.ReplaceAll(key, "_", "")), inID)
}

// inID follows the name of an object that contains the ID as its member `id`.
const inID = ".id"

// approved reports whether a name is that of what a private endpoint connects to.
func approved(key string) bool {
	key = linkKey(key)
	return key == "privatelinkserviceid" || key == "privateconnectionresourceid"
}

// exemptionType is the type of policy exemptions, which refer to an assignment at any scope.
const exemptionType = "Microsoft.Authorization/policyExemptions"

// manual is the property with the connections that someone else approves later.
const manual = "manualPrivateLinkServiceConnections"

// stored is the property with a template that's kept for later, such as that of a template spec.
const stored = "mainTemplate"

// linkedTypes are the types of the IDs that properties have, by their names: for IDs that aren't known.
var linkedTypes = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"applicationgatewaybackendaddresspools.id": "Microsoft.Network/applicationGateways/backendAddressPools",
		"applicationsecuritygroups.id":             "Microsoft.Network/applicationSecurityGroups",
		"capacityreservationgroup.id":              "Microsoft.Compute/capacityReservationGroups",
		"ddosprotectionplan.id":                    "Microsoft.Network/ddosProtectionPlans",
		"firewallpolicy.id":                        "Microsoft.Network/firewallPolicies",
		"hostingenvironmentprofile.id":             "Microsoft.Web/hostingEnvironments",
		"loganalyticsworkspaceresourceid":          "Microsoft.OperationalInsights/workspaces",
		"loadbalancerbackendaddresspools.id":       "Microsoft.Network/loadBalancers/backendAddressPools",
		"loadbalancerinboundnatpools.id":           "Microsoft.Network/loadBalancers/inboundNatPools",
		"loadbalancerinboundnatrules.id":           "Microsoft.Network/loadBalancers/inboundNatRules",
		"managedenvironmentid":                     "Microsoft.App/managedEnvironments",
		"natgateway.id":                            "Microsoft.Network/natGateways",
		"networkinterfaces.id":                     "Microsoft.Network/networkInterfaces",
		"networksecuritygroup.id":                  "Microsoft.Network/networkSecurityGroups",
		"policyassignmentid":                       "Microsoft.Authorization/policyAssignments",
		"privatednszoneid":                         "Microsoft.Network/privateDnsZones",
		"publicipaddress.id":                       "Microsoft.Network/publicIPAddresses",
		"publicipaddresses.id":                     "Microsoft.Network/publicIPAddresses",
		"publicips.id":                             "Microsoft.Network/publicIPAddresses",
		"publicipprefix.id":                        "Microsoft.Network/publicIPPrefixes",
		"publicipprefixes.id":                      "Microsoft.Network/publicIPPrefixes",
		"remotevirtualnetwork.id":                  "Microsoft.Network/virtualNetworks",
		"routetable.id":                            "Microsoft.Network/routeTables",
		"serverfarmid":                             "Microsoft.Web/serverFarms",
		"serviceendpointpolicies.id":               "Microsoft.Network/serviceEndpointPolicies",
		"sourcevault.id":                           "Microsoft.KeyVault/vaults",
		"subnet.id":                                "Microsoft.Network/virtualNetworks/subnets",
		"userassignedidentities":                   "Microsoft.ManagedIdentity/userAssignedIdentities",
		"virtualnetwork.id":                        "Microsoft.Network/virtualNetworks",
		"virtualnetworkrules.id":                   "Microsoft.Network/virtualNetworks/subnets",
		"virtualwan.id":                            "Microsoft.Network/virtualWans",
	}
})

// linkedType is the type of an ID that isn't known, by the name of its property in a resource; "" if that doesn't tell.
func linkedType(from, key string) string {
	key, from = strings.ToLower(key), strings.ToLower(from)
	switch {
	case from == "microsoft.insights/diagnosticsettings":
		switch key {
		case "workspaceid":
			return "Microsoft.OperationalInsights/workspaces"
		case "storageaccountid":
			return "Microsoft.Storage/storageAccounts"
		case "eventhubauthorizationruleid":
			return "Microsoft.EventHub/namespaces/authorizationRules"
		}
		return ""
	case from == perimeters+"resourceassociations" && key == "profile"+inID:
		return "Microsoft.Network/networkSecurityPerimeters/profiles"
	case strings.HasPrefix(from, "microsoft.app/") && key == "environmentid":
		return "Microsoft.App/managedEnvironments"
	case strings.HasSuffix(key, "subnetid") || strings.HasSuffix(key, "subnetresourceid"):
		return "Microsoft.Network/virtualNetworks/subnets"
	}
	return linkedTypes()[key]
}
