package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/evidence"
)

// seen is what was learned about one connection.
type seen struct {
	devops.Listed
	conn     connection.Connection
	problems []connection.Problem
	projects []devops.Project // that it is used in: by name, then ID
	openTo   []string         // names of the projects whose pipelines may all use it
	last     devops.LastUse   // over all projects: Used and Succeeded only
	uses     []Pipeline       // over all projects
	unread   string           // why the history of a project wasn't read; empty when all of them were
	unseen   []Unseen
	identity *identity // nil when the connection names none
	shares   []*seen   // other connections of the same identity, in all slices
}

// fleet is what was learned about an organization.
type fleet struct {
	all     map[string]*seen // by lower-case ID
	listed  []string         // names of projects
	notSeen []NotSeen
	whole   bool // every project was requested, and answered
}

// list reads the connections of every project. A connection that is used in
// several is listed by each; it is kept once.
func (o *Options) list(ctx context.Context, reader *devops.Reader) (*fleet, error) {
	projects, err := o.projects(ctx, reader)
	if err != nil {
		return nil, err
	}
	f := &fleet{all: map[string]*seen{}, whole: len(o.Projects) == 0}
	var mu sync.Mutex
	var refusal error // one of those that kept a project from being listed
	forEach(o.AtOnce, projects, func(p devops.Project) {
		var found []devops.Listed
		var failure error
		for l, err := range reader.Connections(ctx, p.ID) {
			if err != nil {
				failure = err
				break
			}
			found = append(found, l)
		}
		mu.Lock()
		defer mu.Unlock()
		if failure != nil {
			f.whole, refusal = false, failure
			f.notSeen = append(f.notSeen, NotSeen{What: "connections", Why: why(ctx, failure), Project: o.Text(p.Name)})
			return
		}
		f.listed = append(f.listed, o.Text(p.Name))
		if len(found) == 0 {
			f.notSeen = append(f.notSeen, NotSeen{What: "connections", Why: "the project shows none to this reader, but might have some", Project: o.Text(p.Name)})
		}
		for _, l := range found {
			f.add(l, p)
		}
	})
	if len(projects) == 0 {
		return nil, &Blind{What: "the list of projects", why: "it's empty, so this reader can't read any project"}
	}
	if len(f.listed) == 0 {
		return nil, &Blind{What: "connections of any project", why: f.notSeen[0].Why, cause: refusal}
	}
	f.relate()
	return f, nil
}

// Blind is the error of an audit that could see nothing at all.
type Blind struct {
	What  string
	why   string
	cause error
}

func (b *Blind) Error() string { return b.What + ": " + b.why }

// Refused reports whether it was the credential that may not look, and not the way
// there that was closed.
func (b *Blind) Refused() bool {
	if b.cause == nil {
		return true // everything was answered
	}
	f, ok := errors.AsType[*evidence.Failure](b.cause)
	return ok && (f.Code == "credential-refused" || f.Code == string(catalogue.RecordUnreadable))
}

// projects finds the projects that were requested, or all that the reader sees.
func (o *Options) projects(ctx context.Context, reader *devops.Reader) ([]devops.Project, error) {
	seen, found := map[string]bool{}, []devops.Project{}
	add := func(p devops.Project) {
		if key := strings.ToLower(p.ID); p.ID != "" && !seen[key] {
			seen[key] = true
			found = append(found, p)
		}
	}
	for _, name := range o.Projects {
		p, err := reader.Project(ctx, name)
		if err != nil {
			return nil, &Blind{What: fmt.Sprintf("project %q", name), why: why(ctx, err), cause: err}
		}
		add(p)
	}
	if len(o.Projects) > 0 {
		return found, nil
	}
	for p, err := range reader.Projects(ctx) {
		if err != nil {
			return nil, &Blind{What: "the list of projects", why: why(ctx, err), cause: err}
		}
		add(p)
	}
	return found, nil
}

// add keeps a connection that a project listed.
func (f *fleet) add(l devops.Listed, in devops.Project) {
	key := strings.ToLower(l.ID)
	one := f.all[key]
	if one == nil {
		one = &seen{Listed: l}
		one.conn, one.problems = connection.Parse(connection.Endpoint{ID: l.ID, URL: l.URL, Scheme: l.Scheme, Parameters: l.Parameters, Data: l.Data})
		if one.foreign() {
			one.conn, one.problems = federated(one.conn, l), nil
		}
		one.Data, one.Parameters = nil, nil // they were read
		f.all[key] = one
	}
	for _, p := range append(l.In, in) {
		if p.ID == "" || slices.ContainsFunc(one.projects, func(q devops.Project) bool { return strings.EqualFold(p.ID, q.ID) }) {
			continue
		}
		one.projects = append(one.projects, p)
	}
}

// foreign reports whether it's a connection of another type. The audit checks only the federation of those.
func (f *seen) foreign() bool { return !strings.EqualFold(f.Type, devops.AzureRM) }

