package audit

import (
	"io"
	"time"

	"armpreflight/internal/markup"
)

//go:generate go run ../../tools/pages page.html Document

// html writes one page that needs nothing else: no script, no picture, no address
// that a browser would fetch.
func (d Document) html(w io.Writer) error {
	var page markup.Page
	writePage(&page, d)
	_, err := w.Write(page.Bytes())
	return err
}

// minute is a time as the page says it.
func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 MST") }
