package cloud

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// assertion signs by hand what a client library would send for a certificate.
type assertion struct {
	alg, thumbprint string // thumbprint: "x5t#S256", "x5t" or "" for none
	leaf            *x509.Certificate
	key             *rsa.PrivateKey
	claims          map[string]any
}

func goodAssertion(w *World) assertion {
	return assertion{alg: "PS256", thumbprint: "x5t#S256", leaf: w.Tenants[0].Applications[0].Certificates[0].Leaf, key: contosoKey(),
		claims: map[string]any{"aud": tokenURL, "iss": ContosoClientID, "sub": ContosoClientID, "jti": "1",
			"nbf": noon.Unix(), "exp": noon.Add(10 * time.Minute).Unix()}}
}

func (a assertion) sign(t testing.TB) string {
	header := map[string]any{"typ": "JWT", "alg": a.alg}
	narrow, wide := sha1.Sum(a.leaf.Raw), sha256.Sum256(a.leaf.Raw)
	switch a.thumbprint {
	case "x5t":
		header["x5t"] = base64.RawURLEncoding.EncodeToString(narrow[:])
	case "x5t#S256":
		header["x5t#S256"] = base64.StdEncoding.EncodeToString(wide[:]) // with padding, as Microsoft's library for Go
	}
	encode := func(v any) string {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	signed := encode(header) + "." + encode(a.claims)
	sum := sha256.Sum256([]byte(signed))
	var signature []byte
	var err error
	if a.alg == "PS256" {
		signature, err = rsa.SignPSS(rand.Reader, a.key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	} else {
		signature, err = rsa.SignPKCS1v15(rand.Reader, a.key, crypto.SHA256, sum[:])
	}
	require.NoError(t, err)
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func (b *bench) assert(text string) answer {
	b.t.Helper()
	return b.token("client_secret", "", "client_assertion", text, "client_assertion_type", assertionType)
}

func TestAssertionsByCertificate(t *testing.T) {
	tests := map[string]struct {
		change func(w *World, a *assertion)
		code   int
		says   string
	}{
		"PS256 with the wide thumbprint":   {},
		"RS256 with the narrow thumbprint": {change: func(_ *World, a *assertion) { a.alg, a.thumbprint = "RS256", "x5t" }},
		"a certificate that is not registered": {change: func(_ *World, a *assertion) {
			a.leaf, _ = NewCertificate(contosoKey(), "another", noon, noon.AddDate(1, 0, 0))
		}, code: 700027, says: "The key was not found., Thumbprint of key used by client: '"},
		"a signature by another key": {change: func(_ *World, a *assertion) { a.key = devopsKey() }, code: 700027, says: "did not match the expected signature value"},
		"an expired certificate": {change: func(w *World, a *assertion) {
			a.leaf, _ = NewCertificate(contosoKey(), "old", noon.AddDate(-1, 0, 0), noon.AddDate(0, 0, -1))
			w.Tenants[0].Applications[0].Certificates[0].Leaf = a.leaf
		}, code: 700027, says: "The key used is expired., "},
		"no certificate on the application": {change: func(w *World, _ *assertion) { w.Tenants[0].Applications[0].Certificates = nil }, code: 700026},
		"no thumbprint":                     {change: func(_ *World, a *assertion) { a.thumbprint = "" }, code: 50027},
		"another audience":                  {change: func(_ *World, a *assertion) { a.claims["aud"] = "https://example.com" }, code: 700023},
		"another subject":                   {change: func(_ *World, a *assertion) { a.claims["sub"] = ContosoTenantID }, code: 700021},
		"an assertion of an hour ago": {change: func(_ *World, a *assertion) {
			a.claims["nbf"], a.claims["exp"] = noon.Add(-70*time.Minute).Unix(), noon.Add(-time.Hour).Unix()
		}, code: 700024, says: "Current time: 2026-03-10T12:00:00.0000000Z, assertion valid from 2026-03-10T10:50:00.0000000Z, expiry time of assertion 2026-03-10T11:00:00.0000000Z"},
		"an assertion of the future": {change: func(_ *World, a *assertion) {
			a.claims["nbf"], a.claims["exp"] = noon.Add(time.Hour).Unix(), noon.Add(70*time.Minute).Unix()
		}, code: 700024},
		"a clock that is two minutes ahead": {change: func(_ *World, a *assertion) { a.claims["nbf"] = noon.Add(2 * time.Minute).Unix() }},
		"no algorithm":                      {change: func(_ *World, a *assertion) { a.alg = "none" }, code: 5002730},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var text string
			b := start(t, func(w *World) {
				a := goodAssertion(w)
				if tt.change != nil {
					tt.change(w, &a)
				}
				text = a.sign(t)
			})
			a := b.assert(text)
			assert.Equal(t, tt.code, a.code(), a.text)
			if tt.code == 0 {
				require.Equal(t, http.StatusOK, a.status, a.text)
			} else {
				assert.Equal(t, http.StatusUnauthorized, a.status)
				assert.Contains(t, a.text, tt.says)
			}
			assert.Empty(t, b.cloud.Violations())
		})
	}
}

const oidcURL = ContosoOrganizationURL + ContosoProjectID + "/_apis/distributedtask/hubs/build/plans/" + ContosoPlanID + "/jobs/" + ContosoJobID + "/oidctoken"

func (b *bench) jobToken() string { return b.w.Organizations[0].Projects[0].Jobs[0].Token }

func (b *bench) idToken(connection string) string {
	b.t.Helper()
	a := b.send(http.MethodPost, oidcURL+"?api-version=7.1&serviceConnectionId="+connection, "", "Authorization: Bearer "+b.jobToken())
	require.Equal(b.t, http.StatusOK, a.status, a.text)
	return a.body["oidcToken"].(string)
}

func TestFederationWorksWithBothGenerationsOfIssuers(t *testing.T) {
	for _, issuer := range []string{IssuerEntra, IssuerAzureDevOps} {
		b := start(t, func(w *World) { w.Organizations[0].Projects[0].Connections[2].Issuer = issuer })
		id := b.idToken(ContosoFederationConnectionID)
		parsed, err := parseToken(id)
		require.NoError(t, err)
		if issuer == IssuerEntra {
			assert.Equal(t, "/eid1/c/pub/t/"+shortGUID(ContosoTenantID)+"/a/rISbSSETf0KqFyZ8ppdXmA/sc/"+ContosoOrganizationID+"/"+ContosoFederationConnectionID, parsed.claims.Subject)
			assert.Equal(t, audience(tokenExchangeApp), parsed.claims.Audience)
			assert.Equal(t, noon.Add(86700*time.Second), parsed.claims.Expires.time())
		} else {
			assert.Equal(t, "sc://contoso/Shop/prod-federation", parsed.claims.Subject)
			assert.Equal(t, noon.Add(5*time.Minute), parsed.claims.Expires.time())
			assert.Equal(t, noon.Add(-10*time.Minute), parsed.claims.NotBefore.time())
		}
		a := b.assert(id)
		require.Equal(t, http.StatusOK, a.status, a.text)
		assert.Empty(t, b.cloud.Violations())
	}
}

func TestFederationThatDoesNotMatch(t *testing.T) {
	federated := func(w *World) *FederatedCredential { return &w.Tenants[0].Applications[0].Federated[1] }
	tests := map[string]struct {
		issuer string
		change func(*World)
		code   int
		says   string
	}{
		"no credential at all":       {change: func(w *World) { w.Tenants[0].Applications[0].Federated = nil }, code: 70025},
		"another issuer":             {change: func(w *World) { federated(w).Issuer += "/" }, code: 700211, says: "issuer 'https://vstoken.dev.azure.com/" + ContosoOrganizationID + "'"},
		"a renamed connection":       {change: func(w *World) { w.Organizations[0].Projects[0].Connections[2].Name = "prod" }, code: 700213, says: "subject 'sc://contoso/Shop/prod'"},
		"another letter case":        {change: func(w *World) { federated(w).Subject = "sc://contoso/shop/prod-federation" }, code: 7002138, says: "but not with case-sensitive comparison"},
		"another audience":           {change: func(w *World) { federated(w).Audience = "api://AzureADTokenExchangeChina" }, code: 700212, says: "audience 'api://AzureADTokenExchange'"},
		"a multitenant app":          {issuer: IssuerEntra, change: func(w *World) { w.Tenants[0].Applications[0].Multitenant = true }, code: 70052},
		"an issuer barred by policy": {issuer: IssuerEntra, change: func(w *World) { w.Tenants[0].BlockedIssuers = []string{EntraIssuer(ContosoTenantID)} }, code: 700236},
		"a recreated connection":     {issuer: IssuerEntra, change: func(w *World) { w.Tenants[0].Applications[0].Federated[0].Subject += "0" }, code: 7002137, says: "subject '/eid1/"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t, func(w *World) {
				w.Organizations[0].Projects[0].Connections[2].Issuer = IssuerAzureDevOps
				if tt.issuer != "" {
					w.Organizations[0].Projects[0].Connections[2].Issuer = tt.issuer
				}
				tt.change(w)
			})
			a := b.assert(b.idToken(ContosoFederationConnectionID))
			assert.Equal(t, http.StatusUnauthorized, a.status)
			assert.Equal(t, tt.code, a.code(), a.text)
			assert.Contains(t, a.text, tt.says)
			assert.NotContains(t, a.body, "error_uri")
		})
	}
}

