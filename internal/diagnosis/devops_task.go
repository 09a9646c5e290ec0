package diagnosis

// devopsTaskEntries are about what the logs of a run say: of the run's own start, and of other tasks that use the
// connection. Their words are texts, so they are known by phrases.
func devopsTaskEntries() []Entry {
	return []Entry{
		{
			Code:    "connection-reference-invalid",
			Title:   "the run did not start: a task names a service connection that this pipeline does not find[: {message}]",
			Means:   "Azure DevOps resolves the connections of all tasks when a run is queued. One of the names led nowhere, so no job was started.",
			Causes:  []string{"a name that is mistyped, or the name of the subscription in place of the connection's", "a variable in the name that gets its value in a step, which is too late", "a connection that is a draft, is disabled, or may not be used by this pipeline"},
			Confirm: "Project settings → Service connections lists a connection of exactly this name, ready and enabled.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Compare the name in the service's text with Project settings → Service connections, letter by letter. If it shows $(…), the variable had no value when the run was queued.",
				"Write the name itself, a template expression ${{parameters.connection}} or ${{variables.connection}}, or a variable defined under variables in the YAML.",
				"If the name is right, have an administrator of the connection open ⋮ → Security → Pipeline permissions and add this pipeline, and look whether it is a draft or disabled.",
				"Start a new run.",
			}}},
			Links: []string{linkAuthorize, linkTroubleshoot},
			signs: []sign{{phrase: "references service connection"}},
		},
		{
			Code:    "pipeline-not-permitted",
			Title:   "this pipeline may not use the connection yet[: {message}]",
			Means:   "A connection is open to the pipelines that were permitted to use it. The run waits or fails until somebody permits this one.",
			Causes:  []string{"the first run of this pipeline with the connection", "a permission that was taken away"},
			Confirm: "The connection's page → ⋮ → Security → Pipeline permissions does not list the pipeline.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"On the run's page choose View → Permit.",
				"Or open the connection's page[ ({link})] → ⋮ → Security → Pipeline permissions and add this pipeline.",
				"Look under ⋮ → Approvals and checks whether an approval or branch control holds the run as well.",
				rerun,
			}}},
			Links: []string{linkAuthorize, linkPipelineRights},
			signs: []sign{{phrase: "does not have permissions to use service connection"}, {phrase: "needs permission to access a resource before this run can continue"}},
		},
		{
			Code:    "endpoint-not-present",
			Title:   "a task was given no usable service connection[: {message}]",
			Means:   "The agent hands a task the connections of its inputs, with the fields of their scheme. This task looked for one that was not among them.",
			Causes:  []string{"a task that does not know how this connection signs in", "a connection that was made by a script and lacks fields", "an input of the task that is empty"},
			Confirm: "With System.Debug set to true, the log of the task names the field that it looks for.",
			Fixes: []Fix{
				{Schemes: []Scheme{SchemeFederation, SchemeManagedIdentity}, Who: PipelineAuthor, Steps: []string{
					"Look in the documentation of the task from which version on it supports this kind of connection, and use that version.",
					"If there is none, do that work in AzureCLI@2, or use a connection with a service principal and a certificate for this one task.",
					newRun,
				}},
				{Who: PipelineAuthor, Steps: []string{
					"Look whether the connection's name stands in the right input of the task, and whether the input is filled.",
					"Use the newest version of the task.",
					"If it still fails, have an administrator of the connection open it, choose Edit and Save, so that Azure DevOps writes its fields again.",
					newRun,
				}},
			},
			Confidence: Likely,
			Links:      []string{linkTroubleshoot, linkFederation},
			signs: []sign{
				{phrase: "endpoint not present:"}, {phrase: "endpoint auth data not present:"}, {phrase: "endpoint data parameter"}, {phrase: "input required:"},
				{phrase: "could not extract service principal information"}, {phrase: "no azure endpoint authorizer found"},
			},
		},
		{
			Code:    "task-too-old",
			Title:   "a task or tool does not know how this connection signs in[: {message}]",
			Means:   "The connection may be fine. The program that should use it is older than the way in which it signs in.",
			Causes:  []string{"an old major version of the task in the pipeline", "a task without support for workload identity federation or managed identities", "an Azure CLI on the agent older than 2.30"},
			Confirm: "This task signs in with the same connection, and the other one does not.",
			Fixes: []Fix{
				{Schemes: []Scheme{SchemeManagedIdentity}, Who: PipelineAuthor, Steps: []string{
					"Raise the task's version in the pipeline to the newest major version, and update Azure CLI or Terraform on the agent.",
					"If the task does not support managed identities, use a connection with workload identity federation on the same identity, or do that work in AzureCLI@2.",
					newRun,
				}},
				{Who: PipelineAuthor, Steps: []string{
					"Raise the task's version in the pipeline to the newest major version, and update Azure CLI or Terraform on a self-hosted agent.",
					"If the task does not support workload identity federation at all, do that work in AzureCLI@2 (with addSpnToEnvironment: true where the tool needs the id token).",
					"As a last resort use a connection with a service principal and a certificate for this task.",
					newRun,
				}},
			},
			Links: []string{linkFederation},
			signs: []sign{
				{phrase: "terraform only supports service principal authorization"}, {phrase: "unsupported authentication scheme"},
				{phrase: "unrecognized arguments: --federated-token"}, {phrase: "cannot request token: get ?audience="}, {phrase: "authorization scheme"},
			},
		},
		{
			Code:    "sign-in-failed",
			Title:   "another program could not sign in with connection '{connection}'[: {message}]",
			Means:   "The words only wrap the reason. Where they hold a code that begins with AADSTS, that code says more.",
			Causes:  []string{"a secret or certificate that has expired or is wrong", "a federated credential that does not fit the connection", "an agent or server that does not reach login.microsoftonline.com"},
			Confirm: "This task, put before that step with the same connection, names the reason.",
			Fixes: []Fix{
				{Schemes: []Scheme{SchemeFederation}, Who: ConnectionAdministrator, Steps: []string{
					"Look in the log of that step for a code that begins with AADSTS, and look that code up.",
					openConnection,
					"Compare Issuer and Subject identifier with the federated credential of the identity, and choose Verify and save.",
					rerun,
				}},
				{Schemes: []Scheme{SchemeKey, SchemeCertificate}, Who: ConnectionAdministrator, Steps: []string{
					"Look in the log of that step for a code that begins with AADSTS, and look that code up.",
					openConnection,
					"Choose Edit → Verify: if that fails, the credential of the connection has to be renewed.",
					rerun,
				}},
				{Who: ConnectionAdministrator, Steps: []string{
					"Look in the log of that step for a code that begins with AADSTS, and look that code up.",
					"Put this task before that step with the same connection: it tells a credential that has expired from a right or a network that is missing.",
					openConnection,
					"Choose Edit → Verify and read what it says.",
				}},
			},
			Confidence: Likely,
			Links:      []string{linkTroubleshoot, linkFederation},
			signs: []sign{
				{phrase: "failed to obtain the json web token"}, {phrase: "could not fetch federated token for workload identity federation"},
				{phrase: "could not generate a client assertion for federated login"}, {phrase: "could not fetch access token for aad"},
				{phrase: "could not fetch access token for azure"}, {phrase: "clientsecretcredential: tenantid, clientid"},
			},
		},
		{
			Code:    "verification-failed",
			Title:   "Verify of the connection did not pass[: {message}]",
			Means:   "Azure DevOps signed in with the connection and asked Azure for the subscription, and the answer was an error. The service's text holds it.",
			Causes:  []string{"the identity has no role in the subscription yet", "a subscription or tenant id that is mistyped", "a management group whose name was given in place of its ID"},
			Confirm: "The connection's page → Edit → Verify shows the same.",
			Fixes: []Fix{
				{Modes: []Mode{ModeManual}, Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open the subscription → Access control (IAM) → Add → Add role assignment, choose Reader at least, and under Members select the connection's service principal.",
					"Wait five to ten minutes and choose Verify and save on the connection's page.",
					"If it still fails, compare subscription id and tenant id on that page with the Overview of the subscription.",
				}},
				{Who: ConnectionAdministrator, Steps: []string{
					openConnection,
					"Read the code in the service's text: AuthorizationFailed asks for a role at the subscription, which its owner assigns under Access control (IAM).",
					"Choose Edit → Verify again five to ten minutes after the role was assigned.",
				}},
			},
			Confidence: Likely,
			Links:      []string{linkTroubleshoot},
			signs:      []sign{{phrase: "failed to query service connection api"}, {phrase: "failed to query service endpoint api"}},
		},
	}
}
