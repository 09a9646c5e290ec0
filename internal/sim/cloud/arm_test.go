package cloud

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	armURL          = "https://management.azure.com"
	subscriptionURL = armURL + "/subscriptions/" + ContosoSubscriptionID
	groupScope      = "/subscriptions/" + ContosoSubscriptionID + "/resourceGroups/" + ContosoResourceGroup
)

func TestASubscriptionAsTheApiVersionKnowsIt(t *testing.T) {
	b := start(t, func(w *World) { w.Tenants[0].Subscriptions[0].State = "Warned" })
	token := b.accessToken()
	a := b.get(subscriptionURL+"?api-version=2022-12-01", token)
	require.Equal(t, http.StatusOK, a.status, a.text)
	assert.Equal(t, "Warned", a.body["state"])
	assert.Equal(t, "Contoso Prod", a.body["displayName"])
	assert.Equal(t, ContosoTenantID, a.body["tenantId"])
	assert.Equal(t, "249", a.header.Get("X-Ms-Ratelimit-Remaining-Subscription-Reads"))
	assert.NotEmpty(t, a.header.Get("X-Ms-Request-Id"))

	old := b.get(subscriptionURL+"?api-version=2016-06-01", token)
	assert.NotContains(t, old.body, "tenantId")
	assert.NotContains(t, old.body, "managedByTenants")
	assert.Empty(t, b.cloud.Violations())
}

func TestResourceManagerRefuses(t *testing.T) {
	elsewhere := "/subscriptions/" + ContosoPlanID
	tests := map[string]struct {
		change    func(*World)
		method    string
		path      string
		status    int
		code      string
		says      string
		violation string
	}{
		"a caller without a role": {change: func(w *World) { w.Tenants[0].RoleAssignments = nil }, path: "/subscriptions/" + ContosoSubscriptionID, status: 403,
			code: "AuthorizationFailed", says: "The client '" + ContosoClientID + "' with object id '" + ContosoPrincipalID + "' does not have authorization to perform action 'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/" + ContosoSubscriptionID + "' or the scope is invalid."},
		"a subscription that does not exist":             {path: elsewhere, status: 404, code: "SubscriptionNotFound"},
		"a name for a subscription":                      {path: "/subscriptions/prod", status: 400, code: "InvalidSubscriptionId"},
		"an empty subscription":                          {path: "/subscriptions//resourcegroups/x", status: 400, code: "InvalidSubscriptionId", says: "'resourcegroups'"},
		"a missing resource group":                       {path: "/subscriptions/" + ContosoSubscriptionID + "/resourcegroups/rg-none", status: 404, code: "ResourceGroupNotFound"},
		"a resource group above which there is no right": {change: func(w *World) { w.Tenants[0].RoleAssignments[0].Scope = groupScope }, path: "/subscriptions/" + ContosoSubscriptionID + "/resourcegroups/rg-none", status: 403, code: "AuthorizationFailed"},
		"a management group that does not exist":         {path: managementGroupID("mg-none"), status: 403, code: "AuthorizationFailed"},
		"the same with a right at the tenant root": {change: func(w *World) {
			w.Tenants[0].RoleAssignments[2].Scope = managementGroupID(ContosoTenantID)
		}, path: managementGroupID("mg-none"), status: 404, code: "NotFound"},
		"a namespace that does not exist": {path: "/subscriptions/" + ContosoSubscriptionID + "/providers/Contoso.None", status: 404, code: "InvalidResourceNamespace"},
		"a denied read": {change: func(w *World) {
			w.Tenants[0].DenyAssignments = []DenyAssignment{{ID: ContosoPlanID, Name: "d", Scope: "/subscriptions/" + ContosoSubscriptionID, Actions: []string{"*/read"}, Principals: []string{everyone}}}
		}, path: "/subscriptions/" + ContosoSubscriptionID + "/resourcegroups/rg-app", status: 403, code: "AuthorizationFailed"},
		"a write": {method: http.MethodPost, path: "/subscriptions/" + ContosoSubscriptionID + "/providers/Microsoft.Web/register", status: 405, code: "MethodNotAllowed", violation: "not read-only"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t, func(w *World) {
				if tt.change != nil {
					tt.change(w)
				}
			})
			method := http.MethodGet
			if tt.method != "" {
				method = tt.method
			}
			a := b.send(method, armURL+tt.path+"?api-version=2021-04-01", "", "Authorization: Bearer "+b.accessToken())
			code, message := a.arm()
			assert.Equal(t, tt.status, a.status, a.text)
			assert.Equal(t, tt.code, code)
			assert.Contains(t, message, tt.says)
			assert.Equal(t, "gateway", a.header.Get("X-Ms-Failure-Cause"))
			assert.Contains(t, strings.Join(b.cloud.Violations(), "\n"), tt.violation)
			assert.Equal(t, tt.violation == "", len(b.cloud.Violations()) == 0, b.cloud.Violations())
		})
	}
}

