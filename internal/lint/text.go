package lint

import (
	"fmt"
	"io"
	"strings"
)

// Text writes the result for a terminal: every finding with its places and its fix, and then the summary.
func (r Result) Text(w io.Writer, clean func(string) string) error {
	var out strings.Builder
	line := func(text string) { out.WriteString(strings.Join(strings.Fields(clean(text)), " ") + "\n") }
	for _, u := range r.Unreadable {
		line(u.Error())
	}
	for _, f := range r.Findings {
		line(fmt.Sprintf("%s: %s: %s", f.Where(), f.Severity, f.Message()))
		for _, at := range f.Places[1:] {
			out.WriteString("  ")
			line("also at " + at.String())
		}
		out.WriteString("  ")
		line(string(f.Diagnosis.Who) + ":")
		for i, step := range f.Diagnosis.Steps {
			out.WriteString("  ")
			line(fmt.Sprintf("%d. %s", i+1, step))
		}
	}
	for _, remark := range r.Remarks {
		line(remark.String())
	}
	for _, text := range r.NotChecked() {
		line(text)
	}
	line(r.Summary())
	_, err := io.WriteString(w, out.String())
	return err
}

// Dump writes the resolved pipelines, for developers of lint.
func (r Result) Dump(w io.Writer, clean func(string) string) error {
	for _, p := range r.Pipelines {
		if err := p.Dump(w, clean); err != nil {
			return err
		}
	}
	return nil
}
