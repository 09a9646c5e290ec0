package azure

import (
	"context"
	"net/url"
	"path"
	"strings"

	"armpreflight/internal/rights"
)

// Permissions reads what the caller itself may do at a scope: one entry for each
// role that it holds there or above, without naming the role. A principal with a
// role may ask. (Azure REST reference, Permissions - List For Resource Group,
// 2022-04-01; the same path is answered at a subscription.)
func (c *Client) Permissions(ctx context.Context, t Token, scope string) ([]rights.Permission, error) {
	return authorization(ctx, c, t, scope, "permissions", "", func(p rights.Permission) bool {
		return p.Actions != nil && p.NotActions != nil // a list left out would be a right given or taken
	})
}

// DenyAssignments reads the deny assignments at, above and below a scope. Needs
// Microsoft.Authorization/denyAssignments/read, which Reader and Contributor have.
// Azure Stack Hub has none and refuses the question. (Azure REST reference, Deny
// Assignments - List For Scope, 2022-04-01.)
func (c *Client) DenyAssignments(ctx context.Context, t Token, scope string) ([]rights.DenyAssignment, error) {
	return authorization(ctx, c, t, scope, "denyAssignments", "", func(d rights.DenyAssignment) bool {
		return d.ID != "" && d.Properties.Scope != "" && d.Properties.Permissions != nil && d.Properties.Principals != nil
	})
}

// RoleAssignments reads the roles that a principal has at, above and below a
// scope, directly or through groups, which the service looks up on its own. Needs
// Microsoft.Authorization/roleAssignments/read, which Reader and Contributor
// have. (Azure documentation, List Azure role assignments using the REST API.)
func (c *Client) RoleAssignments(ctx context.Context, t Token, scope, principalID string) ([]rights.RoleAssignment, error) {
	return authorization(ctx, c, t, scope, "roleAssignments", "assignedTo("+quoted(principalID)+")", func(a rights.RoleAssignment) bool {
		p := a.Properties
		return a.ID != "" && p.RoleDefinitionID != "" && p.PrincipalID != "" && p.Scope != ""
	})
}

// RoleDefinition reads a role by its ARM ID, as a role assignment names it. Needs
// Microsoft.Authorization/roleDefinitions/read, which Reader and Contributor have.
// (Azure REST reference, Role Definitions - Get By Id, 2022-04-01.)
func (c *Client) RoleDefinition(ctx context.Context, t Token, id string) (rights.RoleDefinition, error) {
	var r rights.RoleDefinition
	where, err := pathOf(id)
	if err != nil {
		return r, err
	}
	err = c.get(ctx, t, where, c.authorizationVersion(), &r, func() bool {
		return strings.EqualFold(r.Name, path.Base(id)) && r.Properties.Permissions != nil
	})
	return r, err
}

// EligibleAssignment is a role in Azure that someone could activate.
// Field names: Azure REST reference, Role Eligibility Schedule Instances - List For
// Scope (2020-10-01).
type EligibleAssignment struct {
	Properties struct {
		RoleDefinitionID string `json:"roleDefinitionId"`
		Scope            string `json:"scope"`
		Expanded         struct {
			Role struct {
				Name string `json:"displayName"`
			} `json:"roleDefinition"`
		} `json:"expandedProperties"`
	} `json:"properties"`
}

// EligibleAssignments reads the roles that the caller could activate at a scope or
// above it (Privileged Identity Management). Everyone may ask for their own.
func (c *Client) EligibleAssignments(ctx context.Context, t Token, scope string) ([]EligibleAssignment, error) {
	where, err := pathOf(scope)
	if err != nil {
		return nil, err
	}
	query := url.Values{"api-version": {"2020-10-01"}, "$filter": {"asTarget()"}}
	return list(ctx, c, t, where+"/providers/Microsoft.Authorization/roleEligibilityScheduleInstances", query.Encode(), 0,
		func(a EligibleAssignment) bool {
			return a.Properties.RoleDefinitionID != "" && a.Properties.Scope != ""
		})
}

// authorization reads a list of the provider Microsoft.Authorization.
func authorization[T any](ctx context.Context, c *Client, t Token, scope, kind, filter string, told func(T) bool) ([]T, error) {
	where, err := pathOf(scope)
	if err != nil {
		return nil, err
	}
	query := url.Values{"api-version": {c.authorizationVersion()}}
	if filter != "" {
		query.Set("$filter", filter)
	}
	return list(ctx, c, t, where+"/providers/Microsoft.Authorization/"+kind, query.Encode(), 0, told)
}

// authorizationVersion is one that tells conditions, where there are any.
func (c *Client) authorizationVersion() string { return c.version("2022-04-01", "2015-07-01") }
