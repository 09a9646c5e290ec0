package audit

import (
	_ "embed" // the page
	"html/template"
	"io"
	"time"
)

//go:embed page.html
var page string

// html writes one page that needs nothing else: no script, no picture, no address
// that a browser would fetch.
func (d Document) html(w io.Writer) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"day": day, "projects": projects, "word": severityWord, "state": stateWords,
		"minute": func(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 MST") },
	}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, d)
}
