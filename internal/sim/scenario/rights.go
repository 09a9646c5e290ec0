package scenario

import (
	"strings"

	"armpreflight/internal/sim/cloud"
)

const (
	customRole = "7d1b3f60-4c92-4e85-a0d7-61f8c3e9b254"
	blobWrite  = "data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write @ resourceGroups/" + cloud.ContosoResourceGroup
)

// rightsNamed are situations of what an identity may do, and of what a step says that it must.
var rightsNamed = []Scenario{
	{
		Name: "healthy-required-actions", About: "what a deployment needs is named, and granted", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["requiredActions"] = "@deploy\nMicrosoft.Storage/storageAccounts/write\n" + webWrite
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "actions granted at 2 scopes"},
	},
	{
		Name: "healthy-reader", About: "an identity that may only read, and nothing is named", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.role(cloud.RoleReader)
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "can create deployments in the subscription: no"},
	},
	{
		Name: "healthy-owner", About: "an Owner, and nothing is named", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.role(cloud.RoleOwner)
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "can create deployments in the subscription: yes"},
	},
	{
		Name: "permission-missing", About: "a Reader is to deploy", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.role(cloud.RoleReader)
			r.Step.Inputs["requiredActions"] = "@deploy\n" + webWrite
		},
		Wants: Wants{Result: "Failed", Errors: []string{"permission-missing"}, Tokens: 1, Waits: 2, Says: "az role assignment create --assignee-object-id"},
	},
	{
		Name: "permission-not-granted-by-contributor", About: "a Contributor is to assign roles", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["requiredActions"] = "Microsoft.Authorization/roleAssignments/write"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"permission-missing"}, Tokens: 1, Waits: 2, Says: "Role Based Access Control Administrator"},
	},
	{
		Name: "permission-denied-by-assignment", About: "a deployment stack denies what the role grants", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.deny("00000000-0000-0000-0000-000000000000")
			r.Step.Inputs["requiredActions"] = webWrite
		},
		Wants: Wants{Result: "Failed", Errors: []string{"permission-denied-by-assignment"}, Tokens: 1, Waits: 2, Says: "'stack-prod'"},
	},
	{
		Name: "permission-perhaps-denied", About: "a deny assignment of a group, whose members nobody can see", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.deny("3e7a9c51-8d20-4f6b-b1e4-5a0c2d9f7386")
			r.World.Tenants[0].DenyAssignments[0].PrincipalType = "Group"
			r.Step.Inputs["requiredActions"] = webWrite
		},
		Wants: Wants{Result: "SucceededWithIssues", Warnings: []string{"permission-denied-by-assignment"}, Tokens: 1, Waits: 2, Says: "might block"},
	},
	{
		Name: "data-action-missing", About: "a Contributor is to write blobs", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["requiredActions"] = blobWrite
		},
		Wants: Wants{Result: "Failed", Errors: []string{"permission-missing"}, Tokens: 1, Waits: 2, Says: "Storage Blob Data Contributor"},
	},
	{
		Name: "granted-with-condition", About: "a custom role whose assignment has a condition", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.World.Tenants[0].PermissionsHideConditions = true
			r.custom(cloud.RoleDefinition{Actions: []string{"*/read", "Microsoft.Storage/*"}, DataActions: []string{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"}})
			r.assign(func(a *cloud.RoleAssignment) {
				a.Condition = "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR " +
					"(@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'web'))"
			})
			r.Step.Inputs["requiredActions"] = blobWrite
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 3, Says: "granted, with a condition"},
	},
	{
		Name: "healthy-group-only", About: "an identity with rights on one group only, for which the connection is, and what is named is granted there", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.onGroupOnly()
			r.Step.Inputs["requiredActions"] = "@deploy\nMicrosoft.Web/sites/write"
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "6 actions granted"},
	},
	{
		Name: "excess-rights", About: "an Owner, and what is named takes less", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.role(cloud.RoleOwner)
			r.Step.Inputs["requiredActions"] = "@deploy"
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"excess-rights"}, Tokens: 1, Waits: 2, Says: "can also assign roles"},
	},
	{
		Name: "healthy-conditional-owner", About: "an Owner who may hand out some roles only, by a condition", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.World.Tenants[0].PermissionsHideConditions = true
			r.role(cloud.RoleOwner)
			r.assign(func(a *cloud.RoleAssignment) {
				a.Condition = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR " +
					"(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}))"
			})
			r.Step.Inputs["requiredActions"] = "@deploy"
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 3, Says: "5 actions granted"},
	},
	{
		Name: "actions-of-a-management-group", About: "a line with a resource group, and the connection is for a management group", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.managementGroup()
			r.Step.Inputs["requiredActions"] = webWrite
		},
		Wants: Wants{Result: "Failed", Errors: []string{"input-invalid"}, Tokens: 1, Waits: 2, Says: "the connection has none"},
	},
	{
		Name: "actions-malformed", About: "a line with a wildcard, and one that is granted", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["requiredActions"] = "Microsoft.Web/*\n" + webWrite
		},
		Wants: Wants{Result: "Failed", Errors: []string{"input-invalid"}, Tokens: 1, Waits: 2, Says: "wildcard isn't an action"},
	},
	{
		Name: "action-at-missing-group", About: "an action at a resource group that does not exist", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["requiredActions"] = strings.ReplaceAll(webWrite, cloud.ContosoResourceGroup, "rg-ap")
		},
		Wants: Wants{Result: "Failed", Errors: []string{"ResourceGroupNotFound"}, Tokens: 1, Waits: 2, Says: "'rg-ap'"},
	},
}

// deny keeps a principal from writing web sites in the resource group.
func (r *Run) deny(principal string) {
	tenant := &r.World.Tenants[0]
	tenant.DenyAssignments = append(tenant.DenyAssignments, cloud.DenyAssignment{
		ID: "b2f4d6a8-0c1e-4357-9b79-d5e7f9a1b3c5", Name: "stack-prod", Scope: groupScope,
		Actions: []string{"Microsoft.Web/*/write"}, Principals: []string{principal},
	})
}

// custom gives the connection's identity a role of its own making, instead of Contributor.
func (r *Run) custom(role cloud.RoleDefinition) {
	role.ID, role.Name = customRole, "Contoso deployer"
	tenant := &r.World.Tenants[0]
	tenant.RoleDefinitions = append(tenant.RoleDefinitions, role)
	r.role(customRole)
}
