package azure

import (
	"net/http"
	"testing"

	"armpreflight/internal/rights"
	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type assignment = rights.RoleAssignment

func TestWhatIsReadCanBeJudged(t *testing.T) {
	const condition = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})))"
	c, token, sim := signedIn(t)
	sim.Update(func(w *cloud.World) {
		w.Tenants[0].RoleAssignments[0].Condition = condition
		w.Tenants[0].DenyAssignments = []cloud.DenyAssignment{{ID: cloud.ContosoPlanID, Name: "stack", Scope: groupScope, Actions: []string{"Microsoft.Web/*"},
			NotActions: []string{"*/read"}, Principals: []string{"00000000-0000-0000-0000-000000000000"}, ExcludePrincipals: []string{cloud.ContosoJobID}, NotToChildren: true}}
	})

	permissions, err := c.Permissions(t.Context(), token, groupScope)
	require.NoError(t, err)
	assert.Equal(t, condition, permissions[0].Condition)
	assert.True(t, rights.Grants(permissions, "Microsoft.Web/sites/write", false))
	assert.False(t, rights.Grants(permissions, "Microsoft.Authorization/locks/delete", false))

	denied, err := c.DenyAssignments(t.Context(), token, groupScope)
	require.NoError(t, err)
	require.Len(t, denied, 1)
	p := denied[0].Properties
	assert.Equal(t, "stack", p.Name)
	assert.Equal(t, groupScope, p.Scope)
	assert.True(t, p.NotToChildScopes)
	assert.True(t, p.SystemProtected)
	assert.Equal(t, "Everyone", p.Principals[0].Type)
	assert.Len(t, p.Excluded, 1)
	assert.Equal(t, []string{"*/read"}, p.Permissions[0].NotActions)

	assigned, err := c.RoleAssignments(t.Context(), token, groupScope, cloud.ContosoPrincipalID)
	require.NoError(t, err)
	require.NotEmpty(t, assigned)
	assert.Equal(t, condition, assigned[0].Properties.Condition)
	role, err := c.RoleDefinition(t.Context(), token, assigned[0].Properties.RoleDefinitionID)
	require.NoError(t, err)
	assert.Equal(t, "Contributor", role.Properties.RoleName)
	assert.Equal(t, "BuiltInRole", role.Properties.Type)
	assert.NotEmpty(t, role.Properties.Permissions[0].NotActions)
	assert.Empty(t, sim.Violations())
}

func TestALockSaysWhatItLocks(t *testing.T) {
	c, token, sim := signedIn(t)
	sim.Update(func(w *cloud.World) {
		w.Tenants[0].Locks = []cloud.Lock{{Name: "no-delete", Level: "CanNotDelete", Notes: "ask first", Scope: subscriptionScope}}
	})
	locks, err := c.Locks(t.Context(), token, subscriptionScope)
	require.NoError(t, err)
	require.Len(t, locks, 1)
	assert.Equal(t, "no-delete", locks[0].Name)
	assert.Equal(t, "CanNotDelete", locks[0].Properties.Level)
	assert.Equal(t, "ask first", locks[0].Properties.Notes)

	for id, want := range map[string]string{
		locks[0].ID: subscriptionScope,
		"/subscriptions/s/resourcegroups/g/providers/microsoft.authorization/LOCKS/l":                                               "/subscriptions/s/resourcegroups/g",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/providers/Microsoft.Authorization/locks/l": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v",
		"/subscriptions/s": "", "": "",
	} {
		assert.Equal(t, want, Lock{ID: id}.Scope())
	}
}

func TestOneResourceProvider(t *testing.T) {
	c, token, sim := signedIn(t)
	p, err := c.Provider(t.Context(), token, cloud.ContosoSubscriptionID, "microsoft.containerservice")
	require.NoError(t, err)
	assert.Equal(t, Provider{
		ProviderState: ProviderState{Namespace: "Microsoft.ContainerService", RegistrationState: "NotRegistered", RegistrationPolicy: "RegistrationRequired"},
		Types:         []ResourceType{{Name: "managedClusters", Locations: []string{"West Europe", "North Europe"}, APIVersions: []string{"2022-09-01", "2021-04-01"}}},
	}, p)
	_, err = c.Provider(t.Context(), token, cloud.ContosoSubscriptionID, "Contoso.None")
	assert.Equal(t, []string{"InvalidResourceNamespace"}, failureOf(t, err).Evidence.Codes)
	sim.Update(func(w *cloud.World) { w.Tenants[0].RoleAssignments = nil })
	_, err = c.Provider(t.Context(), token, cloud.ContosoSubscriptionID, "Microsoft.Web")
	assert.Equal(t, []string{"AuthorizationFailed"}, failureOf(t, err).Evidence.Codes)
	assert.Empty(t, sim.Violations())
}

