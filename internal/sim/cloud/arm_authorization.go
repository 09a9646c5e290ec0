package cloud

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// authorization answers Microsoft.Authorization at any scope: permissions, locks, role and deny assignments, role
// definitions.
func (w *World) authorization(q *call, t *target, rest []string) reply {
	kind := strings.ToLower(rest[0])
	single := ""
	if len(rest) == 2 {
		single = rest[1]
	}
	if len(rest) > 2 {
		return unknown(q, "path")
	}
	action := "Microsoft.Authorization/" + rest[0] + "/read"
	allowed := w.may(t, action, t.scope)
	if kind == "permissions" { // anyone who holds a role may see what it allows
		allowed = len(t.assignmentsAt(t.scope)) > 0
	}
	terms, ok := filters(kind, q.query.Get("$filter"))
	if kind == "roleeligibilityscheduleinstances" { // anyone may read their own
		allowed = asked(terms, "asTarget()")
	}
	if !allowed {
		return forbidden(q, t, action, t.scope)
	}
	if group := t.missingGroup(); group != "" {
		return armError(q, http.StatusNotFound, "ResourceGroupNotFound", "Resource group '"+group+"' could not be found.")
	}
	if !ok {
		return unknown(q, "$filter "+q.query.Get("$filter"))
	}
	var value []object
	switch kind {
	case "permissions":
		value = t.permissions()
	case "roleeligibilityscheduleinstances":
		value = t.eligible()
	case "locks":
		value = t.locks(terms)
	case "roleassignments":
		value = t.roleAssignments(terms)
	case "denyassignments":
		value = t.denyAssignments(terms)
	case "roledefinitions":
		value = t.roleDefinitions(terms)
	default:
		return unknown(q, "path")
	}
	if single == "" {
		return jsonReply(http.StatusOK, object{"value": append([]object{}, value...)}).with(armHeaders(q, t.subscription != nil)...)
	}
	for _, o := range value {
		if name, _ := o["name"].(string); strings.EqualFold(name, single) {
			return jsonReply(http.StatusOK, o).with(armHeaders(q, t.subscription != nil)...)
		}
	}
	return armError(q, http.StatusNotFound, "ResourceNotFound", "The resource '"+single+"' was not found.")
}

// missingGroup names the resource group of the scope when the subscription has none of that name.
func (t *target) missingGroup() string {
	segments := strings.Split(strings.Trim(t.scope, "/"), "/")
	if t.subscription == nil || len(segments) < 4 || !strings.EqualFold(segments[2], "resourcegroups") {
		return ""
	}
	for _, g := range t.subscription.ResourceGroups {
		if strings.EqualFold(g.Name, segments[3]) {
			return ""
		}
	}
	return segments[3]
}

// permissions has one entry for each role that the caller holds, without saying which.
func (t *target) permissions() []object {
	var value []object
	for _, a := range t.assignmentsAt(t.scope) {
		role := t.tenant.role(a.RoleID)
		if role == nil {
			continue
		}
		o := role.permission(t.version >= "2018-07-01")
		if a.Condition != "" && t.version >= "2022-04-01" && !t.tenant.PermissionsHideConditions {
			o["condition"], o["conditionVersion"] = a.Condition, "2.0"
		}
		value = append(value, o)
	}
	return value
}

func (r *RoleDefinition) permission(withData bool) object {
	o := object{"actions": list(r.Actions), "notActions": list(r.NotActions)}
	if withData {
		o["dataActions"], o["notDataActions"] = list(r.DataActions), list(r.NotDataActions)
	}
	return o
}

// list is never null in the answer.
func list(values []string) []string { return append([]string{}, values...) }

func (t *target) locks(terms map[string]string) []object {
	var value []object
	for _, l := range t.tenant.Locks {
		shown := within(l.Scope, t.scope) // at the scope and below
		if asked(terms, "atScope()") {
			shown = within(t.scope, l.Scope) // at the scope and above
		}
		if !shown {
			continue
		}
		properties := object{"level": l.Level}
		if l.Notes != "" {
			properties["notes"] = l.Notes
		}
		value = append(value, object{"properties": properties, "id": l.Scope + "/providers/Microsoft.Authorization/locks/" + l.Name,
			"type": "Microsoft.Authorization/locks", "name": l.Name})
	}
	return value
}

