package preflight

import (
	"testing"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"

	"github.com/stretchr/testify/assert"
)

func TestWhatFollowsFromTheSubscriptionIsBlockedByIt(t *testing.T) {
	finding := func(status check.Status, code string, seen bool) check.Item {
		var f diagnosis.Finding
		if seen {
			f.Evidence = &evidence.Evidence{Status: 403}
		}
		return check.Item{Status: status, Code: code, Finding: f}
	}
	result := func(c *Check, items ...check.Item) check.Result {
		r := check.Result{ID: c.ID, Outcome: check.Passed("fine", nil)}
		if len(items) > 0 {
			r.Outcome = check.Found(items...)
		}
		return r
	}
	refused := finding(check.Fail, "AuthorizationFailed", true)
	for name, tc := range map[string]struct {
		root, other check.Result
		blocked     bool
	}{
		"no right at all explains a missing right":            {result(Subscription, refused), result(Permissions, finding(check.Fail, "permission-missing", false)), true},
		"the same of a management group":                      {result(ManagementGroup, refused), result(Permissions, finding(check.Fail, "permission-missing", false)), true},
		"what passed all the same stays":                      {result(Subscription, refused), result(ResourceGroups), false},
		"a service that was down for both is said once":       {result(Subscription, finding(check.Unknown, "throttled", true)), result(Locks, finding(check.Unknown, "throttled", true)), true},
		"a trouble of its own stays":                          {result(Subscription, finding(check.Unknown, "throttled", true)), result(ResourceGroups, finding(check.Fail, "resource-group-missing", false)), false},
		"a disabled subscription has its groups all the same": {result(Subscription, finding(check.Fail, "subscription-disabled", false)), result(ResourceGroups, finding(check.Fail, "resource-group-missing", false)), false},
		"a subscription that is well explains nothing":        {result(Subscription), result(Permissions, finding(check.Fail, "permission-missing", false)), false},
		"other layers keep their own":                         {result(Subscription, refused), result(Clock, finding(check.Warn, "clock-skew", false)), false},
	} {
		t.Run(name, func(t *testing.T) {
			results := []check.Result{tc.other, tc.root}
			OneCause(results)
			if tc.blocked {
				assert.Equal(t, check.Result{ID: tc.other.ID, Outcome: check.Outcome{Status: check.Skip}, BlockedBy: []string{tc.root.ID}}, results[0])
			} else {
				assert.Equal(t, tc.other, results[0])
			}
			assert.Equal(t, tc.root, results[1])
		})
	}
}
