package manual

import "armpreflight/internal/diagnosis"

// listTopics are about subscriptions that the dialog does not show.
func listTopics() []Topic {
	return []Topic{
		{
			Title:   "The subscription is not listed: more than fifty",
			Says:    []string{"the list ends, without a word about it, before the subscription comes"},
			Phrases: []string{"maximum of 50 azure subscriptions"},
			Means:   "The lists of Azure DevOps show fifty subscriptions of a person, counted over all directories.",
			Finds: "armpreflight creation, run by that person: its check subscription-list counts over all directories. " +
				"Nothing in a job has to: a connection that exists holds the id. It does not matter at run time.",
			Codes: []diagnosis.Code{"subscription-list-cut", "directories-not-asked"},
			Fixes: []Fix{{Who: person, Steps: []string{
				ownList,
				byHand,
				"Or make it with az devops service-endpoint create --service-endpoint-configuration <file>, which has no list.",
			}}},
			Beware: []string{"A new user made for this purpose only is one more account with rights that nobody looks after. Typing the id does the same."},
		},
		{
			Title:   "The subscription is not listed: an old token",
			Says:    []string{"the list lacks the subscription, without an error", "You don't appear to have an active Azure subscription"},
			Phrases: []string{"don't appear to have an active azure subscription", "do not appear to have an active azure subscription"},
			Means:   "Azure DevOps asks for the list with a token of the person that is older than the role, or that belongs to another directory.",
			Finds: "armpreflight creation, run by that person: its check subscription tells the other causes apart (no role, another directory, disabled). " +
				"Where it passes and the list lacks the subscription, the token that Azure DevOps keeps is old: that one cannot be asked.",
			Codes: []diagnosis.Code{"subscription-not-visible", "subscription-other-tenant", "organization-other-tenant", "subscription-unknown", "subscription-disabled"},
			Fixes: []Fix{{Who: person, Steps: []string{
				ownList,
				"If the subscription is in that list, the token of Azure DevOps is old. " + newSession,
				allTenants,
				"If it is not in that list, a role on the subscription is missing, its state is not Enabled, or it belongs to another directory: ask its owner.",
			}}},
		},
		{
			Title:   "Some subscriptions are missing: account types of the application",
			Says:    []string{"subscriptions of other directories are missing", "AADSTS50194", "AADSTS650059", "AADSTS70052"},
			Phrases: []string{"isn't configured as a multi-tenant application", "is not configured as a multi-tenant application", "isn't configured as a multitenant application"},
			Means: "An application that is registered for one directory cannot sign in to another. " +
				"Registered for any directory it can, and then workload identity federation by the Microsoft Entra issuer refuses it with AADSTS70052.",
			Finds:  "armpreflight creation --application ID, before the connection is made: its check account-types reads the setting. In a job the sign-in of the connection says it.",
			Checks: []string{"access-token"},
			Codes:  []diagnosis.Code{"application-multitenant", "application-not-in-tenant", "AADSTS70052", "AADSTS50194", "AADSTS650059"},
			Fixes: []Fix{{Who: diagnosis.ApplicationOwner, Steps: []string{
				"Keep Supported account types at Accounts in this organizational directory only.",
				"Make one application and one connection for each directory, and choose the subscription of that directory in each.",
				"If the subscription is of the same directory and missing all the same, the cause is another: see the two sections above.",
			}}},
			Beware: []string{
				"Changing Supported account types to any organizational directory breaks federated connections of this application (AADSTS70052). It can help connections with a secret or certificate only, and opens the application to other tenants.",
			},
		},
	}
}

