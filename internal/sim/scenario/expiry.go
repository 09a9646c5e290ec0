package scenario

import (
	"time"

	"armpreflight/internal/sim/cloud"
)

// expiry are situations of when a client secret expires, and who knows.
var expiry = []Scenario{
	{
		Name: "healthy-expiry-given", About: "the pipeline names the day on which the secret ends", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["credentialExpiresOn"] = r.inDays(61)
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "expires in 61 days"},
	},
	{
		Name: "expiry-given-near", About: "the day that the pipeline names is near", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["credentialExpiresOn"] = r.inDays(5)
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"secret-expiring"}, Tokens: 1, Waits: 2, Says: "in 5 days"},
	},
	{
		Name: "expiry-given-too-near", About: "the day that the pipeline names is nearer than expiryErrorDays", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["credentialExpiresOn"], r.Step.Inputs["expiryErrorDays"] = r.inDays(5), "7"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"secret-expiring"}, Tokens: 1, Waits: 2, Says: "not ready: credential-expiry failed"},
	},
	{
		Name: "expiry-given-passed", About: "the day that the pipeline names is over, and the secret still works", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["credentialExpiresOn"] = r.inDays(-3)
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"secret-expired"}, Tokens: 1, Waits: 2, Says: "Correct the date where the input"},
	},
	{
		Name: "expiry-given-malformed", About: "the day is no day", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["credentialExpiresOn"] = "1 May 2027"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"input-invalid"}, Tokens: 1, Waits: 2, Says: "YYYY-MM-DD"},
	},
	{
		Name: "healthy-expiry-by-graph", About: "the identity owns its own application and may read it", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.application().GraphRoles = []string{"Application.ReadWrite.OwnedBy"}
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Says: "expires in 61 days"},
	},
	{
		Name: "secret-expiring", About: "the identity may read its own application, whose secret ends in five days", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.application().GraphRoles = []string{"Application.ReadWrite.OwnedBy"}
			r.application().Secrets[0].Ends = r.World.Clock().Add(5*24*time.Hour + time.Hour)
			r.application().Secrets = append(r.application().Secrets, cloud.Secret{KeyID: "5b2e8f04-7d13-4c69-a8e5-f0c1d2b3a495", Name: "other", Value: "zzz-other-secret",
				Starts: r.World.Clock().AddDate(-1, 0, 0), Ends: r.World.Clock().AddDate(1, 0, 0)})
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"secret-expiring"}, Tokens: 1, Says: "in 5 days"},
	},
	{
		Name: "graph-firewalled", About: "a firewall swallows what is sent to Microsoft Graph, which the identity may read", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.application().GraphRoles = []string{"Application.ReadWrite.OwnedBy"}
			r.Faults = append(r.Faults, cloud.Fault{Host: "graph.microsoft.com", Hang: true})
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Says: "unknown: no response soon after the other checks"},
	},
	{
		Name: "expiry-not-asked", About: "expiryWarningDays is 0: Microsoft Graph is not asked", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Step.Inputs["expiryWarningDays"] = "0"
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "credential-expiry"},
	},
}

// inDays is a day as people write it, so many days from now.
func (r *Run) inDays(n int) string {
	return r.World.Clock().UTC().AddDate(0, 0, n).Format(time.DateOnly)
}
