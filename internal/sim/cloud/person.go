package cloud

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Person is someone's account in a tenant. Someone with accounts in several tenants has one there each, with the same
// Account.
type Person struct {
	Account        string // sign-in name in the own tenant: "ada@contoso.example"
	ObjectID       string // of the account in this tenant
	Guest          bool
	MemberOf       []string // object IDs of groups, for role assignments
	DirectoryRoles []string // template IDs of the roles of Microsoft Entra that are active
	EligibleRoles  []string // of those that have to be activated first
	GraphScopes    []string // what the sign-in may ask of Microsoft Graph; nil = as much as every check could want
	// Refuse is Microsoft Entra's answer to a silent sign-in to this tenant; nil = none.
	Refuse *Refusal
}

// Ids of roles of Microsoft Entra, the same in every tenant (Microsoft Entra documentation, built-in roles).
const (
	DirectoryApplicationDeveloper = "cf1c38e5-3621-4004-a7cb-879624dced7c"
	DirectoryReaders              = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
)

// What a guest may see and do (guestUserRoleId; Microsoft Graph reference, authorizationPolicy).
const (
	GuestsLikeMembers = "a0b1b346-4d3e-4e8b-98f8-753987be4970"
	GuestsLimited     = "10dae51f-b6af-4016-8d66-8c2a99b929b3"
	GuestsRestricted  = "2af84b1e-32c8-42b7-82bc-daa82404023b"
)

// Directory is what a tenant lets its people do.
type Directory struct {
	NoAppsByUsers bool   // "Users can register applications" is No
	Guests        string // guestUserRoleId; "" = GuestsLimited
	// AppPolicy is the default policy for the credentials of applications; nil = none is enabled.
	AppPolicy []AppRestriction
}

// AppRestriction forbids or bounds a kind of credential of applications.
type AppRestriction struct {
	Kind    string // "passwordAddition", "passwordLifetime", "symmetricKeyAddition", …
	MaxLife string // ISO 8601, of a lifetime
	Off     bool   // state is "disabled"
}

// azureDevOps is the resource of Azure DevOps in Microsoft Entra.
const azureDevOps = "499b84ac-1321-427f-aa17-267ca6975798"

// azureCLI is the client ID of the Azure CLI.
const azureCLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// PersonToken is an access token as the Azure CLI of someone who is signed in would print it, and for a refusal the words
// that it writes to stderr. The account is a sign-in name, the client ID of an application, or "" where no one is signed in;
// the tenant "" is the first one that has it.
func (c *Cloud) PersonToken(account, tenantID, resource string) (token string, expires time.Time, err error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	w := c.world
	now := w.now()
	if account == "" {
		return "", time.Time{}, said("ERROR: Please run 'az login' to setup account.")
	}
	for i := range w.Tenants {
		t := &w.Tenants[i]
		if tenantID != "" && !strings.EqualFold(t.ID, tenantID) {
			continue
		}
		p := t.person(account)
		switch app, isApplication := t.client(account); {
		case isApplication:
			return sign(entraKey(), claims{Audience: audience(resource), Issuer: "https://sts.windows.net/" + t.ID + "/",
				Subject: app.app.PrincipalID, ObjectID: app.app.PrincipalID, AppID: app.app.ClientID, TenantID: t.ID, IDType: "app",
				IssuedAt: seconds(now), NotBefore: seconds(now), Expires: seconds(now.Add(time.Hour)), Version: "1.0"}), now.Add(time.Hour), nil
		case p == nil && tenantID == "":
			continue
		case p == nil:
			return "", time.Time{}, azureCLIError(Refusal{Code: 50020, Text: fmt.Sprintf("User account '%s' from identity provider "+
				"'https://sts.windows.net/%s/' does not exist in tenant '%s' and cannot access the application '%s'(Microsoft Azure CLI) in that "+
				"tenant. The account needs to be added as an external user in the tenant first.", account, w.Tenants[0].ID, t.Name, azureCLI)}, now)
		case p.Refuse != nil:
			return "", time.Time{}, azureCLIError(*p.Refuse, now)
		}
		expires = now.Add(75 * time.Minute)
		access := claims{
			Audience: audience(resource), Issuer: "https://sts.windows.net/" + t.ID + "/", Subject: derivedGUID(p.ObjectID + resource),
			IssuedAt: seconds(now), NotBefore: seconds(now), Expires: seconds(expires),
			AppID: azureCLI, AppIDACR: "0", IDType: "user", ObjectID: p.ObjectID, TenantID: t.ID, UPN: t.upn(p),
			UniqueID: derivedGUID(p.ObjectID + now.String())[:22], Version: "1.0", Scope: "user_impersonation",
		}
		if w.environment(t.Environment).resource(resource) == graph {
			access.Scope = strings.Join(p.scopes(), " ")
		}
		return sign(entraKey(), access), expires, nil
	}
	return "", time.Time{}, said("ERROR: AADSTS90002: Tenant '" + tenantID + "' not found.")
}

// said is what a tool writes to stderr.
type said string

func (s said) Error() string { return string(s) }

// azureCLIError has the words of azure-cli for a refused token.
func azureCLIError(r Refusal, now time.Time) error {
	return said(fmt.Sprintf("ERROR: AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s\nInteractive authentication is needed. Please run:\naz logout\naz login",
		r.Code, r.Text, derivedGUID("trace"), derivedGUID("correlation"), now.UTC().Format("2006-01-02 15:04:05Z")))
}

func (t *Tenant) person(account string) *Person {
	for i := range t.People {
		if strings.EqualFold(t.People[i].Account, account) {
			return &t.People[i]
		}
	}
	return nil
}

func (t *Tenant) personByID(objectID string) *Person {
	for i := range t.People {
		if strings.EqualFold(t.People[i].ObjectID, objectID) {
			return &t.People[i]
		}
	}
	return nil
}

// upn is the name of an account in this tenant: a guest's holds where it comes from.
func (t *Tenant) upn(p *Person) string {
	if !p.Guest {
		return p.Account
	}
	return strings.ReplaceAll(p.Account, "@", "_") + "#EXT#@" + strings.ToLower(t.Name) + ".example"
}

func (p *Person) scopes() []string {
	if p.GraphScopes != nil {
		return p.GraphScopes
	}
	return []string{"User.Read", "Directory.AccessAsUser.All", "Application.ReadWrite.All", "Policy.Read.All", "RoleEligibilitySchedule.Read.Directory"}
}

// granted reports whether a token of a user holds one of the delegated permissions.
func (c claims) granted(any ...string) bool {
	return slices.ContainsFunc(strings.Fields(c.Scope), func(scope string) bool { return slices.Contains(any, scope) })
}
