package scenario

import (
	"time"

	"armpreflight/internal/sim/cloud"
)

// federation are the situations of workload identity federation: three parties
// hold an issuer and a subject each, the ID token, the connection's record and
// the credential at the identity.
var federation = []Scenario{
	{
		Name: "healthy-federation-old-issuer", About: "federation by the Azure DevOps issuer, long before it ends", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.oldIssuer().TokenIssued = time.Date(2026, time.October, 1, 8, 0, 0, 0, time.UTC)
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 3, Says: "retires on July 1, 2027, in "},
	},
	{
		Name: "healthy-federation-renamed", About: "the project was renamed and the credential corrected; the connection's record is as it was", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.oldIssuer().TokenIssued = time.Date(2026, time.October, 1, 8, 0, 0, 0, time.UTC)
			r.recordSubject(cloud.DevOpsSubject(cloud.ContosoOrganizationName, "Store", "prod-federation"))
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 3, Says: "ready: "},
	},
	{
		Name: "issuer-retiring", About: "federation by the Azure DevOps issuer, sixty days before it ends", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.oldIssuer().TokenIssued = time.Date(2027, time.May, 2, 0, 0, 0, 0, time.UTC)
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"issuer-retiring"}, Tokens: 1, Waits: 3, Says: "which retires on July 1, 2027"},
	},

	{
		Name: "subject-of-another-organization", About: "the organization was renamed after the federation was set up", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.formerSubject(cloud.DevOpsSubject("fabrikam", cloud.ContosoProjectName, "prod-federation"))
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS700213"}, Tokens: 1, Waits: 2, Says: "the ID token says organization 'contoso', but connection"},
	},
	{
		Name: "subject-of-another-project", About: "the project was renamed after the federation was set up", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.formerSubject(cloud.DevOpsSubject(cloud.ContosoOrganizationName, "Store", "prod-federation"))
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS700213"}, Tokens: 1, Waits: 2, Says: "subject: project 'Shop' in the ID token, 'Store' in the"},
	},
	{
		Name: "subject-of-another-connection", About: "the connection was renamed after the federation was set up", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.formerSubject(cloud.DevOpsSubject(cloud.ContosoOrganizationName, cloud.ContosoProjectName, "prod-federation-west"))
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS700213"}, Tokens: 1, Waits: 2, Says: "'…tion-wes…'"},
	},
	{
		Name: "subject-in-another-case", About: "the project's name is written in small letters in the record and the credential", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.formerSubject(cloud.DevOpsSubject(cloud.ContosoOrganizationName, "shop", "prod-federation"))
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS7002138"}, Tokens: 1, Waits: 2, Says: "letter case only"},
	},
	{
		Name: "issuer-not-in-credential", About: "the connection was moved to the Entra issuer, the credential was not", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.application().Federated = r.application().Federated[1:]
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS700211"}, Tokens: 1, Waits: 2, Says: "issuer: Microsoft Entra, as in the connection's record"},
	},
	{
		Name: "issuer-not-in-record", About: "id tokens come from the Entra issuer, record and credential name the older one", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.oldIssuer().Issuer = cloud.IssuerEntra
			r.application().Federated = r.application().Federated[1:]
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS700211"}, Tokens: 1, Waits: 2, Says: "issuer: Microsoft Entra in the ID token, Azure DevOps (older)"},
	},
	{
		Name: "audience-of-another-cloud", About: "the credential was made with the audience of the US Government cloud", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			for i := range r.application().Federated {
				r.application().Federated[i].Audience = "api://AzureADTokenExchangeUSGov"
			}
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS7002121"}, Tokens: 1, Waits: 2, Says: "correct in the ID token; the federated"},
	},
	{
		Name: "issuer-of-another-tenant", About: "the organization belongs to another tenant, whose issuer the identity's tenant does not allow", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			const fabrikam = "4e8b1d60-97f2-4c35-a0b9-d1e6f7a82c43"
			issuer, subject := cloud.EntraIssuer(fabrikam), cloud.EntraSubject(fabrikam, cloud.ContosoOrganizationID, cloud.ContosoFederationConnectionID)
			r.World.Tenants = append(r.World.Tenants, cloud.Tenant{ID: fabrikam, Name: "Fabrikam"})
			r.World.Organizations[0].TenantID = fabrikam
			r.connection(cloud.ContosoFederationConnectionID).Parameters["workloadIdentityFederationIssuer"] = issuer
			r.recordSubject(subject)
			r.application().Federated = []cloud.FederatedCredential{{Name: "entra", Issuer: issuer, Subject: subject}}
			r.World.Tenants[0].BlockedIssuers = []string{issuer}
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS700236"}, Tokens: 1, Waits: 2, Says: "organization's tenant: "},
	},

	{
		Name: "conditional-access-federation", About: "a Conditional Access policy refuses the address of an agent of one's own", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.SelfHosted()
			r.blockedByConditionalAccess()
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS53003"}, Tokens: 1, Waits: 2, Says: "correlation ID: "},
	},
	{
		Name: "no-role-federation", About: "the identity of a federated connection has no role on the subscription", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.World.Tenants[0].RoleAssignments = nil
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AuthorizationFailed"}, Tokens: 1, Waits: 4, Says: "the smallest built-in role with that permission: Reader"},
	},
}

// oldIssuer makes the federated connection one of the Azure DevOps issuer.
func (r *Run) oldIssuer() *cloud.Connection {
	c := r.connection(cloud.ContosoFederationConnectionID)
	c.Issuer = cloud.IssuerAzureDevOps
	c.Parameters["workloadIdentityFederationIssuer"] = cloud.DevOpsIssuer(cloud.ContosoOrganizationID)
	r.recordSubject(cloud.DevOpsSubject(cloud.ContosoOrganizationName, cloud.ContosoProjectName, c.Name))
	return c
}

// recordSubject is what Azure DevOps keeps with the connection.
func (r *Run) recordSubject(subject string) {
	r.connection(cloud.ContosoFederationConnectionID).Parameters["workloadIdentityFederationSubject"] = subject
}

// formerSubject is what the record and the credential still hold of the days
// before a name was changed.
func (r *Run) formerSubject(subject string) {
	r.oldIssuer().TokenIssued = time.Date(2026, time.October, 1, 8, 0, 0, 0, time.UTC)
	r.recordSubject(subject)
	r.application().Federated[1].Subject = subject
}

func (r *Run) blockedByConditionalAccess() {
	r.application().Refuse = &cloud.Refusal{Code: 53003, Text: "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
		Suberror: "message_only", Claims: `{"access_token":{"capolids":{"essential":true,"values":["01234567-89ab-cdef-fedc-ba9876543210"]}}}`}
}
