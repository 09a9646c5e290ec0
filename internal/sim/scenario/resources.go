package scenario

import (
	"fmt"
	"strings"

	"armpreflight/internal/sim/cloud"
)

const (
	subscriptionScope = "/subscriptions/" + cloud.ContosoSubscriptionID
	webWrite          = "Microsoft.Web/sites/write @ resourceGroups/" + cloud.ContosoResourceGroup
)

// resourcesNamed are situations of what a step names: groups, providers, and locks on them.
var resourcesNamed = []Scenario{
	{
		Name: "healthy-named-resources", About: "two resource groups and two providers are named, all well", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.subscription().ResourceGroups = append(r.subscription().ResourceGroups, cloud.ResourceGroup{Name: "rg-data", Location: "westeurope"})
			r.Step.Inputs["resourceGroups"] = strings.ToUpper(cloud.ContosoResourceGroup) + "\nrg-data\n"
			r.Step.Inputs["requiredProviders"] = "Microsoft.Web\nmicrosoft.storage"
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "RG-APP, rg-data exist"},
	},
	{
		Name: "resource-group-missing", About: "one of two named resource groups does not exist", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["resourceGroups"] = cloud.ContosoResourceGroup + "\nrg-ap"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"resource-group-missing"}, Tokens: 1, Waits: 2, Says: "'rg-ap'"},
	},
	{
		Name: "resource-group-unreadable", About: "a named resource group is out of the reach of a connection for another group", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.onGroupOnly()
			r.subscription().ResourceGroups = append(r.subscription().ResourceGroups, cloud.ResourceGroup{Name: "rg-data", Location: "westeurope"})
			r.Step.Inputs["resourceGroups"] = "rg-data"
		},
		Wants: Wants{Result: "SucceededWithIssues", Warnings: []string{"AuthorizationFailed"}, Tokens: 1, Waits: 2, Says: "the smallest built-in role with that permission: Reader"},
	},
	{
		Name: "named-group-deleting", About: "a named resource group is on its way out", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.subscription().ResourceGroups[0].State = "Deleting"
			r.Step.Inputs["resourceGroups"] = cloud.ContosoResourceGroup
		},
		Wants: Wants{Result: "Failed", Errors: []string{"resource-group-deleting"}, Tokens: 1, Waits: 2},
	},
	{
		Name: "provider-not-registered", About: "a named provider is not registered, and a deployment would register it", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["requiredProviders"] = "Microsoft.Web\nMicrosoft.ContainerService"
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"provider-not-registered"}, Tokens: 1, Waits: 3, Says: "You don't need to do anything"},
	},
	{
		Name: "provider-not-registered-no-right", About: "a named provider is not registered, and the identity may not register it", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.role(cloud.RoleReader)
			r.Step.Inputs["requiredProviders"] = "Microsoft.ContainerService"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"provider-not-registered"}, Tokens: 1, Waits: 3, Says: "az provider register"},
	},
	{
		Name: "provider-registering", About: "a named provider is being registered", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.subscription().Providers[2].State = "Registering"
			r.Step.Inputs["requiredProviders"] = r.subscription().Providers[2].Namespace
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"provider-registering"}, Tokens: 1, Waits: 2},
	},
	{
		Name: "provider-unknown", About: "a resource type is named where a provider is asked for, and a provider that does not exist", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["requiredProviders"] = "Microsoft.Webb"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"provider-unknown"}, Tokens: 1, Waits: 2, Says: "Microsoft.Webb"},
	},
	{
		Name: "many-providers", About: "two hundred providers are named, and one doesn't exist", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			names := []string{"Contoso.Missing"}
			for i := range 199 {
				p := cloud.Provider{Namespace: fmt.Sprintf("Contoso.Service%d", i), State: "Registered"}
				r.subscription().Providers = append(r.subscription().Providers, p)
				names = append(names, p.Namespace)
			}
			r.Step.Inputs["requiredProviders"] = strings.Join(names, "\n")
		},
		Wants: Wants{Result: "Failed", Errors: []string{"provider-unknown"}, Tokens: 1, Says: "Contoso.Missing"},
	},
	{
		Name: "read-only-lock", About: "a read-only lock is on a named resource group", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.lock("freeze", "ReadOnly", "until the audit is over", groupScope)
			r.Step.Inputs["resourceGroups"] = cloud.ContosoResourceGroup
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"read-only-lock"}, Tokens: 1, Waits: 2, Says: "until the audit is over"},
	},
	{
		Name: "read-only-lock-on-write", About: "a read-only lock is on the subscription, and something is to be written in it", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.lock("freeze", "ReadOnly", "", subscriptionScope)
			r.Step.Inputs["requiredActions"] = webWrite
		},
		Wants: Wants{Result: "Failed", Errors: []string{"read-only-lock"}, Tokens: 1, Waits: 2, Says: "blocks 'Microsoft.Web/sites/write'"},
	},
	{
		Name: "delete-locks", About: "delete locks are on the subscription, a named group and a resource in it", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.lock("keep", "CanNotDelete", "do not delete", subscriptionScope)
			r.lock("keep-group", "CanNotDelete", "", groupScope)
			r.lock("keep-site", "CanNotDelete", "", groupScope+"/providers/Microsoft.Web/sites/shop")
			r.lock("elsewhere", "ReadOnly", "", subscriptionScope+"/resourceGroups/rg-other")
			r.Step.Inputs["resourceGroups"] = cloud.ContosoResourceGroup
			r.Step.Inputs["requiredActions"] = webWrite
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: `delete lock "keep-group"`},
	},
	{
		Name: "delete-lock", About: "a delete lock is on a group in which something is to be deleted", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.lock("keep", "CanNotDelete", "do not delete", groupScope)
			r.Step.Inputs["requiredActions"] = "Microsoft.Web/sites/delete @ resourceGroups/" + cloud.ContosoResourceGroup
		},
		Wants: Wants{Result: "Failed", Errors: []string{"delete-lock"}, Tokens: 1, Waits: 2, Says: "do not delete"},
	},
}