// federated is what connections of every type have in common. Those of other types
// name no cloud in general, and are then taken for ones of the public cloud.
func federated(parsed connection.Connection, l devops.Listed) connection.Connection {
	c := connection.Connection{ID: parsed.ID, Scheme: connection.WorkloadIdentityFederation, SchemeName: parsed.SchemeName, Issuer: parsed.Issuer, Subject: parsed.Subject,
		TenantID: strings.TrimSpace(l.Parameters["tenantid"].Reveal()), ClientID: strings.TrimSpace(l.Parameters["serviceprincipalid"].Reveal()),
		CreationMode: parsed.CreationMode, Cloud: connection.Clouds()[0]}
	if name := l.Data["environment"]; name != "" && !strings.EqualFold(name, c.Cloud.Name) {
		c.Cloud = connection.Cloud{Name: name}
	}
	return c
}

// relate finds connections of the same identity, and orders the projects.
func (f *fleet) relate() {
	byIdentity := map[string][]*seen{}
	for _, one := range f.all {
		slices.SortFunc(one.projects, func(a, b devops.Project) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		})
		if key := identityKey(one.conn); key != "" {
			byIdentity[key] = append(byIdentity[key], one)
		}
	}
	for _, same := range byIdentity {
		slices.SortFunc(same, func(a, b *seen) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
		for _, one := range same {
			one.shares = same // itself among them: one list for all
		}
	}
}

// identityKey names the identity behind a connection; empty when it names none.
func identityKey(c connection.Connection) string {
	if c.ClientID == "" || c.TenantID == "" {
		return ""
	}
	return strings.ToLower(c.Cloud.Name + "/" + c.TenantID + "/" + c.ClientID)
}

// unusedSince is the day since which a connection has to have been used.
func (o *Options) unusedSince() time.Time { return o.Now.AddDate(0, 0, -o.UnusedDays) }

// look asks what the list doesn't say about a connection: who may use it and when
// it was used, in each of its projects.
func (o *Options) look(ctx context.Context, reader *devops.Reader, one *seen) {
	for _, p := range one.projects {
		open, err := reader.OpenToAll(ctx, p.ID, one.ID)
		switch {
		case err != nil:
			one.notSeen("which pipelines can use it", why(ctx, err))
		case open:
			one.openTo = append(one.openTo, o.Text(p.Name))
		}
		use, err := reader.LastUse(ctx, p.ID, one.ID)
		if err != nil {
			one.unread = why(ctx, err)
			one.notSeen(whatUse, one.unread)
			continue
		}
		if far := use.Since; use.Older && use.Succeeded.IsZero() && (far.IsZero() || far.After(o.unusedSince())) {
			one.notSeen(whatUse, "none of its newest uses succeeded, and older ones aren't read")
		}
		if use.Succeeded.After(one.last.Succeeded) {
			one.last.Succeeded = use.Succeeded
		}
		if use.Used.After(one.last.Used) {
			one.last.Used = use.Used
		}
		for _, pipeline := range use.Pipelines {
			one.uses = append(one.uses, Pipeline{Name: o.Text(pipeline.Name), Project: o.Text(p.Name), Runs: pipeline.Runs, Last: pipeline.Last})
		}
	}
}

func (f *seen) notSeen(what, why string) {
	if u := (Unseen{what, why}); !slices.Contains(f.unseen, u) {
		f.unseen = append(f.unseen, u)
	}
}

// saw reports whether everything was seen of what has this name.
func (f *seen) saw(what string) bool {
	return !slices.ContainsFunc(f.unseen, func(u Unseen) bool { return u.What == what })
}

// why says in a few words why a question has no answer.
func why(ctx context.Context, err error) string {
	f, ok := errors.AsType[*evidence.Failure](err)
	switch {
	case ctx.Err() != nil:
		return "the time ran out"
	case !ok:
		return "the request couldn't be sent"
	case f.Code == "credential-refused":
		return "the credential wasn't accepted"
	case f.Code == string(catalogue.RecordUnreadable) && f.Evidence.Status == 404, f.Code == string(catalogue.RecordUnreadable) && f.Evidence.Status == 200:
		return "it doesn't exist, or this reader can't see it"
	case f.Evidence.Status == 401, f.Evidence.Status == 403:
		return fmt.Sprintf("this reader doesn't have permission (HTTP %d)", f.Evidence.Status)
	case f.Evidence.Network != evidence.None:
		return fmt.Sprintf("%s couldn't be reached (%s)", f.Evidence.Host, f.Evidence.Network)
	case f.Code == string(catalogue.UnexpectedAnswer) || f.Evidence.Status == 200:
		return "the response couldn't be read"
	default:
		return fmt.Sprintf("%s returned HTTP %d", f.Evidence.Host, f.Evidence.Status)
	}
}

// forEach calls f for every item, a few at a time, and waits.
func forEach[T any](atOnce int, items []T, f func(T)) {
	check.Each(len(items), atOnce, func(i int) { f(items[i]) })
}
