package scenario

import (
	"net/http"
	"slices"
	"time"

	"armpreflight/internal/sim/cloud"
)

const (
	authority = "login.microsoftonline.com"
	resources = "management.azure.com"
)

// All returns every scenario, the healthy ones first.
func All() []Scenario {
	return slices.Concat(healthy, clouds, identity, federation, record, expiry, pipeline, azure, visibility, resourcesNamed, rightsNamed, others, more, network)
}

// Find returns the scenario of a name.
func Find(name string) (Scenario, bool) {
	all := All()
	i := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == name })
	if i < 0 {
		return Scenario{}, false
	}
	return all[i], true
}

var healthy = []Scenario{
	{"healthy", "a connection with a client secret, all well", nil, cloud.ContosoKeyConnectionID},
	{"healthy-certificate", "a connection with a certificate, all well", nil, cloud.ContosoCertificateConnectionID},
	{"healthy-federation", "workload identity federation by the Entra issuer, all well", nil, cloud.ContosoFederationConnectionID},
	{"healthy-managed-identity", "a managed identity on an agent of one's own, all well", func(r *Run) {
		r.SelfHosted()
		r.World.Machine.IdentityHeader = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"
		r.IdentityEndpoint = true
	}, cloud.ContosoIdentityConnectionID},
	{"healthy-resource-group", "a connection that has its rights on one resource group only", func(r *Run) {
		r.connection(cloud.ContosoKeyConnectionID).Parameters["scope"] = groupScope
		tenant := &r.World.Tenants[0]
		tenant.SubscriptionReadNeedsOwnRole = true
		for i, a := range tenant.RoleAssignments {
			if a.PrincipalID == cloud.ContosoPrincipalID {
				tenant.RoleAssignments[i].Scope = groupScope
			}
		}
	}, cloud.ContosoKeyConnectionID},
	{"healthy-management-group", "a connection to a management group, all well", (*Run).managementGroup, cloud.ContosoKeyConnectionID},
	{"healthy-renamed", "the subscription was renamed after the connection was made, and the step expects the new name", func(r *Run) {
		r.subscription().Name = "Contoso Production"
		r.Step.Inputs["expectedSubscription"] = "contoso production"
	}, cloud.ContosoKeyConnectionID},
	{"healthy-variables", "the subscription variable and two more are set as they should be", func(r *Run) {
		r.Variable("armSubscription", "contoso prod", false)
		r.Variable("appName", "shop", false)
		r.Variable("dbPassword", "correct horse battery", true)
		r.Step.Inputs["subscriptionVariable"] = "armSubscription"
		r.Step.Inputs["requiredVariables"] = "appName\ndbPassword\n"
		r.Step.Inputs["expectedSubscription"] = cloud.ContosoSubscriptionName
	}, cloud.ContosoKeyConnectionID},
}

var clouds = []Scenario{
	{"healthy-us-government", "a connection in the US Government cloud, all well", func(r *Run) {
		r.World.Tenants[0].Environment = "AzureUSGovernment"
		c := r.connection(cloud.ContosoKeyConnectionID)
		c.URL, c.Data["environment"] = "https://management.usgovcloudapi.net/", "AzureUSGovernment"
	}, cloud.ContosoKeyConnectionID},
	{"healthy-azure-stack", "an Azure Stack that signs in at Entra; its addresses come from its metadata", func(r *Run) {
		stack := cloud.Environment{
			Name: "AzureStack", Authorities: []string{"login.stack.contoso.example"}, ResourceManager: "management.local.stack.contoso.example",
			Audiences: []string{"https://management.contoso.onmicrosoft.com/2b9d8f1e"}, MaxAPIVersion: "2019-10-01",
		}
		r.World.Environments = append(r.World.Environments, stack)
		r.World.Tenants[0].Environment = stack.Name
		c := r.connection(cloud.ContosoKeyConnectionID)
		c.URL, c.Data["environment"] = "https://"+stack.ResourceManager+"/", stack.Name
	}, cloud.ContosoKeyConnectionID},
	{"azure-germany", "a connection to the German cloud, which is closed", func(r *Run) {
		c := r.connection(cloud.ContosoKeyConnectionID)
		c.URL, c.Data["environment"] = "https://management.microsoftazure.de/", "AzureGermanCloud"
	}, cloud.ContosoKeyConnectionID},
	{"publish-profile", "a connection that holds a publish profile", func(r *Run) {
		c := r.connection(cloud.ContosoKeyConnectionID)
		c.Scheme = "PublishProfile"
		c.Parameters = map[string]string{"tenantid": cloud.ContosoTenantID, "publishProfile": "<publishData userPWD=\"Zx81kQ0vNn\"/>"}
	}, cloud.ContosoKeyConnectionID},
}

