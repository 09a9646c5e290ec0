package diagnosis

import "slices"

// devopsPersonEntries are about making and editing a connection: what the dialogs of Azure DevOps say to a person, and
// what its API says to a program.
func devopsPersonEntries() []Entry {
	return slices.Concat(
		[]Entry{
			{
				Code:    "person-session-stale",
				Title:   "Azure DevOps cannot work with the sign-in that it keeps of this person[: {message}]",
				Means:   "To list subscriptions or make an identity, Azure DevOps uses the sign-in of the person in front of it. What it kept has lapsed. Runs with existing connections are not concerned.",
				Causes:  []string{"a second factor, a password change or a long pause since the last sign-in", "a guest of several directories who signed in to another one", "a connection that a script wrote with accesstoken: null in its parameters"},
				Confirm: "A private browser window, signed in to the directory of the subscription, does not show the error.",
				Fixes:   openBrowser("Close the dialog; what was typed is not lost for the connection, which stays as it was."),
				Links:   []string{linkTroubleshoot},
				signs: []sign{
					{phrase: "service access token, cache value is invalid"}, {phrase: "(accesstokenkey) is invalid"}, {phrase: "(idtoken) is invalid"},
					{phrase: "(nonce) is invalid"}, {phrase: "don't appear to have an active azure subscription"},
					{phrase: "failed to obtain an access token"}, {phrase: "a valid refresh token was not found"},
				},
			},
			{
				Code:    "application-not-created",
				Title:   "the application of the connection could not be made in Microsoft Entra[: {message}]",
				Means:   "For an automatic connection Azure DevOps registers an application in the name of the person who asks. The tenant does not let this person do that.",
				Causes:  []string{"people may not register applications in this tenant", "the person is a guest there, with the restricted rights of one", "a right that was activated (PIM) some minutes ago only"},
				Confirm: "Entra admin center → Users → User settings → Users can register applications.",
				Retry:   RetryPropagation,
				Bound:   settingBound,
				Fixes:   letPersonCreate(),
				Links:   []string{linkTroubleshoot, linkFederationSet},
				signs: []sign{
					{phrase: "failed to create an app in"},
					{code: "Authorization_RequestDenied", phrase: "failed to create an app in"},
				},
			},
			{
				Code:    "connection-draft",
				Title:   "the connection was saved as a draft and cannot be used yet",
				Means:   "The person who made it may not add a federated credential to the chosen identity. Until its owner does, no task finds the connection.",
				Causes:  []string{"the identity belongs to somebody else", "the right Managed Identity Federated Credential Contributor is missing at the managed identity"},
				Confirm: "The connection's page shows Finish setup.",
				Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
					openConnection,
					"Copy Issuer and Subject identifier as they are shown there.",
					"At the identity open Federated credentials → Add credential → Other issuer and paste both; audience " + audience + ".",
					"Have the connection's administrator choose Finish setup → Verify and save, then start a new run.",
				}}},
				Links: []string{linkFederationSet},
				signs: []sign{{phrase: "saved as draft"}},
			},
			{
				Code:    "connection-name-taken",
				Title:   "a connection of this name exists already and is not shown to this person[: {message}]",
				Means:   "Names of connections are unique in a project, and this person may not see the one that has it.",
				Causes:  []string{"a connection of other people in the same project", "a connection shared from another project"},
				Confirm: "A project administrator sees it under Project settings → Service connections.",
				Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
					"Use another name.",
					"Or ask a project administrator to open the existing one under Project settings → Service connections → ⋮ → Security and add this person as a user.",
				}}},
				Links: []string{linkConnections},
				signs: []sign{{phrase: "only a user having administrator/user role permissions"}},
			},
		},
		alike(Entry{
			Code:    "TF401444",
			Title:   "the identity is no user of this Azure DevOps organisation[: {message}]",
			Means:   "Microsoft Entra knows who is asking. The organisation was never told to let this person, application or managed identity in.",
			Causes:  []string{"a service principal or managed identity that was never added", "a person who has not signed in yet", "a token of another tenant than the organisation's"},
			Confirm: "Organization settings → Users does not list it.",
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"Have the organisation's owner open Organization settings → Users → Add users and add the service principal or managed identity by name, with access level Basic and the project.",
				"A person signs in once at https://dev.azure.com in a browser.",
				"If it is listed, compare the tenant under Organization settings → Microsoft Entra with that of the identity.",
				rerun,
			}}},
			Links: []string{linkOrganisationUsers},
			signs: []sign{{code: "TF401444"}, {phrase: "does not have access to azure devops organization"}},
		}),
		[]Entry{{
			Code:    "VS403463",
			Title:   "Conditional Access of the tenant keeps this sign-in out of Azure DevOps[: {message}]",
			Means:   "Azure DevOps asks Microsoft Entra whether the person or identity may come in from here, and a policy says no.",
			Causes:  []string{"a policy for locations or devices that covers Azure DevOps", "an address that changed during the session"},
			Confirm: "Entra admin center → Sign-in logs names the policy under Conditional Access.",
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"Open Entra admin center → Monitoring & health → Sign-in logs, filter by application Azure DevOps and the time in the raw evidence, and open the tab Conditional Access.",
				"Add the address on the internet to the policy's named location, or exclude the identity.",
				rerun,
			}}},
			Links: []string{linkConditional},
		}},
	)
}

// letPersonCreate lets a person register the application of a connection, or do without one.
func letPersonCreate() []Fix {
	return []Fix{{Who: EntraAdministrator, Steps: []string{
		"Give the person the role Application Developer: Entra admin center → Roles & admins → Application Developer → Add assignments. A guest should be made a member, or a member should make the connection.",
		"Have the person wait fifteen to twenty minutes, sign in again and repeat it.",
		"Or leave Microsoft Entra out of it: make a user-assigned managed identity in the subscription and choose it in the dialog of the connection (Workload identity federation, Managed identity).",
	}}}
}
