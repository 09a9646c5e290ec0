package audit

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"armpreflight/internal/lazyregexp"
	"armpreflight/internal/markdown"
	"armpreflight/internal/secret"
)

// Formats returns the names that Document.Render knows; the first is for a terminal.
func Formats() []string { return []string{"table", "json", "csv", "html", "markdown"} }

// errFormat is what Render returns for any other name.
var errFormat = errors.New("unknown format")

// Render writes a document. Its texts are fit to be shown as text; each format
// makes them fit for itself.
func (d Document) Render(w io.Writer, format string) error {
	switch format {
	case "table":
		return d.table(w)
	case "json":
		return d.json(w)
	case "csv":
		return d.csv(w)
	case "html":
		return d.html(w)
	case "markdown":
		return d.markdown(w)
	}
	return errFormat
}

// JSON writes the connections one by one: thousands at the same time would be in memory
// three times.
func (d Document) json(w io.Writer) error {
	connections := d.Connections
	d.Connections = []Connection{}
	frame, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		return err
	}
	const end = "[]\n}"
	fmt.Fprintf(w, "%s[", strings.TrimSuffix(string(frame), end))
	for i, c := range connections {
		one, err := json.Marshal(c) // on one line: indented, the parts of a large organization are a third larger
		if err != nil {
			return err
		}
		comma := ","
		if i == 0 {
			comma = ""
		}
		fmt.Fprintf(w, "%s\n  %s", comma, one)
	}
	_, err = io.WriteString(w, "\n ]\n}\n")
	return err
}

// Summary says in one line what was found.
func (d Document) Summary() string {
	counts := map[Severity]int{}
	for _, c := range d.Connections {
		counts[c.Worst()]++
	}
	line := fmt.Sprintf("%s in %s: %d broken, %d expiring soon or with warnings, %d with notes, %d OK",
		plural(len(d.Connections), "connection"), plural(len(d.Projects), "project"), counts[Fail], counts[Warn], counts[Note], counts[""])
	if d.Slice != nil {
		line += fmt.Sprintf(" (slice %d of %d)", d.Slice.Position, d.Slice.Total)
	}
	return line
}