// usingTopics are about a connection that a job uses.
func usingTopics() []Topic {
	return []Topic{
		{
			Title:   "The secret has expired, or is not the right one",
			Says:    []string{"AADSTS7000222: The provided client secret keys for app '…' are expired", "AADSTS7000215: Invalid client secret provided", "Invalid client id or client secret"},
			Phrases: []string{"invalid client id or client secret"},
			Means: "These are two things. AADSTS7000222: the secret is the right one and has expired. AADSTS7000215: no secret of the application equals the one that was sent: " +
				"its Secret ID was pasted in place of its Value, it was deleted, or it is another application's. A secret that expired long ago and was cleared away gives AADSTS7000215 too.",
			Finds:  "The sign-in of the connection says it, before anything is deployed.",
			Checks: []string{"access-token"},
			Codes:  []diagnosis.Code{"AADSTS7000222", "AADSTS7000215", "secret-expired", "secret-expiring"},
			Fixes: []Fix{
				{For: labelAutomatic, Who: diagnosis.ConnectionAdministrator, Steps: []string{
					"Open the connection, choose Edit, change the description, and choose Save. Not Verify: it signs in with the old secret and fails.",
					"Reload the page, then Edit → Verify → Save: Azure DevOps makes a new secret, good for three months.",
					"Re-run the failed job.",
				}},
				{For: labelManual, Who: diagnosis.ApplicationOwner, Steps: []string{
					"Verify changes nothing here. Make a new client secret at the application (Entra admin center → App registrations → the application → Certificates & secrets) and copy its Value.",
					"Choose Edit on the connection, paste it as Service principal key, Verify and save, and re-run the failed job.",
				}},
				{For: "it should not happen again", Who: diagnosis.ConnectionAdministrator, Steps: []string{
					"Choose Convert on the connection's page: workload identity federation has no secret that expires.",
				}},
			},
			Beware: []string{"A connection made before 2022 may hold a secret of two years: do not count on three months, read the date."},
		},
		{
			Title:   "Verify says: failed to obtain the JSON Web Token",
			Says:    []string{"Failed to obtain the Json Web Token(JWT) using service principal client ID. Exception message: …"},
			Phrases: []string{"failed to obtain the json web token"},
			Means: "Azure DevOps or a task tried to sign in with the connection and was refused; what matters is the code after the words. " +
				"The usual one is an expired secret: Verify signs in with the secret that is stored, so it fails as long as that has expired.",
			Finds:  "The sign-in of the connection says why. Paste the whole message into armpreflight explain -: it looks for the code in it.",
			Checks: []string{"access-token", "network"},
			Codes:  []diagnosis.Code{"AADSTS7000222", "AADSTS7000215", "AADSTS700016", "verification-failed", "sign-in-failed"},
			Fixes: []Fix{
				{For: "AADSTS7000222 or no code, and Azure DevOps made the connection (automatic)", Who: diagnosis.ConnectionAdministrator, Steps: []string{
					"Choose Edit, change the description, Save. Do not choose Verify in this step.",
					"Reload the page, then Edit → Verify → Save.",
				}},
				{For: "another code", Who: diagnosis.ConnectionAdministrator, Steps: []string{"Run armpreflight explain with that code."}},
				{For: "Object reference not set to an instance of an object, on Azure DevOps Server", Who: diagnosis.NetworkAdministrator, Steps: []string{
					"The server does not reach the sign-in service: check its proxy, its firewall and TLS 1.2 on it.",
				}},
			},
		},
		{
			Title: "The connection comes out of a variable that a step sets",
			Says: []string{"The pipeline is not valid. … input ConnectedServiceNameARM references service connection $(…) which could not be found.",
				"There was a resource authorization issue"},
			Phrases: []string{"references service connection", "there was a resource authorization issue", "was not found in the pipeline. the service connection"},
			Means: "Azure DevOps looks connections up when the run is queued, before any step has run. A value that an earlier task hands on (task.setvariable, an output variable) " +
				"comes later, in YAML and in classic releases.",
			Finds:  "Azure DevOps refuses the run before this task starts. Where it lets it start, the checks of the pipeline's variables say what is left unresolved.",
			Checks: []string{"connection-input", "subscription-variable", "required-variables"},
			Codes:  []diagnosis.Code{"connection-reference-invalid", "connection-not-in-job", "variable-unresolved", "variable-unset"},
			Fixes: []Fix{{Who: diagnosis.PipelineAuthor, Steps: []string{
				"Write the name of the connection itself, a template expression such as ${{ parameters.connection }}, or a variable that is defined under variables of the pipeline, stage or release.",
				"Where the choice depends on a result, write one job for each connection and choose between them with a condition.",
				"If the name is right, let the pipeline use it: Permit on the run's page, or the connection → ⋮ → Security → Pipeline permissions.",
				"Start a new run: a re-run keeps the old values.",
			}}},
		},
		{
			Title: "Which way to sign in, and managed identities",
			Says: []string{"Could not fetch access token for Managed Service Principal. Please configure Managed Service Identity (MSI) for virtual machine",
				"400 Bad Request of 169.254.169.254", "Identity not found"},
			Phrases: []string{"could not fetch access token for managed service principal", "configure managed service identity (msi)"},
			Means: "A connection can sign in with workload identity federation, a secret, a certificate or a managed identity of the agent's machine. " +
				"The last works only on an agent of yours that runs in Azure: a Microsoft-hosted agent has no identity of yours.",
			Finds:  "The check of the token tells a Microsoft-hosted agent, a machine without an identity and one with several apart.",
			Checks: []string{"access-token"},
			Codes:  []diagnosis.Code{"managed-identity-on-hosted-agent", "managed-identity-unavailable", "identity-not-found", "multiple-identities"},
			Fixes: []Fix{
				{For: "the agents are Microsoft-hosted; best elsewhere too", Who: diagnosis.ConnectionAdministrator, Steps: []string{
					"Make a connection of type workload identity federation with a user-assigned managed identity: no secret, and any agent can use it.",
				}},
				{For: "the agent is your own, in Azure", Who: diagnosis.SubscriptionOwner, Steps: []string{
					"Azure portal → the virtual machine or scale set → Security → Identity: switch on System assigned, or add the one user-assigned identity.",
					"Give that identity its role on the subscription or resource group, wait five minutes, and re-run the failed job.",
				}},
			},
		},
	}
}
