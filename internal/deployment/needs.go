package deployment

import (
	"cmp"
	"slices"
	"strings"
)

// Certainty is how sure a need is.
type Certainty string

const (
	// Certain is what the deployment can't do without: the file says so, and its scope is known.
	Certain Certainty = "certain"
	// Likely is what it may need: an action at a resource that it refers to, something under a condition that isn't known, a
	// read that a tool may request, or something whose scope isn't known.
	Likely Certainty = "likely"
)

// Needs is what a deployment needs. Each list is in a fixed order.
type Needs struct {
	Actions        []Action        `json:"actions"`
	Providers      []Provider      `json:"providers"`
	ResourceGroups []ResourceGroup `json:"resourceGroups"`
	Locations      []Location      `json:"locations"`
	Unknown        []Unknown       `json:"unknown"`
}

// Action is an action at a scope.
type Action struct {
	Action     string    `json:"action"`
	Scope      string    `json:"scope"` // an ARM ID; "/" is the tenant; with {subscription} and the like where it isn't known which
	DataAction bool      `json:"dataAction"`
	Certainty  Certainty `json:"certainty"`
	Because    []Reason  `json:"because"`
	More       int       `json:"more,omitempty"` // how many more reasons there are
}

// Reason is why something is needed.
type Reason struct {
	Resource string `json:"resource"`         // an ARM ID, or an address of Terraform; "" if the path isn't of a resource
	File     string `json:"file"`             // as it was named
	Path     string `json:"path"`             // within the file's JSON, such as resources[2].properties.subnet.id
	Target   string `json:"target,omitempty"` // the other resource, if the need is there
}

// Provider is a resource provider that has to be registered in a subscription.
type Provider struct {
	Namespace    string   `json:"namespace"`
	Subscription string   `json:"subscription"` // an ARM ID; "" for what isn't in one
	Because      []Reason `json:"because"`
	More         int      `json:"more,omitempty"`
}

// ResourceGroup is a resource group that's deployed to.
type ResourceGroup struct {
	ID       string   `json:"id"`
	Created  bool     `json:"created"`  // by this deployment; otherwise it has to exist
	Location string   `json:"location"` // that the deployment gives it; "" if it gives none or it isn't known
	Because  []Reason `json:"because"`
	More     int      `json:"more,omitempty"`
}

// Location is a type that's deployed to a region with an API version.
type Location struct {
	Type       string   `json:"type"`
	Region     string   `json:"region"`     // as written; "" if it has none, or it's that of the resource group or not known
	APIVersion string   `json:"apiVersion"` // "" if it isn't known, as with azurerm
	Scope      string   `json:"scope"`      // the resource group, subscription, management group or tenant
	Because    []Reason `json:"because"`
	More       int      `json:"more,omitempty"`
}

// Unknown is something that couldn't be derived.
type Unknown struct {
	What    string   `json:"what"` // a sentence without a full stop
	Because []Reason `json:"because"`
	More    int      `json:"more,omitempty"`
}

// mostReasons is how many reasons are kept for one need.
const mostReasons = 5

// because adds a reason if there's room and it's another one.
func because(reasons *[]Reason, more *int, reason Reason) {
	switch {
	case slices.Contains(*reasons, reason):
	case len(*reasons) < mostReasons:
		*reasons = append(*reasons, reason)
	default:
		*more++
	}
}

// Merge adds the needs of another deployment.
func (n *Needs) Merge(other *Needs) {
	n.Actions = merged(n.Actions, other.Actions, func(a Action) string { return strings.ToLower(a.key()) },
		func(a *Action, b Action) {
			if b.Certainty == Certain {
				a.Certainty = Certain
			}
			mergeReasons(&a.Because, &a.More, b.Because, b.More)
		})
	n.Providers = merged(n.Providers, other.Providers, func(p Provider) string { return strings.ToLower(p.Subscription + " " + p.Namespace) },
		func(a *Provider, b Provider) { mergeReasons(&a.Because, &a.More, b.Because, b.More) })
	n.ResourceGroups = merged(n.ResourceGroups, other.ResourceGroups, func(g ResourceGroup) string { return strings.ToLower(g.ID) },
		func(a *ResourceGroup, b ResourceGroup) {
			a.Created, a.Location = a.Created || b.Created, cmp.Or(a.Location, b.Location)
			mergeReasons(&a.Because, &a.More, b.Because, b.More)
		})
	n.Locations = merged(n.Locations, other.Locations, func(l Location) string { return strings.ToLower(l.key()) },
		func(a *Location, b Location) { mergeReasons(&a.Because, &a.More, b.Because, b.More) })
	n.Unknown = merged(n.Unknown, other.Unknown, func(u Unknown) string { return u.What },
		func(a *Unknown, b Unknown) { mergeReasons(&a.Because, &a.More, b.Because, b.More) })
	n.spell()
}

// spell writes each scope in one way, that of the list of resource groups if it's in it: Azure compares IDs without regard to case.
func (n *Needs) spell() {
	spelling := map[string]string{}
	for _, g := range n.ResourceGroups {
		spelling[strings.ToLower(g.ID)] = g.ID
	}
	for i := range n.Actions {
		scope := &n.Actions[i].Scope
		key := strings.ToLower(*scope)
		if _, ok := spelling[key]; !ok {
			spelling[key] = *scope
		}
		*scope = spelling[key]
	}
}

func (a Action) key() string {
	kind := "0"
	if a.DataAction {
		kind = "1"
	}
	return a.Scope + "\n" + kind + a.Action
}

func (l Location) key() string {
	return l.Type + "\n" + l.Scope + "\n" + l.Region + "\n" + l.APIVersion
}

func mergeReasons(reasons *[]Reason, more *int, others []Reason, otherMore int) {
	for _, reason := range others {
		because(reasons, more, reason)
	}
	*more += otherMore
}

// merged joins two lists, one entry for each key, in the order of the keys. Each key is built once: to build one takes longer than
// to compare two.
func merged[T any](a, b []T, key func(T) string, add func(*T, T)) []T {
	type keyed struct {
		key   string
		entry T
	}
	all := make([]keyed, 0, len(a)+len(b))
	at := make(map[string]int, len(a))
	for _, entry := range a {
		k := key(entry)
		at[k] = len(all)
		all = append(all, keyed{k, entry})
	}
	for _, entry := range b {
		k := key(entry)
		if i, ok := at[k]; ok {
			add(&all[i].entry, entry)
			continue
		}
		at[k] = len(all)
		all = append(all, keyed{k, entry})
	}
	slices.SortFunc(all, func(x, y keyed) int { return cmp.Compare(x.key, y.key) })
	var entries []T
	for _, k := range all {
		entries = append(entries, k.entry)
	}
	return entries
}
