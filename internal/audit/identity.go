package audit

import (
	"context"
	"errors"
	"slices"
	"strings"

	"armpreflight/internal/azure"
	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
)

// identity is what Microsoft Entra returns about an application or managed identity.
type identity struct {
	conn      connection.Connection // one of those with this identity
	federated bool                  // one of them is federated

	app          *azure.Application // nil: not seen, or there is none
	principal    *azure.Principal
	appGone      bool // Microsoft Entra doesn't have it
	noPrincipal  bool // the same of the service principal
	credentials  []azure.FederatedCredential
	credentialsY string // why its federated credentials weren't seen
	principalY   string // why its service principal wasn't seen
	why          string // why nothing was seen; empty when something was
}

// identities reads the identities of the connections, a tenant at a time, and
// those of a tenant in groups.
func (o *Options) identities(ctx context.Context, directory Directory, connections []*seen) {
	byTenant := map[string][]*identity{}
	known := map[string]*identity{}
	var tenants []string
	for _, one := range connections {
		key := identityKey(one.conn)
		if key == "" {
			continue
		}
		id := known[key]
		if id == nil {
			id = &identity{conn: one.conn}
			known[key] = id
			tenant := strings.ToLower(one.conn.Cloud.Name + "/" + one.conn.TenantID)
			if byTenant[tenant] == nil {
				tenants = append(tenants, tenant)
			}
			byTenant[tenant] = append(byTenant[tenant], id)
		}
		id.federated = id.federated || one.conn.Scheme == connection.WorkloadIdentityFederation
		one.identity = id
	}
	slices.Sort(tenants)
	for _, tenant := range tenants {
		ids := byTenant[tenant]
		d, reason := directory(ctx, ids[0].conn.Cloud, ids[0].conn.TenantID)
		if d == nil {
			for _, id := range ids {
				id.why = reason
			}
			continue
		}
		groups := slices.Collect(slices.Chunk(ids, azure.IDsAtOnce))
		forEach(o.AtOnce, groups, func(group []*identity) { readGroup(ctx, d, group) })
		forEach(o.AtOnce, ids, func(id *identity) { id.read(ctx, d) })
	}
}

// readGroup reads several identities with two requests.
func readGroup(ctx context.Context, d *azure.Directory, group []*identity) {
	names := make([]string, len(group))
	for i, id := range group {
		names[i] = id.conn.ClientID
	}
	applications, err := d.Registrations(ctx, names)
	principals := map[string]azure.Principal{}
	if err == nil {
		principals, err = d.Principals(ctx, names)
	}
	for _, id := range group {
		key := strings.ToLower(id.conn.ClientID)
		if err != nil {
			id.why = why(ctx, err)
			continue
		}
		if app, ok := applications[key]; ok {
			id.app = &app
		}
		if principal, ok := principals[key]; ok {
			id.principal = &principal
		}
	}
}

// read asks what a list doesn't prove: whether what it left out is gone. Then it
// reads which issuers and subjects the identity trusts.
func (id *identity) read(ctx context.Context, d *azure.Directory) {
	if id.why != "" {
		return
	}
	if id.principal == nil {
		principal, err := d.Principal(ctx, id.conn.ClientID)
		failure, _ := errors.AsType[*evidence.Failure](err)
		switch {
		case err == nil:
			id.principal = &principal
		case failure != nil && azure.IsGone(failure):
			id.noPrincipal = true
			id.appGone = id.app == nil
		case id.app == nil:
			id.why = why(ctx, err)
			return
		default:
			id.principalY = why(ctx, err)
		}
	}
	// A managed identity has no application, and one of another tenant has it there.
	if p := id.principal; p != nil && id.app == nil && strings.EqualFold(p.Type, "Application") && strings.EqualFold(p.OwnerTenant, id.conn.TenantID) {
		app, err := d.Registration(ctx, id.conn.ClientID)
		failure, _ := errors.AsType[*evidence.Failure](err)
		switch {
		case err == nil:
			id.app = &app
		case failure != nil && azure.IsGone(failure):
			id.appGone = true
		default:
			id.why = why(ctx, err)
		}
	}
	if !id.federated {
		return
	}
	if id.app == nil {
		id.credentialsY = "they don't belong to an application in this tenant; those of a managed identity are in Azure, which this audit doesn't read"
		return
	}
	var err error
	if id.credentials, err = d.FederatedCredentials(ctx, id.conn.ClientID); err != nil {
		id.credentialsY = why(ctx, err)
	}
}
