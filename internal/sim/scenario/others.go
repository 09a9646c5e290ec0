package scenario

import (
	"time"

	"armpreflight/internal/sim/cloud"
)

// others are situations of a step's own inputs: what it waives; and of a
// connection to a management group.
var others = []Scenario{
	{
		Name: "waived-failure", About: "the subscription is disabled, and the step accepts that until next week", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.subscription().State = "Disabled"
			r.waive("subscription=subscription-disabled", 7, "it is enabled on Monday, ticket 4711")
		},
		Wants: Wants{Result: "SucceededWithIssues", Warnings: []string{"subscription-disabled"}, Tokens: 1, Waits: 2, Says: "ticket 4711"},
	},
	{
		Name: "waiver-ended", About: "the subscription is disabled, and the step accepted that until yesterday", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.subscription().State = "Disabled"
			r.waive("subscription", -1, "it is enabled on Monday, ticket 4711")
		},
		Wants: Wants{Result: "Failed", Errors: []string{"subscription-disabled"}, Tokens: 1, Waits: 2, Says: "the waiver for subscription expired on"},
	},
	{
		Name: "waiver-for-another-code", About: "the subscription is disabled, and the step accepts that a payment is due", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.subscription().State = "Disabled"
			r.waive("subscription=subscription-past-due", 7, "finance knows")
		},
		Wants: Wants{Result: "Failed", Errors: []string{"subscription-disabled"}, Tokens: 1, Waits: 2, Says: "not ready: subscription failed"},
	},
	{
		Name: "waiver-malformed", About: "a waiver gives no reason", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.subscription().State = "Disabled"
			r.Step.Inputs["waivers"] = "subscription until 2099-12-31"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"input-invalid", "subscription-disabled"}, Tokens: 1, Waits: 2, Says: "check-id[=code] until YYYY-MM-DD"},
	},
	{
		Name: "waiver-of-access-token", About: "the secret is wrong, and the step would accept that", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.connection(cloud.ContosoKeyConnectionID).Parameters["serviceprincipalkey"] = "b81c0d4e-0000-4f6a-9d17-secret-id-not-value"
			r.waive("access-token", 7, "somebody is at it")
		},
		Wants: Wants{Result: "Failed", Errors: []string{"input-invalid", "AADSTS7000215"}, Tokens: 1, Waits: 1, Says: "a check that can be waived (not inputs, connection-input, connection-data,"},
	},
	{
		Name: "waiver-far-ahead", About: "a waiver runs for two years", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.waive("locks", 730, "the lock is ours")
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "the waiver for locks is valid until 2"},
	},
	{
		Name: "management-group-hidden", About: "the identity has no role on the management group of the connection", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.managementGroup()
			r.World.Tenants[0].RoleAssignments = nil
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AuthorizationFailed"}, Tokens: 1, Waits: 2, Says: "'Microsoft.Management/managementGroups/read'"},
	},
	{
		Name: "management-group-not-found", About: "the management group of the connection was deleted", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.managementGroup()
			r.World.Tenants[0].ManagementGroups = nil
		},
		Wants: Wants{Result: "Failed", Errors: []string{"management-group-not-found"}, Tokens: 1, Waits: 2, Says: "the group was deleted"},
	},
}

// waive adds a line to the waivers of the step, good for so many days from today.
func (r *Run) waive(what string, days int, because string) {
	day := r.World.Clock().UTC().AddDate(0, 0, days).Format(time.DateOnly)
	r.Step.Inputs["waivers"] += what + " until " + day + " because " + because + "\n"
}
