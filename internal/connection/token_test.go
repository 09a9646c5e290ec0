package connection

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/secret"
)

func jwt(payload string) secret.Text {
	part := base64.RawURLEncoding.EncodeToString
	return secret.New(part([]byte(`{"alg":"RS256"}`)) + "." + part([]byte(payload)) + "." + part([]byte("signature")))
}

func TestDecodeTokenReadsTheClaims(t *testing.T) {
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
	for name, test := range map[string]struct {
		payload string
		want    Claims
	}{
		// Claims of a real answer: gravitational/teleport, RFD on joining from Azure DevOps; the organization is replaced.
		"an id token of Azure DevOps": {
			`{"jti":"53042db8-a477-44c2-aca4-720bab67ad33","sub":"sc://exampleorg/testing-azure-devops-join/test-generic-sc","aud":"api://AzureADTokenExchange","iss":"https://vstoken.dev.azure.com/0ca3ddd9-f0b0-4635-a98c-5866526961b6","nbf":1745851036,"exp":1745851936,"iat":1745851636}`,
			Claims{
				Issuer:  "https://vstoken.dev.azure.com/0ca3ddd9-f0b0-4635-a98c-5866526961b6",
				Subject: "sc://exampleorg/testing-azure-devops-join/test-generic-sc", Audience: []string{"api://AzureADTokenExchange"},
				IssuedAt: at(1745851636), NotBefore: at(1745851036), Expires: at(1745851936),
			},
		},
		"an access token, v1": {
			`{"aud":["a","b"],"tid":"t","oid":"o","appid":"1","xms_mirid":"/subscriptions/x","exp":"1700000000"}`,
			Claims{Audience: []string{"a", "b"}, TenantID: "t", ObjectID: "o", AppID: "1", IdentityResource: "/subscriptions/x", Expires: at(1700000000)},
		},
		"an access token, v2":            {`{"azp":"2","appid":"1"}`, Claims{AppID: "2"}},
		"a fraction of a second":         {`{"exp":1700000000.75}`, Claims{Expires: at(1700000000)}},
		"nothing":                        {`{}`, Claims{}},
		"other types than are due":       {`{"iss":1,"aud":{},"exp":"soon","nbf":-1,"iat":null,"tid":[]}`, Claims{}},
		"a time far beyond all":          {`{"exp":1e300}`, Claims{}},
		"names in capitals are not ours": {`{"ISS":"x","Sub":"y"}`, Claims{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := DecodeToken(jwt(test.payload))
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestDecodeTokenBearsWithPaddingAndBlanks(t *testing.T) {
	got, err := DecodeToken(secret.New(" x." + base64.URLEncoding.EncodeToString([]byte(`{"tid":"t"}`)) + ".\n"))
	require.NoError(t, err)
	assert.Equal(t, "t", got.TenantID)
}

func TestDecodeTokenSaysWhatIsNoToken(t *testing.T) {
	for name, test := range map[string]struct {
		token secret.Text
		want  string
	}{
		"empty":                {secret.New(""), "the token is empty"},
		"blanks":               {secret.New(" \n"), "the token is empty"},
		"opaque":               {secret.New("abcdef"), "the token isn't a JWT: it doesn't have three parts"},
		"encrypted":            {secret.New("a.b.c.d.e"), "the token is encrypted"},
		"not base64":           {secret.New("a.!.c"), "the token isn't a JWT: its second part isn't base64url"},
		"not JSON":             {jwt("planted"), "the token isn't a JWT: its second part isn't a JSON object"},
		"JSON of another kind": {jwt(`["planted"]`), "the token isn't a JWT: its second part isn't a JSON object"},
		"null":                 {jwt("null"), "the token isn't a JWT: its second part isn't a JSON object"},
		"too large":            {secret.New(strings.Repeat("a", MaxToken+1)), "the token is larger than 64 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := DecodeToken(test.token)
			assert.EqualError(t, err, test.want)
			assert.Equal(t, Claims{}, got)
		})
	}
}

func FuzzDecodeToken(f *testing.F) {
	f.Add("", `{"iss":"i","sub":"s","aud":"a","exp":1}`)
	f.Add("", `{"aud":["a",1],"exp":1e309,"nbf":"0x1p-2"}`)
	f.Add("a.b.c", "")
	f.Add("....", "{")
	f.Fuzz(func(t *testing.T, raw, payload string) {
		token := secret.New(raw)
		if raw == "" {
			token = jwt(payload)
		}
		claims, err := DecodeToken(token)
		if err != nil {
			assert.Equal(t, Claims{}, claims)
			for part := range strings.SplitSeq(token.Reveal(), ".") {
				if len(part) >= 12 && !strings.Contains(part, " ") { // no word of our sentences is that long
					assert.NotContains(t, err.Error(), part)
				}
			}
			return
		}
		for _, at := range []time.Time{claims.IssuedAt, claims.NotBefore, claims.Expires} {
			_, err := at.MarshalText()
			assert.NoError(t, err, "a time that cannot be written")
		}
	})
}

func TestARoleIsReadFromATokenOrThereIsNone(t *testing.T) {
	for name, tc := range map[string]struct {
		token string
		roles []string
	}{
		"two roles":           {"a.eyJyb2xlcyI6WyJ4IiwieSJdfQ.c", []string{"x", "y"}},
		"opaque":              {"abc", nil},
		"encrypted":           {"a.b.c.d.e", nil},
		"no base64":           {"a.!.c", nil},
		"no JSON":             {"a.YWJj.c", nil},
		"roles of other kind": {"a.eyJyb2xlcyI6IngifQ.c", nil},
		"empty":               {"", nil},
	} {
		claims, _ := DecodeToken(secret.New(tc.token))
		assert.Equal(t, tc.roles, claims.Roles, name)
	}
}
