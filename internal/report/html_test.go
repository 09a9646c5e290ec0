package report

import (
	"bytes"
	"html/template"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestThePageIsWhatHTMLTemplateWrites compares the generated page with the template as Go's own contextual escaping runs it.
func TestThePageIsWhatHTMLTemplateWrites(t *testing.T) {
	oracle := template.Must(template.ParseFiles("page.html"))
	for _, said := range []string{"x", nasty, hostile, "", "\x00+'\"<>&`=", "https://example.test/?a=b&c=<d>"} {
		for _, r := range []*Report{rich(said), full(said), advised(said)} {
			d := document(r)
			for i := range d.Checks {
				for j := range d.Checks[i].Findings {
					d.Checks[i].Findings[j].Link = "https://example.test/" + said
				}
			}
			var want bytes.Buffer
			require.NoError(t, oracle.Execute(&want, d.page()))
			got, err := d.HTML()
			require.NoError(t, err)
			assert.Equal(t, want.String(), string(got), said)
		}
	}
}
