package diagnosis

import "slices"

// graphEntries are about Microsoft Graph. A run asks it for expiry dates only and may be refused without harm; Azure
// DevOps asks it for applications and credentials when a person makes a connection.
func graphEntries() []Entry {
	return slices.Concat(
		[]Entry{{
			Code:    "Authorization_RequestDenied",
			Title:   "the identity of connection '{connection}' may not read its own application in Microsoft Graph",
			Means:   "That is usual: a deployment needs no right in Microsoft Graph. Only the expiry date of the credential stays unknown.",
			Causes:  []string{"nobody has given the identity a right to read applications"},
			Confirm: "Entra admin center → App registrations → the application → API permissions.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Nothing has to be done for deployments.",
				"To see when the credential ends, let the owner make the service principal an owner of its own application with the permission Application.ReadWrite.OwnedBy.",
			}}},
			Links: []string{linkGraphErrors},
		}},
		[]Entry{
			{
				Code:    "accessDenied",
				Title:   "Microsoft Graph does not let this identity do that[: {message}]",
				Means:   "The token is right and lacks a permission for this question. A deployment needs none of them.",
				Causes:  []string{"a permission that was never granted, or granted without an administrator's consent"},
				Confirm: "Entra admin center → App registrations → the application → API permissions shows what was granted.",
				Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
					"For deployments nothing has to be done.",
					"If a step of yours asks Microsoft Graph, find the smallest permission of that call in its documentation, add it under Entra admin center → App registrations → the application → API permissions, and choose Grant admin consent.",
					rerun,
				}}},
				Links: []string{linkGraphErrors},
			},
			{
				Code:    "Request_ResourceNotFound",
				Title:   "Microsoft Graph does not find the application or identity[: {message}]",
				Means:   "Nothing with this id is in the tenant that the token belongs to.",
				Causes:  []string{"the application was deleted", "the object id in place of the application (client) ID, or the other way round", "an application of another tenant"},
				Confirm: applicationCheck,
				Retry:   RetryPropagation,
				Fixes: []Fix{
					{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{
						openApp,
						"If it was deleted less than 30 days ago, restore it: App registrations → Deleted applications → Restore app registration.",
						"If it cannot be restored, make the connection again: the new identity needs its role assignments again.",
						newRun,
					}},
					{Who: ConnectionAdministrator, Steps: []string{
						openApp,
						"Compare its application (client) ID with the one under Edit on the connection's page: the object id is another id.",
						"Correct it and choose Verify and save.",
						rerun,
					}},
				},
				Links: []string{linkGraphErrors},
			},
			{
				Code:    "graph-token-refused",
				Title:   "Microsoft Graph does not take the token[: {message}]",
				Means:   "The token was made for another service, has expired, or arrived damaged. It says nothing about deployments.",
				Causes:  []string{"a token that was kept too long", "a token for Azure Resource Manager in place of one for Microsoft Graph", "an agent whose clock is wrong"},
				Confirm: "A new sign-in gives a token that is taken.",
				Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
					"If a script of yours asked, let it fetch a token for Microsoft Graph right before: az account get-access-token --resource-type ms-graph.",
					"If it happens at the start of a job, have the agent's clock checked.",
					rerun,
				}}},
				Links: []string{linkGraphErrors},
				signs: []sign{{code: "InvalidAuthenticationToken", service: Graph}, {code: "InvalidAuthenticationToken", phrase: "compacttoken parsing failed"}},
			},
			{
				Code:    "Authorization_IdentityNotFound",
				Title:   "Microsoft Graph does not know who is asking",
				Means:   "The token names an application that has no service principal in this tenant.",
				Causes:  []string{"the enterprise application was deleted", "a token of another tenant"},
				Confirm: applicationCheck,
				Retry:   RetryPropagation,
				Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
					openApp,
					"If Enterprise applications does not list it, add it: az ad sp create --id <application (client) ID>.",
					"Assign its Azure roles again: a new service principal has a new object id.",
					waitMinutes,
				}}},
				Links: []string{linkGraphErrors},
			},
			{
				Code:    "Directory_QuotaExceeded",
				Title:   "the directory lets this person or tenant make no further objects[: {message}]",
				Means:   "Everyone who is no administrator may own 250 objects, of which deleted ones count for a part; a tenant has a limit as well. Azure DevOps could not make the application of the connection.",
				Causes:  []string{"many app registrations from connections that were made and deleted", "a tenant without a verified domain, whose limit is lower"},
				Confirm: "Entra admin center → App registrations → Owned applications and Deleted applications.",
				Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
					"Open Entra admin center → App registrations → Owned applications and delete those of connections that no longer exist, then delete them for good under Deleted applications.",
					"Or use one managed identity for the connection: it needs no app registration.",
					"If the tenant's own limit is meant, ask an Entra administrator to free objects or have the limit raised.",
				}}},
				Links: []string{linkGraphErrors},
			},
		},
		alike(Entry{
			Code:    "CredentialTypeNotAllowedAsPerAppPolicy",
			Title:   "a policy of tenant {tenant} does not allow this secret or certificate[: {message}]",
			Means:   "The tenant restricts which credentials applications may have and for how long. Azure DevOps can then neither make nor renew a connection with a secret.",
			Causes:  []string{"a policy against client secrets", "a policy that allows shorter lives only"},
			Confirm: "Entra admin center → Enterprise applications → Application policies shows the restriction.",
			Fixes: []Fix{
				{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{
					openConnection,
					"Choose Convert, which changes the connection to workload identity federation: it has no secret, so the policy does not concern it.",
					"If Convert is not offered, make a new connection with workload identity federation and use its name in the pipeline.",
				}},
				{Who: ApplicationOwner, Steps: []string{
					"Use workload identity federation: it has no secret, so the policy does not concern it.",
					"If it has to be a secret or certificate, give it the life that the policy allows, or ask the Entra administrator to exempt the application.",
				}},
			},
			Links: []string{linkConvert, linkAppPolicy},
		}, "CredentialInvalidLifetimeAsPerAppPolicy"),
		alike(Entry{
			Code:    "SignInAudienceNotAllowedAsPerAppPolicy",
			Title:   "a policy of tenant {tenant} does not allow this setting of an application[: {message}]",
			Means:   "The tenant restricts the account types or identifier addresses of applications, and the one that was to be made or changed does not comply.",
			Causes:  []string{"supported account types that reach beyond the tenant", "an identifier address without the tenant's domain, its id or the application's"},
			Confirm: "Entra admin center → Enterprise applications → Application policies shows the restriction.",
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				openApp,
				"Set Authentication → Supported account types to Accounts in this organizational directory only, and use identifier addresses of the form api://<application (client) ID>.",
				"If the application needs the other setting, ask the Entra administrator to exempt it.",
			}}},
			Links: []string{linkAppPolicy},
		}, "InvalidUniqueTenantIdentifierAsPerAppPolicy"),
		alike(Entry{
			Code:    "Request_BadRequest",
			Title:   "Microsoft Graph refused the form of the request[: {message}]",
			Means:   "The question was wrong, not the identity. It says nothing about deployments.",
			Causes:  []string{"a value that is empty or malformed", "a filter that needs another kind of request", "a mistake in the program that asked"},
			Confirm: "The service's text names the property.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"If a script of yours asked, correct what the service's text names.",
				"If this task or Azure DevOps asked, report it with the raw evidence, which holds no secret.",
			}}},
			Links: []string{linkGraphErrors},
			signs: []sign{{code: "Request_BadRequest"}, {code: "BadRequest", service: Graph}},
		}, "Request_UnsupportedQuery", "Directory_ObjectNotFound"),
		[]Entry{{
			Code:    "graph-no-person",
			Title:   "a program asked Microsoft Graph about the person who is signed in, and nobody is",
			Means:   "An application signed in, not a person, so /me has no answer.",
			Causes:  []string{"a script that was written for people and runs in a pipeline"},
			Confirm: "The request went to /me.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"In the script ask for the service principal by its object id (Entra admin center → Enterprise applications → the application → Overview) in place of /me.",
				newRun,
			}}},
			Links: []string{linkGraphErrors},
			signs: []sign{
				{code: "BadRequest", phrase: "/me request is only valid with delegated"}, {code: "Request_BadRequest", phrase: "/me request is only valid with delegated"},
				{code: "Directory_ObjectNotFound", phrase: "/me request is only valid with delegated"}, {phrase: "/me request is only valid with delegated"},
			},
		}},
		[]Entry{
			{
				Code:    "Request_MultipleObjectsWithSameKeyValue",
				Title:   "an object with this name or key exists already[: {message}]",
				Means:   "What was to be made is there already, perhaps from an earlier try.",
				Causes:  []string{"a setup that was repeated", "two connections with the same name and identity"},
				Confirm: "The list in the Entra admin center shows the object.",
				Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
					openApp,
					"Look for the object that the service's text names; if it fits, use it and go on.",
					"If it belongs to a connection that no longer exists, delete it and repeat what failed.",
				}}},
				Links: []string{linkGraphErrors},
			},
			{
				Code:    "graph-license-missing",
				Title:   "tenant {tenant} has no licence for what was asked of Microsoft Graph",
				Means:   "Sign-in logs and some policies can be read with Microsoft Entra ID P1 or P2 only. It says nothing about deployments.",
				Causes:  []string{"a tenant with the free edition"},
				Confirm: "Entra admin center → Overview shows the edition under License.",
				Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
					"Nothing has to be done for deployments.",
					"To see why a sign-in was refused, ask an Entra administrator to look at the sign-in log in the Entra admin center.",
				}}},
				Links: []string{linkGraphErrors},
				signs: []sign{{code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant"}, {phrase: "doesn't have premium license"}},
			},
		},
		alike(Entry{
			Code:    "Directory_ConcurrencyViolation",
			Title:   "two programs changed the same object of the directory at the same time",
			Means:   "One of the two changes was refused. Nothing is broken.",
			Causes:  []string{"two setups at the same time", "an object that was made a moment ago"},
			Confirm: "The same request succeeds when it is alone.",
			Retry:   RetryTransient,
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				"Wait a minute and repeat what failed.",
				"Make changes to one identity one after the other.",
			}}},
			Links: []string{linkGraphErrors},
		}, "ConcurrencyViolation"),
	)
}
