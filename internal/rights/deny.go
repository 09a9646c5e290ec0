package rights

import (
	"slices"
	"strings"
)

// DenyAssignment is an entry of the list that Microsoft.Authorization/denyAssignments answers.
type DenyAssignment struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"` // a GUID
	Properties DenyProperties `json:"properties"`
}

// DenyProperties says what is denied, where, and to which principals.
type DenyProperties struct {
	Name             string       `json:"denyAssignmentName"`
	Description      string       `json:"description"`
	Scope            string       `json:"scope"`
	NotToChildScopes bool         `json:"doNotApplyToChildScopes"`
	SystemProtected  bool         `json:"isSystemProtected"` // made by Azure, for a managed application or a deployment stack
	Permissions      []Permission `json:"permissions"`
	Principals       []Principal  `json:"principals"`
	Excluded         []Principal  `json:"excludePrincipals"`
	Condition        string       `json:"condition"` // "" or null: none
}

// Principal is who a deny assignment means. The service writes IDs with dashes or without.
type Principal struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// Denial is whether an action is denied.
type Denial int

const (
	NotDenied  Denial = iota
	CannotTell        // one may apply: it names a group or has a condition
	Denied
)

// Denies reports whether a deny assignment takes the action away at the scope, and gives the one that does, or the first that
// may; nil with NotDenied. The list is the one that Azure answers for the scope.
//
// Principals are the object IDs of the caller and of the groups that it is known to be in. A group that isn't among them
// may still hold the caller. With none at all, only what is denied to everyone is certain.
func Denies(list []DenyAssignment, action string, data bool, scope string, principals []string) (Denial, *DenyAssignment) {
	outcome, found := NotDenied, (*DenyAssignment)(nil)
	for i := range list {
		p := &list[i].Properties
		switch min(p.at(scope), p.takes(action, data), p.means(principals)) {
		case yes:
			return Denied, &list[i]
		case maybe:
			if found == nil {
				outcome, found = CannotTell, &list[i]
			}
		}
	}
	return outcome, found
}

func (p *DenyProperties) at(scope string) truth {
	if p.NotToChildScopes && lower(strings.TrimRight(p.Scope, "/")) != lower(strings.TrimRight(scope, "/")) {
		return no
	}
	return reach(p.Scope, scope)
}

func (p *DenyProperties) takes(action string, data bool) truth {
	taken := no
	for _, permission := range p.Permissions {
		if permission.covers(action, data) {
			taken = max(taken, judgeCondition(permission.Condition, action))
		}
	}
	return min(taken, judgeCondition(p.Condition, action))
}

func (p *DenyProperties) means(principals []string) truth {
	return min(among(p.Principals, principals), among(p.Excluded, principals).not())
}

// among reports whether a list of principals holds the caller.
func among(list []Principal, caller []string) truth {
	found := no
	for _, p := range list {
		found = max(found, p.is(caller))
	}
	return found
}

// is compares IDs. Everyone is the all-zero ID, of type Everyone or SystemDefined (learn.microsoft.com, Understand Azure
// deny assignments, Principals). A user or an application that is someone else is certainly not the caller; of any other
// type the caller may be a part.
func (p Principal) is(caller []string) truth {
	id := plainID(p.ID)
	switch {
	case id == strings.Repeat("0", 32) || lower(p.Type) == "everyone":
		return yes
	case slices.ContainsFunc(caller, func(c string) bool { return plainID(c) == id && id != "" }):
		return yes
	case len(caller) > 0 && (lower(p.Type) == "user" || lower(p.Type) == "serviceprincipal"):
		return no
	default:
		return maybe
	}
}

func plainID(id string) string { return lower(strings.ReplaceAll(id, "-", "")) }
