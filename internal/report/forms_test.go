package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"armpreflight/internal/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// hostile is text that would be something else in each of the forms, or be read
// as something else.
const hostile = nasty + " \u202egnp.exe\u202c \u200bzero\u2060width </code></pre></table></main><img src=x onerror=alert(1)> \" onmouseover=\"alert(1) ![i](https://a.example/i.png) https://![s](https://a.example/t.png) https://_[l](https://a.example/l) <https://b.example> --- === ``` ~~~"

// shapes are reports of every shape; each with the text at every place that can hold one.
func shapes(said string) map[string]*Report {
	several := full(said)
	for _, name := range []string{"test", said} {
		well := with(name, check.Pass, false)
		well.Layer, well.Text = "more", said
		several.Results = append(several.Results, well)
	}
	ill := full(said).Results[1]
	ill.ID = "staging/" + ill.ID
	several.Results = append(several.Results, ill)
	return map[string]*Report{"one": full(said), "advised": advised(said), "several": several, "rich": rich(said), "two-hundred": many(200, 1, said)}
}

// many is a report with so many further connections of so many checks.
func many(connections, checks int, said string) *Report {
	r := full(said)
	for i := range connections {
		for j := range checks {
			c := full(said).Results[1]
			c.ID = fmt.Sprintf("connection-%03d/check-%d", i, j)
			r.Results = append(r.Results, c)
		}
	}
	return r
}

// forms are all forms of a document.
func forms(t testing.TB, d Document) map[string]string {
	web, err := d.HTML()
	require.NoError(t, err)
	junit, err := d.JUnit()
	require.NoError(t, err)
	object, err := json.MarshalIndent(d, "", "  ")
	require.NoError(t, err)
	var log page
	WriteLog(&log, d, same)
	return map[string]string{"html": string(web), "md": d.Markdown(), "xml": string(junit), "json": string(object), "txt": log.String()}
}

// structures reads a form with a library that knows it, and returns all that isn't text.
var structures = map[string]func(*testing.T, string) []string{"html": elements, "md": blocks, "xml": tags}

func elements(t *testing.T, page string) []string {
	tree, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	var all []string
	for n := range tree.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		assert.NotContains(t, []string{"script", "img", "iframe", "object", "link", "form", "base"}, n.Data)
		var names strings.Builder
		for _, a := range n.Attr {
			names.WriteString(" " + a.Key)
			assert.NotRegexp(t, `^(on|src|srcset|action|style)`, a.Key)
			if a.Key == "href" {
				assert.Regexp(t, `^(https://|#)`, a.Val)
			}
		}
		all = append(all, n.Data+names.String())
	}
	return all
}

// blocks leaves out how a line of text is cut, which the text decides.
func blocks(t *testing.T, page string) []string {
	source := []byte(page)
	tree := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Parser().Parse(text.NewReader(source))
	var all []string
	require.NoError(t, ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if kind := n.Kind(); entering && kind != ast.KindText && kind != ast.KindString {
			assert.NotContains(t, []ast.NodeKind{ast.KindHTMLBlock, ast.KindRawHTML, ast.KindImage}, kind)
			all = append(all, kind.String())
		}
		return ast.WalkContinue, nil
	}))
	return all
}

func tags(t *testing.T, page string) []string {
	var all []string
	for d := xml.NewDecoder(strings.NewReader(page)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		if start, ok := token.(xml.StartElement); ok {
			all = append(all, fmt.Sprint(start.Name.Local, len(start.Attr)))
		}
	}
}

func TestTheStructureOfEveryFormIsOursWhateverTheTextSays(t *testing.T) {
	plain, worst := shapes("something is wrong"), shapes(hostile)
	for name, r := range plain {
		want, got := forms(t, document(r)), forms(t, document(worst[name]))
		for form, structure := range structures {
			t.Run(name+" "+form, func(t *testing.T) {
				assert.Equal(t, structure(t, want[form]), structure(t, got[form]))
			})
		}
	}
}

// TestNothingOfATextIsLost: a pipe that ends a cell leaves the structure as it is, and the rest of the text nowhere.
func TestNothingOfATextIsLost(t *testing.T) {
	const plain = "something is wrong"
	want, got := forms(t, document(shapes(plain)["several"])), forms(t, document(shapes(hostile)["several"]))
	for form, words := range map[string]func(string) string{"html": shown, "md": func(page string) string {
		var b strings.Builder
		require.NoError(t, goldmark.New(goldmark.WithExtensions(extension.Table)).Convert([]byte(page), &b))
		return shown(b.String())
	}} {
		is := strings.Count(words(got[form]), strings.Join(strings.Fields(hostile), " "))
		assert.Equal(t, strings.Count(words(want[form]), plain), is, form)
		assert.Greater(t, is, 10, form)
	}
}

