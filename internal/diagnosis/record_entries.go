package diagnosis

// recordEntries are about what Azure DevOps keeps of a connection, and about when its credential ends.
func recordEntries() []Entry {
	return []Entry{
		{
			Code:    "connection-not-ready",
			Title:   "Azure DevOps has not finished making connection '{connection}'[: {detail}]",
			Means:   "The connection's record says that it is not ready (state {state}). Its identity, or the identity's role, may be missing.",
			Causes:  []string{"making the app registration or its role assignment failed half-way", "it is still being made"},
			Confirm: "The connection's page shows the state and its message.",
			Fixes: []Fix{
				{Modes: []Mode{ModeManual}, Who: ConnectionAdministrator, Steps: []string{
					openConnection,
					"Choose Edit, complete what is missing, and choose Verify and save.",
					rerun,
				}},
				{Who: ConnectionAdministrator, Steps: []string{
					openConnection,
					"Read the message, put its cause right (often: the person who made it may not register applications or assign roles), then choose Edit and Save, which tries again.",
					"If that does not help, make a new connection and use its name in the pipeline.",
					rerun,
				}},
			},
			Links: []string{linkTroubleshoot},
		},
		{
			Code:    "record-unreadable",
			Title:   "the record of connection '{connection}' could not be read from Azure DevOps[: {reason}]",
			Means:   "Its name, description and state are not known to this run. The deployment does not need them.",
			Causes:  []string{"the job's identity (Project Collection Build Service, or that of the project) is no Reader of the connection", "the network keeps this agent from Azure DevOps's service address"},
			Confirm: "The connection's page → Security lists who may read it.",
			Fixes:   []Fix{{Who: ConnectionAdministrator, Steps: []string{"On the connection's page → Security give the project's Build Service the role Reader, if you want its name in the log."}}},
			Links:   []string{linkConnections},
		},
		{
			Code:    "secret-expired",
			Title:   "the client secret of connection '{connection}' ended on {date}[given| by the input credentialExpiresOn]",
			Means:   "[given|The day is the one that the pipeline names. Microsoft Entra has just taken the secret, so the day is likely that of an older one.][!given|Microsoft Entra says so. A token that was granted before goes on for up to an hour.]",
			Causes:  []string{"nobody renewed it in time", "[given|it was renewed, and the date in the pipeline was not]"},
			Confirm: "App registrations → the application → Certificates & secrets shows the day.",
			Fixes: append(beforeItEnds(), Fix{With: "given", Who: PipelineAuthor, Steps: []string{
				"Look up the day: App registrations → the application[ whose client ID begins with {client}] → Certificates & secrets.",
				"Correct it where the input credentialExpiresOn takes it from.",
			}}),
			Links: []string{linkAppSecret},
		},
		{
			Code:    "secret-expiring",
			Title:   "the client secret of connection '{connection}' ends on {date}, in {days} days[given|, by the input credentialExpiresOn]",
			Means:   "Deployments with this connection fail from that day on.",
			Causes:  []string{"a secret has an end, and this one is near"},
			Confirm: "App registrations → the application → Certificates & secrets shows the day.",
			Fixes:   beforeItEnds(),
			Links:   []string{linkAppSecret, linkConvert},
		},
		{
			Code:    "expiry-unknown",
			Title:   "when the client secret of connection '{connection}' ends is not known[: {reason}]",
			Means:   "Only Microsoft Entra knows the day, and the deploying identity may not read it, as is right for it.",
			Causes:  []string{"the identity has no right to read its own application, which few have"},
			Confirm: "App registrations → the application → Certificates & secrets shows the day.",
			Fixes: []Fix{
				{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{convert, writeDate, makeOwner}},
				{Who: ConnectionAdministrator, Steps: []string{manualConvert, writeDate, makeOwner}},
			},
			Links: []string{linkConvert},
		},
	}
}

// The ways to know the end of a secret, after the best one, which is to have none.
const (
	writeDate = "Or write the day into the input credentialExpiresOn of the step, by a variable of the variable group that holds the secret's name."
	makeOwner = "Or make the connection's identity an owner of its application and grant it Application.ReadWrite.OwnedBy, only where that is wanted anyway."
)

func beforeItEnds() []Fix {
	return []Fix{
		{Schemes: []Scheme{SchemeKey}, Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{
			openConnection,
			convert,
			"To stay with a secret: choose Edit, change the description, choose Save, reload the page, then Edit → Verify → Save: Azure DevOps makes a new one, good for three months.",
			"[given|Correct the day in credentialExpiresOn.]",
		}},
		{Who: ConnectionAdministrator, Steps: []string{
			"In the Microsoft Entra admin center open App registrations → the application[ whose client ID begins with {client}] → Certificates & secrets → New client secret, and copy its value.",
			openConnection,
			"Choose Edit, paste it into Service principal key, and choose Verify and save.",
			"[given|Correct the day in credentialExpiresOn.]",
			manualConvert,
		}},
	}
}
