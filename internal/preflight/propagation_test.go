package preflight

import (
	"testing"
	"time"

	"armpreflight/internal/check"

	"github.com/stretchr/testify/assert"
)

func failing(id string, codes ...string) check.Result {
	var items []check.Item
	for _, code := range codes {
		items = append(items, check.Item{Status: check.Fail, Code: code, Text: code})
	}
	return check.Result{ID: id, Outcome: check.Found(items...)}
}

func TestWaitingHelpsOnlyWhenAllThatFailsMayHeal(t *testing.T) {
	passed := check.Result{ID: "inputs", Outcome: check.Passed("", nil)}
	waived := failing("inputs", "input-invalid")
	waived.Items[0].Waiver = &check.Waiver{}
	for name, tt := range map[string]struct {
		results []check.Result
		want    []string
	}{
		"nothing fails":                 {[]check.Result{passed}, nil},
		"a role that is not there yet":  {[]check.Result{passed, failing("subscription", "AuthorizationFailed")}, []string{"subscription"}},
		"an input that is wrong":        {[]check.Result{failing("inputs", "input-invalid")}, nil},
		"both":                          {[]check.Result{failing("inputs", "input-invalid"), failing("subscription", "AuthorizationFailed")}, nil},
		"both, but the other is waived": {[]check.Result{waived, failing("subscription", "AuthorizationFailed")}, []string{"subscription"}},
		"a code that nobody knows":      {[]check.Result{failing("subscription", "Surprise")}, nil},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, MayHeal(tt.results)) })
	}
}

func TestWhatPassedIsNotAskedAgain(t *testing.T) {
	results := []check.Result{
		{ID: "passed", Outcome: check.Passed("", nil)},
		{ID: "not-applicable", Outcome: check.NotApplicable("")},
		failing("failed", "AuthorizationFailed"),
		{ID: "blocked", Outcome: check.Outcome{Status: check.Skip}, BlockedBy: []string{"failed"}},
		{ID: "advice", Advisory: true, Outcome: check.Outcome{Status: check.Unknown}},
		{ID: "unknown", Outcome: check.Outcome{Status: check.Unknown}},
	}
	var ids []string
	for _, r := range Standing(results) {
		ids = append(ids, r.ID)
	}
	assert.Equal(t, []string{"passed", "not-applicable", "advice"}, ids)
}

func TestPausesGrowToHalfAMinute(t *testing.T) {
	var all []time.Duration
	for pause := range Pauses {
		if all = append(all, pause/time.Second); len(all) == 7 {
			break
		}
	}
	assert.Equal(t, []time.Duration{2, 4, 8, 16, 30, 30, 30}, all)
}
