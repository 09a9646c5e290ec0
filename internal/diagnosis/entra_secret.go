package diagnosis

import (
	"slices"
	"time"
)

// newSecret is the way of a connection that a person made.
func newSecret() []string {
	return []string{
		openApp,
		"Under Certificates & secrets → Client secrets choose New client secret, and copy its Value at once (not the Secret ID): it is shown only now.",
		"In Azure DevOps open the connection[ ({link})], choose Edit, paste it as Service principal key, and choose Verify and save.",
		manualConvert,
		"Re-run the failed job; when it has succeeded, delete the old secret in Microsoft Entra.",
	}
}

// renewSecret is the way of a connection that Azure DevOps made. Verify would fail while the secret does not work, so a
// change of the description comes first.
func renewSecret() []string {
	return []string{
		openConnection,
		"Choose Edit, change the description, and choose Save. Do not choose Verify yet: it fails while the secret does not work.",
		"Reload the page.",
		"Choose Edit → Verify → Save: Azure DevOps makes a new secret, good for three months.",
		convert,
		rerun,
	}
}

// eitherSecret is for a connection of which nobody said who made it.
func eitherSecret() []string {
	return []string{
		openConnection,
		"If Azure DevOps made it (automatic): choose Edit, change the description, Save (not Verify), reload the page, then Edit → Verify → Save.",
		"If a person made it (manual): make a new secret in Microsoft Entra under Certificates & secrets, copy its Value (not the Secret ID), and paste it under Edit as Service principal key.",
		convert,
		rerun,
	}
}

func secretFixes() []Fix {
	return []Fix{
		{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: renewSecret()},
		{Modes: []Mode{ModeManual}, Who: ApplicationOwner, Steps: newSecret()},
		{Who: ConnectionAdministrator, Steps: eitherSecret()},
	}
}

// entraSecretEntries are about the client secret of a connection.
func entraSecretEntries() []Entry {
	return slices.Concat(
		[]Entry{{
			Code:    "AADSTS7000222",
			Title:   "the client secret of connection '{connection}' has expired[ on {date}]",
			Means:   "Microsoft Entra knows the secret that the connection sent and no longer takes it: it has expired. Nothing else is wrong as far as could be seen.",
			Causes:  []string{"the normal end of its life: three months for a secret that Azure DevOps made, up to two years for one that a person made"},
			Confirm: "Entra admin center → App registrations → the application → Certificates & secrets shows the secret as expired.",
			Fixes:   secretFixes(),
			Links:   []string{linkAppSecret, linkTroubleshoot},
		}},
		alike(Entry{
			Code:  "AADSTS7000215",
			Title: "the client secret of connection '{connection}' is not the right one",
			Means: "Microsoft Entra knows the application and finds none of its secrets equal to the one that was sent. That is another thing than an expired secret (AADSTS7000222).",
			Causes: []string{
				"the Secret ID was pasted in place of the Value",
				"a secret that was deleted, which is also what becomes of one some time after it expired",
				"the secret of another application, or a space copied with it",
			},
			Confirm: "The first characters of the secret differ from those that Certificates & secrets shows for every entry.",
			Retry:   RetryPropagation,
			Bound:   time.Minute,
			Fixes:   secretFixes(),
			Links:   []string{linkAppSecret, linkTroubleshoot},
			signs:   []sign{{code: "AADSTS7000215"}, {phrase: "invalid client id or client secret"}},
		}, "AADSTS70002"),
		[]Entry{{
			Code: "AADSTS50012",
			Title: "the [scheme=key|client secret][scheme=certificate|certificate][scheme=federation|id token][!scheme|credential][scheme=managed-identity|credential]" +
				" of connection '{connection}' is not the right one",
			Means: "Microsoft Entra knows the application, and what the connection proved itself with does not fit it.",
			Causes: []string{
				"[scheme=certificate|the certificate is not registered for the application, or its key belongs to another certificate]",
				"[!scheme=certificate|the Secret ID was pasted in place of the Value]",
				"[!scheme=certificate|a secret that was deleted or belongs to another application]",
			},
			Confirm: "Certificates & secrets of the application, compared with the connection.",
			Retry:   RetryPropagation,
			Fixes: append(secretFixes(), Fix{Schemes: []Scheme{SchemeCertificate}, Who: ApplicationOwner, Steps: renewCertificate()[0].Steps},
				Fix{Schemes: []Scheme{SchemeFederation}, Who: ApplicationOwner, Steps: pasteCredential()}),
			Links: []string{linkAppSecret, linkCertificates},
		}},
		alike(Entry{
			Code:    "AADSTS7000216",
			Title:   "connection '{connection}' sent no secret, certificate or assertion",
			Means:   "Microsoft Entra received a sign-in without anything that proves who it is.",
			Causes:  []string{"the field Service principal key of the connection is empty", "a connection that was saved without verification"},
			Confirm: "The Edit pane of the connection shows an empty key.",
			Fixes: append(secretFixes(),
				Fix{Schemes: []Scheme{SchemeCertificate}, Who: ApplicationOwner, Steps: renewCertificate()[0].Steps},
				Fix{Schemes: []Scheme{SchemeFederation}, Who: ConnectionAdministrator, Steps: []string{
					openConnection,
					"If the page shows a draft, finish it; else choose Edit → Save so that Azure DevOps writes the connection again.",
					"Start a new run. If the id token is empty again, report it with the raw evidence: nothing is missing in Microsoft Entra.",
				}}),
			Links: []string{linkAppSecret},
		}, "AADSTS7000218"),
	)
}
