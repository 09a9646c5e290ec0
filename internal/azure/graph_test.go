package azure

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"armpreflight/internal/connection"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/web"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// granted is contoso with a token for Graph that has these permissions.
func granted(t *testing.T, roles []string, faults ...cloud.Fault) (*Client, GraphToken, *cloud.Cloud) {
	t.Helper()
	c, id, sim := contoso(t, faults...)
	sim.Update(func(w *cloud.World) { w.Tenants[0].Applications[0].GraphRoles = roles })
	token, err := c.GraphToken(t.Context(), id)
	require.NoError(t, err)
	return c, token, sim
}

func TestTheCredentialsOfAnApplication(t *testing.T) {
	for _, role := range []string{"Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy", "Directory.Read.All"} {
		t.Run(role, func(t *testing.T) {
			c, token, sim := granted(t, []string{"User.Read.All", role})
			assert.True(t, token.MayReadApplication())
			app, err := c.Application(t.Context(), token, cloud.ContosoClientID)
			require.NoError(t, err)
			assert.Equal(t, "contoso-deploy", app.Name)
			require.Len(t, app.Secrets, 1)
			require.Len(t, app.Certificates, 1)
			assert.Equal(t, cloud.ContosoSecretKeyID, app.Secrets[0].KeyID)
			assert.Equal(t, "pipelines", app.Secrets[0].Name)
			assert.WithinDuration(t, time.Now().Add(62*24*time.Hour), app.Secrets[0].Ends, time.Hour)
			assert.True(t, app.Certificates[0].Ends.After(time.Now()))
			assert.Len(t, sim.Requests(), 2)
			assert.Empty(t, sim.Violations())
		})
	}
}

func TestWithoutAPermissionGraphIsNotAsked(t *testing.T) {
	for name, roles := range map[string][]string{"none": nil, "others": {"User.Read.All", "Application.Read", "application.read.all"}} {
		t.Run(name, func(t *testing.T) {
			c, token, sim := granted(t, roles)
			assert.False(t, token.MayReadApplication())
			_, err := c.Application(t.Context(), token, cloud.ContosoClientID)
			require.ErrorIs(t, err, ErrNoGraphRole)
			assert.Len(t, sim.Requests(), 1, "the token and nothing else")
		})
	}
}

func TestGraphIsAskedInMicrosoftsOwnCloudsOnly(t *testing.T) {
	for _, own := range connection.Clouds() {
		assert.True(t, hasGraph(own), own.Name)
	}
	public := publicCloud(t)
	c, id, sim := contosoAt(t, connection.Cloud{Name: "AzureStack", Authority: public.Authority, ResourceManager: public.ResourceManager, Audience: public.Audience, Graph: public.Graph})
	_, err := c.GraphToken(t.Context(), id)
	require.ErrorIs(t, err, ErrNoGraph)
	_, err = c.Application(t.Context(), GraphToken{Value: secret.New("t"), Roles: []string{"Application.Read.All"}}, cloud.ContosoClientID)
	require.ErrorIs(t, err, ErrNoGraph)
	assert.Empty(t, sim.Requests())
}

func TestGraphRefuses(t *testing.T) {
	all := []string{"Application.Read.All"}
	for name, tc := range map[string]struct {
		fault cloud.Fault
		code  string
		codes []string
	}{
		"no right after all":                {fault: cloud.Fault{Status: http.StatusForbidden, Code: "Authorization_RequestDenied", Message: "Insufficient privileges."}, codes: []string{"Authorization_RequestDenied"}},
		"null":                              {fault: cloud.Fault{Body: "null", ContentType: "application/json"}, code: "unexpected-answer"},
		"an empty object":                   {fault: cloud.Fault{Body: "{}"}, code: "unexpected-answer"},
		"a list":                            {fault: cloud.Fault{Body: `{"value":[]}`}, code: "unexpected-answer"},
		"another application":               {fault: cloud.Fault{Body: `{"appId":"` + cloud.ContosoJobID + `","passwordCredentials":[],"keyCredentials":[]}`}, code: "unexpected-answer"},
		"no secrets told":                   {fault: cloud.Fault{Body: `{"appId":"` + cloud.ContosoClientID + `","keyCredentials":[]}`}, code: "unexpected-answer"},
		"secrets of null":                   {fault: cloud.Fault{Body: `{"appId":"` + cloud.ContosoClientID + `","passwordCredentials":null,"keyCredentials":[]}`}, code: "unexpected-answer"},
		"a secret without an id":            {fault: cloud.Fault{Body: `{"appId":"` + cloud.ContosoClientID + `","passwordCredentials":[{}],"keyCredentials":[]}`}, code: "unexpected-answer"},
		"a certificate of null":             {fault: cloud.Fault{Body: `{"appId":"` + cloud.ContosoClientID + `","passwordCredentials":[],"keyCredentials":[null]}`}, code: "unexpected-answer"},
		"an end that is no date":            {fault: cloud.Fault{Body: `{"appId":"` + cloud.ContosoClientID + `","passwordCredentials":[{"keyId":"k","endDateTime":"soon"}],"keyCredentials":[]}`}, code: "unexpected-answer"},
		"a web page":                        {fault: cloud.Fault{HTML: true}, code: "captive-portal"},
		"a redirect, which is not followed": {fault: cloud.Fault{RedirectTo: "https://attacker.example/"}},
	} {
		t.Run(name, func(t *testing.T) {
			tc.fault.Host = "graph.microsoft.com"
			c, token, sim := granted(t, all, tc.fault)
			_, err := c.Application(t.Context(), token, cloud.ContosoClientID)
			f := failureOf(t, err)
			assert.Equal(t, evidence.Graph, f.Evidence.Service)
			assert.Equal(t, tc.code, f.Code)
			if tc.codes != nil {
				assert.Equal(t, tc.codes, f.Evidence.Codes)
			}
			assert.Len(t, sim.Requests(), 2)
			assert.Empty(t, sim.Violations())
		})
	}
	t.Run("an application that is not there", func(t *testing.T) {
		c, token, _ := granted(t, all)
		_, err := c.Application(t.Context(), token, cloud.ContosoJobID)
		assert.Equal(t, []string{"Request_ResourceNotFound"}, failureOf(t, err).Evidence.Codes)
	})
	t.Run("a client id that is none", func(t *testing.T) {
		c, token, sim := granted(t, all, cloud.Fault{Host: "graph.microsoft.com", Status: http.StatusBadRequest})
		_, err := c.Application(t.Context(), token, "x')/owners?$select=('")
		failureOf(t, err)
		assert.Equal(t, "/v1.0/applications(appId='x'')/owners?$select=(''')", sim.Requests()[1].Path, "one segment, with its quotes doubled")
	})
}

