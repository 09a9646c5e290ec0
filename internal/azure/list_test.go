package azure

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/connection"
	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	subscriptionScope = "/subscriptions/" + cloud.ContosoSubscriptionID
	groupScope        = subscriptionScope + "/resourceGroups/" + cloud.ContosoResourceGroup
	authorizationPath = subscriptionScope + "/providers/Microsoft.Authorization/"
)

// lists are all lists of Resource Manager, each with an item as the service
// writes it.
var lists = map[string]struct {
	path, item string
	read       func(context.Context, *Client, Token) (int, error)
}{
	"permissions": {authorizationPath + "permissions", `{"actions":["*"],"notActions":[],"dataActions":[],"notDataActions":[]}`, func(ctx context.Context, c *Client, t Token) (int, error) {
		l, err := c.Permissions(ctx, t, subscriptionScope)
		return len(l), err
	}},
	"deny assignments": {authorizationPath + "denyAssignments", `{"id":"/d","name":"d","properties":{"scope":"/s","permissions":[],"principals":[]}}`, func(ctx context.Context, c *Client, t Token) (int, error) {
		l, err := c.DenyAssignments(ctx, t, subscriptionScope)
		return len(l), err
	}},
	"role assignments": {authorizationPath + "roleAssignments", `{"id":"/a","properties":{"roleDefinitionId":"/r","principalId":"p","scope":"/s"}}`, func(ctx context.Context, c *Client, t Token) (int, error) {
		l, err := c.RoleAssignments(ctx, t, subscriptionScope, cloud.ContosoPrincipalID)
		return len(l), err
	}},
	"locks": {authorizationPath + "locks", `{"id":"/s/providers/Microsoft.Authorization/locks/l","properties":{"level":"ReadOnly"}}`, func(ctx context.Context, c *Client, t Token) (int, error) {
		l, err := c.Locks(ctx, t, subscriptionScope)
		return len(l), err
	}},
	"resource providers": {subscriptionScope + "/providers", `{"namespace":"A.B","registrationState":"Registered"}`, func(ctx context.Context, c *Client, t Token) (int, error) {
		l, err := c.Providers(ctx, t, cloud.ContosoSubscriptionID)
		return len(l), err
	}},
	"subscriptions": {"/subscriptions", `{"subscriptionId":"s","state":"Enabled"}`, func(ctx context.Context, c *Client, t Token) (int, error) {
		l, err := c.Subscriptions(ctx, t)
		return len(l), err
	}},
}

// versionOf is one that a list has, for the address of a next page.
func versionOf(path string) string {
	switch {
	case strings.HasSuffix(path, "/locks"):
		return "2016-09-01"
	case strings.Contains(path, "/providers/Microsoft.Authorization/"):
		return "2022-04-01"
	}
	return "2021-04-01"
}

// onEach makes one fault for each list. A path is a prefix, so the longer ones
// come first.
func onEach(make func(path, item string) cloud.Fault) []cloud.Fault {
	var faults []cloud.Fault
	for _, l := range lists {
		faults = append(faults, make(l.path, l.item))
	}
	slices.SortFunc(faults, func(a, b cloud.Fault) int { return len(b.Path) - len(a.Path) })
	return faults
}

// signedIn is contoso with a token.
func signedIn(t *testing.T, faults ...cloud.Fault) (*Client, Token, *cloud.Cloud) {
	t.Helper()
	c, id, sim := contoso(t, faults...)
	token, err := c.Token(t.Context(), id)
	require.NoError(t, err)
	return c, token, sim
}

// asked is the hosts and paths that were requested after the token.
func asked(sim *cloud.Cloud) []string {
	var all []string
	for _, r := range sim.Requests()[1:] {
		all = append(all, r.Host+r.Path)
	}
	return all
}

