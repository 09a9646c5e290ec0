package deployment

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxRecords is how many needs may be found before those that are the same are put together.
const maxRecords = 200_000

// Limits on what the files of a deployment need together. For each scope, provider, and group, a preflight sends requests to Azure.
const (
	maxScopes    = 2000 // Azure Resource Manager deploys to 800 resource groups at most
	maxProviders = 200  // Azure has some hundred, and no deployment uses them all
	maxGroups    = 2000
	maxActions   = 50_000
	maxLocations = 20_000
)

// Check returns why the needs are more than a deployment has; nil if they aren't.
func (n *Needs) Check() error {
	scopes := map[string]bool{}
	for _, a := range n.Actions {
		scopes[strings.ToLower(a.Scope)] = true
	}
	for _, limit := range []struct {
		is, most int
		what     string
	}{
		{len(scopes), maxScopes, "it needs permissions at more than %d scopes"},
		{len(n.Actions), maxActions, "it needs more than %d permissions"},
		{len(n.Providers), maxProviders, "it needs more than %d resource providers"},
		{len(n.ResourceGroups), maxGroups, "it deploys to more than %d resource groups"},
		{len(n.Locations), maxLocations, "it sets more than %d locations"},
	} {
		if limit.is > limit.most {
			return fmt.Errorf(limit.what, limit.most)
		}
	}
	return nil
}

var errTooMuch = errors.New("it creates more resources, or takes more work to evaluate, than any deployment that Azure accepts")

// jsonPath is a place in a file's JSON, as the way to it.
type jsonPath struct {
	above *jsonPath
	key   string // of an object
	index int    // of a list, if the key is ""
}

func (p *jsonPath) member(key string) *jsonPath { return &jsonPath{above: p, key: key} }
func (p *jsonPath) element(i int) *jsonPath     { return &jsonPath{above: p, index: i} }

// below reports whether a place is in a member of an object with a name.
func (p *jsonPath) below(name string) bool {
	for ; p != nil; p = p.above {
		if strings.EqualFold(p.key, name) {
			return true
		}
	}
	return false
}

// longestPath is how many bytes of a path are shown.
const longestPath = 300

func (p *jsonPath) String() string {
	var parts []string
	length := 0
	for ; p != nil; p = p.above {
		part := "[" + strconv.Itoa(p.index) + "]"
		if p.key != "" {
			part = "." + p.key
		}
		if length += len(part); length > longestPath {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, part)
	}
	slices.Reverse(parts)
	return strings.TrimPrefix(strings.Join(parts, ""), ".")
}

// record is a need as it's found: at a resource, which the deployment itself may turn out to create.
type record struct {
	action   string
	data     bool
	target   string // the ID of what the action is done to; may have gaps
	around   string // the management group or subscription that a target in the tenant can be in; "" if that isn't possible
	scope    string // where the right is needed, if that doesn't depend on what else is created; otherwise ""
	sure     bool
	resource string // why
	file     string
	path     *jsonPath
}

// collector gathers what's found.
type collector struct {
	records   []record
	made      map[string]bool // IDs of what the deployment creates, in lower case
	providers map[string]*Provider
	groups    map[string]*ResourceGroup
	locations map[string]*Location
	unknown   map[string]*Unknown
	home      string // the scope of the deployment, for what can't be placed
	over      bool
}

func newCollector(home string) *collector {
	return &collector{home: home, made: map[string]bool{}, providers: map[string]*Provider{}, groups: map[string]*ResourceGroup{},
		locations: map[string]*Location{}, unknown: map[string]*Unknown{}}
}

func (c *collector) add(r record) {
	if len(c.records) >= maxRecords {
		c.over = true
		return
	}
	c.records = append(c.records, r)
}

func (r record) reason() Reason {
	reason := Reason{Resource: shown(r.resource), File: r.file, Path: r.path.String()}
	if r.target != "" && !strings.EqualFold(r.target, r.resource) {
		reason.Target = shown(r.target)
	}
	return reason
}

// make notes that the deployment creates a resource.
func (c *collector) make(id string) { c.made[strings.ToLower(id)] = true }

// makes reports whether the deployment creates a resource, or what it's in. If it can't be placed, another remark says so.
func (c *collector) makes(id string) bool {
	for id := range func(yield func(string) bool) { parents(id, yield) } {
		if c.made[strings.ToLower(id)] && !strings.EqualFold(typeOf(id), groupType) {
			return true
		}
	}
	return false
}

// provider notes a provider of a type that's deployed.
func (c *collector) provider(kind, container string, why func() Reason) {
	namespace, _, _ := strings.Cut(kind, "/")
	sub := subscriptionOf(container)
	key := strings.ToLower(namespace + " " + sub)
	p, ok := c.providers[key]
	if !ok {
		p = &Provider{Namespace: namespace, Subscription: shown(sub)}
		c.providers[key] = p
	}
	room(&p.Because, &p.More, why)
}

