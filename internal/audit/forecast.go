package audit

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/connection"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/finding"
	"armpreflight/internal/preflight"
)

// ForecastVersion is that of the forecasts this version writes as JSON; it rises as SchemaVersion does.
const ForecastVersion = "1"

// Forecast is what an audit expects of the next days, the next first.
type Forecast struct {
	SchemaVersion string     `json:"schemaVersion"`
	Tool          string     `json:"tool"`
	Organization  string     `json:"organization"`
	Reader        string     `json:"reader"`
	Checked       time.Time  `json:"checked"` // the days count from here
	Days          int        `json:"days"`
	Connections   int        `json:"connections"` // that were audited
	NotSeen       []NotSeen  `json:"notSeen"`
	Dates         []Expected `json:"dates"`

	settled []string // IDs of connections that don't stop within the days, if everything was seen that this depends on
}

// Expected is a date of a connection with who has to act, and what stops.
type Expected struct {
	Date
	Day             string           `json:"day"`   // in UTC, 2026-12-31
	Days            int              `json:"days"`  // whole days until then; 0 also where the moment is over
	Stops           bool             `json:"stops"` // the connection stops working, or a pipeline with it
	Code            diagnosis.Code   `json:"code"`
	Text            string           `json:"text"`
	ID              string           `json:"connectionId"`
	Name            string           `json:"connection"`
	Projects        []string         `json:"projects"`
	Link            string           `json:"link"`
	Who             diagnosis.Person `json:"who"`
	People          Owners           `json:"people,omitzero"`
	Steps           []string         `json:"steps"`
	Pipelines       []Pipeline       `json:"pipelines"` // that used it
	MorePipelines   int              `json:"morePipelines,omitempty"`
	PipelinesUnseen string           `json:"pipelinesUnseen,omitempty"` // why not all of them were seen
}

// ErrUndated is an audit that a version without dates wrote: its forecast would say that nothing happens.
var ErrUndated = errors.New("an audit without dates has no forecast: run the audit again with this version")

// Forecast returns the dates within so many days of the audit, and those that have passed
// without anything happening. The error is ErrUndated.
func (d Document) Forecast(days int) (Forecast, error) {
	if !d.Dated {
		return Forecast{}, ErrUndated
	}
	f := Forecast{SchemaVersion: ForecastVersion, Tool: d.Tool, Organization: d.Organization, Reader: d.Reader, Checked: d.Checked, Days: days,
		Connections: len(d.Connections), NotSeen: d.NotSeen, Dates: []Expected{}}
	for _, c := range d.Connections {
		stops := false
		for _, at := range c.Dates {
			if preflight.WholeDays(at.At.Sub(d.Checked)) <= days {
				e := c.expect(at, d.Checked)
				f.Dates, stops = append(f.Dates, e), stops || e.Stops
			}
		}
		if !stops && c.dated() {
			f.settled = append(f.settled, c.ID)
		}
	}
	slices.SortFunc(f.Dates, func(a, b Expected) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID), cmp.Compare(a.key(), b.key()))
	})
	return f, nil
}

// dated reports whether everything was seen that a date depends on, and the connection works: one that already stopped has no date either.
func (c Connection) dated() bool {
	return c.State == StateReady && !slices.ContainsFunc(c.Unseen, func(u Unseen) bool {
		return slices.Contains([]string{whatApplication, whatEnd, whatUse, whatIssuer}, u.What)
	}) &&
		!slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Severity == Fail })
}

// expect adds to a date what the catalogue says about it.
func (c Connection) expect(at Date, now time.Time) Expected {
	e := Expected{Date: at, Day: day(at.At), Days: max(preflight.WholeDays(at.At.Sub(now)), 0), Stops: at.Kind != RevertEnds,
		ID: c.ID, Name: c.Name, Projects: c.Projects, Link: c.Link, People: c.People, Pipelines: c.Pipelines, MorePipelines: c.MorePipelines}
	if e.Pipelines == nil {
		e.Pipelines = []Pipeline{} // a list in JSON, also an empty one
	}
	if p := at.Pipeline; p != nil {
		e.Pipelines, e.MorePipelines = []Pipeline{*p}, 0
		if i := slices.IndexFunc(c.Pipelines, func(q Pipeline) bool { return q.Name == p.Name && q.Project == p.Project }); i >= 0 {
			e.Pipelines[0] = c.Pipelines[i]
		}
	}
	for _, u := range c.Unseen {
		if u.What == whatUse && at.Pipeline == nil {
			e.PipelinesUnseen = u.Why
		}
	}
	found := at.finding(now)
	explained := diagnosis.Explain(found.Code(), c.situation(), found, nil)
	e.Code, e.Text, e.Who, e.Steps = explained.Code, explained.Headline, explained.Who, explained.Steps
	return e
}

// finding is what the catalogue has an entry for.
func (d Date) finding(now time.Time) finding.Coded {
	days := new(preflight.WholeDays(d.At.Sub(now)))
	switch d.Kind {
	case SecretEnds:
		if d.Given {
			return preflight.ExpiringAsGiven(d.At.Add(time.Second), now)
		}
		return preflight.Expiring(connection.ServicePrincipalKey, d.At, now)
	case CertificateEnds:
		return preflight.Expiring(connection.ServicePrincipalCertificate, d.At, now)
	case IssuerRetires:
		return preflight.RetiringIssuer(now)
	case WaiverExpires:
		return facts.WaiverExpiring{Check: d.Check, Finding: string(d.Finding), Date: d.At, Days: days}
	case RevertEnds:
		return facts.RevertEnding{Date: d.At, Days: days}
	}
	if !d.At.After(now) {
		days = nil
	}
	if d.Kind == SubscriptionEnds {
		return facts.SubscriptionDeletion{Date: d.At, Days: days}
	}
	return facts.ConnectionDisabling{Date: d.At, Days: days}
}

// situation is that of a connection that was read from a document.
func (c Connection) situation() diagnosis.Situation {
	s := diagnosis.Situation{}
	known := connection.Connection{CreationMode: c.CreationMode}
	for scheme := connection.UnknownScheme; scheme <= connection.PublishProfile; scheme++ {
		if scheme.String() == c.Scheme {
			known.Scheme = scheme
		}
	}
	preflight.Describe(&s, known)
	s.Connection, s.ConnectionLink = c.Name, c.Link
	s.TenantID, s.ClientID, s.Cloud, s.Scope = c.TenantID, c.ClientID, c.Cloud, c.Scope
	return s
}
