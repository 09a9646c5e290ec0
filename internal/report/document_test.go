package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// full is a report that has something of everything.
func full(text string) *Report {
	failed := with("access-token", check.Fail, false)
	failed.Text, failed.Items[0].Text, failed.Items[0].Code, failed.Elapsed = text, text, "AADSTS7000222", 210*time.Millisecond
	failed.Items[0].Finding = diagnosis.Diagnosis{Code: "AADSTS7000222", Headline: text, Cause: text, Who: diagnosis.ConnectionAdministrator,
		Steps: []string{text, "Open https://example.test/a_b."}, Link: "https://example.test/x", Ask: text, Confidence: diagnosis.Likely, Bound: 10 * time.Minute,
		Evidence: &evidence.Evidence{Method: "POST", Host: "login.example", Path: "/t", Status: 401, Message: text, Network: evidence.ConnectTimeout, NetworkDetail: text}}
	accepted := waived(with("locks", check.Fail, true))
	accepted.Items[0].Waiver.Because = text
	blocked := with("subscription", check.Skip, false)
	blocked.BlockedBy = []string{"access-token"}
	unasked := with("excess-rights", check.Skip, true)
	unasked.NotApplicable, unasked.NotAsked = true, true
	passed := with("network", check.Pass, false)
	passed.Notes = []string{text}
	days := 5
	results := []check.Result{passed, failed, blocked, unasked, accepted, with("clock", check.Unknown, true)}
	for i, layer := range []string{"network", "identity", "azure", "azure", "azure", "network"} {
		results[i].Layer, results[i].Title = layer, "is it well?"
	}
	return &Report{Results: results, FailOn: FailOnFail, Ready: text, DaysToExpiry: &days, Elapsed: 900 * time.Millisecond}
}

// document is a report's, with the texts of a diagnosis wherever a test has put one in the place of a finding.
func document(r *Report) Document {
	d := r.Document("armpreflight 1.0.0", time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Connection{ID: "0c5d8e17", Name: "prod"}, same)
	for i, result := range r.Results {
		for j, item := range result.Items {
			said, ok := item.Finding.(diagnosis.Diagnosis)
			if !ok {
				continue
			}
			f := &d.Checks[i].Findings[j]
			f.Decisive, f.Lines = said.Decisive, nil
			f.Cause, f.Who, f.Steps, f.Link, f.Ask = said.Cause, string(said.Who), said.Steps, said.Link, said.Ask
			f.Confidence, f.Minutes, f.Evidence = said.Confidence.String(), said.Bound.Minutes(), evidenceOf(said.Evidence)
		}
	}
	return d.Cleaned(same)
}

func TestADocumentIsReadBackAsItWasWritten(t *testing.T) {
	d := document(full("something is wrong"))
	text, err := json.Marshal(d)
	require.NoError(t, err)
	read, err := Read(strings.NewReader(string(text)))
	require.NoError(t, err)
	assert.Equal(t, d, read)
	assert.Equal(t, d, read.Cleaned(same), "and written again")

	var was, is page
	WriteLog(&was, document(full("something is wrong")), same)
	WriteLog(&is, read, same)
	assert.Equal(t, was.String(), is.String(), "the log too")
}

func TestWhatIsNoReportIsRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want error
	}{
		"nothing":              {"", ErrNoReport},
		"another JSON":         {`{"a":1}`, ErrNoReport},
		"a list":               {`[]`, ErrNoReport},
		"no checks":            {`{"schemaVersion":"1"}`, ErrNoReport},
		"a later version":      {`{"schemaVersion":"2","checks":[]}`, ErrOtherVersion},
		"a failOn of its own":  {`{"schemaVersion":"1","failOn":"##vso[task.complete]","checks":[]}`, errUnknownFailOn},
		"a status of its own":  {`{"schemaVersion":"1","checks":[{"status":"great"}]}`, errUnknownStatus},
		"a finding's of its":   {`{"schemaVersion":"1","checks":[{"status":"fail","findings":[{"status":"x"}]}]}`, errUnknownStatus},
		"more than a run says": {strings.Repeat(" ", MaxDocument+1), ErrNoReport},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(tc.text))
			assert.ErrorIs(t, err, tc.want)
		})
	}
}

// TestAReportThatNoRunWritesIsRefusedBeforeItIsDecoded: an object of two bytes takes hundreds when it's decoded.
func TestAReportThatNoRunWritesIsRefusedBeforeItIsDecoded(t *testing.T) {
	const start = `{"schemaVersion":"1","checks":[`
	for says, text := range map[string]string{
		"larger than 6 MiB":                       strings.Repeat(" ", MaxDocument+1),
		"nested deeper than 32 levels":            strings.Repeat("[", 33),
		"a text in it is longer than 256 KiB":     start + `{"status":"pass","text":"` + strings.Repeat("a", maxText+1) + `"}]}`,
		"more than 10000 checks":                  start + strings.Repeat(`{"status":"pass"},`, maxChecks) + `{"status":"pass"}]}`,
		"more than 50000 findings, notes, and st": start + `{"status":"pass","notes":[` + strings.Repeat(`"",`, maxWithin) + `""]}]}`,
	} {
		_, err := Read(strings.NewReader(text))
		assert.ErrorIs(t, err, ErrNoReport)
		assert.ErrorContains(t, err, says)
	}
}

