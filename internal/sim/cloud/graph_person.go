package cloud

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"
)

var eligibility = regexp.MustCompile(`(?i)^/v1\.0/roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser\(on='principal'\)$`)

// graphPerson answers what Microsoft Graph returns to a user about themselves and about the rules of the tenant; false leaves the
// question to others.
func (w *World) graphPerson(q *call, t *Tenant, c claims) (reply, bool) {
	p := t.personByID(c.ObjectID)
	path := strings.ToLower(q.path)
	about := strings.HasPrefix(path, "/v1.0/me") || strings.HasPrefix(path, "/v1.0/policies/") || eligibility.MatchString(q.path)
	switch {
	case !about:
		return reply{}, false
	case p == nil:
		return graphError(q, http.StatusBadRequest, "BadRequest", "/me request is only valid with delegated authentication flow."), true
	}
	need := func(o object, scopes ...string) (reply, bool) {
		if !c.granted(scopes...) {
			return requestDenied(q), true
		}
		return graphReply(q, o), true
	}
	switch {
	case path == "/v1.0/me":
		return need(t.describePerson(p, q.query.Get("$select")), "User.Read", "Directory.AccessAsUser.All")
	case path == "/v1.0/me/transitivememberof/microsoft.graph.directoryrole":
		return need(object{"value": roles(p.DirectoryRoles, "roleTemplateId")}, "User.Read", "Directory.Read.All", "Directory.AccessAsUser.All")
	case eligibility.MatchString(q.path):
		return need(object{"value": roles(p.EligibleRoles, "roleDefinitionId")}, "RoleEligibilitySchedule.Read.Directory", "RoleManagement.Read.Directory")
	case path == "/v1.0/policies/authorizationpolicy":
		return need(object{"id": "authorizationPolicy", "allowInvitesFrom": "everyone",
			"guestUserRoleId": cmp.Or(t.Directory.Guests, GuestsLimited), "displayName": "Authorization Policy",
			"defaultUserRolePermissions": object{"allowedToCreateApps": !t.Directory.NoAppsByUsers, "allowedToReadOtherUsers": true}}, "Policy.Read.All")
	case path == "/v1.0/policies/defaultappmanagementpolicy":
		return need(t.Directory.appPolicy(), "Policy.Read.All", "Policy.Read.ApplicationConfiguration")
	}
	return reply{}, false
}

func (t *Tenant) describePerson(p *Person, selection string) object {
	kind := "Member"
	if p.Guest {
		kind = "Guest"
	}
	all := object{"id": p.ObjectID, "userPrincipalName": t.upn(p), "displayName": p.Account}
	for field := range strings.SplitSeq(selection, ",") { // these two are told only when they are requested
		switch strings.TrimSpace(field) {
		case "userType":
			all["userType"] = kind
		case "accountEnabled":
			all["accountEnabled"] = true
		}
	}
	return all
}

func roles(ids []string, field string) []object {
	value := []object{}
	for _, id := range ids {
		value = append(value, object{"id": derivedGUID(id), "displayName": "role " + id[:8], field: id})
	}
	return value
}

func (d Directory) appPolicy() object {
	restrictions := []object{}
	for _, r := range d.AppPolicy {
		state := "enabled"
		if r.Off {
			state = "disabled"
		}
		restrictions = append(restrictions, object{"restrictionType": r.Kind, "maxLifetime": orNull(r.MaxLife), "state": state,
			"restrictForAppsCreatedAfterDateTime": "2019-10-19T10:37:00Z"})
	}
	return object{"id": "00000000-0000-0000-0000-000000000000", "displayName": "Default app management tenant policy",
		"isEnabled": d.AppPolicy != nil, "applicationRestrictions": object{"passwordCredentials": restrictions, "keyCredentials": []object{}}}
}
