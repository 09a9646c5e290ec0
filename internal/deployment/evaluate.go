package deployment

import (
	"maps"
	"strings"
)

// Limits of what expressions may take.
const (
	maxWork       = 32 << 20 // bytes that are produced and steps that are taken, of all expressions together
	maxExpression = 24_576   // bytes of one; Azure Resource Manager has the same limit
	maxResult     = 128 << 10
	maxElements   = 10_000
	maxLook       = 50_000  // values, and every fourth byte of texts, that one function reads
	maxCalls      = 60      // functions of a template that are within each other, and variables that need each other
	maxCached     = 1 << 20 // bytes of expressions that are kept parsed
)

// machine evaluates expressions; one for everything that's derived together.
type machine struct {
	left   int // how much of maxWork
	calls  int
	maybe  int // above 0: what's evaluated may not be needed
	quiet  int // above 0: what's read isn't noted
	cache  map[string]*expression
	cached int
	// functions are those that read more than their arguments.
	functions map[string]func(*env, []value) value
	// read is called for each read of a resource, by reference() or a function such as listKeys(). The ID may have gaps, or be a name.
	read func(e *env, function *expression, id string)
	// output gives an output of a deployment within the template that an expression names; false if it isn't known.
	output func(e *env, named *expression, name string) (value, bool)
	// broken is called for each expression that can't be read.
	broken func()
}

func newMachine() *machine {
	return &machine{left: maxWork, cache: map[string]*expression{}, functions: contextual(), read: func(*env, *expression, string) {},
		output: func(*env, *expression, string) (value, bool) { return nil, false }, broken: func() {}}
}

// spend takes work off what's left, and reports whether there's any.
func (m *machine) spend(n int) bool {
	m.left -= n + 1
	return m.left > 0
}

// thunk is a parameter or a variable, which is evaluated when it's first asked for.
type thunk struct {
	node  *node
	env   *env
	copy  bool // the node is a copy: name, count and input
	busy  bool
	done  bool
	value value
	// formed is how its value is computed, once that's needed.
	formed string
}

func (t *thunk) get() value {
	switch {
	case t.done:
		return t.value
	case t.busy: // it needs itself
		return unknown{}
	}
	m := t.env.m
	if m.calls++; m.calls > maxCalls {
		m.calls--
		return unknown{}
	}
	t.busy = true
	if t.copy {
		one := node{kind: isList, items: []node{*t.node}}
		t.env.copied(&one, func(_ string, list value) { t.value = list })
	} else {
		t.value = t.env.value(t.node)
	}
	t.done, t.busy = true, false
	m.calls--
	return t.value
}

// function is a function that a template defines.
type function struct {
	parameters []string
	output     *node
}

// env is what the expressions of a template see.
type env struct {
	m          *machine
	parameters map[string]*thunk // by name in lower case, as are the others
	variables  map[string]*thunk
	functions  map[string]function
	symbols    map[string]*node // resources by their symbolic names
	names      *names           // nil if the expressions can't name resources
	scope      string           // of the deployment, for functions
	copies     map[string]int64 // index of each copy around; "" is the innermost
	lambda     map[string]value
}

// inCopy gives an environment within a copy.
func (e *env) inCopy(name string, index int64) *env {
	inner := *e
	inner.copies = maps.Clone(e.copies)
	if inner.copies == nil {
		inner.copies = map[string]int64{}
	}
	inner.copies[""], inner.copies[strings.ToLower(name)] = index, index
	return &inner
}