func TestTheTokenIsLookedAt(t *testing.T) {
	now := noon
	b := start(t, func(w *World) {
		w.Clock = func() time.Time { return now }
		other := contosoTenant(noon, w.Tenants[0].Applications[0].Certificates[0].Leaf)
		other.ID, other.Name, other.Subscriptions = "11112222-3333-4444-5555-666677778888", "Fabrikam", nil
		w.Tenants = append(w.Tenants, other)
		w.Tenants[0].Applications[0].GraphRoles = []string{"Application.Read.All"}
	})
	address := subscriptionURL + "?api-version=2022-12-01"
	token := b.accessToken()

	none := b.send(http.MethodGet, address, "")
	assert.Equal(t, http.StatusUnauthorized, none.status)
	assert.Contains(t, none.header.Get("WWW-Authenticate"), `authorization_uri="https://login.windows.net/`+ContosoTenantID+`"`)

	nowhere := b.send(http.MethodGet, armURL+"/subscriptions/"+ContosoPlanID+"?api-version=2022-12-01", "")
	code, _ := nowhere.arm()
	assert.Equal(t, "SubscriptionNotFound", code, "a stranger is told that there is no such subscription")

	foreign := b.send(http.MethodPost, "https://login.microsoftonline.com/11112222-3333-4444-5555-666677778888/oauth2/v2.0/token", tokenRequest().Encode(), formType)
	a := b.get(address, foreign.body["access_token"].(string))
	code, message := a.arm()
	assert.Equal(t, http.StatusUnauthorized, a.status)
	assert.Equal(t, "InvalidAuthenticationTokenTenant", code)
	assert.Contains(t, message, "wrong issuer 'https://sts.windows.net/11112222-3333-4444-5555-666677778888/'")
	assert.Contains(t, a.header.Get("WWW-Authenticate"), ContosoTenantID)
	assert.Empty(t, b.cloud.Violations())

	forged, err := parseToken(token)
	require.NoError(t, err)
	code, _ = b.get(address, sign(contosoKey(), forged.claims)).arm()
	assert.Equal(t, "InvalidAuthenticationToken", code)
	code, _ = b.get(address, b.accessToken("scope", "https://graph.microsoft.com/.default")).arm()
	assert.Equal(t, "InvalidAuthenticationTokenAudience", code)
	assert.Equal(t, []string{"GET management.azure.com: a bearer token that Entra did not issue", "GET management.azure.com: a token for another audience"}, b.cloud.Violations())

	b.cloud.Update(func(*World) { now = noon.Add(2 * time.Hour) })
	late := b.get(address, token)
	code, message = late.arm()
	assert.Equal(t, "ExpiredAuthenticationToken", code)
	assert.Equal(t, "The access token expiry UTC time '3/10/2026 1:00:00 PM' is earlier than current UTC time '3/10/2026 2:00:00 PM'.", message)
}

func TestWithoutAnApiVersionNothingIsAnswered(t *testing.T) {
	b := start(t)
	code, _ := b.get(subscriptionURL, b.accessToken()).arm()
	assert.Equal(t, "MissingApiVersionParameter", code)
	code, _ = b.get(subscriptionURL+"?api-version=latest", b.accessToken()).arm()
	assert.Equal(t, "InvalidApiVersionParameter", code)
	assert.Equal(t, []string{"GET management.azure.com/subscriptions/" + ContosoSubscriptionID + ": no api-version",
		"GET management.azure.com/subscriptions/" + ContosoSubscriptionID + ": api-version latest is not supported"}, b.cloud.Violations())
}

func TestARoleOnAGroupShowsTheSubscriptionUnlessTheTenantSaysNo(t *testing.T) {
	for _, strict := range []bool{false, true} {
		b := start(t, func(w *World) {
			w.Tenants[0].RoleAssignments[0].Scope = groupScope
			w.Tenants[0].SubscriptionReadNeedsOwnRole = strict
		})
		token := b.accessToken()
		want := http.StatusOK
		if strict {
			want = http.StatusForbidden
		}
		assert.Equal(t, want, b.get(subscriptionURL+"?api-version=2022-12-01", token).status)
		assert.Equal(t, http.StatusOK, b.get(armURL+groupScope+"?api-version=2021-04-01", token).status)
	}
}

