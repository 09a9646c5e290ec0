package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"armpreflight/internal/pipeline"
	"armpreflight/internal/report"
)

const renderUsage = `armpreflight render shows a saved report in another format.

usage: armpreflight render [--format text|markdown|html|junit|json] FILE

  armpreflight render report.json                        the log of the run
  armpreflight render --format markdown report.json      for a pull request or a wiki
  armpreflight render --format html report.json > report.html
  armpreflight render --format junit report.json         for a test dashboard
  armpreflight render -                                  the report on standard input

exit codes: 0 shown, 2 wrong use or not a report, 3 the tool itself failed
`

var renderFormats = choice{"text", "markdown", "html", "junit", "json"}

func renderFlags(format *string) *flag.FlagSet {
	flags := newFlags("render")
	flags.StringVar(format, "format", "text", renderFormats.String())
	return flags
}

// render shows a saved report.
func render(_ context.Context, s *session, args []string) (int, error) {
	var format string
	flags := renderFlags(&format)
	names, err := parseMixed(flags, args)
	switch {
	case err != nil:
		return 0, wrongUse(err)
	case len(names) != 1:
		return 0, wrongUse(errors.New("name one file, and a format if you don't want text"))
	case !renderFormats.has(format):
		return 0, wrongUse(renderFormats.wrong("format"))
	}
	document, err := openReport(s, names[0])
	if err != nil {
		return 0, ends(ExitUsage, err)
	}
	return ExitOK, writeReport(s.out, document, format, s.columns())
}

func openReport(s *session, name string) (report.Document, error) {
	source := s.env.Stdin
	if name != "-" {
		file, err := s.env.Open(name)
		if err != nil {
			return report.Document{}, fmt.Errorf("open the report: %w", err)
		}
		defer file.Close() // it is only read
		source = file
	}
	d, err := report.Read(source)
	if err != nil {
		return d, err
	}
	// The file can be from anyone, so it's printed as text, and nothing else.
	return d.Cleaned(s.clean), nil
}

func onlyText(text string) string { return pipeline.Sanitize(nil, text) }

// writeReport writes a document in one of the formats; text is as wide as columns, if that isn't 0.
func writeReport(out *pipeline.Log, d report.Document, format string, columns int) error {
	var text []byte
	var err error
	switch format {
	case "text":
		report.WriteText(page{out}, d, columns, onlyText)
		return nil
	case "markdown":
		text = []byte(d.Markdown())
	case "html":
		text, err = d.HTML()
	case "junit":
		text, err = d.JUnit()
	case "json":
		text, err = json.MarshalIndent(d, "", "  ")
	}
	if err != nil {
		return err
	}
	return through(out.Document(), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// page is a log for a user's terminal, which folds nothing.
type page struct{ out *pipeline.Log }

func (p page) Line(text string)   { p.out.Line(text) }
func (p page) Group(title string) { p.out.Line("          " + title) }
func (p page) EndGroup()          {}
