package diagnosis

import "slices"

// entraTransientEntries are about disturbances on Microsoft's side.
func entraTransientEntries() []Entry {
	wait := []Fix{{Who: PipelineAuthor, Steps: []string{
		"Look at " + linkAzureStatus + " and wait some minutes.",
		rerun,
		"If it lasts, open a support request with [trace id {trace} and ][correlation id {correlation} and ]the time in the raw evidence.",
	}}}
	return slices.Concat(
		alike(Entry{
			Code:    "AADSTS90033",
			Title:   "Microsoft Entra has a passing fault[: {message}]",
			Means:   "Microsoft Entra could not answer at the moment. Nothing in the pipeline or the connection causes it.",
			Causes:  []string{"a disturbance at Microsoft"},
			Confirm: linkAzureStatus + " shows known disturbances.",
			Retry:   RetryTransient,
			Fixes:   wait,
			Links:   []string{linkAzureStatus, linkEntraCodes},
		}, "AADSTS50000", "AADSTS50033", "AADSTS90006", "AADSTS90012", "AADSTS90024", "AADSTS50087", "AADSTS90090", "AADSTS90091", "AADSTS230109"),
		alike(Entry{
			Code:    "AADSTS90036",
			Title:   "Microsoft Entra has a fault that does not pass by itself[: {message}]",
			Means:   "A service behind Microsoft Entra failed in a way that trying again does not mend. Nothing in the pipeline or the connection is known to cause it.",
			Causes:  []string{"a fault at Microsoft", "an object of the tenant that is damaged"},
			Confirm: "Another identity of the same tenant signs in, or fails in the same way.",
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				rerun,
				"If it still fails, open a support request with Microsoft and give them [trace id {trace}, ][correlation id {correlation} and ]the time in the raw evidence.",
				"Until it is mended, a connection with another identity may work.",
			}}},
			Links: []string{linkAzureStatus, linkEntraCodes},
		}, "AADSTS50086", "AADSTS90092"),
		[]Entry{{
			Code:    "AADSTS51005",
			Title:   "Microsoft Entra sends the sign-in to another address, and it did not arrive there",
			Means:   "Microsoft Entra answers so while it moves a tenant between its servers. A client follows; something on the way did not.",
			Causes:  []string{"a disturbance at Microsoft", "a proxy that does not pass redirects of a POST request on"},
			Confirm: "It happens again, or not at all from another network.",
			Retry:   RetryTransient,
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				rerun,
				"If it still fails, look in the proxy's log at the time of this run for an answer 307 of {host}, and let it pass unchanged.",
			}}},
			Links: []string{linkEntraCodes},
		}},
		[]Entry{{
			Code:    "AADSTS90055",
			Title:   "tenant {tenant} gets more sign-ins than Microsoft Entra allows[: wait {wait}]",
			Means:   "The limit of requests for the whole tenant is used up for now.",
			Causes:  []string{"many jobs or other programs of the tenant that sign in at the same time"},
			Confirm: "It works again after some minutes.",
			Retry:   RetryTransient,
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Re-run the failed job[ after {wait}].",
				"If it happens often, ask the Entra administrator which programs sign in most, and let them keep their tokens.",
			}}},
			Links: []string{linkEntraCodes},
		}},
		alike(Entry{
			Code:    "AADSTS50166",
			Title:   "Microsoft Entra could not reach the issuer of the connection's token[: {message}]",
			Means:   "To check the token, Microsoft Entra fetches the issuer's keys from Azure DevOps, and that failed. Nothing in the pipeline or the connection causes it.",
			Causes:  []string{"a disturbance at Microsoft or Azure DevOps"},
			Confirm: linkDevOpsStatus + " shows known disturbances.",
			Retry:   RetryTransient,
			Fixes:   wait,
			Links:   []string{linkDevOpsStatus, linkFederation},
			signs:   []sign{{code: "AADSTS50166"}, {family: "AADSTS50166"}},
		}, "AADSTS501661", "AADSTS90061"),
	)
}
