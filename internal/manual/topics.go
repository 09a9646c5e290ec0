package manual

import "armpreflight/internal/diagnosis"

// A Topic is one situation around making and using a connection, many of which no code names. The page
// docs/troubleshooting.md is made of them.
type Topic struct {
	Title   string           `json:"title"` // heading, from which its anchor is made
	Says    []string         `json:"says"`  // what people see, as it is written there
	Phrases []string         `json:"-"`     // in lower case: a text that holds one is about this
	Means   string           `json:"means"` // what it comes from
	Finds   string           `json:"finds"` // which check or verb sees it, and what it cannot see
	Checks  []string         `json:"checks,omitempty"`
	Codes   []diagnosis.Code `json:"codes,omitempty"` // what those checks give
	Fixes   []Fix            `json:"fixes"`
	Beware  []string         `json:"beware,omitempty"` // advice that is going round, and what it breaks
}

const (
	newSession  = "Sign out of Azure DevOps, open a private browser window, sign in there and finish every prompt (MFA too)."
	allTenants  = "Open https://app.vsaex.visualstudio.com/me, choose each directory at the left once and sign in to it."
	byHand      = "In the dialog choose App registration or managed identity (manual) and type subscription id, subscription name and tenant id."
	wayOut      = "Or make the connection by hand with a user-assigned managed identity and workload identity federation: that needs no right in Microsoft Entra."
	ownList     = "Run az login --tenant <tenant id> and az account list --all --output table in a terminal."
	whoMayGrant = "Owner, User Access Administrator or Role Based Access Control Administrator"
)

