package finding

import (
	"context"
	"testing"
	"time"

	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"

	"github.com/stretchr/testify/assert"
)

func TestWhatARefusalLeavesOpen(t *testing.T) {
	for name, tc := range map[string]struct {
		code          diagnosis.Code
		evidence      evidence.Evidence
		agent, person check.Status
	}{
		"a refused secret":                            {code: "AADSTS7000215", evidence: evidence.Evidence{Status: 401}, agent: check.Fail, person: check.Fail},
		"no role":                                     {code: "AuthorizationFailed", evidence: evidence.Evidence{Status: 403}, agent: check.Fail, person: check.Fail},
		"a page in the way":                           {code: "captive-portal", evidence: evidence.Evidence{Status: 200}, agent: check.Fail, person: check.Fail},
		"a refused connection":                        {code: "connection-refused", evidence: evidence.Evidence{Network: evidence.ConnectionRefused}, agent: check.Fail, person: check.Unknown},
		"an untrusted certificate":                    {code: "tls-untrusted", evidence: evidence.Evidence{Network: evidence.TLSUntrusted}, agent: check.Fail, person: check.Unknown},
		"a service that is down":                      {code: "service-unavailable", evidence: evidence.Evidence{Status: 503}, agent: check.Unknown, person: check.Unknown},
		"an error without a code":                     {code: "anything", evidence: evidence.Evidence{Status: 500}, agent: check.Unknown, person: check.Unknown},
		"too many requests":                           {code: "throttled", evidence: evidence.Evidence{Status: 429}, agent: check.Unknown, person: check.Unknown},
		"an answer that nobody can read":              {code: "unexpected-answer", evidence: evidence.Evidence{Status: 200}, agent: check.Unknown, person: check.Unknown},
		"no answer in time":                           {code: "answer-timeout", evidence: evidence.Evidence{Network: evidence.AnswerTimeout}, agent: check.Unknown, person: check.Unknown},
		"an answer that is too large":                 {code: "x", evidence: evidence.Evidence{Network: evidence.TooLarge}, agent: check.Unknown, person: check.Unknown},
		"a request of ours that our own rule stopped": {code: "tool-fault", evidence: evidence.Evidence{Network: evidence.HostNotAllowed}, agent: check.Unknown, person: check.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tc.agent, Judge{}.status(tc.code, tc.evidence))
			assert.Equal(t, tc.person, Judge{Person: true}.status(tc.code, tc.evidence))
		})
	}
}

func TestARefusalThatNobodyCanExplainLeavesAReadOpenAndNoSignIn(t *testing.T) {
	err := &evidence.Failure{Evidence: evidence.Evidence{Service: evidence.ARM, Status: 400, Codes: []string{"ContosoSaysNo"}}}
	assert.Equal(t, check.Unknown, Judge{}.Refused(t.Context(), err, nil).Status)
	assert.Equal(t, check.Fail, Judge{}.RefusedSignIn(t.Context(), err, nil).Status)
	assert.Equal(t, "ContosoSaysNo", Judge{}.Refused(t.Context(), err, nil).Code)
}

func TestWhatNeverFails(t *testing.T) {
	err := &evidence.Failure{Evidence: evidence.Evidence{Service: evidence.ARM, Status: 403, Codes: []string{"AuthorizationFailed"}}}
	assert.Equal(t, check.Fail, Judge{}.Refused(t.Context(), err, nil).Status)
	assert.Equal(t, check.Unknown, Judge{}.Unseen(t.Context(), err, nil).Status)
}

func TestTheEndOfTheTimeIsNoCancellation(t *testing.T) {
	err := &evidence.Failure{Evidence: evidence.Evidence{Network: evidence.Canceled}}
	ended, stop := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer stop()
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	advisory, end := context.WithCancelCause(t.Context())
	end(check.ErrAdvisoryTime)
	j := Judge{Timeout: time.Minute}
	assert.Equal(t, check.CodeCancelled, j.Refused(canceled, err, nil).Code)
	assert.Equal(t, "answer-timeout", j.Refused(t.Context(), err, nil).Code, "the check gave up on its own")
	found := j.Refused(ended, err, nil)
	assert.Equal(t, check.CodeTimeRanOut, found.Code)
	assert.Equal(t, facts.TimeRanOut{Limit: time.Minute}, found.Finding.(diagnosis.Finding).Facts)
	assert.Empty(t, found.Text)
	found = j.Refused(advisory, err, nil)
	assert.Equal(t, check.CodeTimeRanOut, found.Code)
	assert.NotEmpty(t, found.Text, "a run doesn't wait for it")
}

func TestAnAnswerThatWasMatchedIsNotMatchedAgain(t *testing.T) {
	ev := evidence.Evidence{Service: evidence.ARM, Status: 403, Codes: []string{"AuthorizationFailed"}}
	for name, tc := range map[string]struct {
		match  evidence.Match
		code   string
		status check.Status
	}{
		"not yet":                  {code: "AuthorizationFailed", status: check.Fail},
		"as another one":           {match: evidence.Match{Done: true, Code: "LinkedAuthorizationFailed"}, code: "LinkedAuthorizationFailed", status: check.Fail},
		"as one that may pass":     {match: evidence.Match{Done: true, Code: "LinkedAuthorizationFailed", Transient: true}, code: "LinkedAuthorizationFailed", status: check.Unknown},
		"as one that nobody knows": {match: evidence.Match{Done: true}, code: "unexpected-answer", status: check.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			ev.Match = tc.match
			found := Judge{}.Refused(t.Context(), &evidence.Failure{Evidence: ev}, nil)
			assert.Equal(t, tc.code, found.Code)
			assert.Equal(t, tc.status, found.Status)
		})
	}
}
