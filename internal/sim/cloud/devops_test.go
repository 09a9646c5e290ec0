package cloud

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const projectURL = ContosoOrganizationURL + ContosoProjectID

func TestAnIDTokenIsRefused(t *testing.T) {
	job := func(w *World) *Job { return &w.Organizations[0].Projects[0].Jobs[0] }
	const suppress = "X-TFS-FedAuthRedirect: Suppress"
	tests := map[string]struct {
		change  func(*World)
		address string
		bearer  string
		headers []string
		status  int
		text    string
	}{
		"a connection that the stage does not name": {change: func(w *World) { job(w).References = nil }, status: 400,
			text: `{"count":136,"value":"There is no explicit reference to service connection ` + ContosoFederationConnectionID + ` from current stage Deploy.Preflight.__default."}`},
		"a token of nobody, quietly":    {bearer: "nonsense", headers: []string{suppress}, status: 401},
		"a token of nobody":             {bearer: "nonsense", status: 302},
		"a token whose job has ended":   {change: func(w *World) { job(w).TokenEnds = noon }, headers: []string{suppress}, status: 401},
		"another job's address":         {change: func(w *World) { job(w).JobID = ContosoTenantID }, status: 404},
		"a project that does not exist": {address: ContosoOrganizationURL + "none/_apis/distributedtask/hubs/build/plans/a/jobs/b/oidctoken", status: 404},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t, func(w *World) {
				if tt.change != nil {
					tt.change(w)
				}
			})
			address, bearer := oidcURL, b.jobToken()
			if tt.address != "" {
				address = tt.address
			}
			if tt.bearer != "" {
				bearer = tt.bearer
			}
			a := b.send(http.MethodPost, address+"?api-version=7.1&serviceConnectionId="+ContosoFederationConnectionID, "", append(tt.headers, "Authorization: Bearer "+bearer)...)
			assert.Equal(t, tt.status, a.status, a.text)
			if tt.text != "" {
				assert.Equal(t, tt.text, a.text)
			}
			switch tt.status {
			case http.StatusUnauthorized:
				assert.Empty(t, a.text)
				assert.Contains(t, a.header.Get("WWW-Authenticate"), "Bearer")
			case http.StatusFound:
				assert.Contains(t, a.text, "<h2>Object moved to <a href=")
				assert.Contains(t, a.header.Get("Location"), "_signin")
			}
			assert.Empty(t, b.cloud.Violations())
		})
	}
}

func TestTheIDTokenTakesPostAndAVersion(t *testing.T) {
	b := start(t)
	bearer := "Authorization: Bearer " + b.jobToken()
	a := b.send(http.MethodGet, oidcURL+"?api-version=7.1", "", bearer)
	assert.Equal(t, http.StatusMethodNotAllowed, a.status)
	assert.JSONEq(t, `{"count":1,"value":{"Message":"The requested resource does not support http method 'GET'."}}`, a.text)
	a = b.send(http.MethodPost, oidcURL, "", bearer)
	assert.Equal(t, http.StatusBadRequest, a.status)
	assert.Equal(t, "VssVersionNotSpecifiedException", a.body["typeKey"])
	assert.Len(t, b.cloud.Violations(), 2)

	a = b.send(http.MethodPost, oidcURL, "{}", bearer, "Accept: application/json;api-version=7.1-preview.1")
	require.Equal(t, http.StatusOK, a.status, a.text)
	parsed, err := parseToken(a.body["oidcToken"].(string))
	require.NoError(t, err)
	assert.Equal(t, "p://contoso/Shop/shop-deploy", parsed.claims.Subject)
}

