package evidence

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFromResponseReadsWhoMayNotDoWhat(t *testing.T) {
	ev := FromResponse(ARM, 403, nil, []byte(`{"error":{"code":"AuthorizationFailed","message":"The client 'c' with object id '0f0f' does not have authorization to perform action 'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/5' or the scope is invalid."}}`), nil)
	assert.Equal(t, []string{"0f0f", "Microsoft.Resources/subscriptions/read", "/subscriptions/5"}, []string{ev.ObjectID, ev.Action, ev.Scope})

	ev = FromResponse(ARM, 403, nil, []byte(`{"error":{"code":"LinkedAuthorizationFailed","message":"The client 'c' with object id '0f0f' has permission to perform action 'a/write' on scope '/s/1'; however, it does not have permission to perform action 'b/join/action' on the linked scope '/s/2' or the linked scope is invalid."}}`), nil)
	assert.Equal(t, []string{"0f0f", "b/join/action", "/s/2"}, []string{ev.ObjectID, ev.Action, ev.Scope})
	assert.Empty(t, ev.ManagementGroup())

	ev = FromResponse(ARM, 403, nil, []byte(`{"error":{"code":"AuthorizationFailed","message":"The client 'c' with object id '0f0f' does not have authorization to perform action 'Microsoft.Management/managementGroups/read' over scope '/providers/Microsoft.Management/managementGroups/mg-root' or the scope is invalid."}}`), nil)
	assert.Equal(t, "mg-root", ev.ManagementGroup())
}

func TestEntraQuotesWhatItWasPresented(t *testing.T) {
	for name, tc := range map[string]struct {
		message string
		want    Quoted
	}{
		"one part": {"AADSTS700213: No matching federated identity record found for presented assertion subject 'sc://contoso/Bob's/prod'. " +
			"Check your federated identity credential Subject, Audience and Issuer against the presented assertion.", Quoted{Subject: "sc://contoso/Bob's/prod"}},
		"all three": {"AADSTS70021: No matching federated identity record found for presented assertion. Assertion Issuer: 'https://a/b'. " +
			"Assertion Subject: 'sc://c/d/e'. Assertion Audience: 'api://AzureADTokenExchange'. https://docs.microsoft.com/x",
			Quoted{"https://a/b", "sc://c/d/e", "api://AzureADTokenExchange"}},
		"at the end":       {"no record for presented assertion audience 'x'", Quoted{Audience: "x"}},
		"nothing":          {"AADSTS70025: The client '1'(x) has no configured federated identity credentials.", Quoted{}},
		"an open quote":    {"presented assertion subject 'sc://a", Quoted{}},
		"an empty message": {"", Quoted{}},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := json.Marshal(map[string]string{"error": "invalid_client", "error_description": tc.message})
			require.NoError(t, err)
			assert.Equal(t, tc.want, FromResponse(Entra, 401, nil, body, nil).Quoted)
		})
	}
}

func TestWhichRefusalsAreAboutTheFederatedCredential(t *testing.T) {
	for name, tc := range map[string]struct {
		sentence string
		want     bool
	}{
		"the issuer":                     {"AADSTS700211: x", true},
		"the audience":                   {"AADSTS700212: x", true},
		"the subject":                    {"AADSTS700213: x", true},
		"the subject, case aside":        {"AADSTS7002138: x", true},
		"the older, general one":         {"AADSTS70021: x", true},
		"the audience of another cloud":  {"AADSTS70022204: x", true},
		"a new number in the same words": {"AADSTS799999: No matching federated identity record found for presented assertion scope 'x'.", true},
		"a wrong secret":                 {"AADSTS7000215: x", false},
		"no credential":                  {"AADSTS70025: x", false},
		"a tenant's rule":                {"AADSTS700236: x", false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tc.want, FromResponse(Entra, 401, nil, []byte(`{"error_description":"`+tc.sentence+`"}`), nil).NoCredentialFits)
		})
	}
}

func TestTheOwnersTenantIsThatOfTheChallengeOrOfTheSentence(t *testing.T) {
	const tenant, other = "E66FC46B-2666-4ea3-984d-bb30c06f2c75", "4e8b1d60-97f2-4c35-a0b9-d1e6f7a82c43"
	sentence := `{"error":{"code":"InvalidAuthenticationTokenTenant","message":"The access token is from the wrong issuer 'https://sts.windows.net/x/'. ` +
		`It must match the tenant 'https://sts.windows.net/` + other + `/' associated with this subscription."}}`
	for name, tc := range map[string]struct{ challenge, body, want string }{
		"a challenge":                    {challenge: "https://login.windows.net/" + tenant, want: strings.ToLower(tenant)},
		"a challenge before a sentence":  {challenge: "https://login.windows.net/" + tenant + "/", body: sentence, want: strings.ToLower(tenant)},
		"a sentence":                     {body: sentence, want: other},
		"a sentence beside a common one": {challenge: "https://login.windows.net/common", body: sentence, want: other},
		"a challenge for anybody":        {challenge: "https://login.windows.net/common"},
		"a challenge by http":            {challenge: "http://login.windows.net/" + tenant},
		"neither":                        {},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{"Www-Authenticate": {`Bearer authorization_uri="` + tc.challenge + `", error="invalid_token"`}}
			assert.Equal(t, tc.want, FromResponse(ARM, 401, h, []byte(tc.body), nil).OwnerTenant)
		})
	}
}

