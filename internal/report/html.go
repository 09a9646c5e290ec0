package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/markup"
)

//go:generate go run ../../tools/pages page.html htmlPage

// htmlPage is what the template shows.
type htmlPage struct {
	Document
	Status      string // pass, warn, unknown, fail or canceled
	When        string
	About       []labeled
	Path        []station
	Picture     string // the path in words
	Expiry      *expiry
	Connections []checkedConnection // empty for one alone
	Broken      []Check             // with findings, gravest first
	Told        []Check             // rows of the table
}

type labeled struct{ Label, Text string }

// HTML is the report as one page: no script, nothing loaded from elsewhere, light
// or dark as its reader has it.
func (d Document) HTML() ([]byte, error) {
	var page markup.Page
	writePage(&page, d.page())
	return page.Bytes(), nil
}

// page is what the page shows of the report.
func (d Document) page() htmlPage {
	p := htmlPage{Document: d, Status: d.Result, When: d.Started.Format("2006-01-02 15:04 UTC"), Path: d.path(), Expiry: d.expiry(), Connections: d.connections()}
	if d.Cancelled {
		p.Status = "cancelled"
	}
	p.Picture = pictureInWords(p.Path)
	for _, l := range []labeled{
		{"connection", d.Connection.Name}, {"ID", d.Connection.ID}, {"scheme", d.Connection.Scheme}, {"cloud", d.Connection.Cloud},
		{"tenant", d.Connection.TenantID}, {"scope", d.Connection.Scope},
	} {
		if l.Text != "" {
			p.About = append(p.About, l)
		}
	}
	for _, c := range d.Checks {
		if len(c.Findings) > 0 && !c.silent() {
			p.Broken = append(p.Broken, c)
		}
		if !c.NotApplicable {
			p.Told = append(p.Told, c)
		}
	}
	slices.SortStableFunc(p.Broken, func(a, b Check) int { return status(b.Status).Gravity() - status(a.Status).Gravity() })
	return p
}

// silent reports whether a check has nothing to say about the connection: it didn't
// run, or it couldn't determine what no one waits for.
func (c Check) silent() bool {
	s := status(c.Status)
	return s == check.Skip || c.Advisory && s == check.Unknown
}

// Words is what the table says about a check.
func (c Check) Words() []string {
	switch {
	case len(c.BlockedBy) > 0:
		return []string{"blocked by " + strings.Join(c.BlockedBy, ", ")}
	case c.NotAsked:
		return []string{"not requested"}
	case len(c.Findings) > 0 && c.Findings[0].Code == check.CodeFault:
		return []string{c.Text} // its note is a stack trace: it is in report.json
	}
	return slices.DeleteFunc(append([]string{c.Text}, c.Notes...), func(text string) bool { return text == "" })
}

// Milliseconds is how long a check took; empty for a check that took no time.
func (c Check) Milliseconds() string {
	if c.Seconds == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f ms", c.Seconds*1000)
}

// Sure is how certain a finding is, if it's less than documented.
func (f Found) Sure() string {
	if f.Confidence == "" || f.Confidence == "documented" {
		return ""
	}
	return f.Confidence
}

// Wait is how long after a change the finding may still occur; empty for one that doesn't heal by waiting.
func (f Found) Wait() string {
	if f.Minutes == 0 {
		return ""
	}
	return fmt.Sprintf("a change can take up to %.0f min to take effect", f.Minutes)
}

// Seen is the evidence, line by line, with the time of the answer or, if the service didn't send it, of the run's start.
func (e Evidence) Seen(started time.Time) []labeled {
	answer := ""
	if e.Status != 0 {
		answer = strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Status, e.ContentType))
	}
	all := []labeled{
		{"request", strings.TrimSpace(e.Method + " " + e.Host + e.Path)}, {"answer", answer}, {"network", e.Network},
		{"codes", strings.Join(e.Codes, ", ")}, {"message", e.Message}, {"trace ID", e.TraceID}, {"correlation ID", e.CorrelationID},
		{"request ID", e.RequestID}, {"timestamp", e.Timestamp},
	}
	if e.Message == "" {
		all = append(all, labeled{"body", e.Body})
	}
	all = slices.DeleteFunc(all, func(l labeled) bool { return l.Text == "" })
	if len(all) > 0 && e.Timestamp == "" && !started.IsZero() {
		all = append(all, labeled{"run started", started.UTC().Format("2006-01-02 15:04:05Z")})
	}
	return all
}

// other is the name of the connection that a check is about if that isn't the
// first: such a connection is a single check if it's well; otherwise it has checks as name/id.
func (c Check) other() (name string, ok bool) {
	if c.Layer == "more" {
		return c.ID, true
	}
	name, _, ok = cutLast(c.ID, "/")
	return name, ok
}

// checkedConnection is a connection among several.
type checkedConnection struct{ Name, Status, Text string }

// connections gives each connection its gravest check; nil if there's only one.
func (d Document) connections() []checkedConnection {
	first := d.Connection.Name
	if first == "" {
		first = d.Connection.ID
	}
	all := []checkedConnection{{Name: first, Status: check.Pass.String()}}
	at := map[string]int{}
	for _, c := range d.Checks {
		i := 0
		if name, ok := c.other(); ok {
			if i, ok = at[name]; !ok {
				i = len(all)
				at[name] = i
				all = append(all, checkedConnection{Name: name, Status: check.Pass.String()})
			}
		}
		s := c.counts()
		if c.Layer == "more" || !c.silent() && s.Gravity() > status(all[i].Status).Gravity() {
			all[i].Status, all[i].Text = s.String(), c.Text
		}
	}
	if len(all) == 1 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b checkedConnection) int { return status(b.Status).Gravity() - status(a.Status).Gravity() })
	return all
}