func TestAResourceGroupByGetAndHead(t *testing.T) {
	b := start(t, func(w *World) { w.Tenants[0].Subscriptions[0].ResourceGroups[0].State = "Deleting" })
	token := b.accessToken()
	a := b.get(subscriptionURL+"/resourcegroups/RG-APP?api-version=2021-04-01", token)
	require.Equal(t, http.StatusOK, a.status)
	assert.Equal(t, groupScope, a.body["id"])
	assert.Equal(t, map[string]any{"provisioningState": "Deleting"}, a.body["properties"])
	bearer := "Authorization: Bearer " + token
	assert.Equal(t, http.StatusNoContent, b.send(http.MethodHead, subscriptionURL+"/resourceGroups/rg-app?api-version=2021-04-01", "", bearer).status)
	assert.Equal(t, http.StatusNotFound, b.send(http.MethodHead, subscriptionURL+"/resourceGroups/none?api-version=2021-04-01", "", bearer).status)
	assert.Empty(t, b.cloud.Violations())
}

func TestSubscriptionsComeInPages(t *testing.T) {
	b := start(t, func(w *World) {
		for _, id := range []string{ContosoPlanID, ContosoJobID} {
			w.Tenants[0].Subscriptions = append(w.Tenants[0].Subscriptions, Subscription{ID: id, Name: id})
			w.Tenants[0].RoleAssignments = append(w.Tenants[0].RoleAssignments, RoleAssignment{PrincipalID: ContosoPrincipalID, RoleID: RoleReader, Scope: "/subscriptions/" + id})
		}
		w.Tenants[0].PageSize = 2
	})
	token := b.accessToken()
	first := b.get(armURL+"/subscriptions?api-version=2022-12-01", token)
	require.Len(t, first.body["value"], 2)
	second := b.get(first.body["nextLink"].(string), token)
	require.Len(t, second.body["value"], 1)
	assert.NotContains(t, second.body, "nextLink")

	b.cloud.Update(func(w *World) { w.Tenants[0].NextLinkHost = "evil.example" })
	assert.Contains(t, b.get(armURL+"/subscriptions?api-version=2022-12-01", token).body["nextLink"], "https://evil.example/")
	assert.Empty(t, b.cloud.Violations())
}

func TestNobodySeesSubscriptionsWithoutARole(t *testing.T) {
	b := start(t, func(w *World) { w.Tenants[0].RoleAssignments = nil })
	a := b.get(armURL+"/subscriptions?api-version=2022-12-01", b.accessToken())
	assert.Equal(t, http.StatusOK, a.status)
	assert.JSONEq(t, `{"value":[]}`, a.text)
}

func TestPermissionsAreOneEntryForEachRole(t *testing.T) {
	group := "99990000-1111-2222-3333-444455556666"
	b := start(t, func(w *World) {
		tenant := &w.Tenants[0]
		tenant.Applications[0].MemberOf = []string{group}
		tenant.RoleAssignments = append(tenant.RoleAssignments, RoleAssignment{Name: ContosoPlanID, PrincipalID: group, PrincipalType: "Group",
			RoleID: RoleUserAccessAdministrator, Scope: groupScope, Condition: "((!(ActionMatches{'x'})))"})
	})
	token := b.accessToken()
	at := func(scope, version string) []map[string]any {
		a := b.get(armURL+scope+"/providers/Microsoft.Authorization/permissions?api-version="+version, token)
		require.Equal(t, http.StatusOK, a.status, a.text)
		var list struct{ Value []map[string]any }
		require.NoError(t, json.Unmarshal([]byte(a.text), &list))
		return list.Value
	}
	subscription := at("/subscriptions/"+ContosoSubscriptionID, "2022-04-01")
	require.Len(t, subscription, 2) // Contributor here, and what the management group passes on
	assert.Equal(t, []any{"*"}, subscription[0]["actions"])
	assert.Contains(t, subscription[1]["actions"], "Microsoft.Management/managementGroups/read")
	inGroup := at(groupScope, "2022-04-01")
	require.Len(t, inGroup, 3)
	assert.Equal(t, "((!(ActionMatches{'x'})))", inGroup[2]["condition"])
	assert.NotContains(t, at(groupScope, "2015-07-01")[0], "dataActions")
	assert.Equal(t, http.StatusNotFound, b.get(armURL+strings.TrimSuffix(groupScope, "rg-app")+"none/providers/Microsoft.Authorization/permissions?api-version=2022-04-01", token).status)

	assigned := b.get(subscriptionURL+"/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=assignedTo('"+ContosoPrincipalID+"')", token)
	assert.Equal(t, 3, strings.Count(assigned.text, `"principalId"`), assigned.text)
	direct := b.get(subscriptionURL+"/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=principalId%20eq%20'"+ContosoPrincipalID+"'", token)
	assert.Equal(t, 2, strings.Count(direct.text, `"principalId"`), direct.text)
	role := b.get(subscriptionURL+"/providers/Microsoft.Authorization/roleDefinitions/"+RoleContributor+"?api-version=2022-04-01", token)
	assert.Contains(t, role.text, "Microsoft.Authorization/*/Write")
	assert.Empty(t, b.cloud.Violations())
}

