package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/audit"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// forecast reads the JSON of a forecast.
func (a audited) forecast(t *testing.T) audit.Forecast {
	t.Helper()
	var f audit.Forecast
	require.NoError(t, json.Unmarshal([]byte(a.out), &f), a.out+a.stderr)
	return f
}

// TestTheForecastOfEveryMatter: each connection of scenario.Audited that stops has its day, and what's known about it.
func TestTheForecastOfEveryMatter(t *testing.T) {
	got := auditing{args: []string{"--format", "json", "--forecast", "300"}, person: true}.run(t)
	assert.Equal(t, ExitFindings, got.code, got.stderr)
	assert.Empty(t, got.cloud.Violations())
	f := got.forecast(t)
	type date struct {
		kind      audit.DateKind
		day       string
		certainty audit.Certainty
	}
	found := map[string][]date{}
	last := time.Time{}
	for _, e := range f.Dates {
		assert.False(t, e.At.Before(last), "the next first")
		last = e.At
		found[e.Name] = append(found[e.Name], date{e.Kind, e.Day, e.Certainty})
		assert.NotEmpty(t, e.Steps, e.Name)
		assert.NotEmpty(t, e.Who, e.Name)
		assert.Contains(t, e.Text, "'"+e.Name+"'", "its steps and its headline are about it")
	}
	for name, want := range map[string][]date{
		"healthy":               nil,
		"secret":                {{audit.SecretEnds, "2027-06-11", audit.Certain}},
		"secret-expiring":       {{audit.SecretEnds, "2026-12-02", audit.Certain}},
		"secret-expired":        nil,
		"secrets-two":           {{audit.SecretEnds, "2027-01-12", audit.Likely}, {audit.SecretEnds, "2027-02-21", audit.Possible}},
		"issuer-retiring":       {{audit.IssuerRetires, "2027-07-01", audit.Certain}},
		"docker-registry":       {{audit.IssuerRetires, "2027-07-01", audit.Likely}},
		"issuer-of-multitenant": nil,
		"disabling":             {{audit.UnusedDisables, "2026-12-08", audit.Likely}},
		"unused":                nil, // a job failed with it two days ago
		"never-used":            {{audit.UnusedDisables, "2026-03-03", audit.Possible}},
		"converted":             {{audit.RevertEnds, "2026-11-28", audit.Certain}},
		"disabled":              nil,
		"draft":                 nil,
		"failed-half-way":       nil,
	} {
		assert.Equal(t, want, found[name], name)
	}
	for _, e := range f.Dates {
		switch {
		case e.Name == "disabling":
			at := e.Pipelines[0].Last
			assert.Equal(t, []audit.Pipeline{{Name: "yearly", Project: "Shop", Runs: 1, Last: at}, {Name: "report", Project: "Shop", Runs: 1, Last: at.AddDate(0, 0, -3)}}, e.Pipelines)
		case e.Name == "never-used":
			assert.Empty(t, e.Pipelines)
			assert.Equal(t, "Azure DevOps might disable connection 'never-used' at any time, because nothing has used it for 100 days", e.Text)
		case e.Kind == audit.RevertEnds:
			assert.False(t, e.Stops)
		}
	}
}

// TestAForecastEndsAfterItsDays, and includes dates that have passed.
func TestAForecastEndsAfterItsDays(t *testing.T) {
	sameCodeAsOthers(t)
	for days, want := range map[string]string{"4": "never-used", "8": "never-used converted", "5": "never-used converted", "9": "never-used converted secret-expiring"} {
		f := auditing{args: []string{"--format", "json", "--forecast", days}, person: true}.run(t).forecast(t)
		var names []string
		for _, e := range f.Dates {
			names = append(names, e.Name)
		}
		assert.Equal(t, strings.Fields(want), names, days)
	}
}

// TestAForecastSaysWhatItDidNotSee: without a history, no date depends on use, and a token that can't read applications
// doesn't make the retirement certain.
func TestAForecastSaysWhatItDidNotSee(t *testing.T) {
	f := auditing{args: []string{"--format", "json", "--forecast", "300"}, environ: []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}, spoil: answers("/executionhistory", `{}`)}.run(t).forecast(t)
	var kinds []audit.DateKind
	for _, e := range f.Dates {
		kinds = append(kinds, e.Kind)
		assert.Equal(t, "the response couldn't be read", e.PipelinesUnseen)
		if e.Kind == audit.IssuerRetires {
			assert.Equal(t, audit.Likely, e.Certainty)
		}
	}
	assert.Equal(t, []audit.DateKind{audit.RevertEnds, audit.IssuerRetires, audit.IssuerRetires, audit.IssuerRetires, audit.IssuerRetires}, kinds)
	assert.NotEmpty(t, f.NotSeen)
}