// String says what wasn't seen, and why.
func (n NotSeen) String() string {
	switch {
	case n.Project != "":
		return fmt.Sprintf("%s of project %q: %s", n.What, n.Project, n.Why)
	case n.Connections > 0:
		return fmt.Sprintf("%s, of %s: %s", n.What, plural(n.Connections, "connection"), n.Why)
	}
	return n.What + ": " + n.Why
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (d Document) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "WORST\tCONNECTION\tPROJECT\tSCHEME\tSTATE\tEXPIRES\tLAST SUCCESS\tDO")
	for _, c := range d.Connections {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", severityWord(c.Worst()), cell(c.Name), cell(projects(c)), cell(c.Scheme), cell(stateWords(c)), day(c.Expires), day(c.LastSucceeded), cell(c.Recommendation))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("\n" + d.Summary() + "\n")
	for _, c := range d.Connections {
		if c.Worst() != Fail && c.Worst() != Warn {
			continue
		}
		fmt.Fprintf(&b, "\n%s (%s)  %s\n", line(c.Name), line(projects(c)), line(c.Link))
		for _, f := range c.Findings {
			fmt.Fprintf(&b, "  %-5s %s: %s\n", f.Severity, f.Code, line(f.Text))
		}
		if ask := c.People.String(); ask != "" {
			fmt.Fprintf(&b, "  ask   %s\n", line(ask))
		}
	}
	if len(d.NotSeen) > 0 {
		b.WriteString("\nnot checked:\n")
		for _, n := range d.NotSeen {
			b.WriteString("  " + line(n.String()) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (d Document) markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Service connections of %s\n\n%s, read %s by %s.\n\n", markdown.Text(d.Organization), d.Summary(), d.Checked.Format("2006-01-02 15:04 MST"), markdown.Text(d.Reader))
	b.WriteString("| worst | connection | project | scheme | state | expires | last success | do |\n|---|---|---|---|---|---|---|---|\n")
	for _, c := range d.Connections {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", severityWord(c.Worst()), markdown.Text(c.Name), markdown.Text(projects(c)), markdown.Text(c.Scheme),
			markdown.Text(stateWords(c)), day(c.Expires), day(c.LastSucceeded), markdown.Text(c.Recommendation))
	}
	for _, c := range d.Connections {
		if c.Worst() != Fail && c.Worst() != Warn {
			continue
		}
		fmt.Fprintf(&b, "\n## %s (%s)\n\n", markdown.Text(c.Name), markdown.Text(projects(c)))
		if c.Link != "" {
			fmt.Fprintf(&b, "%s\n\n", markdown.Text(c.Link))
		}
		for _, f := range c.Findings {
			fmt.Fprintf(&b, "* %s %s: %s\n", markdown.Text(string(f.Severity)), markdown.Text(string(f.Code)), markdown.Text(f.Text))
		}
		if ask := c.People.String(); ask != "" {
			fmt.Fprintf(&b, "* ask: %s\n", markdown.Text(ask))
		}
	}
	if len(d.NotSeen) > 0 {
		b.WriteString("\n## Not checked\n\n")
		for _, n := range d.NotSeen {
			fmt.Fprintf(&b, "* %s\n", markdown.Text(n.String()))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// csv writes one row per connection. What wasn't seen is a column: an empty cell
// could also mean that there's nothing.
func (d Document) csv(w io.Writer) error {
	rows := [][]string{{"worst", "id", "name", "project", "projects", "scheme", "creationMode", "cloud", "scopeLevel", "scope", "tenantId", "clientId", "state", "outdated",
		"issuer", "federatedCredential", "expires", "expiresLatest", "revertibleUntil", "lastSucceeded", "openToAllPipelines", "sameIdentity", "findings", "notSeen", "recommendation", "link", "people"}}
	for _, c := range d.Connections {
		var findings, unseen []string
		for _, f := range c.Findings {
			findings = append(findings, fmt.Sprintf("%s %s", f.Severity, f.Code))
		}
		for _, u := range c.Unseen {
			unseen = append(unseen, u.What)
		}
		rows = append(rows, []string{cmp.Or(string(c.Worst()), "none"), c.ID, c.Name, c.Project, strings.Join(c.Projects, "; "), c.Scheme, c.CreationMode, c.Cloud, c.ScopeLevel, c.Scope,
			c.TenantID, c.ClientID, c.State, fmt.Sprint(c.Outdated), c.Issuer, c.Federated, date(c.Expires), date(c.ExpiresLatest), date(c.RevertibleUntil), date(c.LastSucceeded),
			strings.Join(c.OpenToAll, "; "), fmt.Sprint(c.SameIdentity), strings.Join(findings, "; "), strings.Join(unseen, "; "), c.Recommendation, c.Link, c.People.String()})
	}
	var b strings.Builder
	for _, row := range rows {
		for i, text := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quoted(inert(text)))
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// quoted is a field of RFC 4180. Package encoding/csv quotes only what needs it where commas separate: a program that
// separates by semicolons would see further fields in the others.
func quoted(field string) string { return `"` + strings.ReplaceAll(field, `"`, `""`) + `"` }

// inert keeps a spreadsheet from taking a cell for a formula: such a cell gets an
// apostrophe before it (OWASP, CSV Injection).
func inert(cell string) string {
	return formula.ReplaceAllString(line(cell), "$1'$2")
}

// A spreadsheet that separates by semicolons sees the start of a cell after one, be it within quotes, and takes the quotes
// there off.
var formula = &lazyregexp.Regexp{Expression: `(^|;)([ "]*[=+\-@\t\r|%＝＋－＠])`}

// projects names the first project and how many more there are.
func projects(c Connection) string {
	if n := len(c.Projects) - 1; n > 0 {
		return fmt.Sprintf("%s and %d more", c.Project, n)
	}
	return c.Project
}

// stateWords is the state, and until when a conversion can be taken back.
func stateWords(c Connection) string {
	if c.RevertibleUntil.IsZero() {
		return c.State
	}
	return c.State + ", can be reverted until " + day(c.RevertibleUntil)
}

func severityWord(s Severity) string {
	if s == "" {
		return "-"
	}
	return string(s)
}

// day is a date, and a dash for none.
func day(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.UTC().Format(time.DateOnly)
}

// date is a date, and nothing for none.
func date(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return day(at)
}

// line makes one line of a text.
func line(text string) string { return strings.Join(strings.Fields(text), " ") }

// cell is a line of a width that fits a table.
func cell(text string) string {
	const widest = 60
	return secret.Filter(nil).Line(text, widest) // an audit holds filtered texts
}
