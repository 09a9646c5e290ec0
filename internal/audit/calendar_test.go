package audit

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hostile is a name with what a calendar has a meaning for.
const hostile = "prod\r\nEND:VEVENT\nBEGIN:VALARM; a, b \\n c:d \"e\" 日本語 \x00\xff"

// dated is an audit of a connection whose secret expires after so many days, checked at a moment.
func dated(checked time.Time, days int) Document {
	return Document{Organization: "https://dev.azure.com/contoso", Checked: checked, Dated: true, Connections: []Connection{{
		ID: "0C5D8E17-a3f4-4b92-8d60-e7b1f2c94a35", Name: hostile, Projects: []string{"Shop"}, Project: "Shop", Scheme: "service principal with a secret",
		Link:      "https://dev.azure.com/contoso/Shop/_settings/adminservices?resourceId=0c5d8e17",
		Dates:     []Date{{Kind: SecretEnds, At: checked.AddDate(0, 0, days), Certainty: Certain, Basis: "the application has no other valid secret"}},
		Pipelines: []Pipeline{{Name: strings.Repeat("größer, ", 40), Project: "Shop", Runs: 3, Last: checked}},
	}}}
}

func calendarOf(t *testing.T, d Document) (string, []ical.Event) {
	t.Helper()
	f, err := d.Forecast(120)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, f.Render(&b, "ics"))
	c, err := ical.NewDecoder(strings.NewReader(b.String())).Decode()
	require.NoError(t, err, b.String())
	require.NoError(t, ical.NewEncoder(&bytes.Buffer{}).Encode(c), "the other library checks what an event must have")
	return b.String(), c.Events()
}

// TestAnotherLibraryReadsTheCalendar, and the day is the same in every time zone.
func TestAnotherLibraryReadsTheCalendar(t *testing.T) {
	checked := time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC)
	text, events := calendarOf(t, dated(checked, 8))
	require.Len(t, events, 1)
	for physical := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		assert.LessOrEqual(t, len(physical), 75, physical)
		assert.True(t, utf8.ValidString(physical))
		assert.NotContains(t, physical, "\r")
		assert.NotContains(t, physical, "\n")
	}
	for _, hours := range []int{-11, 0, 13} {
		zone := time.FixedZone("", hours*3600)
		start, err := events[0].DateTimeStart(zone)
		require.NoError(t, err)
		assert.Equal(t, "2026-12-02 00:00", start.Format("2006-01-02 15:04"))
		end, err := events[0].DateTimeEnd(zone)
		require.NoError(t, err)
		assert.Equal(t, "2026-12-03", end.Format(time.DateOnly))
		d := dated(checked.In(zone), 8)
		same, _ := calendarOf(t, d)
		assert.Equal(t, text, same, "the zone of the machine changes nothing")
	}
	summary, err := events[0].Props.Text("SUMMARY")
	require.NoError(t, err)
	assert.Equal(t, `prod END:VEVENT BEGIN:VALARM; a, b \n c:d "e" 日本語 `+"\uFFFD: secret expires", summary)
	description, err := events[0].Props.Text("DESCRIPTION")
	require.NoError(t, err)
	assert.Contains(t, description, "\ncertain: the application has no other valid secret\npipelines: größer, größer,")
	assert.Contains(t, description, "\nwho: application owner\n1. ")
	assert.Equal(t, "DATE", events[0].Props.Get("DTSTART").Params.Get("VALUE"))
}

// TestASecondImportMovesTheEvent: a program finds an event by its UID, and takes what has a higher sequence number.
func TestASecondImportMovesTheEvent(t *testing.T) {
	checked := time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)
	imported := map[string]ical.Event{}
	for _, d := range []Document{dated(checked, 8), dated(checked.AddDate(0, 0, 7), 90)} {
		_, events := calendarOf(t, d)
		for _, e := range events {
			uid, err := e.Props.Text("UID")
			require.NoError(t, err)
			if known, ok := imported[uid]; ok {
				before, err := known.Props.Get("SEQUENCE").Int()
				require.NoError(t, err)
				after, err := e.Props.Get("SEQUENCE").Int()
				require.NoError(t, err)
				assert.Greater(t, after, before)
			}
			imported[uid] = e
		}
	}
	require.Len(t, imported, 1)
	event := imported["0c5d8e17-a3f4-4b92-8d60-e7b1f2c94a35-secret-expiry@armpreflight"]
	start, err := event.DateTimeStart(time.UTC)
	require.NoError(t, err)
	assert.Equal(t, "2027-03-01", start.Format(time.DateOnly))
}

// TestEachCredentialHasAnEvent: the one that's probably in use keeps the UID of an only one.
func TestEachCredentialHasAnEvent(t *testing.T) {
	checked := time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)
	d := dated(checked, 8)
	only := d.Connections[0].Dates[0]
	other := only
	other.Certainty, other.Credential = Possible, "5b1d3a0e-6c1f-4f0e-8a57-21f3b6a7c9d0"
	d.Connections[0].Dates = append(d.Connections[0].Dates, other)
	_, events := calendarOf(t, d)
	uids := map[string]bool{}
	for _, e := range events {
		uid, err := e.Props.Text("UID")
		require.NoError(t, err)
		uids[uid] = true
	}
	id := d.Connections[0].ID + "-secret-expiry"
	assert.Contains(t, uids, strings.ToLower(id)+"@armpreflight")
	assert.Contains(t, uids, strings.ToLower(id)+"-5b1d3a0e-6c1f-4f0e-8a57-21f3b6a7c9d0@armpreflight")
	assert.Len(t, uids, len(events))
}

func TestAnEmptyForecastIsACalendar(t *testing.T) {
	f, err := Document{Organization: "https://dev.azure.com/contoso", Dated: true}.Forecast(120)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, f.Render(&b, "ics"))
	assert.True(t, strings.HasPrefix(b.String(), "BEGIN:VCALENDAR\r\n"))
	assert.True(t, strings.HasSuffix(b.String(), "END:VCALENDAR\r\n"))
}
