package azpipeline

import (
	"cmp"
	"fmt"
	"strings"

	"armpreflight/internal/expression"
	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

// Position is a place in a file of the repository. Line and column count from 1.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String is file:line:column, as editors read it.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Compare orders places by file, line, and column.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Origin says where a value comes from.
type Origin string

// The origins of a value.
const (
	Literal   Origin = "literal"   // it's written where it's used
	Parameter Origin = "parameter" // of a template or the pipeline
	Variable  Origin = "variable"  // by a template expression
	Loop      Origin = "loop"      // the variable of ${{ each }}
	Computed  Origin = "computed"  // by functions, or of several parts
)

// Value is a text of the pipeline as far as the files tell.
type Value struct {
	Text   string // an expression that isn't known stays in it as it's written
	Known  bool   // no expression is left in it
	Origin Origin
	Pos    Position  // where its words are written
	trail  []written // the scalar as it's written in the input, and what that stands for; the last is at Pos
	// Empties are the variables in template expressions that no file defines: each becomes empty if nothing else does.
	Empties []string
}

// Source is the value as it's written where it's used.
func (v Value) Source() string {
	if len(v.trail) == 0 {
		return ""
	}
	return v.trail[0].node.Value
}

// Trail is where the value is written, and what that stands for, one reference after the other.
func (v Value) Trail() []Position {
	var all []Position
	for _, w := range v.trail {
		all = append(all, w.position())
	}
	return all
}

// ReferenceKind is when a reference is replaced.
type ReferenceKind string

// The kinds of references.
const (
	Macro   ReferenceKind = "macro"   // $(name): before a step runs, and for connections before the run
	Runtime ReferenceKind = "runtime" // $[ … ]: when a stage or job starts
)

// Reference is a variable, or an expression, that's left in a value when the pipeline is compiled.
type Reference struct {
	Kind ReferenceKind
	Name string // of the variable; the expression, for $[ ]
}

var (
	macro             = lazyregexp.New(`\$\(([^()$]+)\)`)
	runtimeExpression = lazyregexp.New(`(?s)^\s*\$\[(.*)\]\s*$`)
)

// References are those in the value's text. A text that is a runtime expression has no macros.
func (v Value) References() []Reference {
	if m := runtimeExpression.FindStringSubmatch(v.Text); m != nil {
		return []Reference{{Runtime, strings.TrimSpace(m[1])}}
	}
	if strings.HasPrefix(strings.TrimSpace(v.Text), "$[") {
		return []Reference{{Runtime, ""}}
	}
	var all []Reference
	if !strings.Contains(v.Text, "$(") {
		return nil
	}
	text := v.Text
	if !v.Known {
		text = withoutExpressions(text)
	}
	for _, m := range macro.FindAllStringSubmatch(text, -1) {
		all = append(all, Reference{Macro, strings.TrimSpace(m[1])})
	}
	return all
}

// AtRunTime: the value is an expression that is worked out when the stage or job starts.
func (v Value) AtRunTime() bool { return strings.HasPrefix(strings.TrimSpace(v.Text), "$[") }

// parts cuts a text into what's outside of ${{ }} and, in between, the expressions.
func expressionsIn(text string, literal, source func(string)) {
	for {
		before, rest, found := strings.Cut(text, "${{")
		end := -1
		if found {
			end = expression.End(rest)
		}
		if end < 0 {
			literal(text)
			return
		}
		literal(before)
		source(rest[:end])
		text = rest[end+len("}}"):]
	}
}

func withoutExpressions(text string) string {
	var out strings.Builder
	expressionsIn(text, func(s string) { out.WriteString(s) }, func(string) {})
	return out.String()
}

// text replaces the expressions in a scalar. One that can't be known stays as it's written.
func (r *resolver) text(w written) Value {
	if w.node == nil {
		return Value{}
	}
	v := Value{Text: w.node.Value, Origin: Literal, Pos: w.position(), trail: []written{w}}
	if !strings.Contains(w.node.Value, "${{") {
		v.Known = w.node.Kind == yaml.ScalarNode
		r.bound(&v)
		return v
	}
	trail, known := r.trail(w)
	if !known {
		v.trail = append(v.trail, trail[min(1, len(trail)):]...)
		if names, at := r.emptiesIn(w); len(names) > 0 {
			v.Empties, v.Pos = names, at.position()
		}
		return v
	}
	last := trail[len(trail)-1]
	v.trail, v.Pos, v.Origin = trail, last.position(), r.origin(trail)
	if last.node.Kind != yaml.ScalarNode {
		return Value{Pos: w.position(), trail: v.trail}
	}
	v.Text, v.Known = last.node.Value, true
	long := r.bound(&v)
	switch {
	case long || !strings.Contains(v.Text, "${{"):
		return v
	case !r.enter():
		return Value{Pos: v.Pos, trail: v.trail[:1]}
	}
	defer r.leave()
	r.compose(&v, last)
	return v
}

// compose replaces expressions in the middle of a text.
func (r *resolver) compose(v *Value, w written) {
	var out strings.Builder
	v.Known, v.Origin = true, Computed
	expressionsIn(w.node.Value, func(s string) { out.WriteString(s) }, func(source string) {
		if out.Len() > maxText { // a small file can ask for a very long text
			return
		}
		inner := r.evaluated(strings.TrimSpace(source), w)
		if inner.node == nil || !r.spend() {
			v.Known = false
			v.Empties = append(v.Empties, r.emptiesOf(source, w.scope)...)
			out.WriteString("${{" + source + "}}")
			return
		}
		part := r.text(inner)
		v.Known = v.Known && part.Known
		v.Empties = append(v.Empties, part.Empties...)
		out.WriteString(part.Text)
	})
	v.Text = out.String()
	r.bound(v)
}

// bound cuts a text that's made to be long: what's left of it isn't known.
func (r *resolver) bound(v *Value) (long bool) {
	r.spendOn(v.Text)
	if long = len(v.Text) > maxText; long {
		v.Text, v.Known = v.Text[:maxText], false
	}
	return long
}

// origin is where the first expression of a trail leads.
func (r *resolver) origin(trail []written) Origin {
	if len(trail) < 2 {
		return Literal
	}
	source, _ := whole(trail[0].node)
	path := expression.Path(r.parse(source))
	switch {
	case len(path) == 0:
		return Computed
	case trail[0].scope.binding(path[0]) != nil:
		return Loop
	case strings.EqualFold(path[0], "variables"):
		return Variable
	}
	return Parameter
}

// emptiesIn follows a scalar that isn't known to the variables that it's empty without, and to where they're written.
func (r *resolver) emptiesIn(w written) ([]string, written) {
	for range maxDepth {
		source, ok := whole(w.node)
		if !ok {
			return nil, w
		}
		if all := r.emptiesOf(source, w.scope); len(all) > 0 {
			return all, w
		}
		if w = r.evaluated(source, w); w.node == nil {
			return nil, w
		}
	}
	return nil, w
}

// emptiesOf are the undefined variables that a text is made of. One that a function only compares, or has a substitute for, isn't among them.
func (r *resolver) emptiesOf(source string, s *scope) []string {
	node := r.parse(strings.TrimSpace(source))
	if call, ok := node.(expression.Call); ok {
		var all []string
		switch call.Name {
		case "format", "lower", "upper", "trim", "replace", "join":
			for _, arg := range call.Args {
				all = append(all, r.emptyPath(arg, s)...)
			}
		}
		return all
	}
	return r.emptyPath(node, s)
}

func (r *resolver) emptyPath(node expression.Node, s *scope) []string {
	path := expression.Path(node)
	if len(path) < 2 || !strings.EqualFold(path[0], "variables") || s.binding(path[0]) != nil {
		return nil
	}
	name := strings.Join(path[1:], ".")
	if _, defined := s.variables.Lookup(name); defined {
		return nil
	}
	return []string{name}
}

// NamedIn is how a value is written in the file of a list, so that it means the same
// there: as it stands, or as what was given to the template that it stands in.
func (p *Pipeline) NamedIn(v Value, in List) (string, bool) {
	r, list := p.resolver, in.written
	for _, w := range v.trail {
		if w.scope.instance == list.scope.instance && r.meansTheSame(w, list.scope) {
			return w.node.Value, true
		}
		if !r.meansTheSame(w, &scope{}) {
			break // what follows is that of one round
		}
	}
	if written := v.trail[0].node.Value; !strings.Contains(written, "${{") {
		return written, true // for all who use the template
	}
	return "", false
}

// meansTheSame: the expressions in a text mean there what they mean in a scope of
// the same file.
func (r *resolver) meansTheSame(w written, s *scope) bool {
	same := true
	expressionsIn(w.node.Value, func(string) {}, func(source string) {
		node := r.parse(strings.TrimSpace(source))
		same = same && node != nil
		if node == nil {
			return
		}
		expression.Names(node, func(name string, _ []string) {
			if bound := w.scope.binding(name); bound != s.binding(name) {
				same = false // another round, or another loop
			} else if bound == nil && !strings.EqualFold(name, "parameters") && !strings.EqualFold(name, "variables") {
				same = false
			}
		})
	})
	return same
}
