package diagnosis

import "slices"

// creationEntries are about a person who wants to make a connection, before there is one: what armpreflight creation finds.
func creationEntries() []Entry {
	return slices.Concat(signInEntries(), registrationEntries(), creationListEntries(), creationRightEntries(), creationApplicationEntries())
}

const (
	signOutAndIn = "Sign out of Azure DevOps, open a private browser window and sign in again, with every prompt."
	// What a person does in the end, as long as there is no job.
	askAgainStart = "Run armpreflight creation again"
	askAgain      = askAgainStart + "."
)

// signInEntries are about who is signed in.
func signInEntries() []Entry {
	return []Entry{
		{
			Code:    "person-not-signed-in",
			Title:   "nobody is signed in to the Azure CLI",
			Means:   "The questions are asked in the name of the person who is signed in to the Azure CLI on this machine, and there is no sign-in that can be used.",
			Causes:  []string{"az login was never run here, or az logout was", "another user of this machine signed in"},
			Confirm: "az account show prints who is signed in.",
			Fixes: []Fix{{Who: ConnectionMaker, Steps: []string{
				"Sign in: az login --tenant {tenant}",
				"Or let a browser ask: add --credential browser.",
				askAgain,
			}}},
			Links: []string{linkAzureCLI},
			signs: []sign{{phrase: "please run 'az login'"}},
		},
		{
			Code:    "azure-cli-missing",
			Title:   "the Azure CLI is not found on this machine",
			Means:   "By default the sign-in of the Azure CLI is used, and there is no program az on the path.",
			Causes:  []string{"the Azure CLI is not installed", "it is installed, and not on the path of this terminal"},
			Confirm: "az version prints its version.",
			Fixes: []Fix{{Who: ConnectionMaker, Steps: []string{
				"Add --credential browser, which needs no Azure CLI.",
				"Or install the Azure CLI, open a new terminal and sign in: az login --tenant {tenant}",
				askAgain,
			}}},
			Links: []string{linkAzureCLI},
			signs: []sign{{phrase: "executable not found on path"}},
		},
		{
			Code:    "no-person-signed-in",
			Title:   "an application is signed in and not a person",
			Means:   "Whether a person can make a connection can only be asked with the sign-in of that person. The Azure CLI is signed in with a service principal or a managed identity.",
			Causes:  []string{"a step of a pipeline, in which AzureCLI@2 signs in with a connection", "az login --service-principal or az login --identity on this machine"},
			Confirm: "az account show --query user.type prints user for a person.",
			Fixes: []Fix{{Who: ConnectionMaker, Steps: []string{
				"Run it on your own computer.",
				"Sign in as yourself: az login --tenant {tenant}",
				askAgain,
			}}},
			Links: []string{linkAzureCLI},
		},
		{
			Code:  "answer-needs-right",
			Title: "{detail} could not be read: this sign-in lacks {right}",
			Means: "Nothing is known to be wrong. The service did not let this sign-in look, so the question stays open.",
			Causes: []string{
				"a right to read that was not given to this person",
				"a sign-in of the Azure CLI, which may not ask for every permission of Microsoft Graph",
			},
			Confirm: "The same command with the sign-in of somebody who has the right shows the answer.",
			Fixes: []Fix{
				{With: "service=Azure Resource Manager", Who: SubscriptionOwner, Steps: []string{
					"Give the person {right} at the scope: Azure portal → the scope → Access control (IAM) → Add role assignment. Reader holds every right to read.",
					"Or look at it yourself there.",
					askAgain,
				}},
				{With: "service=Azure DevOps", Who: ConnectionAdministrator, Steps: []string{
					"Give the person {right} in the project.",
					"Or look at it yourself: Project settings → Service connections → ⋮ → Security.",
					askAgain,
				}},
				{Who: EntraAdministrator, Steps: []string{
					"Look at it yourself in the Microsoft Entra admin center: Users → User settings shows who may register applications and what guests may do, Enterprise applications → Application policies the rules for secrets, a user's page the roles.",
					"Or give the person {right}; the role Global Reader reads all of it.",
					askAgain,
				}},
			},
			Links: []string{linkTroubleshoot, linkAuthorizationPolicy},
		},
	}
}

