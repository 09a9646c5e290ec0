package cloud

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAFilterLeavesOutWhatItDoesNotMatch(t *testing.T) {
	subscription := "/subscriptions/" + ContosoSubscriptionID
	const somebody = "5b1c8f04-7d2e-4c3a-9b6f-0e8d7a6c5b4f"
	tests := map[string]struct {
		kind, filter string
		want         int // -1: refused and noted
	}{
		"all assignments":                   {kind: "roleAssignments", want: 3},
		"those at the scope and above":      {kind: "roleAssignments", filter: "atScope()", want: 2},
		"at the scope and of one principal": {kind: "roleAssignments", filter: "atScope() and principalId eq '" + somebody + "'", want: 1},
		"assigned to one principal":         {kind: "roleAssignments", filter: "assignedTo('" + somebody + "')", want: 2},
		"all definitions":                   {kind: "roleDefinitions", want: 5},
		"one definition by its name":        {kind: "roleDefinitions", filter: "roleName eq 'Reader'", want: 1},
		"definitions that somebody made":    {kind: "roleDefinitions", filter: "type eq 'CustomRole'", want: 0},
		"all deny assignments":              {kind: "denyAssignments", want: 1},
		"deny assignments at the scope":     {kind: "denyAssignments", filter: "atScope()", want: 0},
		"a deny assignment by its name":     {kind: "denyAssignments", filter: "denyAssignmentName eq 'stack'", want: 1},
		"a deny assignment of others":       {kind: "denyAssignments", filter: "principalId eq '" + ContosoPrincipalID + "'", want: 0},
		"a term that does not exist":        {kind: "roleAssignments", filter: "nearScope()", want: -1},
		"a term of another type":            {kind: "roleDefinitions", filter: "assignedTo('" + somebody + "')", want: -1},
		"permissions have no filter":        {kind: "permissions", filter: "atScope()", want: -1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t, func(w *World) {
				tenant := &w.Tenants[0]
				tenant.RoleAssignments = []RoleAssignment{
					{Name: derivedGUID("a"), PrincipalID: ContosoPrincipalID, RoleID: RoleContributor, Scope: subscription},
					{Name: derivedGUID("b"), PrincipalID: somebody, RoleID: RoleReader, Scope: subscription},
					{Name: derivedGUID("c"), PrincipalID: somebody, RoleID: RoleReader, Scope: groupScope},
				}
				tenant.DenyAssignments = []DenyAssignment{{ID: ContosoPlanID, Name: "stack", Scope: groupScope, Actions: []string{"*"}, Principals: []string{everyone}}}
			})
			query := url.Values{"api-version": {"2022-04-01"}}
			if tt.filter != "" {
				query.Set("$filter", tt.filter)
			}
			a := b.get(subscriptionURL+"/providers/Microsoft.Authorization/"+tt.kind+"?"+query.Encode(), b.accessToken())
			if tt.want < 0 {
				assert.Equal(t, http.StatusNotImplemented, a.status, a.text)
				assert.Len(t, b.cloud.Violations(), 1)
				return
			}
			assert.Len(t, a.body["value"], tt.want, a.text)
			assert.Empty(t, b.cloud.Violations())
		})
	}
}

func TestAFilterWhereThereIsNoneIsNoted(t *testing.T) {
	b := start(t)
	a := b.get(subscriptionURL+"/resourceGroups?api-version=2021-04-01&$filter=tagName%20eq%20'owner'", b.accessToken())
	assert.Equal(t, http.StatusNotImplemented, a.status)
	assert.Len(t, b.cloud.Violations(), 1)
}

