package azure

import (
	"context"
	"crypto/x509"
	"encoding/json"
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

// contoso starts the simulated cloud and returns a client for it, and the
// identity of its key connection.
func contoso(t *testing.T, faults ...cloud.Fault) (*Client, Identity, *cloud.Cloud) {
	t.Helper()
	return contosoAt(t, publicCloud(t), faults...)
}

// contosoAt is contoso for a connection that describes its cloud in this way.
func contosoAt(t *testing.T, where connection.Cloud, faults ...cloud.Fault) (*Client, Identity, *cloud.Cloud) {
	t.Helper()
	c := cloud.New(cloud.Contoso(time.Now))
	for _, f := range faults {
		c.Fault(f)
	}
	l, err := c.Listen()
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(l.CAPEM))
	w := web.New(web.Config{Match: diagnosis.Match, Roots: web.TrustOnly(roots), Dial: l.Dial})
	t.Cleanup(w.Close)
	return New(w, where, nil), Identity{Connection: connection.Connection{
		Scheme: connection.ServicePrincipalKey, TenantID: cloud.ContosoTenantID, ClientID: cloud.ContosoClientID,
		Key: secret.New(cloud.ContosoSecret), Cloud: where,
	}}, c
}

func publicCloud(t *testing.T) connection.Cloud {
	t.Helper()
	for _, c := range connection.Clouds() {
		if c.Name == "AzureCloud" {
			return c
		}
	}
	t.Fatal("no public cloud")
	return connection.Cloud{}
}

func failureOf(t *testing.T, err error) *evidence.Failure {
	t.Helper()
	f, ok := err.(*evidence.Failure)
	require.True(t, ok, "want a failure with evidence, got %T %v", err, err)
	return f
}

func TestATokenIsAskedForOnceAndReadOnce(t *testing.T) {
	c, id, sim := contoso(t)
	token, err := c.Token(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, cloud.ContosoPrincipalID, token.Claims.ObjectID)
	sub, err := c.Subscription(t.Context(), token, cloud.ContosoSubscriptionID)
	require.NoError(t, err)
	assert.Equal(t, cloud.ContosoSubscriptionName, sub.DisplayName)
	assert.Len(t, sim.Requests(), 2, "no discovery, no metadata, no second token")
	assert.Empty(t, sim.Violations())
}

func TestWhatAzidentityWillNotBuildIsAFailureWithoutARequest(t *testing.T) {
	c, id, sim := contoso(t)
	id.Connection.Scheme = connection.PublishProfile
	_, err := c.Token(t.Context(), id)
	assert.Equal(t, "connection-incomplete", failureOf(t, err).Code)
	assert.Empty(t, sim.Requests())
}

// TestNoWrongAnswerIsTakenForARightOne feeds every read, and the token request,
// every response that isn't an answer.
func TestNoWrongAnswerIsTakenForARightOne(t *testing.T) {
	const login, arm = "login.microsoftonline.com", "management.azure.com"
	for name, body := range map[string]cloud.Fault{
		"a web page":           {HTML: true},
		"null":                 {Body: "null", ContentType: "application/json"},
		"an empty object":      {Body: "{}"},
		"an empty list":        {Body: `{"value":[]}`},
		"a list":               {Body: "[1]", ContentType: "application/json"},
		"a string":             {Body: `"yes"`, ContentType: "application/json"},
		"another object":       {Body: `{"subscription":"x","state":null}`},
		"fields of other kind": {Body: `{"id":1,"subscriptionId":true,"state":{},"access_token":7,"expires_in":"x"}`},
		"half an answer":       {Truncate: true},
		"an error with 200":    {Body: `{"error":{"code":"AuthorizationFailed","message":"no"}}`},
		"not found":            {Status: http.StatusNotFound},
		"no content":           {Status: http.StatusNoContent},
		"a redirect":           {RedirectTo: "https://attacker.example/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inARM, atLogin := body, body
			inARM.Host, atLogin.Host = arm, login
			c, id, _ := contoso(t, inARM)
			token, err := c.Token(t.Context(), id)
			require.NoError(t, err)
			_, err = c.Subscription(t.Context(), token, cloud.ContosoSubscriptionID)
			failureOf(t, err)
			_, err = c.ResourceGroup(t.Context(), token, cloud.ContosoSubscriptionID, cloud.ContosoResourceGroup)
			failureOf(t, err)
			_, err = c.ManagementGroup(t.Context(), token, cloud.ContosoManagementGroup)
			failureOf(t, err)

			c, id, _ = contoso(t, atLogin)
			_, err = c.Token(t.Context(), id)
			f := failureOf(t, err)
			assert.NotContains(t, f.Error(), "eyJ", "no token in an error")
			assert.NotContains(t, f.Evidence.Body, "eyJ", "no token in evidence")
		})
	}
}

// TestAnAnswerThatComesWithTheEndOfTheRunIsNoFaultOfTheService: a library that finds the run ended doesn't read it.
func TestAnAnswerThatComesWithTheEndOfTheRunIsNoFaultOfTheService(t *testing.T) {
	c, id, _ := contoso(t)
	ctx, cancel := context.WithCancel(t.Context())
	ctx, trace := web.Record(ctx)
	_, err := c.Token(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, "unexpected-answer", failed(ctx, trace, "request an access token", evidence.Entra).Code)
	cancel()
	f := failed(ctx, trace, "request an access token", evidence.Entra)
	assert.Empty(t, f.Code)
	assert.Equal(t, evidence.Canceled, f.Evidence.Network)
	assert.Equal(t, "login.microsoftonline.com", f.Evidence.Host)
	assert.Zero(t, f.Evidence.Status)
}

func TestOpenidMetadataIsAnsweredForTheKnownAuthorityOnly(t *testing.T) {
	public := publicCloud(t)
	for name, tc := range map[string]struct {
		cloud   connection.Cloud
		method  string
		address string
		want    bool
	}{
		"of the known authority":      {cloud: public, method: "GET", address: "https://login.microsoftonline.com/t/v2.0/.well-known/openid-configuration", want: true},
		"with the lone question mark": {cloud: public, method: "GET", address: "https://login.microsoftonline.com/t/v2.0/.well-known/openid-configuration?", want: true},
		"of another host":             {cloud: public, method: "GET", address: "https://login.microsoftonline.us/t/v2.0/.well-known/openid-configuration"},
		"of a cloud we do not know":   {cloud: connection.Cloud{Name: "AzureStack", Authority: public.Authority}, method: "GET", address: "https://login.microsoftonline.com/t/v2.0/.well-known/openid-configuration"},
		"another document":            {cloud: public, method: "GET", address: "https://login.microsoftonline.com/t/discovery/keys"},
		"another method":              {cloud: public, method: "POST", address: "https://login.microsoftonline.com/t/v2.0/.well-known/openid-configuration"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), tc.method, tc.address, nil)
			require.NoError(t, err)
			response, ok := knownMetadata(tc.cloud, r)
			require.Equal(t, tc.want, ok)
			if !ok {
				return
			}
			defer response.Body.Close()
			var doc map[string]string
			require.NoError(t, json.NewDecoder(response.Body).Decode(&doc))
			assert.Equal(t, map[string]string{
				"issuer":                 "https://login.microsoftonline.com/t/v2.0",
				"authorization_endpoint": "https://login.microsoftonline.com/t/oauth2/v2.0/authorize",
				"token_endpoint":         "https://login.microsoftonline.com/t/oauth2/v2.0/token",
			}, doc)
		})
	}
}
