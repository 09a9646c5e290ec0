package cloud

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// organization finds the one that a request is for, by the start of its URL.
func (w *World) organization(q *call) *Organization {
	for i := range w.Organizations {
		host, base := w.Organizations[i].place()
		if (host == q.host || peopleHost(host) == q.host) && len(q.path)+1 >= len(base) && strings.EqualFold((q.path + "/")[:len(base)], base) {
			return &w.Organizations[i]
		}
	}
	return nil
}

// place is the host and the path, with slashes at both ends.
func (o *Organization) place() (host, base string) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return "", ""
	}
	return strings.ToLower(u.Hostname()), strings.TrimSuffix(u.Path, "/") + "/"
}

// peopleHost is the host at which an organization answers about people.
// Source: Azure DevOps REST reference, Identities - Read Identities (7.1).
func peopleHost(host string) string {
	if name, ok := strings.CutSuffix(host, ".visualstudio.com"); ok {
		return name + ".vssps.visualstudio.com"
	}
	return "vssps." + host
}

// isOIDCPath reports whether a path is the one POST that Azure DevOps gets.
func isOIDCPath(path string) bool {
	return strings.HasSuffix(strings.ToLower(path), "/oidctoken") && strings.Contains(strings.ToLower(path), "/_apis/distributedtask/hubs/")
}

// asker is who sent a request: a job, or a user with a personal access token or a sign-in.
type asker struct {
	job     *Job
	project *Project // of the job
	person  string   // object ID; "" with a personal access token
}

// devops answers an organization of Azure DevOps.
func (w *World) devops(q *call, o *Organization) reply {
	_, base := o.place()
	segments := strings.Split(strings.Trim((q.path + "/")[len(base):], "/"), "/")
	if q.Method == http.MethodOptions && (isPath(segments, "_apis") || isPath(segments, "_apis", "*")) {
		return locations(q, strings.Join(segments[1:], ""))
	}
	oidc := isOIDCPath(q.path)
	who, known := w.asker(q, o)
	if !known || oidc && who.job == nil { // only a job token gets an ID token
		return signIn(q).with("X-VSS-ResourceTenant", o.TenantID)
	}
	if who.person != "" && !containsFold(o.People, who.person) {
		return devopsError(q, http.StatusUnauthorized, "UnauthorizedRequestException",
			"TF400813: The user '"+who.person+"' is not authorized to access this resource.")
	}
	if oidc && q.Method != http.MethodPost {
		q.note("%s %s: oidctoken takes POST", q.Method, q.host)
		return methodRefused(q)
	}
	if apiVersion(q) == "" && !isPath(segments, "_apis", "resourceareas") {
		q.note("%s %s%s: no api-version", q.Method, q.host, q.path)
		if q.Method == http.MethodPost {
			return devopsError(q, http.StatusBadRequest, "VssVersionNotSpecifiedException", fmt.Sprintf("No api-version was supplied for the "+
				"%q request. The version must be supplied either as part of the Accept header (e.g. \"application/json; api-version=1.0\") or "+
				"as a query parameter (e.g. \"?api-version=1.0\").", q.Method))
		}
	}
	if !oidc && q.Method != http.MethodGet {
		return methodRefused(q)
	}
	if host, _ := o.place(); host != q.host {
		if isPath(segments, "_apis", "identities") {
			return versioned(q, locationIdentities, func() reply { return o.identities(q) })
		}
		return unknown(q, "path")
	}
	if strings.EqualFold(segments[0], "_apis") {
		return w.devopsOrganization(q, o, who, segments)
	}
	if len(segments) < 2 || !strings.EqualFold(segments[1], "_apis") {
		return unknown(q, "path") // a page of the web site
	}
	project := o.project(segments[0])
	if project == nil {
		return projectNotFound(q, segments[0])
	}
	return w.devopsProject(q, o, project, who, segments[1:])
}

// devopsOrganization answers what isn't of a project.
func (w *World) devopsOrganization(q *call, o *Organization, who asker, segments []string) reply {
	var resource string
	var answer func() reply
	switch {
	case isPath(segments, "_apis", "resourceareas") || isPath(segments, "_apis", "resourceareas", "*"):
		resource, answer = locationResourceAreas, func() reply { return o.resourceAreas(q, segments[2:]) }
	case isPath(segments, "_apis", "projects"):
		resource, answer = locationProjects, func() reply { return o.projects(q) }
	case isPath(segments, "_apis", "projects", "*"):
		resource, answer = locationProjects, func() reply { return o.getProject(q, segments[2]) }
	case isPath(segments, "_apis", "connectiondata"):
		resource, answer = locationConnectionData, func() reply { return w.connectionData(q, o, who) }
	case isPath(segments, "_apis", "permissions", "*", "*"):
		resource, answer = locationPermissions, func() reply { return o.permission(q, who, segments[2], segments[3]) }
	default:
		return unknown(q, "path")
	}
	return versioned(q, resource, answer)
}

