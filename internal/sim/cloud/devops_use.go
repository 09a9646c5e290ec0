package cloud

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// connectionData says who asks. It is the answer to every good credential.
func (w *World) connectionData(q *call, o *Organization, who asker) reply {
	name := "Token Owner"
	switch {
	case who.job != nil:
		name = who.project.Name + " Build Service (" + o.Name + ")"
	case who.person != "":
		for i := range w.Tenants {
			if p := w.Tenants[i].personByID(who.person); p != nil {
				name = p.Account
			}
		}
	}
	user := object{"id": derivedGUID(name), "providerDisplayName": name, "isActive": true, "subjectDescriptor": "aad." + derivedGUID(name)}
	return jsonReply(http.StatusOK, object{"authenticatedUser": user, "authorizedUser": user, "instanceId": o.ID, "deploymentType": "hosted"}).
		with(devopsHeaders(q)...)
}

// history lists the uses of a connection in a project.
func (p *Project) history(q *call, who asker, id string) reply {
	c := p.connection(id)
	if c == nil || who.hidden() {
		return devopsError(q, http.StatusNotFound, "ServiceEndpointException", "Unable to find service endpoint with id "+id+".")
	}
	value := []object{}
	var pipelines []string // a definition's ID is its place
	for i, use := range c.Uses {
		name, run := cmp.Or(use.Pipeline, "deploy"), cmp.Or(use.Run, 1000+len(c.Uses)-i)
		place := slices.Index(pipelines, name)
		if place < 0 {
			place = len(pipelines)
			pipelines = append(pipelines, name)
		}
		value = append(value, object{"endpointId": c.ID, "data": object{"id": len(c.Uses) - i, "planType": "Build",
			"definition": object{"id": cmp.Or(use.Definition, place+1), "name": name}, "owner": object{"id": run, "name": strconv.Itoa(run)},
			"startTime":  use.Finished.Add(-60e9).UTC().Format("2006-01-02T15:04:05.9999999Z"),
			"finishTime": use.Finished.UTC().Format("2006-01-02T15:04:05.9999999Z"), "result": use.Result}})
	}
	top, _ := strconv.Atoi(cmp.Or(q.query.Get("top"), "50"))
	return pageOf(q, value, top)
}

// pipelinePermissions says which pipelines may use a connection.
func (p *Project) pipelinePermissions(q *call, who asker, id string) reply {
	c := p.connection(id)
	if c == nil || who.hidden() {
		return devopsError(q, http.StatusForbidden, "AccessDeniedException", "Access denied: you need the permission to view this resource.")
	}
	o := object{"resource": object{"type": "endpoint", "id": c.ID}, "pipelines": []object{}}
	if c.OpenToAll {
		o["allPipelines"] = object{"authorized": true, "authorizedBy": object{"displayName": "Ada Example"}}
	}
	return jsonReply(http.StatusOK, o).with(devopsHeaders(q)...)
}

// maxFilter is how many values Graph takes in one list of a filter.
const maxFilter = 15

// several answers a filter over several client IDs. What a reader may not see is left out.
func (t *Tenant) several(q *call, c claims, kind, list string) reply {
	ids := strings.Split(list, ",")
	if len(ids) > maxFilter {
		return graphError(q, http.StatusBadRequest, "Request_UnsupportedQuery", "Too many child clauses specified in search filter expression containing 'OR' operators: "+strconv.Itoa(len(ids))+". Max allowed: 15.")
	}
	if !mayReadApplication(c, c.AppID) {
		return requestDenied(q)
	}
	value := []object{}
	for _, quoted := range ids {
		id := strings.Trim(quoted, "'")
		app := t.application(id, false)
		if app == nil || !mayReadApplication(c, id) {
			continue
		}
		known := *app
		known.OwnerTenant = cmp.Or(app.OwnerTenant, t.ID)
		if strings.EqualFold(kind, "servicePrincipals") && app.PrincipalID != "" || strings.EqualFold(kind, "applications") && !app.Gone && known.OwnerTenant == t.ID {
			value = append(value, describe(&known, kind, q.query.Get("$select")))
		}
	}
	return graphReply(q, object{"@odata.context": "https://" + q.host + "/v1.0/$metadata#" + kind, "value": value})
}