func (t *target) roleAssignments(terms map[string]string) []object {
	var value []object
	for _, a := range t.tenant.RoleAssignments {
		if !t.covers(a.Scope, t.scope) && (asked(terms, "atScope()") || !within(a.Scope, t.scope)) ||
			!equal(terms, "principalId", a.PrincipalID) ||
			asked(terms, "assignedTo()") && !t.reaches(terms["assignedTo()"], a.PrincipalID) {
			continue
		}
		properties := object{
			"roleDefinitionId": t.roleID(a.RoleID), "principalId": a.PrincipalID,
			"principalType": cmp.Or(a.PrincipalType, "ServicePrincipal"), "scope": a.Scope,
			"createdOn": "2025-01-20T22:54:48.6960254Z", "updatedOn": "2025-01-20T22:54:48.6960254Z",
			"createdBy": "4fcf3b73-fec5-4e76-89b3-9f08f1217693", "updatedBy": "4fcf3b73-fec5-4e76-89b3-9f08f1217693",
		}
		if t.version >= "2020-03-01" {
			properties["condition"], properties["conditionVersion"] = nil, nil
			properties["delegatedManagedIdentityResourceId"], properties["description"] = nil, nil
			if a.Condition != "" {
				properties["condition"], properties["conditionVersion"] = a.Condition, "2.0"
			}
		}
		value = append(value, object{"properties": properties, "name": a.Name, "type": "Microsoft.Authorization/roleAssignments",
			"id": strings.TrimSuffix(a.Scope, "/") + "/providers/Microsoft.Authorization/roleAssignments/" + a.Name})
	}
	return value
}

// eligible are the roles that the caller could activate at the scope.
func (t *target) eligible() []object {
	var value []object
	for _, a := range t.tenant.Eligible {
		role := t.tenant.role(a.RoleID)
		if role == nil || !t.isCaller(a.PrincipalID) || !t.covers(a.Scope, t.scope) {
			continue
		}
		value = append(value, object{"id": a.Scope + "/providers/Microsoft.Authorization/roleEligibilityScheduleInstances/" + a.Name,
			"type": "Microsoft.Authorization/roleEligibilityScheduleInstances", "name": a.Name, "properties": object{
				"roleDefinitionId": t.roleID(a.RoleID), "principalId": a.PrincipalID, "scope": a.Scope, "memberType": "Direct", "status": "Provisioned",
				"expandedProperties": object{"roleDefinition": object{"id": t.roleID(a.RoleID), "displayName": role.Name, "type": "BuiltInRole"}}}})
	}
	return value
}

// reaches reports whether what a principal is given applies to another: it's the same one, or a group with the other in it.
func (t *target) reaches(to, principal string) bool {
	if strings.EqualFold(to, principal) {
		return true
	}
	c, _ := t.tenant.principal(to)
	return matchesAny(c.app.MemberOf, principal)
}

func (t *target) roleID(id string) string {
	at := ""
	if t.subscription != nil {
		at = "/subscriptions/" + t.subscription.ID
	}
	return at + "/providers/Microsoft.Authorization/roleDefinitions/" + id
}

func (t *target) roleDefinitions(terms map[string]string) []object {
	var value []object
	for i := range t.tenant.RoleDefinitions {
		r := &t.tenant.RoleDefinitions[i]
		if !equal(terms, "roleName", r.Name) || !equal(terms, "type", "BuiltInRole") {
			continue
		}
		value = append(value, object{"id": t.roleID(r.ID), "type": "Microsoft.Authorization/roleDefinitions", "name": r.ID,
			"properties": object{"roleName": r.Name, "type": "BuiltInRole", "description": r.Name, "assignableScopes": []string{"/"},
				"permissions": []object{r.permission(true)}, "createdOn": "2015-02-02T21:55:09.8806423Z",
				"updatedOn": "2021-11-11T20:13:45.8978856Z", "createdBy": nil, "updatedBy": nil}})
	}
	return value
}

// denyAssignments writes object IDs without dashes, and "Everyone" for the all-zero one, as the service does.
func (t *target) denyAssignments(terms map[string]string) []object {
	principals := func(ids []string, kind string) []object {
		value := []object{}
		for _, id := range ids {
			of := cmp.Or(kind, "ServicePrincipal")
			if id == everyone {
				of = "Everyone"
			}
			value = append(value, object{"id": strings.ReplaceAll(id, "-", ""), "type": of})
		}
		return value
	}
	var value []object
	for _, d := range t.tenant.DenyAssignments {
		if !t.covers(d.Scope, t.scope) && (asked(terms, "atScope()") || !within(d.Scope, t.scope)) ||
			!equal(terms, "denyAssignmentName", d.Name) ||
			asked(terms, "principalId") && !containsFold(d.Principals, terms["principalId"]) ||
			asked(terms, "assignedTo()") && !slices.ContainsFunc(d.Principals, func(id string) bool {
				return id == everyone || t.reaches(terms["assignedTo()"], id)
			}) {
			continue
		}
		value = append(value, object{"id": d.Scope + "/providers/Microsoft.Authorization/denyAssignments/" + d.ID,
			"type": "Microsoft.Authorization/denyAssignments", "name": d.ID, "properties": object{
				"denyAssignmentName": d.Name, "description": "", "scope": d.Scope, "doNotApplyToChildScopes": d.NotToChildren,
				"permissions": []object{{"actions": list(d.Actions), "notActions": list(d.NotActions), "dataActions": []string{}, "notDataActions": []string{}}},
				"principals":  principals(d.Principals, d.PrincipalType), "excludePrincipals": principals(d.ExcludePrincipals, ""), "isSystemProtected": true,
				"createdOn": "2025-11-16T00:03:15.6393179Z", "updatedOn": "2025-11-16T00:03:15.6393179Z", "createdBy": nil, "updatedBy": nil}})
	}
	return value
}
