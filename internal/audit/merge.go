package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/jsonsize"
)

// Bounds on the parts that are merged, together. Ten thousand connections, each with something of everything, fit.
const (
	maxParts  = 24 << 20  // bytes
	maxText   = 256 << 10 // bytes of one text
	maxOne    = 1 << 20   // bytes of one connection, which is written as one line or cell
	maxListed = 30_000    // connections, projects, and kinds of what wasn't seen
	maxWithin = 250_000   // findings and so on, of all connections
)

// Parts reads the parts of one audit, which are bounded together. The zero value has read none.
type Parts struct{ size, listed, within int }

// Read reads a part, or a whole document, that this tool has written. text makes
// words from a file fit to be shown.
func (p *Parts) Read(r io.Reader, text func(string) string) (Document, error) {
	written, err := io.ReadAll(io.LimitReader(r, int64(maxParts-p.size)+1))
	if err != nil {
		return Document{}, fmt.Errorf("it can't be read: %w", err)
	}
	n, ok := jsonsize.Of(written)
	p.size, p.listed, p.within = p.size+len(written), p.listed+n.Top, p.within+n.Deeper
	switch {
	case p.size > maxParts:
		p.size = maxParts
		return Document{}, fmt.Errorf("it and the parts before it are larger than %d MiB", maxParts>>20)
	case !ok:
		return Document{}, fmt.Errorf("it isn't the JSON of an audit: it's nested deeper than %d levels", jsonsize.Deepest)
	case n.Longest > maxText:
		return Document{}, fmt.Errorf("it isn't the JSON of an audit: a text in it is longer than %d KiB", maxText>>10)
	case n.Largest > maxOne:
		return Document{}, fmt.Errorf("it isn't the JSON of an audit: a connection in it is larger than %d MiB", maxOne>>20)
	case p.listed > maxListed:
		return Document{}, fmt.Errorf("it and the parts before it list more than %d connections, projects, and unchecked items", maxListed)
	case p.within > maxWithin:
		return Document{}, fmt.Errorf("its connections, and those of the parts before it, have more than %d findings, projects, and unchecked items", maxWithin)
	}
	var d Document
	if err := json.Unmarshal(written, &d); err != nil {
		return Document{}, errors.New("it isn't the JSON of an audit")
	}
	if d.SchemaVersion != SchemaVersion {
		return Document{}, fmt.Errorf("its schemaVersion is %q; this version reads %q", text(d.SchemaVersion), SchemaVersion)
	}
	if d.Organization == "" || d.Connections == nil {
		return Document{}, errors.New("it isn't the JSON of an audit")
	}
	if s := d.Slice; s != nil && (s.Total < 1 || s.Position < 1 || s.Position > s.Total) {
		return Document{}, fmt.Errorf("its slice is %d of %d, which isn't possible", s.Position, s.Total)
	}
	d.clean(text) // before the rest: what is checked is what is kept
	seen := map[string]bool{}
	for _, c := range d.Connections {
		id := strings.ToLower(c.ID)
		switch {
		case id == "":
			return Document{}, errors.New("it has a connection without an ID")
		case seen[id]:
			return Document{}, fmt.Errorf("it has connection %q twice", c.ID)
		case !d.Slice.Has(c.ID):
			return Document{}, fmt.Errorf("it has connection %q, which belongs to a different slice", c.ID)
		}
		seen[id] = true
		for _, f := range c.Findings {
			if f.Severity.rank() > Note.rank() {
				return Document{}, fmt.Errorf("a finding has the severity %q", text(string(f.Severity)))
			}
		}
		for _, at := range c.Dates {
			if !at.known() {
				return Document{}, fmt.Errorf("a date has the kind %q and the certainty %q", text(string(at.Kind)), text(string(at.Certainty)))
			}
		}
	}
	return d, nil
}