const groupScope = "/subscriptions/" + cloud.ContosoSubscriptionID + "/resourcegroups/" + cloud.ContosoResourceGroup

var identity = []Scenario{
	{"expired-secret", "the client secret passed its end date", func(r *Run) {
		r.connection(cloud.ContosoKeyConnectionID).Data["creationMode"] = "Automatic"
		secret := &r.application().Secrets[0]
		secret.Starts, secret.Ends = secret.Starts.AddDate(0, -6, 0), secret.Ends.AddDate(0, -6, 0)
	}, cloud.ContosoKeyConnectionID},
	{"wrong-secret", "the client secret is not one of the application's", func(r *Run) {
		r.connection(cloud.ContosoKeyConnectionID).Parameters["serviceprincipalkey"] = "b81c0d4e-0000-4f6a-9d17-secret-id-not-value"
	}, cloud.ContosoKeyConnectionID},
	{"unknown-application", "the application was deleted", func(r *Run) {
		r.World.Tenants[0].Applications = nil
	}, cloud.ContosoKeyConnectionID},
	{"unknown-tenant", "the tenant id is not one", func(r *Run) {
		r.connection(cloud.ContosoKeyConnectionID).Parameters["tenantid"] = "00000000-1111-4222-8333-444444444444"
	}, cloud.ContosoKeyConnectionID},
	{"subject-mismatch", "the credential in Entra is for a connection that was recreated since", func(r *Run) {
		for i := range r.application().Federated {
			r.application().Federated[i].Subject = cloud.EntraSubject(cloud.ContosoTenantID, cloud.ContosoOrganizationID, "99999999-c5d6-4eb4-af82-a9d3b4e16c57")
		}
	}, cloud.ContosoFederationConnectionID},
	{"not-referenced", "no input of this stage names the federated connection", func(r *Run) {
		r.job().References = nil
	}, cloud.ContosoFederationConnectionID},
	{"job-token-refused", "Azure DevOps does not take the job's token", func(r *Run) {
		r.job().TokenEnds = r.World.Clock().Add(-time.Hour)
	}, cloud.ContosoFederationConnectionID},
	{"several-identities", "the machine has two identities and the connection names none", func(r *Run) {
		r.SelfHosted()
		delete(r.connection(cloud.ContosoIdentityConnectionID).Data, "msiclientId")
		second := r.World.Tenants[0].ManagedIdentities[0]
		second.Name, second.ClientID, second.PrincipalID = "id-second", "77777777-9f4d-4d28-b7a1-63e8f20d5b97", "88888888-2a6c-4e90-9c4b-f7d10e86a325"
		r.World.Tenants[0].ManagedIdentities = append(r.World.Tenants[0].ManagedIdentities, second)
		r.World.Machine.UserAssigned = append(r.World.Machine.UserAssigned, second.ClientID)
		r.World.Machine.IdentityHeader = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"
		r.IdentityEndpoint = true
	}, cloud.ContosoIdentityConnectionID},
	{"connection-incomplete", "the connection has neither a tenant id nor a secret", func(r *Run) {
		p := r.connection(cloud.ContosoKeyConnectionID).Parameters
		p["tenantid"], p["serviceprincipalkey"] = "", ""
	}, cloud.ContosoKeyConnectionID},
	{"certificate-not-yet-valid", "the certificate begins next week", func(r *Run) {
		now := r.World.Clock()
		r.certificate(now.AddDate(0, 0, 7), now.AddDate(1, 0, 0))
	}, cloud.ContosoCertificateConnectionID},
	{"certificate-expired", "the certificate ended last month", func(r *Run) {
		now := r.World.Clock()
		r.certificate(now.AddDate(-1, 0, 0), now.AddDate(0, -1, 0))
	}, cloud.ContosoCertificateConnectionID},
	{"certificate-expiring", "the certificate ends in five days", func(r *Run) {
		now := r.World.Clock()
		r.certificate(now.AddDate(-1, 0, 0), now.Add(5*24*time.Hour+time.Hour))
	}, cloud.ContosoCertificateConnectionID},
	{"certificate-key-mismatch", "the private key belongs to another certificate", func(r *Run) {
		now := r.World.Clock()
		_, own := cloud.NewCertificate(cloud.NewKey("own"), "own", now.AddDate(0, -1, 0), now.AddDate(1, 0, 0))
		_, other := cloud.NewCertificate(cloud.NewKey("other"), "other", now.AddDate(0, -1, 0), now.AddDate(1, 0, 0))
		r.connection(cloud.ContosoCertificateConnectionID).Parameters["servicePrincipalCertificate"] = mix(own, other)
	}, cloud.ContosoCertificateConnectionID},
	{"certificate-unreadable", "the certificate was pasted without its private key", func(r *Run) {
		c := r.connection(cloud.ContosoCertificateConnectionID)
		c.Parameters["servicePrincipalCertificate"] = block(c.Parameters["servicePrincipalCertificate"], "CERTIFICATE")
	}, cloud.ContosoCertificateConnectionID},
	{"managed-identity-on-hosted-agent", "a managed identity connection on a Microsoft-hosted agent", func(r *Run) {
		r.World.Machine = cloud.Machine{Azure: true, TenantID: cloud.ContosoTenantID, IdentityHeader: "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"}
		r.IdentityEndpoint = true
	}, cloud.ContosoIdentityConnectionID},
	{"conditional-access", "a Conditional Access policy refuses the agent's address", (*Run).blockedByConditionalAccess, cloud.ContosoKeyConnectionID},
}

