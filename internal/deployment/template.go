package deployment

import (
	"fmt"
	"strings"
)

// Limits of what a template may create.
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
	modules   map[string]*module

	// What's being walked at the moment, for reads that an expression makes.
	in   *frame
	why  string
	path *jsonPath
}

// frame is a template that's deployed.
type frame struct {
	*env           // for its expressions; with outer evaluation those of the template around it
	file  string   // where it is
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
	w := &walk{collector: newCollector(scope), m: m, l: l, modules: map[string]*module{}}
	w.listen()
	f := &frame{env: w.newEnv(root, scope, []string{name}), file: name, files: []string{name}, root: root, scope: scope}
	w.assign(f, given, len(o.Parameters) > 0)
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

// ScopeError says that a template deploys to another kind of scope than the given one. The caller knows how it was given.
type ScopeError struct {
	Wants string // in a few words
	Scope string // an ARM ID
}

func (e *ScopeError) Error() string {
	return fmt.Sprintf("the template deploys to %s, but the scope is %s", e.Wants, e.Scope)
}

// scopeFor is the scope of a template: the given one, or one with placeholders.
func scopeFor(root *node, given string) (string, error) {
	schema := strings.ToLower(root.get("$schema").str())
	sub := subscriptionOf(given)
	_, managed := cutFold(given, managementGroups)
	wrong := func(what string) (string, error) {
		return "", &ScopeError{Wants: what, Scope: given}
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

// newEnv prepares the variables, functions and symbolic names of a template, which the last of the files has; assign adds its parameters.
func (w *walk) newEnv(root *node, scope string, files []string) *env {
	e := &env{m: w.m, scope: scope, parameters: map[string]*thunk{}, variables: map[string]*thunk{},
		functions: map[string]function{}, symbols: map[string]*node{}, names: newNames(root, files)}
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

// assign gives the parameters of a template their values: those that are given, or the defaults. A nullable one without either is null
// if all that's given is known; another one is unknown, a text a gap.
func (w *walk) assign(f *frame, given map[string]parameter, all bool) {
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
			if w.m.quiet == 0 {
				w.secretOf(f, p)
			}
			t.done, t.value = true, gap
		case ok && p.value != nil && p.env == nil:
			t.done, t.value = true, plain(p.value)
		case ok && p.whole != nil:
			t.done, t.value = true, member(p.env.value(p.whole), "value")
		case ok && p.value != nil:
			t.env, t.node = p.env, p.value
			t.get() // what it reads is read where it's given
		case !ok && initial != nil:
			t.node = initial
		case nullable(f.root, &declared.items[i]):
			t.done = true
			if ok || !all {
				t.value = unknown{}
			}
		default:
			t.done, t.value = true, unknown{}
			if strings.HasSuffix(strings.ToLower(declared.items[i].get("type").str()), "string") {
				t.value = gap
			}
		}
		f.parameters[strings.ToLower(name)] = t
	}
}

// nullable reports whether a parameter can be null: it says so, or a type that it refers to.
func nullable(root, declared *node) bool {
	for range maxHops {
		if declared.get("nullable").is(isTrue) {
			return true
		}
		name, ok := strings.CutPrefix(declared.get("$ref").str(), "#/definitions/")
		if !ok {
			return false
		}
		declared = root.at("definitions", name)
	}
	return false
}

// secretOf notes that the deployment takes a secret from a vault.
func (w *walk) secretOf(f *frame, p parameter) {
	id := p.vault
	if p.env != nil {
		id = text(p.env.text(p.vault))
	}
	kind := typeOf(id)
	if kind == "" {
		w.cannot("couldn't determine which key vault a parameter takes its secret from", Reason{File: p.file, Path: p.path.String()})
		return
	}
	w.add(record{action: kind + "/deploy/action", target: id, sure: w.m.maybe == 0, file: p.file, path: p.path})
}

// template goes through the resources and outputs of a template.
func (w *walk) template(f *frame) error {
	resources := f.root.get("resources")
	at := f.path.member("resources")
	if resources.is(isText) {
		w.cannot("couldn't determine the resources of a nested deployment", Reason{Resource: shown(w.why), File: f.file, Path: at.String()})
	}
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
			w.under(f, "", here, func() { w.output(f, &outputs.items[i], here) })
		}
	}
	if f.names.root == f.root { // otherwise it's within the template whose names these are
		w.settle(f.names)
	}
	return nil
}

// under says what's being walked while something is evaluated.
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
	loop := n.get("copy")
	if loop == nil {
		return
	}
	count, known := f.value(loop.get("count")).(int64)
	if !known || count > maxCopies {
		w.m.maybe++
		f.inCopy("", -1).value(loop.get("input"))
		return
	}
	for i := range count {
		f.inCopy("", i).value(loop.get("input"))
	}
}
