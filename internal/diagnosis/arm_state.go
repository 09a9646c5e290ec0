package diagnosis

import "slices"

// armStateEntries are about limits and about what the subscription is not prepared for.
func armStateEntries() []Entry {
	return slices.Concat(
		alike(Entry{
			Code:    "SubscriptionRequestsThrottled",
			Title:   "Azure asks to come later: too many requests to subscription '{subscription}'[: wait {wait}]",
			Means:   "The limit of requests of this identity to this subscription is used up for now.[ {message}.]",
			Causes:  []string{"many jobs that use the same connection at the same time", "another program that uses the same identity"},
			Confirm: "It works again after the wait that the service asks for.",
			Retry:   RetryTransient,
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Re-run the failed job[ after {wait}].",
				"If it happens often, start fewer jobs with this connection at a time, or give them connections of their own.",
			}}},
			Links: []string{linkThrottling},
		}, "ResourceRequestsThrottled"),
		alike(Entry{
			Code:    "MissingSubscriptionRegistration",
			Title:   "subscription '{subscription}' is not registered for a resource provider[: {message}]",
			Means:   "Azure deploys resources of a provider only to subscriptions that are registered for it, and this one is not.",
			Causes:  []string{"nobody has used the provider in this subscription yet", "somebody unregistered it"},
			Confirm: "Azure portal → Subscriptions → the subscription → Resource providers shows NotRegistered.",
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"In the Azure portal open Subscriptions → '{subscription}' → Resource providers, select the provider that the service's text names, and choose Register.",
				"Wait until its status is Registered, which takes some minutes.",
				rerun,
			}}},
			Links: []string{linkProviders},
		}, "SubscriptionNotRegistered"),
	)
}
