package audit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestReportsSayWhichCredentialIsInUse, unless the connection was changed later.
func TestReportsSayWhichCredentialIsInUse(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, time.November, day, 6, 0, 0, 0, time.UTC) }
	now, first, last := at(10), at(20), at(25)
	guess := []Date{{Kind: SecretEnds, At: first, Certainty: Likely, Basis: "a guess"}, {Kind: SecretEnds, At: last, Certainty: Possible, Basis: "another", Credential: "b"},
		{Kind: UnusedDisables, At: last, Certainty: Likely, Basis: "unused"}}
	const ran = "a run on 2026-11-09 read the date from Microsoft Graph"
	for name, tc := range map[string]struct {
		reports  []RunReport
		modified time.Time
		state    string
		want     []Date
	}{
		"another one than was guessed": {reports: []RunReport{{Started: at(9), Ends: last}}, want: []Date{
			{Kind: SecretEnds, At: first, Certainty: Possible, Credential: first.Format(time.RFC3339), Basis: "it's a valid credential of the application, but " + ran + " of the one that expires on 2026-11-25"},
			{Kind: SecretEnds, At: last, Certainty: Likely, Basis: ran}, guess[2]}},
		"the newest run counts": {reports: []RunReport{{Started: at(9), Ends: last}, {Started: at(8), Ends: first}}, want: []Date{
			{Kind: SecretEnds, At: first, Certainty: Possible, Credential: first.Format(time.RFC3339), Basis: "it's a valid credential of the application, but " + ran + " of the one that expires on 2026-11-25"},
			{Kind: SecretEnds, At: last, Certainty: Likely, Basis: ran}, guess[2]}},
		"the connection was changed after the run": {reports: []RunReport{{Started: at(7), Ends: last}}, modified: at(8), want: guess},
		"that secret is gone":                      {reports: []RunReport{{Started: at(9), Ends: at(22)}}, want: guess},
		"it's over":                                {reports: []RunReport{{Started: at(9), Ends: at(9)}}, want: guess},
		"a certificate isn't a secret":             {reports: []RunReport{{Started: at(9), Ends: last, Certificate: true}}, want: guess},
		"a run of another connection":              {reports: []RunReport{{Connection: "x", Started: at(9), Ends: last}}, want: guess},
		"the connection is disabled":               {reports: []RunReport{{Started: at(9), Ends: last}}, state: StateDisabled, want: guess},
		"no report":                                {want: guess},
	} {
		d := Document{Checked: now, Connections: []Connection{{ID: "C", State: StateReady, Modified: tc.modified, Expires: first, Dates: append([]Date{}, guess...)}}}
		if tc.state != "" {
			d.Connections[0].State = tc.state
		}
		for i := range tc.reports {
			if tc.reports[i].Connection == "" {
				tc.reports[i].Connection = "c" // letter case doesn't matter
			}
		}
		d.Add(tc.reports)
		assert.Equal(t, tc.want, d.Connections[0].Dates, name)
	}
}

// TestTheNewestReportOfEachPipelineCounts for what a pipeline decides, and all of them for the subscription.
func TestTheNewestReportOfEachPipelineCounts(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, time.November, day, 6, 0, 0, 0, time.UTC) }
	shop, billing := Pipeline{Name: "deploy", Project: "Shop"}, Pipeline{Name: "deploy", Project: "Billing"}
	waiver := func(day int) []Waiver {
		return []Waiver{{Check: "permissions", Code: "permission-missing", Until: at(day)}}
	}
	d := Document{Checked: at(10), Connections: []Connection{{ID: "c", State: StateReady}}}
	d.Add([]RunReport{
		{Connection: "c", Pipeline: shop, Started: at(3), Subscription: SubscriptionDisabled, Ends: at(13), Given: true},
		{Connection: "c", Pipeline: shop, Started: at(4), Subscription: SubscriptionUsable, Waivers: waiver(12)},
		{Connection: "c", Pipeline: shop, Started: at(6), Subscription: SubscriptionDisabled, Waivers: waiver(20), Ends: at(28), Given: true},
		{Connection: "c", Pipeline: billing, Started: at(7), Subscription: SubscriptionDisabled, Waivers: waiver(14), Ends: at(27), Given: true},
		{Connection: "c", Pipeline: billing, Started: at(5), Waivers: waiver(30)},
		{Connection: "c", Started: at(8), Waivers: waiver(9)}, // over
	})
	type date struct{ kind, day, pipeline string }
	var got []date
	keys := map[string]bool{}
	for _, e := range d.Connections[0].Dates {
		one := date{kind: string(e.Kind), day: day(e.At)}
		if e.Pipeline != nil {
			one.pipeline = e.Pipeline.Project
		}
		got = append(got, one)
		keys[Expected{Date: e, ID: "c"}.key()] = true
	}
	assert.Equal(t, []date{{"waiver-expiry", "2026-11-14", "Billing"}, {"waiver-expiry", "2026-11-20", "Shop"}, {"secret-expiry", "2026-11-27", ""}, {"subscription-end", "2027-02-04", ""}}, got)
	assert.Len(t, keys, len(got), "each has its own event")
}