var pipeline = []Scenario{
	{"unresolved-connection", "the connection is given by a variable that an earlier step sets", func(r *Run) {
		r.Step.Inputs["connectedServiceNameARM"] = "$(azureSubscription)"
	}, ""},
	{"connection-not-in-job", "the connection is a name that only became known while the job ran", func(r *Run) {
		r.Variable("azureSubscription", "prod-key", false)
		r.Step.Inputs["connectedServiceNameARM"] = "$(azureSubscription)"
	}, ""},
	{"variable-unset", "the subscription variable is empty", func(r *Run) {
		r.Variable("armSubscription", "", false)
		r.Step.Inputs["subscriptionVariable"] = "armSubscription"
	}, cloud.ContosoKeyConnectionID},
	{"variables-unresolved", "three required variables are missing or still hold $(…)", func(r *Run) {
		r.Variable("appName", "$(deployedApp)", false)
		r.Step.Inputs["requiredVariables"] = "appName\nregion\nslot"
	}, cloud.ContosoKeyConnectionID},
	{"subscription-mismatch", "the subscription variable names another subscription", func(r *Run) {
		r.Variable("armSubscription", "Contoso Test", false)
		r.Step.Inputs["subscriptionVariable"] = "armSubscription"
	}, cloud.ContosoKeyConnectionID},
	{"expectation-unresolved", "the expected subscription still holds $(…)", func(r *Run) {
		r.Step.Inputs["expectedSubscription"] = "$(targetSubscription)"
	}, cloud.ContosoKeyConnectionID},
	{"expectation-of-a-management-group", "a subscription is expected of a connection to a management group", func(r *Run) {
		r.managementGroup()
		r.Step.Inputs["expectedSubscription"] = cloud.ContosoSubscriptionName
	}, cloud.ContosoKeyConnectionID},
	{"fail-on-misspelt", "the variable ArmPreflight.FailOn holds a word that is none of its values", func(r *Run) {
		r.Variable("ArmPreflight.FailOn", "nevr", false)
	}, cloud.ContosoKeyConnectionID},
	{"input-invalid", "an input is not what it should be", func(r *Run) {
		r.Step.Inputs["timeoutSeconds"] = "one minute"
	}, cloud.ContosoKeyConnectionID},
}

