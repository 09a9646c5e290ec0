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
	assert.Equal(t, Verdict{check.Warn, SucceededWithIssues}, document(r).Verdict())
	assert.Empty(t, document(r).FailedChecks())
	require.Len(t, document(r).Issues(), 1)
	assert.False(t, document(r).Issues()[0].Error)
	assert.Equal(t, "locks: locks found something. Waived until 2027-01-31: ticket 4711", document(r).Issues()[0].Message)
	assert.Equal(t, "ready: prod, locks waived (0.0 s)", document(r).Line)
}

func TestAWaiverHidesNothingElse(t *testing.T) {
	both := with("locks", check.Fail, false)
	both.Items = append(both.Items, check.Item{Status: check.Fail, Code: "other", Text: "another"})
	both.Items[0].Waiver = waived(with("locks", check.Fail, false)).Items[0].Waiver
	r := &Report{FailOn: FailOnFail, Results: []check.Result{both}}
	assert.Equal(t, Verdict{check.Fail, Failed}, document(r).Verdict(), "the second finding counts")
	assert.Equal(t, "other", document(r).Issues()[0].Code)

	r = &Report{FailOn: FailOnFail, Results: []check.Result{waived(with("locks", check.Fail, false)), with("access-token", check.Fail, false)}}
	assert.Equal(t, Verdict{check.Fail, Failed}, document(r).Verdict(), "another check's failure counts")
}

func TestAWaivedWarningIsNoIssue(t *testing.T) {
	r := &Report{FailOn: FailOnWarn, Results: []check.Result{waived(with("certificate", check.Warn, false))}}
	assert.Equal(t, Verdict{check.Pass, Succeeded}, document(r).Verdict())
	assert.Empty(t, document(r).Issues())
}

// TestWhatAWaivedFailureBlockedIsNotReady: the waiver accepts the failure, not
// what wasn't checked because of it.
func TestWhatAWaivedFailureBlockedIsNotReady(t *testing.T) {
	blocked := func(id string, advisory bool, by ...string) check.Result {
		return check.Result{ID: id, Advisory: advisory, BlockedBy: by, Outcome: check.Outcome{Status: check.Skip}}
	}
	root := func() check.Result { return waived(with("subscription", check.Fail, false)) }
	for name, tc := range map[string]struct {
		failOn  FailOn
		results []check.Result
		want    Verdict
		line    string
	}{
		"an essential check was blocked": {
			failOn: FailOnFail, results: []check.Result{root(), blocked("permissions", false, "subscription")},
			want: Verdict{check.Unknown, SucceededWithIssues}, line: "couldn't determine: subscription waived, so permissions wasn't checked, which doesn't fail the step (0.0 s)",
		},
		"for who fails on unknown": {
			failOn: FailOnUnknown, results: []check.Result{root(), blocked("permissions", false, "subscription"), blocked("locks", true, "subscription")},
			want: Verdict{check.Unknown, Failed},
			line: "couldn't determine: subscription waived, so permissions, locks weren't checked, which fails the step because of failOn: unknown (0.0 s)",
		},
		"for who fails on a warning": {
			failOn: FailOnWarn, results: []check.Result{root(), blocked("permissions", false, "subscription")},
			want: Verdict{check.Unknown, Failed},
			line: "couldn't determine: subscription waived, so permissions wasn't checked, which fails the step because of failOn: warn (0.0 s)",
		},
		"an advisory check alone changes no result": {
			failOn: FailOnUnknown, results: []check.Result{root(), blocked("locks", true, "subscription")},
			want: Verdict{check.Warn, SucceededWithIssues}, line: "ready: prod, subscription waived, so locks wasn't checked (0.0 s)",
		},
		"beside something that couldn't determine": {
			failOn: FailOnFail, results: []check.Result{root(), blocked("permissions", false, "subscription"), with("network", check.Unknown, false)},
			want: Verdict{check.Unknown, SucceededWithIssues}, line: "couldn't determine: network; subscription waived, so permissions wasn't checked, which doesn't fail the step (0.0 s)",
		},
		"beside a failure": {
			failOn: FailOnFail, results: []check.Result{root(), blocked("permissions", false, "subscription"), with("inputs", check.Fail, false)},
			want: Verdict{check.Fail, Failed}, line: "not ready: inputs failed; subscription waived, so permissions wasn't checked (0.0 s)",
		},
		"a failure that is not waived blocks as ever": {
			failOn: FailOnFail, results: []check.Result{with("subscription", check.Fail, false), blocked("permissions", false, "subscription")},
			want: Verdict{check.Fail, Failed}, line: "not ready: subscription failed (0.0 s)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Report{FailOn: tc.failOn, Ready: "prod", Results: tc.results}
			assert.Equal(t, tc.want, document(r).Verdict())
			assert.Equal(t, tc.line, document(r).Line)
		})
	}
}