func TestNoOtherAnswerIsARoleOrAProvider(t *testing.T) {
	const role = authorizationPath + "roleDefinitions/" + cloud.RoleOwner
	for name, body := range map[string]string{
		"an empty object":         `{}`,
		"a list":                  `{"value":[]}`,
		"another role":            `{"name":"` + cloud.RoleReader + `","properties":{"permissions":[]}}`,
		"a role that may what":    `{"name":"` + cloud.RoleOwner + `","properties":{"permissions":null}}`,
		"a provider in no state":  `{"namespace":"Microsoft.Web"}`,
		"a state without a name":  `{"registrationState":"Registered"}`,
		"fields of another kind":  `{"name":1,"namespace":{},"registrationState":true}`,
		"properties of no object": `{"name":"` + cloud.RoleOwner + `","properties":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, token, _ := signedIn(t, cloud.Fault{Host: "management.azure.com", Body: body})
			_, err := c.RoleDefinition(t.Context(), token, role)
			assert.Equal(t, "unexpected-answer", failureOf(t, err).Code)
			_, err = c.Provider(t.Context(), token, cloud.ContosoSubscriptionID, "Microsoft.Web")
			assert.Equal(t, "unexpected-answer", failureOf(t, err).Code)
		})
	}
}

func TestASubscriptionWithItsTenantAndOffer(t *testing.T) {
	c, token, _ := signedIn(t)
	s, err := c.Subscription(t.Context(), token, cloud.ContosoSubscriptionID)
	require.NoError(t, err)
	assert.Equal(t, cloud.ContosoTenantID, s.TenantID)
	assert.Equal(t, "PayAsYouGo_2014-09-01", s.Policies.QuotaID)
	assert.Equal(t, "Off", s.Policies.SpendingLimit)
}

func TestTheSubscriptionsAreReadUntilThereIsOne(t *testing.T) {
	const more = `"nextLink":"https://management.azure.com/subscriptions?api-version=2022-12-01&$skiptoken=0"`
	for name, tc := range map[string]struct {
		first string
		pages int
	}{
		"others are on the first page":                 {`{"value":[{"subscriptionId":"s","state":"Enabled"}],` + more + `}`, 1},
		"a first page that is empty, but not the last": {`{"value":[],` + more + `}`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			c, token, sim := signedIn(t, cloud.Fault{Path: "/subscriptions", Nth: 1, Body: tc.first})
			got, err := c.Subscriptions(t.Context(), token)
			require.NoError(t, err)
			assert.Len(t, got, 1)
			assert.Len(t, asked(sim), tc.pages)
		})
	}
}

func TestTheTenantOfASubscriptionIsToldToAnyone(t *testing.T) {
	const path = "/subscriptions/" + cloud.ContosoSubscriptionID
	challenge := func(uri string) cloud.Fault {
		return cloud.Fault{Path: path, Status: http.StatusUnauthorized, Code: "AuthenticationFailed", Message: "no header",
			Header: map[string]string{"WWW-Authenticate": `Bearer authorization_uri="` + uri + `", error="invalid_token"`}}
	}
	for name, tc := range map[string]struct {
		subscription string
		fault        cloud.Fault
		tenant       string
		code         string
		codes        []string
	}{
		"of one that there is":                   {subscription: cloud.ContosoSubscriptionID, tenant: cloud.ContosoTenantID},
		"of one that this cloud does not have":   {subscription: cloud.ContosoJobID, codes: []string{"SubscriptionNotFound"}},
		"of what is none":                        {subscription: "prod", codes: []string{"InvalidSubscriptionId"}},
		"a challenge for anybody":                {subscription: cloud.ContosoSubscriptionID, fault: challenge("https://login.windows.net/common"), code: "unexpected-answer"},
		"a challenge with a name":                {subscription: cloud.ContosoSubscriptionID, fault: challenge("https://login.windows.net/contoso.com"), code: "unexpected-answer"},
		"a challenge with text instead":          {subscription: cloud.ContosoSubscriptionID, fault: challenge("https://login.windows.net/##vso[task.complete]"), code: "unexpected-answer"},
		"a challenge by http":                    {subscription: cloud.ContosoSubscriptionID, fault: challenge("http://login.windows.net/" + cloud.ContosoTenantID), code: "unexpected-answer"},
		"a web page":                             {subscription: cloud.ContosoSubscriptionID, fault: cloud.Fault{Path: path, HTML: true}, code: "captive-portal"},
		"an answer although nobody is named":     {subscription: cloud.ContosoSubscriptionID, fault: cloud.Fault{Path: path, Body: `{"subscriptionId":"x","state":"Enabled"}`}, code: "unexpected-answer"},
		"a refusal that names a tenant, not 401": {subscription: cloud.ContosoSubscriptionID, fault: cloud.Fault{Path: path, Status: http.StatusForbidden, Header: map[string]string{"WWW-Authenticate": `Bearer authorization_uri="https://login.windows.net/` + cloud.ContosoTenantID + `"`}}},
	} {
		t.Run(name, func(t *testing.T) {
			var faults []cloud.Fault
			if tc.fault.Path != "" {
				faults = append(faults, tc.fault)
			}
			c, _, sim := contoso(t, faults...)
			tenant, err := c.TenantOf(t.Context(), tc.subscription)
			assert.Equal(t, tc.tenant, tenant)
			require.Len(t, sim.Requests(), 1)
			assert.False(t, sim.Requests()[0].Authorization, "no token")
			assert.Empty(t, sim.Violations())
			if tc.tenant != "" {
				require.NoError(t, err)
				return
			}
			f := failureOf(t, err)
			assert.Equal(t, tc.code, f.Code)
			if tc.codes != nil {
				assert.Equal(t, tc.codes, f.Evidence.Codes)
			}
		})
	}
}
