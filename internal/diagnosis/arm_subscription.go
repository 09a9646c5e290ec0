package diagnosis

import "slices"

// armSubscriptionEntries are about the subscription, resource group or management group itself.
func armSubscriptionEntries() []Entry {
	return slices.Concat(
		[]Entry{
			{
				Code:    "SubscriptionNotFound",
				Title:   "subscription '{subscription}' was not found in {cloud}",
				Means:   "Azure Resource Manager of this cloud has no such subscription, or none that the connection's tenant could see.",
				Causes:  []string{"the subscription was deleted or cancelled long ago", "a subscription id that is mistyped", "an Environment of the connection that is not the subscription's cloud"},
				Confirm: "Azure portal → Subscriptions, with all directories and without a filter, lists the subscription.",
				Fixes: []Fix{
					{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{
						"In the Azure portal open Subscriptions and check that '{subscription}' exists, in which directory, and that it is enabled.",
						"If it is gone, make a new connection for the right subscription and use its name in the pipeline.",
						newRun,
					}},
					{Who: ConnectionAdministrator, Steps: []string{
						"In the Azure portal open Subscriptions and copy the id of the right one.",
						openConnection,
						"Choose Edit, compare Subscription Id, Subscription Name and Environment, correct them, and choose Verify and save.",
						rerun,
					}},
				},
				Links: []string{linkARMErrors},
			},
			{
				Code:    "no-subscription-visible",
				Title:   "sign-in works, and the identity of connection '{connection}' sees no subscription[: {message}]",
				Means:   "Azure shows an identity only the subscriptions in which it has a role. This one has none, or none in the subscription that was asked for.",
				Causes:  []string{"no role was assigned yet, or it was assigned to another identity of the same name", "the identity was made again and lost its roles", "a subscription of another tenant"},
				Confirm: "Azure portal → the subscription → Access control (IAM) → Check access, for the identity.",
				Retry:   RetryPropagation,
				Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open the subscription → Access control (IAM) → Add → Add role assignment and choose the smallest role that serves: Reader lets it see the subscription, Contributor is what most deployments need.",
					"Under Members select the connection's identity[ by its object id {object}] (of the service principal, not of the application).",
					"Wait five to ten minutes, then re-run the failed job.",
				}}},
				Links:      []string{linkRoles},
				Confidence: Likely,
				signs:      []sign{{phrase: "no subscriptions found for"}, {phrase: "doesn't exist in cloud '"}},
			},
			{
				Code:    "InvalidSubscriptionId",
				Title:   "the subscription id of connection '{connection}' is no id[: {message}]",
				Means:   "Azure expects a GUID and got something else.",
				Causes:  []string{"the subscription's name in the field for its id", "an empty field, or a blank in it"},
				Confirm: "The Edit pane of the connection shows the Subscription Id.",
				Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
					"In the Azure portal open Subscriptions and copy the Subscription ID.",
					openConnection,
					"Choose Edit, paste it into Subscription Id, and choose Verify and save.",
					rerun,
				}}},
				Links: []string{linkConnectAzure},
			},
			{
				Code:    "subscription-disabled",
				Title:   "subscription '{subscription}' is disabled[ (state {state})]",
				Means:   "Its resources can be read and nothing can be deployed or changed until it is enabled again. Verify of the connection does not notice that.",
				Causes:  []string{"a spending limit or credit that is used up", "an unpaid bill", "somebody cancelled the subscription"},
				Confirm: "Azure portal → Subscriptions → the subscription → Overview shows the status.",
				Fixes:   reactivate(),
				Links:   []string{linkSubscription},
			},
			{
				Code:    "subscription-past-due",
				Title:   "subscription '{subscription}' has an unpaid bill (state PastDue)",
				Means:   "It still works. It is disabled when the bill stays unpaid.",
				Causes:  []string{"a payment method that has expired or was declined"},
				Confirm: "Azure portal → Subscriptions → the subscription → Overview shows the status.",
				Fixes:   reactivate(),
				Links:   []string{linkSubscription},
			},
			{
				Code:    "subscription-warned",
				Title:   "subscription '{subscription}' is about to be disabled (state Warned)",
				Means:   "It may still work. Azure has warned its owner and disables it soon.",
				Causes:  []string{"a bill that stayed unpaid", "a subscription that was cancelled and is in its last days"},
				Confirm: "Azure portal → Subscriptions → the subscription → Overview shows the status.",
				Fixes:   reactivate(),
				Links:   []string{linkSubscription},
			},
		},
		alike(Entry{
			Code:    "ReadOnlyDisabledSubscription",
			Title:   "subscription '{subscription}' is disabled and can only be read",
			Means:   "Nothing can be deployed or changed until it is enabled again.",
			Causes:  []string{"a spending limit or credit that is used up", "an unpaid bill", "somebody cancelled the subscription"},
			Confirm: "Azure portal → Subscriptions → the subscription → Overview shows the status.",
			Fixes:   reactivate(),
			Links:   []string{linkSubscription},
		}, "DisabledSubscription", "SubscriptionDisabled"),
		[]Entry{
			{
				Code:    "ResourceGroupNotFound",
				Title:   "[group|resource group '{group}'][!group|a resource group] was not found in subscription '{subscription}'",
				Means:   "The identity can look, and the group is not there.[ {message}.]",
				Causes:  []string{"the group was deleted or renamed", "a name that is mistyped", "a group of another subscription"},
				Confirm: "Azure portal → Resource groups, filtered to the subscription.",
				Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
					"In the Azure portal open Resource groups of '{subscription}' and compare the name.",
					"Correct the name in the pipeline, or create the group before this job.",
					"If the connection is limited to that group, make a new connection for another scope: its scope cannot be changed.",
					newRun,
				}}},
				Links: []string{linkARMErrors},
			},
			{
				Code:    "resource-group-deleting",
				Title:   "[group|resource group '{group}'][!group|a resource group] of subscription '{subscription}' is being deleted",
				Means:   "Nothing can be deployed to a group while Azure deletes it, and afterwards it is gone.",
				Causes:  []string{"a clean-up that ran shortly before this job", "a group with the same name that is made and deleted by turns"},
				Confirm: "Azure portal → Resource groups shows the group as deleting, or no longer.",
				Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
					"Wait until the group is gone, which can take many minutes.",
					"Create it again before this job, or deploy to a group with another name.",
					rerun,
				}}},
				Links: []string{linkARMErrors},
				signs: []sign{{code: "ResourceGroupBeingDeleted"}},
			},
			{
				Code:    "management-group-not-found",
				Title:   "the management group of connection '{connection}' was not found[: {message}]",
				Means:   "The identity can look, and no management group has this ID.",
				Causes:  []string{"the display name in place of the ID", "a group that was deleted", "a group of another tenant"},
				Confirm: "Azure portal → Management groups shows the ID beside the name.",
				Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
					"In the Azure portal open Management groups and copy the ID of the group, not its display name.",
					openConnection,
					"Choose Edit, compare Management Group Id, correct it, and choose Verify and save.",
					rerun,
				}}},
				Links: []string{linkConnectAzure},
				signs: []sign{
					{code: "NotFound", service: ARM, path: "/managementgroups/"},
					{code: "NotFound", service: ARM, phrase: "/managementgroups/"},
					{service: ARM, from: 404, to: 404, phrase: "/managementgroups/"},
				},
			},
		},
	)
}

func reactivate() []Fix {
	return []Fix{{Who: SubscriptionOwner, Steps: []string{
		"In the Azure portal open Subscriptions → '{subscription}' → Overview and read the status and the message beside it.",
		"Settle what it asks for: pay the bill, replace the payment method, remove the spending limit, or choose Reactivate.",
		"Wait up to an hour, then re-run the failed job.",
	}}}
}