func TestLocksProvidersAndDenyAssignments(t *testing.T) {
	subscription := "/subscriptions/" + ContosoSubscriptionID
	b := start(t, func(w *World) {
		w.Tenants[0].Locks = []Lock{{Name: "no-delete", Level: "CanNotDelete", Notes: "ask first", Scope: subscription}, {Name: "frozen", Level: "ReadOnly", Scope: groupScope}}
		w.Tenants[0].DenyAssignments = []DenyAssignment{{ID: ContosoPlanID, Name: "stack", Scope: groupScope, Actions: []string{"Microsoft.Web/*"},
			Principals: []string{everyone}, ExcludePrincipals: []string{ContosoJobID}}}
	})
	token := b.accessToken()
	locks := func(scope, filter string) string {
		return b.get(armURL+scope+"/providers/Microsoft.Authorization/locks?api-version=2016-09-01"+filter, token).text
	}
	assert.Equal(t, 2, strings.Count(locks(subscription, ""), `"level"`))
	assert.Equal(t, 1, strings.Count(locks(groupScope, ""), `"level"`))
	assert.Equal(t, 2, strings.Count(locks(groupScope, "&$filter=atScope()"), `"level"`))
	assert.Contains(t, locks(subscription, ""), `"notes":"ask first"`)

	p := b.get(armURL+subscription+"/providers/microsoft.containerservice?api-version=2021-04-01", token)
	assert.Equal(t, "NotRegistered", p.body["registrationState"])
	assert.Len(t, b.get(armURL+subscription+"/providers?api-version=2021-04-01", token).body["value"], 6)

	deny := b.get(armURL+groupScope+"/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01", token)
	assert.Contains(t, deny.text, `{"id":"00000000000000000000000000000000","type":"Everyone"}`)
	assert.Empty(t, b.cloud.Violations())
}

func TestAManagementGroupWithItsParent(t *testing.T) {
	b := start(t)
	a := b.get(armURL+managementGroupID("MG-contoso")+"?api-version=2020-05-01", b.accessToken())
	require.Equal(t, http.StatusOK, a.status, a.text)
	assert.Equal(t, "mg-contoso", a.body["name"])
	assert.Contains(t, a.text, `"displayName":"Tenant Root Group"`)
}

func TestWhatARoleTakesAway(t *testing.T) {
	b := start(t, func(w *World) {
		w.Tenants[0].RoleDefinitions = append(w.Tenants[0].RoleDefinitions, RoleDefinition{ID: ContosoPlanID, Name: "Contoso deploy",
			Actions: []string{"*"}, NotActions: []string{"microsoft.resources/subscriptions/RESOURCEGROUPS/*"}})
		w.Tenants[0].RoleAssignments[0].RoleID = ContosoPlanID
	})
	token := b.accessToken()
	assert.Equal(t, http.StatusOK, b.get(subscriptionURL+"?api-version=2022-12-01", token).status)
	assert.Equal(t, http.StatusForbidden, b.get(armURL+groupScope+"?api-version=2021-04-01", token).status)
}

func FuzzMatches(f *testing.F) {
	f.Add("*", "Microsoft.Web/sites/write")
	f.Add("Microsoft.Authorization/*/Write", "Microsoft.Authorization/locks/write")
	f.Add("*/read", "")
	f.Add("a*b*c", "abbc")
	f.Fuzz(func(t *testing.T, pattern, action string) {
		if !matches(strings.ReplaceAll(action, "*", ""), strings.ReplaceAll(action, "*", "")) || !matches("*", action) {
			t.Fatal("an action does not match itself or the star")
		}
		if matches(pattern, action) && !matches(pattern+"*", action+"x") {
			t.Fatal("a longer pattern matches less")
		}
	})
}