// registrationEntries are about registering the application of an automatic connection.
func registrationEntries() []Entry {
	return []Entry{
		{
			Code:  "guest-restricted",
			Title: "{person} is a guest in tenant {tenant}, where guests have {value}",
			Means: "An automatic connection registers an application in that tenant in the name of this person, and a guest of this level may not do that.",
			Causes: []string{
				"the account was invited from another directory",
				"the tenant keeps its guests apart from its members, as most do",
			},
			Confirm: "Entra admin center → External Identities → External collaboration settings → Guest user access shows the level.",
			Retry:   RetryPropagation,
			Bound:   settingBound,
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"Give the guest the role Application Developer: Entra admin center → Roles & admins → Application Developer → Add assignments. Or convert the account to a member: Users → the person → Overview → Convert to internal user, or User type.",
				"Have the person wait fifteen to twenty minutes and sign in again.",
				"Or leave the directory as it is: a member of the tenant makes the connection, or it is made with a user-assigned managed identity, which needs no right in Microsoft Entra.",
			}}},
			Links: []string{linkTroubleshoot, linkGuestAccess},
		},
		{
			Code:  "registration-not-allowed",
			Title: "{person} may not register applications in tenant {tenant}",
			Means: "An automatic connection registers an application in the name of this person. The tenant does not let its users do that, and this person holds no role of Microsoft Entra that allows it.",
			Causes: []string{
				"Users can register applications is set to No",
				"a role of Microsoft Entra that was never given",
			},
			Confirm: "Entra admin center → Users → User settings → Users can register applications.",
			Retry:   RetryPropagation,
			Bound:   settingBound,
			Fixes:   letPersonCreate(),
			Links:   []string{linkTroubleshoot, linkAuthorizationPolicy},
		},
		{
			Code:    "directory-role-not-active",
			Title:   "{person} could register applications in tenant {tenant} with the role {role}, which is not active",
			Means:   "The role was given as eligible (Privileged Identity Management): it counts for some hours after the person has activated it.",
			Causes:  []string{"the role was not activated today", "the time of its activation is over"},
			Confirm: "Azure portal → Privileged Identity Management → My roles → Microsoft Entra roles → Active assignments.",
			Retry:   RetryPropagation,
			Bound:   settingBound,
			Fixes: []Fix{{Who: ConnectionMaker, Steps: []string{
				"Open https://portal.azure.com → Privileged Identity Management → My roles → Microsoft Entra roles → {role} → Activate.",
				"Wait some minutes. " + signOutAndIn,
				"Make the connection while the role is active.",
			}}},
			Links: []string{linkActivate},
		},
		{
			Code:  "secrets-not-allowed",
			Title: "a policy of tenant {tenant} [detail|limits][!detail|forbids] secrets of applications[: {detail}]",
			Means: "A connection with a secret could not be made or renewed[detail|, or its secret would end sooner]. Workload identity federation has no secret and is not concerned.",
			Causes: []string{
				"an application management policy of the tenant",
			},
			Confirm: "Entra admin center → Enterprise applications → Application policies shows the restriction.",
			Fixes: []Fix{{Who: ConnectionMaker, Steps: []string{
				"Choose Workload identity federation as the credential in the dialog of the connection.",
				"If a tool needs a secret, ask the Entra administrator to exempt the application in Enterprise applications → Application policies.",
			}}},
			Links: []string{linkAppPolicy, linkConvert},
		},
		{
			Code:    "organization-user-missing",
			Title:   "{person} is no user of the organisation[: {message}]",
			Means:   "Microsoft Entra knows the person. The organisation was never told to let them in, or not with this account.",
			Causes:  []string{"a person who was never added to the organisation", "an account of another directory than the one that was added"},
			Confirm: "Organization settings → Users does not list the account.",
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"Have an administrator of the organisation open Organization settings → Users → Add users and add the account, with access level Basic and the project.",
				"Have the person sign in once at https://dev.azure.com in a browser.",
				askAgain,
			}}},
			Links: []string{linkOrganisationUsers},
		},
		{
			Code:    "project-not-visible",
			Title:   "project '{project}' is not shown to {person}",
			Means:   "There is no project of this name, or the person is not in it: Azure DevOps tells the two apart for nobody.",
			Causes:  []string{"a name that is mistyped, or a project that was renamed", "a person who is in no team and no group of the project"},
			Confirm: "The project opens in a browser that is signed in as this person.",
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"Compare the name with the one in the address of the project.",
				"Have an administrator of the project add the person: Project settings → Permissions → Contributors → Members → Add.",
				askAgain,
			}}},
			Links: []string{linkConnections},
		},
		{
			Code:    "endpoint-creator-missing",
			Title:   "{person} may not make service connections in project '{project}'",
			Means:   "Making connections is a right in the project, which the group Endpoint Creators holds. Contributors are in it unless somebody took them out.",
			Causes:  []string{"the person is no Contributor of the project", "Contributors were taken out of Endpoint Creators"},
			Confirm: "Project settings → Service connections shows no New service connection.",
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"Open Project settings → Service connections → ⋮ (beside New service connection) → Security[: {link}].",
				"Add the person to Endpoint Creators, or give them the role Creator there.",
				"Have the person reload the page, or sign in again.",
			}}},
			Links: []string{linkConnections},
		},
	}
}
