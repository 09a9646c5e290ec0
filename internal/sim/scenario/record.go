package scenario

import (
	"time"

	"armpreflight/internal/sim/cloud"
)

// record are situations of what Azure DevOps keeps of a connection.
var record = []Scenario{
	{
		Name: "record-hidden", About: "the build service is no Reader of the connection", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.job().HidesConnections = true
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "unknown: the build service can't read it"},
	},
	{
		Name: "organization-firewalled", About: "a firewall swallows what is sent to Azure DevOps", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: "dev.azure.com", Hang: true})
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "unknown: no response soon after the other checks"},
	},
	{
		Name: "connection-not-ready", About: "making the connection broke half-way", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			c := r.connection(cloud.ContosoKeyConnectionID)
			c.NotReady, c.OperationState = true, "Failed"
			c.OperationMessage = "Failed to set Azure permission 'RoleAssignmentId: 8f0c1d5e-3b42-4a7d-9e86-20c5f9a1b374' for the service principal"
			c.Data["creationMode"] = "Automatic"
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"connection-not-ready"}, Tokens: 1, Waits: 2, Says: "RoleAssignmentId"},
	},
	{
		Name: "connection-outdated", About: "a shared connection that Azure DevOps calls outdated, converted yesterday", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			c := r.connection(cloud.ContosoKeyConnectionID)
			c.Outdated, c.Shared = true, true
			c.Data["revertSchemeDeadline"] = r.World.Clock().Add(6 * 24 * time.Hour).UTC().Format(time.RFC3339)
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 2, Says: "you can revert it until"},
	},
}
