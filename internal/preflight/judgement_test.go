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
	assert.Equal(t, 0, WholeDays(23*time.Hour))
	assert.Equal(t, 1, WholeDays(47*time.Hour))
}
