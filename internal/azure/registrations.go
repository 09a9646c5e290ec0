package azure

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"
)

// IDsAtOnce is how many IDs Graph takes in one filter with "in" (Microsoft Graph
// documentation, Advanced query capabilities).
const IDsAtOnce = 15

// Directory reads app registrations of one tenant for a user or a program that
// audits. It is the reader's own token, not that of a connection.
type Directory struct {
	client *Client
	token  GraphToken
}

// NewDirectory returns a reader of applications; nil where a cloud has no Graph
// that is read. Its requests share a pace.
func NewDirectory(w *web.Client, cloud connection.Cloud, token secret.Text, pace *web.Pace) *Directory {
	if !hasGraph(cloud) {
		return nil
	}
	c := &Client{cloud: cloud, graph: w.For(web.Rule{Service: evidence.Graph, Hosts: []string{cloud.GraphHost()}, Pace: pace})}
	return &Directory{client: c, token: GraphToken{Value: token}}
}

const registrationFields = "appId,displayName,signInAudience,passwordCredentials,keyCredentials"

// Registration reads the application with a client ID. The error of one that isn't
// in the tenant is a *evidence.Failure, see IsGone.
func (d *Directory) Registration(ctx context.Context, clientID string) (Application, error) {
	return d.client.application(ctx, d.token, clientID, registrationFields)
}

// Registrations reads the applications with these client IDs, IDsAtOnce of them at
// most, by lower-case client ID. One that is left out may be hidden or gone.
func (d *Directory) Registrations(ctx context.Context, clientIDs []string) (map[string]Application, error) {
	found := map[string]Application{}
	err := several(ctx, d, "applications", registrationFields, clientIDs, func(a applicationAnswer) bool {
		app, ok := a.read()
		found[strings.ToLower(app.ClientID)] = app
		return ok
	})
	return found, err
}

// several reads up to IDsAtOnce things by their client IDs, in one request.
func several[T any](ctx context.Context, d *Directory, kind, fields string, clientIDs []string, keep func(T) bool) error {
	ctx, trace := web.Record(ctx)
	ids := make([]string, len(clientIDs))
	for i, id := range clientIDs {
		ids[i] = quoted(id)
	}
	query := url.Values{"$filter": {"appId in (" + strings.Join(ids, ",") + ")"}, "$select": {fields}}
	var answer struct {
		Value []T `json:"value"`
	}
	err := d.client.fetch(ctx, d.client.graph, d.client.cloud.Graph+"/v1.0/"+kind+"?"+query.Encode(), d.token.Value, decodeInto(&answer))
	if err == nil && answer.Value != nil {
		whole := true
		for _, one := range answer.Value {
			whole = whole && keep(one)
		}
		if whole {
			return nil
		}
	}
	return failed(ctx, trace, "read "+kind+" in Microsoft Graph", evidence.Graph)
}

// Principal is the service principal of an application, or a managed identity.
type Principal struct {
	Enabled     *bool  `json:"accountEnabled"`         // nil when it isn't told
	Type        string `json:"servicePrincipalType"`   // "Application", "ManagedIdentity"
	OwnerTenant string `json:"appOwnerOrganizationId"` // of the application; empty for a managed identity
}

const principalFields = "appId,accountEnabled,servicePrincipalType,appOwnerOrganizationId"

type principalAnswer struct {
	AppID string `json:"appId"`
	Principal
}

// Principals reads the service principals of these client IDs, as Registrations does.
func (d *Directory) Principals(ctx context.Context, clientIDs []string) (map[string]Principal, error) {
	found := map[string]Principal{}
	err := several(ctx, d, "servicePrincipals", principalFields, clientIDs, func(p principalAnswer) bool {
		found[strings.ToLower(p.AppID)] = p.Principal
		return p.AppID != ""
	})
	return found, err
}

// Principal reads the service principal of a client ID. The error of one that is
// not in the tenant is a *evidence.Failure with status 404, see IsGone.
func (d *Directory) Principal(ctx context.Context, clientID string) (Principal, error) {
	ctx, trace := web.Record(ctx)
	address := d.client.cloud.Graph + "/v1.0/servicePrincipals(appId=" + url.PathEscape(quoted(clientID)) + ")?$select=" + principalFields
	var answer principalAnswer
	if d.client.fetch(ctx, d.client.graph, address, d.token.Value, decodeInto(&answer)) == nil && strings.EqualFold(answer.AppID, clientID) {
		return answer.Principal, nil
	}
	return Principal{}, failed(ctx, trace, "read the service principal in Microsoft Graph", evidence.Graph)
}

// FederatedCredential is what an identity trusts. Subject is empty for one that
// matches by an expression, which Azure DevOps may not use.
type FederatedCredential struct {
	Issuer    string   `json:"issuer"`
	Subject   string   `json:"subject"`
	Audiences []string `json:"audiences"`
}

// FederatedCredentials reads those of an application, which has at most 20.
func (d *Directory) FederatedCredentials(ctx context.Context, clientID string) ([]FederatedCredential, error) {
	ctx, trace := web.Record(ctx)
	address := d.client.cloud.Graph + "/v1.0/applications(appId=" + url.PathEscape(quoted(clientID)) + ")/federatedIdentityCredentials"
	var answer struct {
		Value []FederatedCredential `json:"value"`
	}
	if d.client.fetch(ctx, d.client.graph, address, d.token.Value, decodeInto(&answer)) == nil && answer.Value != nil {
		return answer.Value, nil
	}
	return nil, failed(ctx, trace, "read federated credentials in Microsoft Graph", evidence.Graph)
}

// IsGone reports whether Graph answers, to a reader with permission, that there is
// no such thing.
func IsGone(f *evidence.Failure) bool {
	e := f.Evidence
	return e.Status == http.StatusNotFound && len(e.Codes) > 0 && strings.EqualFold(e.Codes[0], string(catalogue.RequestResourceNotFound))
}
