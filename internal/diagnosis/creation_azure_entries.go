package diagnosis

// creationListEntries are about the list of subscriptions in the dialog of a connection.
func creationListEntries() []Entry {
	return []Entry{
		{
			Code:    "subscription-unknown",
			Title:   "Azure has no subscription '{subscriptionid}' in {cloud}",
			Means:   "Azure tells everybody to which directory a subscription belongs. Of this one it knows nothing.",
			Causes:  []string{"an id that is mistyped, or the id of something else", "a subscription that was deleted", "a subscription of another cloud, such as Azure Government"},
			Confirm: "Azure portal → Subscriptions, with all directories and without a filter, does not list it.",
			Fixes: []Fix{{Who: ConnectionMaker, Steps: []string{
				"Copy the Subscription ID: Azure portal → Subscriptions → the subscription → Overview.",
				"Compare it with the one that was given.",
				askAgain,
			}}},
			Links: []string{linkARMErrors},
		},
		{
			Code:    "subscription-other-tenant",
			Title:   "subscription '{subscription}' belongs to tenant {owner}, and tenant {expected} was named",
			Means:   "The dialog shows the subscriptions of the directories that a person signs in to. This one is in another.",
			Causes:  []string{"the tenant of the organisation in place of that of the subscription", "a subscription that was moved to another directory"},
			Confirm: "Azure portal → Subscriptions → the subscription → Overview shows the directory.",
			Fixes: []Fix{{Who: ConnectionMaker, Steps: []string{
				"Name tenant {owner}, or leave --tenant out: it is then asked of the subscription.",
				"In the dialog of the connection sign in to that directory, or choose App registration or managed identity (manual) and type its id.",
			}}},
			Links: []string{linkConnectAzure},
		},
		{
			Code:    "organization-other-tenant",
			Title:   "subscription '{subscription}' is in another directory than the organisation",
			Means:   "It belongs to tenant {owner}, the organisation is connected to tenant {expected}. A connection works across the two. The dialog lists the subscription only when Azure DevOps has a fresh sign-in of the person to its directory.",
			Causes:  []string{"an organisation of one company and a subscription of another", "a directory of its own for production"},
			Confirm: "Organization settings → Microsoft Entra shows the directory of the organisation.",
			Fixes: []Fix{{Who: ConnectionMaker, Steps: []string{
				"Open https://app.vsaex.visualstudio.com/me, choose tenant {owner} at the left and sign in to it.",
				"If the subscription is still not listed, choose App registration or managed identity (manual) and type subscription id, name and tenant id.",
			}}},
			Links: []string{linkConnectAzure},
		},
		{
			Code:  "subscription-not-visible",
			Title: "{person} does not see subscription '{subscription}': no role in it",
			Means: "Azure shows a person the subscriptions in which they have a role, so it is in no list of Azure DevOps either. It exists, and belongs to tenant {tenant}.",
			Causes: []string{
				"a role that was never given",
				"a role that has to be activated first (PIM)",
				"a guest who was invited and given nothing",
			},
			Confirm: "az account list --all lists the subscription.",
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"Azure portal → the subscription → Access control (IAM) → Add role assignment: Owner or User Access Administrator for the person who is to make automatic connections, Reader for one who uses an existing identity.",
				"Where roles are activated for a time, have the person activate it: Azure portal → Privileged Identity Management → My roles → Azure resources.",
				"Have the person wait up to ten minutes, sign out of Azure DevOps, and sign in again.",
			}}},
			Links: []string{linkRoles, linkTroubleshoot},
		},
		{
			Code:    "subscription-list-cut",
			Title:   "{person} sees {number} subscriptions, and the dialog shows fifty",
			Means:   "The lists of Azure DevOps end at fifty subscriptions, counted over all directories, and do not say so. Nothing is wrong with the subscription.",
			Causes:  []string{"a person with roles in many subscriptions, often through a management group"},
			Confirm: "az account list --all --query length(@) prints the number.",
			Fixes: []Fix{{Who: ConnectionMaker, Steps: []string{
				"In the dialog choose App registration or managed identity (manual) and type subscription id {subscriptionid}, its name and the tenant id.",
				"Or make the connection from a file, which has no list: az devops service-endpoint create --service-endpoint-configuration <file>.",
			}}},
			Links: []string{linkTroubleshoot},
		},
		{
			Code:    "directories-not-asked",
			Title:   "{number} of the directories of {person} gave no sign-in, so their subscriptions are not counted[: {detail}]",
			Means:   "A person may have accounts in several directories. Azure DevOps lists the subscriptions of those it has a sign-in for; where the Azure CLI gets none, it has none either.",
			Causes:  []string{"a directory that asks for a second factor or a new sign-in", "an account there that is disabled"},
			Confirm: "az login --tenant <tenant id> for each of them.",
			Fixes: []Fix{{Who: ConnectionMaker, Steps: []string{
				"It matters only when subscriptions are missing from the list: then sign in to each directory at https://app.vsaex.visualstudio.com/me.",
			}}},
			Links: []string{linkTroubleshoot},
		},
	}
}

