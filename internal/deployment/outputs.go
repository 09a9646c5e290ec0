package deployment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A deployment within a template is read by reference(), and what it gives is in the file, or in the one that it links to: its outputs.

// outputOf evaluates an expression that reads an output of a deployment within the template, such as
// reference('network').outputs.subnetId.value; false if it's another expression, or the deployment isn't in the file.
func (e *env) outputOf(x *expression) (value, bool) {
	function, path := x.way()
	if function == nil || len(function.args) == 0 || e.names == nil {
		return nil, false
	}
	if len(path) > 0 && strings.EqualFold(path[0], "properties") { // of the full form
		path = path[1:]
	}
	if len(path) < 3 || !strings.EqualFold(path[0], "outputs") || !strings.EqualFold(path[2], "value") {
		return nil, false
	}
	v, ok := e.m.output(e, function.args[0], path[1])
	if !ok {
		return nil, false
	}
	e.eval(function) // it's a read
	for _, key := range path[3:] {
		v = member(v, key)
	}
	return v, true
}

// way gives the call of reference() that an expression begins with, and the members behind it; nil if there's none.
func (x *expression) way() (function *expression, path []string) {
	switch {
	case x.call == "reference":
		return x, nil
	case x.of != nil && x.member != "":
		function, path = x.of.way()
		return function, append(path, x.member)
	case x.of != nil:
		function, path = x.of.way()
		return function, append(path, text(x.args[0].literal))
	case x.call == "tryget" && len(x.args) > 1:
		function, path = x.args[0].way()
		for _, arg := range x.args[1:] {
			path = append(path, text(arg.literal))
		}
	}
	return function, path
}

// module is a deployment within a template: one of a loop, if there's one around it.
type module struct {
	properties *node
	env        *env   // of the template around it
	id         string // may have gaps
	inner      *frame
	own        bool // it evaluates its own expressions
	outputs    map[string]*thunk
}

// moduleOf finds the deployment that an expression names: by its symbolic name, or its ID.
func (w *walk) moduleOf(e *env, x *expression) *module {
	id := text(e.eval(x))
	if n := e.symbolOf(id); n != nil {
		own := e.plain()
		if loop := n.get("copy"); loop.is(isObject) {
			_, index, _ := strings.Cut(strings.TrimSuffix(id, "]"), "[")
			i, err := strconv.ParseInt(index, 10, 64)
			if err != nil {
				i = -1
			}
			own = own.inCopy(loop.get("name").str(), i)
		}
		return w.moduleAt(own, n)
	}
	id = e.resolve(id)
	if !strings.EqualFold(typeOf(id), deploymentType) {
		return nil
	}
	name := id[strings.LastIndexByte(id, '/')+1:]
	key := strings.ToLower(name)
	if !whole(name) {
		if len(x.args) == 0 {
			return nil
		}
		last := x.args[len(x.args)-1]
		key = e.nameKey(last, text(e.eval(last)))
	}
	found := w.modulesOf(e)[key]
	if len(found) == 1 {
		return found[0]
	}
	for _, m := range found { // several groups have one of the name
		if whole(id) && strings.EqualFold(m.id, id) {
			return m
		}
	}
	return nil
}

// plain is an environment outside of loops.
func (e *env) plain() *env {
	outside := *e
	outside.copies, outside.lambda = nil, nil
	return &outside
}

// modulesOf gives the deployments within a template, by the nameKey of their names.
func (w *walk) modulesOf(e *env) map[string][]*module {
	n := e.names
	if n.modules != nil {
		return n.modules
	}
	n.modules = map[string][]*module{} // also for what asks while it's built
	resources := n.root.get("resources")
	if resources == nil {
		return n.modules
	}
	note := func(e *env, one *node) {
		if m := w.moduleAt(e, one); m != nil {
			name := one.get("name")
			key := e.writtenKey(name, text(e.value(name)))
			n.modules[key] = append(n.modules[key], m)
		}
	}
	for i := range resources.items {
		one := &resources.items[i]
		loop := one.get("copy")
		if !loop.is(isObject) {
			note(e.plain(), one)
			continue
		}
		if times, ok := e.value(loop.get("count")).(int64); ok && times <= maxCopies {
			for index := range times {
				note(e.plain().inCopy(loop.get("name").str(), index), one)
			}
		}
	}
	return n.modules
}

// moduleAt is a deployment within a template, in its loop; nil if it's another resource, or its template can't be read.
func (w *walk) moduleAt(e *env, n *node) *module {
	if !strings.EqualFold(e.kindOf(n), deploymentType) || !w.m.spend(64) {
		return nil
	}
	key := fmt.Sprintf("%p %p %v", n, e.names, e.copies)
	m, ok := w.modules[key]
	if ok {
		return m
	}
	around := &frame{env: e, scope: e.scope}
	inner := &frame{files: e.names.files, scope: w.nestedScope(around, e, n)}
	properties, asOne := e.spelled(n.get("properties"))
	root, computed := e.spelled(properties.get("template"))
	if inner.root = root; !root.is(isObject) && !w.linksTo(e, properties, inner) {
		return nil
	}
	m = &module{properties: properties, env: e, inner: inner, outputs: map[string]*thunk{}}
	m.own = asOne || computed || inner.file != "" || innerScope(e, properties)
	m.id = makeID(m.inner.scope, deploymentType, text(e.value(n.get("name"))))
	w.modules[key] = m
	return m
}

// linksTo finds the template of a deployment that links to it by its relative path; false if there's none. If it can't be read, walking
// the deployment says why.
func (w *walk) linksTo(e *env, properties *node, inner *frame) bool {
	to := properties.at("templateLink", "relativePath")
	if to == nil || len(inner.files) == 0 {
		return false
	}
	name, ok := relative(inner.files[len(inner.files)-1], text(e.value(to)))
	if !ok || !whole(name) || slices.Contains(inner.files, name) {
		return false
	}
	root, err := w.load(name)
	if err != nil {
		return false
	}
	inner.root, inner.file, inner.files = root, name, append(slices.Clone(inner.files), name)
	return true
}

// given evaluates an output of a deployment within a template; false if it isn't known. What it reads is noted where the
// deployment itself is walked.
func (w *walk) given(e *env, x *expression, name string) (value, bool) {
	w.m.quiet++
	defer func() { w.m.quiet-- }()
	m := w.moduleOf(e, x)
	if m == nil {
		return nil, false
	}
	key := strings.ToLower(name)
	t, ok := m.outputs[key]
	if !ok {
		n := m.inner.root.at("outputs", name, "value")
		if n == nil {
			return nil, false
		}
		t = &thunk{node: n, env: w.inside(m)}
		m.outputs[key] = t
	}
	return t.get(), true
}

// inside is the environment of the outputs of a deployment within a template.
func (w *walk) inside(m *module) *env {
	if m.inner.env != nil {
		return m.inner.env
	}
	if !m.own {
		m.inner.env = m.env
		return m.env
	}
	m.inner.env = w.newEnv(m.inner.root, m.inner.scope, m.inner.files)
	w.assign(m.inner, w.arguments(&frame{env: m.env}, m.env, m.properties.get("parameters"), nil), readable(m.properties))
	return m.inner.env
}

// innerScope reports whether a deployment within a template evaluates its own expressions.
func innerScope(e *env, properties *node) bool {
	return strings.EqualFold(text(e.value(properties.at("expressionEvaluationOptions", "scope"))), "inner")
}
