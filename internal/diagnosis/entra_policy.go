package diagnosis

import "slices"

// entraFederationPolicyEntries are about federations whose credential may be right and which a rule of the tenant, the
// kind of application or the kind of token forbids.
func entraFederationPolicyEntries() []Entry {
	return slices.Concat(
		alike(Entry{
			Code:       "AADSTS700223",
			Title:      "tenant {tenant} does not allow this federation[: {message}]",
			Means:      "The federated credential may be right; a policy of the tenant decides which issuers applications and managed identities may trust, and this one is not allowed.",
			Causes:     []string{"a policy that restricts federated credentials or their issuers", "a policy that asks for a claim which the token does not carry", "an Azure DevOps organisation that is connected to another tenant than the identity's"},
			Confirm:    "The tenant's application management policies, which an Entra administrator can read.",
			Confidence: Likely,
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"Find the policy that restricts federated credentials: Entra admin center → Enterprise applications → Application policies, or Microsoft Graph policies/defaultAppManagementPolicy.",
				"Allow the issuer shown on the connection's page (Edit → Issuer) for this identity or for all.",
				"Or use a user-assigned managed identity in the tenant of the Azure DevOps organisation, where the policy allows that.",
				rerun,
			}}},
			Links: []string{linkFederation, linkFederatedApp},
		}, "AADSTS700231"),
		[]Entry{
			{
				Code:       "AADSTS700236",
				Title:      "tenant {tenant} does not accept tokens of the Azure DevOps organisation's tenant[: {message}]",
				Means:      "The organisation is connected to one tenant and the identity lives in another, which does not let tokens of foreign tenants stand in for its identities.",
				Causes:     []string{"an Azure DevOps organisation that is connected to another tenant than the identity's", "a policy of the identity's tenant that lists the issuers it accepts"},
				Confirm:    "Organization settings → Microsoft Entra names the organisation's tenant; the connection names the identity's.",
				Confidence: Likely,
				Fixes: []Fix{
					{Modes: []Mode{ModeAutomatic}, Who: ConnectionAdministrator, Steps: []string{
						"In Azure DevOps open Organization settings → Microsoft Entra and compare its tenant with tenant {tenant} of the connection.",
						"Make a connection whose identity lives in the organisation's tenant, best a user-assigned managed identity, and give it the role at the scope.",
						"If the identity has to stay where it is, ask the Entra administrator of tenant {tenant} to allow the issuer shown on the connection's page.",
						newRun,
					}},
					{Who: EntraAdministrator, Steps: []string{
						"Find the policy of tenant {tenant} that lists the issuers of federated credentials: Entra admin center → Enterprise applications → Application policies, or Microsoft Graph policies/defaultAppManagementPolicy.",
						"Allow the issuer shown on the connection's page (Edit → Issuer) for this identity.",
						"Or use an identity of the organisation's own tenant (Organization settings → Microsoft Entra names it), best a user-assigned managed identity.",
						rerun,
					}},
				},
				Links: []string{linkFederation, linkFederatedApp},
				signs: []sign{{code: "AADSTS700236"}, {family: "AADSTS700236"}},
			},
			{
				Code:       "AADSTS700238",
				Title:      "tenant {tenant} does not allow Azure DevOps as issuer for this kind of identity[: {message}]",
				Means:      "A policy of the tenant lists which issuers may be used, and the connection's issuer is not on the list or lacks a claim that the list asks for.",
				Causes:     []string{"a list of allowed issuers without Azure DevOps", "a rule that asks for a claim of one organisation"},
				Confirm:    "The tenant's application management policies, which an Entra administrator can read.",
				Confidence: Likely,
				Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
					"Add the issuer shown on the connection's page (Edit → Issuer) to the tenant's list of allowed issuers for applications or managed identities, with the claim that the list asks for.",
					"Or make an exception for this identity.",
					rerun,
				}}},
				Links: []string{linkFederation},
				signs: []sign{{code: "AADSTS700238"}, {family: "AADSTS700238"}},
			},
		},
		alike(Entry{
			Code:    "AADSTS7002381",
			Title:   "tenant {tenant} asks for a claim that the token of Azure DevOps does not carry",
			Means:   "A policy of the tenant allows the issuer only together with a claim, and the token has no such claim or another value.[ {message}.]",
			Causes:  []string{"a rule of the tenant that asks for the claim of one organisation (enterprise)"},
			Confirm: "The service's text names the claim and the value it wants.",
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"Read the claim in the service's text and find the policy that asks for it (Microsoft Graph policies/defaultAppManagementPolicy).",
				"Make an exception for this identity or for the issuer of Azure DevOps: the pipeline cannot add a claim.",
				rerun,
			}}},
			Links: []string{linkFederation},
		}),
		[]Entry{
			{
				Code:    "AADSTS70052",
				Title:   "the application of connection '{connection}' is multi-tenant, which the Microsoft Entra issuer does not accept",
				Means:   "With this issuer the identity must be a managed identity or an application of a single tenant.",
				Causes:  []string{"Supported account types of the application was set to any organizational directory"},
				Confirm: "Entra admin center → App registrations → the application → Authentication → Supported account types.",
				Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
					openApp,
					"Under Authentication set Supported account types to Accounts in this organizational directory only, and save.",
					"If other tenants need it, give each tenant an application and a connection of its own.",
					rerun,
				}}},
				Links: []string{linkFederation},
			},
		},
		alike(Entry{
			Code:       "AADSTS700222",
			Title:      "Microsoft Entra does not accept this kind of token as an assertion[: {message}]",
			Means:      "What was sent is a token of Microsoft Entra, and not one that stands for a federation.",
			Causes:     []string{"a token of a person or an ordinary application in place of the id token of Azure DevOps", "an old restriction of the tenant"},
			Confirm:    "The id token of this job, decoded by this task, comes from the connection's own issuer.",
			Confidence: Likely,
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				openConnection,
				"Check that the connection is of type workload identity federation, and choose Edit → Save so that Azure DevOps writes it again.",
				rerun,
				"If it still fails, report it to the makers of this task with the raw evidence.",
			}}},
			Links: []string{linkFederatedApp},
		}, "AADSTS700226", "AADSTS700227", "AADSTS700229"),
		alike(Entry{
			Code:    "AADSTS900382",
			Title:   "connection '{connection}' signs in across clouds, which Microsoft Entra does not allow",
			Means:   "The token of Azure DevOps comes from the public cloud and the identity is in another cloud.",
			Causes:  []string{"a connection for US Government or China that uses workload identity federation with the Microsoft Entra issuer", "the wrong Environment in the connection"},
			Confirm: "The connection's Environment and the tenant's cloud.",
			Fixes: []Fix{{Who: ConnectionAdministrator, Steps: []string{
				"Check that the Environment of the connection is the cloud of the tenant.",
				"If it is, use a service principal with a certificate or a secret: federation from Azure DevOps is not available across clouds.",
				newRun,
			}}},
			Links: []string{linkFederation},
		}, "AADSTS900432"),
	)
}
