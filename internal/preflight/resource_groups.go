package preflight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/finding"
)

// ResourceGroups asks whether the named groups exist in the connection's
// subscription and accept deployments, and the groups to which a deployment goes
// that it doesn't create itself.
var ResourceGroups = &Check{
	ID:    "resource-groups",
	Layer: layerAzure,
	Title: "do the listed groups exist and accept deployments?",
	Asked: func(w *World) bool { return len(w.Inputs.ResourceGroups) > 0 || len(w.Inputs.Deployment) > 0 },
	Needs: []*Check{AccessToken},
	After: []*Check{Deployment},
	Codes: func() []string {
		return finding.Codes(catalogue.InputInvalid, catalogue.ResourceGroupMissing, catalogue.ResourceGroupDeleting, "ARM")
	},
	Unasked: "the inputs resourceGroups and deployment are empty",
	Quiet:   "the deployment doesn't need a group that exists",
	Sends:   "one read of each group",
	Right:   "Microsoft.Resources/subscriptions/resourceGroups/read, which Reader, Contributor, and most other roles include (AcrPull, for example, doesn't)",
	Run:     runResourceGroups,
}

func runResourceGroups(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	token, _ := check.FactsOf[azure.Token](s, AccessToken)
	if conn.Scope.SubscriptionID == "" && len(w.Inputs.ResourceGroups) > 0 {
		return check.Found(w.withoutSubscription(s, "resourceGroups", w.Inputs.ResourceGroups[0]))
	}
	wanted := w.namedGroups(s, conn.Scope.SubscriptionID)
	if len(wanted) == 0 {
		return check.NotApplicable("the deployment doesn't need a group that exists")
	}
	client := w.Azure(conn.Cloud)
	groups, errs := make([]azure.ResourceGroup, len(wanted)), make([]error, len(wanted))
	check.Each(len(wanted), scopesAtOnce, func(i int) {
		groups[i], errs[i] = client.ResourceGroup(ctx, token, wanted[i].SubscriptionID, wanted[i].Group)
	})
	var items []check.Item
	var notes, names, unseen []string
	for i, known := range wanted {
		name := known.Group
		switch err := errs[i]; {
		case err == nil && strings.EqualFold(groups[i].Properties.ProvisioningState, "Deleting"):
			items = append(items, finding.New(check.Fail, facts.ResourceGroupDeleting(known)))
		case err == nil && groups[i].Properties.ProvisioningState == "":
			items = append(items, w.unexpected(fmt.Sprintf("no provisioning state in the response for the resource group %q", name)))
		case err == nil:
			names = append(names, name)
		case isMissing(err, catalogue.ResourceGroupNotFound):
			items = append(items, finding.New(check.Fail, facts.ResourceGroupMissing(known)))
		case lacksRight(err) && !containsFold(w.Inputs.ResourceGroups, name): // not every deployment to a group needs that right
			unseen = append(unseen, name)
		default:
			items = append(items, w.unreadable(ctx, s, err, facts.Request{Group: name, SubscriptionID: known.SubscriptionID}))
			notes = appendNew(notes, missingRight(err)...)
		}
	}
	words := ""
	if len(unseen) > 0 {
		words = "the identity can't read " + strings.Join(unseen, ", ")
	}
	o := check.Passed(existing(names), nil)
	switch {
	case len(items) > 0:
		o = check.Found(items...)
		if words != "" {
			notes = appendNew(notes, words)
		}
	case words != "" && len(names) > 0:
		o = check.Unseen(words+"; "+existing(names), nil)
	case words != "":
		o = check.Unseen(words, nil)
	}
	o.Notes = notes
	return o
}

// namedGroups are the groups of the input, and those that a deployment needs to exist already.
func (w *World) namedGroups(s *state, subscription string) []facts.ResourceGroup {
	var all []facts.ResourceGroup
	add := func(subscription, name string) {
		if !slices.ContainsFunc(all, func(g facts.ResourceGroup) bool {
			return strings.EqualFold(g.SubscriptionID, subscription) && strings.EqualFold(g.Group, name)
		}) {
			all = append(all, facts.ResourceGroup{Group: name, SubscriptionID: subscription})
		}
	}
	for _, name := range w.Inputs.ResourceGroups {
		add(subscription, name)
	}
	for _, g := range needsOf(s).ResourceGroups {
		id, ok := arm.ParseID(g.ID)
		if ok && !g.Created && id.Level() == arm.ResourceGroup && !strings.Contains(g.ID, "{") {
			add(id.Subscription, id.ResourceGroup)
		}
	}
	return all
}

// unreadable is the finding of something that was named and may not be
// read: that doesn't answer whether it's there.
func (w *World) unreadable(ctx context.Context, s *state, err error, about catalogue.Facts) check.Item {
	if forbidden(err) {
		return w.judge().Unseen(ctx, err, about)
	}
	return w.judge().Refused(ctx, err, about)
}

// isMissing reports whether Resource Manager answered that there's no such thing.
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

// appendNew appends what isn't there yet.
func appendNew(lines []string, more ...string) []string {
	for _, line := range more {
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}
