// Package audit checks every Azure Resource Manager connection of an Azure
// DevOps organization, and the federation of connections of other types: what state it is in, what its credential and its identity
// add up to, who may use it, and what to do about it, worst first.
//
// It asks in one place (collect.go), with a reader's own credential, and judges
// without asking (assess.go). What couldn't be seen is part of the document, and
// never a reason to say that all is well. It uses no connection and changes
// nothing; whether a connection works is for a preflight.
package audit

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/diagnosis"
)

// SchemaVersion is that of the documents this version writes. It rises when a
// reader of an older one would go wrong; new fields alone don't raise it.
const SchemaVersion = "1"

// Document is an audit as it is kept.
type Document struct {
	SchemaVersion string       `json:"schemaVersion"`
	Tool          string       `json:"tool"` // name and version
	Organization  string       `json:"organization"`
	Reader        string       `json:"reader"` // whose credential, and which
	Checked       time.Time    `json:"checked"`
	Slice         *Slice       `json:"slice,omitempty"` // of a run in parallel
	Projects      []string     `json:"projects"`        // that were listed
	NotSeen       []NotSeen    `json:"notSeen"`
	Dated         bool         `json:"dated"`       // the connections have their dates, as far as they were seen
	Connections   []Connection `json:"connections"` // worst first
}

// Slice is the share of one job among several that run at the same time.
type Slice struct {
	Position int `json:"position"` // from 1
	Total    int `json:"total"`
}

// Has reports whether a connection belongs to a slice. It depends on the ID alone.
func (s *Slice) Has(id string) bool {
	if s == nil || s.Total <= 1 {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(id)))
	return int64(h.Sum32())%int64(s.Total) == int64(s.Position)-1
}

// NotSeen is something that the reader couldn't check.
type NotSeen struct {
	What        string `json:"what"`
	Why         string `json:"why"`
	Project     string `json:"project,omitempty"`     // what is missing is a project's connections
	Connections int    `json:"connections,omitempty"` // of so many connections
}

// The states of a connection.
const (
	StateReady      = "ready"
	StateFailed     = "failed partway"
	StateUnfinished = "not finished"
	StateDraft      = "draft"
	StateDisabled   = "disabled"
)

// Connection is a connection and what was found. Times that aren't known, or do
// not apply, are left out. Client IDs are shortened, as everywhere.
type Connection struct {
	ID              string       `json:"id"`
	Name            string       `json:"name"`
	Project         string       `json:"project"`  // the first that it is used in
	Projects        []string     `json:"projects"` // all of them
	Link            string       `json:"link"`
	Type            string       `json:"type,omitempty"` // empty for Azure Resource Manager
	Scheme          string       `json:"scheme"`
	CreationMode    string       `json:"creationMode,omitempty"`
	Cloud           string       `json:"cloud,omitempty"`
	ScopeLevel      string       `json:"scopeLevel,omitempty"`
	Scope           string       `json:"scope,omitempty"` // ARM ID
	ScopeName       string       `json:"scopeName,omitempty"`
	TenantID        string       `json:"tenantId,omitempty"`
	ClientID        string       `json:"clientId,omitempty"`
	State           string       `json:"state"`
	StateMessage    string       `json:"stateMessage,omitempty"`
	Outdated        bool         `json:"outdated"`
	Issuer          string       `json:"issuer,omitempty"` // generation: "Azure DevOps" or "Microsoft Entra"
	Federated       string       `json:"federatedCredential,omitempty"`
	Expires         time.Time    `json:"expires,omitzero"`         // of the credential: at the earliest, where several are good
	ExpiresLatest   time.Time    `json:"expiresLatest,omitzero"`   // where several are good
	RevertibleUntil time.Time    `json:"revertibleUntil,omitzero"` // of a conversion to federation
	LastSucceeded   time.Time    `json:"lastSucceeded,omitzero"`   // of a job with it
	Created         time.Time    `json:"created,omitzero"`
	Modified        time.Time    `json:"modified,omitzero"`
	People          Owners       `json:"people,omitzero"`
	OpenToAll       []string     `json:"openToAllPipelines"`      // projects
	SameIdentity    int          `json:"sameIdentity,omitempty"`  // other connections with the same identity
	Dates           []Date       `json:"dates,omitempty"`         // on which it stops, the next first
	Pipelines       []Pipeline   `json:"pipelines,omitempty"`     // that used it, the newest use first
	MorePipelines   int          `json:"morePipelines,omitempty"` // that used it and aren't listed
	Findings        []Finding    `json:"findings"`                // worst first
	Unseen          []Unseen     `json:"unseen,omitempty"`
	Recommendation  string       `json:"recommendation"`
	order           severityRank // of the worst finding
}

// Unseen is what couldn't be seen of one connection.
type Unseen struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Severity is how grave a finding is.
type Severity string

// The severities, gravest first.
const (
	Fail Severity = "fail" // it doesn't work
	Warn Severity = "warn" // it needs someone soon, or is wider open than need be
	Note Severity = "note" // worth knowing
)

// Finding is one thing about a connection.
type Finding struct {
	Code     diagnosis.Code `json:"code"`
	Severity Severity       `json:"severity"`
	Text     string         `json:"text"`
}

type severityRank int

func (s Severity) rank() severityRank {
	switch s {
	case Fail:
		return 0
	case Warn:
		return 1
	case Note:
		return 2
	}
	return 3
}

// Worst is the gravest severity of a connection; empty when nothing was found.
func (c Connection) Worst() Severity {
	worst := Severity("")
	for _, f := range c.Findings {
		if f.Severity.rank() < worst.rank() {
			worst = f.Severity
		}
	}
	return worst
}

// Reaches reports whether any finding is of a severity or of a graver one.
func (d Document) Reaches(s Severity) bool {
	return slices.ContainsFunc(d.Connections, func(c Connection) bool { return c.Worst().rank() <= s.rank() })
}

// finish puts everything into its order and counts what wasn't seen, so that the
// same facts make the same document in whatever order they came.
func (d *Document) finish() {
	for i := range d.Connections {
		c := &d.Connections[i]
		slices.SortStableFunc(c.Findings, func(a, b Finding) int {
			return cmp.Compare(a.Severity.rank(), b.Severity.rank())
		})
		c.order = c.Worst().rank()
	}
	slices.SortFunc(d.Connections, func(a, b Connection) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(weight(b), weight(a)),
			cmp.Compare(a.Project, b.Project), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	counts := map[Unseen]int{}
	for _, c := range d.Connections {
		for _, u := range c.Unseen {
			counts[u]++
		}
	}
	kept := slices.DeleteFunc(d.NotSeen, func(n NotSeen) bool { return n.Connections > 0 })
	for u, n := range counts {
		kept = append(kept, NotSeen{What: u.What, Why: u.Why, Connections: n})
	}
	slices.SortFunc(kept, func(a, b NotSeen) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.What, b.What), cmp.Compare(a.Why, b.Why))
	})
	d.NotSeen = slices.Compact(kept)
	if d.NotSeen == nil {
		d.NotSeen = []NotSeen{} // a list in JSON, also an empty one
	}
	slices.Sort(d.Projects)
	d.Projects = slices.Compact(d.Projects)
}

// weight tells apart what is equally grave: how many findings are.
func weight(c Connection) int {
	worst, n := c.Worst(), 0
	for _, f := range c.Findings {
		if f.Severity == worst {
			n++
		}
	}
	return n
}