// devopsProject answers what is of a project; rest begins with _apis.
func (w *World) devopsProject(q *call, o *Organization, project *Project, who asker, rest []string) reply {
	var resource string
	var answer func() reply
	switch {
	case isPath(rest, "_apis", "serviceendpoint", "endpoints"):
		resource, answer = locationEndpoints, func() reply { return project.listConnections(q, who) }
	case isPath(rest, "_apis", "serviceendpoint", "*", "executionhistory"):
		resource, answer = locationHistory, func() reply { return project.history(q, who, rest[2]) }
	case isPath(rest, "_apis", "build", "builds", "*", "timeline"):
		resource, answer = locationTimeline, func() reply { return project.timeline(q, who, rest[3]) }
	case isPath(rest, "_apis", "pipelines", "pipelinepermissions", "endpoint", "*"):
		resource, answer = locationPipelinePermissions, func() reply { return project.pipelinePermissions(q, who, rest[4]) }
	case isPath(rest, "_apis", "serviceendpoint", "endpoints", "*"):
		resource, answer = locationEndpoints, func() reply { return project.getConnection(q, who, rest[3]) }
	case isPath(rest, "_apis", "distributedtask", "hubs", "*", "plans", "*", "jobs", "*", "oidctoken"):
		resource, answer = locationOIDCToken, func() reply { return w.idToken(q, o, project, who, rest[3], rest[5], rest[7]) }
	default:
		return unknown(q, "path")
	}
	return versioned(q, resource, answer)
}

// versioned answers with a resource when it has the version that was requested.
func versioned(q *call, resource string, answer func() reply) reply {
	if refused := checkDevOpsVersion(q, resource); refused != nil {
		return *refused
	}
	r := answer()
	if r.status == http.StatusOK && apiVersion(q) != "" {
		r = r.with("Content-Type", "application/json; charset=utf-8; api-version="+apiVersion(q))
	}
	return r
}

func (w *World) asker(q *call, o *Organization) (asker, bool) {
	if _, password, ok := q.BasicAuth(); ok {
		if slices.Contains(o.Tokens, password) {
			return asker{}, true
		}
		return asker{}, false
	}
	bearer, ok := strings.CutPrefix(q.Header.Get("Authorization"), "Bearer ")
	if !ok || bearer == "" {
		return asker{}, false
	}
	if access, err := parseToken(bearer); err == nil && access.verify(&entraKey().PublicKey) {
		if access.claims.Audience != azureDevOps {
			q.note("%s %s: a token for another audience", q.Method, q.host)
			return asker{}, false
		}
		return asker{person: access.claims.ObjectID}, access.claims.TenantID == o.TenantID && q.now.Before(access.claims.Expires.time())
	}
	for i := range o.Projects {
		for j := range o.Projects[i].Jobs {
			job := &o.Projects[i].Jobs[j]
			if job.Token == bearer {
				return asker{job: job, project: &o.Projects[i]}, job.TokenEnds.IsZero() || q.now.Before(job.TokenEnds)
			}
		}
	}
	return asker{}, false
}

// signIn is the answer without a good token: an empty 401 for those who ask for it, otherwise the way to a sign-in page.
func signIn(q *call) reply {
	if strings.EqualFold(q.Header.Get("X-TFS-FedAuthRedirect"), "Suppress") {
		return emptyReply(http.StatusUnauthorized).with(devopsHeaders(q)...).
			with("WWW-Authenticate", `Bearer, Basic realm="https://tfsprodweu1.app.visualstudio.com/", TFS-Federated`)
	}
	location := "https://spsprodweu1.vssps.visualstudio.com/_signin?realm=" + q.host + "&reply_to="
	return htmlReply(http.StatusFound, `<html><head><title>Object moved</title></head><body>`+"\r\n"+
		`<h2>Object moved to <a href="`+strings.ReplaceAll(location, "&", "&amp;")+`">here</a>.</h2>`+"\r\n</body></html>").
		with(devopsHeaders(q)...).with("Location", location)
}