func TestAConnectionRecordHidesItsSecrets(t *testing.T) {
	b := start(t, func(w *World) {
		c := &w.Organizations[0].Projects[0].Connections[0]
		c.NotReady, c.OperationState, c.OperationMessage = true, "Failed", "Failed to set Azure permission"
	})
	bearer := "Authorization: Bearer " + b.jobToken()
	a := b.send(http.MethodGet, projectURL+"/_apis/serviceendpoint/endpoints/"+ContosoKeyConnectionID+"?includeDetails=true&api-version=7.1", "", bearer)
	require.Equal(t, http.StatusOK, a.status, a.text)
	assert.Equal(t, "prod-key", a.body["name"])
	assert.Equal(t, false, a.body["isReady"])
	assert.Equal(t, map[string]any{"state": "Failed", "statusMessage": "Failed to set Azure permission"}, a.body["operationStatus"])
	parameters := a.body["authorization"].(map[string]any)["parameters"].(map[string]any)
	assert.Contains(t, parameters, "serviceprincipalkey")
	assert.Nil(t, parameters["serviceprincipalkey"])
	assert.Equal(t, ContosoClientID, parameters["serviceprincipalid"])
	certificate := b.send(http.MethodGet, projectURL+"/_apis/serviceendpoint/endpoints/"+ContosoCertificateConnectionID+"?api-version=7.1", "", bearer)
	assert.NotContains(t, certificate.text, "PRIVATE KEY")

	missing := b.send(http.MethodGet, projectURL+"/_apis/serviceendpoint/endpoints/"+ContosoPlanID+"?api-version=7.1", "", bearer)
	assert.Equal(t, "null", missing.text)
	b.cloud.Update(func(w *World) { w.Organizations[0].Projects[0].Jobs[0].HidesConnections = true })
	hidden := b.send(http.MethodGet, projectURL+"/_apis/serviceendpoint/endpoints/"+ContosoKeyConnectionID+"?api-version=7.1", "", bearer)
	assert.Equal(t, "null", hidden.text)
	assert.Empty(t, b.cloud.Violations())
}

func TestAPersonListsConnections(t *testing.T) {
	b := start(t, func(w *World) { w.Organizations[0].Projects[0].Connections[1].NotReady = true })
	list := func(query string) any {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, ContosoOrganizationURL+ContosoProjectName+"/_apis/serviceendpoint/endpoints?api-version=7.1"+query, nil)
		require.NoError(t, err)
		r.SetBasicAuth("", b.w.Organizations[0].Tokens[0])
		resp, err := b.client.Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		require.Equal(t, http.StatusOK, resp.StatusCode)
		return decode(t, resp.Body)["count"]
	}
	assert.InDelta(t, 3, list(""), 0)
	assert.InDelta(t, 4, list("&includeFailed=true"), 0)
	assert.InDelta(t, 1, list("&endpointNames=PROD-key,none"), 0)
	assert.Empty(t, b.cloud.Violations())
}

func TestAnOrganizationAtItsOldAddress(t *testing.T) {
	b := start(t, func(w *World) { w.Organizations[0].URL = "https://contoso.visualstudio.com/" })
	a := b.send(http.MethodOptions, "https://contoso.visualstudio.com/_apis", "")
	require.Equal(t, http.StatusOK, a.status)
	assert.Contains(t, a.text, "69a319f4-28c1-4bfd-93e6-ea0ff5c6f1a2")
	areas := b.send(http.MethodGet, "https://contoso.visualstudio.com/_apis/ResourceAreas", "", "Authorization: Bearer "+b.jobToken())
	assert.Contains(t, areas.text, "https://contoso.visualstudio.com/")
	assert.Empty(t, b.cloud.Violations())
	assert.Equal(t, http.StatusNotImplemented, b.send(http.MethodOptions, ContosoOrganizationURL+"_apis", "").status)
}

func TestADocumentedSubject(t *testing.T) {
	// A federated credential seen in a public repository; the tenant is that of its issuer.
	assert.Equal(t, "/eid1/c/pub/t/rmuUZvHHmUC3aG7BrGhCgA/a/rISbSSETf0KqFyZ8ppdXmA/sc/23609cc8-ca30-4d7d-a018-0a285693d227/b840b286-3e83-43e4-8e02-b8e8c0db0545",
		EntraSubject("66946bae-c7f1-4099-b768-6ec1ac684280", "23609cc8-ca30-4d7d-a018-0a285693d227", "b840b286-3e83-43e4-8e02-b8e8c0db0545"))
}
