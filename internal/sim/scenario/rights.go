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
	{"healthy-required-actions", "what a deployment needs is named, and granted", func(r *Run) {
		r.Step.Inputs["requiredActions"] = "@deploy\nMicrosoft.Storage/storageAccounts/write\n" + webWrite
	}, cloud.ContosoKeyConnectionID},
	{"healthy-reader", "an identity that may only read, and nothing is named", func(r *Run) {
		r.role(cloud.RoleReader)
	}, cloud.ContosoKeyConnectionID},
	{"healthy-owner", "an Owner, and nothing is named", func(r *Run) {
		r.role(cloud.RoleOwner)
	}, cloud.ContosoKeyConnectionID},
	{"permission-missing", "a Reader is to deploy", func(r *Run) {
		r.role(cloud.RoleReader)
		r.Step.Inputs["requiredActions"] = "@deploy\n" + webWrite
	}, cloud.ContosoKeyConnectionID},
	{"permission-not-granted-by-contributor", "a Contributor is to assign roles", func(r *Run) {
		r.Step.Inputs["requiredActions"] = "Microsoft.Authorization/roleAssignments/write"
	}, cloud.ContosoKeyConnectionID},
	{"permission-denied-by-assignment", "a deployment stack denies what the role grants", func(r *Run) {
		r.deny("00000000-0000-0000-0000-000000000000")
		r.Step.Inputs["requiredActions"] = webWrite
	}, cloud.ContosoKeyConnectionID},
	{"permission-perhaps-denied", "a deny assignment of a group, whose members nobody can see", func(r *Run) {
		r.deny("3e7a9c51-8d20-4f6b-b1e4-5a0c2d9f7386")
		r.World.Tenants[0].DenyAssignments[0].PrincipalType = "Group"
		r.Step.Inputs["requiredActions"] = webWrite
	}, cloud.ContosoKeyConnectionID},
	{"data-action-missing", "a Contributor is to write blobs", func(r *Run) {
		r.Step.Inputs["requiredActions"] = blobWrite
	}, cloud.ContosoKeyConnectionID},
	{"granted-with-condition", "a custom role whose assignment has a condition", func(r *Run) {
		r.World.Tenants[0].PermissionsHideConditions = true
		r.custom(cloud.RoleDefinition{Actions: []string{"*/read", "Microsoft.Storage/*"}, DataActions: []string{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"}})
		r.assign(func(a *cloud.RoleAssignment) {
			a.Condition = "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR " +
				"(@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'web'))"
		})
		r.Step.Inputs["requiredActions"] = blobWrite
	}, cloud.ContosoKeyConnectionID},
	{"healthy-group-only", "an identity with rights on one group only, for which the connection is, and what is named is granted there", func(r *Run) {
		r.onGroupOnly()
		r.Step.Inputs["requiredActions"] = "@deploy\nMicrosoft.Web/sites/write"
	}, cloud.ContosoKeyConnectionID},
	{"excess-rights", "an Owner, and what is named takes less", func(r *Run) {
		r.role(cloud.RoleOwner)
		r.Step.Inputs["requiredActions"] = "@deploy"
	}, cloud.ContosoKeyConnectionID},
	{"healthy-conditional-owner", "an Owner who may hand out some roles only, by a condition", func(r *Run) {
		r.World.Tenants[0].PermissionsHideConditions = true
		r.role(cloud.RoleOwner)
		r.assign(func(a *cloud.RoleAssignment) {
			a.Condition = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR " +
				"(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}))"
		})
		r.Step.Inputs["requiredActions"] = "@deploy"
	}, cloud.ContosoKeyConnectionID},
	{"actions-of-a-management-group", "a line with a resource group, and the connection is for a management group", func(r *Run) {
		r.managementGroup()
		r.Step.Inputs["requiredActions"] = webWrite
	}, cloud.ContosoKeyConnectionID},
	{"actions-malformed", "a line with a wildcard, and one that is granted", func(r *Run) {
		r.Step.Inputs["requiredActions"] = "Microsoft.Web/*\n" + webWrite
	}, cloud.ContosoKeyConnectionID},
	{"action-at-missing-group", "an action at a resource group that does not exist", func(r *Run) {
		r.Step.Inputs["requiredActions"] = strings.ReplaceAll(webWrite, cloud.ContosoResourceGroup, "rg-ap")
	}, cloud.ContosoKeyConnectionID},
}

// deny keeps a principal from writing web sites in the resource group.
func (r *Run) deny(principal string) {
	tenant := &r.World.Tenants[0]
	tenant.DenyAssignments = append(tenant.DenyAssignments, cloud.DenyAssignment{
		ID: "b2f4d6a8-0c1e-4357-9b79-d5e7f9a1b3c5", Name: "stack-prod", Scope: groupScope,
		Actions: []string{"Microsoft.Web/*/write"}, Principals: []string{principal},
	})
}

// custom gives the connection's identity a role of its own making, in place of Contributor.
func (r *Run) custom(role cloud.RoleDefinition) {
	role.ID, role.Name = customRole, "Contoso deployer"
	tenant := &r.World.Tenants[0]
	tenant.RoleDefinitions = append(tenant.RoleDefinitions, role)
	r.role(customRole)
}
