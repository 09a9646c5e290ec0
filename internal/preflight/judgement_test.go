package preflight

import (
	"testing"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/diagnosis"

	"github.com/stretchr/testify/assert"
)

func TestWhichSubscriptionATextNames(t *testing.T) {
	const id, other = "a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14", "11111111-1b39-4d57-86e0-9f2d7c5b3a14"
	conn := connection.Connection{Scope: connection.Scope{SubscriptionID: id, SubscriptionName: "Old Name"}}
	answered := azure.Subscription{SubscriptionID: id, DisplayName: "New Name", State: "Enabled"}
	for name, tc := range map[string]struct {
		text string
		sub  azure.Subscription
		want check.Status
	}{
		"its id, case and blanks aside":                      {" A6C4E2F8-1b39-4d57-86e0-9f2d7c5b3a14 ", answered, check.Pass},
		"its name as ARM has it":                             {"new name", answered, check.Pass},
		"its name as it was, which is nobody's now":          {"Old Name", answered, check.Fail},
		"another name":                                       {"Test", answered, check.Fail},
		"another id":                                         {other, answered, check.Fail},
		"without an answer, its id":                          {id, azure.Subscription{}, check.Pass},
		"without an answer, another id":                      {other, azure.Subscription{}, check.Fail},
		"without an answer, the recorded name":               {"old name", azure.Subscription{}, check.Pass},
		"without an answer, another name: it may be renamed": {"New Name", azure.Subscription{}, check.Unknown},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, isThis(tc.text, conn, tc.sub)) })
	}
}

func TestSubjectsAreComparedSegmentBySegment(t *testing.T) {
	const tenant, org, id = "66946bae-c7f1-4099-b768-6ec1ac684280", "23609cc8-ca30-4d7d-a018-0a285693d227", "b840b286-3e83-43e4-8e02-b8e8c0db0545"
	const entra = "https://login.microsoftonline.com/" + tenant + "/v2.0"
	predicted, ok := connection.PredictSubject(tenant, org, id)
	assert.True(t, ok)
	w := &World{OrganizationID: org}
	for name, tc := range map[string]struct {
		subject, recorded, issuer, recordedIssuer string
		want                                      diagnosis.Args
	}{
		"all agree": {predicted, predicted, entra, entra, diagnosis.Args{"agree": "yes"}},
		"nothing recorded, and the ids predict it":                           {predicted, "", entra, "", diagnosis.Args{"agree": "yes"}},
		"nothing recorded, and the ids predict another, which is no finding": {"/eid1/x/pub/t/1/a/2/sc/3/4", "", entra, "", nil},
		"nothing recorded, and the issuer is the older one":                  {"sc://contoso/Shop/prod", "", "https://vstoken.dev.azure.com/" + org, "", nil},
		"the connection was renamed": {"sc://contoso/Shop/prod-arm", "sc://contoso/Shop/prod", entra, entra,
			diagnosis.Args{"segment": "segment 4 of the subject (connection name)", "position": "5"}},
		"a difference of case": {"sc://contoso/Shop/Prod", "sc://contoso/Shop/prod", entra, entra,
			diagnosis.Args{"segment": "segment 4 of the subject (connection name)", "position": "1", "case": "yes"}},
		"another issuer": {predicted, predicted, entra, "https://vstoken.dev.azure.com/" + org, nil},
	} {
		t.Run(name, func(t *testing.T) {
			conn := connection.Connection{ID: id, Subject: tc.recorded, Issuer: tc.recordedIssuer}
			got := subjectArgs(w, conn, Assertion{Readable: true, Claims: connection.Claims{Subject: tc.subject, Issuer: tc.issuer}})
			if name == "another issuer" {
				assert.Equal(t, "the issuer", got["segment"])
				return
			}
			assert.Equal(t, tc.want, got)
		})
	}
	assert.Nil(t, subjectArgs(w, connection.Connection{}, Assertion{}), "a token that cannot be read says nothing")
}

func TestWhatARefusalLeavesOpen(t *testing.T) {
	for name, tc := range map[string]struct {
		code     diagnosis.Code
		evidence diagnosis.Evidence
		want     check.Status
	}{
		"a refused secret":                            {"AADSTS7000215", diagnosis.Evidence{Status: 401}, check.Fail},
		"no role":                                     {"AuthorizationFailed", diagnosis.Evidence{Status: 403}, check.Fail},
		"a page in the way":                           {"captive-portal", diagnosis.Evidence{Status: 200}, check.Fail},
		"a refused connection":                        {"connection-refused", diagnosis.Evidence{Network: diagnosis.ConnectionRefused}, check.Fail},
		"an untrusted certificate":                    {"tls-untrusted", diagnosis.Evidence{Network: diagnosis.TLSUntrusted}, check.Fail},
		"a service that is down":                      {"service-unavailable", diagnosis.Evidence{Status: 503}, check.Unknown},
		"an error without a code":                     {"anything", diagnosis.Evidence{Status: 500}, check.Unknown},
		"too many requests":                           {"throttled", diagnosis.Evidence{Status: 429}, check.Unknown},
		"an answer that nobody can read":              {"unexpected-answer", diagnosis.Evidence{Status: 200}, check.Unknown},
		"no answer in time":                           {"answer-timeout", diagnosis.Evidence{Network: diagnosis.AnswerTimeout}, check.Unknown},
		"an answer that is too large":                 {"x", diagnosis.Evidence{Network: diagnosis.TooLarge}, check.Unknown},
		"a request of ours that our own rule stopped": {"tool-fault", diagnosis.Evidence{Network: diagnosis.HostNotAllowed}, check.Unknown},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, openOrShut(tc.code, tc.evidence)) })
	}
}

func TestDurationsInWords(t *testing.T) {
	assert.Equal(t, "60 minutes", lifetime(time.Hour-10*time.Second))
	assert.Equal(t, "24 hours", lifetime(24*time.Hour))
	assert.Equal(t, "7 minutes ahead", skewWords(7*time.Minute))
	assert.Equal(t, "2 hours behind", skewWords(-2*time.Hour))
	assert.Equal(t, "2 hours 5 minutes ahead", skewWords(125*time.Minute))
	assert.Equal(t, 0, wholeDays(23*time.Hour))
	assert.Equal(t, 1, wholeDays(47*time.Hour))
}

func TestAnIssuerIsNamedByItsHost(t *testing.T) {
	assert.Equal(t, "Microsoft Entra", issuerWords("https://login.microsoftonline.com/66946bae-c7f1-4099-b768-6ec1ac684280/v2.0"))
	assert.Equal(t, "Azure DevOps (older)", issuerWords("https://vstoken.dev.azure.com/23609cc8-ca30-4d7d-a018-0a285693d227"))
	assert.Equal(t, "not known to this version", issuerWords("https://attacker.example/x/v2.0"))
}
