package diagnosis

import "slices"

// entraRequestEntries are about the form of a request: what this task or another program sent, and not who sent it.
func entraRequestEntries() []Entry {
	return slices.Concat(
		alike(Entry{
			Code:    "AADSTS70011",
			Title:   "Microsoft Entra refused the form of the token request[: {message}]",
			Means:   "The request itself was wrong. That is a mistake of this task or of an address in the connection, not of the credential.",
			Causes:  []string{"an address in the connection's data that is no resource of Microsoft Entra", "a gateway that changes requests", "a mistake in this task"},
			Confirm: "The raw evidence shows the service's words.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				openConnection,
				"Check the Environment and, for Azure Stack, the addresses of the connection.",
				"If they are right, report it to the makers of this task with the raw evidence, which holds no secret.",
			}}},
			Links: []string{linkEntraCodes},
		}, "AADSTS1002012", "AADSTS28002", "AADSTS28003", "AADSTS700022", "AADSTS700023", "AADSTS900144", "AADSTS90014", "AADSTS900561",
			"AADSTS9002313", "AADSTS901002", "AADSTS70003", "AADSTS50027", "AADSTS700021",
			"AADSTS90004", "AADSTS90005", "AADSTS90013", "AADSTS90015", "AADSTS90023", "AADSTS90100", "AADSTS90102", "AADSTS90121",
			"AADSTS90009", "AADSTS650057", "AADSTS50048", "AADSTS165900", "AADSTS165004"),
		alike(Entry{
			Code:    "AADSTS7000114",
			Title:   "a program signs in as connection '{connection}' in a way that is not meant for it[: {message}]",
			Means:   "The request asked for a kind of sign-in that only some applications may use. The credential itself was not judged.",
			Causes:  []string{"a script or library that asks on behalf of a person", "a setting for regional sign-in (AZURE_REGIONAL_AUTHORITY_NAME) that is on"},
			Confirm: "The same sign-in with az login --service-principal works.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Find the program that signs in: the service's text and the time in the raw evidence tell which step it was.",
				"Let it sign in with client credentials or the id token of the connection, and remove the variable AZURE_REGIONAL_AUTHORITY_NAME.",
				newRun,
			}}},
			Links: []string{linkEntraCodes},
		}, "AADSTS100007"),
	)
}
