package diagnosis

import (
	"slices"
	"time"
)

// entraTenantEntries are about the tenant and the cloud of the connection.
func entraTenantEntries() []Entry {
	return slices.Concat(
		[]Entry{{
			Code:  "AADSTS90002",
			Title: "[tenant|Microsoft Entra has no tenant {tenant}][!tenant|Microsoft Entra does not know the connection's tenant][ in {cloud}]",
			Means: "The tenant of the connection does not exist in the cloud that was asked.",
			Causes: []string{
				"a tenant id that is mistyped, or another id in its place",
				"an Environment that is not the tenant's cloud",
				"a tenant that was deleted",
			},
			Confirm: "https://login.microsoftonline.com/<tenant id>/v2.0/.well-known/openid-configuration gives the same error in a browser.",
			Fixes:   correctTenant(),
			Links:   []string{linkEntraCodes},
		}},
		alike(Entry{
			Code:    "AADSTS900023",
			Title:   "the tenant id of connection '{connection}' is none[tenant|: '{tenant}']",
			Means:   "Microsoft Entra expects the tenant's GUID or one of its domain names.[ {message}.]",
			Causes:  []string{"an empty field or a placeholder", "a blank or another character copied with the id", "the tenant's display name, or common or organizations, in place of its id"},
			Confirm: "The Edit pane of the connection shows the Tenant ID.",
			Fixes:   correctTenant(),
			Links:   []string{linkEntraCodes},
		}, "AADSTS900021", "AADSTS50059", "AADSTS50128", "AADSTS90019", "AADSTS50029", "AADSTS9001023", "AADSTS90124", "AADSTS90130", "AADSTS50107"),
		alike(Entry{
			Code:    "AADSTS90038",
			Title:   "tenant {tenant} belongs to another cloud than connection '{connection}' says[: {message}]",
			Means:   "Microsoft Entra of this cloud knows the tenant as one of another cloud.",
			Causes:  []string{"the Environment of the connection is AzureCloud and the tenant is in US Government or China, or the other way round"},
			Confirm: "The connection's Environment and the tenant's cloud.",
			Fixes:   correctCloud(),
			Links:   []string{linkConnectAzure},
		}, "AADSTS50049", "AADSTS90051", "AADSTS90043", "AADSTS1000104"),
		alike(Entry{
			Code:    "AADSTS5000225",
			Title:   "tenant {tenant} is blocked[: {message}]",
			Means:   "Microsoft has blocked the whole tenant, so nobody can sign in to it.",
			Causes:  []string{"nobody used the tenant for a long time", "the tenant is being deleted"},
			Confirm: "A sign-in of a person to the tenant fails in the same way.",
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"Read https://aka.ms/TenantLifecycle and ask Microsoft support to reactivate the tenant, soon: a blocked tenant is deleted later.",
				"Afterwards re-run the failed job.",
			}}},
			Links: []string{"https://aka.ms/TenantLifecycle", linkEntraCodes},
		}, "AADSTS5000224"),
		[]Entry{
			{
				Code:    "AADSTS51000",
				Title:   "tenant {tenant} or its cloud has switched off what the sign-in needs[: {message}]",
				Means:   "Not every cloud and tenant offers every way to sign in. The credential itself was not judged.",
				Causes:  []string{"workload identity federation in a cloud that does not offer it", "a feature that an administrator or Microsoft switched off for the tenant"},
				Confirm: "The sign-in works in another tenant of the same cloud, or does not.",
				Fixes: []Fix{
					{Schemes: []Scheme{SchemeFederation}, Who: ConnectionAdministrator, Steps: []string{
						"Check that the Environment of the connection is the cloud of the tenant.",
						"If it is a sovereign cloud, make a connection with a service principal and a certificate: federation from Azure DevOps may not be offered there.",
						"If it is AzureCloud, ask Microsoft support with [correlation id {correlation} and ]the time in the raw evidence.",
						newRun,
					}},
					{Who: EntraAdministrator, Steps: []string{
						"Check that the Environment of the connection is the cloud of the tenant.",
						"Ask Microsoft support which feature is meant, with [correlation id {correlation} and ]the time in the raw evidence.",
						rerun,
					}},
				},
				Links: []string{linkEntraCodes},
			},
			{
				Code:    "AADSTS90085",
				Title:   "tenant {tenant} is not ready yet",
				Means:   "The directory was made a short while ago and is not known to every server of Microsoft Entra.",
				Causes:  []string{"a tenant that is only some minutes old"},
				Confirm: "The same sign-in works later.",
				Retry:   RetryPropagation,
				Bound:   time.Hour,
				Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
					"Wait up to an hour, then re-run the failed job.",
					"If it still fails, open a support request with [correlation id {correlation} and ]the time in the raw evidence.",
				}}},
				Links: []string{linkEntraCodes},
			},
		},
	)
}

func correctTenant() []Fix {
	return []Fix{
		{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{
			"In the Azure portal open Subscriptions → '{subscription}' → Overview and read the directory it belongs to.",
			"Make a new connection for it while signed in to that directory: the tenant of an automatic connection cannot be changed.",
			"Use its name in the pipeline and start a new run.",
		}},
		{Who: ConnectionAdministrator, Steps: []string{
			"In the Entra admin center open Overview of the directory that the application belongs to, and copy its Tenant ID.",
			openConnection,
			"Choose Edit, put it into Tenant ID, check that the Environment is the tenant's cloud, and choose Verify and save.",
			rerun,
		}},
	}
}

func correctCloud() []Fix {
	return []Fix{{Who: ConnectionAdministrator, Steps: []string{
		"Find out in which cloud the subscription is: portal.azure.com (AzureCloud), portal.azure.us (AzureUSGovernment) or portal.azure.cn (AzureChinaCloud).",
		openConnection,
		"Compare with its Environment. If they differ, make a new connection with the right Environment and use its name in the pipeline.",
		newRun,
	}}}
}
