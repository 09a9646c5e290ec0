package preflight

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/deployment"
	"armpreflight/internal/finding"
)

// Locations asks whether the types of a deployment are offered in its regions and with its API versions, and whether a resource
// group that it creates exists already somewhere else. It judges what the checks of providers and groups have read, and reads the
// groups that the deployment creates.
var Locations = &Check{
	ID:    "locations",
	Layer: layerAzure,
	Title: "if a deployment is listed: are its resource types offered in its locations and API versions, and do its groups exist elsewhere?",
	Asked: func(w *World) bool { return len(w.Inputs.Deployment) > 0 },
	Needs: []*Check{AccessToken},
	After: []*Check{Deployment, ResourceProviders},
	Codes: func() []string {
		return finding.Codes(catalogue.LocationNotOffered, catalogue.ApiVersionNotOffered, catalogue.ResourceGroupElsewhere, "ARM")
	},
	Unasked: "the input deployment is empty",
	Quiet:   "the deployment doesn't set a location of a type that its provider lists",
	Sends:   "one read of each resource group that the deployment creates in a location; the rest is what resource-providers has read",
	Right:   "Microsoft.Resources/subscriptions/resourceGroups/read",
	Warns:   "a provider doesn't list an API version, or only a resource that might not be deployed is affected",
	Run:     runLocations,
}

func runLocations(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	token, _ := check.FactsOf[azure.Token](s, AccessToken)
	read, _ := check.FactsOf[[]offered](s, ResourceProviders)
	needs := needsOf(s)
	var items []check.Item
	told := map[string]bool{}
	checked, unseen := map[string]bool{}, map[string]bool{} // by type
	for _, l := range needs.Locations {
		if l.Region == "" && l.APIVersion == "" {
			continue
		}
		t, seen := typeOffered(read, l)
		switch {
		case !seen:
			unseen[strings.ToLower(l.Type)] = true
			continue
		case t.Name == "": // a type that isn't listed may be a preview
			continue
		}
		checked[strings.ToLower(l.Type)] = true
		for _, item := range judgeLocation(needs, l, t) {
			if key := item.Code + " " + strings.ToLower(l.Type+" "+l.Region+" "+l.APIVersion); !told[key] {
				told[key] = true
				items = append(items, item)
			}
		}
	}
	groups, found, hidden := w.judgeElsewhere(ctx, s, w.Azure(conn.Cloud), token, needs)
	items = append(items, found...)
	var open []string
	if len(unseen) > 0 {
		open = append(open, "the locations of "+counted(len(unseen), "resource type")+", which the identity can't read")
	}
	if len(hidden) > 0 {
		open = append(open, "the location of "+strings.Join(hidden, ", "))
	}
	switch {
	case len(items) > 0:
		o := check.Found(items...)
		if len(open) > 0 {
			o.Notes = []string{"not compared: " + strings.Join(open, ", ")}
		}
		return o
	case len(open) > 0 && len(checked) > 0:
		return check.Unseen(fmt.Sprintf("%s; %s offered", strings.Join(open, ", "), counted(len(checked), "resource type")), nil)
	case len(open) > 0:
		return check.Unseen(strings.Join(open, ", "), nil)
	case len(checked) > 0 || groups > 0:
		return check.Passed("", nil)
	}
	return check.NotApplicable("the deployment doesn't set a location of a type that its provider lists")
}

// typeOffered is what the provider of a type offers of it, in the subscription in which it's deployed; the zero type if the
// provider doesn't list it, and false if the provider wasn't read.
func typeOffered(read []offered, l deployment.Location) (azure.ResourceType, bool) {
	at, _ := arm.ParseID(l.Scope)
	namespace, name, _ := strings.Cut(l.Type, "/")
	for _, p := range read {
		if strings.EqualFold(p.Namespace, namespace) && strings.EqualFold(p.subscription, at.Subscription) {
			i := slices.IndexFunc(p.Types, func(t azure.ResourceType) bool { return strings.EqualFold(t.Name, name) })
			if i < 0 {
				return azure.ResourceType{}, true
			}
			return p.Types[i], true
		}
	}
	return azure.ResourceType{}, false
}