func TestEveryListReadsWhatTheCloudHas(t *testing.T) {
	for name, want := range map[string]int{
		"permissions": 2, "deny assignments": 1, "role assignments": 2, "locks": 2, "resource providers": 6, "subscriptions": 1,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, token, sim := signedIn(t)
			sim.Update(func(w *cloud.World) {
				w.Tenants[0].Locks = []cloud.Lock{{Name: "a", Level: "CanNotDelete", Scope: subscriptionScope}, {Name: "b", Level: "ReadOnly", Scope: groupScope}}
				w.Tenants[0].DenyAssignments = []cloud.DenyAssignment{{ID: cloud.ContosoPlanID, Name: "stack", Scope: groupScope, Actions: []string{"Microsoft.Web/*"}}}
			})
			got, err := lists[name].read(t.Context(), c, token)
			require.NoError(t, err)
			assert.Equal(t, want, got)
			assert.Len(t, asked(sim), 1)
			assert.Empty(t, sim.Violations())
		})
	}
	assert.Len(t, lists, 6, "a list that is not in this table")
}

// TestAListIsReadToItsEndOrNotAtAll answers each list with a first page that
// names a next one.
func TestAListIsReadToItsEndOrNotAtAll(t *testing.T) {
	const here = "https://management.azure.com"
	for name, tc := range map[string]struct {
		next    string // %s is the path of the list
		healthy bool
		pages   int // requests for it
	}{
		"the next page is read":                  {here + "%s?api-version=2021-04-01&$skiptoken=2", true, 2},
		"with the port of https":                 {"https://MANAGEMENT.azure.com:443%s?api-version=2021-04-01&$skiptoken=2", true, 2},
		"another host is not followed":           {"https://attacker.example%s?api-version=2021-04-01", false, 1},
		"a host that begins alike is not":        {"https://management.azure.com.attacker.example%s?api-version=2021-04-01", false, 1},
		"another host of the same cloud is not":  {"https://graph.microsoft.com%s?api-version=2021-04-01", false, 1},
		"another port is not":                    {"https://management.azure.com:8443%s?api-version=2021-04-01", false, 1},
		"plain http is not":                      {"http://management.azure.com%s?api-version=2021-04-01", false, 1},
		"a user in the address is not":           {"https://x:y@management.azure.com%s?api-version=2021-04-01", false, 1},
		"an address without a host is not":       {"%s?api-version=2021-04-01", false, 1},
		"what is no address is not":              {"https://%%zz%s", false, 1},
		"a page of its own is not read for ever": {here + "%s?api-version=2021-04-01&again", false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := func(path, item string) cloud.Fault {
				return cloud.Fault{Path: path, Body: `{"value":[` + item + `],"nextLink":"` + strings.Replace(fmt.Sprintf(tc.next, path), "2021-04-01", versionOf(path), 1) + `"}`}
			}
			c, token, sim := signedIn(t, onEach(page)...)
			for list, l := range lists {
				if list == "subscriptions" { // one page is enough for it
					continue
				}
				if tc.healthy { // the second page is the service's own
					first := page(l.path, l.item)
					first.Nth = 1
					c, token, sim = signedIn(t, first)
				}
				before := len(asked(sim))
				got, err := l.read(t.Context(), c, token)
				assert.Len(t, asked(sim), before+tc.pages, "%s: %v", list, asked(sim))
				if tc.healthy {
					require.NoError(t, err, list)
					assert.Positive(t, got)
					continue
				}
				assert.Equal(t, "unexpected-answer", failureOf(t, err).Code, list)
				assert.Zero(t, got, "%s: half a list", list)
			}
			assert.Empty(t, sim.Violations())
		})
	}
}

func TestAListWithoutAnEndIsGivenUp(t *testing.T) {
	l := lists["locks"]
	var faults []cloud.Fault
	for i := range 2 * maxPages {
		faults = append(faults, cloud.Fault{Path: l.path, Nth: i + 1, Body: fmt.Sprintf(`{"value":[],"nextLink":"https://management.azure.com%s?page=%d"}`, l.path, i)})
	}
	c, token, sim := signedIn(t, faults...)
	_, err := l.read(t.Context(), c, token)
	assert.Equal(t, "unexpected-answer", failureOf(t, err).Code)
	assert.Len(t, asked(sim), maxPages)
}

