package deployment

import (
	"fmt"
	"strings"
)

// parent is the resource that a child is written in.
type parent struct {
	kind, name string
	id         string
}

// copies goes through a resource as often as its copy says.
func (w *walk) copies(f *frame, e *env, n *node, at *jsonPath, in parent) error {
	switch {
	case n.is(isText) && !whole(n.text): // in a template that's computed
		w.cannot("couldn't determine a resource of a nested deployment", Reason{File: f.file, Path: at.String()})
		return nil
	case !n.is(isObject):
		return fmt.Errorf("%s isn't an object", at)
	}
	loop := n.get("copy")
	if !loop.is(isObject) {
		return w.resource(f, e, n, at, in)
	}
	name := loop.get("name").str()
	var count value
	w.under(f, "", at.member("copy"), func() { count = e.value(loop.get("count")) })
	times, known := count.(int64)
	if known && times <= maxCopies {
		for i := range times {
			if err := w.resource(f, e.inCopy(name, i), n, at, in); err != nil {
				return err
			}
		}
		return nil
	}
	reason := Reason{File: f.file, Path: at.String()}
	if known {
		w.cannot(fmt.Sprintf("a copy loop creates more than %d resources, which Azure Resource Manager refuses: it's counted once", maxCopies), reason)
	} else {
		w.cannot("couldn't determine how many resources a copy loop creates: it's counted once, as likely", reason)
		w.m.maybe++
		defer func() { w.m.maybe-- }()
	}
	return w.resource(f, e.inCopy(name, -1), n, at, in)
}

// resource derives what a resource needs.
func (w *walk) resource(f *frame, e *env, n *node, at *jsonPath, in parent) error {
	if w.resources++; w.resources > maxResources || w.over || w.m.left <= 0 {
		return errTooMuch
	}
	base := w.m.maybe
	defer func() { w.m.maybe = base }()
	taken := true
	if condition := n.get("condition"); condition != nil {
		w.under(f, "", at.member("condition"), func() {
			switch e.value(condition) {
			case true:
			case false:
				taken = false
			default:
				w.m.maybe++
			}
		})
	}
	if !taken {
		return nil
	}
	var err error
	w.under(f, f.scope, at, func() { err = w.taken(f, e, n, at, in) })
	return err
}

// taken derives what a resource needs whose condition isn't false.
func (w *walk) taken(f *frame, e *env, n *node, at *jsonPath, in parent) error {
	kind, name := e.kindOf(n), text(e.value(n.get("name")))
	full := in.kind == "" || inFull(kind)
	if !full {
		kind, name = in.kind+"/"+kind, in.name+"/"+name
	}
	if n.get("import") != nil || n.get("extension") != nil {
		w.cannot("a resource of an extension, such as Microsoft Graph, needs permissions outside Azure", Reason{Resource: name, File: f.file, Path: at.String()})
		return nil
	}
	if !isType(kind) {
		w.cannot("couldn't determine the type of a resource", Reason{Resource: shown(name), File: f.file, Path: at.String()})
		return nil
	}
	if strings.EqualFold(kind, deploymentType) && in.kind == "" && !n.get("existing").is(isTrue) {
		return w.nested(f, e, n, at, name)
	}
	id := e.identify(n, kind, name, e.placeOf(n, f.scope))
	w.why = id
	if n.get("existing").is(isTrue) {
		w.add(record{action: actionType(typeOf(id)) + "/read", target: id, sure: w.m.maybe == 0, resource: id, file: f.file, path: at})
		return nil
	}
	if full || whole(name) {
		e.names.has(e.writtenKey(n.get("name"), name), id)
	}
	w.written(f, e, n, id, at)
	w.body(f, e, n, id, at)
	children := n.get("resources")
	if children == nil {
		return nil
	}
	for i := range children.items {
		if err := w.copies(f, e, &children.items[i], at.member("resources").element(i), parent{kind: kind, name: name, id: id}); err != nil {
			return err
		}
	}
	return nil
}

// kindOf is the type of a resource as it's written. Azure accepts a slash at the end.
func (e *env) kindOf(n *node) string {
	kind, _ := e.value(n.get("type")).(string)
	return strings.TrimRight(kind, "/")
}

// inFull reports whether a child has its full type, which begins with a provider. Its name is the full one then, too, as Bicep's
// decompiler reads it.
func inFull(kind string) bool {
	first, _, _ := strings.Cut(kind, "/")
	return strings.Contains(first, ".")
}

// isType reports whether a text has the form of a type: a provider and one name or more.
func isType(kind string) bool {
	return strings.Contains(kind, "/") && !strings.ContainsFunc(kind, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("./-_", c)
	})
}

// identify gives the ID of a resource. An extension is behind what it's on, in the form of a scope, or of a type below another's
// provider: Microsoft.KeyVault/vaults/providers/diagnosticSettings.
func (e *env) identify(n *node, kind, name, scope string) string {
	if on := n.get("scope"); on != nil {
		return makeID(scopeOf(text(e.value(on)), scope), kind, name)
	}
	before, extension, ok := strings.Cut(kind, "/providers/")
	if !ok {
		return makeID(scope, kind, name)
	}
	parts := strings.Split(name, "/")
	types := strings.Count(before, "/")
	if len(parts) <= types+1 {
		return makeID(scope, before, gap) + providers + gap + "/" + extension + "/" + gap
	}
	on := makeID(scope, before, strings.Join(parts[:types], "/"))
	return makeID(on, parts[types]+"/"+extension, strings.Join(parts[types+1:], "/"))
}