// value evaluates a JSON value with all that's in it.
func (e *env) value(n *node) value {
	if n == nil || !e.m.spend(8) {
		return unknown{}
	}
	switch n.kind {
	case isTrue, isFalse:
		return n.kind == isTrue
	case isNumber:
		return number(n.text)
	case isText:
		return e.text(n.text)
	case isList:
		list := make([]value, 0, len(n.items))
		for i := range n.items {
			list = append(list, e.value(&n.items[i]))
		}
		return list
	case isObject:
		o := &object{}
		for i, key := range n.keys {
			if copies := &n.items[i]; strings.EqualFold(key, "copy") && copies.kind == isList {
				e.copied(copies, o.set)
				continue
			}
			if whole, isText := e.text(key).(string); isText {
				key = whole
			} else {
				key = gap
			}
			o.keys, o.values = append(o.keys, key), append(o.values, e.value(&n.items[i]))
		}
		return o
	}
	return nil
}

// copied builds the lists of copies of variables or properties: each with name, count and input.
func (e *env) copied(copies *node, set func(name string, list value)) {
	for i := range copies.items {
		one := &copies.items[i]
		name := one.get("name").str()
		count, ok := e.value(one.get("count")).(int64)
		if !ok {
			set(name, someOf(e.perhaps(one, name)))
			continue
		}
		if count < 0 || count > maxElements {
			set(name, unknown{})
			continue
		}
		list := []value{}
		for index := range count {
			if !e.m.spend(8) {
				return
			}
			list = append(list, e.inCopy(name, index).value(one.get("input")))
		}
		set(name, list)
	}
}

// perhaps evaluates the input of a copy that may have no items.
func (e *env) perhaps(copies *node, name string) value {
	e.m.maybe++
	defer func() { e.m.maybe-- }()
	return e.inCopy(name, -1).value(copies.get("input"))
}

// text evaluates a text, which may be an expression.
func (e *env) text(t string) value {
	inner, ok := isExpression(t)
	if !ok {
		return inner
	}
	x := e.m.parsed(inner)
	if x == nil {
		return unknown{}
	}
	return e.eval(x)
}

// parsed parses an expression, and keeps some, since copies evaluate the same ones again; nil if it can't be read.
func (m *machine) parsed(text string) *expression {
	if x, ok := m.cache[text]; ok {
		return x
	}
	if !m.spend(len(text)) {
		return nil
	}
	var x *expression
	err := errExpression
	if len(text) <= maxExpression {
		x, err = parseExpression(text)
	}
	if err != nil {
		m.broken()
		x = nil
	}
	if m.cached += len(text); m.cached <= maxCached {
		m.cache[text] = x
	}
	return x
}

func (e *env) eval(x *expression) value {
	if !e.m.spend(8) {
		return unknown{}
	}
	if x.of != nil || x.call == "tryget" {
		if v, ok := e.outputOf(x); ok {
			return v
		}
	}
	switch {
	case x.call != "":
		return e.bounded(e.callFunction(x))
	case x.of != nil && x.member != "":
		return e.element(e.eval(x.of), x.member)
	case x.of != nil:
		return e.element(e.eval(x.of), e.eval(x.args[0]))
	}
	return x.literal
}

func (e *env) element(of, index value) value {
	if o, ok := of.(*object); ok && !e.m.spend(len(o.keys)) {
		return unknown{}
	}
	if u, ok := of.(unknown); ok && u.may != nil && !e.small(of) {
		return unknown{}
	}
	return element(of, index)
}

// bounded charges for what a function produced, and drops what's beyond the limits.
func (e *env) bounded(v value) value {
	switch t := v.(type) {
	case string:
		if !e.m.spend(len(t)) || len(t) > maxResult {
			return unknown{}
		}
	case []value:
		if !e.m.spend(16*len(t)) || len(t) > maxElements {
			return unknown{}
		}
	case *object:
		if !e.m.spend(32*len(t.keys)) || len(t.keys) > maxElements {
			return unknown{}
		}
	}
	return v
}

