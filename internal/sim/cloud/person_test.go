package cloud

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	adaAccount   = "ada@contoso.example"
	adaID        = "4b6f0d2e-93c7-4a15-8e5d-17f2c0a9b364"
	adaToProject = ContosoOrganizationURL + "_apis/projects/" + ContosoProjectName + "?api-version=7.1"
)

func withAda(w *World) {
	w.Tenants[0].People = []Person{{Account: adaAccount, ObjectID: adaID}}
	w.Organizations[0].People, w.Organizations[0].Projects[0].Creators = []string{adaID}, []string{adaID}
}

func (b *bench) personToken(resource string) string {
	b.t.Helper()
	token, _, err := b.cloud.PersonToken(adaAccount, ContosoTenantID, resource)
	require.NoError(b.t, err)
	return token
}

func TestAPersonIsAnsweredByTheServiceThatTheTokenIsFor(t *testing.T) {
	b := start(t, withAda)
	assert.Equal(t, http.StatusOK, b.get(adaToProject, b.personToken(azureDevOps)).status)
	me := b.get("https://graph.microsoft.com/v1.0/me?$select=id,userType", b.personToken("https://graph.microsoft.com"))
	assert.Equal(t, "Member", me.body["userType"])
	assert.Equal(t, http.StatusOK, b.get("https://management.azure.com/tenants?api-version=2022-12-01", b.personToken("https://management.azure.com/")).status)
	assert.Empty(t, b.cloud.Violations())

	assert.Equal(t, http.StatusUnauthorized, b.send(http.MethodGet, adaToProject, "", "Authorization: Bearer "+b.personToken("https://graph.microsoft.com"), "X-TFS-FedAuthRedirect: Suppress").status)
	assert.Equal(t, http.StatusUnauthorized, b.get("https://graph.microsoft.com/v1.0/me", b.personToken(azureDevOps)).status)
	assert.Equal(t, http.StatusUnauthorized, b.get("https://management.azure.com/tenants?api-version=2022-12-01", b.personToken(azureDevOps)).status)
	assert.Len(t, b.cloud.Violations(), 3, "each is noted")
}

func TestAPersonIsRefusedWhatTheyMayNot(t *testing.T) {
	b := start(t, withAda, func(w *World) {
		w.Tenants[0].People[0].GraphScopes = []string{"User.Read"}
		w.Organizations[0].People = nil
	})
	graph := b.personToken("https://graph.microsoft.com")
	for _, path := range []string{"policies/authorizationPolicy", "policies/defaultAppManagementPolicy",
		"roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')", "applications(appId='" + ContosoClientID + "')"} {
		assert.Equal(t, http.StatusForbidden, b.get("https://graph.microsoft.com/v1.0/"+path, graph).status, path)
	}
	assert.Equal(t, http.StatusOK, b.get("https://graph.microsoft.com/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole", graph).status)
	stranger := b.get(adaToProject, b.personToken(azureDevOps))
	assert.Equal(t, http.StatusUnauthorized, stranger.status)
	assert.Contains(t, stranger.text, "TF400813")
	arm := b.get("https://management.azure.com/subscriptions/"+ContosoSubscriptionID+"?api-version=2022-12-01", b.personToken("https://management.azure.com/"))
	assert.Equal(t, http.StatusForbidden, arm.status)
	assert.Contains(t, arm.text, "The client '"+adaAccount+"'")

	application := b.get("https://graph.microsoft.com/v1.0/me", b.accessToken("scope", "https://graph.microsoft.com/.default"))
	assert.Equal(t, http.StatusBadRequest, application.status, "an application is nobody")
}

func TestTheAzureCLISaysWhyThereIsNoToken(t *testing.T) {
	b := start(t, withAda, func(w *World) { w.Tenants[0].People[0].Refuse = &Refusal{Code: 50076, Text: "Use a second factor."} })
	for account, want := range map[string]string{"": "az login", adaAccount: "AADSTS50076: Use a second factor.", "bob@contoso.example": "AADSTS50020"} {
		_, _, err := b.cloud.PersonToken(account, ContosoTenantID, azureDevOps)
		assert.ErrorContains(t, err, want)
	}
	_, _, err := b.cloud.PersonToken("bob@contoso.example", "", azureDevOps)
	assert.ErrorContains(t, err, "AADSTS90002")
}
