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
		"far away":                           {day(60), 14, 0, check.Pass, "", 59, "2027-01-22"},
		"within the days to warn":            {day(14), 14, 0, check.Warn, "secret-expiring", 13, "2026-12-07"},
		"not yet within them":                {day(15), 14, 0, check.Pass, "", 14, "2026-12-08"},
		"within the days to fail":            {day(5), 14, 7, check.Fail, "secret-expiring", 4, "2026-11-28"},
		"good to the end of the day":         {day(1), 14, 0, check.Warn, "secret-expiring", 0, "2026-11-24"},
		"over":                               {day(0), 14, 0, check.Warn, "secret-expired", 0, "2026-11-23"},
		"over, and it still works: no fail":  {day(-30), 14, 30, check.Warn, "secret-expired", -30, "2026-10-24"},
		"no days to warn, and the day given": {day(5), 0, 0, check.Pass, "", 4, "2026-11-28"},
	} {
		t.Run(name, func(t *testing.T) {
			w := &World{Redact: func(s string) string { return s }, Link: func(string) string { return "" }, Now: func() time.Time { return now }}
			w.Inputs.ExpiryWarningDays, w.Inputs.ExpiryErrorDays = tc.warn, tc.fail
			o := w.judgeEnd(&state{}, tc.until, tc.until.AddDate(0, 0, -1), "yes")
			assert.Equal(t, tc.status, o.Status)
			assert.Equal(t, ExpiryFacts{Days: tc.days}, o.Facts)
			assert.Contains(t, said(w, o), tc.textSaysTheOf)
			if tc.code != "" {
				assert.Equal(t, tc.code, o.Items[0].Code)
			}
		})
	}
}
