package report

import (
	"testing"
	"time"

	"armpreflight/internal/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func waived(r check.Result) check.Result {
	for i := range r.Items {
		r.Items[i].Waiver = &check.Waiver{Check: r.ID, Until: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC), Because: "ticket 4711"}
	}
	return r
}

func TestAWaivedFailure(t *testing.T) {
	r := &Report{FailOn: FailOnFail, Ready: "prod", Results: []check.Result{waived(with("locks", check.Fail, false))}}
	assert.Equal(t, Verdict{check.Warn, SucceededWithIssues}, r.Verdict())
	assert.Empty(t, r.FailedChecks())
	require.Len(t, r.Issues(), 1)
	assert.False(t, r.Issues()[0].Error)
	assert.Equal(t, "locks: locks found something. Waived until 2027-01-31: ticket 4711", r.Issues()[0].Message)
	assert.Equal(t, "ready: prod, locks waived (0.0 s)", r.LastLine())
}

func TestAWaiverHidesNothingElse(t *testing.T) {
	both := with("locks", check.Fail, false)
	both.Items = append(both.Items, check.Item{Status: check.Fail, Code: "other", Text: "another"})
	both.Items[0].Waiver = waived(with("locks", check.Fail, false)).Items[0].Waiver
	r := &Report{FailOn: FailOnFail, Results: []check.Result{both}}
	assert.Equal(t, Verdict{check.Fail, Failed}, r.Verdict(), "the second finding counts")
	assert.Equal(t, "other", r.Issues()[0].Code)

	r = &Report{FailOn: FailOnFail, Results: []check.Result{waived(with("locks", check.Fail, false)), with("access-token", check.Fail, false)}}
	assert.Equal(t, Verdict{check.Fail, Failed}, r.Verdict(), "another check's failure counts")
}

func TestAWaivedWarningIsNoIssue(t *testing.T) {
	r := &Report{FailOn: FailOnWarn, Results: []check.Result{waived(with("certificate", check.Warn, false))}}
	assert.Equal(t, Verdict{check.Pass, Succeeded}, r.Verdict())
	assert.Empty(t, r.Issues())
}
