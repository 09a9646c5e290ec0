package deployment

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Limits of what a template may make.
const (
	maxCopies    = 800 // of one resource; Azure Resource Manager has the same limit
	maxResources = 20_000
	maxNested    = 16 // templates within each other
)

// walk goes through the templates of one deployment.
type walk struct {
	*collector
	m         *machine
	l         *loader
	resources int

	// What's looked at just now, for reads that an expression makes.
	in   *frame
	why  string
	path *jsonPath
}

// frame is a template that's deployed.
type frame struct {
	*env           // for its expressions; with outer evaluation those of the template around it
	file  string   // in which it is
	files []string // those that lead to it
	root  *node
	path  *jsonPath // of root in its file
	scope string    // that it's deployed to; has a gap if that isn't known
	depth int
}

func deriveTemplate(l *loader, m *machine, name string, root *node, given map[string]parameter, o Options) (*Needs, error) {
	scope, err := scopeFor(root, o.Scope)
	if err != nil {
		return nil, err
	}
	w := &walk{collector: newCollector(scope), m: m, l: l}
	w.listen()
	f := &frame{env: w.newEnv(root, scope), file: name, files: []string{name}, root: root, scope: scope}
	w.assign(f, given)
	w.starts(scope, Reason{Resource: shown(scope), File: name})
	if err := w.template(f); err != nil {
		return nil, err
	}
	return w.finish()
}

// finish puts together what was found.
func (w *walk) finish() (*Needs, error) {
	if w.over || w.m.left <= 0 {
		return nil, errTooMuch
	}
	return w.needs()
}

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

