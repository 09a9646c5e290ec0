package devops

import (
	"crypto/x509"
	"net/http"
	"testing"
	"time"

	"armpreflight/internal/secret"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/web"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	ada         = "ada@contoso.example"
	adaID       = "4b6f0d2e-93c7-4a15-8e5d-17f2c0a9b364"
	permissions = "/contoso/_apis/permissions/"
)

// asAda starts the simulated cloud and returns a client for a user who can create connections.
func asAda(t *testing.T, change func(*cloud.World), faults ...cloud.Fault) (*Organization, secret.Text, *cloud.Cloud) {
	t.Helper()
	world := cloud.Contoso(time.Now)
	world.Tenants[0].People = []cloud.Person{{Account: ada, ObjectID: adaID}}
	world.Organizations[0].People, world.Organizations[0].Projects[0].Creators = []string{adaID}, []string{adaID}
	change(world)
	sim := cloud.New(world)
	for _, f := range faults {
		sim.Fault(f)
	}
	l, err := sim.Listen()
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(l.CAPEM))
	w := web.New(web.Config{Roots: web.TrustOnly(roots), Dial: l.Dial})
	t.Cleanup(w.Close)
	o, err := NewOrganization(w, "https://dev.azure.com/contoso")
	require.NoError(t, err)
	token, _, err := sim.PersonToken(ada, cloud.ContosoTenantID, "499b84ac-1321-427f-aa17-267ca6975798")
	require.NoError(t, err)
	return o, secret.New(token), sim
}

func same(*cloud.World) {}

func TestAPersonIsAskedForInTheProject(t *testing.T) {
	o, token, sim := asAda(t, same)
	home, err := o.Tenant(t.Context())
	require.NoError(t, err)
	assert.Equal(t, cloud.ContosoTenantID, home)
	p, err := o.Project(t.Context(), token, "shop")
	require.NoError(t, err)
	assert.Equal(t, Project{cloud.ContosoProjectID, cloud.ContosoProjectName}, p)
	creates, err := o.Creates(t.Context(), token, p.ID)
	require.NoError(t, err)
	assert.True(t, creates)
	assert.Empty(t, sim.Violations())

	o, token, _ = asAda(t, func(w *cloud.World) { w.Organizations[0].Projects[0].Creators = nil })
	creates, err = o.Creates(t.Context(), token, cloud.ContosoProjectID)
	require.NoError(t, err)
	assert.False(t, creates)
}

func TestTheDirectoryOfAnOrganization(t *testing.T) {
	const none = "00000000-0000-0000-0000-000000000000"
	for name, tc := range map[string]struct {
		fault cloud.Fault
		want  string
		fails bool
	}{
		"in a challenge":             {cloud.Fault{Status: 401, Header: map[string]string{"X-VSS-ResourceTenant": "", "WWW-Authenticate": "Bearer authorization_uri=https://login.windows.net/" + cloud.ContosoTenantID}}, cloud.ContosoTenantID, false},
		"one of private accounts":    {cloud.Fault{Status: 401, Header: map[string]string{"X-VSS-ResourceTenant": none}}, "", false},
		"none told":                  {cloud.Fault{Status: 401}, "", false},
		"one that is none":           {cloud.Fault{Status: 401, Header: map[string]string{"X-VSS-ResourceTenant": "../../x"}}, "", false},
		"an organization of no name": {cloud.Fault{Status: 404}, "", true},
		"it is down":                 {cloud.Fault{Status: 400}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			o, _, _ := asAda(t, same, tc.fault)
			got, err := o.Tenant(t.Context())
			assert.Equal(t, tc.fails, err != nil)
			assert.Equal(t, tc.want, got)
		})
	}
}

func TestWhatIsNoAnswerAboutAPersonsRights(t *testing.T) {
	for name, tc := range map[string]struct {
		fault cloud.Fault
		code  string
	}{
		"an empty list":         {cloud.Fault{Body: `{"count":0,"value":[]}`}, "unexpected-answer"},
		"null":                  {cloud.Fault{Body: "null", ContentType: "application/json"}, "unexpected-answer"},
		"an object":             {cloud.Fault{Body: "{}"}, "unexpected-answer"},
		"two answers":           {cloud.Fault{Body: `{"value":[true,true]}`}, "unexpected-answer"},
		"words":                 {cloud.Fault{Body: `{"value":["yes"]}`}, "unexpected-answer"},
		"a sign-in page":        {cloud.Fault{HTML: true, Status: http.StatusNonAuthoritativeInfo}, "person-session-stale"},
		"a way to another host": {cloud.Fault{RedirectTo: "https://attacker.example/", Status: http.StatusFound}, "person-session-stale"},
		"forbidden":             {cloud.Fault{Status: 403, Code: "AccessCheckException", Message: "no"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tc.fault.Path = permissions
			o, token, sim := asAda(t, same, tc.fault)
			creates, err := o.Creates(t.Context(), token, cloud.ContosoProjectID)
			assert.False(t, creates)
			assert.Equal(t, tc.code, failureOf(t, err).Code)
			assert.Len(t, sim.Requests(), 1)
		})
	}
	o, token, _ := asAda(t, same, cloud.Fault{Path: permissions, Body: "[true]", ContentType: "application/json"})
	creates, err := o.Creates(t.Context(), token, cloud.ContosoProjectID)
	require.NoError(t, err)
	assert.True(t, creates, "a list without an object around it")
}

func TestATokenOfAPersonGoesToTheOrganizationOnly(t *testing.T) {
	w := web.New(web.Config{})
	defer w.Close()
	for address, want := range map[string]string{
		"https://dev.azure.com/contoso":                  "https://dev.azure.com/contoso/",
		"https://dev.azure.com/contoso/":                 "https://dev.azure.com/contoso/",
		" https://DEV.azure.com/Contoso ":                "https://dev.azure.com/Contoso/",
		"https://contoso.visualstudio.com":               "https://contoso.visualstudio.com/",
		"https://contoso.visualstudio.com/":              "https://contoso.visualstudio.com/",
		"http://dev.azure.com/contoso":                   "",
		"https://dev.azure.com":                          "",
		"https://dev.azure.com/":                         "",
		"https://dev.azure.com/contoso/Shop":             "",
		"https://dev.azure.com/../x":                     "",
		"https://dev.azure.com/a%2fb":                    "",
		"https://dev.azure.com:8443/contoso":             "",
		"https://me@dev.azure.com/contoso":               "",
		"https://dev.azure.com/contoso?x=1":              "",
		"https://dev.azure.com.attacker.example/contoso": "",
		"https://a.b.visualstudio.com/":                  "",
		"https://visualstudio.com/":                      "",
		"https://tfs.corp.example/tfs/Default":           "",
		"contoso":                                        "",
		"":                                               "",
	} {
		o, err := NewOrganization(w, address)
		if want == "" {
			assert.ErrorIs(t, err, ErrNoOrganization, address)
			continue
		}
		require.NoError(t, err, address)
		assert.Equal(t, want, o.URL)
	}
}
