package preflight

import (
	"context"
	"fmt"

	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
)

// ManagementGroup asks what Subscription asks, for a connection to a management
// group. Facts: azure.ManagementGroup.
var ManagementGroup = &Check{
	ID:    "management-group",
	Layer: layerAzure,
	Title: "is the management group visible?",
	Needs: []*Check{AccessToken},
	Codes: func() []string { return finding.Codes(catalogue.ManagementGroupNotFound, "ARM") },
	Quiet: "the connection is for a subscription",
	Sends: "one read of the management group",
	Right: "Microsoft.Management/managementGroups/read",
	Run: func(ctx context.Context, w *World, s *state) check.Outcome {
		conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
		token, _ := check.FactsOf[azure.Token](s, AccessToken)
		if conn.Scope.ManagementGroupID == "" {
			return check.NotApplicable("the connection is for a subscription")
		}
		group, err := w.Azure(conn.Cloud).ManagementGroup(ctx, token, conn.Scope.ManagementGroupID)
		if err != nil {
			o := check.Found(w.judge().Refused(ctx, err, nil))
			o.Notes = missingRight(err)
			return o
		}
		return check.Passed(fmt.Sprintf("%q is visible", group.Properties.DisplayName), group)
	},
}
