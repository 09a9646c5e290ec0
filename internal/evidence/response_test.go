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
		assert.Equal(t, sentence, scrub(sentence))
	}
}