func TestAnIDTokenGrowsOld(t *testing.T) {
	now := noon
	b := start(t, func(w *World) {
		w.Clock = func() time.Time { return now }
		w.Organizations[0].Projects[0].Connections[2].Issuer = IssuerAzureDevOps
	})
	id := b.idToken(ContosoFederationConnectionID)
	b.cloud.Update(func(*World) { now = noon.Add(20 * time.Minute) })
	assert.Equal(t, 700024, b.assert(id).code())
}

func TestAForgedIDTokenIsRefused(t *testing.T) {
	b := start(t)
	parsed, err := parseToken(b.idToken(ContosoFederationConnectionID))
	require.NoError(t, err)
	assert.Equal(t, 900384, b.assert(sign(contosoKey(), parsed.claims)).code())
	assert.Equal(t, 50027, b.assert("not a token").code())
}

func TestAnArmTokenIsNoAssertion(t *testing.T) {
	b := start(t)
	assert.Equal(t, 700211, b.assert(b.accessToken()).code()) // its issuer isn't that of version 2
}

func FuzzParseToken(f *testing.F) {
	f.Add("")
	f.Add("..")
	f.Add(simulatedToken("seed"))
	f.Add(sign(devopsKey(), claims{Audience: "a", Issuer: "i", Expires: 1}))
	f.Add(`eyJhbGciOiJub25lIn0.eyJhdWQiOlsieCJdLCJleHAiOjEuNWU5fQ.`)
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := parseToken(text)
		if err == nil && parsed.verify(&contosoKey().PublicKey) {
			t.Fatal("verified a token that nobody signed")
		}
	})
}
