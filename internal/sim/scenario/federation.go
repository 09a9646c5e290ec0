package scenario

import (
	"time"

	"armpreflight/internal/sim/cloud"
)

// federation are the situations of workload identity federation: three parties
// hold an issuer and a subject each, the id token, the connection's record and
// the credential at the identity.
var federation = []Scenario{
	{"healthy-federation-old-issuer", "federation by the Azure DevOps issuer, long before it ends", func(r *Run) {
		r.oldIssuer().TokenIssued = time.Date(2026, time.October, 1, 8, 0, 0, 0, time.UTC)
	}, cloud.ContosoFederationConnectionID},
	{"healthy-federation-renamed", "the project was renamed and the credential corrected; the connection's record is as it was", func(r *Run) {
		r.oldIssuer().TokenIssued = time.Date(2026, time.October, 1, 8, 0, 0, 0, time.UTC)
		r.recordSubject(cloud.DevOpsSubject(cloud.ContosoOrganizationName, "Store", "prod-federation"))
	}, cloud.ContosoFederationConnectionID},
	{"issuer-retiring", "federation by the Azure DevOps issuer, sixty days before it ends", func(r *Run) {
		r.oldIssuer().TokenIssued = time.Date(2027, time.May, 2, 0, 0, 0, 0, time.UTC)
	}, cloud.ContosoFederationConnectionID},

	{"subject-of-another-organization", "the organisation was renamed after the federation was set up", func(r *Run) {
		r.formerSubject(cloud.DevOpsSubject("fabrikam", cloud.ContosoProjectName, "prod-federation"))
	}, cloud.ContosoFederationConnectionID},
	{"subject-of-another-project", "the project was renamed after the federation was set up", func(r *Run) {
		r.formerSubject(cloud.DevOpsSubject(cloud.ContosoOrganizationName, "Store", "prod-federation"))
	}, cloud.ContosoFederationConnectionID},
	{"subject-of-another-connection", "the connection was renamed after the federation was set up", func(r *Run) {
		r.formerSubject(cloud.DevOpsSubject(cloud.ContosoOrganizationName, cloud.ContosoProjectName, "prod-federation-west"))
	}, cloud.ContosoFederationConnectionID},
	{"subject-in-another-case", "the project's name is written in small letters in the record and the credential", func(r *Run) {
		r.formerSubject(cloud.DevOpsSubject(cloud.ContosoOrganizationName, "shop", "prod-federation"))
	}, cloud.ContosoFederationConnectionID},
	{"issuer-not-in-credential", "the connection was moved to the Entra issuer, the credential was not", func(r *Run) {
		r.application().Federated = r.application().Federated[1:]
	}, cloud.ContosoFederationConnectionID},
	{"issuer-not-in-record", "id tokens come from the Entra issuer, record and credential name the older one", func(r *Run) {
		r.oldIssuer().Issuer = cloud.IssuerEntra
		r.application().Federated = r.application().Federated[1:]
	}, cloud.ContosoFederationConnectionID},
	{"audience-of-another-cloud", "the credential was made with the audience of the US Government cloud", func(r *Run) {
		for i := range r.application().Federated {
			r.application().Federated[i].Audience = "api://AzureADTokenExchangeUSGov"
		}
	}, cloud.ContosoFederationConnectionID},
	{"issuer-of-another-tenant", "the organisation belongs to another tenant, whose issuer the identity's tenant does not allow", func(r *Run) {
		const fabrikam = "4e8b1d60-97f2-4c35-a0b9-d1e6f7a82c43"
		issuer, subject := cloud.EntraIssuer(fabrikam), cloud.EntraSubject(fabrikam, cloud.ContosoOrganizationID, cloud.ContosoFederationConnectionID)
		r.World.Tenants = append(r.World.Tenants, cloud.Tenant{ID: fabrikam, Name: "Fabrikam"})
		r.World.Organizations[0].TenantID = fabrikam
		r.connection(cloud.ContosoFederationConnectionID).Parameters["workloadIdentityFederationIssuer"] = issuer
		r.recordSubject(subject)
		r.application().Federated = []cloud.FederatedCredential{{Name: "entra", Issuer: issuer, Subject: subject}}
		r.World.Tenants[0].BlockedIssuers = []string{issuer}
	}, cloud.ContosoFederationConnectionID},

	{"conditional-access-federation", "a Conditional Access policy refuses the address of an agent of one's own", func(r *Run) {
		r.SelfHosted()
		r.blockedByConditionalAccess()
	}, cloud.ContosoFederationConnectionID},
	{"no-role-federation", "the identity of a federated connection has no role on the subscription", func(r *Run) {
		r.World.Tenants[0].RoleAssignments = nil
	}, cloud.ContosoFederationConnectionID},
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
	r.application().Refuse = &cloud.Refusal{Code: 53003, Text: "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."}
}
