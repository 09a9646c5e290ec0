package audit

import (
	"context"
	"strings"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
)

// Options are what an audit checks, and how.
type Options struct {
	Tool, Organization, Reader string   // for the document; Organization without a slash at the end
	OrganizationID             string   // empty when not known
	Projects                   []string // names or IDs; none means all
	Slice                      *Slice   // nil: everything
	Now                        time.Time
	ExpiryDays                 int // a credential that ends sooner is a warning
	UnusedDays                 int // this many days without a success are a note
	AtOnce                     int // requests at the same time
	// Text makes words from outside fit to be kept and shown.
	Text func(string) string
}

// Directory gives a reader of a tenant's applications, or says why there is none.
type Directory func(ctx context.Context, cloud connection.Cloud, tenant string) (reader *azure.Directory, why string)

// Run checks an organization. The error says, in words for a user, why nothing
// could be seen at all.
func Run(ctx context.Context, reader *devops.Reader, directory Directory, o Options) (Document, error) {
	fleet, err := o.list(ctx, reader)
	if err != nil {
		return Document{}, err
	}
	var mine []*seen
	for _, one := range fleet.all {
		if o.Slice.Has(one.ID) {
			mine = append(mine, one)
		}
	}
	forEach(o.AtOnce, mine, func(one *seen) { o.look(ctx, reader, one) })
	o.identities(ctx, directory, mine)
	users, unseen := o.people(ctx, reader, mine)

	d := Document{
		SchemaVersion: SchemaVersion, Tool: o.Tool, Organization: o.Organization, Reader: o.Text(o.Reader), Checked: o.Now.UTC().Truncate(time.Second),
		Slice: o.Slice, Projects: append([]string{}, fleet.listed...), NotSeen: append(fleet.notSeen, unseen...), Dated: true, Connections: make([]Connection, 0, len(mine)),
	}
	for _, one := range mine {
		d.Connections = append(d.Connections, o.assess(one, fleet, users))
	}
	d.finish()
	return d, nil
}

// dangling counts the federated credentials of an application that are for
// connections of this organization which no one listed.
func (o *Options) dangling(id *identity, f *fleet) int {
	if !f.whole || o.OrganizationID == "" {
		return 0
	}
	n := 0
	for _, c := range id.credentials {
		_, rest, ok := strings.Cut(strings.ToLower(c.Subject), "/sc/"+strings.ToLower(o.OrganizationID)+"/")
		if ok && f.all[rest] == nil {
			n++
		}
	}
	return n
}
