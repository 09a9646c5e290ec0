package scenario

import (
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
	return slices.Concat(healthy, clouds, identity, federation, record, expiry, pipeline, azure, visibility, resourcesNamed, rightsNamed, deployments, others, more, network)
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
	{
		Name: "healthy", About: "a connection with a client secret, all well", connection: cloud.ContosoKeyConnectionID,
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "ready: "},
	},
	{
		Name: "healthy-certificate", About: "a connection with a certificate, all well", connection: cloud.ContosoCertificateConnectionID,
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "ready: "},
	},
	{
		Name: "healthy-federation", About: "workload identity federation by the Entra issuer, all well", connection: cloud.ContosoFederationConnectionID,
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 3, Says: "issuer: Microsoft Entra"},
	},
	{
		Name: "healthy-managed-identity", About: "a managed identity on an agent of one's own, all well", connection: cloud.ContosoIdentityConnectionID,
		change: func(r *Run) {
			r.SelfHosted()
			r.World.Machine.IdentityHeader = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"
			r.IdentityEndpoint = true
		},
		Wants: Wants{Result: "Succeeded", Waits: 2, Says: "ready: "},
	},
	{
		Name: "healthy-resource-group", About: "a connection that has its rights on one resource group only", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.connection(cloud.ContosoKeyConnectionID).Parameters["scope"] = groupScope
			tenant := &r.World.Tenants[0]
			tenant.SubscriptionReadNeedsOwnRole = true
			for i, a := range tenant.RoleAssignments {
				if a.PrincipalID == cloud.ContosoPrincipalID {
					tenant.RoleAssignments[i].Scope = groupScope
				}
			}
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: `resource group "rg-app"`},
	},
	{
		Name: "healthy-management-group", About: "a connection to a management group, all well", connection: cloud.ContosoKeyConnectionID,
		change: (*Run).managementGroup,
		Wants:  Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: `"Contoso platform" is visible`},
	},
	{
		Name: "healthy-renamed", About: "the subscription was renamed after the connection was made, and the step expects the new name", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.subscription().Name = "Contoso Production"
			r.Step.Inputs["expectedSubscription"] = "contoso production"
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "ready: "},
	},
	{
		Name: "healthy-variables", About: "the subscription variable and two more are set as they should be", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Variable("armSubscription", "contoso prod", false)
			r.Variable("appName", "shop", false)
			r.Variable("dbPassword", "correct horse battery", true)
			r.Step.Inputs["subscriptionVariable"] = "armSubscription"
			r.Step.Inputs["requiredVariables"] = "appName\ndbPassword\n"
			r.Step.Inputs["expectedSubscription"] = cloud.ContosoSubscriptionName
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "2 set and resolved"},
	},
}

var clouds = []Scenario{
	{
		Name: "healthy-us-government", About: "a connection in the US Government cloud, all well", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.World.Tenants[0].Environment = "AzureUSGovernment"
			c := r.connection(cloud.ContosoKeyConnectionID)
			c.URL, c.Data["environment"] = "https://management.usgovcloudapi.net/", "AzureUSGovernment"
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "AzureUSGovernment"},
	},
	{
		Name: "healthy-azure-stack", About: "an Azure Stack that signs in at Entra; its addresses come from its metadata", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			stack := cloud.Environment{
				Name: "AzureStack", Authorities: []string{"login.stack.contoso.example"}, ResourceManager: "management.local.stack.contoso.example",
				Audiences: []string{"https://management.contoso.onmicrosoft.com/2b9d8f1e"}, MaxAPIVersion: "2019-10-01",
			}
			r.World.Environments = append(r.World.Environments, stack)
			r.World.Tenants[0].Environment = stack.Name
			c := r.connection(cloud.ContosoKeyConnectionID)
			c.URL, c.Data["environment"] = "https://"+stack.ResourceManager+"/", stack.Name
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Says: "ready: "},
	},
	{
		Name: "azure-germany", About: "a connection to the German cloud, which is closed", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			c := r.connection(cloud.ContosoKeyConnectionID)
			c.URL, c.Data["environment"] = "https://management.microsoftazure.de/", "AzureGermanCloud"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"cloud-retired"}, Says: "2021"},
	},
	{
		Name: "publish-profile", About: "a connection that holds a publish profile", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			c := r.connection(cloud.ContosoKeyConnectionID)
			c.Scheme = "PublishProfile"
			c.Parameters = map[string]string{"tenantid": cloud.ContosoTenantID, "publishProfile": "<publishData userPWD=\"Zx81kQ0vNn\"/>"}
		},
		Wants: Wants{Result: "Failed", Errors: []string{"scheme-unsupported"}, Says: "App Service"},
	},
}

const groupScope = "/subscriptions/" + cloud.ContosoSubscriptionID + "/resourcegroups/" + cloud.ContosoResourceGroup