// creationRightEntries are about giving the connection its role.
func creationRightEntries() []Entry {
	return []Entry{
		{
			Code:  "role-assignment-limited",
			Title: "{person} may assign roles at '{scope}' within a condition only[unsure=no|, which leaves Contributor out]",
			Means: "The role that lets this person assign roles was given with a condition.[unsure=no| It names the roles that may be assigned, and Contributor, which an automatic connection gets, is not among them.][unsure=yes| Whether Contributor for a new service principal meets it cannot be told for certain.]",
			Causes: []string{
				"Role Based Access Control Administrator or User Access Administrator with a condition (constrained delegation)",
			},
			Confirm: "Azure portal → the scope → Access control (IAM) → View my access → the role → Condition.",
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"Read the condition: Azure portal → the scope → Access control (IAM) → Role assignments → the person's → View/Edit condition.",
				"Let it allow the role Contributor for service principals, or assign the role to the identity of the connection yourself: then the person makes the connection by hand.",
				"Have the person sign in again after up to ten minutes.",
			}}},
			Links: []string{linkRoleConditions},
		},
		{
			Code:    "role-not-active",
			Title:   "{person} has the role {role} at '{scope}' as one to activate, and it is not active",
			Means:   "The role was given as eligible (Privileged Identity Management): it counts for some hours after the person has activated it. Until then the person may not assign roles there[allowed=no|, and does not see the subscription].",
			Causes:  []string{"the role was not activated today", "the time of its activation is over"},
			Confirm: "Azure portal → Privileged Identity Management → My roles → Azure resources → Active assignments.",
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: ConnectionMaker, Steps: []string{
				"Open https://portal.azure.com → Privileged Identity Management → My roles → Azure resources → {role} → Activate.",
				"Wait some minutes. " + signOutAndIn,
				"Make the connection while the role is active: what the connection itself was given stays.",
			}}},
			Links: []string{linkActivate},
		},
		{
			Code:    "person-denied",
			Title:   "deny assignment '{detail}' [unsure|may keep][!unsure|keeps] {person} from '{action}' at '{scope}'",
			Means:   "The person has a role with that right, and a deny assignment [!unsure|takes it away.][unsure|of a group, or under a condition, may take it away: whether it applies to this person cannot be seen.] Deny assignments are made by Azure, not by hand.",
			Causes:  []string{"a deployment stack that protects its resources", "a managed application or a managed resource group"},
			Confirm: "Azure portal → the scope → Access control (IAM) → Deny assignments.",
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"In the Azure portal open the scope → Access control (IAM) → Deny assignments → '{detail}' and see what made it.",
				"Make the connection for another scope, or have the owner of the stack or application exclude the person.",
				askAgain,
			}}},
			Links: []string{linkRoles},
		},
	}
}

// creationApplicationEntries are about an application that is there already.
func creationApplicationEntries() []Entry {
	return []Entry{
		{
			Code:  "application-multitenant",
			Title: "application {client} is registered for {value}, and federation refuses such an application",
			Means: "Workload identity federation by the Microsoft Entra issuer refuses every application that others than its own directory may sign in with (AADSTS70052). With a secret or a certificate it would sign in.",
			Causes: []string{
				"Supported account types was set to any organizational directory, as older advice has it",
			},
			Confirm: "Entra admin center → App registrations → the application → Authentication → Supported account types.",
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				"Set Authentication → Supported account types to Accounts in this organizational directory only.",
				"If other directories need the application, make one of its own for the connection, or choose a user-assigned managed identity.",
				askAgain,
			}}},
			Links: []string{linkFederation, linkFederatedApp},
		},
		{
			Code:    "application-not-in-tenant",
			Title:   "application {client} is not registered in tenant {tenant}",
			Means:   "A connection signs in to the tenant of the subscription with an application of that tenant.",
			Causes:  []string{"an application of another directory", "the object id in place of the application (client) ID", "an application that was deleted"},
			Confirm: "Entra admin center of that tenant → App registrations → All applications.",
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				"Compare the id with Application (client) ID on the overview page of the application.",
				"If it is of another directory, make an application in tenant {tenant}, one for each directory: making the old one multitenant breaks federation (AADSTS70052).",
				"Or choose a user-assigned managed identity of the subscription.",
			}}},
			Links: []string{linkConnectAzure},
		},
	}
}
