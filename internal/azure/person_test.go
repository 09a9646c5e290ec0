package azure

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/sim/cloud"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	ada   = "ada@contoso.example"
	adaID = "4b6f0d2e-93c7-4a15-8e5d-17f2c0a9b364"
)

// tool is a credential that asks a function.
type tool func(tenant, resource string) (string, time.Time, error)

func (f tool) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, expires, err := f(o.TenantID, strings.TrimSuffix(o.Scopes[0], "/.default"))
	return azcore.AccessToken{Token: token, ExpiresOn: expires}, err
}

// asAda is contoso with a user and what they are signed in with.
func asAda(t *testing.T, change func(*cloud.Tenant), faults ...cloud.Fault) (*Client, Person, *cloud.Cloud) {
	t.Helper()
	c, _, sim := contoso(t, faults...)
	sim.Update(func(w *cloud.World) {
		w.Tenants[0].People = []cloud.Person{{Account: ada, ObjectID: adaID}}
		change(&w.Tenants[0])
	})
	return c, Person{Credential: tool(func(tenant, resource string) (string, time.Time, error) {
		return sim.PersonToken(ada, tenant, resource)
	})}, sim
}

func TestWhatGraphTellsAPersonOfThemselves(t *testing.T) {
	c, p, sim := asAda(t, func(t *cloud.Tenant) {
		t.People[0].Guest, t.People[0].DirectoryRoles = true, []string{cloud.DirectoryReaders}
		t.People[0].EligibleRoles = []string{cloud.DirectoryApplicationDeveloper}
		t.Directory = cloud.Directory{NoAppsByUsers: true, Guests: cloud.GuestsRestricted, AppPolicy: []cloud.AppRestriction{{Kind: "passwordAddition"}}}
		t.Applications[0].Multitenant = true
	})
	token, err := c.PersonGraphToken(t.Context(), p, cloud.ContosoTenantID)
	require.NoError(t, err)
	me, err := c.Me(t.Context(), token)
	require.NoError(t, err)
	assert.True(t, me.IsGuest())
	assert.Equal(t, adaID, me.ID)
	policy, err := c.AuthorizationPolicy(t.Context(), token)
	require.NoError(t, err)
	assert.Equal(t, cloud.GuestsRestricted, policy.GuestUserRoleID)
	assert.False(t, *policy.Defaults.AllowedToCreateApps)
	active, err := c.DirectoryRoles(t.Context(), token)
	require.NoError(t, err)
	require.Len(t, active, 1)
	assert.Equal(t, cloud.DirectoryReaders, active[0].TemplateID)
	eligible, err := c.EligibleRoles(t.Context(), token)
	require.NoError(t, err)
	require.Len(t, eligible, 1)
	assert.Equal(t, cloud.DirectoryApplicationDeveloper, eligible[0].RoleID)
	rules, err := c.AppManagementPolicy(t.Context(), token)
	require.NoError(t, err)
	assert.True(t, *rules.Enabled)
	assert.Equal(t, "passwordAddition", rules.Applications.Passwords[0].Type)
	audience, err := c.SignInAudience(t.Context(), token, cloud.ContosoClientID)
	require.NoError(t, err)
	assert.Equal(t, "AzureADMultipleOrgs", audience)
	assert.Empty(t, sim.Violations())
}

// asks are the questions to Graph about a user.
var asks = map[string]func(ctx context.Context, c *Client, t GraphToken) error{
	"me": func(ctx context.Context, c *Client, t GraphToken) error { _, err := c.Me(ctx, t); return err },
	"policy": func(ctx context.Context, c *Client, t GraphToken) error {
		_, err := c.AuthorizationPolicy(ctx, t)
		return err
	},
	"active": func(ctx context.Context, c *Client, t GraphToken) error {
		_, err := c.DirectoryRoles(ctx, t)
		return err
	},
	"eligible": func(ctx context.Context, c *Client, t GraphToken) error {
		_, err := c.EligibleRoles(ctx, t)
		return err
	},
	"rules": func(ctx context.Context, c *Client, t GraphToken) error {
		_, err := c.AppManagementPolicy(ctx, t)
		return err
	},
	"audience": func(ctx context.Context, c *Client, t GraphToken) error {
		_, err := c.SignInAudience(ctx, t, cloud.ContosoClientID)
		return err
	},
}

