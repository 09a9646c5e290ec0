package cloud

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASecretGetsATokenThatTheTenantSigned(t *testing.T) {
	b := start(t)
	a := b.token()
	require.Equal(t, http.StatusOK, a.status, a.text)
	assert.Equal(t, "Bearer", a.body["token_type"])
	assert.InDelta(t, 3599, a.body["expires_in"], 0)

	access, err := parseToken(a.body["access_token"].(string))
	require.NoError(t, err)
	assert.True(t, access.verify(&entraKey().PublicKey))
	assert.Equal(t, audience("https://management.azure.com/"), access.claims.Audience)
	assert.Equal(t, ContosoClientID, access.claims.AppID)
	assert.Equal(t, ContosoPrincipalID, access.claims.ObjectID)
	assert.Equal(t, ContosoTenantID, access.claims.TenantID)
	assert.Equal(t, "app", access.claims.IDType)
	assert.Equal(t, noon.Add(time.Hour), access.claims.Expires.time())
	assert.Empty(t, b.cloud.Violations())
	assert.Equal(t, noon.Format(http.TimeFormat), a.header.Get("Date"))
}

func TestTheCapabilityCP1GetsALongToken(t *testing.T) {
	b := start(t)
	a := b.token("claims", `{"access_token":{"xms_cc":{"values":["CP1"]}}}`)
	assert.InDelta(t, 86399, a.body["expires_in"], 0)
}

func TestTheFirstVersionSpeaksInStrings(t *testing.T) {
	b := start(t)
	form := tokenRequest("scope", "", "resource", "https://management.azure.com/")
	a := b.send(http.MethodPost, "https://login.microsoftonline.com/"+ContosoTenantID+"/oauth2/token/", form.Encode(), formType)
	require.Equal(t, http.StatusOK, a.status, a.text)
	assert.Equal(t, "3599", a.body["expires_in"])
	assert.Equal(t, "https://management.azure.com/", a.body["resource"])
}

func TestTokenRequestsThatAreRefused(t *testing.T) {
	app := func(w *World) *Application { return &w.Tenants[0].Applications[0] }
	tests := map[string]struct {
		change func(*World)
		form   []string
		tenant string
		status int
		word   string
		code   int
		says   string
	}{
		"a wrong secret":                       {form: []string{"client_secret", "nonsense"}, status: 401, word: "invalid_client", code: 7000215, says: "client secret value, not the client secret ID"},
		"the secret's id instead of its value": {form: []string{"client_secret", ContosoSecretKeyID}, status: 401, word: "invalid_client", code: 7000215},
		"an expired secret":                    {change: func(w *World) { app(w).Secrets[0].Ends = noon }, status: 401, word: "invalid_client", code: 7000222, says: "for app '" + ContosoClientID + "' are expired"},
		"a wrong secret while all are expired": {change: func(w *World) { app(w).Secrets[0].Ends = noon }, form: []string{"client_secret", "x"}, status: 401, word: "invalid_client", code: 7000215},
		"a secret that is not yet valid":       {change: func(w *World) { app(w).Secrets[0].Starts = noon.Add(time.Hour) }, status: 401, word: "invalid_client", code: 7000215},
		"an application that does not exist":   {form: []string{"client_id", ContosoSecretKeyID}, status: 400, word: "unauthorized_client", code: 700016, says: "was not found in the directory 'Contoso'"},
		"a tenant that does not exist":         {tenant: ContosoSecretKeyID, status: 400, word: "invalid_request", code: 90002, says: "Tenant '" + ContosoSecretKeyID + "' not found."},
		"a tenant that cannot exist":           {tenant: "no-tenant", status: 400, word: "invalid_request", code: 900023},
		"the common tenant":                    {tenant: "common", status: 400, word: "invalid_request", code: 9001023},
		"a disabled application":               {change: func(w *World) { app(w).Disabled = true }, status: 400, word: "unauthorized_client", code: 7000112, says: "'(contoso-deploy) is disabled."},
		"no service principal":                 {change: func(w *World) { app(w).PrincipalID = "" }, status: 401, word: "invalid_client", code: 7000229},
		"no credential":                        {form: []string{"client_secret", ""}, status: 401, word: "invalid_client", code: 7000216},
		"no scope":                             {form: []string{"scope", ""}, status: 400, word: "invalid_request", code: 900144, says: "'scope'"},
		"a scope without .default":             {form: []string{"scope", "https://management.azure.com/"}, status: 400, word: "invalid_scope", code: 1002012},
		"two resources":                        {form: []string{"scope", "https://management.azure.com/.default https://graph.microsoft.com/.default"}, status: 400, word: "invalid_scope", code: 700022},
		"a resource of another cloud":          {form: []string{"scope", "https://management.usgovcloudapi.net/.default"}, status: 400, word: "invalid_resource", code: 500011},
		"another grant":                        {form: []string{"grant_type", "password"}, status: 400, word: "unsupported_grant_type", code: 70003},
		"a parameter of the first version":     {form: []string{"resource", "https://management.azure.com/"}, status: 400, word: "invalid_request", code: 901002},
		"Conditional Access": {change: func(w *World) {
			app(w).Refuse = &Refusal{Code: 53003, Text: "Access has been blocked by Conditional Access policies.", Suberror: "message_only", Claims: `{"access_token":{}}`}
		}, status: 400, word: "invalid_grant", code: 53003},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			change := tt.change
			if change == nil {
				change = func(*World) {}
			}
			b := start(t, change)
			tenant := ContosoTenantID
			if tt.tenant != "" {
				tenant = tt.tenant
			}
			a := b.send(http.MethodPost, "https://login.microsoftonline.com/"+tenant+"/oauth2/v2.0/token", tokenRequest(tt.form...).Encode(), formType)
			assert.Equal(t, tt.status, a.status, a.text)
			assert.Equal(t, tt.word, a.body["error"])
			assert.Equal(t, tt.code, a.code(), a.text)
			assert.Contains(t, a.body["error_description"], tt.says)
			assert.Regexp(t, `^AADSTS\d+: .* Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36} Timestamp: 2026-03-10 12:00:00Z$`, a.body["error_description"])
			assert.Equal(t, "2026-03-10 12:00:00Z", a.body["timestamp"])
			assert.Empty(t, b.cloud.Violations())
		})
	}
}