var pipeline = []Scenario{
	{
		Name: "unresolved-connection", About: "the connection is given by a variable that an earlier step sets", connection: "",
		change: func(r *Run) {
			r.Step.Inputs["connectedServiceNameARM"] = "$(azureSubscription)"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"variable-unresolved"}, Says: "the run doesn't have a variable with this name"},
	},
	{
		Name: "connection-not-in-job", About: "the connection is a name that only became known while the job ran", connection: "",
		change: func(r *Run) {
			r.Variable("azureSubscription", "prod-key", false)
			r.Step.Inputs["connectedServiceNameARM"] = "$(azureSubscription)"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"connection-not-in-job"}},
	},
	{
		Name: "variable-unset", About: "the subscription variable is empty", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Variable("armSubscription", "", false)
			r.Step.Inputs["subscriptionVariable"] = "armSubscription"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"variable-unset"}, Tokens: 1, Waits: 2},
	},
	{
		Name: "variables-unresolved", About: "three required variables are missing or still hold $(…)", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Variable("appName", "$(deployedApp)", false)
			r.Step.Inputs["requiredVariables"] = "appName\nregion\nslot"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"variable-unresolved"}, Tokens: 1, Waits: 2, Says: "2 more findings"},
	},
	{
		Name: "subscription-mismatch", About: "the subscription variable names another subscription", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Variable("armSubscription", "Contoso Test", false)
			r.Step.Inputs["subscriptionVariable"] = "armSubscription"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"subscription-mismatch"}, Tokens: 1, Waits: 2},
	},
	{
		Name: "expectation-unresolved", About: "the expected subscription still holds $(…)", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["expectedSubscription"] = "$(targetSubscription)"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"variable-unresolved"}, Tokens: 1, Waits: 2},
	},
	{
		Name: "expectation-of-a-management-group", About: "a subscription is expected of a connection to a management group", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.managementGroup()
			r.Step.Inputs["expectedSubscription"] = cloud.ContosoSubscriptionName
		},
		Wants: Wants{Result: "Failed", Errors: []string{"input-invalid"}, Tokens: 1, Waits: 2, Says: "has no subscription"},
	},
	{
		Name: "fail-on-misspelt", About: "the variable ArmPreflight.FailOn holds a word that is none of its values", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Variable("ArmPreflight.FailOn", "nevr", false)
		},
		Wants: Wants{Result: "Failed", Errors: []string{"input-invalid"}, Tokens: 1, Waits: 2, Says: "Start a new run and set the variable"},
	},
	{
		Name: "input-invalid", About: "an input is not what it should be", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["timeoutSeconds"] = "one minute"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"input-invalid"}, Tokens: 1, Waits: 2, Says: "'one minute'"},
	},
}

var azure = []Scenario{
	{
		Name: "subscription-disabled", About: "the subscription is disabled", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) { r.subscription().State = "Disabled" },
		Wants:  Wants{Result: "Failed", Errors: []string{"subscription-disabled"}, Tokens: 1, Waits: 2},
	},
	{
		Name: "subscription-warned", About: "the subscription was warned", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) { r.subscription().State = "Warned" },
		Wants:  Wants{Result: "Succeeded", Warnings: []string{"subscription-warned"}, Tokens: 1, Waits: 2},
	},
	{
		Name: "subscription-past-due", About: "a payment for the subscription is due", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) { r.subscription().State = "PastDue" },
		Wants:  Wants{Result: "Succeeded", Warnings: []string{"subscription-past-due"}, Tokens: 1, Waits: 2},
	},
	{
		Name: "subscription-not-found", About: "the subscription does not exist", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.connection(cloud.ContosoKeyConnectionID).Data["subscriptionId"] = "deadbeef-1b39-4d57-86e0-9f2d7c5b3a14"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"SubscriptionNotFound"}, Tokens: 1, Waits: 3},
	},
	{
		Name: "subscription-in-an-odd-state", About: "the subscription is in a state that this version does not know", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) { r.subscription().State = "Migrating" },
		Wants:  Wants{Result: "SucceededWithIssues", Warnings: []string{"unexpected-answer"}, Tokens: 1, Waits: 2, Says: "Migrating"},
	},
	{
		Name: "resource-group-deleting", About: "the resource group of the connection is being deleted", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.connection(cloud.ContosoKeyConnectionID).Parameters["scope"] = groupScope
			r.subscription().ResourceGroups[0].State = "Deleting"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"resource-group-deleting"}, Tokens: 1, Waits: 2},
	},
	{
		Name: "no-answer", About: "Resource Manager takes the request and says nothing; a variable is unset as well", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: resources, Hang: true})
			r.Step.Inputs["timeoutSeconds"] = "5"
			r.Step.Inputs["subscriptionVariable"] = "armSubscription"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"variable-unset"}, Warnings: []string{"answer-timeout"}, Tokens: 1, Says: "doesn't have a value"},
	},
	{
		Name: "subscription-in-other-tenant", About: "the subscription moved to another tenant", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			moved := *r.subscription()
			r.World.Tenants[0].Subscriptions = nil
			r.World.Tenants = append(r.World.Tenants, cloud.Tenant{ID: "4e8b1d60-97f2-4c35-a0b9-d1e6f7a82c43", Name: "Fabrikam", Subscriptions: []cloud.Subscription{moved}})
		},
		Wants: Wants{Result: "Failed", Errors: []string{"InvalidAuthenticationTokenTenant"}, Tokens: 1, Waits: 2},
	},
	{
		Name: "subscription-not-expected", About: "the step expects another subscription", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["expectedSubscription"] = "Contoso Test"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"subscription-mismatch"}, Tokens: 1, Waits: 2},
	},
	{
		Name: "no-role", About: "the identity has no role on the subscription", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.World.Tenants[0].RoleAssignments = nil
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AuthorizationFailed"}, Tokens: 1, Waits: 3, Says: cloud.ContosoPrincipalID},
	},
	{
		Name: "two-subscriptions", About: "ARM_SUBSCRIPTION_ID names another subscription than the connection's", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Variable("ARM_SUBSCRIPTION_ID", "11111111-2222-4333-8444-555555555555", false)
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "ARM_SUBSCRIPTION_ID is set to another subscription"},
	},
}

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
