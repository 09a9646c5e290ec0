package deployment

import (
	"strings"
)

// listen takes the reads that expressions make.
func (w *walk) listen() {
	w.m.read = func(e *env, function, id string) {
		target, ok := e.resolve(id)
		kind := typeOf(target)
		reason := func() Reason { return Reason{Resource: shown(w.why), File: w.in.file, Path: w.path.String()} }
		switch {
		case !ok, function == "" && !strings.Contains(id, "/") && whole(id): // one of the template by its name: it's read anyway
			return
		case kind == "" && function == "":
			w.cannot("couldn't determine which resource reference() reads", reason())
		case kind == "":
			w.cannot("couldn't determine which resource "+function+"() is called for", reason())
		default:
			action := actionType(kind) + "/read"
			if function != "" {
				action = actionType(kind) + "/" + listName(function) + "/action"
			}
			w.add(record{action: action, target: target, sure: w.m.maybe == 0, resource: w.why, file: w.in.file, path: w.path})
		}
	}
	w.m.broken = func() {
		if w.in != nil {
			w.cannot("couldn't parse an expression", Reason{Resource: shown(w.why), File: w.in.file, Path: w.path.String()})
		}
	}
}

// listName writes the name of a function as Azure writes its actions: listkeys is listKeys. The rights don't depend on it.
func listName(function string) string {
	rest := strings.TrimPrefix(function, "list")
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

// resolve gives the ID of a resource that an expression names; false for one of the template by its name alone.
func (e *env) resolve(id string) (string, bool) {
	id = strings.TrimRight(id, "/")
	if symbol, _, _ := strings.Cut(id, "["); !strings.Contains(id, "/") && whole(id) {
		if e.symbols[strings.ToLower(symbol)] == nil {
			return "", false
		}
		return e.symbol(symbol)
	}
	if !strings.HasPrefix(id, "/") && strings.Contains(id, "/") {
		kind, name, ok := splitRelative(id)
		if !ok {
			return id, true
		}
		return makeID(e.scope, kind, name), true
	}
	return id, true
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

// symbol gives the ID of a resource by its symbolic name.
func (e *env) symbol(name string) (string, bool) {
	n := e.symbols[strings.ToLower(name)]
	if n == nil {
		return "", false
	}
	base := e.scope
	if group := n.get("resourceGroup"); group != nil {
		base = subscriptionOf(base) + resourceGroups + text(e.value(group))
	}
	return e.identify(n, e.kindOf(n), text(e.value(n.get("name"))), base), true
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
				inner = key
			}
			w.look(f, e, one, id, inner, at.member(name))
		}
	}
}

// refers looks for IDs of other resources in a value.
func (w *walk) refers(f *frame, v value, id, key string, at *jsonPath) {
	if !w.m.spend(8) {
		return
	}
	switch v := v.(type) {
	case string:
		w.link(id, key, v, id, f.file, at)
	case []value:
		for _, item := range v {
			w.refers(f, item, id, key, at)
		}
	case *object:
		for i, name := range v.keys {
			w.refers(f, name, id, key, at)
			inner := name
			if strings.EqualFold(name, "id") {
				inner = key
			}
			w.refers(f, v.values[i], id, inner, at)
		}
	}
}

// link notes the action that a resource may need on another one, if a text is the ID of one.
func (c *collector) link(id, key, text, resource, file string, at *jsonPath) {
	if _, ok := cutFold(text, subscriptions); !ok {
		return
	}
	if _, own := cutFold(text, id+"/"); own || strings.EqualFold(text, id) {
		return
	}
	if action := linkedAction(typeOf(id), key, text); action != "" {
		c.add(record{action: action, target: text, resource: resource, file: file, path: at})
	}
}
