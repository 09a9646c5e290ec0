package deployment

import (
	"fmt"
	"strings"
)

// names are the resources of a template by their names, and the calls that name one. A call can come before its resource, so
// it's settled at the end of the template.
type names struct {
	root  *node
	files []string            // where the template is, last, and those that lead to it
	ids   map[string][]string // by nameKey
	calls []nameCall
	// modules are the deployments within the template, once they're asked for.
	modules map[string][]*module
}

// nameCall is a call with the name of a resource, such as listKeys('store', …).
type nameCall struct {
	key      string
	function *expression
	record   record // without its action and its target
}

func newNames(root *node, files []string) *names {
	return &names{root: root, files: files, ids: map[string][]string{}}
}

// has notes a resource.
func (n *names) has(key, id string) {
	if key == "" {
		return
	}
	for _, other := range n.ids[key] {
		if strings.EqualFold(other, id) {
			return
		}
	}
	n.ids[key] = append(n.ids[key], id)
}

// settle notes what the calls of a template need.
func (w *walk) settle(n *names) {
	for _, call := range n.calls {
		if ids := n.ids[call.key]; len(ids) == 1 {
			w.reads(call.function, ids[0], call.record)
		} else { // no resource has the name, or several do
			w.cannotRead(call.function, call.record)
		}
	}
	n.calls = nil
}

// nameKey is the same for two names that are the same, even if parts of them aren't known: then it's how they're computed.
func (e *env) nameKey(x *expression, name string) string {
	if whole(name) {
		return strings.ToLower(name)
	}
	return gap + e.form(x)
}

// writtenKey is the nameKey of a name in a template.
func (e *env) writtenKey(n *node, name string) string {
	inner, ok := isExpression(n.str())
	if !ok {
		return strings.ToLower(name)
	}
	x := e.m.parsed(inner)
	if x == nil {
		return ""
	}
	return e.nameKey(x, name)
}

// form writes an expression so that two with the same form have the same value: with the values of its parameters and variables,
// or with what they're computed from.
func (e *env) form(x *expression) string {
	if e.m.calls++; e.m.calls > maxCalls || !e.m.spend(32) {
		e.m.calls--
		return fmt.Sprintf("%p", x)
	}
	defer func() { e.m.calls-- }()
	switch {
	case x.of != nil && x.member != "":
		return e.form(x.of) + "." + strings.ToLower(x.member)
	case x.of != nil:
		return e.form(x.of) + "[" + e.form(x.args[0]) + "]"
	case x.call == "":
		return fmt.Sprintf("%q", text(x.literal))
	case x.call == "copyindex":
		var args []value
		for _, arg := range x.args {
			args = append(args, arg.literal)
		}
		if index, ok := copyIndex(e, args).(int64); ok {
			return fmt.Sprintf("%q", text(index))
		}
	case x.call == "parameters" || x.call == "variables":
		if t := e.thunkOf(x); t != nil {
			return t.form()
		}
	}
	var b strings.Builder
	b.WriteString(x.call + "(")
	for _, arg := range x.args {
		if b.WriteString(e.form(arg) + ","); b.Len() > maxExpression {
			return fmt.Sprintf("%p", x)
		}
	}
	b.WriteString(")")
	return b.String()
}

// thunkOf is the parameter or variable that an expression names; nil if there's none.
func (e *env) thunkOf(x *expression) *thunk {
	in := e.variables
	if x.call == "parameters" {
		in = e.parameters
	}
	if len(x.args) != 1 {
		return nil
	}
	return in[strings.ToLower(text(x.args[0].literal))]
}

func (t *thunk) form() string {
	if t.formed != "" {
		return t.formed
	}
	t.formed = fmt.Sprintf("%p", t) // also if it needs itself
	if s := text(t.get()); whole(s) {
		t.formed = fmt.Sprintf("%q", s)
	} else if inner, ok := isExpression(t.node.str()); ok {
		if x := t.env.m.parsed(inner); x != nil {
			t.formed = t.env.form(x)
		}
	}
	return t.formed
}
