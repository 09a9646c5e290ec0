package diagnosis

// connectionEntries are about the connection's own fields.
func connectionEntries() []Entry {
	return []Entry{
		{
			Code:    "connection-incomplete",
			Title:   "connection '{connection}' is incomplete in field '{field}'[: {detail}]",
			Means:   "The connection as the agent received it cannot be used to sign in.",
			Causes:  []string{"a connection that was saved without verification", "a draft that was never finished", "a script that made the connection and left the field out"},
			Confirm: "The Edit pane of the connection shows the field.",
			Fixes: []Fix{
				{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{
					openConnection,
					"Choose Edit, then Verify and Save: Azure DevOps fills in the fields of a connection that it made.",
					"If field '{field}' stays as it is, make a new connection and use its name in the pipeline.",
					rerun,
				}},
				{Who: ConnectionAdministrator, Steps: []string{
					openConnection,
					"Choose Edit, correct field '{field}', then choose Verify and save.",
					rerun,
				}},
			},
			Links: []string{linkConnectAzure},
		},
		{
			Code:    "scheme-unsupported",
			Title:   "connection '{connection}' signs in in a way that this task does not look at[: {detail}][!detail|: {scheme}]",
			Means:   "This task looks at service principals with a secret or a certificate, workload identity federation and managed identities, all at Microsoft Entra.",
			Causes:  []string{"a publish profile, which opens one web app and not Azure Resource Manager", "an Azure Stack that signs in at AD FS", "a scheme newer than this version of the task"},
			Confirm: "The connection's page names the authentication method.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Name a connection of type Azure Resource Manager that uses workload identity federation, a service principal or a managed identity.",
				"If the job really deploys in that way, remove this task from it: there is nothing it could look at.",
				newRun,
			}}},
			Links: []string{linkConnectAzure},
		},
		{
			Code:    "cloud-retired",
			Title:   "connection '{connection}' belongs to a cloud that Microsoft has closed[: {detail}]",
			Means:   "The cloud in the connection's Environment field no longer answers. Azure Germany was closed on 29 October 2021.",
			Causes:  []string{"an old connection that nobody removed", "the wrong value in the Environment field"},
			Confirm: "The Edit pane of the connection shows the Environment.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"Find out to which cloud the workload was moved.",
				"Make a new connection with that Environment: it cannot be changed to another tenant afterwards.",
				"Use the new connection's name in the pipeline and start a new run.",
			}}},
			Links: []string{linkConnectAzure},
		},
		{
			Code:    "authority-unexpected",
			Title:   "an address that the credential of connection '{connection}' would be sent to is not trusted, so nothing was sent[: {detail}]",
			Means:   "Tokens and secrets go to the hosts of the connection's own cloud and organisation only. Field '{field}' names another, or is where another could come from.",
			Causes:  []string{"a connection made by a script with a wrong address", "a variable of the job with the name of something that the agent hands over", "the wrong Environment for a sovereign or private cloud", "a connection that somebody tampered with"},
			Confirm: "The raw data of the connection (REST: serviceendpoint/endpoints) shows the address.",
			Fixes: []Fix{
				{With: "variable", Who: PipelineAuthor, Steps: []string{
					"Find out who set the variable {variable}: in the pipeline, in a variable group, in a template, when the run was queued, or in an earlier step.",
					"Remove it, or give it another name.",
					newRun,
				}},
				{With: "field=System.OidcRequestUri", Who: NetworkAdministrator, Steps: []string{
					"The address comes from the agent and not from the connection: find out what sets System.OidcRequestUri or SYSTEM_OIDCREQUESTURI on this agent or in this pipeline, and remove that.",
					newRun,
				}},
				{Who: ConnectionAdministrator, Steps: []string{
					"Find out who set field '{field}' and why: whoever runs the host in it would receive the connection's credential.",
					openConnection,
					"Choose Edit and set the Environment that the tenant belongs to, or make a new connection.",
					"If the address was not put there on purpose, replace the credential.",
					rerun,
				}},
			},
			Links: []string{linkConnectAzure},
		},
		{
			Code:    "tenant-mismatch",
			Title:   "the token belongs to tenant {value}, connection '{connection}' names tenant {expected}",
			Means:   "A token of one tenant opens nothing in a subscription of another. A managed identity always belongs to the tenant of its machine.",
			Causes:  []string{"the tenant id of another environment in the connection", "an agent on a virtual machine of another tenant", "a subscription that was moved to another directory"},
			Confirm: "Azure portal → Subscriptions → the subscription → Overview shows the directory.",
			Fixes: []Fix{
				{Schemes: []Scheme{SchemeManagedIdentity}, Who: PipelineAuthor, Steps: []string{
					"Find out to which tenant the subscription of the deployment belongs.",
					"If it is {expected}, run the job on an agent whose virtual machine is in that tenant.",
					"If it is {value}, have an administrator of the connection correct its Tenant ID.",
					newRun,
				}},
				{Who: ConnectionAdministrator, Steps: correctTenant()[1].Steps},
			},
			Links: []string{linkConnectAzure},
		},
		{
			Code:    "identity-mismatch",
			Title:   "the token belongs to identity {value}, connection '{connection}' names {expected}",
			Means:   "Somebody else than the connection says would deploy. The ids are shortened to their first eight characters.",
			Causes:  []string{"a machine with several managed identities, of which the endpoint chose one", "a connection that was changed while the run was waiting"},
			Confirm: "The token's claims appid and oid, of which the log shows the object id.",
			Fixes: []Fix{
				{Schemes: []Scheme{SchemeManagedIdentity}, Who: SubscriptionOwner, Steps: []string{
					"In the Azure portal open the virtual machine or scale set of the agent → Security → Identity.",
					"Under User assigned add the identity that the connection names, and remove those that the agent does not need.",
					rerun,
				}},
				{Who: ConnectionAdministrator, Steps: []string{
					openConnection,
					"Compare the application (client) ID with the application that should deploy, correct it under Edit, and choose Verify and save.",
					rerun,
				}},
			},
			Links: []string{linkConnectAzure},
		},
		{
			Code:    "issuer-retiring",
			Title:   "connection '{connection}' uses the Azure DevOps issuer, which is retired on {date}[ (in {days} days)]",
			Means:   "The connection works today. Its federation still uses the issuer vstoken.dev.azure.com; new connections use Microsoft Entra as issuer.",
			Causes:  []string{"a connection made before Microsoft Entra became the default issuer"},
			Confirm: "The connection's page shows an issuer that begins with https://vstoken.dev.azure.com.",
			Fixes: []Fix{
				{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{
					openConnection,
					"Choose Update: Azure DevOps then writes the new issuer and subject into the connection and its federated credential.",
					"If it answers that a right is missing, ask the owner of the application or managed identity to press Update, or to add the credential by hand.",
				}},
				{Who: ConnectionAdministrator, Steps: []string{
					openConnection,
					"Choose Update and copy the new Issuer and Subject identifier.",
					"Have the owner of the application or managed identity add a federated credential with them (scenario Other issuer, audience api://AzureADTokenExchange), beside the old one.",
					"Finish the update on the connection's page, and remove the old credential after a run has succeeded.",
				}},
			},
			Links: []string{linkConvert},
			signs: []sign{{phrase: "deprecated azure devops issuer"}},
		},
	}
}

// tenantFixes lead to the tenant that the subscription belongs to.
func tenantFixes() []Fix {
	return []Fix{
		{Schemes: []Scheme{SchemeManagedIdentity}, Who: PipelineAuthor, Steps: []string{
			"A managed identity belongs to the tenant of its machine: run the job on an agent whose virtual machine is in the subscription's tenant[, {owner}].",
			"Or use a connection with workload identity federation to an identity of that tenant: it works on any agent.",
			newRun,
		}},
		{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{
			"Make a new connection while signed in to the directory of the subscription[, {owner}], and choose the subscription there.",
			"Use its name in the pipeline and start a new run.",
			"If the subscription was moved on purpose, have its owner assign the roles again: they do not move with it.",
		}},
		{Who: ConnectionAdministrator, Steps: []string{
			"In the Azure portal open Subscriptions → '{subscription}' → Overview and read the directory it belongs to[, {owner}].",
			openConnection,
			"Choose Edit, put that id into Tenant ID with an application of that tenant, check the Environment, and choose Verify and save.",
			"If the subscription was moved within the last hour, wait: the move takes up to an hour to be known everywhere.",
			rerun,
		}},
	}
}