func TestASecretIsToldByItsHint(t *testing.T) {
	c, token, _ := granted(t, []string{"Application.Read.All"}, cloud.Fault{Host: "graph.microsoft.com", Body: `{"appId":"` + cloud.ContosoClientID + `","displayName":null,"keyCredentials":[],
		"passwordCredentials":[{"keyId":"mine","hint":"vK7","displayName":null,"endDateTime":"2100-12-31T00:00:00.1234567Z"},{"keyId":"other","hint":"abc","endDateTime":null},{"keyId":"old","hint":null}]}`})
	app, err := c.Application(t.Context(), token, cloud.ContosoClientID)
	require.NoError(t, err)
	require.Len(t, app.Secrets, 3)
	key := secret.New(cloud.ContosoSecret)
	assert.True(t, app.Secrets[0].MayBe(key))
	assert.False(t, app.Secrets[1].MayBe(key))
	assert.True(t, app.Secrets[2].MayBe(key), "one without a hint can be any")
	assert.Equal(t, 2100, app.Secrets[0].Ends.Year())
	assert.True(t, app.Secrets[1].Ends.IsZero())

	printed, err := json.Marshal(app)
	require.NoError(t, err)
	assert.NotContains(t, fmt.Sprintf("%+v %#v %s", app, app, printed), "vK7", "a hint is a part of the secret")
}

func TestATokenForGraphIsRefusedAsTheOtherIs(t *testing.T) {
	c, id, sim := contoso(t, cloud.Fault{Host: "login.microsoftonline.com", Code: "AADSTS500011", Message: "The resource principal was not found."})
	_, err := c.GraphToken(t.Context(), id)
	f := failureOf(t, err)
	assert.Equal(t, evidence.Entra, f.Evidence.Service)
	assert.Equal(t, []string{"AADSTS500011"}, f.Evidence.Codes)
	assert.Len(t, sim.Requests(), 1)

	id.Connection.Scheme = connection.PublishProfile
	_, err = c.GraphToken(t.Context(), id)
	assert.Equal(t, "connection-incomplete", failureOf(t, err).Code)
}

func TestEachAudienceTakesOneTokenAndEachHostOneConnection(t *testing.T) {
	sim := cloud.New(cloud.Contoso(time.Now))
	sim.Update(func(w *cloud.World) { w.Tenants[0].Applications[0].GraphRoles = []string{"Application.Read.All"} })
	l, err := sim.Listen()
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(l.CAPEM))
	dialled := map[string]int{}
	w := web.New(web.Config{Match: diagnosis.Match, Roots: web.TrustOnly(roots), Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialled[address]++ // one request after the other
		return l.Dial(ctx, network, address)
	}})
	t.Cleanup(w.Close)
	public := publicCloud(t)
	c := New(w, public, nil)
	id := Identity{Connection: connection.Connection{Scheme: connection.ServicePrincipalKey, TenantID: cloud.ContosoTenantID,
		ClientID: cloud.ContosoClientID, Key: secret.New(cloud.ContosoSecret), Cloud: public}}

	arm, err := c.Token(t.Context(), id)
	require.NoError(t, err)
	graph, err := c.GraphToken(t.Context(), id)
	require.NoError(t, err)
	assert.NotEqual(t, arm.Value, graph.Value)
	assert.Len(t, sim.Requests(), 2)
	for name, list := range lists {
		_, err := list.read(t.Context(), c, arm)
		require.NoError(t, err, name)
	}
	_, err = c.TenantOf(t.Context(), cloud.ContosoSubscriptionID)
	require.NoError(t, err)
	_, err = c.Application(t.Context(), graph, cloud.ContosoClientID)
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"login.microsoftonline.com:443": 1, "management.azure.com:443": 1, "graph.microsoft.com:443": 1}, dialled)
	assert.Empty(t, sim.Violations())
}