var azure = []Scenario{
	{"subscription-disabled", "the subscription is disabled", func(r *Run) { r.subscription().State = "Disabled" }, cloud.ContosoKeyConnectionID},
	{"subscription-warned", "the subscription was warned", func(r *Run) { r.subscription().State = "Warned" }, cloud.ContosoKeyConnectionID},
	{"subscription-past-due", "a payment for the subscription is due", func(r *Run) { r.subscription().State = "PastDue" }, cloud.ContosoKeyConnectionID},
	{"subscription-not-found", "the subscription does not exist", func(r *Run) {
		r.connection(cloud.ContosoKeyConnectionID).Data["subscriptionId"] = "deadbeef-1b39-4d57-86e0-9f2d7c5b3a14"
	}, cloud.ContosoKeyConnectionID},
	{"subscription-in-an-odd-state", "the subscription is in a state that this version does not know", func(r *Run) { r.subscription().State = "Migrating" }, cloud.ContosoKeyConnectionID},
	{"resource-group-deleting", "the resource group of the connection is being deleted", func(r *Run) {
		r.connection(cloud.ContosoKeyConnectionID).Parameters["scope"] = groupScope
		r.subscription().ResourceGroups[0].State = "Deleting"
	}, cloud.ContosoKeyConnectionID},
	{"no-answer", "Resource Manager takes the request and says nothing; a variable is unset as well", func(r *Run) {
		r.Faults = append(r.Faults, cloud.Fault{Host: resources, Hang: true})
		r.Step.Inputs["timeoutSeconds"] = "5"
		r.Step.Inputs["subscriptionVariable"] = "armSubscription"
	}, cloud.ContosoKeyConnectionID},
	{"subscription-in-other-tenant", "the subscription moved to another tenant", func(r *Run) {
		moved := *r.subscription()
		r.World.Tenants[0].Subscriptions = nil
		r.World.Tenants = append(r.World.Tenants, cloud.Tenant{ID: "4e8b1d60-97f2-4c35-a0b9-d1e6f7a82c43", Name: "Fabrikam", Subscriptions: []cloud.Subscription{moved}})
	}, cloud.ContosoKeyConnectionID},
	{"subscription-not-expected", "the step expects another subscription", func(r *Run) {
		r.Step.Inputs["expectedSubscription"] = "Contoso Test"
	}, cloud.ContosoKeyConnectionID},
	{"no-role", "the identity has no role on the subscription", func(r *Run) {
		r.World.Tenants[0].RoleAssignments = nil
	}, cloud.ContosoKeyConnectionID},
	{"two-subscriptions", "ARM_SUBSCRIPTION_ID names another subscription than the connection's", func(r *Run) {
		r.Variable("ARM_SUBSCRIPTION_ID", "11111111-2222-4333-8444-555555555555", false)
	}, cloud.ContosoKeyConnectionID},
}

