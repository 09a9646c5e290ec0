package diagnosis

// UnexpectedAnswer is the code of an answer that is none of the known ones.
const UnexpectedAnswer Code = "unexpected-answer"

// answerEntries are about answers that say little by themselves: a page, another shape, a status alone.
func answerEntries() []Entry {
	return []Entry{
		{
			Code:       "captive-portal",
			Title:      "{host} was answered by a web page, not by {service}[ (HTTP {status})][: '{message}']",
			Means:      "The service answers in JSON. A page comes from something between: a proxy's block page, a portal, a gateway.",
			Causes:     []string{"a proxy that blocks {host} and says so on a page", "a portal that asks a person to sign in", "an address in the connection that is no API"},
			Confirm:    "On the agent, curl -v https://{host} shows the page.",
			Confidence: Likely,
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				"Read the page's title above: block pages usually name the rule or the product.",
				"Allow {host} for the agent without sign-in or inspection.",
				rerun,
			}}},
			Links: []string{linkAgentHosts},
			signs: []sign{{html: true, from: 100, to: 499}},
		},
		{
			Code:       UnexpectedAnswer,
			Title:      "{service} gave an answer that this task does not know[ (HTTP {status})][: {message}][: {network}][!network|: {detail}]",
			Means:      "The answer came, and it is neither what was asked for nor a known error.[ HTTP {status} says in general: {general}.]",
			Causes:     []string{"an older or newer version of the service", "a gateway or proxy that changes answers", "an address in the connection that belongs to another service"},
			Confirm:    "The raw evidence shows the answer.",
			Confidence: Guess,
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				rerun,
				"If it still fails, check the addresses of the connection (Environment, server URL) and whether a gateway stands between.",
				"Report it to the makers of this task with the raw evidence, which holds no secret.",
			}}},
			Links: []string{linkTroubleshoot},
			signs: []sign{{network: TooLarge}},
		},
		{
			Code:       "service-unavailable",
			Title:      "{service} is not available at the moment (HTTP {status})[: {message}]",
			Means:      "The fault is on the service's side or in a gateway before it. Nothing in the pipeline or the connection causes it.",
			Causes:     []string{"a disturbance at Microsoft", "a proxy or gateway that cannot reach the service", "maintenance of a private cloud"},
			Confirm:    linkAzureStatus + " and " + linkDevOpsStatus + " show known disturbances.",
			Retry:      RetryTransient,
			Confidence: Likely,
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Look at " + linkAzureStatus + " and " + linkDevOpsStatus + ".",
				"Re-run the failed job later.",
				"If it lasts and no disturbance is shown, open a support request with [correlation id {correlation} and ]the time in the raw evidence.",
			}}},
			Links: []string{linkAzureStatus, linkDevOpsStatus},
			signs: []sign{
				{from: 500, to: 599}, {from: 408, to: 408}, {from: 408, to: 408, html: true},
				{code: "InternalServerError"}, {code: "ServiceUnavailable"}, {code: "ServerTimeout"}, {code: "GatewayTimeout"}, {code: "BadGateway"},
				{code: "ServerBusy"}, {code: "temporarily_unavailable"}, {code: "ProviderError"}, {oauth: "temporarily_unavailable"},
				{code: "serviceNotAvailable", service: Graph}, {code: "generalException", service: Graph}, {code: "UnknownError", service: Graph},
			},
		},
		{
			Code:       "throttled",
			Title:      "{service} asks to come later, too many requests (HTTP {status})[: wait {wait}][: {message}]",
			Means:      "The limit of requests for this identity, tenant or subscription is used up for now.",
			Causes:     []string{"many jobs that sign in with the same connection at the same time", "another program that uses the same identity"},
			Confirm:    "It works again after the wait that the service asks for.",
			Retry:      RetryTransient,
			Confidence: Likely,
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Re-run the failed job[ after {wait}].",
				"If it happens often, start fewer jobs with this connection at a time, or give them connections of their own.",
			}}},
			Links: []string{linkThrottling},
			signs: []sign{
				{from: 429, to: 429}, {from: 429, to: 429, html: true},
				{code: "TooManyRequests"}, {code: "OperationThrottled"}, {code: "ThrottlingError"}, {code: "TF400733"}, {code: "activityLimitReached"},
			},
		},
	}
}