// shown is the text of a page, with single blanks.
func shown(page string) string {
	tree, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for n := range tree.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestAMegabyteInEveryPlaceBreaksNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes ten seconds under the race detector")
	}
	long := strings.Repeat(hostile+" ", 1<<20/len(hostile))
	want, got := forms(t, document(full("something is wrong"))), forms(t, document(full(long)))
	for form, structure := range structures {
		assert.Equal(t, structure(t, want[form]), structure(t, got[form]), form)
	}
}

func TestAReportOfLongTextsIsReadAgain(t *testing.T) {
	d := document(full(strings.Repeat(hostile+" ", 16<<10/len(hostile))))
	text, err := json.Marshal(d)
	require.NoError(t, err)
	read, err := Read(bytes.NewReader(text))
	require.NoError(t, err)
	assert.Equal(t, d, read)
}

func TestALinkThatIsNoAddressOfTheWebIsNone(t *testing.T) {
	d := document(full("x"))
	d.Checks[1].Findings[0].Link = "javascript:alert(1)"
	page, err := d.HTML()
	require.NoError(t, err)
	assert.NotContains(t, string(page), `href="javascript`)
	assert.NotContains(t, d.Markdown(), "](javascript")
}

func TestThePathBreaksWhereTheFirstThingFailed(t *testing.T) {
	d := Document{Checks: []Check{
		{ID: "a", Layer: "pipeline", Status: "pass"}, {ID: "b", Layer: "connection", Status: "warn"}, {ID: "c", Layer: "network", Status: "unknown", Advisory: true},
		{ID: "d", Layer: "identity", Status: "pass"}, {ID: "e", Layer: "identity", Status: "fail"}, {ID: "f", Layer: "azure", Status: "skip", BlockedBy: []string{"e"}},
		{ID: "other/f", Layer: "azure", Status: "fail"},
	}}
	assert.Equal(t, "pipeline: ok, connection: warning, network: not reached, Entra: broken, Azure: not reached", pictureInWords(d.path()))
}

func TestWhatAWaiverCoversIsNoBreak(t *testing.T) {
	d := document(&Report{Results: []check.Result{waived(with("locks", check.Fail, true))}})
	d.Checks[0].Layer = "azure"
	assert.Contains(t, pictureInWords(d.path()), "Azure: warning")
	d.Checks = append(d.Checks, Check{ID: "test", Layer: "more", Status: "pass", Text: "Contoso Test"})
	assert.Equal(t, []checkedConnection{{"prod", "warn", "locks found something"}, {"test", "pass", "Contoso Test"}}, d.connections())
}

func TestTheTableHoldsEveryNoteButAStackTrace(t *testing.T) {
	assert.Equal(t, []string{"first", "second"}, Check{Notes: []string{"first", "second"}}.Words())
	assert.Equal(t, []string{"broke"}, Check{Text: "broke", Notes: []string{"goroutine 1"}, Findings: []Found{{Code: check.CodeFault}}}.Words())
	assert.Equal(t, []string{"text", "note"}, Check{Text: "text", Notes: []string{"note"}}.Words())
}

func TestExpiryAgainstItsThresholds(t *testing.T) {
	for name, tc := range map[string]struct {
		days, warning, fails int
		status               string
		at                   int
	}{
		"far off":              {days: 400, warning: 14, fails: 3, status: "pass", at: 600},
		"on the day it warns":  {days: 14, warning: 14, fails: 3, status: "pass", at: 280},
		"a day later":          {days: 13, warning: 14, fails: 3, status: "warn", at: 260},
		"below the failure":    {days: 2, warning: 14, fails: 3, status: "fail", at: 40},
		"past":                 {days: -1, warning: 14, status: "fail"},
		"no thresholds at all": {days: 5, status: "pass", at: 100},
	} {
		t.Run(name, func(t *testing.T) {
			e := Document{DaysToExpiry: &tc.days, Thresholds: &Days{tc.warning, tc.fails}}.expiry()
			assert.Equal(t, tc.status, e.Status)
			assert.Equal(t, tc.at, e.At)
		})
	}
}

// BenchmarkEveryForm writes 200 connections with 20 checks each in every form.
func BenchmarkEveryForm(b *testing.B) {
	d := document(many(200, 20, "the secret of the application ended on 2026-11-23"))
	var size int
	for b.Loop() {
		for _, text := range forms(b, d) {
			size += len(text)
		}
	}
	b.ReportMetric(float64(size)/float64(b.N), "bytes/op")
}
