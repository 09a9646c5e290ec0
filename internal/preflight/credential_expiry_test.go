package preflight

import (
	"testing"
	"time"

	"armpreflight/internal/check"

	"github.com/stretchr/testify/assert"
)

func TestTheEndOfASecretIsJudgedInWholeDays(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return time.Date(2026, 11, 24+n, 0, 0, 0, 0, time.UTC) }
	for name, tc := range map[string]struct {
		until         time.Time
		warn, fail    int
		status        check.Status
		code          string
		days          int
		textSaysTheOf string
	}{
		"far away":                           {until: day(60), warn: 14, status: check.Pass, days: 59, textSaysTheOf: "2027-01-22"},
		"within the days to warn":            {until: day(14), warn: 14, status: check.Warn, code: "secret-expiring", days: 13, textSaysTheOf: "2026-12-07"},
		"not yet within them":                {until: day(15), warn: 14, status: check.Pass, days: 14, textSaysTheOf: "2026-12-08"},
		"within the days to fail":            {until: day(5), warn: 14, fail: 7, status: check.Fail, code: "secret-expiring", days: 4, textSaysTheOf: "2026-11-28"},
		"good to the end of the day":         {until: day(1), warn: 14, status: check.Warn, code: "secret-expiring", textSaysTheOf: "2026-11-24"},
		"over":                               {until: day(0), warn: 14, status: check.Warn, code: "secret-expired", textSaysTheOf: "2026-11-23"},
		"over, and it still works: no fail":  {until: day(-30), warn: 14, fail: 30, status: check.Warn, code: "secret-expired", days: -30, textSaysTheOf: "2026-10-24"},
		"no days to warn, and the day given": {until: day(5), status: check.Pass, days: 4, textSaysTheOf: "2026-11-28"},
	} {
		t.Run(name, func(t *testing.T) {
			w := &World{Redact: func(s string) string { return s }, Link: func(string) string { return "" }, Now: func() time.Time { return now }}
			w.Inputs.ExpiryWarningDays, w.Inputs.ExpiryErrorDays = tc.warn, tc.fail
			o := w.judgeEnd(tc.until, true)
			assert.Equal(t, tc.status, o.Status)
			assert.Equal(t, ExpiryFacts{Days: tc.days, Until: tc.until, Given: true}, o.Facts)
			assert.Contains(t, said(w, o), tc.textSaysTheOf)
			if tc.code != "" {
				assert.Equal(t, tc.code, o.Items[0].Code)
			}
		})
	}
}