// resolve gives the id of a resource that an expression names; false for one of the template by its name alone.
func (e *env) resolve(id string) (string, bool) {
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

// symbol gives the id of a resource by its symbolic name.
func (e *env) symbol(name string) (string, bool) {
	n := e.symbols[strings.ToLower(name)]
	if n == nil {
		return "", false
	}
	base := e.scope
	if group := n.get("resourceGroup"); group != nil {
		base = subscriptionOf(base) + resourceGroups + text(e.value(group))
	}
	return e.identify(n, text(e.value(n.get("type"))), text(e.value(n.get("name"))), base), true
}

// scopeFor is the scope of a template: the one that's given, or one with placeholders.
func scopeFor(root *node, given string) (string, error) {
	schema := strings.ToLower(root.get("$schema").str())
	sub := subscriptionOf(given)
	_, managed := cutFold(given, managementGroups)
	wrong := func(what string) (string, error) {
		return "", fmt.Errorf("the template deploys to %s, but --scope is %s", what, given)
	}
	switch {
	case strings.Contains(schema, "subscriptiondeploymenttemplate"):
		switch {
		case sub != "":
			return sub, nil
		case given != "":
			return wrong("a subscription")
		}
		return subscriptions + ownSubscription, nil
	case strings.Contains(schema, "managementgroupdeploymenttemplate"):
		switch {
		case managed:
			return given, nil
		case given != "":
			return wrong("a management group")
		}
		return managementGroups + ownManagement, nil
	case strings.Contains(schema, "tenantdeploymenttemplate"):
		if given != "" && given != "/" {
			return wrong("the tenant")
		}
		return "/", nil
	}
	switch {
	case groupOf(given) != "":
		return given, nil
	case sub != "":
		return sub + resourceGroups + ownGroup, nil
	case given != "":
		return wrong("a resource group")
	}
	return subscriptions + ownSubscription + resourceGroups + ownGroup, nil
}

// newEnv prepares the variables, functions and symbolic names of a template; assign adds its parameters.
func (w *walk) newEnv(root *node, scope string) *env {
	e := &env{m: w.m, scope: scope, parameters: map[string]*thunk{}, variables: map[string]*thunk{},
		functions: map[string]function{}, symbols: map[string]*node{}}
	if variables := root.get("variables"); variables.is(isObject) {
		for i, name := range variables.keys {
			one := &variables.items[i]
			if strings.EqualFold(name, "copy") && one.is(isList) {
				for j := range one.items {
					e.variables[strings.ToLower(one.items[j].get("name").str())] = &thunk{node: &one.items[j], env: e, copy: true}
				}
				continue
			}
			e.variables[strings.ToLower(name)] = &thunk{node: one, env: e}
		}
	}
	if functions := root.get("functions"); functions.is(isList) {
		for i := range functions.items {
			namespace, members := functions.items[i].get("namespace").str(), functions.items[i].get("members")
			if !members.is(isObject) {
				continue
			}
			for j, name := range members.keys {
				f := function{output: members.items[j].at("output", "value")}
				if parameters := members.items[j].get("parameters"); parameters != nil {
					for k := range parameters.items {
						f.parameters = append(f.parameters, strings.ToLower(parameters.items[k].get("name").str()))
					}
				}
				e.functions[strings.ToLower(namespace+"."+name)] = f
			}
		}
	}
	if resources := root.get("resources"); resources.is(isObject) {
		for i, name := range resources.keys {
			e.symbols[strings.ToLower(name)] = &resources.items[i]
		}
	}
	return e
}

// assign gives the parameters of a template their values: those that are given, or the defaults. A text without either is a gap.
func (w *walk) assign(f *frame, given map[string]parameter) {
	declared := f.root.get("parameters")
	if !declared.is(isObject) {
		return
	}
	for i, name := range declared.keys {
		t := &thunk{env: f.env}
		p, ok := given[strings.ToLower(name)]
		initial := declared.items[i].get("defaultValue")
		switch {
		case ok && p.vault != "":
			w.secretOf(f, p)
			t.done, t.value = true, gap
		case ok && p.value != nil && p.env == nil:
			t.done, t.value = true, plain(p.value)
		case ok && p.value != nil:
			t.env, t.node = p.env, p.value
			t.get() // what it reads is read where it's given
		case !ok && initial != nil:
			t.node = initial
		default:
			t.done, t.value = true, unknown{}
			if strings.HasSuffix(strings.ToLower(declared.items[i].get("type").str()), "string") {
				t.value = gap
			}
		}
		f.parameters[strings.ToLower(name)] = t
	}
}

// secretOf notes that the deployment takes a secret from a vault.
func (w *walk) secretOf(f *frame, p parameter) {
	id := p.vault
	if p.env != nil {
		id = text(p.env.text(p.vault))
	}
	kind := typeOf(id)
	if kind == "" {
		w.cannot("couldn't determine which key vault a parameter takes its secret from", Reason{Resource: shown(f.scope), File: p.file, Path: p.path.String()})
		return
	}
	w.add(record{action: kind + "/deploy/action", target: id, sure: w.m.maybe == 0, resource: f.scope, file: p.file, path: p.path})
}

// template goes through the resources and outputs of a template.
func (w *walk) template(f *frame) error {
	resources := f.root.get("resources")
	at := f.path.member("resources")
	if resources != nil {
		for i := range resources.items {
			here := at.element(i)
			if resources.kind == isObject {
				here = at.member(resources.keys[i])
			}
			if err := w.copies(f, f.env, &resources.items[i], here, parent{}); err != nil {
				return err
			}
		}
	}
	if outputs := f.root.get("outputs"); outputs.is(isObject) {
		for i, name := range outputs.keys {
			here := f.path.member("outputs").member(name)
			w.under(f, f.scope, here, func() { w.output(f, &outputs.items[i], here) })
		}
	}
	return nil
}

// under says what's looked at while something is evaluated.
func (w *walk) under(f *frame, why string, at *jsonPath, do func()) {
	in, before, path := w.in, w.why, w.path
	w.in, w.why, w.path = f, why, at
	do()
	w.in, w.why, w.path = in, before, path
}

func (w *walk) output(f *frame, n *node, at *jsonPath) {
	base := w.m.maybe
	defer func() { w.m.maybe = base }()
	if condition := n.get("condition"); condition != nil {
		switch f.value(condition) {
		case true:
		case false:
			return
		default:
			w.m.maybe++
		}
	}
	f.value(n.get("value"))
	if n.get("copy") != nil {
		f.inCopy("", -1).value(n.at("copy", "input"))
	}
}

// parent is the resource that a child is written in.
type parent struct {
	kind, name string
	id         string
}

// copies goes through a resource as often as its copy says.
func (w *walk) copies(f *frame, e *env, n *node, at *jsonPath, in parent) error {
	if !n.is(isObject) {
		return fmt.Errorf("%s isn't an object", at)
	}
	loop := n.get("copy")
	if !loop.is(isObject) {
		return w.resource(f, e, n, at, in)
	}
	name := loop.get("name").str()
	var count value
	w.under(f, f.scope, at.member("copy"), func() { count = e.value(loop.get("count")) })
	times, known := count.(int64)
	if known && times <= maxCopies {
		for i := range times {
			if err := w.resource(f, e.inCopy(name, i), n, at, in); err != nil {
				return err
			}
		}
		return nil
	}
	reason := Reason{Resource: shown(f.scope), File: f.file, Path: at.String()}
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
		w.under(f, f.scope, at.member("condition"), func() {
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
	kind, _ := e.value(n.get("type")).(string)
	name := text(e.value(n.get("name")))
	if in.kind != "" {
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
	scope := f.scope
	if group := n.get("resourceGroup"); group != nil && f.env != nil {
		sub := subscriptionOf(scope)
		if other := n.get("subscriptionId"); other != nil {
			sub = subscriptions + text(e.value(other))
		}
		scope = sub + resourceGroups + text(e.value(group))
	}
	id := e.identify(n, kind, name, scope)
	w.why = id
	if n.get("existing").is(isTrue) {
		w.add(record{action: actionType(typeOf(id)) + "/read", target: id, sure: w.m.maybe == 0, resource: id, file: f.file, path: at})
		return nil
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

// isType reports whether a text has the form of a type: a provider and one name or more.
func isType(kind string) bool {
	return strings.Contains(kind, "/") && !strings.ContainsFunc(kind, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("./-_", c)
	})
}

// identify gives the id of a resource. An extension is behind what it's on, in the form of a scope, or of a type below another's
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

// scopeOf is the id that a scope property means.
func scopeOf(text, around string) string {
	switch {
	case text == "" || text == "/":
		return "/"
	case strings.HasPrefix(text, "/"):
		return strings.TrimSuffix(text, "/")
	}
	if rest, ok := cutFold(text, strings.TrimPrefix(managementGroups, providers)); ok {
		return managementGroups + rest
	}
	if kind, names, ok := splitRelative(text); ok {
		return makeID(around, kind, names)
	}
	return gap
}

// written notes that a resource is made or changed.
func (w *walk) written(f *frame, e *env, n *node, id string, at *jsonPath) {
	kind := typeOf(id)
	container := containerOf(id)
	if kind == "" || container == "" {
		w.cannot("couldn't determine the type or scope of a resource", Reason{Resource: shown(id), File: f.file, Path: at.String()})
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

// write is a resource that's made or changed.
type write struct {
	id, kind          string
	location, version string
	sure              bool
	resource          string // why; the id if it's empty
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
		rec.target = baseOf(r.id)
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

// script notes what a deployment script makes beside itself, which the identity of the deployment does
// (learn.microsoft.com, Use deployment scripts in templates, Configure the minimum permissions).
func (w *walk) script(f *frame, id string, at *jsonPath) {
	scope := containerOf(id)
	for _, action := range []string{
		"Microsoft.ContainerInstance/containerGroups/write", "Microsoft.ContainerInstance/containerGroups/read",
		"Microsoft.Storage/storageAccounts/write", "Microsoft.Storage/storageAccounts/read", "Microsoft.Storage/storageAccounts/listKeys/action",
	} {
		w.add(record{action: action, scope: scope, resource: id, file: f.file, path: at})
	}
	w.cannot("the commands of a deployment script aren't analyzed", Reason{Resource: shown(id), File: f.file, Path: at.String()})
}

// body looks at all that a resource says, for ids of other resources and for functions that read.
func (w *walk) body(f *frame, e *env, n *node, id string, at *jsonPath) {
	for i, key := range n.keys {
		switch strings.ToLower(key) {
		case "type", "apiversion", "name", "condition", "copy", "dependson", "resources", "scope", "comments", "metadata", "tags", "location", "existing":
			continue
		}
		w.look(f, e, &n.items[i], id, key, at.member(key))
	}
}

// look looks at a value of a resource. Key is the nearest name around it.
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

// refers looks for ids of other resources in a value.
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

// link notes the action that a resource may need on another one, if a text is the id of one.
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

// starts notes what starting and following a deployment takes.
func (c *collector) starts(scope string, why Reason) {
	for _, action := range deployActions {
		c.add(record{action: action, scope: scope, sure: true, resource: scope, file: why.File})
	}
	if group := groupOf(scope); group != "" {
		c.add(record{action: "Microsoft.Resources/subscriptions/resourceGroups/read", scope: scope, sure: true, resource: scope, file: why.File})
		c.group(group, "", false, func() Reason { return why })
	}
}

// deployActions is what the preset @deploy of the input requiredActions stands for.
var deployActions = []string{
	"Microsoft.Resources/deployments/read",
	"Microsoft.Resources/deployments/write",
	"Microsoft.Resources/deployments/validate/action",
	"Microsoft.Resources/deployments/operations/read",
	"Microsoft.Resources/deployments/operationstatuses/read",
}

// nests notes what a deployment within another one takes. Azure Resource Manager starts it; whether the rest is asked of the
// identity depends on the program that follows it.
func (c *collector) nests(scope string, sure bool, resource, file string, at *jsonPath) {
	for i, action := range deployActions {
		c.add(record{action: action, scope: scope, sure: sure && i < 2, resource: resource, file: file, path: at})
	}
}

// nested derives what a deployment within a template needs.
func (w *walk) nested(f *frame, e *env, n *node, at *jsonPath, name string) error {
	if f.depth >= maxNested {
		return fmt.Errorf("%s: templates are nested more than %d levels deep", at, maxNested)
	}
	properties := n.get("properties")
	scope := w.nestedScope(f, e, n)
	resource := makeID(scope, deploymentType, name)
	w.why = resource
	w.make(resource)
	base := w.m.maybe
	defer func() { w.m.maybe = base }()
	target := scope
	if !placed(scope) {
		target = w.widened(scope)
		w.m.maybe++
		w.cannot("couldn't determine the scope of a nested deployment; its actions are listed at "+shown(target), Reason{Resource: shown(resource), File: f.file, Path: at.String()})
	}
	w.nests(target, w.m.maybe == 0, resource, f.file, at)
	if group := groupOf(scope); group != "" {
		w.group(group, "", false, func() Reason { return Reason{Resource: shown(resource), File: f.file, Path: at.String()} })
	}
	given := w.arguments(f, e, properties.get("parameters"), at.member("properties").member("parameters"))
	inner := &frame{file: f.file, files: f.files, path: at.member("properties").member("template"), scope: scope, depth: f.depth + 1}
	link := properties.get("templateLink")
	switch {
	case properties.get("template").is(isObject):
		inner.root = properties.get("template")
		if !strings.EqualFold(text(e.value(properties.at("expressionEvaluationOptions", "scope"))), "inner") {
			inner.env = e
			return w.template(inner)
		}
	case link.is(isObject):
		done, err := w.linked(f, e, link, inner, at.member("properties").member("templateLink"))
		if done || err != nil {
			for _, p := range given {
				e.value(p.value) // for what it reads
			}
			return err
		}
	default:
		w.cannot("a nested deployment has no template", Reason{Resource: shown(resource), File: f.file, Path: at.String()})
		return nil
	}
	inner.env = w.newEnv(inner.root, scope)
	w.assign(inner, given)
	return w.template(inner)
}

// arguments are the parameters that a nested deployment is given, as expressions of the template around it.
func (w *walk) arguments(f *frame, e *env, n *node, at *jsonPath) map[string]parameter {
	given := map[string]parameter{}
	if n.is(isObject) {
		for i, name := range n.keys {
			given[strings.ToLower(name)] = parameterOf(&n.items[i], at.member(name), f.file, e)
		}
	}
	return given
}

// nestedScope is the scope that a nested deployment goes to.
func (w *walk) nestedScope(f *frame, e *env, n *node) string {
	if on := n.get("scope"); on != nil {
		return scopeOf(text(e.value(on)), f.scope)
	}
	sub, hasSub := subscriptionOf(f.scope), false
	if other := n.get("subscriptionId"); other != nil {
		sub, hasSub = subscriptions+text(e.value(other)), true
	}
	switch group := n.get("resourceGroup"); {
	case group != nil:
		return sub + resourceGroups + text(e.value(group))
	case hasSub:
		return sub
	}
	return f.scope
}

// linked loads the template of a link; done if there's nothing more to derive.
func (w *walk) linked(f *frame, e *env, link *node, inner *frame, at *jsonPath) (done bool, err error) {
	reason := Reason{Resource: shown(w.why), File: f.file, Path: at.String()}
	if id := link.get("id"); id != nil {
		spec := text(e.value(id))
		if kind := typeOf(spec); kind != "" {
			w.add(record{action: kind + "/read", target: spec, sure: w.m.maybe == 0, resource: w.why, file: f.file, path: at})
		}
		w.cannot("a template spec isn't analyzed: add its template to the files", reason)
		return true, nil
	}
	to := link.get("relativePath")
	if to == nil {
		w.cannot("a template that's linked by its URL isn't analyzed: add it to the files", reason)
		return true, nil
	}
	name, ok := relative(f.file, text(e.value(to)))
	if !ok || !whole(name) {
		w.cannot("a linked template is outside the repository", reason)
		return true, nil
	}
	if slices.Contains(f.files, name) {
		return true, fmt.Errorf("%s: it links to %s, which links back to it", at, name)
	}
	if inner.root, err = w.l.load(name); err != nil {
		return true, fmt.Errorf("%s: read the linked template %s: %w", at, name, err)
	}
	if !isTemplate(inner.root) {
		return true, fmt.Errorf("%s: %s: %w", at, name, errors.New("this isn't a template"))
	}
	inner.file, inner.files, inner.path = name, append(slices.Clone(f.files), name), nil
	return false, nil
}
