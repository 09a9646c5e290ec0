package diagnosis

// auditEntries are about connections as a whole organization keeps them. A run
// would not fail for most of them; whoever owns many connections wants to know.
func auditEntries() []Entry {
	return []Entry{
		{
			Code:    "connection-disabled",
			Title:   "connection '{connection}' is disabled",
			Means:   "A pipeline that names it is refused before any step runs.",
			Causes:  []string{"an administrator switched it off, often to see who still needs it"},
			Confirm: "The connection's page says Disabled.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				openConnection,
				"If pipelines still need it, choose ⋮ → Enable. If none has used it for a while, delete it, and its application.",
			}}},
			Links: []string{linkConnections},
		},
		{
			Code:    "connection-outdated",
			Title:   "Azure DevOps calls connection '{connection}' outdated",
			Means:   "It works, and part of how it was made has been replaced since.",
			Causes:  []string{"an older issuer, or an older way of signing in"},
			Confirm: "The connection's page shows a banner that says what to update.",
			Fixes:   []Fix{{Who: ConnectionAdministrator, Steps: []string{openConnection, "Follow the banner: Update or Convert."}}},
			Links:   []string{linkConvert},
		},
		{
			Code:    "connection-shared",
			Title:   "connection '{connection}' is shared by {count} projects",
			Means:   "Whoever may use it in one of them deploys with the same rights. A shared connection cannot be converted to federation on its page.",
			Causes:  []string{"one connection was easier than several"},
			Confirm: "The connection's page → Security → Project permissions.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				openConnection,
				"Under Security → Project permissions take out the projects that do not deploy with it.",
				"Where projects deploy to different places, give each a connection and an identity of its own.",
			}}},
			Links: []string{linkConnections},
		},
		{
			Code:    "connection-open-to-all",
			Title:   "every pipeline of {projects} may use connection '{connection}'",
			Means:   "Whoever may change any pipeline there can deploy with it.",
			Causes:  []string{"Grant access permission to all pipelines was ticked when it was made"},
			Confirm: "The connection's page → ⋮ → Security → Pipeline permissions says that it is unrestricted.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				openConnection,
				"Under ⋮ → Security → Pipeline permissions choose Restrict permission, and add the pipelines that deploy with it.",
				"Add the check Required template or Approvals to a connection to production.",
			}}},
			Links: []string{linkPipelineRights},
		},
		{
			Code:    "connection-unused",
			Title:   "no job that succeeded has used connection '{connection}'[ since {date}]",
			Means:   "Azure DevOps keeps which jobs used a connection. What nobody uses is a way in that nobody watches.",
			Causes:  []string{"the pipelines moved to another connection, or were retired", "every run with it has failed", "a history that was not kept so long"},
			Confirm: "The connection's page → Usage history.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				openConnection,
				"Disable it for a few weeks. If nobody misses it, delete it, and its application or role assignment.",
			}}},
			Links: []string{linkConnections},
		},
		{
			Code:    "identity-shared",
			Title:   "connection '{connection}' has the same identity as {count} others: {names}",
			Means:   "They stand and fall together, and the log of Azure does not tell them apart.",
			Causes:  []string{"a connection was made again for another project or name", "one service principal was made for all deployments"},
			Confirm: "Compare the application (client) ID on their pages.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"Delete the ones that nobody uses.",
				"Give connections that deploy to different places an identity of their own.",
			}}},
			Links: []string{linkConnections},
		},
		{
			Code:    "federation-advised",
			Title:   "connection '{connection}' signs in with {credential}, which has to be kept and renewed",
			Means:   "Workload identity federation needs none: nothing expires and nothing can be copied.",
			Causes:  []string{"a connection from before federation, or a choice that was made then"},
			Confirm: "The connection's page shows its authentication.",
			Fixes: []Fix{
				{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{openConnection, convert, "It can be taken back for seven days."}},
				{Who: ConnectionAdministrator, Steps: []string{
					"Make a new connection with workload identity federation for the same application, and have its owner add the federated credential that it shows.",
					"Move the pipelines to it, then delete this one and its credential.",
				}},
			},
			Links: []string{linkConvert},
		},
		{
			Code:    "federated-credential-dangling",
			Title:   "the application of connection '{connection}' trusts connections of this organization that this audit did not see: {count}",
			Means:   "Where such a connection is gone, its federated credential outlived it. By its id it can serve nobody; by its name it serves whoever makes a connection of that name.",
			Causes:  []string{"a connection was deleted or renamed and its federated credential was not", "connections that this reader may not see"},
			Confirm: "App registrations → the application → Certificates & secrets → Federated credentials.",
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				"Compare each federated credential of the application with the connections that there are.",
				"Delete those that belong to none.",
			}}},
			Links: []string{linkFederation},
		},
	}
}

// Remedy is what to do about a code in one sentence, for a table of many
// connections; empty for a code that an audit does not give.
func Remedy(code Code) string { return remedies()[code] }

func remedies() map[Code]string {
	const renew = "convert it to workload identity federation, or renew the credential"
	return map[Code]string{
		"AADSTS700016":                  "delete it, or connect it to an application that exists",
		"AADSTS7000229":                 "have an Entra administrator make the service principal again (az ad sp create), with its roles",
		"AADSTS7000112":                 "ask the Entra administrator why the application is disabled; enable or delete both",
		"AADSTS70025":                   "have the application's owner add the federated credential that the connection's page shows",
		"AADSTS700211":                  "have the application's owner correct the issuer of the federated credential",
		"AADSTS700212":                  "have the application's owner correct the audience of the federated credential",
		"AADSTS700213":                  "have the application's owner add the subject that the connection's page shows",
		"AADSTS7002138":                 "have the application's owner write the subject in the same letter case",
		"certificate-expired":           renew,
		"certificate-expiring":          renew,
		"connection-disabled":           "enable it if it is needed, else delete it and its application",
		"connection-draft":              "have the identity's owner add the federated credential, then finish the setup",
		"connection-incomplete":         "edit it and complete what is missing, or delete it",
		"connection-not-ready":          "put the cause right and save it again, or delete it",
		"connection-open-to-all":        "restrict it to the pipelines that deploy with it",
		"connection-outdated":           "follow the banner on its page",
		"connection-shared":             "take out the projects that do not need it",
		"connection-unused":             "disable it for a few weeks, then delete it",
		"authority-unexpected":          "correct its addresses, or delete it",
		"cloud-retired":                 "delete it: its cloud was closed",
		"federated-credential-dangling": "have the application's owner compare its federated credentials with the connections that there are, and delete those of none",
		"federation-advised":            "convert it to workload identity federation",
		"identity-shared":               "delete the duplicates, or give each its own identity",
		"issuer-retiring":               "choose Update on its page, which moves it to the issuer of Microsoft Entra",
		"scheme-unsupported":            "make a new connection with workload identity federation",
		"secret-expired":                renew,
		"secret-expiring":               renew,
	}
}