func TestTheClientsOwnIDsComeBack(t *testing.T) {
	const id = "8e4d1f70-52c6-4a0b-9f3d-6b7a8c9d0e1f"
	b := start(t)
	refused := b.send(http.MethodPost, tokenURL, tokenRequest("client_secret", "wrong").Encode(), formType, "client-request-id: "+id, "return-client-request-id: true")
	assert.Equal(t, id, refused.body["correlation_id"])
	assert.Contains(t, refused.body["error_description"], "Correlation ID: "+id)
	assert.Equal(t, id, refused.header.Get("client-request-id"))
	inQuery := b.send(http.MethodPost, tokenURL+"?client-request-id="+id, tokenRequest("client_secret", "wrong").Encode(), formType)
	assert.Equal(t, id, inQuery.body["correlation_id"])
	assert.Empty(t, inQuery.header.Get("client-request-id"))

	bearer := "Authorization: Bearer " + b.accessToken()
	const address = subscriptionURL + "?api-version=2022-12-01"
	a := b.send(http.MethodGet, address, "", bearer, "x-ms-correlation-request-id: "+id, "x-ms-client-request-id: mine", "x-ms-return-client-request-id: true")
	assert.Equal(t, id, a.header.Get("x-ms-correlation-request-id"))
	assert.NotEqual(t, id, a.header.Get("x-ms-request-id"))
	assert.Equal(t, "mine", a.header.Get("x-ms-client-request-id"))
	a = b.send(http.MethodGet, address, "", bearer, "x-ms-client-request-id: mine")
	assert.Empty(t, a.header.Get("x-ms-client-request-id"))
	assert.NotEmpty(t, a.header.Get("x-ms-correlation-request-id"))
	assert.NotEmpty(t, a.header.Get("x-ms-ratelimit-remaining-subscription-reads"))

	wrong := b.get(address, "nonsense")
	assert.Empty(t, wrong.header.Get("x-ms-ratelimit-remaining-tenant-reads"), "the gateway counts no reads that it refuses")
}

func TestTheDiscoveryDocumentsAreThoseThatWereRecorded(t *testing.T) {
	b := start(t)
	const login = "https://login.microsoftonline.com/"
	v2 := b.send(http.MethodGet, login+ContosoTenantID+"/v2.0/.well-known/openid-configuration", "")
	assert.Equal(t, login+ContosoTenantID+"/oauth2/v2.0/token", v2.body["token_endpoint"])
	assert.Equal(t, "https://graph.microsoft.com/oidc/userinfo", v2.body["userinfo_endpoint"])
	assert.Equal(t, "microsoftonline.com", v2.body["cloud_instance_name"])
	assert.Equal(t, "graph.windows.net", v2.body["cloud_graph_host_name"])
	assert.Equal(t, "*", v2.header.Get("Access-Control-Allow-Origin"))
	v1 := b.send(http.MethodGet, login+ContosoTenantID+"/.well-known/openid-configuration", "")
	assert.Equal(t, "https://sts.windows.net/"+ContosoTenantID+"/", v1.body["issuer"])
	assert.Equal(t, login+ContosoTenantID+"/oauth2/token", v1.body["token_endpoint"])

	instance := b.send(http.MethodGet, login+"common/discovery/instance?api-version=1.1&authorization_endpoint="+url.QueryEscape(login+ContosoTenantID+"/oauth2/v2.0/authorize"), "")
	assert.Equal(t, login+ContosoTenantID+"/v2.0/.well-known/openid-configuration", instance.body["tenant_discovery_endpoint"])
	assert.Contains(t, instance.text, `{"aliases":["login.partner.microsoftonline.cn","login.chinacloudapi.cn"],"preferred_cache":"login.partner.microsoftonline.cn","preferred_network":"login.partner.microsoftonline.cn"}`)
	assert.Contains(t, instance.text, `"preferred_cache":"login.microsoftonline.us"`)

	issuer := DevOpsIssuer(b.w.Organizations[0].ID)
	keys := b.send(http.MethodGet, issuer+"/.well-known/openid-configuration", "")
	assert.Equal(t, issuer, keys.body["issuer"])
	assert.Contains(t, b.send(http.MethodGet, keys.body["jwks_uri"].(string), "").text, keyID(&devopsKey().PublicKey))
	assert.Empty(t, b.cloud.Violations())
}

func TestEveryTenantHasAzureDevOpsAsAResource(t *testing.T) {
	b := start(t)
	access, err := parseToken(b.accessToken("scope", azureDevOps+"/.default"))
	assert.NoError(t, err)
	assert.Equal(t, audience(azureDevOps), access.claims.Audience)
	assert.True(t, strings.HasPrefix(access.claims.Issuer, "https://sts.windows.net/"))
}
