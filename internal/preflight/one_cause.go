package preflight

import (
	"slices"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
)

// OneCause turns findings that follow from another one into "blocked by" it.
// What is looked at inside a subscription is asked beside the subscription
// itself, to save a round trip: where that was refused, these only say it again. What
// a variable holds is compared with what the subscription says of itself.
func OneCause(results []check.Result) {
	for _, root := range results {
		if root.ID != Subscription.ID && root.ID != ManagementGroup.ID || len(root.Items) == 0 {
			continue
		}
		for i, r := range results {
			if r.ID == SubscriptionVariable.ID && r.Status == check.Skip && !r.NotApplicable && len(r.BlockedBy) == 0 {
				results[i].BlockedBy = []string{root.ID} // its name was to be compared
			}
			if len(r.Items) > 0 && slices.Contains(inside, r.ID) && follows(r, root) {
				results[i].Outcome = check.Outcome{Status: check.Skip}
				results[i].BlockedBy = []string{root.ID}
			}
		}
	}
}

// inside are the checks that look at what is in a subscription or a management group.
var inside = []string{ResourceGroups.ID, ResourceProviders.ID, Locations.ID, Permissions.ID, ExcessRights.ID, Locks.ID}

// follows reports whether a result says nothing beside its root: where Azure
// refused the root for good, nothing does; else what has the same codes.
func follows(r, root check.Result) bool {
	if slices.ContainsFunc(root.Items, refusedForGood) {
		return true
	}
	return !slices.ContainsFunc(r.Items, func(i check.Item) bool {
		return !slices.ContainsFunc(root.Items, func(j check.Item) bool { return i.Code == j.Code })
	})
}

func refusedForGood(i check.Item) bool {
	f, ok := i.Finding.(diagnosis.Finding)
	return ok && i.Status == check.Fail && f.Evidence != nil
}
