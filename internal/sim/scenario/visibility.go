package scenario

import "armpreflight/internal/sim/cloud"

// visibility are situations of a subscription that an identity doesn't see, or not as it should be.
var visibility = []Scenario{
	{
		Name: "subscription-elsewhere", About: "the identity has its role on another subscription", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			tenant := &r.World.Tenants[0]
			tenant.Subscriptions = append(tenant.Subscriptions, cloud.Subscription{ID: "b7d5f3a9-2c48-4e61-97f1-0a3e8d6c4b25", Name: "Contoso Test", State: "Enabled"})
			r.assign(func(a *cloud.RoleAssignment) { a.Scope = "/subscriptions/b7d5f3a9-2c48-4e61-97f1-0a3e8d6c4b25" })
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AuthorizationFailed"}, Tokens: 1, Waits: 3, Says: `the identity sees "Contoso Test"`},
	},
	{
		Name: "spending-limit", About: "the credit of a trial subscription is used up", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			s := r.subscription()
			s.State, s.Offer, s.SpendingLimit = "Disabled", "FreeTrial_2014-09-01", "On"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"subscription-disabled"}, Tokens: 1, Waits: 2, Says: "spending limit: on"},
	},
}