// Merge makes one document of the slices of one audit. Every slice must be there,
// once: a missing one would pass for a healthy share.
func Merge(parts []Document) (Document, error) {
	if len(parts) == 0 {
		return Document{}, errors.New("no parts were given")
	}
	whole := parts[0]
	if whole.Slice == nil {
		if len(parts) > 1 {
			return Document{}, errors.New("one of the parts is a whole audit, not a slice")
		}
		whole.finish()
		return whole, nil
	}
	total, found := whole.Slice.Total, map[int]bool{}
	whole.Dated = !slices.ContainsFunc(parts, func(p Document) bool { return !p.Dated })
	whole.Slice, whole.Connections, whole.Projects, whole.NotSeen = nil, []Connection{}, []string{}, nil
	for _, p := range parts {
		switch {
		case p.Slice == nil:
			return Document{}, errors.New("one of the parts is a whole audit, not a slice")
		case p.Slice.Total != total:
			return Document{}, fmt.Errorf("the parts belong to an audit of %d slices and an audit of %d slices", total, p.Slice.Total)
		case found[p.Slice.Position]:
			return Document{}, fmt.Errorf("slice %d occurs twice", p.Slice.Position)
		case !strings.EqualFold(p.Organization, whole.Organization):
			return Document{}, fmt.Errorf("the parts belong to different organizations, %q and %q", whole.Organization, p.Organization)
		}
		found[p.Slice.Position] = true
		if p.Checked.Before(whole.Checked) {
			whole.Checked = p.Checked
		}
		whole.Projects = append(whole.Projects, p.Projects...)
		whole.NotSeen = append(whole.NotSeen, p.NotSeen...)
		whole.Connections = append(whole.Connections, p.Connections...)
	}
	if len(found) != total {
		var missing []string
		for i := 1; i <= total && len(missing) < 10; i++ {
			if !found[i] {
				missing = append(missing, fmt.Sprint(i))
			}
		}
		return Document{}, fmt.Errorf("of %d slices, these are missing: %s", total, strings.Join(missing, ", "))
	}
	whole.finish()
	return whole, nil
}

// clean makes every text of a document fit to be shown.
func (d *Document) clean(text func(string) string) {
	each := func(list []string) []string {
		out := make([]string, len(list))
		for i, s := range list {
			out[i] = text(s)
		}
		return out
	}
	d.Tool, d.Organization, d.Reader, d.Projects = text(d.Tool), text(d.Organization), text(d.Reader), each(d.Projects)
	for i := range d.NotSeen {
		n := &d.NotSeen[i]
		n.What, n.Why, n.Project = text(n.What), text(n.Why), text(n.Project)
	}
	for i := range d.Connections {
		c := &d.Connections[i]
		c.Projects, c.OpenToAll = each(c.Projects), each(c.OpenToAll)
		for _, field := range []*string{&c.ID, &c.Name, &c.Project, &c.Link, &c.Type, &c.Scheme, &c.CreationMode, &c.Cloud, &c.ScopeLevel, &c.Scope, &c.ScopeName,
			&c.TenantID, &c.ClientID, &c.State, &c.StateMessage, &c.Issuer, &c.Federated, &c.Recommendation} {
			*field = text(*field)
		}
		c.People.clean(text)
		if c.Findings == nil {
			c.Findings = []Finding{}
		}
		for j := range c.Findings {
			c.Findings[j].Code, c.Findings[j].Text = diagnosis.Code(text(string(c.Findings[j].Code))), text(c.Findings[j].Text)
		}
		for j := range c.Dates {
			at := &c.Dates[j]
			at.Basis, at.Credential, at.Check, at.Finding = text(at.Basis), text(at.Credential), text(at.Check), diagnosis.Code(text(string(at.Finding)))
			if p := at.Pipeline; p != nil {
				at.Pipeline = &Pipeline{text(p.Name), text(p.Project), p.Runs, p.Last}
			}
		}
		for j := range c.Pipelines {
			p := &c.Pipelines[j]
			p.Name, p.Project = text(p.Name), text(p.Project)
		}
		for j := range c.Unseen {
			c.Unseen[j] = Unseen{text(c.Unseen[j].What), text(c.Unseen[j].Why)}
		}
	}
}
