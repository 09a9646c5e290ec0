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
	{"healthy-named-resources", "two resource groups and two providers are named, all well", func(r *Run) {
		r.subscription().ResourceGroups = append(r.subscription().ResourceGroups, cloud.ResourceGroup{Name: "rg-data", Location: "westeurope"})
		r.Step.Inputs["resourceGroups"] = strings.ToUpper(cloud.ContosoResourceGroup) + "\nrg-data\n"
		r.Step.Inputs["requiredProviders"] = "Microsoft.Web\nmicrosoft.storage"
	}, cloud.ContosoKeyConnectionID},
	{"resource-group-missing", "one of two named resource groups does not exist", func(r *Run) {
		r.Step.Inputs["resourceGroups"] = cloud.ContosoResourceGroup + "\nrg-ap"
	}, cloud.ContosoKeyConnectionID},
	{"resource-group-unreadable", "a named resource group is out of the reach of a connection for another group", func(r *Run) {
		r.onGroupOnly()
		r.subscription().ResourceGroups = append(r.subscription().ResourceGroups, cloud.ResourceGroup{Name: "rg-data", Location: "westeurope"})
		r.Step.Inputs["resourceGroups"] = "rg-data"
	}, cloud.ContosoKeyConnectionID},
	{"named-group-deleting", "a named resource group is on its way out", func(r *Run) {
		r.subscription().ResourceGroups[0].State = "Deleting"
		r.Step.Inputs["resourceGroups"] = cloud.ContosoResourceGroup
	}, cloud.ContosoKeyConnectionID},
	{"provider-not-registered", "a named provider is not registered, and a deployment would register it", func(r *Run) {
		r.Step.Inputs["requiredProviders"] = "Microsoft.Web\nMicrosoft.ContainerService"
	}, cloud.ContosoKeyConnectionID},
	{"provider-not-registered-no-right", "a named provider is not registered, and the identity may not register it", func(r *Run) {
		r.role(cloud.RoleReader)
		r.Step.Inputs["requiredProviders"] = "Microsoft.ContainerService"
	}, cloud.ContosoKeyConnectionID},
	{"provider-registering", "a named provider is being registered", func(r *Run) {
		r.subscription().Providers[2].State = "Registering"
		r.Step.Inputs["requiredProviders"] = r.subscription().Providers[2].Namespace
	}, cloud.ContosoKeyConnectionID},
	{"provider-unknown", "a resource type is named where a provider is asked for, and a provider that does not exist", func(r *Run) {
		r.Step.Inputs["requiredProviders"] = "Microsoft.Webb"
	}, cloud.ContosoKeyConnectionID},
	{"many-providers", "two hundred providers are named, one of which does not exist", func(r *Run) {
		names := []string{"Contoso.Missing"}
		for i := range 199 {
			p := cloud.Provider{Namespace: fmt.Sprintf("Contoso.Service%d", i), State: "Registered"}
			r.subscription().Providers = append(r.subscription().Providers, p)
			names = append(names, p.Namespace)
		}
		r.Step.Inputs["requiredProviders"] = strings.Join(names, "\n")
	}, cloud.ContosoKeyConnectionID},
	{"read-only-lock", "a read-only lock is on a named resource group", func(r *Run) {
		r.lock("freeze", "ReadOnly", "until the audit is over", groupScope)
		r.Step.Inputs["resourceGroups"] = cloud.ContosoResourceGroup
	}, cloud.ContosoKeyConnectionID},
	{"read-only-lock-on-write", "a read-only lock is on the subscription, and something is to be written in it", func(r *Run) {
		r.lock("freeze", "ReadOnly", "", subscriptionScope)
		r.Step.Inputs["requiredActions"] = webWrite
	}, cloud.ContosoKeyConnectionID},
	{"delete-locks", "delete locks are on the subscription, a named group and a resource in it", func(r *Run) {
		r.lock("keep", "CanNotDelete", "do not delete", subscriptionScope)
		r.lock("keep-group", "CanNotDelete", "", groupScope)
		r.lock("keep-site", "CanNotDelete", "", groupScope+"/providers/Microsoft.Web/sites/shop")
		r.lock("elsewhere", "ReadOnly", "", subscriptionScope+"/resourceGroups/rg-other")
		r.Step.Inputs["resourceGroups"] = cloud.ContosoResourceGroup
		r.Step.Inputs["requiredActions"] = webWrite
	}, cloud.ContosoKeyConnectionID},
	{"delete-lock", "a delete lock is on a group in which something is to be deleted", func(r *Run) {
		r.lock("keep", "CanNotDelete", "do not delete", groupScope)
		r.Step.Inputs["requiredActions"] = "Microsoft.Web/sites/delete @ resourceGroups/" + cloud.ContosoResourceGroup
	}, cloud.ContosoKeyConnectionID},
}

// lock sets a lock.
func (r *Run) lock(name, level, notes, scope string) {
	tenant := &r.World.Tenants[0]
	tenant.Locks = append(tenant.Locks, cloud.Lock{Name: name, Level: level, Notes: notes, Scope: scope})
}

// role gives the connection's identity another role on the subscription, in place of Contributor.
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
