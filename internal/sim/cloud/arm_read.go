package cloud

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

func (w *World) getSubscription(q *call, t *target) reply {
	id := "/subscriptions/" + t.subscription.ID
	visible := w.may(t, "Microsoft.Resources/subscriptions/read", id)
	if !visible && !t.tenant.SubscriptionReadNeedsOwnRole {
		visible = t.roleBelow(id)
	}
	if !visible {
		return forbidden(q, t, "Microsoft.Resources/subscriptions/read", t.scope)
	}
	return jsonReply(http.StatusOK, describeSubscription(t.tenant, t.subscription, t.version)).with(armHeaders(q, true)...)
}

// describeSubscription writes the fields that the api-version knows: no tenant before 2018, no tags before 2019.
func describeSubscription(t *Tenant, s *Subscription, version string) object {
	o := object{
		"id": "/subscriptions/" + s.ID, "subscriptionId": s.ID, "displayName": s.Name, "state": cmp.Or(s.State, "Enabled"),
		"authorizationSource":  "RoleBased",
		"subscriptionPolicies": object{"locationPlacementId": "Public_2014-09-01", "quotaId": cmp.Or(s.Offer, "PayAsYouGo_2014-09-01"), "spendingLimit": cmp.Or(s.SpendingLimit, "Off")},
	}
	if version >= "2018-01-01" {
		o["tenantId"] = t.ID
	}
	if version >= "2019-06-01" {
		o["managedByTenants"] = []object{}
		if len(s.Tags) > 0 {
			o["tags"] = s.Tags
		}
	}
	return o
}

func (w *World) listSubscriptions(q *call, t *target) reply {
	var visible []object
	for i := range t.tenant.Subscriptions {
		s := &t.tenant.Subscriptions[i]
		id := "/subscriptions/" + s.ID
		if w.may(t, "Microsoft.Resources/subscriptions/read", id) || t.roleBelow(id) {
			visible = append(visible, describeSubscription(t.tenant, s, t.version))
		}
	}
	from, _ := strconv.Atoi(q.query.Get("$skiptoken"))
	from = min(max(from, 0), len(visible))
	to := len(visible)
	if size := t.tenant.PageSize; size > 0 {
		to = min(from+size, to)
	}
	answer := object{"value": append([]object{}, visible[from:to]...)}
	if to < len(visible) {
		answer["nextLink"] = fmt.Sprintf("https://%s/subscriptions?api-version=%s&%%24skiptoken=%d",
			cmp.Or(t.tenant.NextLinkHost, q.host), t.version, to)
	}
	return jsonReply(http.StatusOK, answer).with(armHeaders(q, false)...)
}

// listTenants are the caller's own and, for a user, those with an account of the same person.
func (w *World) listTenants(q *call, e Environment, t *target) reply {
	value := []object{}
	caller := t.tenant.personByID(t.caller.ObjectID)
	for i := range w.Tenants {
		other := &w.Tenants[i]
		if !other.in(e) || other != t.tenant && (caller == nil || other.person(caller.Account) == nil) {
			continue
		}
		value = append(value, object{"id": "/tenants/" + other.ID, "tenantId": other.ID, "displayName": other.Name,
			"tenantCategory": "Home"})
	}
	return jsonReply(http.StatusOK, object{"value": value}).with(armHeaders(q, false)...)
}

func (w *World) listResourceGroups(q *call, t *target) reply {
	value := []object{}
	for i := range t.subscription.ResourceGroups {
		g := &t.subscription.ResourceGroups[i]
		if w.may(t, "Microsoft.Resources/subscriptions/resourceGroups/read", t.groupID(g.Name)) {
			value = append(value, t.describeGroup(g))
		}
	}
	return jsonReply(http.StatusOK, object{"value": value}).with(armHeaders(q, true)...)
}

func (w *World) getResourceGroup(q *call, t *target, name string) reply {
	if !w.may(t, "Microsoft.Resources/subscriptions/resourceGroups/read", t.scope) {
		return forbidden(q, t, "Microsoft.Resources/subscriptions/resourceGroups/read", t.scope)
	}
	for i := range t.subscription.ResourceGroups {
		g := &t.subscription.ResourceGroups[i]
		switch {
		case !strings.EqualFold(g.Name, name):
		case q.Method == http.MethodHead:
			return emptyReply(http.StatusNoContent).with(armHeaders(q, true)...)
		default:
			return jsonReply(http.StatusOK, t.describeGroup(g)).with(armHeaders(q, true)...)
		}
	}
	return armError(q, http.StatusNotFound, "ResourceGroupNotFound", fmt.Sprintf("Resource group '%s' could not be found.", name))
}