// TestPagesTogetherHoldNoMoreThanOne: each page is small enough for one answer, and there's one more than are read.
func TestPagesTogetherHoldNoMoreThanOne(t *testing.T) {
	if testing.Short() {
		t.Skip("under the race detector, on a busy machine, one of these pages takes longer than a request may")
	}
	for what, value := range map[string]string{
		"items":                `{"actions":[],"notActions":[]}` + strings.Repeat(`,{"actions":[],"notActions":[]}`, 15_000),
		"elements within them": `{"notActions":[],"actions":[""` + strings.Repeat(`,""`, 300_000) + `]}`,
		"bytes":                `{"notActions":[],"actions":[` + strings.Repeat(" ", 3<<20) + `]}`,
	} {
		t.Run(what, func(t *testing.T) {
			var faults []cloud.Fault
			for i := range 4 {
				faults = append(faults, cloud.Fault{Path: authorizationPath + "permissions", Nth: i + 1,
					Body: fmt.Sprintf(`{"value":[%s],"nextLink":"https://management.azure.com%spermissions?page=%d"}`, value, authorizationPath, i)})
			}
			c, token, sim := signedIn(t, faults...)
			_, err := c.Permissions(t.Context(), token, subscriptionScope)
			assert.Equal(t, "unexpected-answer", failureOf(t, err).Code)
			assert.LessOrEqual(t, len(asked(sim)), 3)
		})
	}
}

func TestAFailureOnALaterPageIsAFailureOfTheList(t *testing.T) {
	l := lists["role assignments"]
	c, token, _ := signedIn(t, cloud.Fault{Path: l.path, Nth: 1, Body: `{"value":[` + l.item + `],"nextLink":"https://management.azure.com` + l.path + `?api-version=2022-04-01&$skiptoken=2"}`},
		cloud.Fault{Path: l.path, Nth: 2, Status: http.StatusForbidden, Code: "AuthorizationFailed", Message: "no"})
	got, err := l.read(t.Context(), c, token)
	f := failureOf(t, err)
	assert.Equal(t, http.StatusForbidden, f.Evidence.Status)
	assert.Equal(t, []string{"AuthorizationFailed"}, f.Evidence.Codes)
	assert.Zero(t, got)
}

func TestAnEmptyListIsAnAnswer(t *testing.T) {
	c, token, _ := signedIn(t, onEach(func(path, _ string) cloud.Fault { return cloud.Fault{Path: path, Body: `{"value":[]}`} })...)
	for name, l := range lists {
		got, err := l.read(t.Context(), c, token)
		require.NoError(t, err, name)
		assert.Zero(t, got, name)
	}
}

// TestNoOtherAnswerIsAnEmptyList: a reader of "no locks" or "no deny
// assignments" out of a broken answer says more than he saw.
func TestNoOtherAnswerIsAnEmptyList(t *testing.T) {
	for name, tc := range map[string]struct {
		fault cloud.Fault
		code  string
	}{
		"null":                   {cloud.Fault{Body: "null", ContentType: "application/json"}, "unexpected-answer"},
		"an empty object":        {cloud.Fault{Body: "{}"}, "unexpected-answer"},
		"a list without a name":  {cloud.Fault{Body: "[]", ContentType: "application/json"}, "unexpected-answer"},
		"a value of null":        {cloud.Fault{Body: `{"value":null}`}, "unexpected-answer"},
		"a value of other kind":  {cloud.Fault{Body: `{"value":{}}`}, "unexpected-answer"},
		"an item of null":        {cloud.Fault{Body: `{"value":[null]}`}, "unexpected-answer"},
		"an item without fields": {cloud.Fault{Body: `{"value":[{}]}`}, "unexpected-answer"},
		"an item of other kind":  {cloud.Fault{Body: `{"value":[1]}`}, "unexpected-answer"},
		"a link of other kind":   {cloud.Fault{Body: `{"value":[],"nextLink":7}`}, "unexpected-answer"},
		"an error with 200":      {cloud.Fault{Body: `{"error":{"code":"AuthorizationFailed","message":"no"}}`}, "unexpected-answer"},
		"a web page":             {cloud.Fault{HTML: true}, "captive-portal"},
		"no content":             {cloud.Fault{Status: http.StatusNoContent}, ""},
		"a redirect":             {cloud.Fault{RedirectTo: "https://attacker.example/"}, ""},
		"no right":               {cloud.Fault{Status: http.StatusForbidden, Code: "AuthorizationFailed", Message: "no"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, token, sim := signedIn(t, onEach(func(path, _ string) cloud.Fault {
				fault := tc.fault
				fault.Path = path
				return fault
			})...)
			for list, l := range lists {
				_, err := l.read(t.Context(), c, token)
				assert.Equal(t, tc.code, failureOf(t, err).Code, list)
			}
			assert.Len(t, asked(sim), len(lists), "each was asked once, and nobody else")
		})
	}
}