// scopeOf is the ID that a scope property means.
func scopeOf(text, around string) string {
	switch {
	case text == "/":
		return "/"
	case strings.HasPrefix(text, "/"):
		return strings.TrimSuffix(filled(text), "/")
	}
	if rest, ok := cutFold(text, strings.TrimPrefix(managementGroups, providers)); ok {
		return managementGroups + rest
	}
	if kind, names, ok := splitRelative(text); ok {
		return makeID(around, kind, names)
	}
	return gap
}

// written notes that a resource is created or changed.
func (w *walk) written(f *frame, e *env, n *node, id string, at *jsonPath) {
	kind := typeOf(id)
	reason := func() Reason { return Reason{Resource: shown(id), File: f.file, Path: at.String()} }
	if kind == "" {
		w.cannot("couldn't determine the type of a resource", reason())
		return
	}
	if containerOf(id) == "" {
		w.somewhere(f, kind, reason(), at)
		return
	}
	location, _ := e.value(n.get("location")).(string)
	if !whole(location) || n.get("location") == nil {
		location = ""
	}
	version, _ := e.value(n.get("apiVersion")).(string)
	w.make(id)
	w.writes(write{id: id, kind: kind, location: location, version: version, sure: w.m.maybe == 0, file: f.file, path: at})
	if strings.EqualFold(kind, "Microsoft.Resources/deploymentScripts") {
		w.script(f, id, at)
	}
	if strings.EqualFold(kind, "Microsoft.Resources/deploymentStacks") {
		w.cannot("the template of a deployment stack isn't analyzed: add it to the files", Reason{Resource: shown(id), File: f.file, Path: at.String()})
	}
}

// somewhere notes that a resource is written to a scope that isn't known: it can be any that the deployment can reach.
func (w *walk) somewhere(f *frame, kind string, why Reason, at *jsonPath) {
	scope := w.widened(f.scope)
	w.cannot("couldn't determine the scope of a resource; its actions are listed at "+shown(scope), why)
	for _, verb := range []string{"/write", "/read"} {
		w.add(record{action: actionType(kind) + verb, scope: scope, resource: why.Resource, file: why.File, path: at})
	}
}

// write is a resource that's created or changed.
type write struct {
	id, kind          string
	location, version string
	sure              bool
	resource          string // why; the ID if it's empty
	file              string
	path              *jsonPath
}

// writes notes what writing a resource needs.
func (c *collector) writes(r write) {
	container := containerOf(r.id)
	scope := container
	if base := baseOf(r.id); !strings.EqualFold(base, container) && !strings.EqualFold(r.kind, groupType) {
		scope = "" // an extension: where the resource is that it's on, or at it
	}
	if strings.EqualFold(r.kind, groupType) {
		scope = subscriptionOf(r.id)
	}
	on := baseOf(r.id)
	if group := managementGroupOf(r.id); group != "" && container == "/" && !strings.EqualFold(group, r.id) {
		scope, on = "", group // a part of a management group, such as its subscriptions
	}
	sure := r.sure
	if scope != "" && !placed(scope) {
		scope, sure = c.widened(scope), false
	}
	resource := r.resource
	if resource == "" {
		resource = r.id
	}
	rec := record{action: actionType(r.kind) + "/write", scope: scope, sure: sure, resource: resource, file: r.file, path: r.path}
	if scope == "" {
		rec.target = on
	}
	c.add(rec)
	if !withoutRead(r.kind) {
		rec.action = actionType(r.kind) + "/read"
		c.add(rec)
	}
	why := func() Reason { return Reason{Resource: shown(resource), File: r.file, Path: r.path.String()} }
	if strings.EqualFold(r.kind, groupType) {
		c.group(r.id, r.location, true, why)
	} else if group := groupOf(r.id); group != "" {
		c.group(group, "", false, why)
	}
	c.provider(r.kind, container, why)
	c.location(Location{Type: actionType(r.kind), Region: r.location, APIVersion: r.version, Scope: container}, why)
}

// widened is the nearest scope around that's known.
func (c *collector) widened(scope string) string {
	if sub := subscriptionOf(scope); sub != "" && placed(sub) {
		return sub
	}
	if sub := subscriptionOf(c.home); sub != "" {
		return sub
	}
	return c.home
}

// script notes what a deployment script creates in addition to itself, which the identity of the deployment does
// (learn.microsoft.com, Use deployment scripts in templates, Configure the minimum permissions).
func (w *walk) script(f *frame, id string, at *jsonPath) {
	scope := containerOf(id)
	if !placed(scope) {
		scope = w.widened(scope)
	}
	for _, action := range []string{
		"Microsoft.ContainerInstance/containerGroups/write", "Microsoft.ContainerInstance/containerGroups/read",
		"Microsoft.Storage/storageAccounts/write", "Microsoft.Storage/storageAccounts/read", "Microsoft.Storage/storageAccounts/listKeys/action",
	} {
		w.add(record{action: action, scope: scope, resource: id, file: f.file, path: at})
	}
	w.cannot("the commands of a deployment script aren't analyzed", Reason{Resource: shown(id), File: f.file, Path: at.String()})
}