func TestTheAnswersAreTheSameInEveryRun(t *testing.T) {
	first, second := start(t).token("client_secret", "x"), start(t).token("client_secret", "x")
	assert.Equal(t, first.text, second.text)
	assert.Equal(t, start(t).accessToken(), start(t).accessToken())
}

func TestDiscoveryIsAnsweredAndSeen(t *testing.T) {
	b := start(t)
	o := b.send(http.MethodGet, "https://login.microsoftonline.com/"+ContosoTenantID+"/v2.0/.well-known/openid-configuration?", "")
	require.Equal(t, http.StatusOK, o.status)
	assert.Equal(t, tokenURL, o.body["token_endpoint"])
	assert.Equal(t, EntraIssuer(ContosoTenantID), o.body["issuer"])

	missing := b.send(http.MethodGet, "https://login.microsoftonline.com/"+ContosoPlanID+"/v2.0/.well-known/openid-configuration", "")
	assert.Equal(t, http.StatusBadRequest, missing.status)
	assert.Equal(t, "invalid_tenant", missing.body["error"])

	d := b.send(http.MethodGet, "https://login.microsoftonline.com/common/discovery/instance?api-version=1.1", "")
	assert.Contains(t, d.text, "login.partner.microsoftonline.cn")
	k := b.send(http.MethodGet, "https://login.microsoftonline.com/"+ContosoTenantID+"/discovery/v2.0/keys", "")
	assert.Contains(t, k.text, keyID(&entraKey().PublicKey))

	requests := b.cloud.Requests()
	require.Len(t, requests, 4)
	assert.Equal(t, "/common/discovery/instance", requests[2].Path)
	assert.Empty(t, b.cloud.Violations())
}

func TestATenantOfAnotherCloudIsNotFoundAndTheCredentialIsNoticed(t *testing.T) {
	b := start(t, func(w *World) { w.Tenants[0].Environment = "AzureChinaCloud" })
	a := b.token()
	assert.Equal(t, 90002, a.code())
	assert.Equal(t, []string{"POST login.microsoftonline.com: a client secret sent to the authority of another cloud"}, b.cloud.Violations())

	home := b.send(http.MethodPost, "https://login.chinacloudapi.cn/"+ContosoTenantID+"/oauth2/v2.0/token",
		tokenRequest("scope", "https://management.chinacloudapi.cn/.default").Encode(), formType)
	assert.Equal(t, http.StatusOK, home.status, home.text)
}

func TestActiveDirectoryFederationServicesOfAStack(t *testing.T) {
	b := start(t, func(w *World) {
		w.Environments = append(w.Environments, Environment{Name: "AzureStack", Authorities: []string{"adfs.local.azurestack.external"},
			ResourceManager: "management.local.azurestack.external", Audiences: []string{"https://management.adfs.azurestack.local/5f3c"},
			Graph: "graph.local.azurestack.external", Portal: "portal.local.azurestack.external", ADFS: true, MaxAPIVersion: "2019-10-01"})
		w.Tenants[0].Environment = "AzureStack"
	})
	m := b.send(http.MethodGet, "https://management.local.azurestack.external/metadata/endpoints?api-version=2015-01-01", "")
	require.Equal(t, http.StatusOK, m.status, m.text)
	assert.Equal(t, "https://adfs.local.azurestack.external/adfs", m.body["authentication"].(map[string]any)["loginEndpoint"])
	o := b.send(http.MethodGet, "https://adfs.local.azurestack.external/adfs/.well-known/openid-configuration", "")
	assert.Equal(t, "https://adfs.local.azurestack.external/adfs/oauth2/token/", o.body["token_endpoint"])

	a := b.send(http.MethodPost, "https://adfs.local.azurestack.external/adfs/oauth2/token/",
		tokenRequest("scope", "https://management.adfs.azurestack.local/5f3c/.default openid").Encode(), formType)
	require.Equal(t, http.StatusOK, a.status, a.text)
	access := a.body["access_token"].(string)
	address := "https://management.local.azurestack.external/subscriptions/" + ContosoSubscriptionID + "?api-version="
	assert.Equal(t, http.StatusOK, b.get(address+"2016-06-01", access).status)
	newer := b.get(address+"2022-12-01", access)
	code, message := newer.arm()
	assert.Equal(t, "InvalidApiVersionParameter", code)
	assert.Contains(t, message, "2019-10-01")
	assert.NotContains(t, message, "2020-")
	assert.Equal(t, []string{"GET management.local.azurestack.external/subscriptions/" + ContosoSubscriptionID + ": api-version 2022-12-01 is not supported"},
		b.cloud.Violations())
}
