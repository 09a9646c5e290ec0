package lint

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// variables are those of a pipeline, stage or job, and of what is around it.
type variables struct {
	outer  *variables
	byName map[string]definition // by lower-case name
	groups []string              // variable groups: what they hold, the files do not show
	narrow bool                  // of a stage, a job or a matrix: not there yet when connections are looked up
	open   bool                  // there are others that the files do not show
}

// definition is a variable that the YAML gives a value.
type definition struct {
	text    text
	written value
}

// atRunTime: the value is an expression that is worked out when the stage or job starts.
func (d definition) atRunTime() bool { return strings.HasPrefix(strings.TrimSpace(d.text.value), "$[") }

// lookup finds the innermost definition. A nil receiver has none.
func (v *variables) lookup(name string) (definition, bool) {
	for ; v != nil; v = v.outer {
		if d, ok := v.byName[strings.ToLower(name)]; ok {
			return d, true
		}
	}
	return definition{}, false
}

// ofPipeline finds the definition for the whole pipeline: Azure DevOps looks
// connections up before a stage starts, when those of stages and jobs are not there
// yet (learn.microsoft.com/azure/devops/pipelines/process/runs).
func (v *variables) ofPipeline(name string) (definition, bool) {
	for ; v != nil; v = v.outer {
		if d, ok := v.byName[strings.ToLower(name)]; ok && !v.narrow {
			return d, true
		}
	}
	return definition{}, false
}

func (v *variables) narrowed() *variables {
	v.narrow = true
	return v
}

// allGroups are the variable groups of all that is around, the innermost first.
func (v *variables) allGroups() []string {
	var all []string
	for ; v != nil; v = v.outer {
		all = append(all, v.groups...)
	}
	return all
}

func (v *variables) isOpen() bool {
	for ; v != nil; v = v.outer {
		if v.open {
			return true
		}
	}
	return false
}

// variables reads what stands under variables: a mapping, or a list of names, groups and templates.
func (w *walk) variables(v value, outer *variables) *variables {
	all := &variables{outer: outer, byName: map[string]definition{}}
	if v.node == nil {
		return all
	}
	w.define(all, value{node: v.node, scope: v.scope.among(all)})
	return all
}

func (w *walk) define(all *variables, v value) {
	if !w.enter() {
		return
	}
	defer w.leave()
	v = w.resolve(v)
	switch {
	case v.node == nil:
		all.open = true
		return
	case v.node.Kind == yaml.MappingNode && !holdsLists(v.node):
		for _, e := range w.entries(v) {
			all.add(e.key, definition{w.text(e.value), e.value})
		}
		return
	}
	before := w.blind
	for _, item := range w.items(v) {
		var name text
		var given value
		for _, e := range w.entries(item) {
			switch strings.ToLower(e.key) {
			case "name":
				name = w.text(e.value)
			case "value":
				given = e.value
			case "group":
				if group := w.text(e.value); group.value != "" {
					all.groups = append(all.groups, group.value)
				}
			case "template":
				if root := w.include(item, e.value); root.node != nil {
					w.define(all, w.member(value{node: root.node, scope: root.scope.among(all)}, "variables"))
				} else {
					all.open = true
				}
			}
		}
		if name.known && given.node != nil {
			all.add(name.value, definition{w.text(given), given})
		} else if name.value != "" {
			all.open = true
		}
	}
	// What variables there are says nothing of which steps there are.
	all.open = all.open || w.blind > before
	w.blind = before
}

// add keeps of several definitions (each under a condition) one that is known when the run is queued.
func (v *variables) add(name string, d definition) {
	key := strings.ToLower(name)
	if old, ok := v.byName[key]; !ok || old.atRunTime() {
		v.byName[key] = d
	}
}

// holdsLists: the conditions in a mapping hold lists, so it stands for a list.
func holdsLists(n *yaml.Node) bool {
	return onlyDirectives(n) && n.Content[1].Kind == yaml.SequenceNode
}
