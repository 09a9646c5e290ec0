package cloud

import (
	"slices"
	"strings"
)

const everyone = "00000000-0000-0000-0000-000000000000"

// may evaluates role and deny assignments for one action at one scope.
func (w *World) may(t *target, action, scope string) bool {
	for _, d := range t.tenant.DenyAssignments {
		if t.denied(d, action, scope) {
			return false
		}
	}
	return slices.ContainsFunc(t.assignmentsAt(scope), func(a RoleAssignment) bool {
		role := t.tenant.role(a.RoleID)
		return role != nil && matchesAny(role.Actions, action) && !matchesAny(role.NotActions, action)
	})
}

func (t *target) denied(d DenyAssignment, action, scope string) bool {
	if !t.covers(d.Scope, scope) || d.NotToChildren && !strings.EqualFold(d.Scope, scope) {
		return false
	}
	if !matchesAny(d.Actions, action) || matchesAny(d.NotActions, action) {
		return false
	}
	return !slices.ContainsFunc(d.ExcludePrincipals, t.isCaller) &&
		slices.ContainsFunc(d.Principals, func(id string) bool { return id == everyone || t.isCaller(id) })
}

// isCaller reports whether an object ID is the caller's or that of a group it is in.
func (t *target) isCaller(id string) bool {
	return strings.EqualFold(id, t.caller.ObjectID) ||
		slices.ContainsFunc(t.principal.app.MemberOf, func(group string) bool { return strings.EqualFold(group, id) })
}

// assignmentsAt are the caller's role assignments at the scope or above it.
func (t *target) assignmentsAt(scope string) []RoleAssignment {
	return filter(t.tenant.RoleAssignments, func(a RoleAssignment) bool { return t.isCaller(a.PrincipalID) && t.covers(a.Scope, scope) })
}

// roleBelow reports whether the caller holds a role somewhere inside the scope.
func (t *target) roleBelow(scope string) bool {
	return slices.ContainsFunc(t.tenant.RoleAssignments, func(a RoleAssignment) bool { return t.isCaller(a.PrincipalID) && within(a.Scope, scope) })
}

// covers reports whether what is given at one scope holds at another: the same, a part of its path, or a management group
// above it.
func (t *target) covers(given, scope string) bool {
	given = strings.TrimSuffix(given, "/")
	if given == "" || within(scope, given) {
		return true
	}
	group, ok := cutPrefixFold(given, managementGroupID(""))
	if !ok {
		return false
	}
	for parent := t.parentGroup(scope); parent != ""; parent = t.above(parent) {
		if strings.EqualFold(parent, group) {
			return true
		}
	}
	return strings.EqualFold(group, t.tenant.ID) // the tenant root group
}

// parentGroup is the management group right above a scope.
func (t *target) parentGroup(scope string) string {
	if id, ok := cutPrefixFold(scope, managementGroupID("")); ok {
		return t.above(strings.SplitN(id, "/", 2)[0])
	}
	for i := range t.tenant.Subscriptions {
		if within(scope, "/subscriptions/"+t.tenant.Subscriptions[i].ID) {
			return t.tenant.Subscriptions[i].ManagementGroup
		}
	}
	return ""
}

func (t *target) above(group string) string {
	if g := t.tenant.managementGroup(group); g != nil {
		return g.Parent
	}
	return ""
}

func (t *Tenant) role(id string) *RoleDefinition {
	for i := range t.RoleDefinitions {
		if strings.EqualFold(t.RoleDefinitions[i].ID, id) {
			return &t.RoleDefinitions[i]
		}
	}
	return nil
}

// within reports whether one ARM ID is another or is below it.
func within(id, above string) bool {
	rest, ok := cutPrefixFold(id, strings.TrimSuffix(above, "/"))
	return ok && (rest == "" || rest[0] == '/')
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func matchesAny(patterns []string, action string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(strings.ToLower(p), strings.ToLower(action)) })
}

// matches compares with a pattern in which a star represents anything, slashes too.
func matches(pattern, action string) bool {
	pieces := strings.Split(pattern, "*")
	if len(pieces) == 1 {
		return pattern == action
	}
	first, last := pieces[0], pieces[len(pieces)-1]
	if !strings.HasPrefix(action, first) || len(action) < len(first)+len(last) || !strings.HasSuffix(action, last) {
		return false
	}
	action = action[len(first) : len(action)-len(last)]
	for _, piece := range pieces[1 : len(pieces)-1] {
		_, rest, found := strings.Cut(action, piece) // the first place is as good as any later one
		if !found {
			return false
		}
		action = rest
	}
	return true
}