func TestNoOtherAnswerOfGraphSaysAnythingOfAPerson(t *testing.T) {
	for name, tc := range map[string]struct {
		fault cloud.Fault
		code  string
	}{
		"null":                      {cloud.Fault{Body: "null", ContentType: "application/json"}, "unexpected-answer"},
		"an empty object":           {cloud.Fault{Body: "{}"}, "unexpected-answer"},
		"another object":            {cloud.Fault{Body: `{"value":[{}],"id":"","isEnabled":null,"defaultUserRolePermissions":{}}`}, "unexpected-answer"},
		"fields of another kind":    {cloud.Fault{Body: `{"value":{},"id":1,"isEnabled":"yes","defaultUserRolePermissions":[],"appId":[]}`}, "unexpected-answer"},
		"an error with 200":         {cloud.Fault{Body: `{"error":{"code":"Authorization_RequestDenied"}}`}, "unexpected-answer"},
		"a web page":                {cloud.Fault{HTML: true}, "captive-portal"},
		"a redirect":                {cloud.Fault{RedirectTo: "https://attacker.example/"}, ""},
		"no right":                  {cloud.Fault{Status: 403, Code: "Authorization_RequestDenied", Message: "no"}, ""},
		"a token that is not taken": {cloud.Fault{Status: 401, Code: "InvalidAuthenticationToken", Message: "no"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tc.fault.Host = "graph.microsoft.com"
			c, p, sim := asAda(t, func(*cloud.Tenant) {}, tc.fault)
			token, err := c.PersonGraphToken(t.Context(), p, cloud.ContosoTenantID)
			require.NoError(t, err)
			for what, ask := range asks {
				assert.Equal(t, tc.code, failureOf(t, ask(t.Context(), c, token)).Code, what)
			}
			assert.Len(t, sim.Requests(), len(asks), "each was asked once, and nobody else")
		})
	}
}

func TestAPersonsTokensAreForOneServiceEach(t *testing.T) {
	c, p, sim := asAda(t, func(*cloud.Tenant) {})
	arm, err := c.PersonToken(t.Context(), p, cloud.ContosoTenantID)
	require.NoError(t, err)
	assert.True(t, arm.Readable)
	assert.Equal(t, adaID, arm.Claims.ObjectID)
	_, err = c.AllSubscriptions(t.Context(), arm)
	require.NoError(t, err)
	tenants, err := c.Tenants(t.Context(), arm)
	require.NoError(t, err)
	assert.Equal(t, []Tenant{{cloud.ContosoTenantID, cloud.ContosoTenantName}}, tenants)
	_, err = p.DevOpsToken(t.Context(), cloud.ContosoTenantID)
	require.NoError(t, err)
	assert.Empty(t, sim.Violations())
}

func TestAGuestIsToldByTypeOrByName(t *testing.T) {
	for want, accounts := range map[bool][]Account{
		true:  {{UserType: "Guest"}, {UserType: "guest"}, {UserPrincipalName: "ada_contoso.example#EXT#@fabrikam.example"}},
		false: {{UserType: "Member", UserPrincipalName: "ada_contoso.example#EXT#@fabrikam.example"}, {UserPrincipalName: "ada@contoso.example"}, {}},
	} {
		for _, a := range accounts {
			assert.Equal(t, want, a.IsGuest(), a)
		}
	}
}

func TestWhatAToolSaysOfARefusedSignInIsEvidence(t *testing.T) {
	c, _, _ := contoso(t)
	for name, tc := range map[string]struct {
		err   string
		code  diagnosis.Code
		codes []string
	}{
		"a code":         {"AzureCLICredential: ERROR: AADSTS50076: you must use multi-factor authentication. To troubleshoot, visit https://aka.ms/x", "AADSTS50076", []string{"AADSTS50076"}},
		"no sign-in":     {"AzureCLICredential: ERROR: Please run 'az login' to setup account.", "person-not-signed-in", nil},
		"no tool":        {"AzureCLICredential: executable not found on path", "azure-cli-missing", nil},
		"words only":     {"AzureCLICredential: something else", diagnosis.UnexpectedAnswer, nil},
		"nothing at all": {"", diagnosis.UnexpectedAnswer, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := Person{Credential: tool(func(string, string) (string, time.Time, error) { return "", time.Time{}, errors.New(tc.err) })}
			_, err := c.PersonToken(t.Context(), p, cloud.ContosoTenantID)
			f := failureOf(t, err)
			assert.Equal(t, evidence.Entra, f.Evidence.Service)
			assert.Equal(t, tc.codes, f.Evidence.Codes)
			assert.NotContains(t, f.Evidence.Message, "aka.ms")
			assert.Equal(t, tc.code, diagnosis.ExplainEvidence(f.Evidence, diagnosis.Situation{}, nil).Code)
		})
	}
}
