package diagnosis

import "slices"

const assignByCommand = "[Or on the command line: az role assignment create --assignee-object-id {object} --assignee-principal-type ServicePrincipal --role <role> --scope \"{scope}\".]"

// armAccessEntries are about rights: missing, denied, or taken away by a policy or a lock.
func armAccessEntries() []Entry {
	return slices.Concat(
		[]Entry{{
			Code:  "AuthorizationFailed",
			Title: "sign-in works, but the identity of connection '{connection}' has no right to '{action}' at '{scope}'",
			Means: "Azure knows who is asking[ (object id {object})] and finds no role at this scope or above it that allows the action.",
			Causes: []string{
				"[managementgroup|management group '{managementgroup}' does not exist: Azure answers in the same way to an identity without rights above it]",
				"the identity has no role at this scope, or one that is too narrow",
				"a role that was assigned within the last minutes",
				"the identity was made again and lost its roles, or the scope does not exist",
			},
			Confirm: "Azure portal → the scope → Access control (IAM) → Check access, for the object id.",
			Retry:   RetryPropagation,
			Fixes: []Fix{
				{With: "managementgroup", Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open Management groups and check that a group with the ID '{managementgroup}' exists: the ID is not the display name.",
					"Open it → Access control (IAM) → Add → Add role assignment, and choose the role: Management Group Reader is enough to see it, Contributor is what deployments usually need.",
					"Under Members choose User, group, or service principal and select the connection's identity[, object id {object}].",
					assignByCommand,
					"Wait five to ten minutes, then re-run the failed job.",
				}},
				{Schemes: []Scheme{SchemeManagedIdentity}, Who: SubscriptionOwner, Steps: []string{
					"Find the identity: Azure portal → the virtual machine or scale set of agent '{agent}' → Security → Identity[, object id {object}].",
					"Open Access control (IAM) of the scope[: https://portal.azure.com/#@{tenant}/resource{scope}/users] → Add → Add role assignment, and choose the smallest role that serves: Reader lets it see the scope, Contributor is what most deployments need.",
					"Under Members choose Managed identity → Select members and that machine or user-assigned identity.",
					assignByCommand,
					"Wait ten minutes, then re-run the failed job. A role that comes through a group can take a day: the endpoint keeps its tokens.",
				}},
				{Who: SubscriptionOwner, Steps: []string{
					"Open Access control (IAM) of the scope[: https://portal.azure.com/#@{tenant}/resource{scope}/users] and look which roles the identity[ with object id {object}] has there. If one was added within the last ten minutes, wait and re-run the failed job.",
					"If there is none, choose Add → Add role assignment and the smallest role that serves: Reader lets it see the scope, Contributor is what most deployments need. This takes the role Owner or User Access Administrator there.",
					"Under Members choose User, group, or service principal and select the connection's identity[ by its object id {object}] (of the service principal, not of the application).",
					assignByCommand,
					"If the scope itself is wrong, correct it in the connection. Else wait five to ten minutes, then re-run the failed job.",
				}},
			},
			Links: []string{linkRoles},
		}},
		alike(Entry{
			Code:    "LinkedAuthorizationFailed",
			Title:   "the identity of connection '{connection}' may not do '{action}' at [scope|the linked '{scope}'][!scope|a linked resource]",
			Means:   "The deployment touches a resource elsewhere (a network, an identity, a disk), and the identity[ (object id {object})] has no right there.",
			Causes:  []string{"a role in one resource group only, while a network or identity is in another", "a linked subscription of another tenant"},
			Confirm: "Azure portal → the linked resource → Access control (IAM) → Check access, for the object id.",
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"In the Azure portal open '{scope}' → Access control (IAM) → Add → Add role assignment.",
				"Choose a role that holds {action}, for a network often Network Contributor, and select the connection's identity[, object id {object}].",
				"Wait five to ten minutes, then re-run the failed job.",
			}}},
			Links: []string{linkARMErrors, linkRoles},
		}, "LinkedAccessCheckFailed"),
		[]Entry{
			{
				Code:    "DenyAssignmentAuthorizationFailed",
				Title:   "a deny assignment keeps the identity of connection '{connection}' from '{action}' at '{scope}'",
				Means:   "The identity has the right and a deny assignment takes it away. Deny assignments are made by Azure, not by hand.[ {message}.]",
				Causes:  []string{"a deployment stack that protects its resources", "a managed application or a managed resource group"},
				Confirm: "Azure portal → the scope → Access control (IAM) → Deny assignments.",
				Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open the scope → Access control (IAM) → Deny assignments and see what made it.",
					"Change the resource through its owner (the deployment stack, the managed application), or exclude the identity in the stack's deny settings.",
					rerun,
				}}},
				Links: []string{linkRoles},
			},
		},
		[]Entry{
			{
				Code:    "linked-tenant-refused",
				Title:   "the deployment reaches into a subscription of another tenant[: {message}]",
				Means:   "The identity has the right where it deploys. The other subscription belongs to another tenant, and a token of this tenant opens nothing there.",
				Causes:  []string{"a network, image or identity of another tenant in the template", "a subscription that was moved to another directory"},
				Confirm: "Azure portal → Subscriptions → the linked subscription → Overview shows its directory.",
				Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
					"Find the linked subscription that the service's text names, and read its directory under Azure portal → Subscriptions → Overview.",
					"Use a resource of the connection's own tenant, or deploy that part with a connection of the other tenant.",
					newRun,
				}}},
				Links: []string{linkARMErrors},
				signs: []sign{{code: "LinkedAuthorizationFailed", phrase: "is not authorized to access linked subscription"}},
			},
			{
				Code:    "provider-registration-refused",
				Title:   "the identity of connection '{connection}' may not register a resource provider[: '{action}']",
				Means:   "A tool tried to register a provider for the subscription, which needs a right at the subscription itself. Deploying needs it only once.",
				Causes:  []string{"Terraform or another tool that registers providers by itself", "a role at a resource group only"},
				Confirm: "Azure portal → Subscriptions → the subscription → Resource providers shows whether it is registered already.",
				Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open Subscriptions → '{subscription}' → Resource providers, select the provider and choose Register; that is needed once.",
					"Switch off registration in the tool, for Terraform resource_provider_registrations = \"none\".",
					rerun,
				}}},
				Links: []string{linkProviders},
				signs: []sign{{code: "AuthorizationFailed", phrase: "/register/action"}},
			},
		},
		[]Entry{{
			Code:    "RequestDisallowedByAzure",
			Title:   "Azure itself does not allow this here[: {message}]",
			Means:   "It is no policy of yours: Azure restricts regions or kinds of resources for some subscriptions.",
			Causes:  []string{"a region that is closed to this kind of subscription", "a trial or student subscription"},
			Confirm: "The service's text names the restriction.",
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"Choose a region that the subscription may use, best one where it has resources already.",
				"If it has to be this one, ask Microsoft support to open it for subscription '{subscription}'.",
				newRun,
			}}},
			Links: []string{linkARMErrors},
		}},
		alike(Entry{
			Code:    "RequestDisallowedByPolicy",
			Title:   "an Azure Policy does not allow this[: {message}]",
			Means:   "The identity has the right, and a policy of the subscription or a management group refuses what was asked for.",
			Causes:  []string{"a policy with effect deny for this kind, place or setting of a resource"},
			Confirm: "The service's text names the policy assignment and the definition.",
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"Read the names of assignment and definition in the service's text, and open the assignment under Azure portal → Policy → Assignments.",
				"Change the template so that it complies, or ask the owner of the policy for an exemption.",
				newRun,
			}}},
			Links: []string{linkPolicy},
		}, "PolicyViolation"),
		[]Entry{{
			Code:    "ScopeLocked",
			Title:   "a lock stands in the way[: {message}]",
			Means:   "The identity has the right, and a lock on the resource, its group or the subscription refuses the change.",
			Causes:  []string{"a read-only lock, which also refuses calls that only read keys", "a delete lock"},
			Confirm: "Azure portal → the scope → Locks.",
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"In the Azure portal open the locked scope that the service's text names → Locks, and read the note of the lock.",
				"Remove it for the time of the deployment, or deploy to another scope.",
				rerun,
			}}},
			Links: []string{linkLocks},
		}},
	)
}
