package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/audit"
	"armpreflight/internal/report"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// auditOf audits the organization of a scenario of a run, as Ada. prepare may change it.
func auditOf(t *testing.T, name string, prepare func(*scenario.Run), args ...string) auditing {
	t.Helper()
	world := func(now func() time.Time) *cloud.World {
		s, ok := scenario.Find(name)
		require.True(t, ok, name)
		run := s.Start(now)
		if prepare != nil {
			prepare(run)
		}
		w, ada := run.World, scenario.Audited(now)
		w.Tenants[0].People, w.Organizations[0].People = ada.Tenants[0].People, ada.Organizations[0].People
		return w
	}
	return auditing{world: world, args: args, person: true}
}

// mergeFiles is what audit merge makes of files.
func mergeFiles(t *testing.T, args ...string) audited {
	t.Helper()
	var out, stray bytes.Buffer
	code := Main(t.Context(), Env{Args: append([]string{"audit", "merge"}, args...), Stdout: &out, Stderr: &stray, Now: time.Now,
		Open: func(name string) (io.ReadCloser, error) { return os.Open(name) }})
	return audited{code: code, out: out.String(), stderr: stray.String()}
}

// written is a file with what an audit wrote.
func (a audited) written(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "audit.json")
	require.NoError(t, os.WriteFile(name, []byte(a.out), 0o600))
	return name
}

// said are the texts of the findings of a run with a code.
func said(d report.Document, code string) (texts []string) {
	for _, c := range d.Checks {
		for _, f := range c.Findings {
			if f.Code == code {
				texts = append(texts, f.Text)
			}
		}
	}
	return texts
}

// dated are the dates of a connection in a forecast.
func (a audited) dated(t *testing.T, connection string) (dates []audit.Expected) {
	t.Helper()
	for _, e := range a.forecast(t).Dates {
		if e.ID == connection {
			dates = append(dates, e)
		}
	}
	return dates
}

// TestARunAndAForecastSayTheSame of a secret, a certificate, and the issuer.
func TestARunAndAForecastSayTheSame(t *testing.T) {
	for name, tc := range map[string]struct{ connection, code string }{
		"healthy-expiry-by-graph": {cloud.ContosoKeyConnectionID, "secret-expiring"},
		"healthy-certificate":     {cloud.ContosoCertificateConnectionID, "certificate-expiring"},
		"issuer-retiring":         {cloud.ContosoFederationConnectionID, "issuer-retiring"},
	} {
		var day time.Time // of the run: a token's, in the scenario of the issuer
		ran := said(reported(t, play(t, name, func(b *bubble) {
			b.Step.Inputs["expiryWarningDays"] = "3650"
			for _, c := range b.World.Organizations[0].Projects[0].Connections {
				if c.ID == tc.connection {
					day = c.TokenIssued
				}
			}
		})), tc.code)
		require.Len(t, ran, 1, name)
		part := auditOf(t, name, func(r *scenario.Run) { used(r, time.Hour) }, "--format", "json").run(t).document(t)
		if !day.IsZero() {
			part.Checked = day
		}
		f, err := part.Forecast(365)
		require.NoError(t, err)
		var texts []string
		for _, e := range f.Dates {
			if e.ID == tc.connection {
				texts = append(texts, e.Text)
			}
		}
		assert.Equal(t, ran, texts, name)
	}
}

// used makes the last use of each connection that old.
func used(r *scenario.Run, ago time.Duration) {
	connections := r.World.Organizations[0].Projects[0].Connections
	for i := range connections {
		connections[i].Uses = []cloud.Use{{Finished: time.Now().Add(-ago), Result: "succeeded"}}
	}
}