// TestAReportOfTwoHundredConnectionsIsRead: each check of each fails, with all that a finding can have.
func TestAReportOfTwoHundredConnectionsIsRead(t *testing.T) {
	d := document(full("something is wrong"))
	failed := d.Checks[1]
	failed.Findings[0].Steps = []string{"one", "two", "three", "four"}
	d.Checks = slices.Repeat([]Check{failed}, 200*20)
	text, err := json.Marshal(d)
	require.NoError(t, err)
	read, err := Read(bytes.NewReader(text))
	require.NoError(t, err)
	assert.Equal(t, d, read)
	assert.Less(t, len(text), MaxDocument*3/4)
}

// nasty is text that would be something else in each of the forms.
const nasty = "a|b `c` <script>alert(1)</script> [x](javascript:alert(1)) ]]> & \"q\" # h\n- list\n1. one ~~s~~ **b** <!-- c"

func TestNothingInAReportIsMarkup(t *testing.T) {
	d := document(full(nasty))
	md := d.Markdown()
	for _, never := range []string{`[^\\]<`, `[^\\]\]\(`, `\n- list`, `[^\\]~`, "[^\\\\]`", `[^\\*]\*\*b`} {
		assert.NotRegexp(t, never, md)
	}
	for line := range strings.Lines(md) {
		if strings.HasPrefix(line, "|") {
			assert.Equal(t, 4, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), line)
		}
	}
	out, err := d.JUnit()
	require.NoError(t, err)
	var suite junitSuite
	require.NoError(t, xml.Unmarshal(out, &suite))
	assert.Equal(t, 6, suite.Tests)
	assert.Equal(t, 1, suite.Failures, "what is waived is none")
	assert.Equal(t, 3, suite.Skipped)
	require.NotNil(t, suite.Cases[1].Failure)
	assert.Contains(t, suite.Cases[1].Failure.Text, nasty)
}

func TestAGreenSummaryIsOneLine(t *testing.T) {
	d := document(&Report{Ready: "prod → Contoso", Results: []check.Result{with("network", check.Pass, false), with("clock", check.Unknown, true)}})
	assert.Equal(t, "### ARM Preflight: ready: prod → Contoso (0.0 s)\n\n", d.Markdown())
}

func TestWhatCleanTakesOutIsInNoForm(t *testing.T) {
	r := full("the secret hunter2hunter2 is wrong")
	r.Facts = []Fact{{ID: "agent", Label: "agent", Value: "hunter2hunter2"}}
	d := r.Document("t", time.Now(), Connection{Name: "hunter2hunter2"}, func(s string) string {
		return strings.ReplaceAll(s, "hunter2hunter2", "***")
	})
	text, err := json.Marshal(d)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "hunter2")
}

func FuzzRead(f *testing.F) {
	text, err := json.Marshal(document(full(nasty)))
	require.NoError(f, err)
	f.Add(string(text))
	f.Add(`{"schemaVersion":"1","checks":[{"id":"a","status":"fail","findings":[{"status":"fail","waived":{}}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		_ = d.Markdown()
		_, err = d.JUnit()
		require.NoError(t, err)
		_, err = d.HTML()
		require.NoError(t, err)
		var p page
		WriteLog(&p, d, same)
		_ = d.Cleaned(same)
	})
}

// advised is a report about creating a connection, with text everywhere.
func advised(text string) *Report {
	r := full(text)
	r.Advice = &diagnosis.Advice{Way: "automatic", Title: text, Why: text, Can: true, FileName: "connection.json", File: "{\n  \"name\": \"" + text + "\"\n}",
		Steps: []diagnosis.AdviceStep{{Who: diagnosis.ConnectionMaker, Text: text, Command: "az group create " + text}, {Who: diagnosis.SubscriptionOwner, Text: text}}}
	return r
}

func TestARecommendationIsReadBackAsItWasWritten(t *testing.T) {
	d := document(advised("plain words"))
	text, err := json.Marshal(d)
	require.NoError(t, err)
	read, err := Read(strings.NewReader(string(text)))
	require.NoError(t, err)
	assert.Equal(t, d, read)
	assert.Equal(t, d, read.Cleaned(same), "and written again")

	var p page
	WriteLog(&p, read, same)
	assert.Contains(t, p.String(), "recommendation: plain words\n")
	assert.Contains(t, p.String(), "\n                   az group create plain words\n", "a command has a line of its own")
	assert.Contains(t, p.String(), "   2.  subscription owner: plain words\n")
	assert.Contains(t, p.String(), "you can't yet: access-token failed (0.9 s)\n")
	assert.NotContains(t, p.String(), "ArmPreflight.FailOn", "there is no run to let go on")
}

func TestNothingInARecommendationIsMarkup(t *testing.T) {
	md := document(advised("a `b` ``c`` <script>alert(1)</script>\n```\n# h")).Markdown()
	assert.Contains(t, md, "``` az group create a `b` ``c`` <script>")
	assert.Contains(t, md, "\n````json\n", "the fence is longer than any in the file")
	inFence := false
	for line := range strings.Lines(md) {
		if strings.HasPrefix(line, "````") {
			inFence = !inFence
		}
		assert.False(t, !inFence && strings.HasPrefix(line, "# h"), md)
	}
	assert.False(t, inFence)
}

func TestTheVerdictAboutMakingAConnection(t *testing.T) {
	for want, status := range map[string]check.Status{
		"you can: Shop (by hand) (0.0 s)":                                        check.Pass,
		"you can: Shop (by hand), with a warning from a (0.0 s)":                 check.Warn,
		"you can't yet: a failed (0.0 s)":                                        check.Fail,
		"no problem found so far: Shop (by hand); couldn't determine: a (0.0 s)": check.Unknown,
	} {
		r := &Report{Ready: "Shop", Advice: &diagnosis.Advice{Title: "by hand"}, Results: []check.Result{with("a", status, false)}}
		assert.Equal(t, want, document(r).Line)
	}
}
