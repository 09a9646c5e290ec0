package diagnosis

import "slices"

// namedEntries are about what the step was told to look at: groups, providers, rights.
func namedEntries() []Entry {
	return slices.Concat(groupEntries(), providerEntries(), lockEntries(), rightEntries())
}

func groupEntries() []Entry {
	return []Entry{{
		Code:    "resource-group-missing",
		Title:   "resource group '{group}' does not exist in subscription '{subscription}'",
		Means:   "The identity may look, and Azure has no group of this name there.",
		Causes:  []string{"a name that is mistyped", "a group that is made later in the pipeline", "a group of another subscription, or one that was deleted"},
		Confirm: "Azure portal → Resource groups, filtered to the subscription.",
		Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
			"In the Azure portal open Resource groups of '{subscription}' and compare the name. Case does not matter.",
			"Correct the line in the input resourceGroups. If the pipeline makes the group itself, leave the line out.",
			"If it has to be there before: az group create --subscription {subscriptionid} --name {group} --location <region>",
			newRun,
		}}},
		Links: []string{linkARMErrors},
	}}
}

func providerEntries() []Entry {
	return []Entry{
		{
			Code:    "provider-not-registered",
			Title:   "resource provider {provider} is not registered in subscription '{subscription}'[allowed=no|, and the identity may not register it]",
			Means:   "Azure refuses resources of a provider that is not registered.[allowed=yes| A deployment registers it by itself, since this identity has the right; that takes some minutes the first time.]",
			Causes:  []string{"nobody has used {provider} in this subscription yet"},
			Confirm: "az provider show --subscription {subscriptionid} --namespace {provider} --query registrationState prints Registered.",
			Fixes: []Fix{
				{With: "allowed=yes", Who: PipelineAuthor, Steps: []string{
					"Nothing has to be done. To save the wait, register it now: az provider register --subscription {subscriptionid} --namespace {provider} --wait",
				}},
				{Who: SubscriptionOwner, Steps: []string{
					"Register it, which needs the role Contributor or Owner on the subscription: az provider register --subscription {subscriptionid} --namespace {provider} --wait",
					"Or in the Azure portal: the subscription → Resource providers → {provider} → Register.",
					rerun,
				}},
			},
			Links: []string{linkProviders},
		},
		{
			Code:    "provider-registering",
			Title:   "resource provider {provider} is being registered in subscription '{subscription}'",
			Means:   "Azure makes it available region by region; until it is done a deployment may be refused.",
			Causes:  []string{"somebody registered it within the last minutes", "a registration that was started long ago and never ended, which does no harm to regions that have it"},
			Confirm: "az provider show --subscription {subscriptionid} --namespace {provider} --query registrationState prints Registered.",
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Wait some minutes if the deployment is refused for it, then re-run the failed job.",
			}}},
			Links: []string{linkProviders},
		},
		{
			Code:    "provider-unknown",
			Title:   "Azure has no resource provider {provider}",
			Means:   "The identity may look, and the subscription's list of providers does not hold this namespace.",
			Causes:  []string{"a namespace that is mistyped", "a resource type such as Microsoft.Web/sites where the namespace Microsoft.Web is asked for", "a provider that this cloud does not have"},
			Confirm: "az provider list --subscription {subscriptionid} --query \"[[].namespace\" lists them.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Compare the line in the input requiredProviders with the namespaces in the Azure portal: the subscription → Resource providers.",
				"Correct it.",
				newRun,
			}}},
			Links: []string{linkProviders},
		},
	}
}

func lockEntries() []Entry {
	return []Entry{
		{
			Code:    "read-only-lock",
			Title:   "a read-only lock '{lock}' is on '{scope}'[action|, so '{action}' is refused]",
			Means:   "Nothing below a read-only lock can be created, changed or deleted, whatever role somebody has.[ Its note says: {detail}.]",
			Causes:  []string{"somebody protected the scope"},
			Confirm: "Azure portal → the scope → Locks.",
			Fixes: []Fix{
				{With: "person", Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open {scope} → Locks and read the note of '{lock}'.",
					"If the connection may be made, delete the lock for that time: az lock delete --name {lock}[group| --resource-group {group}] --subscription {subscriptionid}",
					"Have the connection made, then put the lock back.",
				}},
				{Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open {scope} → Locks and read the note of '{lock}'.",
					"If the deployment may go on, delete the lock for that time: az lock delete --name {lock}[group| --resource-group {group}] --subscription {subscriptionid}",
					"Re-run the failed job, then put the lock back.",
				}},
			},
			Links: []string{linkLocks},
		},
		{
			Code:    "delete-lock",
			Title:   "a delete lock '{lock}' is on '{scope}'[action|, so '{action}' is refused]",
			Means:   "Nothing below a delete lock can be deleted, whatever role somebody has; everything else works.[ Its note says: {detail}.]",
			Causes:  []string{"somebody protected the scope"},
			Confirm: "Azure portal → the scope → Locks.",
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"In the Azure portal open {scope} → Locks and read the note of '{lock}'.",
				"If the deletion may go on, delete the lock for that time: az lock delete --name {lock}[group| --resource-group {group}] --subscription {subscriptionid}",
				"Re-run the failed job, then put the lock back.",
			}}},
			Links: []string{linkLocks},
		},
	}
}
