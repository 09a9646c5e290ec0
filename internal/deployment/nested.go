package deployment

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

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

// deployActions is what the preset @deploy of the input requiredActions means.
var deployActions = []string{
	"Microsoft.Resources/deployments/read",
	"Microsoft.Resources/deployments/write",
	"Microsoft.Resources/deployments/validate/action",
	"Microsoft.Resources/deployments/operations/read",
	"Microsoft.Resources/deployments/operationstatuses/read",
}

// nests notes what a deployment within another one takes. Azure Resource Manager starts it; whether the rest is required of the
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
	properties, asOne := e.spelled(n.get("properties"))
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
	root, computed := e.spelled(properties.get("template"))
	switch {
	case root.is(isObject):
		inner.root = root
		if !asOne && !computed && !innerScope(e, properties) {
			inner.env = e
			return w.template(inner)
		}
	case link.is(isObject):
		done, err := w.linked(f, e, link, inner, at.member("properties").member("templateLink"))
		if done || err != nil {
			for _, p := range given {
				e.value(cmp.Or(p.value, p.whole)) // for what it reads
			}
			return err
		}
	default:
		w.cannot("couldn't determine the template of a nested deployment", Reason{Resource: shown(resource), File: f.file, Path: at.String()})
		return nil
	}
	inner.env = w.newEnv(inner.root, scope, inner.files)
	w.assign(inner, given, readable(properties))
	return w.template(inner)
}

// spelled gives a JSON object that's written as it is, or as an expression for it; computed is whether it was an expression. What's
// in it isn't evaluated with what's around it then.
func (e *env) spelled(n *node) (spelled *node, computed bool) {
	if !n.is(isText) {
		return n, false
	}
	v := e.value(n)
	if _, ok := v.(*object); !ok || !e.small(v) {
		return n, false
	}
	return nodeOf(v), true
}

// nodeOf writes a value as JSON. What isn't known becomes a text with a gap.
func nodeOf(v value) *node {
	switch v := v.(type) {
	case nil:
		return &node{kind: isNull}
	case bool:
		if v {
			return &node{kind: isTrue}
		}
		return &node{kind: isFalse}
	case int64:
		return &node{kind: isNumber, text: text(v)}
	case []value:
		n := &node{kind: isList}
		for _, item := range v {
			n.items = append(n.items, *nodeOf(item))
		}
		return n
	case *object:
		n := &node{kind: isObject}
		for i, key := range v.keys {
			n.keys, n.items = append(n.keys, key), append(n.items, *nodeOf(v.values[i]))
		}
		return n
	}
	return &node{kind: isText, text: text(v)}
}

// readable reports whether a nested deployment says all of its parameters.
func readable(properties *node) bool {
	given := properties.get("parameters")
	return properties.get("parametersLink") == nil && (given == nil || given.is(isObject))
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
		sub, hasSub = subscriptionNamed(e.value(other)), true
	}
	switch group := n.get("resourceGroup"); {
	case group != nil:
		return sub + resourceGroups + named(e.value(group))
	case hasSub:
		return sub
	}
	return f.scope
}

// longestURL is how many bytes a URL can have to be shown.
const longestURL = 120

// urlOf is the URL of a linked template, or the expression for it; "" if it's too long, or has a query, which can be a signature. Nothing
// is cut off: half a secret isn't found later.
func urlOf(e *env, n *node) string {
	for _, url := range []string{text(e.value(n)), n.str()} {
		if whole(url) && len(url) <= longestURL && !strings.Contains(url, "?") {
			return url
		}
	}
	return ""
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
		reason.Target = urlOf(e, link.get("uri"))
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
	if inner.root, err = w.load(name); err != nil {
		return true, fmt.Errorf("%s: read the linked template %s: %w", at, name, err)
	}
	inner.file, inner.files, inner.path = name, append(slices.Clone(f.files), name), nil
	return false, nil
}

// load reads a linked template.
func (w *walk) load(name string) (*node, error) {
	root, err := w.l.load(name)
	if err == nil && !isTemplate(root) {
		err = errors.New("this isn't a template")
	}
	return root, err
}
