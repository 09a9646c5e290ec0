package diagnosis

import "slices"

const audience = "api://AzureADTokenExchange"

// pasteCredential says what belongs into the federated credential, and where the values are. Issuer and subject cannot be
// named: the agent masks them in every log.
func pasteCredential() []string {
	return []string{
		openConnection,
		"Choose Edit and copy Issuer and Subject identifier as they are shown there (a log shows them as ***).",
		"At the identity open the federated credential: for an application Entra admin center → App registrations → the application → Certificates & secrets → Federated credentials; for a managed identity Azure portal → Managed Identities → the identity → Settings → Federated credentials.",
		"Choose the credential of this connection, or Add credential with scenario Other issuer, and paste both values without a blank or slash at the end; audience " + audience + ".",
		waitMinutes,
	}
}

// saveAgain lets Azure DevOps write the credential of an identity that it made.
func saveAgain() []string {
	return []string{
		openConnection,
		"Choose Edit → Save: Azure DevOps writes issuer and subject of the connection into the federated credential again.",
		"[!issuer=entra|If the page offers Update, choose it: the connection then moves to the Microsoft Entra issuer.]",
		waitMinutes,
		"If it still fails, compare Issuer and Subject identifier of the connection with the federated credential of the application by hand (Manage App registration → Certificates & secrets → Federated credentials).",
	}
}

func credentialFixes() []Fix {
	return []Fix{
		{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: saveAgain()},
		{Modes: []Mode{ModeManual}, Who: ApplicationOwner, Steps: pasteCredential()},
		{Who: ApplicationOwner, Steps: pasteCredential()},
	}
}

const noRecord = "no matching federated identity record found for presented assertion "

