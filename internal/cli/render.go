package cli

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"armpreflight/internal/pipeline"
	"armpreflight/internal/report"
)

const renderUsage = `armpreflight render shows a report that a run has saved, in another form.

usage: armpreflight render [--format text|markdown|html|junit|json] FILE

  armpreflight render report.json                        the log as it was
  armpreflight render --format markdown report.json      for a pull request or a wiki
  armpreflight render --format html report.json > report.html
  armpreflight render --format junit report.json         for a dashboard of tests
  armpreflight render -                                  the report on standard input

Exit codes: 0 shown, 2 wrong use or no report, 3 the tool itself failed.
`

// render shows a saved report.
func render(env Env) int {
	flags := flag.NewFlagSet("render", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	format := flags.String("format", "text", "")
	names, err := parseMixed(flags, env.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return print(env, renderUsage)
	case err != nil, len(names) != 1:
		fmt.Fprintf(env.Stderr, "armpreflight: render: name one file, and a format if it is not text\n\n%s", renderUsage)
		return ExitUsage
	}
	document, err := openReport(env, names[0])
	if err != nil {
		fmt.Fprintf(env.Stderr, "armpreflight: render: %s\n", harmless(err.Error()))
		return ExitUsage
	}
	text, err := rendered(document, *format)
	switch {
	case errors.Is(err, errFormat):
		fmt.Fprintf(env.Stderr, "armpreflight: render: %v\n", err)
		return ExitUsage
	case err != nil:
		fmt.Fprintf(env.Stderr, "armpreflight: render: %s\n", harmless(err.Error()))
		return ExitFault
	}
	return print(env, text)
}

func openReport(env Env, name string) (report.Document, error) {
	source := env.Stdin
	if name != "-" {
		file, err := env.Open(name)
		if err != nil {
			return report.Document{}, fmt.Errorf("open the report: %w", err)
		}
		defer file.Close()
		source = file
	}
	d, err := report.Read(source)
	if err != nil {
		return d, err
	}
	// Whoever wrote the file, it is printed here: as text, and nothing else.
	return d.Report().Document(onlyText(d.Tool), d.Started, d.Connection, onlyText), nil
}

func onlyText(text string) string { return pipeline.Sanitise(nil, text) }

var errFormat = errors.New("--format is text, markdown, html, junit or json")

// rendered gives a document in one of the formats.
func rendered(d report.Document, format string) (string, error) {
	switch format {
	case "text":
		var p page
		report.WriteLog(&p, d.Report(), onlyText)
		return p.String(), nil
	case "markdown":
		return d.Markdown(), nil
	case "html":
		out, err := d.HTML()
		return string(out), err
	case "junit":
		out, err := d.JUnit()
		return string(out), err
	case "json":
		out, err := json.MarshalIndent(d, "", "  ")
		return string(out) + "\n", err
	}
	return "", errFormat
}

// page is a log for a terminal, which folds nothing.
type page struct{ strings.Builder }

func (p *page) Line(text string)   { p.WriteString(text + "\n") }
func (p *page) Group(title string) { p.WriteString("          " + title + "\n") }
func (p *page) EndGroup()          {}