func (t *target) groupID(name string) string {
	return "/subscriptions/" + t.subscription.ID + "/resourceGroups/" + name
}

func (t *target) describeGroup(g *ResourceGroup) object {
	o := object{"id": t.groupID(g.Name), "name": g.Name, "location": g.Location,
		"properties": object{"provisioningState": cmp.Or(g.State, "Succeeded")}}
	if g.ManagedBy != "" {
		o["managedBy"] = g.ManagedBy
	}
	if t.version >= "2019-05-10" {
		o["type"] = "Microsoft.Resources/resourceGroups"
	}
	if len(g.Tags) > 0 {
		o["tags"] = g.Tags
	}
	return o
}

func (w *World) listProviders(q *call, t *target) reply {
	if !w.may(t, "Microsoft.Resources/subscriptions/providers/read", t.scope) {
		return forbidden(q, t, "Microsoft.Resources/subscriptions/providers/read", t.scope)
	}
	value := []object{}
	for i := range t.subscription.Providers {
		value = append(value, t.describeProvider(&t.subscription.Providers[i]))
	}
	return jsonReply(http.StatusOK, object{"value": value}).with(armHeaders(q, true)...)
}

func (w *World) getProvider(q *call, t *target, namespace string) reply {
	if !w.may(t, "Microsoft.Resources/subscriptions/providers/read", t.scope) {
		return forbidden(q, t, "Microsoft.Resources/subscriptions/providers/read", t.scope)
	}
	for i := range t.subscription.Providers {
		if p := &t.subscription.Providers[i]; strings.EqualFold(p.Namespace, namespace) {
			return jsonReply(http.StatusOK, t.describeProvider(p)).with(armHeaders(q, true)...)
		}
	}
	return armError(q, http.StatusNotFound, "InvalidResourceNamespace", fmt.Sprintf("The resource namespace '%s' is invalid.", namespace))
}

func (t *target) describeProvider(p *Provider) object {
	types := []object{}
	for _, name := range p.ResourceTypes {
		types = append(types, object{"resourceType": name, "locations": []string{"West Europe", "North Europe"},
			"apiVersions": []string{"2022-09-01", "2021-04-01"}, "capabilities": "None"})
	}
	return object{"id": "/subscriptions/" + t.subscription.ID + "/providers/" + p.Namespace, "namespace": p.Namespace,
		"registrationState": cmp.Or(p.State, "Registered"), "registrationPolicy": "RegistrationRequired", "resourceTypes": types}
}

func (w *World) getManagementGroup(q *call, t *target, id string) reply {
	if !w.may(t, "Microsoft.Management/managementGroups/read", t.scope) {
		// One that doesn't exist is answered like this too: azure-rest-api-specs issue 9549.
		return forbidden(q, t, "Microsoft.Management/managementGroups/read", t.scope)
	}
	g := t.tenant.managementGroup(id)
	if g == nil {
		return armError(q, http.StatusNotFound, "NotFound", fmt.Sprintf("'%s' not found", t.scope))
	}
	parent := object{"id": managementGroupID(t.tenant.ID), "name": t.tenant.ID, "displayName": "Tenant Root Group"}
	if p := t.tenant.managementGroup(g.Parent); p != nil {
		parent = object{"id": managementGroupID(p.ID), "name": p.ID, "displayName": p.Name}
	}
	kind := "Microsoft.Management/managementGroups"
	if t.version < "2020-02-01" {
		kind = "/providers/" + kind
	}
	return jsonReply(http.StatusOK, object{"id": managementGroupID(g.ID), "type": kind, "name": g.ID, "properties": object{
		"tenantId": t.tenant.ID, "displayName": g.Name, "details": object{"version": 1, "updatedTime": "2025-07-08T04:35:41.0135101Z",
			"updatedBy": "d76d90a0-ab79-4214-86ad-241a0c7ecd85", "parent": parent}}}).with(armHeaders(q, false)...)
}

func managementGroupID(id string) string {
	return "/providers/Microsoft.Management/managementGroups/" + id
}

func (t *Tenant) managementGroup(id string) *ManagementGroup {
	for i := range t.ManagementGroups {
		if strings.EqualFold(t.ManagementGroups[i].ID, id) {
			return &t.ManagementGroups[i]
		}
	}
	return nil
}

// forbidden names the client and its object ID, as the gateway does.
func forbidden(q *call, t *target, action, scope string) reply {
	return armError(q, http.StatusForbidden, "AuthorizationFailed", fmt.Sprintf("The client '%s' with object id '%s' does not have "+
		"authorization to perform action '%s' over scope '%s' or the scope is invalid. If access was recently granted, please refresh your "+
		"credentials.", cmp.Or(t.caller.UPN, t.caller.AppID), t.caller.ObjectID, action, scope))
}
