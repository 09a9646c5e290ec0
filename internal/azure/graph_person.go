package azure

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"armpreflight/internal/evidence"
	"armpreflight/internal/web"
)

// Account is what Graph returns about the user who sends the request.
// Field names: Microsoft Graph reference, user.
type Account struct {
	ID                string `json:"id"`
	UserPrincipalName string `json:"userPrincipalName"`
	UserType          string `json:"userType"` // Member, Guest; empty when not told
	Enabled           *bool  `json:"accountEnabled"`
}

// IsGuest reports whether this is a guest's account: by its type, and where that
// isn't told by its name, which has a guest's home directory in it.
func (a Account) IsGuest() bool {
	if a.UserType != "" {
		return strings.EqualFold(a.UserType, "Guest")
	}
	return strings.Contains(strings.ToUpper(a.UserPrincipalName), "#EXT#")
}

// Me reads the account of the person who asks. Needs User.Read.
func (c *Client) Me(ctx context.Context, t GraphToken) (Account, error) {
	var a Account
	err := c.ask(ctx, t, "/v1.0/me?$select=id,userPrincipalName,userType,accountEnabled", &a, func() bool { return a.ID != "" })
	return a, err
}

// AuthorizationPolicy is what a tenant lets everyone do.
// Field names: Microsoft Graph reference, authorizationPolicy.
type AuthorizationPolicy struct {
	GuestUserRoleID string `json:"guestUserRoleId"`
	Defaults        *struct {
		AllowedToCreateApps *bool `json:"allowedToCreateApps"`
	} `json:"defaultUserRolePermissions"`
}

// AuthorizationPolicy reads what the tenant lets its users and guests do. Needs
// Policy.Read.All.
func (c *Client) AuthorizationPolicy(ctx context.Context, t GraphToken) (AuthorizationPolicy, error) {
	var p AuthorizationPolicy
	err := c.ask(ctx, t, "/v1.0/policies/authorizationPolicy", &p, func() bool { return p.Defaults != nil && p.Defaults.AllowedToCreateApps != nil })
	return p, err
}

// DirectoryRole is a role of Microsoft Entra that a user holds or could activate.
type DirectoryRole struct {
	Name       string `json:"displayName"`
	TemplateID string `json:"roleTemplateId"`   // of one that is held
	RoleID     string `json:"roleDefinitionId"` // of one that could be activated
}

// DirectoryRoles reads the roles that the person who asks holds now, also through
// groups. Needs User.Read.
func (c *Client) DirectoryRoles(ctx context.Context, t GraphToken) ([]DirectoryRole, error) {
	return c.roles(ctx, t, "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole?$select=displayName,roleTemplateId")
}

// EligibleRoles reads the roles that the person who asks could activate (PIM).
// Needs RoleEligibilitySchedule.Read.Directory.
func (c *Client) EligibleRoles(ctx context.Context, t GraphToken) ([]DirectoryRole, error) {
	return c.roles(ctx, t, "/v1.0/roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')")
}

// roles reads one page: no one holds hundreds.
func (c *Client) roles(ctx context.Context, t GraphToken, path string) ([]DirectoryRole, error) {
	var p page[DirectoryRole]
	err := c.ask(ctx, t, path, &p, func() bool {
		return p.Value != nil && !slices.ContainsFunc(p.Value, func(r DirectoryRole) bool { return r.TemplateID == "" && r.RoleID == "" })
	})
	return p.Value, err
}

// AppManagementPolicy is what a tenant allows as credentials of applications.
// Field names: Microsoft Graph reference, tenantAppManagementPolicy.
type AppManagementPolicy struct {
	Enabled      *bool `json:"isEnabled"`
	Applications struct {
		Passwords []AppRestriction `json:"passwordCredentials"`
	} `json:"applicationRestrictions"`
}

// AppRestriction is one rule about the secrets of applications.
type AppRestriction struct {
	Type        string `json:"restrictionType"` // passwordAddition, passwordLifetime, customPasswordAddition, symmetricKeyAddition, …
	MaxLifetime string `json:"maxLifetime"`     // ISO 8601
	State       string `json:"state"`           // enabled, disabled; empty counts as enabled
}

// AppManagementPolicy reads the tenant's rules for the credentials of applications.
// Needs Policy.Read.All or Policy.Read.ApplicationConfiguration.
func (c *Client) AppManagementPolicy(ctx context.Context, t GraphToken) (AppManagementPolicy, error) {
	var p AppManagementPolicy
	err := c.ask(ctx, t, "/v1.0/policies/defaultAppManagementPolicy", &p, func() bool { return p.Enabled != nil })
	return p, err
}

// SignInAudience reads who may sign in with an application: AzureADMyOrg,
// AzureADMultipleOrgs and others. Members of a tenant may read it, as a rule; otherwise,
// it needs a permission to read applications.
func (c *Client) SignInAudience(ctx context.Context, t GraphToken, clientID string) (string, error) {
	var a struct {
		AppID    string `json:"appId"`
		Audience string `json:"signInAudience"`
	}
	path := "/v1.0/applications(appId=" + url.PathEscape(quoted(clientID)) + ")?$select=appId,signInAudience"
	err := c.ask(ctx, t, path, &a, func() bool { return strings.EqualFold(a.AppID, clientID) && a.Audience != "" })
	return a.Audience, err
}

// ask reads one answer of Graph into out; told is as with get.
func (c *Client) ask(ctx context.Context, t GraphToken, path string, out any, told func() bool) error {
	if !hasGraph(c.cloud) {
		return ErrNoGraph
	}
	ctx, trace := web.Record(ctx)
	if c.fetch(ctx, c.graph, c.cloud.Graph+path, t.Value, decodeInto(out)) == nil && told() {
		return nil
	}
	where, _, _ := strings.Cut(path, "?")
	return failed(ctx, trace, "read "+where, evidence.Graph)
}