func TestWithoutARoleTheListsAreRefused(t *testing.T) {
	c, token, sim := signedIn(t)
	sim.Update(func(w *cloud.World) { w.Tenants[0].RoleAssignments = nil })
	for name, l := range lists {
		got, err := l.read(t.Context(), c, token)
		if name == "subscriptions" {
			require.NoError(t, err, "nobody needs a right for it")
			assert.Zero(t, got)
			continue
		}
		assert.Equal(t, []string{"AuthorizationFailed"}, failureOf(t, err).Evidence.Codes, name)
	}
}

func TestAnAzureStackIsAskedInVersionsThatItKnows(t *testing.T) {
	public := publicCloud(t)
	stack := connection.Cloud{Name: "AzureStack", Authority: public.Authority, ResourceManager: public.ResourceManager, Audience: public.Audience}
	c, id, sim := contosoAt(t, stack)
	sim.Update(func(w *cloud.World) { w.Environments[0].MaxAPIVersion = "2019-10-01" })
	token, err := c.Token(t.Context(), id)
	require.NoError(t, err)
	for name, l := range lists {
		_, err := l.read(t.Context(), c, token)
		if name == "deny assignments" { // which no Stack has, and no version of it either
			assert.Equal(t, []string{"InvalidResourceType"}, failureOf(t, err).Evidence.Codes)
			continue
		}
		assert.NoError(t, err, name)
	}
	_, err = c.Provider(t.Context(), token, cloud.ContosoSubscriptionID, "Microsoft.Web")
	require.NoError(t, err)
	_, err = c.RoleDefinition(t.Context(), token, authorizationPath+"roleDefinitions/"+cloud.RoleOwner)
	require.NoError(t, err)
	_, err = c.Subscription(t.Context(), token, cloud.ContosoSubscriptionID)
	require.NoError(t, err)
}

func TestAnIDThatLeadsElsewhereIsNotAsked(t *testing.T) {
	c, token, sim := signedIn(t)
	for _, id := range []string{"subscriptions/x", "/subscriptions/..", "/subscriptions/./x", "//attacker.example", "/subscriptions//x", "https://attacker.example/"} {
		_, err := c.Locks(t.Context(), token, id)
		assert.Equal(t, "input-invalid", failureOf(t, err).Code, id)
		_, err = c.Permissions(t.Context(), token, id)
		assert.Equal(t, "input-invalid", failureOf(t, err).Code, id)
		_, err = c.RoleDefinition(t.Context(), token, id)
		assert.Equal(t, "input-invalid", failureOf(t, err).Code, id)
		assert.Empty(t, asked(sim), id)
	}
	for id, want := range map[string]string{
		"": "", "/": "", "/a/b/": "/a/b", "/resourceGroups/a (b)": "/resourceGroups/a%20%28b%29", "/a?b#c": "/a%3Fb%23c", "/a%2e%2e": "/a%252e%252e",
	} {
		got, err := pathOf(id)
		require.NoError(t, err, id)
		assert.Equal(t, want, got)
	}
}

func TestTheFilterHoldsTheObjectIDAndNothingElse(t *testing.T) {
	c, token, sim := signedIn(t)
	mine, err := c.RoleAssignments(t.Context(), token, subscriptionScope, cloud.ContosoPrincipalID)
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(mine, func(a assignment) bool {
		return strings.HasSuffix(a.Properties.RoleDefinitionID, cloud.RoleContributor)
	}))
	other, err := c.RoleAssignments(t.Context(), token, subscriptionScope, cloud.ContosoJobID)
	require.NoError(t, err)
	assert.Empty(t, other)
	assert.Equal(t, "'x'') or assignedTo(''y'", quoted("x') or assignedTo('y"))
	assert.Empty(t, sim.Violations())
}
