package diagnosis

import (
	"slices"
	"time"
)

const applicationCheck = "Search for the application (client) ID of the connection under Entra admin center → App registrations → All applications, and under Enterprise applications."

// entraApplicationEntries are about the application or service principal behind the connection.
func entraApplicationEntries() []Entry {
	return slices.Concat(
		alike(Entry{
			Code:    "AADSTS700016",
			Title:   "[client|application {client}][!client|the application] of connection '{connection}' does not exist in tenant {tenant}",
			Means:   "Microsoft Entra knows the tenant and finds no application or managed identity with this client id in it.",
			Causes:  []string{"the application or managed identity was deleted", "a client id that is mistyped, often the object id or the secret ID in its place", "the tenant of another environment in the connection"},
			Confirm: applicationCheck,
			Retry:   RetryPropagation,
			Bound:   2 * time.Minute,
			Fixes: []Fix{
				{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{
					openApp,
					"If it was deleted less than 30 days ago, restore it: App registrations → Deleted applications → Restore app registration.",
					"If it cannot be restored, delete the connection and make it again: the new identity needs its role assignments again.",
					rerun,
				}},
				{Schemes: []Scheme{SchemeFederation}, Modes: []Mode{ModeManual}, Who: ConnectionAdministrator, Steps: []string{
					"In the Azure portal or the Entra admin center open the application or the managed identity that should deploy and copy its application (client) ID, not the object ID.",
					openConnection,
					"Choose Edit, compare the client ID and the tenant {tenant} with it, correct them, and choose Verify and save.",
					"If the identity was deleted and made again, add the federated credential and the role assignments to the new one.",
					rerun,
				}},
				{Who: ConnectionAdministrator, Steps: []string{
					openApp,
					"Copy its application (client) ID, not the object ID or the secret ID, and compare its directory with tenant {tenant} of the connection.",
					"Open the connection's page, choose Edit, correct what differs, and choose Verify and save.",
					"If the application was deleted less than 30 days ago, restore it: App registrations → Deleted applications.",
					rerun,
				}},
			},
			Links: []string{linkFederation, linkEntraCodes},
		}, "AADSTS700011"),
		[]Entry{{
			Code:       "AADSTS70001",
			Title:      "the application of connection '{connection}' is disabled in tenant {tenant}, or not there[: {message}]",
			Means:      "This is the older code for both: a client id that the tenant does not have, and an application whose sign-in is switched off.",
			Causes:     []string{"a client id or tenant id that is mistyped", "the application was deleted", "an administrator switched off its sign-in"},
			Confirm:    applicationCheck,
			Confidence: Likely,
			Fixes: []Fix{
				{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{
					openApp,
					"If it was deleted less than 30 days ago, restore it: App registrations → Deleted applications → Restore app registration. If that is over, make the connection again.",
					"If it is there, have an Entra administrator look at Enterprise applications → the application → Properties → Enabled for users to sign-in?.",
					rerun,
				}},
				{Who: ConnectionAdministrator, Steps: []string{
					openApp,
					"Compare its application (client) ID and its directory with those under Edit on the connection's page, correct what differs, and choose Verify and save.",
					"If both are right, have an Entra administrator look at Enterprise applications → the application → Properties → Enabled for users to sign-in?.",
					rerun,
				}},
			},
			Links: []string{linkEntraCodes},
		}},
		[]Entry{
			{
				Code:    "AADSTS7000229",
				Title:   "the application of connection '{connection}' has no service principal in tenant {tenant}",
				Means:   "The application is registered, but there is no enterprise application for it in this tenant, and only that one can sign in and hold roles.",
				Causes:  []string{"the enterprise application was deleted", "an application made with a tool that does not add the enterprise application", "an application of another tenant that was never added here"},
				Confirm: applicationCheck,
				Retry:   RetryPropagation,
				Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
					openApp,
					"Add its service principal: az ad sp create --id <application (client) ID>, or restore the enterprise application if it was deleted.",
					"Assign its Azure roles again: a new service principal has a new object id.",
					rerun,
				}}},
				Links: []string{linkEntraCodes},
			},
		},
		alike(Entry{
			Code:    "AADSTS7000112",
			Title:   "the application of connection '{connection}' is disabled in tenant {tenant}",
			Means:   "The application exists and somebody, or a protection, has switched off its sign-in.",
			Causes:  []string{"an administrator disabled it, for example because nobody seemed to use it", "Microsoft disabled it for abuse or risk"},
			Confirm: "Entra admin center → Enterprise applications → the application → Properties: Enabled for users to sign-in? is No.",
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"Find out in the audit log why the application was disabled: Entra admin center → Enterprise applications → the application → Audit logs.",
				"If it should work, set Properties → Enabled for users to sign-in? to Yes and save.",
				rerun,
			}}},
			Links: []string{linkEntraCodes},
		}, "AADSTS1000031"),
		[]Entry{{
			Code:    "AADSTS90099",
			Title:   "the application of connection '{connection}' is not authorised in tenant {tenant}",
			Means:   "The application comes from a partner's tenant, and this one has not accepted it.",
			Causes:  []string{"a partner's application (GDAP, Partner Center) that nobody approved for this customer", "the tenant of another customer in the connection"},
			Confirm: applicationCheck,
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"Compare the tenant of the connection with the customer that is meant.",
				"Approve the application in that tenant: az ad sp create --id <application (client) ID> as its administrator, or through Partner Center. The id is on the connection's page under Edit.",
				"Assign its Azure roles: a new service principal has none.",
				rerun,
			}}},
			Links: []string{linkEntraCodes},
		}},
		alike(Entry{
			Code:    "AADSTS700038",
			Title:   "the client id of connection '{connection}' is no application id",
			Means:   "Microsoft Entra expects the application (client) ID, a GUID, and got a placeholder or a name.",
			Causes:  []string{"a placeholder that was never replaced", "the application's name or URI in place of its id"},
			Confirm: "The Edit pane of the connection shows the client id.",
			Fixes:   correctClient(),
			Links:   []string{linkEntraCodes},
		}, "AADSTS90112"),
		alike(Entry{
			Code:    "AADSTS700019",
			Title:   "the client id of connection '{connection}' is that of an application that cannot sign in here[: {message}]",
			Means:   "Some applications, above all Microsoft's own, cannot be used by a pipeline.",
			Causes:  []string{"the client id of one of Microsoft's applications in place of your own"},
			Confirm: "The Edit pane of the connection shows the client id.",
			Fixes:   correctClient(),
			Links:   []string{linkEntraCodes},
		}, "AADSTS65002"),
		[]Entry{
			{
				Code:    "AADSTS700025",
				Title:   "the application of connection '{connection}' is a public client, which may show neither secret nor assertion",
				Means:   "The application is set up for people on devices, not for a pipeline, or the client id is that of another program.",
				Causes:  []string{"the client id of a tool such as the Azure CLI in place of your own application", "Allow public client flows is on for the application"},
				Confirm: "Entra admin center → App registrations → the application → Authentication shows Allow public client flows.",
				Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
					"Compare the client id of the connection with the application (client) ID of the application that should deploy.",
					"If it is the right one, set App registrations → the application → Authentication → Allow public client flows to No and save.",
					rerun,
				}}},
				Links: []string{linkEntraCodes},
			},
		},
		alike(Entry{
			Code:    "AADSTS50194",
			Title:   "connection '{connection}' uses an application of one tenant where a multi-tenant one is needed",
			Means:   "The application is registered for its own tenant only, and the sign-in went to another tenant or to none in particular.",
			Causes:  []string{"the tenant id of the connection is common, organizations or another tenant", "an application of a different directory"},
			Confirm: "Entra admin center → App registrations → the application → Overview shows its directory and supported account types.",
			Fixes:   correctTenant(),
			Links:   []string{linkEntraCodes},
		}, "AADSTS650059"),
		alike(Entry{
			Code:    "AADSTS500011",
			Title:   "tenant {tenant} does not know the service that a token was asked for[: {message}]",
			Means:   "The tenant has no service principal for Azure Resource Manager under the address that was used.",
			Causes:  []string{"the Environment of the connection belongs to another cloud than the tenant", "a tenant that has never had an Azure subscription"},
			Confirm: "The connection's Environment and the tenant's cloud agree.",
			Fixes:   correctCloud(),
			Links:   []string{linkEntraCodes},
		}, "AADSTS50001"),
		[]Entry{
			{
				Code:    "AADSTS500014",
				Title:   "the service that a token was asked for is disabled in tenant {tenant}",
				Means:   "The enterprise application of Azure Resource Manager itself is switched off in this tenant, so nobody can get a token for it.",
				Causes:  []string{"an administrator disabled it", "a subscription of the tenant that has lapsed"},
				Confirm: "Entra admin center → Enterprise applications, application type Microsoft Applications → Windows Azure Service Management API → Properties.",
				Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
					"Open Entra admin center → Enterprise applications, application type Microsoft Applications → Windows Azure Service Management API.",
					"Set Properties → Enabled for users to sign-in? to Yes and save, or find out with billing whether a subscription of the tenant has lapsed.",
					rerun,
				}}},
				Links: []string{linkEntraCodes},
			},
			{
				Code:    "AADSTS501051",
				Title:   "the application of connection '{connection}' is not assigned to a role of the service it asks for",
				Means:   "The service requires an assignment for each application, and this one has none.",
				Causes:  []string{"Assignment required? was switched on for the service", "an application that was made again and lost its assignment"},
				Confirm: "Entra admin center → Enterprise applications → the service → Properties → Assignment required?.",
				Retry:   RetryPropagation,
				Bound:   settingBound,
				Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
					"Give the application the app role under Entra admin center → App registrations → the application → API permissions → Grant admin consent.",
					"Or set Assignment required? to No for the service if it is not meant to be restricted.",
					waitMinutes,
				}}},
				Links: []string{linkEntraCodes},
			},
		},
	)
}

func correctClient() []Fix {
	return []Fix{{Who: ConnectionAdministrator, Steps: []string{
		"In the Entra admin center open App registrations → the application that should deploy → Overview and copy the application (client) ID.",
		openConnection,
		"Choose Edit, paste it into the field for the service principal or client id, and choose Verify and save.",
		rerun,
	}}}
}