// creatingTopics are about the dialog that makes a connection. Azure DevOps acts there as the person who is signed in, whom
// no task of a job can look at; the verb creation can, where that person runs it.
func creatingTopics() []Topic {
	return []Topic{
		{
			Title:   "The connection was saved and half of it is missing",
			Says:    []string{`Failed to set Azure permission`, `operationStatus "Failed", isReady false`},
			Phrases: []string{`"isready":false`, `"isready": false`, "spnoperationfailed"},
			Means: "Saving an automatic connection is four steps of Azure DevOps in a row: it signs in to the tenant of the subscription, makes an application there, " +
				"gives it the role Contributor, and writes the connection. When one of them fails, the connection may stay behind without what the later steps would have added.",
			Finds: "The first job that uses it: the connection's record says that it is not ready, and with which message; or the identity signs in and has no right, or does not exist. " +
				"Before that, armpreflight creation asks for each of the four steps whether the person may do it.",
			Checks: []string{"connection-record", "access-token", "subscription"},
			Codes:  []diagnosis.Code{"connection-not-ready", "connection-draft", "AuthorizationFailed", "SubscriptionNotFound", "AADSTS700016"},
			Fixes: []Fix{{Who: diagnosis.ConnectionAdministrator, Steps: []string{
				"Open the connection in Project settings → Service connections and read the message at the top.",
				"Remove the cause: see the sections below for guests, application registrations, expired sessions and the role.",
				"Choose Edit → Save. If the message stays, delete the connection and make it again under the same name.",
			}}},
		},
		{
			Title:   "New service connection is missing or refused",
			Says:    []string{"the button New service connection is not shown", "HTTP 403 of the service endpoint API"},
			Phrases: []string{"endpoint creator", "you do not have permissions to create a service connection", "to create service endpoint"},
			Means:   "Making connections is a permission of the project: the role Creator, which the group Endpoint Creators holds. Contributors have it unless somebody took it away.",
			Finds: "armpreflight creation, run by that person: its check endpoint-creator asks Azure DevOps for the person's right in the project, and project whether they see it at all. " +
				"Nothing in a job can: it concerns the person, not the connection.",
			Codes: []diagnosis.Code{"endpoint-creator-missing", "project-not-visible", "organization-user-missing"},
			Fixes: []Fix{{Who: diagnosis.ConnectionAdministrator, Steps: []string{
				"Open Project settings → Service connections → ⋮ (beside New service connection) → Security.",
				"Add the person to Endpoint Creators, or give the role Creator. To change one connection the role Administrator on that connection is enough.",
			}}},
		},
		{
			Title:   "A guest of the directory makes the connection",
			Says:    []string{"Insufficient privileges to complete the operation"},
			Phrases: []string{"insufficient privileges to complete the operation"},
			Means: "The person is a guest in the tenant of the subscription, and guests are usually not allowed to register applications there. " +
				"The same words come for a member who may not do it: see the next section.",
			Finds: "armpreflight creation, run by that person: its check account says member or guest, guest-access what guests may do in this tenant, by the name of the level. " +
				"The level can be read with Policy.Read.All only; without it the check says so. armpreflight explain - knows the words when they are pasted.",
			Codes: []diagnosis.Code{"application-not-created", "guest-restricted", "answer-needs-right"},
			Fixes: []Fix{
				{Who: diagnosis.EntraAdministrator, Steps: []string{
					"Look the person up in the tenant of the subscription: Entra admin center → Users → User type.",
					"For a guest who is to do this more often, convert the account to a member, or give it the role Application Developer.",
					"Wait 15 to 20 minutes, then let the person sign in again and make the connection.",
				}},
				{For: "the directory is not to be changed", Who: diagnosis.SubscriptionOwner, Steps: []string{
					"Let a member of the tenant make the connection.",
					wayOut,
				}},
			},
			Beware: []string{
				"A directory role with administration of everything is not needed for this, and taking it back later is forgotten.",
				"External collaboration settings → Guest user access has three levels today. Widening it changes what every guest sees, not this one person.",
			},
		},
		{
			Title:   "The person may not register applications",
			Says:    []string{"Failed to create an app in Microsoft Entra ID. Error: Insufficient privileges to complete the operation in Microsoft Graph."},
			Phrases: []string{"failed to create an app in microsoft entra", "failed to create an app in azure active directory"},
			Means:   "An automatic connection registers an application in the name of the person. The tenant keeps that from its users, and the person has no role that allows it.",
			Finds: "armpreflight creation, run by that person: its check app-registration looks at the setting of the tenant and at the roles that the person holds or could activate. " +
				"armpreflight explain - knows the words when they are pasted.",
			Codes: []diagnosis.Code{"application-not-created", "registration-not-allowed", "directory-role-not-active", "answer-needs-right", "secrets-not-allowed"},
			Fixes: []Fix{
				{Who: diagnosis.EntraAdministrator, Steps: []string{
					"Give the person the role Application Developer, which allows just this; where roles are activated for a time, the person must activate it first.",
					"Or set Entra admin center → Users → User settings → Users can register applications to Yes, which allows it to everybody.",
					"Wait 15 to 20 minutes and let the person sign in again.",
				}},
				{For: "the directory is not to be changed", Who: diagnosis.SubscriptionOwner, Steps: []string{
					wayOut,
					"Or use an application that its owner has made: choose App registration or managed identity (manual) in the dialog.",
				}},
			},
			Beware: []string{"A role that may administer everything is not needed: Application Developer is enough."},
		},
		{
			Title: "Azure DevOps has no access token of the person",
			Says: []string{"Failed to obtain an access token", "A valid refresh token was not found", "AAD returned silent failure",
				"Failed to get Azure DevOps Service access token, cache value is invalid", "the dialog stays at Loading subscriptions"},
			Phrases: []string{"failed to obtain an access token", "valid refresh token was not found", "valid refresh token wasn't found", "aad returned silent failure",
				"aadaccesssilentexception", "service access token, cache value is invalid"},
			Means: "Azure DevOps keeps a token of the person who is signed in, and asks Azure with it. It has ended: a changed password, a new MFA or sign-in rule, or a long time.",
			Finds: "armpreflight creation, run by that person: its check sign-in asks for a token without a prompt, as Azure DevOps does, and shows the rule that refuses it. " +
				"Azure DevOps keeps a sign-in of its own, which cannot be asked: where sign-in passes and the words come all the same, that one is old. armpreflight explain - knows the words when they are pasted.",
			Codes: []diagnosis.Code{"person-session-stale", "AADSTS50076", "AADSTS50079", "AADSTS50078", "AADSTS70043", "AADSTS700082", "AADSTS50173"},
			Fixes: []Fix{{Who: person, Steps: []string{
				newSession,
				allTenants,
				"Open the dialog again. If the words come back, " + "sign in with az login --tenant <tenant id>: a refusal there names the rule that stands in the way.",
			}}},
		},
		{
			Title:   "The role of the connection was not assigned",
			Says:    []string{"Failed to set Azure permission 'RoleAssignmentId: …' … does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write'", "Failed to assign Contributor role"},
			Phrases: []string{"failed to set azure permission", "failed to assign contributor role", "microsoft.authorization/roleassignments/write"},
			Means: "The person may not give roles on this subscription. The right is Microsoft.Authorization/roleAssignments/write, which " + whoMayGrant +
				" have; Contributor does not. A condition on that role, a deny assignment or a read-only lock can take it away again.",
			Finds: "armpreflight creation, run by that person before: its check role-assignment judges the right, roles that could be activated, conditions and deny assignments, and locks the read-only locks. " +
				"The next job finds what it led to: the connection's record says that it is not ready, or the identity signs in and sees nothing.",
			Checks: []string{"connection-record", "subscription"},
			Codes:  []diagnosis.Code{"role-assignment-refused", "role-not-active", "role-assignment-limited", "person-denied", "read-only-lock", "AuthorizationFailed", "ResourceGroupNotFound"},
			Fixes: []Fix{
				{Who: diagnosis.SubscriptionOwner, Steps: []string{
					"Give the person one of the roles " + whoMayGrant + " on the subscription, or on the one resource group that the connection is for; where roles are activated for a time, activate it.",
					"Let the person sign out and in again, open the connection and choose Edit → Save.",
				}},
				{For: "the person is not to have that right", Who: diagnosis.SubscriptionOwner, Steps: []string{
					"Azure portal → the subscription → Access control (IAM) → Add role assignment: the role that deployments need (Contributor), and as member the service principal of the connection.",
					"Wait five to ten minutes, then re-run the failed job.",
				}},
			},
			Beware: []string{"This is a role of Azure, given in Access control (IAM) of the subscription. A directory role in Microsoft Entra does not contain it."},
		},
	}
}
