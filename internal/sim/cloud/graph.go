package cloud

import (
	"cmp"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	byAppID        = regexp.MustCompile(`(?i)^/v1\.0/(applications|servicePrincipals)\(appId='([^']*)'\)(/federatedIdentityCredentials)?$`)
	byObjectID     = regexp.MustCompile(`(?i)^/v1\.0/(applications|servicePrincipals)/([^/]+)(/federatedIdentityCredentials)?$`)
	listed         = regexp.MustCompile(`(?i)^/v1\.0/(applications|servicePrincipals)$`)
	filterByAppIDs = regexp.MustCompile(`(?i)^appId in \(('[^']*'(?:,'[^']*')*)\)$`)
	filterByAppID  = regexp.MustCompile(`(?i)^appId eq '([^']*)'$`)
)

// graph answers the few reads of Microsoft Graph that are about an application's credentials.
func (w *World) graph(q *call, e Environment) reply {
	if q.Method != http.MethodGet {
		return graphError(q, http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
	text, _ := strings.CutPrefix(q.Header.Get("Authorization"), "Bearer ")
	access, err := parseToken(text)
	if err != nil || !access.verify(&entraKey().PublicKey) || e.resource(string(access.claims.Audience)) != graph {
		if q.Header.Get("Authorization") != "" {
			q.note("%s %s: a token for another audience", q.Method, q.host)
		}
		return graphError(q, http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.")
	}
	tenant := w.tenant(access.claims.TenantID)
	if tenant == nil || !q.now.Before(access.claims.Expires.time()) {
		return graphError(q, http.StatusUnauthorized, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
	}
	if answer, told := w.graphPerson(q, tenant, access.claims); told {
		return answer
	}
	if m := listed.FindStringSubmatch(q.path); m != nil {
		if several := filterByAppIDs.FindStringSubmatch(q.query.Get("$filter")); several != nil {
			return tenant.several(q, access.claims, m[1], several[1])
		}
		who := filterByAppID.FindStringSubmatch(q.query.Get("$filter"))
		if who == nil {
			return unknown(q, "list without appId")
		}
		if !mayReadApplication(access.claims, who[1]) {
			return requestDenied(q)
		}
		value := []object{}
		if app := tenant.application(who[1], false); app != nil {
			value = append(value, describe(app, m[1], q.query.Get("$select")))
		}
		return graphReply(q, object{"@odata.context": "https://" + q.host + "/v1.0/$metadata#" + m[1], "value": value})
	}
	m, byObject := byAppID.FindStringSubmatch(q.path), false
	if m == nil {
		m, byObject = byObjectID.FindStringSubmatch(q.path), true
	}
	if m == nil {
		return unknown(q, "path")
	}
	app := tenant.application(m[2], byObject)
	if app != nil {
		known := *app
		known.OwnerTenant = cmp.Or(known.OwnerTenant, tenant.ID)
		app = &known
	}
	principals := strings.EqualFold(m[1], "servicePrincipals")
	if app != nil && (principals && app.PrincipalID == "" || !principals && (app.Gone || app.OwnerTenant != tenant.ID)) {
		app = nil
	}
	if identity, ok := tenant.managedIdentity(m[2]); ok && principals && mayReadApplication(access.claims, m[2]) {
		return graphReply(q, object{"@odata.context": "https://" + q.host + "/v1.0/$metadata#servicePrincipals/$entity", "id": identity.PrincipalID,
			"appId": identity.ClientID, "accountEnabled": true, "servicePrincipalType": "ManagedIdentity", "appOwnerOrganizationId": nil})
	}
	switch {
	case !mayReadApplication(access.claims, m[2]) && (app == nil || !mayReadApplication(access.claims, app.ClientID)):
		return requestDenied(q)
	case app == nil:
		return graphError(q, http.StatusNotFound, "Request_ResourceNotFound", "Resource '"+m[2]+"' does not exist or one of its queried "+
			"reference-property objects are not present.")
	case m[3] != "":
		value := []object{}
		for _, f := range app.Federated {
			value = append(value, object{"id": derivedGUID(app.ClientID + f.Name), "name": f.Name, "issuer": f.Issuer, "subject": f.Subject,
				"description": "", "audiences": []string{f.audience(e)}})
		}
		return graphReply(q, object{"@odata.context": "https://" + q.host + "/v1.0/$metadata#applications('" + app.ObjectID +
			"')/federatedIdentityCredentials", "value": value})
	}
	o := describe(app, m[1], q.query.Get("$select"))
	o["@odata.context"] = "https://" + q.host + "/v1.0/$metadata#" + m[1] + "/$entity"
	return graphReply(q, o)
}

// mayReadApplication: every application with Application.Read.All, its own with Application.ReadWrite.OwnedBy.
func mayReadApplication(c claims, clientID string) bool {
	all := slices.ContainsFunc(c.Roles, func(role string) bool {
		return role == "Application.Read.All" || role == "Application.ReadWrite.All" || role == "Directory.Read.All"
	})
	return all || c.granted("Application.Read.All", "Application.ReadWrite.All", "Directory.AccessAsUser.All") ||
		slices.Contains(c.Roles, "Application.ReadWrite.OwnedBy") && strings.EqualFold(c.AppID, clientID)
}

func (t *Tenant) application(id string, byObject bool) *Application {
	for i := range t.Applications {
		a := &t.Applications[i]
		if !byObject && strings.EqualFold(a.ClientID, id) ||
			byObject && (strings.EqualFold(a.ObjectID, id) || strings.EqualFold(a.PrincipalID, id)) {
			return a
		}
	}
	return nil
}

// describe writes an application or its service principal; a $select leaves only the named fields.
func describe(a *Application, kind, selection string) object {
	passwords, keys := []object{}, []object{}
	for _, s := range a.Secrets {
		passwords = append(passwords, object{"customKeyIdentifier": nil, "displayName": orNull(s.Name), "keyId": s.KeyID, "secretText": nil,
			"hint": s.Value[:min(3, len(s.Value))], "startDateTime": graphTime(s.Starts), "endDateTime": graphTime(s.Ends)})
	}
	for _, c := range a.Certificates {
		thumbprint := sha1.Sum(c.Leaf.Raw)
		keys = append(keys, object{"customKeyIdentifier": base64.StdEncoding.EncodeToString(thumbprint[:]), "displayName": orNull(c.Name),
			"keyId": c.KeyID, "key": nil, "type": "AsymmetricX509Cert", "usage": "Verify",
			"startDateTime": graphTime(c.Leaf.NotBefore), "endDateTime": graphTime(c.Leaf.NotAfter)})
	}
	audience := "AzureADMyOrg"
	if a.Multitenant {
		audience = "AzureADMultipleOrgs"
	}
	all := object{"id": a.ObjectID, "deletedDateTime": nil, "appId": a.ClientID, "displayName": a.Name, "signInAudience": audience,
		"createdDateTime": "2024-05-07T06:52:40Z", "description": nil, "tags": []string{}, "identifierUris": []string{},
		"passwordCredentials": passwords, "keyCredentials": keys}
	if strings.EqualFold(kind, "applications") {
		maps.Copy(all, untouched())
	}
	if strings.EqualFold(kind, "servicePrincipals") {
		all["id"], all["accountEnabled"], all["servicePrincipalType"] = a.PrincipalID, !a.Disabled, "Application"
		all["appOwnerOrganizationId"] = a.OwnerTenant
		all["passwordCredentials"], all["keyCredentials"] = []object{}, []object{} // they sit on the application
	}
	if selection == "" {
		return all
	}
	chosen := object{}
	for name := range strings.SplitSeq(selection, ",") {
		if value, ok := all[strings.TrimSpace(name)]; ok {
			chosen[strings.TrimSpace(name)] = value
		}
	}
	return chosen
}

// untouched are the properties of an application that no one has set (recorded in azure-cli's test_app_credential.yaml).
func untouched() object {
	null := func(names ...string) object {
		o := object{}
		for _, name := range names {
			o[name] = nil
		}
		return o
	}
	all := null("applicationTemplateId", "disabledByMicrosoftStatus", "groupMembershipClaims", "isDeviceOnlyAuthSupported", "isFallbackPublicClient",
		"notes", "serviceManagementReference", "tokenEncryptionKeyId", "defaultRedirectUri", "certification", "optionalClaims")
	none := []object{}
	maps.Copy(all, object{
		"publisherDomain": "contoso.example", "addIns": none, "appRoles": none, "requiredResourceAccess": none,
		"api": object{"acceptMappedClaims": nil, "knownClientApplications": none, "requestedAccessTokenVersion": nil,
			"oauth2PermissionScopes": none, "preAuthorizedApplications": none},
		"info":                    null("logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl"),
		"parentalControlSettings": object{"countriesBlockedForMinors": none, "legalAgeGroupRule": "Allow"},
		"publicClient":            object{"redirectUris": none}, "spa": object{"redirectUris": none},
		"verifiedPublisher": null("displayName", "verifiedPublisherId", "addedDateTime"),
		"web": object{"homePageUrl": nil, "logoutUrl": nil, "redirectUris": none,
			"implicitGrantSettings": object{"enableAccessTokenIssuance": false, "enableIdTokenIssuance": false}},
	})
	return all
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func graphTime(t time.Time) string {
	if t.IsZero() {
		t = time.Date(2100, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

func requestDenied(q *call) reply {
	return graphError(q, http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

// graphError: the date in innerError has no zone.
func graphError(q *call, status int, code, message string) reply {
	return graphHeaders(q, jsonReply(status, object{"error": object{"code": code, "message": message, "innerError": object{
		"date": q.now.UTC().Format("2006-01-02T15:04:05"), "request-id": q.id,
		"client-request-id": cmp.Or(q.Header.Get("client-request-id"), q.id)}}}))
}

func graphReply(q *call, o object) reply {
	return graphHeaders(q, jsonReply(http.StatusOK, o)).with("OData-Version", "4.0", "Content-Type",
		"application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
}

func graphHeaders(q *call, r reply) reply {
	return r.with("Cache-Control", "no-cache", "request-id", q.id, "client-request-id", cmp.Or(q.Header.Get("client-request-id"), q.id),
		"x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"West Europe","Slice":"E","Ring":"5","ScaleUnit":"001","RoleInstance":"AM2PEPF0001"}}`)
}