// TestReportsAddTheirDays to an audit that they're merged with.
func TestReportsAddTheirDays(t *testing.T) {
	sameCodeAsOthers(t)
	type date struct {
		kind      audit.DateKind
		day       string
		certainty audit.Certainty
		text      string
		pipelines string
	}
	const deploy = "deploy"
	secret := date{kind: audit.SecretEnds, day: "2027-01-24", certainty: audit.Certain, text: "the client secret of connection 'prod-key' expires on 2027-01-24, in 62 days", pipelines: deploy}
	deletion := date{kind: audit.SubscriptionEnds, day: "2027-02-21", certainty: audit.Possible,
		text: "the subscription of connection 'prod-key' is disabled, and Azure might delete it by 2027-02-21, in 90 days, or earlier", pipelines: deploy}
	given := date{kind: audit.SecretEnds, day: "2026-11-28", certainty: audit.Possible, text: "the client secret of connection 'prod-key' expires on 2026-11-28, in 5 days, according to the input credentialExpiresOn", pipelines: deploy}
	likely := given
	likely.certainty = audit.Likely
	for name, tc := range map[string]struct {
		scenario string
		failOn   string
		blind    bool // the audit reads no applications
		want     []date
	}{
		"the input credentialExpiresOn":              {scenario: "expiry-given-near", want: []date{given, secret}},
		"the input, and the application isn't read":  {scenario: "expiry-given-near", blind: true, want: []date{likely}},
		"the secret, and the application isn't read": {scenario: "healthy-expiry-by-graph", blind: true, want: []date{{kind: audit.SecretEnds, day: "2027-01-24", certainty: audit.Likely, text: secret.text, pipelines: deploy}}},
		"the secret": {scenario: "healthy-expiry-by-graph", want: []date{secret}},
		"a waiver": {scenario: "waived-failure", want: []date{
			{kind: audit.WaiverExpires, day: "2026-11-30", certainty: audit.Likely, text: "the waiver for check 'subscription' of connection 'prod-key' expires on 2026-11-30, in 7 days", pipelines: "ship it"}, secret, deletion}},
		"a waiver that nothing depends on": {scenario: "waived-failure", failOn: "never", want: []date{secret, deletion}},
		"a waiver that has ended":          {scenario: "waiver-ended", want: []date{secret, deletion}},
		"a disabled subscription":          {scenario: "subscription-disabled", want: []date{secret, deletion}},
		"nothing":                          {scenario: "healthy", want: []date{secret}},
	} {
		t.Run(name, func(t *testing.T) {
			ran := play(t, tc.scenario, func(b *bubble) {
				b.Variable("build.definitionName", "ship it", false)
				b.Step.Inputs["failOn"] = tc.failOn
			})
			auditing := auditOf(t, tc.scenario, func(r *scenario.Run) { used(r, time.Hour) }, "--format", "json")
			if tc.blind {
				auditing.person, auditing.environ = false, []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}
			}
			a := auditing.run(t)
			got := mergeFiles(t, "--forecast", "100", "--format", "json", reportFile(t, ran), a.written(t))
			var dates []date
			for _, e := range got.dated(t, cloud.ContosoKeyConnectionID) {
				require.Len(t, e.Pipelines, 1)
				assert.NotEmpty(t, e.Steps)
				dates = append(dates, date{e.Kind, e.Day, e.Certainty, e.Text, e.Pipelines[0].Name})
			}
			assert.Equal(t, tc.want, dates)
			// What was merged can be merged again, with the same dates.
			again := mergeFiles(t, "--format", "json", reportFile(t, ran), a.written(t))
			assert.Equal(t, got.out, mergeFiles(t, "--forecast", "100", "--format", "json", again.written(t)).out)
			calendar := mergeFiles(t, "--forecast", "100", "--format", "ics", again.written(t))
			assert.Equal(t, len(got.forecast(t).Dates), strings.Count(calendar.out, "BEGIN:VEVENT"))
		})
	}
}

// TestAReportThatIsNotMerged: of another connection, or not whole.
func TestAReportThatIsNotMerged(t *testing.T) {
	ran := reportFile(t, play(t, "expiry-given-near", func(*bubble) {}))
	elsewhere := mergeFiles(t, "--forecast", "100", "--format", "json", ran, auditing{args: []string{"--format", "json"}, person: true}.run(t).written(t))
	assert.Contains(t, elsewhere.forecast(t).NotSeen, audit.NotSeen{What: "reports of 1 connection", Why: "this audit doesn't have the connection"})
	alone := mergeFiles(t, ran)
	assert.Equal(t, ExitUsage, alone.code)
	assert.Contains(t, alone.stderr, "no parts were given")
	text, err := os.ReadFile(ran)
	require.NoError(t, err)
	for says, broken := range map[string][]byte{
		"it isn't the JSON of an audit":     text[:len(text)/2],
		"a later version wrote this report": bytes.Replace(text, []byte(`"schemaVersion": "1"`), []byte(`"schemaVersion": "9"`), 1),
	} {
		name := filepath.Join(t.TempDir(), "report.json")
		require.NoError(t, os.WriteFile(name, broken, 0o600))
		got := mergeFiles(t, name)
		assert.Equal(t, ExitUsage, got.code)
		assert.Contains(t, got.stderr, says)
	}
}
