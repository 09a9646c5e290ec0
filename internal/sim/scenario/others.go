package scenario

import (
	"time"

	"armpreflight/internal/sim/cloud"
)

// others are situations of a step's own inputs: what it waives; and of a
// connection to a management group.
var others = []Scenario{
	{"waived-failure", "the subscription is disabled, and the step accepts that until next week", func(r *Run) {
		r.subscription().State = "Disabled"
		r.waive("subscription=subscription-disabled", 7, "it is enabled on Monday, ticket 4711")
	}, cloud.ContosoKeyConnectionID},
	{"waiver-ended", "the subscription is disabled, and the step accepted that until yesterday", func(r *Run) {
		r.subscription().State = "Disabled"
		r.waive("subscription", -1, "it is enabled on Monday, ticket 4711")
	}, cloud.ContosoKeyConnectionID},
	{"waiver-for-another-code", "the subscription is disabled, and the step accepts that a payment is due", func(r *Run) {
		r.subscription().State = "Disabled"
		r.waive("subscription=subscription-past-due", 7, "finance knows")
	}, cloud.ContosoKeyConnectionID},
	{"waiver-malformed", "a waiver gives no reason", func(r *Run) {
		r.subscription().State = "Disabled"
		r.Step.Inputs["waivers"] = "subscription until 2099-12-31"
	}, cloud.ContosoKeyConnectionID},
	{"waiver-of-access-token", "the secret is wrong, and the step would accept that", func(r *Run) {
		r.connection(cloud.ContosoKeyConnectionID).Parameters["serviceprincipalkey"] = "b81c0d4e-0000-4f6a-9d17-secret-id-not-value"
		r.waive("access-token", 7, "somebody is at it")
	}, cloud.ContosoKeyConnectionID},
	{"waiver-far-ahead", "a waiver runs for two years", func(r *Run) {
		r.waive("locks", 730, "the lock is ours")
	}, cloud.ContosoKeyConnectionID},
	{"management-group-hidden", "the identity has no role on the management group of the connection", func(r *Run) {
		r.managementGroup()
		r.World.Tenants[0].RoleAssignments = nil
	}, cloud.ContosoKeyConnectionID},
	{"management-group-not-found", "the management group of the connection was deleted", func(r *Run) {
		r.managementGroup()
		r.World.Tenants[0].ManagementGroups = nil
	}, cloud.ContosoKeyConnectionID},
}

// waive adds a line to the waivers of the step, good for so many days from today.
func (r *Run) waive(what string, days int, because string) {
	day := r.World.Clock().UTC().AddDate(0, 0, days).Format(time.DateOnly)
	r.Step.Inputs["waivers"] += what + " until " + day + " because " + because + "\n"
}
