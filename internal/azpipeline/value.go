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

// String returns file:line:column, which editors can open.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Compare orders places by file, line, and column.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Origin says where a value comes from.
type Origin string

// The origins of a value.
const (
	Literal   Origin = "literal"   // written where it's used
	Parameter Origin = "parameter" // of a template or the pipeline
	Variable  Origin = "variable"  // by a template expression
	Loop      Origin = "loop"      // the variable of ${{ each }}
	Computed  Origin = "computed"  // by functions, or of several parts
)

// Value is a text of the pipeline, as far as the files show it.
type Value struct {
	Text   string // it keeps expressions whose value isn't known
	Known  bool   // no expression is left in it
	Origin Origin
	Pos    Position  // where the text is written
	trail  []written // the scalar in the input, and then what each reference leads to; the last is at Pos if the value is known
	// Empties has the variables in template expressions that no file defines. Azure Pipelines replaces them with an empty text.
	Empties []string
}

// Source returns the text as it's written where it's used.
func (v Value) Source() string {
	if len(v.trail) == 0 {
		return ""
	}
	return v.trail[0].node.Value
}

// Trail returns the position where the value is used, and then the position that each reference leads to.
func (v Value) Trail() []Position {
	var all []Position
	for _, w := range v.trail {
		all = append(all, w.position())
	}
	return all
}

// ReferenceKind says when Azure Pipelines replaces a reference.
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
	macro             = &lazyregexp.Regexp{Expression: `\$\(([^()$]+)\)`}
	runtimeExpression = &lazyregexp.Regexp{Expression: `(?s)^\s*\$\[(.*)\]\s*$`}
)

// References returns those in the value's text. A text that's a runtime expression has no macros.
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

// AtRunTime reports whether the value is an expression that's evaluated when the stage or job starts.
func (v Value) AtRunTime() bool { return strings.HasPrefix(strings.TrimSpace(v.Text), "$[") }

// expressionsIn calls literal for each part of a text outside of ${{ }}, and source for each expression.
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

// text replaces the expressions in a scalar, except those whose value isn't known.
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

// bound cuts a text at the limit. The value of a text that's cut isn't known.
func (r *resolver) bound(v *Value) (long bool) {
	r.spendOn(v.Text)
	if long = len(v.Text) > maxText; long {
		v.Text, v.Known = v.Text[:maxText], false
	}
	return long
}

// origin returns the origin of the value that the first expression of a trail refers to.
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

// emptiesIn follows a scalar whose value isn't known. It returns the undefined variables that make it empty, and the text that has them.
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

// emptiesOf returns the undefined variables that are part of a text. It leaves out variables that a function only compares, or has a
// substitute for.
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

// NamedIn returns a text that has the same meaning in the file of a list as the value has where it's used: the value's own text, or the text
// of a parameter. It reports false if there's none.
func (p *Pipeline) NamedIn(v Value, in List) (string, bool) {
	r, list := p.resolver, in.written
	for _, w := range v.trail {
		if w.scope.instance == list.scope.instance && r.meansTheSame(w, list.scope) {
			return w.node.Value, true
		}
		if !r.meansTheSame(w, &scope{}) {
			break // the rest of the trail is only true for one round of a loop
		}
	}
	if written := v.trail[0].node.Value; !strings.Contains(written, "${{") {
		return written, true // it's the same for every caller of the template
	}
	return "", false
}

// meansTheSame reports whether the expressions in a text have the same meaning in another scope of the file.
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
