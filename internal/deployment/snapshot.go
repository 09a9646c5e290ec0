package deployment

import "strings"

// deriveSnapshot reads what bicep snapshot writes: the resources of a deployment after conditions and copies, those of its modules
// too. Resources that exist and nested deployments aren't in it.
func deriveSnapshot(m *machine, name string, root *node, o Options) (*Needs, error) {
	resources, at := root.get("predictedResources"), (*jsonPath)(nil).member("predictedResources")
	scope := o.Scope
	e := &env{m: m, scope: scope}
	if scope == "" {
		e.scope = subscriptions + ownSubscription + resourceGroups + ownGroup
	}
	w := &walk{collector: newCollector(e.scope), m: m}
	w.listen()
	f := &frame{env: e, file: name, scope: e.scope}
	ids := make([]string, len(resources.items))
	for i := range resources.items {
		ids[i] = w.predicted(f, &resources.items[i], at.element(i))
	}
	if w.over || m.left <= 0 {
		return nil, errTooMuch
	}
	w.follows(ids, scope, name)
	for i, id := range ids {
		if id != "" {
			w.under(f, id, at.element(i), func() { w.body(f, e, &resources.items[i], id, at.element(i)) })
		}
	}
	return w.finish()
}

// predicted notes a resource of a snapshot, and gives its ID; "" if nothing else about it can be known.
func (w *walk) predicted(f *frame, n *node, at *jsonPath) string {
	id := ""
	w.under(f, n.get("name").str(), at, func() { id = text(f.value(n.get("id"))) })
	kind := n.get("type").str()
	base := w.m.maybe
	defer func() { w.m.maybe = base }()
	if typeOf(id) == "" || containerOf(id) == "" {
		if !isType(kind) {
			w.cannot("couldn't determine the type of a resource", Reason{Resource: shown(id), File: f.file, Path: at.String()})
			return ""
		}
		sub := subscriptionOf(f.scope)
		w.cannot("couldn't determine the scope of a resource; its actions are listed at "+shown(sub), Reason{Resource: n.get("name").str(), File: f.file, Path: at.String()})
		w.m.maybe++
		id = makeID(sub, kind, gap)
	}
	w.under(f, id, at, func() { w.written(f, f.env, n, id, at) })
	return id
}

// follows notes what starting the deployment takes, and those of its modules: every resource group and subscription that
// something is deployed to has one. Where the deployment itself starts isn't in the snapshot: without a scope it's a guess.
func (w *walk) follows(ids []string, scope, file string) {
	own := scope
	if own != "" {
		w.starts(own, Reason{Resource: shown(own), File: file})
	}
	for _, id := range ids {
		place := containerOf(id)
		if strings.EqualFold(typeOf(id), groupType) {
			place = subscriptionOf(id)
		} else if on := baseOf(id); on != "" && !strings.EqualFold(on, place) && id != "" {
			place = containerOf(on)
		}
		if place == "" || !placed(place) || strings.EqualFold(place, own) || own != "" && strings.EqualFold(place, subscriptionOf(own)) {
			continue
		}
		w.nests(place, false, place, file, nil)
		if group := groupOf(place); own == "" && group != "" {
			w.add(record{action: "Microsoft.Resources/subscriptions/resourceGroups/read", scope: group, resource: group, file: file})
		}
	}
}
