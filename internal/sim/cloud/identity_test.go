package cloud

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const imdsURL = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com"

func TestTheMetadataServiceGivesATokenThatResourceManagerTakes(t *testing.T) {
	b := start(t)
	a := b.send(http.MethodGet, imdsURL+"&client_id="+ContosoIdentityClientID, "", "Metadata: true")
	require.Equal(t, http.StatusOK, a.status, a.text)
	assert.Equal(t, "86315", a.body["expires_in"])
	assert.Equal(t, ContosoIdentityClientID, a.body["client_id"])
	assert.Contains(t, a.header.Get("Server"), "IMDS/")
	token := a.body["access_token"].(string)
	parsed, err := parseToken(token)
	require.NoError(t, err)
	assert.Equal(t, ContosoIdentityResourceID, parsed.claims.ResourceID)
	assert.Equal(t, http.StatusOK, b.get(subscriptionURL+"?api-version=2022-12-01", token).status)
	assert.Empty(t, b.cloud.Violations())
}

func TestTheMetadataServiceRefuses(t *testing.T) {
	tests := map[string]struct {
		change  func(*World)
		address string
		headers []string
		status  int
		says    string
	}{
		"no Metadata header":        {address: imdsURL, status: 400, says: "Required metadata header not specified"},
		"a request through a proxy": {address: imdsURL, headers: []string{"Metadata: true", "X-Forwarded-For: 10.0.0.4"}, status: 400, says: "X-Forwarded-For"},
		"an identity that is not attached": {address: imdsURL + "&client_id=" + ContosoClientID, headers: []string{"Metadata: true"}, status: 400,
			says: `{"error":"invalid_request","error_description":"Identity not found"}`},
		"no identity at all": {change: func(w *World) { w.Machine.UserAssigned = nil }, address: imdsURL, headers: []string{"Metadata: true"}, status: 400, says: "Identity not found"},
		"several identities and none named": {change: func(w *World) {
			w.Tenants[0].ManagedIdentities = append(w.Tenants[0].ManagedIdentities, ManagedIdentity{Name: "second", ClientID: ContosoJobID, PrincipalID: ContosoPlanID})
			w.Machine.UserAssigned = append(w.Machine.UserAssigned, ContosoJobID)
		}, address: imdsURL, headers: []string{"Metadata: true"}, status: 400, says: "Multiple user assigned identities exist"},
		"a resource of another cloud": {address: "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.chinacloudapi.cn/", headers: []string{"Metadata: true"}, status: 400, says: "AADSTS500011"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t, func(w *World) {
				if tt.change != nil {
					tt.change(w)
				}
			})
			a := b.send(http.MethodGet, tt.address, "", tt.headers...)
			assert.Equal(t, tt.status, a.status, a.text)
			assert.Contains(t, a.text, tt.says)
			assert.Empty(t, b.cloud.Violations())
		})
	}
}

func TestTheSystemAssignedIdentityIsTheDefault(t *testing.T) {
	b := start(t, func(w *World) {
		w.Tenants[0].ManagedIdentities = append(w.Tenants[0].ManagedIdentities, ManagedIdentity{Name: "vm", ClientID: ContosoJobID, PrincipalID: ContosoPlanID})
		w.Machine.SystemAssigned = ContosoJobID
	})
	a := b.send(http.MethodGet, imdsURL, "", "Metadata: true")
	assert.Equal(t, ContosoJobID, a.body["client_id"])
}

func TestAMachineOutsideAzureHasNoRouteToTheMetadataService(t *testing.T) {
	b := start(t, func(w *World) { w.Machine.Azure = false })
	_, err := b.try(b.client, http.MethodGet, imdsURL, "", "Metadata: true")
	assert.ErrorContains(t, err, "no route to host")
}

func TestTheFormOfAppService(t *testing.T) {
	b := start(t, func(w *World) { w.Machine.IdentityHeader = "a-long-header-secret" })
	address := b.l.IdentityEndpoint() + "?api-version=2019-08-01&resource=https://management.azure.com&client_id=" + ContosoIdentityClientID
	a := b.send(http.MethodGet, address, "", "X-IDENTITY-HEADER: a-long-header-secret")
	require.Equal(t, http.StatusOK, a.status, a.text)
	assert.Equal(t, http.StatusUnauthorized, b.send(http.MethodGet, address, "").status)
	assert.Empty(t, b.cloud.Violations())
	assert.True(t, b.cloud.Requests()[0].Credential)

	b.send(http.MethodGet, imdsURL, "", "Metadata: true", "X-IDENTITY-HEADER: a-long-header-secret")
	assert.Equal(t, []string{"GET 169.254.169.254: the identity header's secret in a header"}, b.cloud.Violations())
}

func TestGraphReadsAnApplicationForThoseWhoMay(t *testing.T) {
	const address = "https://graph.microsoft.com/v1.0/applications(appId='" + ContosoClientID + "')?$select=id,passwordCredentials,keyCredentials"
	graphScope := []string{"scope", "https://graph.microsoft.com/.default"}
	b := start(t)
	denied := b.get(address, b.accessToken(graphScope...))
	code, _ := denied.arm()
	assert.Equal(t, http.StatusForbidden, denied.status)
	assert.Equal(t, "Authorization_RequestDenied", code)

	for _, role := range []string{"Application.Read.All", "Application.ReadWrite.OwnedBy"} {
		b.cloud.Update(func(w *World) { w.Tenants[0].Applications[0].GraphRoles = []string{role} })
		a := b.get(address, b.accessToken(graphScope...))
		require.Equal(t, http.StatusOK, a.status, a.text)
		secret := a.body["passwordCredentials"].([]any)[0].(map[string]any)
		assert.Equal(t, "2026-05-11T12:00:00Z", secret["endDateTime"])
		assert.Equal(t, ContosoSecret[:3], secret["hint"])
		assert.Nil(t, secret["secretText"])
		assert.Len(t, a.body["keyCredentials"], 1)
		assert.NotContains(t, a.body, "displayName")
	}
	b.cloud.Update(func(w *World) { w.Tenants[0].Applications[0].GraphRoles = []string{"Application.Read.All"} })
	token := b.accessToken(graphScope...)
	assert.Equal(t, http.StatusNotFound, b.get("https://graph.microsoft.com/v1.0/applications(appId='"+ContosoPlanID+"')", token).status)
	assert.Len(t, b.get("https://graph.microsoft.com/v1.0/applications(appId='"+ContosoClientID+"')/federatedIdentityCredentials", token).body["value"], 2)
	assert.JSONEq(t, `[]`, jsonOf(t, b.get("https://graph.microsoft.com/v1.0/applications?$filter=appId%20eq%20'"+ContosoPlanID+"'", token).body["value"]))
	assert.Empty(t, b.cloud.Violations())

	assert.Equal(t, http.StatusUnauthorized, b.get(address, b.accessToken()).status)
	assert.Equal(t, []string{"GET graph.microsoft.com: a token for another audience"}, b.cloud.Violations())
}
