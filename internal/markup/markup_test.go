package markup

import (
	"html/template"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzTheSameAsHTMLTemplate compares with Go's own contextual escaping, in each place that tools/pages lets a value into.
func FuzzTheSameAsHTMLTemplate(f *testing.F) {
	for _, s := range []string{
		"", "plain", `</code><script>alert(1)</script>`, `" onclick="x`, "' a=b", "a+b & c\x00d", "\xff\xfe", "https://example.test/ä?a=b&c=d+e#f%20%zz%",
		"http://x/'()<>\"\\^`{|}", "https://example.test/\u2028\x00\n", "https://[::1]:80/!$*,;=@~",
	} {
		f.Add(s)
	}
	oracle := template.Must(template.New("").Parse(`<title>{{.}}</title><p title="{{.}}">{{.}}</p>`))
	links := template.Must(template.New("").Parse(`<a href="{{.}}">`))
	fragments := template.Must(template.New("").Parse(`<a href="#d{{.}}">`))
	f.Fuzz(func(t *testing.T, s string) {
		var want strings.Builder
		require.NoError(t, oracle.Execute(&want, s))
		var got Page
		got.Markup("<title>")
		got.Text(s)
		got.Markup(`</title><p title="`)
		got.Text(s)
		got.Markup(`">`)
		got.Text(s)
		got.Markup("</p>")
		assert.Equal(t, want.String(), string(got.Bytes()))

		want.Reset()
		require.NoError(t, fragments.Execute(&want, s))
		got = Page{}
		got.Markup(`<a href="#d`)
		got.Fragment(s)
		got.Markup(`">`)
		assert.Equal(t, want.String(), string(got.Bytes()))

		if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
			want.Reset()
			require.NoError(t, links.Execute(&want, s))
			var got Page
			got.Markup(`<a href="`)
			got.Link(s)
			got.Markup(`">`)
			assert.Equal(t, want.String(), string(got.Bytes()))
		}
	})
}

func TestALinkIsAnAddressOfTheWebOrLeadsNowhere(t *testing.T) {
	for s, want := range map[string]string{
		"":                              "",
		"https://example.test/a b":      "https://example.test/a%20b",
		"http://example.test/?a=1&b=2":  "http://example.test/?a=1&amp;b=2",
		"javascript:alert(1)":           "#",
		" javascript:alert(1)":          "#",
		"JavaScript\t:alert(1)":         "#",
		"data:text/html,<script>":       "#",
		"mailto:someone@example.test":   "#",
		"//example.test":                "#",
		"x/../javascript:alert(1)":      "#",
		`https://x/" onclick="alert(1)`: "https://x/%22%20onclick=%22alert%281%29",
	} {
		var p Page
		p.Link(s)
		assert.Equal(t, want, string(p.Bytes()), s)
	}
}
