package cloud

import (
	"strconv"
	"strings"
	"time"
)

// client is a principal that can sign in: an application, or a managed identity by a federated credential.
type client struct {
	app        Application
	resourceID string // of a managed identity
}

func (t *Tenant) client(id string) (client, bool) {
	for _, app := range t.Applications {
		if strings.EqualFold(app.ClientID, id) {
			return client{app: app}, true
		}
	}
	if identity, ok := t.managedIdentity(id); ok {
		return client{resourceID: identity.ResourceID, app: Application{Name: identity.Name, ClientID: identity.ClientID,
			ObjectID: identity.PrincipalID, PrincipalID: identity.PrincipalID, Federated: identity.Federated,
			MemberOf: identity.MemberOf}}, true
	}
	return client{}, false
}

func (t *Tenant) managedIdentity(clientID string) (ManagedIdentity, bool) {
	for _, identity := range t.ManagedIdentities {
		if strings.EqualFold(identity.ClientID, clientID) {
			return identity, true
		}
	}
	return ManagedIdentity{}, false
}

// principal finds who holds an object ID.
func (t *Tenant) principal(objectID string) (client, bool) {
	for _, app := range t.Applications {
		if strings.EqualFold(app.PrincipalID, objectID) {
			return client{app: app}, true
		}
	}
	if p := t.personByID(objectID); p != nil {
		return client{app: Application{Name: p.Account, PrincipalID: p.ObjectID, MemberOf: p.MemberOf}}, true
	}
	for _, identity := range t.ManagedIdentities {
		if strings.EqualFold(identity.PrincipalID, objectID) {
			return t.client(identity.ClientID)
		}
	}
	return client{}, false
}

// accessToken signs an access token of the first version, as Resource Manager gets it.
func (w *World) accessToken(q *call, e Environment, t *Tenant, c client, resource, acr string, life time.Duration) string {
	issuer := "https://sts.windows.net/" + t.ID + "/"
	if e.ADFS {
		issuer = "https://" + e.Authorities[0] + "/adfs"
	}
	access := claims{
		Audience: audience(resource), Issuer: issuer, Subject: c.app.PrincipalID,
		IssuedAt: seconds(q.now), NotBefore: seconds(q.now), Expires: seconds(q.now.Add(life)),
		AppID: c.app.ClientID, AppIDACR: acr, IDType: "app", ObjectID: c.app.PrincipalID, TenantID: t.ID,
		ResourceID: c.resourceID, UniqueID: derivedGUID(q.id + strconv.FormatInt(q.now.Unix(), 10))[:22], Version: "1.0",
	}
	if e.resource(resource) == graph {
		access.Roles = c.app.GraphRoles
	}
	return sign(entraKey(), access)
}
