package scenario

import (
	"time"

	"armpreflight/internal/sim/cloud"
)

// record are situations of what Azure DevOps keeps of a connection.
var record = []Scenario{
	{"record-hidden", "the build service is no Reader of the connection", func(r *Run) {
		r.job().HidesConnections = true
	}, cloud.ContosoKeyConnectionID},
	{"organization-firewalled", "a firewall swallows what is sent to Azure DevOps", func(r *Run) {
		r.Faults = append(r.Faults, cloud.Fault{Host: "dev.azure.com", Hang: true})
	}, cloud.ContosoKeyConnectionID},
	{"connection-not-ready", "making the connection broke half-way", func(r *Run) {
		c := r.connection(cloud.ContosoKeyConnectionID)
		c.NotReady, c.OperationState = true, "Failed"
		c.OperationMessage = "Failed to set Azure permission 'RoleAssignmentId: 8f0c1d5e-3b42-4a7d-9e86-20c5f9a1b374' for the service principal"
		c.Data["creationMode"] = "Automatic"
	}, cloud.ContosoKeyConnectionID},
	{"connection-outdated", "a shared connection that Azure DevOps calls outdated, converted yesterday", func(r *Run) {
		c := r.connection(cloud.ContosoKeyConnectionID)
		c.Outdated, c.Shared = true, true
		c.Data["revertSchemeDeadline"] = r.World.Clock().Add(6 * 24 * time.Hour).UTC().Format(time.RFC3339)
	}, cloud.ContosoKeyConnectionID},
}