// entraFederationEntries are about the federated credential that must match what Azure DevOps presents.
func entraFederationEntries() []Entry {
	const confirm = "Federated credentials of the identity, compared with Issuer and Subject identifier on the connection's page, letter by letter."
	// What the caller compared; without it the sentences fall away.
	const differs = "[ What this run presents and what the connection records differ: {segment}][segment|, from character {position} on]" +
		"[case=yes|, by upper and lower case only][segment|.]" +
		"[agree=yes| The connection records the same issuer and subject as this run presents, so it is the credential in Microsoft Entra that has to be corrected.]"
	return slices.Concat(
		alike(Entry{
			Code: "AADSTS700213",
			Title: "no federated credential in Microsoft Entra has the subject that connection '{connection}' presents" +
				"[: {segment} differs from what it records][segment|, from character {position} on][case=yes|, by case only]",
			Means: "Microsoft Entra found a credential with the right issuer at the identity, and none with this subject." + differs,
			Causes: []string{
				"the connection was recreated: its id is part of the subject",
				"[!issuer=entra|organisation, project or connection was renamed, which changes the subject of the older form (sc://…)]",
				"the credential is at another application or identity",
			},
			Confirm: confirm,
			Retry:   RetryPropagation,
			Bound:   credentialBound,
			Fixes:   credentialFixes(),
			Links:   []string{linkFederation, linkFederationSet},
			signs:   []sign{{code: "AADSTS700213"}, {family: "AADSTS700213"}, {phrase: noRecord + "subject"}, {code: "AADSTS700224", phrase: noRecord + "subject"}},
		}, "AADSTS7002137"),
		[]Entry{
			{
				Code:    "AADSTS7002138",
				Title:   "the federated credential for connection '{connection}' differs from what Azure DevOps presents by upper and lower case only",
				Means:   "Microsoft Entra compares the subject letter by letter, upper and lower case included." + differs,
				Causes:  []string{"the credential was typed by hand", "a name of the organisation, project or connection whose case was changed"},
				Confirm: confirm,
				Fixes: []Fix{
					{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: saveAgain()},
					{Who: ApplicationOwner, Steps: []string{
						openConnection,
						"Choose Edit and copy the Subject identifier as it is shown there, with its case.",
						"At the identity delete the federated credential of this connection and add it again with scenario Other issuer, the same Issuer, this Subject identifier, audience " + audience + ".",
						waitMinutes,
					}},
				},
				Links: []string{linkCaseChange, linkFederation},
			},
			{
				Code:  "AADSTS700211",
				Title: "no federated credential for connection '{connection}' has the issuer that Azure DevOps presents",
				Means: "The identity has federated credentials, and none names this issuer." + differs,
				Causes: []string{
					"the connection was moved to the Microsoft Entra issuer and the credential still names vstoken.dev.azure.com",
					"the Azure DevOps organisation was moved to another tenant",
					"a slash at the end, or sts.windows.net in place of login.microsoftonline.com/<tenant>/v2.0",
				},
				Confirm: confirm,
				Retry:   RetryPropagation,
				Bound:   credentialBound,
				Fixes:   credentialFixes(),
				Links:   []string{linkFederation, linkConvert},
				signs:   []sign{{code: "AADSTS700211"}, {family: "AADSTS700211"}, {phrase: noRecord + "issuer"}, {code: "AADSTS700224", phrase: noRecord + "issuer"}},
			},
		},
		alike(Entry{
			Code:    "AADSTS700212",
			Title:   "no federated credential for connection '{connection}' has the right audience",
			Means:   "Issuer and subject may fit; the audience of the credential does not.",
			Causes:  []string{"a credential made with another audience than " + audience, "the audience of another cloud", "a token that was not made for a federation"},
			Confirm: confirm,
			Retry:   RetryPropagation,
			Bound:   credentialBound,
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				"At the identity open Federated credentials and the credential of this connection.",
				"Set its audience to " + audience + " (US Government: " + audience + "USGov, China: " + audience + "China).",
				waitMinutes,
			}}},
			Links: []string{linkFederation},
			signs: []sign{{code: "AADSTS700212"}, {family: "AADSTS700212"}, {phrase: noRecord + "audience"}, {code: "AADSTS700224", phrase: noRecord + "audience"}},
		}, "AADSTS7002121", "AADSTS70022204", "AADSTS700214"),
		[]Entry{
			{
				Code:  "AADSTS70021",
				Title: "no federated credential fits connection '{connection}'[: {segment} differs]",
				Means: "Microsoft Entra compared what Azure DevOps presented with the identity's federated credentials and found none that fits." + differs,
				Causes: []string{
					"the credential names another issuer or subject, for example after a rename",
					"the credential was added within the last minutes and is not known everywhere yet",
					"the credential is at another application or identity",
				},
				Confirm: confirm,
				Retry:   RetryPropagation,
				Bound:   credentialBound,
				Fixes:   credentialFixes(),
				Links:   []string{linkFederation, linkFederationSet},
				signs:   []sign{{code: "AADSTS70021"}, {family: "AADSTS70021"}, {phrase: "no matching federated identity record found for presented assertion."}},
			},
			{
				Code:       "AADSTS700224",
				Title:      "Microsoft Entra does not accept the federation of connection '{connection}'[: {message}]",
				Means:      "The credential and what Azure DevOps presented do not go together. Reports disagree on which part is meant, so compare all three." + differs,
				Causes:     []string{"an issuer, a subject or an audience of the credential that differs", "a credential that was added within the last minutes"},
				Confirm:    confirm,
				Retry:      RetryPropagation,
				Bound:      credentialBound,
				Fixes:      credentialFixes(),
				Links:      []string{linkFederation, linkFederationSet},
				Confidence: Guess,
			},
			{
				Code:    "AADSTS70025",
				Title:   "the identity of connection '{connection}' has no federated credential at all",
				Means:   "Microsoft Entra knows the application or managed identity, and nobody has told it to trust Azure DevOps.",
				Causes:  []string{"the credential was never added: the connection is half finished", "the client id of another application or identity", "the identity was made again without its credential"},
				Confirm: "The list of federated credentials at the identity is empty.",
				Retry:   RetryPropagation,
				Bound:   credentialBound,
				Fixes:   credentialFixes(),
				Links:   []string{linkFederationSet, linkFederation},
			},
			{
				Code:    "AADSTS700263",
				Title:   "the identity of connection '{connection}' has two federated credentials with the same subject",
				Means:   "One subject may stand in one credential of an identity only, even with another issuer.",
				Causes:  []string{"an old and a new credential were kept side by side after a change of the issuer"},
				Confirm: "Two entries in the list of federated credentials show the same subject.",
				Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
					"At the identity open Federated credentials and delete the one whose issuer is not the Issuer on the connection's page.",
					waitMinutes,
				}}},
				Links:      []string{linkFederatedApp},
				Confidence: Likely,
			},
			{
				Code:    "AADSTS7002241",
				Title:   "the federated credential of connection '{connection}' matches by an expression, which Azure DevOps may not use",
				Means:   "Flexible federated credentials work with some issuers only; Azure DevOps is not one of them.",
				Causes:  []string{"a credential with a claims matching expression or a wildcard"},
				Confirm: "The credential shows an expression in place of a subject.",
				Fixes:   []Fix{{Who: ApplicationOwner, Steps: pasteCredential()}},
				Links:   []string{linkFederatedApp},
			},
		},
		comparisonEntries(differs),
	)
}

// comparisonEntries are the same mismatch, seen by our own comparison before Microsoft Entra was asked.
func comparisonEntries(differs string) []Entry {
	return []Entry{
		{
			Code: "subject-mismatch",
			Title: "Azure DevOps presents another subject than connection '{connection}' records" +
				"[: {segment} differs][segment|, from character {position} on][case=yes|, by case only]",
			Means:   "The federated credential was most likely made with the recorded subject, so Microsoft Entra will not find the presented one." + differs,
			Causes:  []string{"organisation, project or connection was renamed after the connection was made", "the connection was moved to another issuer and not finished"},
			Confirm: "The connection's page shows the recorded subject; this task compares it with the id token of this job.",
			Fixes:   credentialFixes(),
			Links:   []string{linkFederation},
		},
		{
			Code:    "issuer-mismatch",
			Title:   "Azure DevOps presents another issuer than connection '{connection}' records[: {segment} differs][segment|, from character {position} on]",
			Means:   "The federated credential was most likely made with the recorded issuer, so Microsoft Entra will not accept the presented one." + differs,
			Causes:  []string{"the connection was moved to the Microsoft Entra issuer and the record is older", "the organisation was moved to another tenant"},
			Confirm: "The connection's page shows the recorded issuer; this task compares it with the id token of this job.",
			Fixes:   credentialFixes(),
			Links:   []string{linkConvert, linkFederation},
		},
	}
}