// lock sets a lock.
func (r *Run) lock(name, level, notes, scope string) {
	tenant := &r.World.Tenants[0]
	tenant.Locks = append(tenant.Locks, cloud.Lock{Name: name, Level: level, Notes: notes, Scope: scope})
}

// role gives the connection's identity another role on the subscription, instead of Contributor.
func (r *Run) role(id string) { r.assign(func(a *cloud.RoleAssignment) { a.RoleID = id }) }

// onGroupOnly leaves the connection's identity its role on one resource group only, for which the connection is then.
func (r *Run) onGroupOnly() {
	r.connection(cloud.ContosoKeyConnectionID).Parameters["scope"] = groupScope
	r.World.Tenants[0].SubscriptionReadNeedsOwnRole = true
	r.assign(func(a *cloud.RoleAssignment) { a.Scope = groupScope })
}

// assign changes the assignment of the connection's identity on the subscription.
func (r *Run) assign(change func(*cloud.RoleAssignment)) {
	assignments := r.World.Tenants[0].RoleAssignments
	for i, a := range assignments {
		if a.PrincipalID == cloud.ContosoPrincipalID && strings.EqualFold(a.Scope, subscriptionScope) {
			change(&assignments[i])
		}
	}
}

// WantsProviders lets the step ask whether n resource providers are registered, which they are.
func (r *Run) WantsProviders(n int) {
	var names []string
	for i := range n {
		p := cloud.Provider{Namespace: fmt.Sprintf("Contoso.Service%d", i), State: "Registered"}
		r.subscription().Providers = append(r.subscription().Providers, p)
		names = append(names, p.Namespace)
	}
	r.Step.Inputs["requiredProviders"] = strings.Join(names, "\n")
}
