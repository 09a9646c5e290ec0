package preflight

import (
	"slices"

	"armpreflight/internal/check"
	"armpreflight/internal/diagnosis"
)

// OneCause turns findings that follow from another one into "blocked by" it.
// Requests for what's in a subscription run together with those for the subscription
// itself, to save a round trip: if that was refused, these only repeat it. What
// a variable holds is compared with what the subscription says about itself.
func OneCause(results []check.Result) {
	for _, root := range results {
		if root.ID != Subscription.ID && root.ID != ManagementGroup.ID || len(root.Items) == 0 {
			continue
		}
		for i, r := range results {
			if r.ID == SubscriptionVariable.ID && r.Status == check.Skip && !r.NotApplicable && len(r.BlockedBy) == 0 {
				results[i].BlockedBy = []string{root.ID} // its name is what's compared
			}
			if len(r.Items) > 0 && slices.Contains(inside, r.ID) && follows(r, root) {
				results[i].Outcome = check.Outcome{Status: check.Skip}
				results[i].BlockedBy = []string{root.ID}
			}
		}
	}
}

// inside are the checks of what's in a subscription or a management group.
var inside = []string{ResourceGroups.ID, ResourceProviders.ID, Locations.ID, Permissions.ID, ExcessRights.ID, Locks.ID}

// follows reports whether a result adds nothing to its root: if Azure
// refused the root permanently, none adds anything; otherwise, one with the same codes doesn't.
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
