package connection

import (
	"strings"

	"armpreflight/internal/arm"
)

// ScopeLevel is the kind of thing in Azure that a connection was made for.
type ScopeLevel int

const (
	UnknownLevel ScopeLevel = iota
	SubscriptionLevel
	ResourceGroupLevel
	ManagementGroupLevel
)

// String names the level in the words of Azure's portal, in lower case.
func (l ScopeLevel) String() string {
	switch l {
	case SubscriptionLevel:
		return "subscription"
	case ResourceGroupLevel:
		return "resource group"
	case ManagementGroupLevel:
		return "management group"
	default:
		return "unknown level"
	}
}

// Scope is where a connection points. Fields that don't apply are empty.
type Scope struct {
	Level               ScopeLevel
	SubscriptionID      string // also for a resource group
	SubscriptionName    string // as recorded when the connection was made; may be out of date
	ResourceGroup       string // only with ResourceGroupLevel
	ManagementGroupID   string
	ManagementGroupName string
}

// ID is the scope as an ARM ID, without escaping and without a slash at the end; "" when the level is unknown.
func (s Scope) ID() string {
	switch s.Level {
	case SubscriptionLevel:
		return "/subscriptions/" + s.SubscriptionID
	case ResourceGroupLevel:
		return "/subscriptions/" + s.SubscriptionID + "/resourceGroups/" + s.ResourceGroup
	case ManagementGroupLevel:
		return arm.ManagementGroupID(s.ManagementGroupID)
	default:
		return ""
	}
}

// scope takes the level from the authorization parameter "scope", since that is where the role was given, then from the
// data. Where the two name different subscriptions the data wins: every in-box task deploys to data.subscriptionId. A
// machine learning workspace counts as its subscription, which any role inside it permits to read.
func (r *reader) scope() Scope {
	recorded := Scope{
		SubscriptionID:      r.data("subscriptionid"),
		SubscriptionName:    r.data("subscriptionname"),
		ManagementGroupID:   r.data("managementgroupid"),
		ManagementGroupName: r.data("managementgroupname"),
	}
	if isZero(recorded.SubscriptionID) {
		recorded.SubscriptionID = ""
	}
	scope := recorded
	scope.Level, scope.ResourceGroup = r.recordedLevel(recorded)
	if granted, ok := parseScope(r.parameter("scope")); ok {
		scope = granted.completedBy(recorded, scope)
	}
	r.judge(scope)
	return scope
}

// recordedLevel is the level that the data is about, with the group's name where it is a resource group.
func (r *reader) recordedLevel(recorded Scope) (ScopeLevel, string) {
	group := r.data("resourcegroupname")
	switch strings.ToLower(r.data("scopelevel")) {
	case "subscription", "azuremlworkspace":
		return SubscriptionLevel, ""
	case "resourcegroup":
		if group != "" {
			return ResourceGroupLevel, group
		}
		return SubscriptionLevel, ""
	case "managementgroup":
		return ManagementGroupLevel, ""
	}
	if recorded.SubscriptionID == "" && recorded.ManagementGroupID != "" {
		return ManagementGroupLevel, ""
	}
	return SubscriptionLevel, ""
}

// completedBy puts the names of the data next to the IDs of the granted scope, or gives the data's own scope back where
// the two are about different subscriptions.
func (s Scope) completedBy(recorded, fallback Scope) Scope {
	if s.Level == ManagementGroupLevel {
		if strings.EqualFold(s.ManagementGroupID, recorded.ManagementGroupID) {
			s.ManagementGroupName = recorded.ManagementGroupName
		}
		s.SubscriptionID, s.SubscriptionName = recorded.SubscriptionID, recorded.SubscriptionName
		return s
	}
	if recorded.SubscriptionID != "" && !strings.EqualFold(s.SubscriptionID, recorded.SubscriptionID) {
		return fallback
	}
	s.SubscriptionName = recorded.SubscriptionName
	return s
}

// judge reports what a scope of this level needs and doesn't have.
func (r *reader) judge(s Scope) {
	if s.Level == ManagementGroupLevel {
		switch {
		case s.ManagementGroupID == "":
			r.problem(Incomplete, "managementGroupId", "the management group ID is empty")
		case !isName(s.ManagementGroupID):
			r.problem(Incomplete, "managementGroupId", "the management group ID isn't valid: %s", r.found(s.ManagementGroupID))
		}
		return
	}
	switch given := r.endpoint.Data["subscriptionid"]; {
	case s.SubscriptionID == "":
		r.problem(Incomplete, "subscriptionId", "the subscription ID is empty")
	case !arm.IsGUID(s.SubscriptionID):
		r.problem(Incomplete, "subscriptionId", "the subscription ID isn't a GUID: %s", r.found(s.SubscriptionID))
	case given != strings.TrimSpace(given):
		r.problem(Incomplete, "subscriptionId", "the subscription ID has %s: %s", padding(given), r.found(given))
	}
	if s.Level == ResourceGroupLevel && !isName(s.ResourceGroup) {
		r.problem(Incomplete, "resourceGroupName", "the resource group's name isn't valid: %s", r.found(s.ResourceGroup))
	}
}

// parseScope reads an ARM ID of a subscription, a resource group, something inside one (which counts as its
// subscription, see scope) or a management group. Azure DevOps writes "resourcegroups" in lower case.
func parseScope(text string) (Scope, bool) {
	id, ok := arm.ParseID(strings.TrimSpace(text))
	if !ok {
		return Scope{}, false
	}
	switch level := id.Level(); {
	case level == arm.ManagementGroup && isName(id.ManagementGroup):
		return Scope{Level: ManagementGroupLevel, ManagementGroupID: id.ManagementGroup}, true
	case !arm.IsGUID(id.Subscription) || isZero(id.Subscription):
		return Scope{}, false
	case level == arm.Subscription:
		return Scope{Level: SubscriptionLevel, SubscriptionID: id.Subscription}, true
	case !isName(id.ResourceGroup):
		return Scope{}, false
	case level == arm.ResourceGroup:
		return Scope{Level: ResourceGroupLevel, SubscriptionID: id.Subscription, ResourceGroup: id.ResourceGroup}, true
	default:
		return Scope{Level: SubscriptionLevel, SubscriptionID: id.Subscription}, true
	}
}

// isName reports whether a text can be the name of a resource group or a management group. Azure's rules differ a little
// and grow; what matters here is that it is one segment of a path and nothing else.
func isName(text string) bool {
	return text != "" && len(text) <= 260 && !strings.HasSuffix(text, ".") &&
		!strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c == 0x7f || strings.ContainsRune(`/\?#%&<>"`, c) })
}
