package audit

import (
	"bytes"
	"html/template"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestThePageIsWhatHTMLTemplateWrites compares the generated page with the template as Go's own contextual escaping runs it.
func TestThePageIsWhatHTMLTemplateWrites(t *testing.T) {
	oracle := template.Must(template.New("page.html").Funcs(template.FuncMap{
		"day": day, "projects": projects, "severityWord": severityWord, "stateWords": stateWords, "minute": minute,
	}).ParseFiles("page.html"))
	at := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for _, said := range []string{"x", "", `</td><script>alert(1)</script>`, `" onmouseover="alert(1)`, "\x00+'\"<>&`="} {
		c := Connection{ID: said, Name: said, Project: said, Projects: []string{said, "b"}, Link: "https://example.test/" + said, Scheme: said, CreationMode: said,
			Issuer: said, Federated: said, ScopeLevel: said, ScopeName: said, State: said, StateMessage: said, Expires: at, Recommendation: said,
			Findings: []Finding{{Severity: Fail, Code: "x", Text: said}}, Unseen: []Unseen{{said, said}, {said, said}}}
		d := Document{Tool: said, Organization: said, Reader: said, Checked: at, Connections: []Connection{c, {}}, NotSeen: []NotSeen{{What: said, Why: said, Project: said}}}
		var want, got bytes.Buffer
		require.NoError(t, oracle.Execute(&want, d))
		require.NoError(t, d.Render(&got, "html"))
		assert.Equal(t, want.String(), got.String(), said)
	}
}

func TestTheForecastIsWhatHTMLTemplateWrites(t *testing.T) {
	oracle := template.Must(template.New("forecast.html").Funcs(template.FuncMap{"day": day, "minute": minute}).ParseFiles("forecast.html"))
	at := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for _, said := range []string{"x", "", `</h3><script>alert(1)</script>`, `" onmouseover="alert(1)`, "\x00+'\"<>&`="} {
		d := Document{Tool: said, Organization: said, Reader: said, Checked: at, Dated: true, NotSeen: []NotSeen{{What: said, Why: said, Project: said}},
			Connections: []Connection{{ID: said, Name: said, Projects: []string{said, "b"}, Link: "https://example.test/" + said, Pipelines: []Pipeline{{Name: said, Project: said}},
				Dates: []Date{{Kind: SecretEnds, At: at.AddDate(0, 0, 9), Certainty: Certain, Basis: said}, {Kind: RevertEnds, At: at.AddDate(0, 0, 60)}}}}}
		f, err := d.Forecast(120)
		require.NoError(t, err)
		f.Dates[0].Day = said // even where it could be anything
		var want, got bytes.Buffer
		require.NoError(t, oracle.Execute(&want, f.view()))
		require.NoError(t, f.Render(&got, "html"))
		assert.Equal(t, want.String(), got.String(), said)
	}
}

func TestALinkThatIsNoAddressOfTheWebLeadsNowhere(t *testing.T) {
	var got bytes.Buffer
	require.NoError(t, Document{Connections: []Connection{{Name: "x", Link: "javascript:alert(1)"}}}.Render(&got, "html"))
	assert.Contains(t, got.String(), `<a href="#">x</a>`)
	assert.NotContains(t, got.String(), "javascript")
}
