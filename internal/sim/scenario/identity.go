package scenario

import (
	"time"

	"armpreflight/internal/sim/cloud"
)

var identity = []Scenario{
	{
		Name: "expired-secret", About: "the client secret passed its end date", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.connection(cloud.ContosoKeyConnectionID).Data["creationMode"] = "Automatic"
			secret := &r.application().Secrets[0]
			secret.Starts, secret.Ends = secret.Starts.AddDate(0, -6, 0), secret.Ends.AddDate(0, -6, 0)
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS7000222"}, Tokens: 1, Waits: 1, Says: "Choose Rotate secret"},
	},
	{
		Name: "wrong-secret", About: "the client secret is not one of the application's", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.connection(cloud.ContosoKeyConnectionID).Parameters["serviceprincipalkey"] = "b81c0d4e-0000-4f6a-9d17-secret-id-not-value"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS7000215"}, Tokens: 1, Waits: 1},
	},
	{
		Name: "unknown-application", About: "the application was deleted", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.World.Tenants[0].Applications = nil
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS700016"}, Tokens: 1, Waits: 1},
	},
	{
		Name: "unknown-tenant", About: "the tenant id is not one", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.connection(cloud.ContosoKeyConnectionID).Parameters["tenantid"] = "00000000-1111-4222-8333-444444444444"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS90002"}, Tokens: 1, Waits: 1},
	},
	{
		Name: "subject-mismatch", About: "the credential in Entra is for a connection that was recreated since", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			for i := range r.application().Federated {
				r.application().Federated[i].Subject = cloud.EntraSubject(cloud.ContosoTenantID, cloud.ContosoOrganizationID, "99999999-c5d6-4eb4-af82-a9d3b4e16c57")
			}
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS7002137"}, Tokens: 1, Waits: 2, Says: "credential's subject must end in"},
	},
	{
		Name: "not-referenced", About: "no input of this stage names the federated connection", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.job().References = nil
		},
		Wants: Wants{Result: "Failed", Errors: []string{"connection-not-referenced"}, Waits: 1},
	},
	{
		Name: "job-token-refused", About: "Azure DevOps does not take the job's token", connection: cloud.ContosoFederationConnectionID,
		change: func(r *Run) {
			r.job().TokenEnds = r.World.Clock().Add(-time.Hour)
		},
		Wants: Wants{Result: "Failed", Errors: []string{"job-token-missing"}, Waits: 1},
	},
	{
		Name: "several-identities", About: "the machine has two identities and the connection names none", connection: cloud.ContosoIdentityConnectionID,
		change: func(r *Run) {
			r.SelfHosted()
			delete(r.connection(cloud.ContosoIdentityConnectionID).Data, "msiclientId")
			second := r.World.Tenants[0].ManagedIdentities[0]
			second.Name, second.ClientID, second.PrincipalID = "id-second", "77777777-9f4d-4d28-b7a1-63e8f20d5b97", "88888888-2a6c-4e90-9c4b-f7d10e86a325"
			r.World.Tenants[0].ManagedIdentities = append(r.World.Tenants[0].ManagedIdentities, second)
			r.World.Machine.UserAssigned = append(r.World.Machine.UserAssigned, second.ClientID)
			r.World.Machine.IdentityHeader = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"
			r.IdentityEndpoint = true
		},
		Wants: Wants{Result: "Failed", Errors: []string{"multiple-identities"}, Waits: 1},
	},
	{
		Name: "connection-incomplete", About: "the connection has neither a tenant id nor a secret", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			p := r.connection(cloud.ContosoKeyConnectionID).Parameters
			p["tenantid"], p["serviceprincipalkey"] = "", ""
		},
		Wants: Wants{Result: "Failed", Errors: []string{"connection-incomplete"}, Says: "tenant"},
	},
	{
		Name: "certificate-not-yet-valid", About: "the certificate begins next week", connection: cloud.ContosoCertificateConnectionID,
		change: func(r *Run) {
			now := r.World.Clock()
			r.certificate(now.AddDate(0, 0, 7), now.AddDate(1, 0, 0))
		},
		Wants: Wants{Result: "Failed", Errors: []string{"certificate-not-yet-valid"}},
	},
	{
		Name: "certificate-expired", About: "the certificate ended last month", connection: cloud.ContosoCertificateConnectionID,
		change: func(r *Run) {
			now := r.World.Clock()
			r.certificate(now.AddDate(-1, 0, 0), now.AddDate(0, -1, 0))
		},
		Wants: Wants{Result: "Failed", Errors: []string{"certificate-expired"}, Says: "blocked by certificate"},
	},
	{
		Name: "certificate-expiring", About: "the certificate ends in five days", connection: cloud.ContosoCertificateConnectionID,
		change: func(r *Run) {
			now := r.World.Clock()
			r.certificate(now.AddDate(-1, 0, 0), now.Add(5*24*time.Hour+time.Hour))
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"certificate-expiring"}, Tokens: 1, Waits: 2, Says: "expires in 5 days"},
	},
	{
		Name: "certificate-key-mismatch", About: "the private key belongs to another certificate", connection: cloud.ContosoCertificateConnectionID,
		change: func(r *Run) {
			now := r.World.Clock()
			_, own := cloud.NewCertificate(cloud.NewKey("own"), "own", now.AddDate(0, -1, 0), now.AddDate(1, 0, 0))
			_, other := cloud.NewCertificate(cloud.NewKey("other"), "other", now.AddDate(0, -1, 0), now.AddDate(1, 0, 0))
			r.connection(cloud.ContosoCertificateConnectionID).Parameters["servicePrincipalCertificate"] = mix(own, other)
		},
		Wants: Wants{Result: "Failed", Errors: []string{"certificate-key-mismatch"}},
	},
	{
		Name: "certificate-unreadable", About: "the certificate was pasted without its private key", connection: cloud.ContosoCertificateConnectionID,
		change: func(r *Run) {
			c := r.connection(cloud.ContosoCertificateConnectionID)
			c.Parameters["servicePrincipalCertificate"] = block(c.Parameters["servicePrincipalCertificate"], "CERTIFICATE")
		},
		Wants: Wants{Result: "Failed", Errors: []string{"certificate-unreadable"}},
	},
	{
		Name: "managed-identity-on-hosted-agent", About: "a managed identity connection on a Microsoft-hosted agent", connection: cloud.ContosoIdentityConnectionID,
		change: func(r *Run) {
			r.World.Machine = cloud.Machine{Azure: true, TenantID: cloud.ContosoTenantID, IdentityHeader: "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"}
			r.IdentityEndpoint = true
		},
		Wants: Wants{Result: "Failed", Errors: []string{"managed-identity-on-hosted-agent"}, Waits: 1},
	},
	{
		Name: "conditional-access", About: "a Conditional Access policy refuses the agent's address", connection: cloud.ContosoKeyConnectionID,
		change: (*Run).blockedByConditionalAccess,
		Wants:  Wants{Result: "Failed", Errors: []string{"AADSTS53003"}, Tokens: 1, Waits: 1, Says: "intermittent on Microsoft-hosted agents"},
	},
}
