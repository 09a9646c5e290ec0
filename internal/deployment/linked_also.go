package deployment

import (
	"slices"
	"strings"
)

// linkedNeed is an action that a resource may need because it refers to another one.
type linkedNeed struct {
	action, target string
}

// linkedNeeds are all actions that a resource may need because it refers to another one by its ID. Key is the nearest name around the
// ID, at its place.
func linkedNeeds(resource, key, id string, at *jsonPath) []linkedNeed {
	from := strings.ToLower(typeOf(resource))
	var needs []linkedNeed
	if action := linkedAction(from, key, id); action != "" {
		needs = append(needs, linkedNeed{action, id})
	}
	switch {
	case from == "microsoft.containerservice/managedclusters" || from == "microsoft.containerservice/managedclusters/agentpools":
		needs = append(needs, clusterNeeds(id, at)...)
	case from == "microsoft.insights/components" && isWorkspace(id) && elsewhere(resource, id):
		// learn.microsoft.com, Create and configure Application Insights resources
		needs = append(needs, linkedNeed{workspaceType + "/sharedKeys/action", id})
	}
	return needs
}

// linkedNeed notes such an action; r is why. If a group isn't known, the remark on what's in it is enough.
func (c *collector) linkedNeed(need linkedNeed, r record) {
	r.action, r.target = need.action, need.target
	if strings.HasPrefix(need.action, "Microsoft.OperationsManagement/") && !placed(need.target) {
		r.scope = c.widened(need.target)
	}
	c.add(r)
}

const workspaceType = "Microsoft.OperationalInsights/workspaces"

func isWorkspace(id string) bool { return strings.EqualFold(typeOf(id), workspaceType) }

// elsewhere reports whether two IDs are in different subscriptions for certain.
func elsewhere(a, b string) bool {
	a, b = subscriptionOf(a), subscriptionOf(b)
	return a != "" && b != "" && whole(a) && whole(b) && !strings.EqualFold(a, b)
}

// clusterNeeds are what the identity that creates a Kubernetes cluster needs on the resources of its add-ons and nodes, besides
// joining and assigning (learn.microsoft.com, AKS service permissions, Identity creating and operating the cluster permissions; for the
// keys of a workspace, Azure/azure-cli#22232 and Azure/AKS#4014 show the error).
func clusterNeeds(id string, at *jsonPath) []linkedNeed {
	switch to := typeOf(id); strings.ToLower(to) {
	case "microsoft.operationalinsights/workspaces":
		needs := []linkedNeed{{to + "/sharedKeys/read", id}, {to + "/read", id}}
		if slices.ContainsFunc([]string{"defender", "azureDefender", "microsoft_defender"}, at.below) {
			return needs
		}
		solutions := groupOf(id) // of the monitoring add-on
		return append(needs, linkedNeed{"Microsoft.OperationsManagement/solutions/write", solutions}, linkedNeed{"Microsoft.OperationsManagement/solutions/read", solutions})
	case "microsoft.network/applicationgateways":
		return []linkedNeed{{to + "/read", id}, {to + "/write", id}}
	case "microsoft.compute/diskencryptionsets":
		return []linkedNeed{{to + "/read", id}}
	case "microsoft.compute/proximityplacementgroups":
		return []linkedNeed{{to + "/write", id}}
	}
	return nil
}

// perimeters is what the types of the parts of a network security perimeter begin with, in lower case.
const perimeters = "microsoft.network/networksecurityperimeters/"

// perimeterAction is the action that a part of a network security perimeter needs on what it refers to; "" for none
// (learn.microsoft.com, Azure role-based access control permissions required for Azure Network Security Perimeter usage, and Azure
// permissions for Networking; for links, Azure/azure-rest-api-specs#21040).
func perimeterAction(from, key, id string) string {
	to := typeOf(id)
	perimeter := strings.EqualFold(to, "Microsoft.Network/networkSecurityPerimeters")
	switch from[len(perimeters):] {
	case "resourceassociations":
		if joinsPerimeter(from, key) && to != "" && !strings.EqualFold(to, groupType) {
			return to + "/joinPerimeter/action"
		}
	case "profiles/accessrules":
		if sub := subscriptionOf(id); sub != "" && len(sub) == len(id) {
			return "Microsoft.Resources/subscriptions/joinPerimeterRule/action"
		}
		if perimeter {
			return to + "/joinPerimeterRule/action"
		}
	case "links":
		if perimeter {
			return to + "/linkPerimeter/action"
		}
	}
	return linked()[strings.ToLower(to)]
}

// joinsPerimeter reports whether a name is that of the resource that an association adds to a network security perimeter.
func joinsPerimeter(from, key string) bool {
	key = linkKey(key)
	return strings.EqualFold(from, perimeters+"resourceAssociations") && (key == "privatelinkresource" || key == "resourceid")
}
