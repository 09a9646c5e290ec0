package diagnosis

const metadataAddress = "169.254.169.254"

// managedIdentityEntries are about the endpoint that gives a virtual machine its tokens.
func managedIdentityEntries() []Entry {
	return []Entry{
		{
			Code:    "managed-identity-on-hosted-agent",
			Title:   "connection '{connection}' uses a managed identity, which a Microsoft-hosted agent does not have",
			Means:   "A managed identity belongs to a virtual machine of yours. A Microsoft-hosted agent is a machine of Microsoft's.",
			Causes:  []string{"a pool vmImage in place of your own agent pool", "a connection that was made for self-hosted agents"},
			Confirm: "The job's pool names a vmImage such as ubuntu-latest.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Run the job on a self-hosted agent in Azure (pool: name of your pool) whose virtual machine has the identity.",
				"Or use a connection with workload identity federation: it works on Microsoft-hosted agents, also with a user-assigned managed identity, and nothing in it expires.",
				newRun,
			}}},
			Links: []string{linkTroubleshoot, linkFederationSet},
		},
		{
			Code:       "managed-identity-unavailable",
			Title:      "agent '{agent}' has no managed identity endpoint[: {network}][: {message}]",
			Means:      "The endpoint " + metadataAddress + " gives tokens to virtual machines in Azure. Here it was not reached, or something else answered.",
			Causes:     []string{"the agent does not run in Azure", "a proxy or firewall that catches requests to " + metadataAddress, "a container or cluster that keeps its jobs from the endpoint"},
			Confirm:    "On the agent, curl --noproxy '*' -H Metadata:true \"http://" + metadataAddress + "/metadata/instance?api-version=2021-02-01\" answers only in Azure.",
			Confidence: Likely,
			Fixes: []Fix{
				{With: "hosted=yes", Who: PipelineAuthor, Steps: []string{
					"Run the job on a self-hosted agent in Azure, or use a connection with workload identity federation: a Microsoft-hosted agent has no identity of yours.",
					newRun,
				}},
				{Who: NetworkAdministrator, Steps: []string{
					"Check that the agent runs on a virtual machine or scale set in Azure; elsewhere use a connection with workload identity federation.",
					"Put " + metadataAddress + " on the agent's proxy bypass list (.proxybypass) and into NO_PROXY.",
					"Allow the agent's process, container or pod to reach " + metadataAddress + ", TCP port 80.",
					rerun,
				}},
			},
			Links: []string{linkIdentityVM},
			signs: []sign{
				{service: ManagedIdentity, from: 401, to: 404}, {service: ManagedIdentity, html: true, from: 200, to: 407},
				{service: ManagedIdentity, html: true, from: 407, to: 407}, {service: ManagedIdentity, phrase: "unreachable network"},
				{service: ManagedIdentity, phrase: "required metadata header"}, {service: ManagedIdentity, phrase: "bad_request_102"},
				{service: ManagedIdentity, phrase: "x-forwarded-for"}, {phrase: "failed to connect to msi"}, {service: ManagedIdentity, from: 407, to: 407},
				{service: ManagedIdentity, network: ConnectionRefused}, {service: ManagedIdentity, network: ConnectTimeout},
				{service: ManagedIdentity, network: Unreachable}, {service: ManagedIdentity, network: AnswerTimeout},
				{service: ManagedIdentity, network: OtherNetwork}, {service: ManagedIdentity, network: DNSFailure},
			},
		},
		{
			Code:    "identity-not-found",
			Title:   "the machine of agent '{agent}' does not have the managed identity that connection '{connection}' names",
			Means:   "The managed identity endpoint answers and knows no such identity for this machine.",
			Causes:  []string{"[hosted=yes|a Microsoft-hosted agent, which has no identity of yours]", "no identity is assigned to the virtual machine or scale set", "another user-assigned identity than the one that the connection names"},
			Confirm: "Azure portal → the virtual machine or scale set → Security → Identity.",
			Retry:   RetryPropagation,
			Bound:   credentialBound,
			Fixes: []Fix{
				{With: "hosted=yes", Who: PipelineAuthor, Steps: []string{
					"Run the job on a self-hosted agent in Azure, or use a connection with workload identity federation: a Microsoft-hosted agent has no identity of yours.",
					newRun,
				}},
				{Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open the virtual machine or scale set of the agent → Security → Identity.",
					"Set System assigned → Status to On, or add the identity that the connection names under User assigned → Add.",
					"Assign its role at the subscription or resource group that the job deploys to.",
					"Wait five minutes, then re-run the failed job.",
				}},
			},
			Links: []string{linkIdentityVM},
			signs: []sign{
				{service: ManagedIdentity, phrase: "identity not found"}, {service: ManagedIdentity, oauth: "unauthorized_client"},
				{phrase: "could not fetch access token for managed"}, {phrase: "get token request returned http error: 400"},
			},
		},
		{
			Code:    "multiple-identities",
			Title:   "the machine of agent '{agent}' has several managed identities and connection '{connection}' names none",
			Means:   "With several user-assigned identities and no system-assigned one, the endpoint wants to be told which to use.",
			Causes:  []string{"a second identity was added to the machine, often by Azure Policy or a monitoring agent"},
			Confirm: "Azure portal → the virtual machine or scale set → Security → Identity → User assigned lists more than one.",
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"In the Azure portal open the virtual machine or scale set of the agent → Security → Identity.",
				"Remove the user-assigned identities that are not needed, or set System assigned → Status to On, which makes that one the default, and give it the role.",
				"Or use a connection with workload identity federation for the wanted identity.",
				rerun,
			}}},
			Links: []string{linkIdentityVM},
			signs: []sign{{service: ManagedIdentity, phrase: "multiple user assigned identities"}, {phrase: "multiple user assigned identities"}},
		},
		{
			Code:       "managed-identity-busy",
			Title:      "the managed identity endpoint is not ready (HTTP {status})[: {message}]",
			Means:      "The endpoint is there and could not give a token at the moment. It is updated from time to time and back within about a minute.",
			Causes:     []string{"the host of the virtual machine is being updated", "an identity that was just assigned or half removed", "an identity proxy of a cluster that is not ready"},
			Confirm:    "The same request a minute later succeeds.",
			Retry:      RetryTransient,
			Confidence: Likely,
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"Wait two minutes, then re-run the failed job.",
				"If it still fails, remove the identity from the virtual machine and add it again (Azure portal → the virtual machine → Security → Identity).",
			}}},
			Links: []string{linkIdentityVM},
			signs: []sign{
				{service: ManagedIdentity, from: 410, to: 410}, {service: ManagedIdentity, from: 500, to: 599},
				{service: ManagedIdentity, from: 404, to: 404, server: "IMDS"},
			},
		},
	}
}