// callFunction calls a function. Those that don't need all their arguments come first.
func (e *env) callFunction(x *expression) value {
	switch x.call {
	case "if":
		return e.choose(x.args)
	case "and", "or":
		return e.both(x.args, x.call == "or")
	case "coalesce":
		return e.coalesce(x.args)
	case "lambda":
		return lambda{e, x}
	}
	args := make([]value, len(x.args))
	for i, arg := range x.args {
		args[i] = e.eval(arg)
	}
	if !e.small(args...) {
		return unknown{}
	}
	if f, ok := e.functions[x.call]; ok {
		return e.callOwn(f, args)
	}
	if (x.call == "reference" || strings.HasPrefix(x.call, "list")) && len(args) > 0 {
		if e.m.quiet == 0 {
			e.m.read(e, x, text(args[0]))
		}
		return unknown{} // only Azure knows it
	}
	if f, ok := e.m.functions[x.call]; ok {
		return f(e, args)
	}
	if f, ok := pure()[x.call]; ok {
		return f(args)
	}
	return unknown{}
}

// small charges for reading all of some values, and reports whether they may be read. A value that holds another one
// twice, and that again, is small in memory only.
func (e *env) small(values ...value) bool {
	left := maxLook
	for _, v := range values {
		if !look(v, &left) {
			return false
		}
	}
	return e.m.spend(maxLook - left)
}

func look(v value, left *int) bool {
	*left--
	switch v := v.(type) {
	case string:
		*left -= len(v) / 4
	case []value:
		return lookAll(v, left)
	case *object:
		return lookAll(v.values, left)
	case unknown:
		if v.may != nil {
			return lookAll(*v.may, left)
		}
	}
	return *left >= 0
}

func lookAll(values []value, left *int) bool {
	for _, v := range values {
		if *left < 0 || !look(v, left) {
			return false
		}
	}
	return *left >= 0
}

// callOwn calls a function of the template, which sees its arguments and nothing else.
func (e *env) callOwn(f function, args []value) value {
	if e.m.calls++; e.m.calls > maxCalls {
		e.m.calls--
		return unknown{}
	}
	defer func() { e.m.calls-- }()
	inner := &env{m: e.m, parameters: map[string]*thunk{}, functions: e.functions, scope: e.scope}
	for i, name := range f.parameters {
		v := value(unknown{})
		if i < len(args) {
			v = args[i]
		}
		inner.parameters[name] = &thunk{done: true, value: v}
	}
	return inner.value(f.output)
}

// choose evaluates if: only the branch that's taken, or both as what may be needed.
func (e *env) choose(args []*expression) value {
	if len(args) != 3 {
		return unknown{}
	}
	switch condition := e.eval(args[0]); condition {
	case true:
		return e.eval(args[1])
	case false:
		return e.eval(args[2])
	}
	e.m.maybe++
	defer func() { e.m.maybe-- }()
	yes, no := e.eval(args[1]), e.eval(args[2])
	if e.small(yes, no) && whollyKnown(yes) && whollyKnown(no) && same(yes, no) {
		return yes
	}
	return oneOf(yes, no)
}

// coalesce gives the first value that isn't null. One that isn't known may be null.
func (e *env) coalesce(args []*expression) value {
	before := e.m.maybe
	defer func() { e.m.maybe = before }()
	var may []value
	for _, arg := range args {
		v := e.eval(arg)
		if v == nil {
			continue
		}
		may = append(may, v)
		if u, open := v.(unknown); !open || u.items {
			break
		}
		e.m.maybe = before + 1
	}
	switch len(may) {
	case 0:
		return nil
	case 1:
		return may[0]
	}
	return oneOf(may...)
}

// both evaluates and, and with any set or: one argument may decide although others are unknown.
func (e *env) both(args []*expression, any bool) value {
	before, open := e.m.maybe, false
	defer func() { e.m.maybe = before }()
	for _, arg := range args {
		switch v := e.eval(arg); v {
		case any:
			return any
		case !any:
		default: // the ones behind it may not be read
			open = true
			e.m.maybe = before + 1
		}
	}
	if open {
		return unknown{}
	}
	return !any
}