func TestFromResponseReadsHeaders(t *testing.T) {
	date := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	waits := map[string]struct {
		header, value string
		want          time.Duration
	}{
		"whole seconds":        {"Retry-After", "60", time.Minute},
		"a fraction":           {"Retry-After", "2.128", 2128 * time.Millisecond},
		"a date":               {"Retry-After", "Sun, 01 Mar 2026 12:00:30 GMT", 30 * time.Second},
		"a date that is past":  {"Retry-After", "Sun, 01 Mar 2026 11:00:00 GMT", 0},
		"milliseconds":         {"Retry-After-Ms", "1500", 1500 * time.Millisecond},
		"a minus":              {"Retry-After", "-5", 0},
		"no number":            {"Retry-After", "soon", 0},
		"not a number":         {"Retry-After", "NaN", 0},
		"more than a lifetime": {"Retry-After", "1e300", MaxWait},
	}
	for name, tt := range waits {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			h.Set("Date", date.Format(http.TimeFormat))
			h.Set(tt.header, tt.value)
			ev := FromResponse(ARM, 429, h, nil, nil)
			assert.Equal(t, tt.want, ev.RetryAfter)
			assert.Equal(t, date, ev.Date)
		})
	}

	h := http.Header{}
	h.Set("x-ms-request-id", "r-1")
	h.Set("x-ms-correlation-request-id", "c-1")
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Add("WWW-Authenticate", `Bearer authorization_uri="https://login.windows.net/e66fc46b-2666-4ea3-984d-bb30c06f2c75", error="insufficient_claims", claims="e30="`)
	ev := FromResponse(ARM, 401, h, []byte(`{"error":{"code":"InvalidAuthenticationToken","message":"m"}}`), nil)
	assert.Equal(t, "r-1", ev.RequestID)
	assert.Equal(t, "c-1", ev.CorrelationID)
	assert.Equal(t, "application/json", ev.ContentType)
	assert.Equal(t, "https://login.windows.net/e66fc46b-2666-4ea3-984d-bb30c06f2c75", ev.AuthorizationURI)
	assert.Equal(t, []string{"InvalidAuthenticationToken", "insufficient_claims"}, ev.Codes)
}

// fakeToken has the look of a JWT and says nothing.
const fakeToken = "eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOjF9.c2lnbmF0dXJlLWNhbmFyeQ"

func TestEvidenceNeverHoldsAToken(t *testing.T) {
	const opaque = "0.AXoA-canary-Zm9vYmFy"
	bodies := map[string]string{
		"an access token in an error":    `{"error":"x","access_token":"` + opaque + `"}`,
		"an id token beside a message":   `{"message":"m","oidcToken":"` + opaque + `"}`,
		"a secret deep inside":           `{"error":{"code":"X","details":[{"secretText":"` + opaque + `"}]}}`,
		"a secret that is no string":     `{"error":{"code":"X","password":{"value":["` + opaque + `"]}}}`,
		"a JWT in a sentence":            `{"error":{"code":"X","message":"token ` + fakeToken + ` is bad"}}`,
		"JSON inside a string":           `{"message":"got {\"client_secret\":\"` + opaque + `\"} back"}`,
		"JSON that does not parse":       `{"error":"x","refresh_token":"` + opaque + `","rest`,
		"JSON that ends in the token":    `{"error":"x","refresh_token":"` + opaque,
		"a quotation mark in the secret": `{"client_secret":"ab\"` + opaque + `", nonsense`,
		"a form":                         `grant_type=x&client_secret=` + opaque + `&scope=y`,
		"a page that shows the header":   `<html><title>Bearer ` + opaque + `-long-enough</title></html>`,
		"a private key":                  "-----BEGIN PRIVATE KEY-----\n" + opaque + "\n-----END PRIVATE KEY-----",
		"a private key that is cut":      "<html>-----BEGIN RSA PRIVATE KEY-----\n" + opaque,
		"the hint of a secret":           `{"error":"x","hint":"` + opaque + `"}`,
		"a token beyond the kept part":   `{"error":"x","padding":"` + strings.Repeat("p", MaxBody-60) + `","access_token":"` + opaque + `"}`,
		"a token as the code":            `{"error":{"code":"` + fakeToken + `","message":"m"}}`,
		"a token as the OAuth error":     `{"error":"` + fakeToken + `"}`,
		"a token as a field's name":      `{"` + fakeToken + `":1}`,
	}
	for name, body := range bodies {
		for _, status := range []int{200, 400, 500} {
			t.Run(name, func(t *testing.T) {
				raw, err := json.Marshal(FromResponse(Entra, status, nil, []byte(body), nil))
				require.NoError(t, err)
				assert.NotContains(t, string(raw), "canary")
				assert.NotContains(t, string(raw), "eyJ")
				assert.NotContains(t, string(raw), "c2lnbmF0dXJl")
			})
		}
	}
}

func TestScrubLeavesServicesSentencesAlone(t *testing.T) {
	for _, sentence := range []string{
		"AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
		"Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
		`{"error":{"code":"AuthorizationFailed","message":"no authorization to perform action 'x'"}}`,
	} {
		assert.Equal(t, sentence, Scrub(sentence))
	}
}