// idToken issues the ID token of a connection to a job that refers to it.
func (w *World) idToken(q *call, o *Organization, p *Project, who asker, hub, plan, job string) reply {
	if who.project != p || !strings.EqualFold(hub, who.job.Hub) || !strings.EqualFold(plan, who.job.PlanID) || !strings.EqualFold(job, who.job.JobID) {
		// 404 without a text: vsts-rest-api-specs issue 709.
		return emptyReply(http.StatusNotFound).with(devopsHeaders(q)...)
	}
	id := q.query.Get("serviceConnectionId")
	from, subject, exchange, key := DevOpsIssuer(o.ID), "p://"+o.Name+"/"+p.Name+"/"+who.job.Pipeline, "api://AzureADTokenExchange", devopsKey
	iat, nbf, exp := q.now, q.now.Add(-10*time.Minute), q.now.Add(5*time.Minute)
	token := claims{OrgID: o.ID, ProjectID: p.ID}
	if id != "" {
		connection := p.connection(id)
		if connection == nil || !containsFold(who.job.References, id) {
			text := fmt.Sprintf("There is no explicit reference to service connection %s from current stage %s.", id, who.job.Stage)
			// The server counts the characters of the sentence, as of any other list.
			return jsonReply(http.StatusBadRequest, object{"count": utf8.RuneCountInString(text), "value": text}).with(devopsHeaders(q)...)
		}
		token, subject = claims{}, DevOpsSubject(o.Name, p.Name, connection.Name)
		if connection.Issuer != IssuerAzureDevOps {
			from, subject = EntraIssuer(o.TenantID), EntraSubject(o.TenantID, o.ID, connection.ID)
			exchange, key, exp = tokenExchangeApp, entraKey, q.now.Add(86700*time.Second)
			nbf = iat
			token = claims{AZP: "499b84ac-1321-427f-aa17-267ca6975798", IDType: "app", TenantID: o.TenantID, Version: "2.0"}
		}
		if !connection.TokenIssued.IsZero() {
			iat = connection.TokenIssued
		}
	}
	token.Issuer, token.Subject, token.Audience, token.JTI = from, subject, audience(exchange), derivedGUID(q.id)
	token.IssuedAt, token.NotBefore, token.Expires = seconds(iat), seconds(nbf), seconds(exp)
	return jsonReply(http.StatusOK, object{"oidcToken": sign(key(), token)}).with(devopsHeaders(q)...)
}

func methodRefused(q *call) reply {
	return jsonReply(http.StatusMethodNotAllowed, object{"count": 1, "value": object{
		"Message": "The requested resource does not support http method '" + q.Method + "'."}}).with(devopsHeaders(q)...)
}

// devopsError has the shape of a VssServiceException.
func devopsError(q *call, status int, typeKey, message string) reply {
	assembly := "Microsoft.VisualStudio.Services.WebApi"
	if strings.HasPrefix(typeKey, "Project") {
		assembly = "Microsoft.TeamFoundation.Core.WebApi"
	}
	return jsonReply(status, object{"$id": "1", "innerException": nil, "message": message,
		"typeName": assembly + "." + typeKey + ", " + assembly, "typeKey": typeKey, "errorCode": 0, "eventId": 3000}).
		with(devopsHeaders(q)...).with("X-TFS-ServiceError", strings.ReplaceAll(url.QueryEscape(message), "+", "%20"))
}

func projectNotFound(q *call, name string) reply {
	return devopsError(q, http.StatusNotFound, "ProjectDoesNotExistWithNameException", "TF200016: The following project does not exist: "+
		name+". Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.")
}

func devopsHeaders(q *call) []string {
	return []string{"Cache-Control", "no-cache", "ActivityId", q.id, "X-VSS-E2EID", q.id, "X-TFS-ProcessId", derivedGUID("process"),
		"X-TFS-Session", derivedGUID(q.id + " session"), "X-VSS-SenderDeploymentId", derivedGUID("deployment"), "X-Cache", "CONFIG_NOCACHE",
		"P3P", `CP="CAO DSP COR ADMa DEV CONo TELo CUR PSA PSD TAI IVDo OUR SAMi BUS DEM NAV STA UNI COM INT PHY ONL FIN PUR LOC CNT"`}
}

func containsFold(list []string, value string) bool {
	for _, v := range list {
		if strings.EqualFold(v, value) {
			return true
		}
	}
	return false
}