// judgeLocation judges one type. A list that's empty says nothing: the type has no location, or no version is listed.
func judgeLocation(needs *deployment.Needs, l deployment.Location, t azure.ResourceType) []check.Item {
	var items []check.Item
	if l.Region != "" && len(t.Locations) > 0 && !slices.ContainsFunc(t.Locations, func(name string) bool { return sameRegion(name, l.Region) }) {
		status := check.Warn
		if certainly(needs, l.Type+"/write") {
			status = check.Fail
		}
		items = append(items, finding.New(status, facts.LocationNotOffered{Kind: l.Type, Value: l.Region, Detail: first(t.Locations)}))
	}
	if l.APIVersion != "" && len(t.APIVersions) > 0 && !containsFold(t.APIVersions, l.APIVersion) {
		items = append(items, finding.New(check.Warn, facts.ApiVersionNotOffered{Kind: l.Type, Value: l.APIVersion, Detail: first(t.APIVersions)}))
	}
	return items
}

// certainly reports whether an action is a certain need anywhere.
func certainly(needs *deployment.Needs, action string) bool {
	return slices.ContainsFunc(needs.Actions, func(a deployment.Action) bool {
		return a.Certainty == deployment.Certain && strings.EqualFold(a.Action, action)
	})
}

// sameRegion compares a region with another one: West Europe is westeurope.
func sameRegion(a, b string) bool {
	plain := func(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "") }
	return plain(a) == plain(b)
}

// first are the first of a list, in a few words.
func first(list []string) string {
	if len(list) > maxNamed {
		return strings.Join(list[:maxNamed-1], ", ") + fmt.Sprintf(", and %d more", len(list)-maxNamed+1)
	}
	return strings.Join(list, ", ")
}

// judgeElsewhere reads the groups that the deployment creates in a location. One that isn't there yet is as it should be. hidden are
// those that the identity can't read.
func (w *World) judgeElsewhere(ctx context.Context, s *state, client *azure.Client, token azure.Token, needs *deployment.Needs) (judged int, items []check.Item, hidden []string) {
	var made []deployment.ResourceGroup
	for _, g := range needs.ResourceGroups {
		if at, ok := arm.ParseID(g.ID); ok && g.Created && g.Location != "" && at.Level() == arm.ResourceGroup && !strings.Contains(g.ID, "{") {
			made = append(made, g)
		}
	}
	groups, errs := make([]azure.ResourceGroup, len(made)), make([]error, len(made))
	check.Each(len(made), scopesAtOnce, func(i int) {
		at, _ := arm.ParseID(made[i].ID)
		groups[i], errs[i] = client.ResourceGroup(ctx, token, at.Subscription, at.ResourceGroup)
	})
	for i, g := range made {
		at, _ := arm.ParseID(g.ID)
		switch err := errs[i]; {
		case err == nil && groups[i].Location != "" && !sameRegion(groups[i].Location, g.Location):
			status := check.Warn
			if certainly(needs, "Microsoft.Resources/subscriptions/resourceGroups/write") {
				status = check.Fail
			}
			items = append(items, finding.New(status, facts.ResourceGroupElsewhere{Group: at.ResourceGroup, Value: g.Location, Expected: groups[i].Location}))
			judged++
		case err == nil, isMissing(err, catalogue.ResourceGroupNotFound):
			judged++
		case lacksRight(err):
			hidden = appendNew(hidden, at.ResourceGroup)
		default:
			items = append(items, w.unreadable(ctx, s, err, facts.Request{Group: at.ResourceGroup, SubscriptionID: at.Subscription}))
		}
	}
	return judged, items, hidden
}