var network = []Scenario{
	{"dns-failure", "the sign-in host does not resolve", func(r *Run) { r.Breaks[authority] = cloud.NoSuchHost }, cloud.ContosoKeyConnectionID},
	{"no-route", "there is no route to Resource Manager", func(r *Run) { r.Breaks[resources] = cloud.NoRoute }, cloud.ContosoKeyConnectionID},
	{"connection-refused", "a firewall refuses connections to the sign-in host", func(r *Run) { r.Breaks[authority] = cloud.Refused }, cloud.ContosoKeyConnectionID},
	{"tls-untrusted", "a proxy inspects TLS with an authority that this agent does not trust", func(r *Run) { r.NoCA = true }, cloud.ContosoKeyConnectionID},
	{"proxy-authentication", "the proxy wants credentials that the agent does not have", func(r *Run) {
		r.ProxyUser, r.ProxyPassword = "svc-build", "Tr0ub4dor&3-proxy"
	}, cloud.ContosoKeyConnectionID},
	{"captive-portal", "something on the way answers with a page of its own", func(r *Run) {
		r.Faults = append(r.Faults, cloud.Fault{Host: authority, HTML: true})
	}, cloud.ContosoKeyConnectionID},
	{"clock-off", "the agent's clock is two hours behind, and the token is granted all the same", func(r *Run) {
		r.shiftClock(2 * time.Hour)
	}, cloud.ContosoKeyConnectionID},
	{"clock-refused", "the agent's clock is two hours behind, and the assertion is refused for it", func(r *Run) {
		r.shiftClock(2 * time.Hour)
	}, cloud.ContosoCertificateConnectionID},
	{"authority-down", "Microsoft Entra answers 503 for as long as anyone asks", func(r *Run) {
		r.Faults = append(r.Faults, cloud.Fault{Host: authority, Method: http.MethodPost, Status: http.StatusServiceUnavailable})
		r.Step.Inputs["timeoutSeconds"] = "5"
	}, cloud.ContosoKeyConnectionID},
	{"authority-recovers", "Microsoft Entra answers 503 once and then works", func(r *Run) {
		r.Faults = append(r.Faults, cloud.Fault{Host: authority, Method: http.MethodPost, Status: http.StatusServiceUnavailable, Times: 1})
	}, cloud.ContosoKeyConnectionID},
	{"throttled-once", "Resource Manager asks to come back in a second, and then works", func(r *Run) {
		r.Faults = append(r.Faults, cloud.Fault{Host: resources, Status: http.StatusTooManyRequests, RetryAfter: "1", Times: 1})
	}, cloud.ContosoKeyConnectionID},
	{"hostile-text", "an answer carries logging commands, line breaks and terminal escapes", func(r *Run) {
		r.Faults = append(r.Faults, cloud.Fault{Host: authority, Method: http.MethodPost, Status: http.StatusBadRequest, Code: "AADSTS700016", Message: Hostile})
	}, cloud.ContosoKeyConnectionID},
}

// Hostile is text that must never become a command, a second line or a terminal
// escape.
const Hostile = "Application '##vso[task.setvariable variable=owned]yes' was not found\r\n" +
	"##vso[task.setvariable variable=owned]yes\n##\u200bvso[task.setvariable variable=owned]yes\r" +
	"##vso[task.complete result=Succeeded]done \x1b[2J\x1b[31m##[error]forged\u202e"

// shiftClock sets the services' clock apart from this machine's.
func (r *Run) shiftClock(d time.Duration) {
	machine := r.World.Clock
	r.World.Clock = func() time.Time { return machine().Add(d) }
}

// managementGroup makes the key connection one to a management group.
func (r *Run) managementGroup() {
	c := r.connection(cloud.ContosoKeyConnectionID)
	delete(c.Data, "subscriptionId")
	delete(c.Data, "subscriptionName")
	c.Data["scopeLevel"], c.Data["managementGroupId"] = "ManagementGroup", cloud.ContosoManagementGroup
}

// certificate gives the application and its connection a new certificate.
func (r *Run) certificate(from, to time.Time) {
	leaf, pem := cloud.NewCertificate(cloud.NewKey("renewed"), "contoso-deploy", from, to)
	r.application().Certificates = []cloud.Certificate{{Name: "pipelines", Leaf: leaf}}
	r.connection(cloud.ContosoCertificateConnectionID).Parameters["servicePrincipalCertificate"] = pem
}
