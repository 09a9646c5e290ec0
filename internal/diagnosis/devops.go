package diagnosis

const idTokenPath = "oidctoken"

// devopsEntries are about Azure DevOps: the id token of a federation, and who may ask for it.
func devopsEntries() []Entry {
	return append(projectEntries(), []Entry{
		{
			Code:    "oidc-unavailable",
			Title:   "Azure DevOps gave no id token for connection '{connection}'[ (HTTP {status})][: {message}][: {detail}]",
			Means:   "With workload identity federation the job asks Azure DevOps for an id token first, and none came.",
			Causes:  []string{"the connection was deleted, or is a draft that was never finished", "the job or its plan has ended", "an Azure DevOps Server without id tokens"},
			Confirm: "The connection's page opens and shows no warning.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				openConnection,
				"If the page shows a draft or an unfinished change, finish it.",
				"Check that this job names the connection as an input of one of its tasks.",
				rerun,
			}}},
			Confidence: Likely,
			Links:      []string{linkFederation},
			signs: []sign{
				{service: DevOps, path: idTokenPath, from: 404, to: 405}, {service: DevOps, path: idTokenPath, phrase: "does not support http method"}, {service: DevOps, path: idTokenPath, from: 400, to: 400},
				{code: "VssInvalidPreviewVersionException", service: DevOps}, {code: "VssVersionOutOfRangeException", service: DevOps},
			},
		},
		{
			Code:    "connection-not-referenced",
			Title:   "no task of this stage names connection '{connection}', so Azure DevOps gives no id token for it",
			Means:   "Since 2026 Azure DevOps gives an id token only for connections that a task of the same stage names in an input.",
			Causes:  []string{"a script that asks for the id token of a connection by its id", "the connection is named in another stage only", "the name is made of a variable that is set at run time"},
			Confirm: "The service's text names the stage and the job.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"In the same stage name the connection in the input of a task, for example azureSubscription: '{connection}' of AzureCLI@2; a task with condition: false is enough.",
				"Write the name itself or a template expression ${{…}}: a value that a step sets arrives too late.",
				newRun,
			}}},
			Links: []string{linkFederation},
			signs: []sign{{phrase: "no explicit reference to service connection"}},
		},
		{
			Code:    "connection-not-found",
			Title:   "Azure DevOps does not find connection '{connection}' for this job[: {message}]",
			Means:   "The connection that the job was given is not there any more, or this project may not use it.",
			Causes:  []string{"the connection was deleted while the run was waiting", "a connection of another project that is not shared with this one", "the pipeline is not permitted to use it"},
			Confirm: "Project settings → Service connections lists the connection.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"Open Project settings → Service connections and look for '{connection}'.",
				"If it is in another project, share it: ⋮ → Security → Project permissions.",
				"If the pipeline may not use it, add the pipeline under ⋮ → Security → Pipeline permissions.",
				"If it is gone, make it again and use its name in the pipeline, then start a new run.",
			}}},
			Links: []string{linkConnections},
			signs: []sign{{phrase: "no service connection found with identifier"}, {phrase: "no endpoint found with identifier"}, {phrase: "service endpoint with id"}},
		},
		{
			Code:    "job-token-missing",
			Title:   "Azure DevOps did not take the token of this job[ (HTTP {status})][: {detail}]",
			Means:   "Every job has a token of its own (System.AccessToken) with which a task asks Azure DevOps. It was missing, or not taken.",
			Causes:  []string{"the token has ended with the job's time", "a personal access token in place of the job's own", "a container or script that does not pass the token on"},
			Confirm: "The sign-in page, or status 401, comes from Azure DevOps and not from a proxy.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				rerun,
				"In a script, map the token: env: SYSTEM_ACCESSTOKEN: $(System.AccessToken); in a classic pipeline switch on Allow scripts to access the OAuth token in the agent job.",
				"Do not set System.AccessToken or SYSTEM_ACCESSTOKEN as a variable of your own.",
			}}},
			Links: []string{linkVariables, linkFederation},
			signs: []sign{
				{service: DevOps, from: 401, to: 401}, {service: DevOps, from: 203, to: 203}, {service: DevOps, from: 302, to: 302},
				{service: DevOps, from: 203, to: 203, html: true}, {service: DevOps, from: 302, to: 302, html: true},
				{service: DevOps, html: true, phrase: "sign in", from: 200, to: 499}, {service: DevOps, html: true, phrase: "_signin", from: 200, to: 499},
				{code: "TF400813", phrase: "anonymous access"}, {code: "VS30063"},
			},
		},
		{
			Code:    "TaskOrchestrationPlanSecurityException",
			Title:   "Azure DevOps does not let this job use connection '{connection}'[: {message}]",
			Means:   "The job's token is right, and the connection or the run is not open to it.",
			Causes:  []string{"the pipeline has no permission on the connection", "a token of another run", "an approval or check of the connection that is still open"},
			Confirm: "The connection's page → ⋮ → Security → Pipeline permissions lists the pipeline.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"On the run's page choose Permit if it asks for it.",
				"Or open the connection's page[ ({link})] → ⋮ → Security → Pipeline permissions and add this pipeline.",
				rerun,
			}}},
			Links:      []string{linkAuthorize},
			Confidence: Likely,
		},
		{
			Code:    "TF400813",
			Title:   "Azure DevOps does not let the identity of this job do that[: {message}]",
			Means:   "Azure DevOps knows who is asking, usually the build service of the project, and refuses.",
			Causes:  []string{"the build service has no right to what was asked for", "Limit job authorization scope to current project keeps the job from another project"},
			Confirm: "The service's text names the identity.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				openConnection,
				"Choose ⋮ → Security and give the project's build service the role Reader or User.",
				rerun,
			}}},
			Links: []string{linkConnections},
		},
		{
			Code:    "TF24668",
			Title:   "the Azure DevOps organisation is stopped[: {message}]",
			Means:   "Nobody can work in the organisation until it is started again.",
			Causes:  []string{"it was deactivated because nobody used it", "maintenance, or an unpaid bill"},
			Confirm: "The organisation's page shows the same in a browser.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"Have the owner of the organisation sign in to it in a browser and follow the notice.",
				"Afterwards start a new run.",
			}}},
			Links: []string{"https://aka.ms/adofootprintreduction", linkConnections},
		},
	}...)
}

// projectEntries are about a project that this job's token does not see.
func projectEntries() []Entry {
	return alike(Entry{
		Code:    "TF200016",
		Title:   "Azure DevOps shows this job no such project[: {message}]",
		Means:   "The project does not exist under this name, or the job's token may not see it.",
		Causes:  []string{"the project was renamed", "Limit job authorization scope to current project keeps the job from another project"},
		Confirm: "The project opens in a browser under this name.",
		Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
			"Compare the name of the project with the one in the service's text.",
			"If it is another project, switch off Project settings → Pipelines → Settings → Limit job authorization scope to current project, or use a connection of this project.",
			newRun,
		}}},
		Links: []string{linkConnections},
	}, "VS800075")
}
