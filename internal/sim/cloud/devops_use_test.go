package cloud

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func basic(token string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(":"+token))
}

// whatAnAuditReads are the addresses of an organization that an audit reads.
var whatAnAuditReads = []string{
	ContosoOrganizationURL + "_apis/connectionData?api-version=7.1-preview.1",
	ContosoOrganizationURL + "_apis/projects?api-version=7.1&$top=1",
	ContosoOrganizationURL + "_apis/projects/" + ContosoProjectName + "?api-version=7.1",
	projectURL + "/_apis/serviceendpoint/endpoints?type=azurerm&includeFailed=true&api-version=7.1",
	projectURL + "/_apis/serviceendpoint/" + ContosoKeyConnectionID + "/executionhistory?api-version=7.1",
	projectURL + "/_apis/pipelines/pipelinePermissions/endpoint/" + ContosoKeyConnectionID + "?api-version=7.1-preview.1",
}

func TestAnAuditIsServedToAGoodCredentialAndToReadsOnly(t *testing.T) {
	for _, address := range whatAnAuditReads {
		b := start(t)
		good := basic(b.w.Organizations[0].Tokens[0])
		a := b.send(http.MethodGet, address, "", good)
		assert.Equal(t, http.StatusOK, a.status, address)
		require.NotEmpty(t, a.body, address)
		for _, credential := range []string{basic("wrong"), "Authorization: Bearer wrong", "X-None: 1", "Authorization: Basic !!", "Authorization: Bearer " + b.w.Organizations[0].Tokens[0]} {
			a := b.send(http.MethodGet, address, "", credential, "X-TFS-FedAuthRedirect: Suppress")
			assert.Equal(t, http.StatusUnauthorized, a.status, "%s with %.20s", address, credential)
			assert.Empty(t, a.text)
		}
		assert.Empty(t, b.cloud.Violations())
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			before := len(b.cloud.Violations())
			assert.Equal(t, http.StatusMethodNotAllowed, b.send(method, address, "{}", good).status, "%s %s", method, address)
			assert.Greater(t, len(b.cloud.Violations()), before, "%s %s is noted", method, address)
		}
	}
}

func TestListsComeInPages(t *testing.T) {
	b := start(t, func(w *World) { w.Organizations[0].Projects[0].PageSize = 3 })
	good := basic(b.w.Organizations[0].Tokens[0])
	list := projectURL + "/_apis/serviceendpoint/endpoints?api-version=7.1"
	first := b.send(http.MethodGet, list, "", good)
	assert.Len(t, first.body["value"], 3)
	require.Equal(t, "3", first.header.Get("X-MS-ContinuationToken"))
	second := b.send(http.MethodGet, list+"&continuationToken=3", "", good)
	assert.Len(t, second.body["value"], 1)
	assert.Empty(t, second.header.Get("X-MS-ContinuationToken"))
	assert.Equal(t, http.StatusBadRequest, b.send(http.MethodGet, list+"&continuationToken=99", "", good).status)
}

func TestGraphTakesFifteenIDsAndShowsThemToWhoMayRead(t *testing.T) {
	b := start(t, func(w *World) {
		w.Tenants[0].People = []Person{{Account: "ada@contoso.example", ObjectID: FleetID("ada")}}
	})
	ask := func(n int, scopes []string) answer {
		b.cloud.Update(func(w *World) { w.Tenants[0].People[0].GraphScopes = scopes })
		token, _, err := b.cloud.PersonToken("ada@contoso.example", "", "https://graph.microsoft.com")
		require.NoError(t, err)
		ids := []string{"'" + ContosoClientID + "'"}
		for i := 1; i < n; i++ {
			ids = append(ids, fmt.Sprintf("'%s'", FleetID(fmt.Sprint(i))))
		}
		query := url.Values{"$filter": {"appId in (" + strings.Join(ids, ",") + ")"}, "$select": {"appId"}}
		return b.send(http.MethodGet, "https://graph.microsoft.com/v1.0/applications?"+query.Encode(), "", "Authorization: Bearer "+token)
	}
	assert.Len(t, ask(15, nil).body["value"], 1)
	assert.Equal(t, http.StatusBadRequest, ask(16, nil).status)
	assert.Equal(t, http.StatusForbidden, ask(2, []string{"User.Read"}).status)
	assert.Empty(t, b.cloud.Violations())
}
