package diagnosis

import (
	"slices"
	"time"
)

// armAssignmentEntries are about making a role assignment or a federated credential: what Azure DevOps does when it makes
// a connection, and what deployments that hand out rights do.
func armAssignmentEntries() []Entry {
	return slices.Concat(
		[]Entry{{
			Code:  "role-assignment-refused",
			Title: "a role could not be assigned[ at '{scope}']: the one who asked may not hand out roles there",
			Means: "Assigning a role needs the right Microsoft.Authorization/roleAssignments/write, which Owner, User Access Administrator and Role Based Access Control Administrator hold. Contributor does not.",
			Causes: []string{
				"the person who makes the connection is Contributor only, or has not activated the role (PIM)",
				"a condition on the assignment that limits which roles may be handed out",
				"a deployment that assigns roles with a connection that may not",
			},
			Confirm: "Azure portal → the scope → Access control (IAM) → View my access, for the person; Check access for the identity.",
			Retry:   RetryPropagation,
			Fixes: []Fix{
				{With: "person", Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open the scope → Access control (IAM) → Add → Add role assignment → Privileged administrator roles, choose User Access Administrator (or Role Based Access Control Administrator with a condition that names Contributor), and under Members select the person. Where roles are activated for a time, have them activate it under Privileged Identity Management → My roles → Azure resources.",
					"Have the person wait up to ten minutes, sign out of Azure DevOps and sign in again.",
					"Or keep that right, and give the role to the identity of the connection yourself: the person then makes the connection by hand.",
				}},
				{Modes: []Mode{ModeManual}, Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open the scope → Access control (IAM) → Add → Add role assignment, choose the role that the connection needs, and under Members select its service principal[, object id {object}].",
					"If deployments have to assign roles themselves, give the identity Role Based Access Control Administrator with a condition that names the roles it may hand out.",
					"Wait up to ten minutes, then choose Verify and save on the connection's page, or re-run the failed job.",
				}},
				{Who: SubscriptionOwner, Steps: []string{
					"Give the person who makes the connection User Access Administrator at the scope, or have them activate it under Azure portal → Privileged Identity Management → My roles.",
					"Have the person sign out of Azure DevOps, sign in again and make the connection again.",
					"Or assign the role to the connection's service principal yourself: the scope → Access control (IAM) → Add role assignment; then Verify works.",
					"For a deployment that assigns roles, give the connection's identity Role Based Access Control Administrator with a condition that names the roles it may hand out.",
				}},
			},
			Links: []string{linkRoles},
			signs: []sign{{code: "AuthorizationFailed", phrase: "microsoft.authorization/roleassignments/write"}, {phrase: "failed to set azure permission"}},
		}},
		[]Entry{
			{
				Code:    "PrincipalNotFound",
				Title:   "the identity that a role was to be assigned to is not there[: {message}]",
				Means:   "Azure did not find the object id in the directory, at least not yet.",
				Causes:  []string{"an identity that was made seconds ago", "the object id of the application in place of that of its service principal", "an identity of another tenant"},
				Confirm: "az ad sp show --id <object id> finds the service principal.",
				Retry:   RetryPropagation,
				Bound:   2 * time.Minute,
				Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
					"Take the object id from Entra admin center → Enterprise applications → the application → Overview: the one under App registrations is another.",
					"Name the kind of identity with the assignment: --assignee-principal-type ServicePrincipal, or principalType in a template. Azure then does not look it up first.",
					"Wait two minutes, then re-run the failed job.",
				}}},
				Links: []string{linkRoles},
			},
			{
				Code:    "RoleAssignmentExists",
				Title:   "the role was assigned already",
				Means:   "The same identity has the same role at the same scope. Nothing is missing.",
				Causes:  []string{"an assignment made by hand or by an earlier run under another name"},
				Confirm: "Azure portal → the scope → Access control (IAM) → Role assignments lists it.",
				Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
					"Nothing has to be done for the connection.",
					"In a template, derive the name of the assignment from scope, identity and role (guid()), or delete the one that was made by hand.",
				}}},
				Links: []string{linkRoles},
			},
			{
				Code:    "RoleAssignmentUpdateNotPermitted",
				Title:   "a role assignment of this name belongs to another identity[: {message}]",
				Means:   "Identity and scope of an assignment cannot be changed. A template that keeps its name and names a new identity tries to.",
				Causes:  []string{"the identity was deleted and made again, and the assignment of the old one is still there"},
				Confirm: "Azure portal → the scope → Access control (IAM) → Role assignments shows Identity not found.",
				Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open the scope → Access control (IAM) → Role assignments and delete the one of the old identity (Identity not found).",
					"In the template make the object id part of the assignment's name (guid()).",
					rerun,
				}}},
				Links: []string{linkRoles},
			},
			{
				Code:    "RoleAssignmentLimitExceeded",
				Title:   "subscription '{subscription}' has no room for another role assignment[: {message}]",
				Means:   "A subscription holds 4,000 role assignments at most.",
				Causes:  []string{"assignments of identities that were deleted", "one assignment for each person in place of groups"},
				Confirm: "Azure portal → the subscription → Access control (IAM) → Role assignments shows the number.",
				Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open the subscription → Access control (IAM) → Role assignments, filter by Identity not found, and delete those.",
					"Give roles to groups in place of single identities.",
					rerun,
				}}},
				Links: []string{linkRoles},
			},
		},
		alike(Entry{
			Code:    "RoleDefinitionDoesNotExist",
			Title:   "the role or the kind of identity in the assignment is not right[: {message}]",
			Means:   "Azure knows no role of this id there, or the identity is of another kind than the request says.",
			Causes:  []string{"the id of a custom role of another tenant", "principalType User for a service principal, or the other way round"},
			Confirm: "az role definition list --name <role> shows id and scopes of the role.",
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"Compare the id of the role with az role definition list --name <role>.",
				"Set principalType to ServicePrincipal for an application or managed identity.",
				rerun,
			}}},
			Links: []string{linkRoles},
		}, "PrincipalTypeNotSupported", "UnmatchedPrincipalType"),
		[]Entry{{
			Code:  "federated-credential-refused",
			Title: "the federated credential could not be saved at the identity[: {message}]",
			Means: "Azure or Microsoft Graph refused the credential that the federation needs, so sign-in with the connection will fail until it is there.",
			Causes: []string{
				"the same issuer and subject are in another credential of this identity",
				"twenty credentials, the most that one identity may have",
				"a managed identity in a region that offers no federated credentials, or one that was deleted",
			},
			Confirm: "Federated credentials of the identity shows what is there.",
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				"At the identity open Federated credentials and look for the Issuer and Subject identifier of the connection's page: if they are there, nothing has to be added.",
				"If twenty are there, delete those of connections that no longer exist, or use another identity.",
				"Use one audience only, " + audience + ", and add credentials one after the other, not in parallel.",
				"If the region offers none, use a managed identity of another region: it may sign in to any.",
				"On the connection's page finish the setup, then re-run the failed job.",
			}}},
			Links: []string{linkFederatedApp, linkFederationSet},
			signs: credentialSigns(),
		}},
	)
}

// credentialSigns reads the sentences of those that keep federated credentials, whose codes say little.
func credentialSigns() []sign {
	var signs []sign
	for _, phrase := range []string{
		"support for federated identity credentials not enabled", "federated identity credentials must have exactly one audience",
		"issuer and subject combination already exists", "parent user-assigned identity doesn't exist", "too many federated identity credentials",
		"federatedidentitycredential with name",
	} {
		signs = append(signs, sign{phrase: phrase})
		for _, code := range []string{"BadRequest", "MethodNotAllowed", "NotFound", "Conflict", "Request_BadRequest", "Request_MultipleObjectsWithSameKeyValue"} {
			signs = append(signs, sign{code: code, phrase: phrase})
		}
	}
	return signs
}
