package preflight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/finding"
)

// ResourceGroups asks whether the named groups exist in the connection's
// subscription and accept deployments.
var ResourceGroups = &Check{
	ID:      "resource-groups",
	Layer:   layerAzure,
	Title:   "do the listed groups exist and accept deployments?",
	Asked:   func(w *World) bool { return len(w.Inputs.ResourceGroups) > 0 },
	Needs:   []*Check{AccessToken},
	Codes:   finding.Codes(catalogue.InputInvalid, catalogue.ResourceGroupMissing, catalogue.ResourceGroupDeleting, "ARM"),
	Unasked: "the input resourceGroups is empty",
	Sends:   "one read of each group",
	Right:   "Microsoft.Resources/subscriptions/resourceGroups/read, which Reader, Contributor, and most other roles include (AcrPull, for example, doesn't)",
	Run:     runResourceGroups,
}

func runResourceGroups(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	token, _ := check.FactsOf[azure.Token](s, AccessToken)
	names := w.Inputs.ResourceGroups
	if conn.Scope.SubscriptionID == "" {
		return check.Found(w.withoutSubscription(s, "resourceGroups", names[0]))
	}
	arm := w.Azure(conn.Cloud)
	groups, errs := make([]azure.ResourceGroup, len(names)), make([]error, len(names))
	check.Each(len(names), questionsAtOnce, func(i int) {
		groups[i], errs[i] = arm.ResourceGroup(ctx, token, conn.Scope.SubscriptionID, names[i])
	})
	var items []check.Item
	var notes []string
	for i, name := range names {
		known := facts.ResourceGroup{Group: name, SubscriptionID: conn.Scope.SubscriptionID}
		switch err := errs[i]; {
		case err == nil && strings.EqualFold(groups[i].Properties.ProvisioningState, "Deleting"):
			items = append(items, finding.New(check.Fail, facts.ResourceGroupDeleting(known)))
		case err == nil && groups[i].Properties.ProvisioningState == "":
			items = append(items, w.unexpected(fmt.Sprintf("no provisioning state in the response for the resource group %q", name)))
		case err == nil:
		case isMissing(err, catalogue.ResourceGroupNotFound):
			items = append(items, finding.New(check.Fail, facts.ResourceGroupMissing(known)))
		default:
			items = append(items, w.unreadable(ctx, s, err, facts.Request{Group: name, SubscriptionID: conn.Scope.SubscriptionID}))
			notes = appendNew(notes, missingRight(err)...)
		}
	}
	o := check.Passed(existing(names), nil)
	if len(items) > 0 {
		o = check.Found(items...)
	}
	o.Notes = notes
	return o
}

// unreadable is the finding of something that was named and may not be looked
// at: that is no answer to whether it is there.
func (w *World) unreadable(ctx context.Context, s *state, err error, about catalogue.Facts) check.Item {
	if forbidden(err) {
		return w.judge().Unseen(ctx, err, about)
	}
	return w.judge().Refused(ctx, err, about)
}

// isMissing reports whether Resource Manager answered that there is no such thing.
func isMissing(err error, code catalogue.Code) bool {
	f, ok := errors.AsType[*evidence.Failure](err)
	return ok && f.Evidence.Status == http.StatusNotFound && slices.Contains(f.Evidence.Codes, string(code))
}

func existing(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%d groups exist", len(names))
	}
	if len(names) == 1 {
		return names[0] + " exists"
	}
	return strings.Join(names, ", ") + " exist"
}

// appendNew appends what is not there yet.
func appendNew(lines []string, more ...string) []string {
	for _, line := range more {
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}
