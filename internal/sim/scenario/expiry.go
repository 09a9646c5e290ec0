package scenario

import (
	"time"

	"armpreflight/internal/sim/cloud"
)

// expiry are situations of when a client secret ends, and who knows.
var expiry = []Scenario{
	{"healthy-expiry-given", "the pipeline names the day on which the secret ends", func(r *Run) {
		r.Step.Inputs["credentialExpiresOn"] = r.inDays(61)
	}, cloud.ContosoKeyConnectionID},
	{"expiry-given-near", "the day that the pipeline names is near", func(r *Run) {
		r.Step.Inputs["credentialExpiresOn"] = r.inDays(5)
	}, cloud.ContosoKeyConnectionID},
	{"expiry-given-too-near", "the day that the pipeline names is nearer than expiryErrorDays", func(r *Run) {
		r.Step.Inputs["credentialExpiresOn"], r.Step.Inputs["expiryErrorDays"] = r.inDays(5), "7"
	}, cloud.ContosoKeyConnectionID},
	{"expiry-given-passed", "the day that the pipeline names is over, and the secret still works", func(r *Run) {
		r.Step.Inputs["credentialExpiresOn"] = r.inDays(-3)
	}, cloud.ContosoKeyConnectionID},
	{"expiry-given-malformed", "the day is no day", func(r *Run) {
		r.Step.Inputs["credentialExpiresOn"] = "1 May 2027"
	}, cloud.ContosoKeyConnectionID},
	{"healthy-expiry-by-graph", "the identity owns its own application and may read it", func(r *Run) {
		r.application().GraphRoles = []string{"Application.ReadWrite.OwnedBy"}
	}, cloud.ContosoKeyConnectionID},
	{"secret-expiring", "the identity may read its own application, whose secret ends in five days", func(r *Run) {
		r.application().GraphRoles = []string{"Application.ReadWrite.OwnedBy"}
		r.application().Secrets[0].Ends = r.World.Clock().Add(5*24*time.Hour + time.Hour)
		r.application().Secrets = append(r.application().Secrets, cloud.Secret{KeyID: "5b2e8f04-7d13-4c69-a8e5-f0c1d2b3a495", Name: "other", Value: "zzz-other-secret",
			Starts: r.World.Clock().AddDate(-1, 0, 0), Ends: r.World.Clock().AddDate(1, 0, 0)})
	}, cloud.ContosoKeyConnectionID},
	{"graph-firewalled", "a firewall swallows what is sent to Microsoft Graph, which the identity may read", func(r *Run) {
		r.application().GraphRoles = []string{"Application.ReadWrite.OwnedBy"}
		r.Faults = append(r.Faults, cloud.Fault{Host: "graph.microsoft.com", Hang: true})
	}, cloud.ContosoKeyConnectionID},
	{"expiry-not-asked", "expiryWarningDays is 0: Microsoft Graph is not asked", func(r *Run) {
		r.Step.Inputs["expiryWarningDays"] = "0"
	}, cloud.ContosoKeyConnectionID},
}

// inDays is a day as people write it, so many days from now.
func (r *Run) inDays(n int) string {
	return r.World.Clock().UTC().AddDate(0, 0, n).Format(time.DateOnly)
}
