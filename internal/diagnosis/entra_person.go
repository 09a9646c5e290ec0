package diagnosis

import "slices"

// A person's sign-in is no part of a run. These codes come when somebody makes, edits or verifies a connection, or signs
// in with az login, and end up in the same logs and dialogs.

// openBrowser renews what Azure DevOps keeps of a person's sign-in.
func openBrowser(first string) []Fix {
	return []Fix{{Who: ConnectionMaker, Steps: []string{
		first,
		"Sign out of Azure DevOps, open a private browser window and sign in again to the directory of the subscription.",
		"Open https://app.vsaex.visualstudio.com/me and sign in to each directory that is listed there.",
		"Open the dialog of the connection again and repeat what failed.",
		"If it still fails, make the connection with az devops service-endpoint azurerm create: it does not use what the browser keeps.",
	}}}
}

const personConfirm = "az login --tenant <tenant id> in a terminal of the same person fails in the same way."

// entraPersonEntries are about the person in front of the screen.
func entraPersonEntries() []Entry {
	return slices.Concat(
		withSigns(alike(Entry{
			Code:    "AADSTS50076",
			Title:   "the person who signed in has to pass multi-factor authentication[: {message}]",
			Means:   "Microsoft Entra accepted the password and asks that person for a second factor. The identity of the connection is not concerned.",
			Causes:  []string{"a sign-in that Azure DevOps kept from before the second factor was asked for", "a second factor that was never set up or has lapsed", "a rule that asks for it from this place"},
			Confirm: personConfirm,
			Fixes:   openBrowser("Set up the second factor at https://aka.ms/mfasetup if that was never done."),
			Links:   []string{linkTroubleshoot, linkEntraCodes},
		}, "AADSTS50079", "AADSTS50072", "AADSTS50074", "AADSTS50078", "AADSTS53004", "AADSTS53010", "AADSTS50158"), sign{suberror: "basic_action"}, sign{suberror: "additional_action"}),
		withSigns(alike(Entry{
			Code:    "AADSTS50173",
			Title:   "the sign-in that was kept for a person is over[: {message}]",
			Means:   "Azure DevOps or a tool keeps a person's sign-in to work in the background. Microsoft Entra does not take this one any more. The identity of the connection is not concerned.",
			Causes:  []string{"nobody used it for a long time", "the password was changed or the sign-in was revoked", "a rule that asks people to sign in again after some hours"},
			Confirm: personConfirm,
			Fixes:   openBrowser("In a terminal run az login again; in a browser go on with the next step."),
			Links:   []string{linkTroubleshoot, linkEntraCodes},
		}, "AADSTS50058", "AADSTS70000", "AADSTS70008", "AADSTS700082", "AADSTS70043", "AADSTS50089", "AADSTS50132", "AADSTS50133"),
			sign{suberror: "bad_token"}, sign{suberror: "token_expired"}),
		withSigns(alike(Entry{
			Code:    "AADSTS65001",
			Title:   "nobody has agreed that this application may act for people in tenant {tenant}[: {message}]",
			Means:   "An application that acts for a person needs that person's consent or an administrator's. A connection acts for nobody and needs none.",
			Causes:  []string{"a sign-in as a person in place of the connection's own identity", "a tenant in which only administrators may agree"},
			Confirm: "Entra admin center → Enterprise applications → the application → Permissions.",
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"Open Entra admin center → Enterprise applications → the application that the service's text names → Permissions.",
				"Read what it asks for, and choose Grant admin consent if it should have it.",
				"In a pipeline, let the step sign in with the connection (AzureCLI@2) and not as a person.",
			}}},
			Links: []string{linkEntraCodes},
		}, "AADSTS90094", "AADSTS90095", "AADSTS90008"), sign{suberror: "consent_required"}),
		alike(Entry{
			Code:    "AADSTS50020",
			Title:   "the person who signed in does not exist in tenant {tenant}[: {message}]",
			Means:   "The account belongs to another directory and was never added to this one, or the invitation was never accepted.",
			Causes:  []string{"a guest who was not invited or has not accepted", "the wrong directory was chosen", "a private account in place of the one from work"},
			Confirm: "Entra admin center → Users of that directory does not list the account.",
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"Open Entra admin center → Users → New user → Invite external user, and have the person accept the invitation.",
				"Or let a member of the directory make the connection, by hand where the identity exists already.",
				"Then repeat what failed in a private browser window.",
			}}},
			Links: []string{linkTroubleshoot, linkEntraCodes},
		}, "AADSTS16000", "AADSTS16003", "AADSTS50034", "AADSTS51004", "AADSTS50014", "AADSTS90072", "AADSTS500208"),
		alike(Entry{
			Code:    "AADSTS50126",
			Title:   "the user name or the password of a person is wrong[: {message}]",
			Means:   "A person signed in, or a script signed in with a person's password. A connection has no password of that kind.",
			Causes:  []string{"a password that was mistyped, changed or has expired", "a script that signs in as a person"},
			Confirm: "The same account cannot sign in at https://portal.azure.com.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"If a script signs in with user name and password, let it use the connection instead (AzureCLI@2, or its environment variables): accounts of people fail at the next second factor.",
				"If you typed it yourself, sign in at https://portal.azure.com and reset the password there if it is not taken.",
				"Then repeat what failed.",
			}}},
			Links: []string{linkConnectAzure, linkEntraCodes},
		}, "AADSTS50055", "AADSTS50056", "AADSTS50144"),
		withSigns(alike(Entry{
			Code:    "AADSTS53000",
			Title:   "a rule of tenant {tenant} does not let this person in from this device[: {message}]",
			Means:   "Conditional Access asks the person for a device or an app that the organisation manages. The identity of the connection is not concerned.",
			Causes:  []string{"a device that is not registered or not compliant", "a sign-in on an agent or server in place of one's own computer", "a browser that does not show the device"},
			Confirm: "Entra admin center → Sign-in logs → User sign-ins names the rule under Conditional Access.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"Make or edit the connection from a computer that the organisation manages, in a browser that is signed in to it.",
				"If that is what you did, ask the Entra administrator for the rule that the sign-in log names under Conditional Access.",
				"In a pipeline, sign in with the connection and not as a person.",
			}}},
			Links: []string{linkEntraCodes},
		}, "AADSTS53001", "AADSTS53002", "AADSTS50005", "AADSTS50097", "AADSTS50129", "AADSTS50155"),
			sign{suberror: "protection_policy_required"}),
		[]Entry{
			{
				Code:    "AADSTS50053",
				Title:   "Microsoft Entra blocks the account or the address that the sign-in came from[: {message}]",
				Means:   "Too many wrong attempts locked a person's account, or the address on the internet is known for attacks.",
				Causes:  []string{"a script with an old password that tries again and again", "an address that many machines share, for example of a proxy"},
				Confirm: "The sign-in log shows under Failure reason which of the two it was.",
				Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
					"Open Entra admin center → Monitoring & health → Sign-in logs and read the failure reason of correlation id {correlation}.",
					"If the account is locked, find the script that uses the old password, then reset the password.",
					"If the address is blocked, have the network's administrators send the agent out under another address.",
					rerun,
				}}},
				Links: []string{linkEntraCodes},
			},
			{
				Code:    "AADSTS50057",
				Title:   "the account of the person who signed in is disabled",
				Means:   "Somebody switched the account off. A connection that this person made goes on working; only its changes need another person.",
				Causes:  []string{"the person has left or changed the department", "an administrator disabled the account"},
				Confirm: "Entra admin center → Users → the person → Account status.",
				Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
					"Let another administrator of the connection make the change.",
					"If nobody else is one, ask a project administrator: Project settings → Service connections → ⋮ → Security.",
				}}},
				Links: []string{linkConnections, linkEntraCodes},
			},
			{
				Code:    "AADSTS50105",
				Title:   "the person who signed in is not assigned to the application[: {message}]",
				Means:   "The application lets in only people and groups that were assigned to it.",
				Causes:  []string{"Assignment required? is on for Azure DevOps or the Azure CLI", "a group that lost the person"},
				Confirm: "Entra admin center → Enterprise applications → the application → Users and groups.",
				Retry:   RetryPropagation,
				Bound:   settingBound,
				Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
					"Open Entra admin center → Enterprise applications → the application that the service's text names → Users and groups.",
					"Choose Add user/group and add the person or a group of theirs.",
					"Have the person sign in again.",
				}}},
				Links: []string{linkEntraCodes},
			},
			{
				Code:    "AADSTS90093",
				Title:   "the directory does not let the person who signed in do that[: {message}]",
				Means:   "Azure DevOps or a tool asked the directory in the name of that person, who lacks the right. Runs with existing connections are not concerned.",
				Causes:  []string{"people may not register applications in this tenant", "a guest, whose rights are restricted"},
				Confirm: "Entra admin center → Users → User settings shows what people may do.",
				Retry:   RetryPropagation,
				Bound:   settingBound,
				Fixes:   letPersonCreate(),
				Links:   []string{linkTroubleshoot, linkEntraCodes},
			},
		},
		alike(Entry{
			Code:    "AADSTS53011",
			Title:   "the person who signed in is held to be at risk in their own directory",
			Means:   "The directory that the account comes from sees a risk, and this tenant does not let such accounts in.",
			Causes:  []string{"a leaked password or an unusual sign-in", "a risk that nobody has looked at"},
			Confirm: "Entra admin center of the person's own directory → ID Protection → Risky users.",
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"In the person's own directory open ID Protection → Risky users and look into the risk.",
				"Reset the password, then dismiss the risk.",
				"Or let another person make the change.",
			}}},
			Links: []string{linkEntraCodes},
		}, "AADSTS530034"),
		alike(Entry{
			Code:    "AADSTS500212",
			Title:   "the rules between two directories do not let this person into tenant {tenant}[: {message}]",
			Means:   "The person's own directory does not let them out, or this one does not let them in.",
			Causes:  []string{"cross-tenant access settings that do not name the other directory", "a partner whose access has ended"},
			Confirm: "Entra admin center → External Identities → Cross-tenant access settings.",
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"Open Entra admin center → External Identities → Cross-tenant access settings → Organizational settings and look at the other directory.",
				"Allow the people or groups concerned: outbound in their own directory, inbound in tenant {tenant}.",
				"Or let a member of tenant {tenant} make the change.",
			}}},
			Links: []string{linkEntraCodes},
		}, "AADSTS500213"),
	)
}

// withSigns gives the first entry of a family further signs beside its own code.
func withSigns(entries []Entry, more ...sign) []Entry {
	entries[0].signs = append([]sign{{code: string(entries[0].Code)}}, more...)
	return entries
}
