package diagnosis

import (
	"slices"
	"time"
)

// armTokenEntries are about a token that Azure Resource Manager does not take.
func armTokenEntries() []Entry {
	return slices.Concat(
		[]Entry{
			{
				Code:    "InvalidAuthenticationTokenTenant",
				Title:   "subscription '{subscription}' belongs to [owner|tenant {owner}][!owner|another tenant], connection '{connection}' signs in to [tenant|{tenant}][!tenant|the tenant that it names]",
				Means:   "Microsoft Entra gave the token, and Azure refuses it because the subscription belongs to another tenant.",
				Causes:  []string{"the tenant id of another environment in the connection", "a subscription that was moved to another directory: its role assignments are lost then as well"},
				Confirm: "Azure portal → Subscriptions → the subscription → Overview shows the directory.",
				Retry:   RetryPropagation,
				Bound:   time.Hour,
				Fixes:   tenantFixes(),
				Links:   []string{linkARMErrors},
			},
			{
				Code:    "InvalidAuthenticationTokenAudience",
				Title:   "Azure refuses the token: it was made for another service or cloud[: {message}]",
				Means:   "The audience of the token is not one that Azure Resource Manager of this cloud takes.",
				Causes:  []string{"the Environment of the connection is not the subscription's cloud", "an Azure Stack whose audience in the connection is out of date"},
				Confirm: "The service's text names the audiences it takes.",
				Fixes:   correctCloud(),
				Links:   []string{linkConnectAzure},
			},
			{
				Code:    "ExpiredAuthenticationToken",
				Title:   "Azure refuses the token: it has expired[: {message}]",
				Means:   "The token was valid when it was made and is too old by the service's clock.",
				Causes:  []string{"a step that ran longer than the token lives, about an hour for an application", "an agent whose clock is wrong"},
				Confirm: "The service's text names both times.",
				Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
					rerun,
					"If it happens in long jobs, let each step sign in by itself (AzureCLI@2: keepAzSessionActive: true).",
					"If it happens at the start of a job, have the agent's clock checked.",
				}}},
				Links: []string{linkARMErrors},
			},
			{
				Code:       "InvalidAuthenticationToken",
				Title:      "Azure does not take the token[: {message}]",
				Means:      "Microsoft Entra gave the token, and Azure cannot make out who it stands for.",
				Causes:     []string{"an application without service principal in the tenant", "a proxy that changes the Authorization header", "a token that was revoked"},
				Confirm:    "Enterprise applications of the tenant lists the application.",
				Confidence: Likely,
				Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
					rerun,
					"If it still fails, look in the Entra admin center under Enterprise applications for the application (client) ID of the connection.",
					"If it is missing, add it: az ad sp create --id <application (client) ID>, and assign its Azure roles again.",
				}}},
				Links: []string{linkARMErrors},
			},
			{
				Code:       "insufficient_claims",
				Title:      "Azure asks for a new sign-in before it takes the token of connection '{connection}'",
				Means:      "The token was valid and something has changed since: the tenant's continuous access evaluation wants it made again.",
				Causes:     []string{"a Conditional Access policy for locations, and an agent that shows two addresses", "a credential that was removed or an identity that was disabled after sign-in"},
				Confirm:    "The sign-in logs of service principals show the identity with continuous access evaluation.",
				Confidence: Likely,
				Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
					rerun,
					openSignIns,
					"If a location policy is the reason, add every address that the agent shows to the internet to the named location.",
				}}},
				Links: []string{linkConditional},
				signs: []sign{{code: "insufficient_claims"}},
			},
		},
		alike(Entry{
			Code:    "AuthenticationFailed",
			Title:   "Azure received the request without a usable token[: {message}]",
			Means:   "The Authorization header did not arrive, or not as it was sent.",
			Causes:  []string{"a proxy or gateway that removes or changes the Authorization header", "an address in the connection that leads through a redirect"},
			Confirm: "The same request from outside this network works.",
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				"Look whether a proxy or inspecting device on the way to {host} removes or changes the Authorization header.",
				"Exempt {host} from it.",
				rerun,
			}}},
			Links: []string{linkARMErrors},
		}, "AuthenticationFailedMissingToken", "AuthenticationFailedInvalidHeader"),
	)
}
