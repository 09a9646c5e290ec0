package audit

import (
	"fmt"
	"io"
	"strings"

	"armpreflight/internal/markdown"
)

// ForecastFormats returns the names that Forecast.Render knows; the first is for a terminal.
func ForecastFormats() []string {
	return []string{"table", "json", "html", "markdown", "ics", "adaptive-card", "slack", "workitems"}
}

// Render writes a forecast. Its texts are fit to be shown as text.
func (f Forecast) Render(w io.Writer, format string) error {
	switch format {
	case "table":
		return f.text(w)
	case "json":
		return object(w, f)
	case "html":
		return f.html(w)
	case "markdown":
		return f.markdown(w)
	case "ics":
		return f.calendar(w)
	case "adaptive-card":
		return f.adaptiveCard(w)
	case "slack":
		return f.slack(w)
	case "workitems":
		return object(w, f.WorkItems())
	}
	return errFormat
}

// Summary says in one line what is expected.
func (f Forecast) Summary() string {
	stop := map[string]bool{}
	for _, e := range f.Dates {
		if e.Stops {
			stop[e.ID] = true
		}
	}
	return fmt.Sprintf("%s within %s from %s; %d of %s could stop working", plural(len(f.Dates), "date"), plural(f.Days, "day"), day(f.Checked),
		len(stop), plural(f.Connections, "connection"))
}

// in says how far away a date is.
func (e Expected) in(f Forecast) string {
	switch {
	case !e.At.After(f.Checked):
		return "due"
	case e.Days == 0:
		return "within a day"
	}
	return "in " + plural(e.Days, "day")
}

// where names the first project and how many more there are.
func (e Expected) where() string {
	if len(e.Projects) == 0 {
		return ""
	}
	return projects(Connection{Project: e.Projects[0], Projects: e.Projects})
}

// stops says which pipelines the date concerns.
func (e Expected) stops() string {
	var all []string
	for _, p := range e.Pipelines {
		all = append(all, fmt.Sprintf("%s in %s (%s, last %s)", p.Name, p.Project, plural(p.Runs, "recent run"), day(p.Last)))
	}
	if e.MorePipelines > 0 {
		all = append(all, fmt.Sprintf("%d more", e.MorePipelines))
	}
	text := strings.Join(all, "; ")
	switch {
	case e.PipelinesUnseen != "" && text != "":
		return text + "; perhaps others: " + e.PipelinesUnseen
	case e.PipelinesUnseen != "":
		return "not checked: " + e.PipelinesUnseen
	case text == "":
		return "none in its history"
	}
	return text
}

func (f Forecast) text(w io.Writer) error {
	var b strings.Builder
	b.WriteString(f.Summary() + "\n")
	for _, e := range f.Dates {
		fmt.Fprintf(&b, "\n%s  %s  %s (%s)  %s\n", e.Day, e.in(f), line(e.Name), line(e.where()), line(e.Link))
		fmt.Fprintf(&b, "  %s: %s\n  %s: %s\n  pipelines: %s\n  who: %s\n", e.Code, line(e.Text), e.Certainty, line(e.Basis), line(e.stops()), e.Who)
		if ask := e.People.String(); ask != "" {
			fmt.Fprintf(&b, "  ask: %s\n", line(ask))
		}
		for i, step := range e.Steps {
			fmt.Fprintf(&b, "  %d. %s\n", i+1, line(step))
		}
	}
	if len(f.NotSeen) > 0 {
		b.WriteString("\nnot checked:\n")
		for _, n := range f.NotSeen {
			b.WriteString("  " + line(n.String()) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (f Forecast) markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Dates of the service connections of %s\n\n%s. Read by %s.\n\n", markdown.Text(f.Organization), f.Summary(), markdown.Text(f.Reader))
	b.WriteString("| day | connection | project | what | certainty | pipelines | who |\n|---|---|---|---|---|---|---|\n")
	for _, e := range f.Dates {
		fmt.Fprintf(&b, "| %s, %s | %s | %s | %s | %s | %s | %s |\n", e.Day, e.in(f), markdown.Text(e.Name), markdown.Text(e.where()), markdown.Text(e.Text),
			e.Certainty, markdown.Text(e.stops()), e.Who)
	}
	for _, e := range f.Dates {
		fmt.Fprintf(&b, "\n## %s: %s\n\n", e.Day, markdown.Text(e.Name))
		if e.Link != "" {
			fmt.Fprintf(&b, "%s\n\n", markdown.Text(e.Link))
		}
		fmt.Fprintf(&b, "%s (%s). How sure this is: %s, because %s.\n\n", markdown.Text(e.Text), markdown.Text(string(e.Code)), e.Certainty, markdown.Text(e.Basis))
		if ask := e.People.String(); ask != "" {
			fmt.Fprintf(&b, "Ask: %s.\n\n", markdown.Text(ask))
		}
		for i, step := range e.Steps {
			fmt.Fprintf(&b, "%d. %s\n", i+1, markdown.Text(line(step)))
		}
	}
	if len(f.NotSeen) > 0 {
		b.WriteString("\n## Not checked\n\n")
		for _, n := range f.NotSeen {
			fmt.Fprintf(&b, "* %s\n", markdown.Text(n.String()))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
