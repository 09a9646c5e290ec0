package deployment

import (
	"strconv"
	"strings"
)

// listen takes the reads that expressions make.
func (w *walk) listen() {
	w.m.read = func(e *env, function *expression, id string) {
		r := record{sure: w.m.maybe == 0, resource: w.why, file: w.in.file, path: w.path}
		reference, named := function.call == "reference", !strings.Contains(id, "/")
		target, symbol := e.resolve(id), e.symbolOf(id)
		switch {
		case reference && symbol != nil: // it's in the template, which reads it anyway
		case symbol != nil:
			w.symbolic(e, function, id, r)
		case typeOf(target) != "":
			if e.scope != "/" && groupOf(e.scope) == "" && containerOf(target) == "/" {
				r.around = e.scope // Azure finds what the template creates by this ID too
			}
			w.reads(function, target, r)
		case reference && (len(function.args) == 1 || named && whole(id)): // without an API version, it's in the template too
		case e.names != nil:
			w.over = w.over || len(e.names.calls) >= maxRecords
			e.names.calls = append(e.names.calls, nameCall{e.nameKey(function.args[0], id), function, r})
		default:
			w.cannotRead(function, r)
		}
	}
	w.m.output = w.given
	w.m.broken = func() {
		if w.in != nil {
			w.cannot("couldn't parse an expression", Reason{Resource: shown(w.why), File: w.in.file, Path: w.path.String()})
		}
	}
}

// reads notes that a function reads a resource: reference() its state, and the list functions what they're named after.
func (w *walk) reads(function *expression, id string, r record) {
	verb := "read"
	if function.call != "reference" {
		verb = listName(function.name) + "/action"
	}
	kind := typeOf(id)
	if kind == "" {
		w.cannotRead(function, r)
		return
	}
	r.action, r.target = actionType(kind)+"/"+verb, id
	w.add(r)
}

// symbolic notes that a function reads a resource that it names by its symbolic name.
func (w *walk) symbolic(e *env, function *expression, name string, r record) {
	id, existing := e.symbol(name), e.symbolOf(name).get("existing").is(isTrue)
	if container := containerOf(id); !existing && !placed(id) && placed(container) {
		r.scope = container // one of a loop is where the others are
	}
	w.reads(function, id, r)
}

func (w *walk) cannotRead(function *expression, r record) {
	w.cannot("couldn't determine which resource "+function.name+"() is called for", r.reason())
}

// listName writes the name of a function as Azure writes its actions: listkeys is listKeys. The rights don't depend on it.
func listName(function string) string {
	rest := function[len("list"):]
	if rest == "" {
		return "list"
	}
	for _, name := range []string{"Keys", "AdminKeys", "QueryKeys", "ConnectionStrings", "Secrets", "Credentials", "AccountSas", "ServiceSas", "CallbackUrl", "ClusterAdminCredential", "ClusterUserCredential"} {
		if strings.EqualFold(name, rest) {
			return "list" + name
		}
	}
	return "list" + strings.ToUpper(rest[:1]) + rest[1:]
}

// actionType is the type as actions name it.
func actionType(kind string) string {
	if strings.EqualFold(kind, groupType) {
		return "Microsoft.Resources/subscriptions/resourceGroups"
	}
	return kind
}

// resolve gives the ID of a resource that an expression names, or what it's named.
func (e *env) resolve(id string) string {
	id = strings.TrimRight(filled(id), "/")
	if kind, name, ok := splitRelative(id); ok && inFull(kind) {
		return makeID(e.scope, kind, name)
	}
	return id
}

// splitRelative splits provider/type/name/type/name.
func splitRelative(id string) (kind, names string, ok bool) {
	parts := strings.Split(id, "/")
	if len(parts) < 3 || len(parts)%2 == 0 {
		return "", "", false
	}
	kinds, called := []string{parts[0]}, []string{}
	for i := 1; i < len(parts); i += 2 {
		kinds, called = append(kinds, parts[i]), append(called, parts[i+1])
	}
	return strings.Join(kinds, "/"), strings.Join(called, "/"), true
}

// symbolOf is the resource with a symbolic name, or the loop that has it: loop[1]; nil if there's none.
func (e *env) symbolOf(name string) *node {
	symbol, _, _ := strings.Cut(name, "[")
	return e.symbols[strings.ToLower(symbol)]
}

// symbol gives the ID of a resource by its symbolic name.
func (e *env) symbol(name string) string {
	n := e.symbolOf(name)
	if loop := n.get("copy"); loop.is(isObject) {
		_, index, _ := strings.Cut(strings.TrimSuffix(name, "]"), "[")
		i, err := strconv.ParseInt(index, 10, 64)
		if err != nil {
			i = -1
		}
		e = e.inCopy(loop.get("name").str(), i)
	}
	return e.identify(n, e.kindOf(n), text(e.value(n.get("name"))), e.placeOf(n, e.scope))
}

// placeOf is the scope that a resource is in, which may have another resource group than what's around it.
func (e *env) placeOf(n *node, around string) string {
	group := n.get("resourceGroup")
	if group == nil {
		return around
	}
	sub := subscriptionOf(around)
	if other := n.get("subscriptionId"); other != nil {
		sub = subscriptionNamed(e.value(other))
	}
	return sub + resourceGroups + named(e.value(group))
}

// body searches all that's in a resource for IDs of other resources and functions that read.
func (w *walk) body(f *frame, e *env, n *node, id string, at *jsonPath) {
	for i, key := range n.keys {
		switch strings.ToLower(key) {
		case "type", "apiversion", "name", "condition", "copy", "dependson", "resources", "scope", "comments", "metadata", "tags", "location", "existing":
			continue
		}
		w.look(f, e, &n.items[i], id, key, at.member(key))
	}
}