// group notes a resource group that's deployed to.
func (c *collector) group(id, location string, created bool, why func() Reason) {
	if !placed(id) {
		if created {
			c.cannot("couldn't determine the name of a resource group that the deployment creates", why())
		}
		return
	}
	key := strings.ToLower(id)
	g, ok := c.groups[key]
	if !ok {
		g = &ResourceGroup{ID: shown(id)}
		c.groups[key] = g
	}
	g.Created, g.Location = g.Created || created, cmp.Or(g.Location, location)
	room(&g.Because, &g.More, why)
}

func (c *collector) location(l Location, why func() Reason) {
	key := strings.ToLower(l.key())
	found, ok := c.locations[key]
	if !ok {
		l.Scope = shown(l.Scope)
		found = &l
		c.locations[key] = found
	}
	room(&found.Because, &found.More, why)
}

// room adds a reason if there's room; making one costs more than what it's for.
func room(reasons *[]Reason, more *int, why func() Reason) {
	if len(*reasons) >= mostReasons {
		*more++
		return
	}
	because(reasons, more, why())
}

// Something that can't be derived becomes an unknown of the needs.
func (c *collector) cannot(what string, why Reason) {
	u, ok := c.unknown[what]
	if !ok {
		if len(c.unknown) >= maxUnknown {
			what = "more items couldn't be determined than are listed"
			if u, ok = c.unknown[what]; ok {
				u.More++
				return
			}
		}
		u = &Unknown{What: what}
		c.unknown[what] = u
	}
	because(&u.Because, &u.More, why)
}

// maxUnknown is how many things that can't be derived are listed.
const maxUnknown = 200

// needs puts together what was found.
func (c *collector) needs() (*Needs, error) {
	type key struct {
		action, scope string
		data          bool
	}
	actions, scopes := map[key]*Action{}, map[string]bool{}
	for _, r := range c.records {
		if r.around != "" && c.made[strings.ToLower(r.around+r.target)] {
			r.target = r.around + r.target
		}
		scope, known := r.scope, true
		if scope == "" {
			scope, known = c.scope(r.target)
			if !known && !c.makes(r.target) {
				c.cannot("couldn't determine which "+typeOf(r.target)+" the deployment refers to; its actions are listed at "+shown(scope), r.reason())
			}
		}
		of := key{strings.ToLower(r.action), strings.ToLower(scope), r.data}
		found, ok := actions[of]
		if !ok {
			found = &Action{Action: r.action, Scope: shown(scope), DataAction: r.data, Certainty: Likely}
			actions[of] = found
			if scopes[of.scope] = true; len(scopes) > maxScopes {
				return nil, fmt.Errorf("it needs permissions at more than %d scopes", maxScopes)
			}
		}
		if r.sure && known {
			found.Certainty = Certain
		}
		if len(found.Because) < mostReasons {
			because(&found.Because, &found.More, r.reason())
		} else {
			found.More++
		}
	}
	n := &Needs{}
	n.Merge(&Needs{Actions: values(actions), Providers: values(c.providers), ResourceGroups: values(c.groups),
		Locations: values(c.locations), Unknown: values(c.unknown)})
	return n, n.Check()
}

func values[K comparable, T any](of map[K]*T) []T {
	all := make([]T, 0, len(of))
	for _, v := range of {
		all = append(all, *v)
	}
	return all
}

// scope is where an action at a resource needs a right: what the deployment creates takes its rights from where it's created, since
// no one can have been given any on it before. What can't be known becomes the resource group or the subscription.
func (c *collector) scope(target string) (scope string, known bool) {
	for id := range func(yield func(string) bool) { parents(target, yield) } {
		if !c.made[strings.ToLower(id)] {
			continue
		}
		if strings.EqualFold(typeOf(id), groupType) && placed(id) {
			return id, true // its rights are those of what's in it
		}
		if strings.EqualFold(typeOf(id), groupType) {
			break // another group can have a name that's the same as far as it's known
		}
		if container := containerOf(id); container != "" && placed(container) {
			return container, true
		}
	}
	if placed(target) && target != "" {
		return target, true
	}
	if group := groupOf(target); group != "" && placed(group) {
		return group, false
	}
	if sub := subscriptionOf(target); sub != "" && placed(sub) {
		return sub, false
	}
	if managementGroupOf(target) != "" {
		return "/", false
	}
	return cmp.Or(subscriptionOf(c.home), c.home), false
}

// placed reports whether a scope is known apart from which subscription, resource group or management group the deployment
// itself goes to.
func placed(scope string) bool {
	if strings.Contains(scope, gap) {
		return false
	}
	for part := range strings.SplitSeq(scope, "/") {
		if len(part) > 1 && !whole(part) {
			return false
		}
	}
	return true
}
