package web

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/evidence"
)

func TestSkewIsThisClockMinusTheServers(t *testing.T) {
	date := func(at time.Time) string { return "Date: " + at.UTC().Format(http.TimeFormat) }
	tests := []struct {
		name   string
		ahead  time.Duration // of this machine
		flight time.Duration
		header func(now time.Time) []string
		rule   Rule
		to     string
		want   time.Duration
		none   bool
	}{
		{name: "clocks agree"},
		{name: "this machine is ten minutes ahead", ahead: 10 * time.Minute, want: 10 * time.Minute},
		{name: "this machine is ten minutes behind", ahead: -10 * time.Minute, want: -10 * time.Minute},
		{name: "less than a second is not seen", ahead: 900 * time.Millisecond},
		{name: "half of the way is taken off", flight: 6 * time.Second, want: 0},
		{name: "an answer without a date", header: func(time.Time) []string { return nil }, none: true},
		{name: "a date that is none", header: func(time.Time) []string { return []string{"Date: today"} }, none: true},
		{name: "an answer out of a cache", header: func(now time.Time) []string { return []string{date(now), "Age: 300"} }, none: true},
		{name: "the metadata service, by http", rule: Rule{Service: evidence.ManagedIdentity, Plain: []string{"169.254.169.254"}}, to: "http://169.254.169.254/", none: true},
		{name: "a host of no known service", rule: Rule{Hosts: []string{"management.azure.com"}}, none: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				now := func() time.Time { return time.Now().Add(tt.ahead) }
				c := offline(t, Config{Now: now}, func(*http.Request) (*http.Response, error) {
					<-time.After(tt.flight / 2)
					header := []string{date(time.Now())}
					if tt.header != nil {
						header = tt.header(time.Now())
					}
					<-time.After(tt.flight - tt.flight/2)
					return answer(200, "{}", header...), nil
				})
				rule, to := tt.rule, tt.to
				if rule.Hosts == nil && rule.Plain == nil {
					rule = armRule
				}
				if to == "" {
					to = "https://management.azure.com/"
				}
				_, err := get(t, t.Context(), c.For(rule), to)
				require.NoError(t, err)
				skew, host, ok := c.Skew()
				assert.Equal(t, !tt.none, ok)
				assert.Equal(t, tt.want, skew)
				if ok {
					assert.Equal(t, "management.azure.com", host)
				}
			})
		})
	}
}

func TestTheQuickestAnswerTellsTheTime(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	header := func(ahead time.Duration) http.Header {
		return http.Header{"Date": {at.Add(-ahead).Format(http.TimeFormat)}}
	}
	c := online(t, Config{})
	c.skew.add("slow", at, at.Add(4*time.Second), header(0))
	c.skew.add("quick", at, at.Add(20*time.Millisecond), header(time.Minute))
	c.skew.add("slower", at, at.Add(5*time.Second), header(time.Hour))
	c.skew.add("back in time", at, at.Add(-time.Second), header(time.Hour))
	skew, host, ok := c.Skew()
	assert.True(t, ok)
	assert.Equal(t, "quick", host)
	assert.Equal(t, time.Minute, skew)
}

func TestAColdConnectionDoesNotBlurTheClock(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	s := newSite(t, ca.issue(t, nil, "management.azure.com"), true, hello)
	c := online(t, Config{Roots: ca.roots(), Dial: dialTo(map[string]string{"management.azure.com:443": s.address})})
	_, err := get(t, t.Context(), c.For(armRule), armAddress)
	require.NoError(t, err)
	skew, _, ok := c.Skew()
	require.True(t, ok)
	assert.LessOrEqual(t, skew.Abs(), time.Second)
}