// look searches a value of a resource. Key is the nearest name around it.
func (w *walk) look(f *frame, e *env, n *node, id, key string, at *jsonPath) {
	if !w.m.spend(8) {
		return
	}
	w.path = at
	switch n.kind {
	case isText:
		w.refers(f, e.text(n.text), id, key, at)
	case isList:
		for i := range n.items {
			w.look(f, e, &n.items[i], id, key, at.element(i))
		}
	case isObject:
		for i, name := range n.keys {
			one := &n.items[i]
			if strings.EqualFold(name, "copy") && one.kind == isList {
				e.copied(one, func(name string, list value) { w.refers(f, list, id, name, at.member("copy").element(0)) })
				continue
			}
			if _, ok := isExpression(name); ok || strings.HasPrefix(name, "/") {
				w.refers(f, e.text(name), id, key, at.member(name)) // identities are keys
			}
			inner := name
			if strings.EqualFold(name, "id") {
				inner = strings.TrimSuffix(key, inID) + inID
			}
			w.look(f, e, one, id, inner, at.member(name))
		}
	}
}

// refers looks for IDs of other resources in a value.
func (w *walk) refers(f *frame, v value, id, key string, at *jsonPath) {
	if !w.m.spend(8) || strings.EqualFold(key, manual) || at.below(manual) || at.below(stored) {
		return
	}
	switch v := v.(type) {
	case string:
		w.linkTo(f, id, key, v, at)
	case unknown:
		if v.may != nil {
			for _, one := range *v.may {
				w.refers(f, one, id, key, at)
			}
			return
		}
		if !strings.EqualFold(key, "userAssignedIdentities") { // their IDs are names
			w.linkTo(f, id, key, gap, at)
		}
	case []value:
		for _, item := range v {
			w.refers(f, item, id, key, at)
		}
	case *object:
		for i, name := range v.keys {
			if name == openEnded {
				w.refers(f, v.values[i], id, key, at)
				continue
			}
			w.refers(f, name, id, key, at)
			inner := name
			if strings.EqualFold(name, "id") {
				inner = strings.TrimSuffix(key, inID) + inID
			}
			w.refers(f, v.values[i], id, inner, at)
		}
	}
}

// linkTo notes the action that a resource may need on another one, whose ID may not be known: then the name around it says its type.
func (w *walk) linkTo(f *frame, id, key, text string, at *jsonPath) {
	text = filled(text)
	from, to := typeOf(id), typeOf(text)
	kind := linkedType(from, key)
	_, inSubscription := cutFold(text, subscriptions)
	exempts := strings.EqualFold(from, exemptionType) && to != ""
	typed := to != "" && !strings.EqualFold(to, groupType)
	switch {
	case exempts:
	case whole(text), inSubscription && typed, !inSubscription && !strings.HasPrefix(text, gap):
		w.link(id, key, text, id, f.file, at)
		return
	case typed:
	case strings.HasPrefix(strings.ToLower(from), "microsoft.authorization/policy") && !strings.EqualFold(from, exemptionType): // a template within a policy is deployed by it
		return
	case kind != "":
		text = makeID(aroundUnknown(text, f.scope), kind, gap)
	case byType(from, key):
		w.cannotLink(key, Reason{Resource: shown(id), File: f.file, Path: at.String()})
		return
	}
	for _, need := range linkedNeeds(id, key, text, at) {
		w.linkedNeed(need, record{sure: exempts && w.m.maybe == 0, resource: id, file: f.file, path: at})
	}
}

// byType reports whether a name is that of a resource that can have many types, each with its own action.
func byType(from, key string) bool { return approved(key) || joinsPerimeter(from, key) }

// aroundUnknown is what an ID is in that's known at its beginning at most: any group of the subscription, mostly.
func aroundUnknown(text, scope string) string {
	if group := groupOf(text); group != "" && placed(group) {
		return group
	}
	sub := subscriptionOf(text)
	if sub == "" {
		sub = subscriptionOf(scope)
	}
	if sub == "" {
		return ""
	}
	return sub + resourceGroups + gap
}

// cannotLink notes that the type of a resource isn't known, and so the action on it isn't either.
func (c *collector) cannotLink(key string, why Reason) {
	if !approved(key) {
		c.cannot("couldn't determine the type of a resource that joins a network security perimeter; its joinPerimeter/action isn't listed", why)
		return
	}
	c.cannot("couldn't determine the type of what a private endpoint connects to; the action that approves the connection isn't listed", why)
}

// link notes the action that a resource may need on another one, if a text is the ID of one.
func (c *collector) link(id, key, text, resource, file string, at *jsonPath) {
	_, inTenant := cutFold(text, providers)
	exempts := inTenant && strings.EqualFold(typeOf(id), exemptionType)
	if _, ok := cutFold(text, subscriptions); !ok && !exempts {
		return
	}
	if _, own := cutFold(text, id+"/"); own || strings.EqualFold(text, id) {
		return
	}
	needs := linkedNeeds(id, key, text, at)
	for _, need := range needs {
		c.linkedNeed(need, record{resource: resource, file: file, path: at})
	}
	if to := typeOf(text); len(needs) == 0 && byType(typeOf(id), key) && (to == "" || strings.EqualFold(to, groupType)) {
		c.cannotLink(key, Reason{Resource: shown(resource), File: file, Path: at.String()})
	}
}