// TestAForecastOfPartsIsThatOfTheWhole in every format.
func TestAForecastOfPartsIsThatOfTheWhole(t *testing.T) {
	sameCodeAsOthers(t)
	dir := t.TempDir()
	var names []string
	for _, position := range []string{"1", "2", "3"} {
		part := auditing{args: []string{"--format", "json"}, person: true, environ: []string{"SYSTEM_JOBPOSITIONINPHASE=" + position, "SYSTEM_TOTALJOBSINPHASE=3"}}.run(t)
		name := filepath.Join(dir, "part-"+position+".json")
		require.NoError(t, os.WriteFile(name, []byte(part.out), 0o600))
		names = append(names, name)
	}
	merge := func(format string) (int, string, string) {
		var out, stray bytes.Buffer
		code := Main(t.Context(), Env{Args: append([]string{"audit", "merge", "--forecast", "120", "--format", format}, names...), Stdout: &out, Stderr: &stray, Now: time.Now,
			Open: func(name string) (io.ReadCloser, error) { return os.Open(name) }})
		return code, out.String(), stray.String()
	}
	for _, format := range []string{"text", "json", "html", "markdown", "ics"} {
		whole := auditing{args: []string{"--format", format, "--forecast", "120"}, person: true}.run(t)
		code, out, stray := merge(format)
		assert.Equal(t, ExitFindings, code, stray)
		assert.Equal(t, whole.out, out)
		assert.Contains(t, out, "secret-expiring")
		for _, never := range []string{"##vso[", "<b>x", "| <b>"} {
			if format != "json" { // which has it within quotes
				assert.True(t, format == "text" && never != "##vso[" || !strings.Contains(out, never), never)
			}
		}
	}
	old, err := os.ReadFile(names[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(names[0], bytes.Replace(old, []byte(`"dated": true`), []byte(`"dated": false`), 1), 0o600))
	code, out, stray := merge("json")
	assert.Equal(t, ExitUsage, code)
	assert.Empty(t, out)
	assert.Contains(t, stray, "an audit without dates has no forecast")
}

func TestAForecastThatCannotBeMade(t *testing.T) {
	for args, says := range map[string]string{
		"--forecast -1":                "--forecast must be 1 to 3650 days",
		"--forecast 3651":              "--forecast must be 1 to 3650 days",
		"--forecast 9 --format csv":    "with --forecast, --format must be",
		"--forecast 9 --format nobody": "with --forecast, --format must be",
	} {
		got := auditing{args: strings.Fields(args), person: true}.run(t)
		assert.Equal(t, ExitUsage, got.code, args)
		assert.Contains(t, got.stderr, says, args)
	}
}

// TestADisabledConnectionSaysWhoDidIt: Azure DevOps doesn't disable what was used or created within 100 days.
func TestADisabledConnectionSaysWhoDidIt(t *testing.T) {
	sameCodeAsOthers(t)
	const unused, both = `{"value":[]}`, "connection 'disabled' is disabled, by someone or because nothing used it for 100 days"
	for history, want := range map[string]string{
		`{"value":[{"data":{"finishTime":"2026-11-01T11:00:00Z","result":"failed"}}]}`: "someone disabled connection 'disabled', which was used on 2026-11-01, less than 100 days ago",
		`{"value":[{"data":{"finishTime":"2026-08-01T11:00:00Z","result":"failed"}}]}`: "connection 'disabled' is disabled, by someone or because nothing used it for 100 days",
		unused: both,
	} {
		for _, c := range (auditing{args: []string{"--format", "json"}, person: true, spoil: answers("/executionhistory", history)}).run(t).document(t).Connections {
			if c.Name == "disabled" {
				assert.Equal(t, want, c.Findings[0].Text)
			}
		}
	}
	for age, want := range map[int]string{99: "someone disabled connection 'disabled', which was created on 2026-08-16, less than 100 days ago", 100: both} {
		world := func(now func() time.Time) *cloud.World {
			w := scenario.Audited(now)
			for i := range w.Organizations[0].Projects[0].Connections {
				if c := &w.Organizations[0].Projects[0].Connections[i]; c.Name == "disabled" {
					c.Created = now().AddDate(0, 0, -age)
				}
			}
			return w
		}
		for _, c := range (auditing{world: world, args: []string{"--format", "json"}, person: true, spoil: answers("/executionhistory", unused)}).run(t).document(t).Connections {
			if c.Name == "disabled" {
				assert.Equal(t, want, c.Findings[0].Text)
			}
		}
	}
}
