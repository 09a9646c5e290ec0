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
		}, "SubscriptionNotRegistered", "InvalidSubscriptionRegistrationState"),
		alike(Entry{
			Code:    "NoRegisteredProviderFound",
			Title:   "Azure offers this kind of resource not here or not in this version[: {message}]",
			Means:   "Kind, region and API version have to fit together, and the provider has to be registered for the subscription.",
			Causes:  []string{"a region that does not offer the kind", "an API version that the cloud does not know", "a provider that is not registered for subscription '{subscription}'"},
			Confirm: "The service's text lists the regions and versions that exist.",
			Fixes: []Fix{
				{Who: SubscriptionOwner, Steps: []string{
					"Compare region and API version of the template with those in the service's text, and have them corrected if they are not among them.",
					"If they are, open Azure portal → Subscriptions → '{subscription}' → Resource providers, and register the provider or register it again.",
					"Wait until its status is Registered, then re-run the failed job.",
				}},
			},
			Retry: RetryPropagation,
			Links: []string{linkProviders},
		}, "MissingRegistrationForLocation"),
	)
}
