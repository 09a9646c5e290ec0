package diagnosis

// managedIdentityRareEntries are the answers of the managed identity endpoint that a proper request on a proper machine
// does not get.
func managedIdentityRareEntries() []Entry {
	return []Entry{
		{
			Code:    "managed-identity-audience",
			Title:   "the managed identity may not ask for a token for this service[: {message}]",
			Means:   "The endpoint passed the request on, and Microsoft Entra does not know the service that the token is for.",
			Causes:  []string{"an Environment of the connection that is not the machine's cloud", "an address in the connection's data that is no resource of Microsoft Entra"},
			Confirm: "The connection's Environment and the cloud of the virtual machine agree.",
			Fixes:   correctCloud(),
			Links:   []string{linkIdentityVM},
			signs:   []sign{{service: ManagedIdentity, oauth: "invalid_resource"}},
		},
		{
			Code:    "managed-identity-request",
			Title:   "the managed identity endpoint refused the form of the request[: {message}]",
			Means:   "The endpoint is there and was asked in a way that it does not take. The identity was not judged.",
			Causes:  []string{"a program that uses an old address or version of the endpoint", "something between that changes the request", "a mistake in this task"},
			Confirm: "On the agent, curl --noproxy '*' -H Metadata:true \"http://" + metadataAddress + "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/\" answers.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"If another task or script asked, update it: old ones use the removed extension on port 50342.",
				"If this task asked, report it to its makers with the raw evidence, which holds no secret.",
			}}},
			Links: []string{linkIdentityVM},
			signs: []sign{
				{service: ManagedIdentity, oauth: "unknown_source"}, {service: ManagedIdentity, oauth: "access_denied"},
				{service: ManagedIdentity, oauth: "unsupported_response_type"}, {service: ManagedIdentity, oauth: "invalid_scope"},
				{service: ManagedIdentity, phrase: "required audience parameter"},
			},
		},
		{
			Code:    "managed-identity-arc",
			Title:   "agent '{agent}' is an Azure Arc machine, whose identity asks for a proof from a file on it",
			Means:   "Outside Azure the Arc agent stands in for the endpoint. Whoever asks has to read a key file that only administrators and members of the group himds may read.",
			Causes:  []string{"the agent's account is not in the group himds (Linux), or no administrator (Windows)", "a program that does not know Azure Arc"},
			Confirm: "azcmagent show on the agent shows that the machine is connected.",
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				"Use a connection with workload identity federation: it works on every agent and needs no right on the machine.",
				"If it has to be the machine's identity, on Linux add the agent's account to the group himds (usermod -aG himds <account>), on Windows to Hybrid Agent Extension Applications, and restart the agent.",
				newRun,
			}}},
			Confidence: Guess,
			Links:      []string{linkIdentityVM, linkFederationSet},
			signs:      []sign{{code: "arc-challenge"}},
		},
	}
}
