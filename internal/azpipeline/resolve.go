package azpipeline

import (
	"strconv"
	"strings"

	"armpreflight/internal/expression"

	"go.yaml.in/yaml/v3"
)

// The bounds of a pipeline. Azure Pipelines follows at most 100 files, 50 levels deep.
const (
	maxDepth = 60
	maxNodes = 300_000    // of one pipeline
	maxAll   = 20_000_000 // of all
	maxText  = 64 << 10
	maxName  = 300 // of a template
)

// resolver replaces the templates and expressions of one pipeline.
type resolver struct {
	library *Library
	left    int // how many nodes may still be visited
	kept    kept
	depth   int
	cut     bool // a bound was reached
	hidden  bool // a template that isn't seen is among the steps of the job so far
	alone   bool // see Pipeline.Alone
	unseen  func(at Position, repository, why string)
	failed  func(error) // a file that can't be read
}

func (r *resolver) spend() bool {
	r.left--
	r.library.left--
	enough := r.left > 0 && r.library.left > 0
	r.cut = r.cut || !enough
	return enough
}

// spendOn counts the work on a text, which grows with its length.
func (r *resolver) spendOn(text string) {
	r.left -= len(text) / 64
	r.library.left -= len(text) / 64
}

func (r *resolver) enter() bool {
	if r.depth >= maxDepth || !r.spend() {
		r.cut = true
		return false
	}
	r.depth++
	return true
}

func (r *resolver) leave() { r.depth-- }

// parse parses each expression once. It returns nil for a broken one.
func (r *resolver) parse(source string) expression.Node {
	if node, ok := r.library.parsed[source]; ok {
		return node
	}
	node, err := expression.Parse(source)
	if err != nil {
		node = nil // Azure DevOps reports the error
	}
	r.library.parsed[source] = node
	return node
}

// whole returns the expression of a scalar that has nothing else in it.
func whole(n *yaml.Node) (source string, ok bool) {
	if n.Kind != yaml.ScalarNode {
		return "", false
	}
	text := strings.TrimSpace(n.Value)
	if !strings.HasPrefix(text, "${{") {
		return "", false
	}
	inside := text[len("${{"):]
	end := expression.End(inside)
	return strings.TrimSpace(inside[:max(end, 0)]), end >= 0 && end == len(inside)-len("}}")
}

// directive splits a key such as ${{ if x }} into its first word and the rest. It reports false if the word isn't a condition, a loop, or insert.
func directive(n *yaml.Node) (word, rest string, ok bool) {
	if n.Kind != yaml.ScalarNode || !strings.Contains(n.Value, "${{") {
		return "", "", false
	}
	source, ok := whole(n)
	if !ok {
		return "", "", false
	}
	word, rest = source, ""
	if i := strings.IndexAny(source, " \t\r\n("); i >= 0 {
		word, rest = source[:i], source[i:]
	}
	switch word = strings.ToLower(word); word {
	case "if", "elseif", "else", "each", "insert":
		return word, strings.TrimSpace(rest), true
	}
	return "", "", false
}

// onlyDirectives reports whether a mapping is replaced with the values of its keys, because all of them are conditions or loops.
func onlyDirectives(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return false
	}
	for i := 0; i < len(n.Content); i += 2 {
		if word, _, ok := directive(n.Content[i]); !ok || word == "insert" {
			return false
		}
	}
	return true
}

// trail returns something that's written and what it resolves to, one reference after the other. It's known if the last one isn't an
// expression; otherwise, the trail is as long as the files show.
func (r *resolver) trail(w written) (all []written, known bool) {
	for range maxDepth {
		if w.node == nil || w.node.Kind == yaml.AliasNode || !r.spend() {
			return all, false
		}
		all = append(all, w)
		source, ok := whole(w.node)
		if !ok {
			return all, true
		}
		w = r.evaluated(source, w)
	}
	return all, false
}

// resolve follows something that is one expression to what it's replaced with.
func (r *resolver) resolve(w written) written {
	if all, known := r.trail(w); known {
		return all[len(all)-1]
	}
	return written{}
}

// evaluated returns the YAML that an expression names, or a new node with the value that it computes.
func (r *resolver) evaluated(source string, at written) written {
	node := r.parse(source)
	if node == nil || !r.enter() {
		return written{}
	}
	defer r.leave()
	if path := expression.Path(node); path != nil {
		return r.follow(path, at.scope)
	}
	v := expression.Evaluate(node, names{r, at.scope})
	if w, ok := v.Data.(written); ok && v.Kind != expression.Unknown {
		if v.Guess {
			w.scope = w.scope.guessed()
		}
		return w
	}
	made := &yaml.Node{Kind: yaml.ScalarNode, Line: at.node.Line, Column: at.node.Column, Value: v.String()}
	switch {
	case v.Kind == expression.List && v.Data == nil:
		made.Kind = yaml.SequenceNode
		for _, one := range v.Items {
			made.Content = append(made.Content, &yaml.Node{Kind: yaml.ScalarNode, Line: at.node.Line, Column: at.node.Column, Value: one.String()})
		}
	case !v.IsScalar() || strings.Contains(made.Value, "${{"):
		return written{}
	}
	scope := at.scope
	if v.Guess {
		scope = scope.guessed()
	}
	return written{node: made, scope: scope}
}

// follow returns the YAML that a reference names.
func (r *resolver) follow(path []string, s *scope) written {
	var w written
	head, rest := path[0], path[1:]
	b := s.binding(head)
	switch head = strings.ToLower(head); {
	case b != nil:
		w = b.value
	case head == "parameters" && len(rest) > 0:
		w, rest = s.parameters[strings.ToLower(rest[0])], rest[1:]
	case head == "variables" && len(rest) > 0:
		if d, ok := s.variables.Lookup(strings.Join(rest, ".")); ok {
			return d.written
		}
		return written{}
	}
	for _, name := range rest {
		w, _ = r.step(w, name)
	}
	return w
}

// step returns a member of a mapping, or an item of a list whose items are all known.
func (r *resolver) step(w written, name string) (written, bool) {
	i, err := strconv.Atoi(name)
	if err != nil {
		found := r.member(w, name)
		return found, found.node != nil
	}
	list := r.sequence(w)
	if list.unsure || i < 0 || i >= len(list.items) {
		return written{}, false
	}
	return list.items[i].written, true
}

// holds evaluates a condition.
func (r *resolver) holds(source string, s *scope) expression.Value {
	node := r.parse(source)
	if node == nil || !r.enter() {
		return expression.Value{}
	}
	defer r.leave()
	return expression.Evaluate(node, names{r, s})
}
