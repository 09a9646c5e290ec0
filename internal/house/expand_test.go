package house

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// template expands the templates in docs/pipelines as Azure Pipelines documents it: each, if with its alternatives, inserted values,
// and steps and jobs from other templates. It knows the functions that our samples use and refuses all others
// (learn.microsoft.com/azure/devops/pipelines/process/template-expressions).
type template struct{ folder string }

// object is a YAML mapping in its own order.
type object []entry

type entry struct {
	key   string
	value any
}

func (o object) get(key string) (any, bool) {
	for _, e := range o {
		if e.key == key {
			return e.value, true
		}
	}
	return nil, false
}

// parse reads YAML into objects, lists and texts.
func parse(text []byte) (any, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	return plain(document.Content[0]), nil
}

func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		o := object{}
		for i := 0; i < len(n.Content); i += 2 {
			o = append(o, entry{n.Content[i].Value, plain(n.Content[i+1])})
		}
		return o
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plain(item))
		}
		return list
	}
	if n.Tag == "!!null" {
		return nil
	}
	return n.Value
}

// file expands a template with parameters, whose defaults it fills in.
func (t template) file(name string, given object) (any, error) {
	text, err := os.ReadFile(filepath.Join(t.folder, name))
	if err != nil {
		return nil, err
	}
	whole, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	body, parameters := object{}, object{}
	for _, e := range whole.(object) {
		if e.key != "parameters" {
			body = append(body, e)
			continue
		}
		for _, p := range e.value.([]any) {
			declared := p.(object)
			parameter, _ := declared.get("name")
			value, ok := given.get(parameter.(string))
			if !ok {
				if value, ok = declared.get("default"); !ok {
					return nil, fmt.Errorf("%s: parameter %s has no value", name, parameter)
				}
			}
			parameters = append(parameters, entry{parameter.(string), value})
		}
	}
	for _, g := range given {
		if _, ok := parameters.get(g.key); !ok {
			return nil, fmt.Errorf("%s: it has no parameter %s", name, g.key)
		}
	}
	return t.expand(body, object{{"parameters", parameters}})
}

var expression = regexp.MustCompile(`^\$\{\{ (.+) \}\}$`)

func (t template) expand(value any, scope object) (any, error) {
	switch v := value.(type) {
	case string:
		if m := expression.FindStringSubmatch(v); m != nil {
			return evaluate(m[1], scope)
		}
		var failed error
		text := regexp.MustCompile(`\$\{\{ (.+?) \}\}`).ReplaceAllStringFunc(v, func(part string) string {
			got, err := evaluate(expression.FindStringSubmatch(part)[1], scope)
			if err != nil {
				failed = err
			}
			return fmt.Sprint(got)
		})
		return text, failed
	case []any:
		list := []any{}
		for _, item := range v {
			got, err := t.item(item, scope)
			if err != nil {
				return nil, err
			}
			list = append(list, got...)
		}
		return list, nil
	case object:
		o := object{}
		chosen := false
		for _, e := range v {
			got, err := t.entry(e, scope, &chosen)
			if err != nil {
				return nil, err
			}
			for _, g := range got {
				if _, twice := o.get(g.key); twice {
					return nil, fmt.Errorf("the key %s occurs twice", g.key)
				}
				o = append(o, g)
			}
		}
		return o, nil
	}
	return value, nil
}

// item expands an item of a list, which a directive or a list can turn into several.
func (t template) item(value any, scope object) ([]any, error) {
	if o, ok := value.(object); ok && len(o) == 1 && expression.MatchString(o[0].key) {
		chosen := false
		bodies, scopes, err := directive(o[0], scope, &chosen)
		if err != nil {
			return nil, err
		}
		all, merged := []any{}, object{}
		for i, body := range bodies {
			got, err := t.expand(body, scopes[i])
			if err != nil {
				return nil, err
			}
			switch v := got.(type) {
			case []any:
				all = append(all, v...)
			case object: // a mapping that is made of these parts
				merged = append(merged, v...)
			}
		}
		if len(merged) > 0 {
			all = append(all, merged)
		}
		return all, nil
	}
	got, err := t.expand(value, scope)
	if err != nil {
		return nil, err
	}
	if text, ok := value.(string); ok && expression.MatchString(text) {
		if list, ok := got.([]any); ok {
			return list, nil
		}
	}
	if o, ok := got.(object); ok {
		if name, ok := o.get("template"); ok {
			return t.included(name.(string), o)
		}
	}
	return []any{got}, nil
}

// included is the list that a template of steps or jobs has.
func (t template) included(name string, o object) ([]any, error) {
	parameters, _ := o.get("parameters")
	given, _ := parameters.(object)
	whole, err := t.file(name, given)
	if err != nil {
		return nil, err
	}
	for _, kind := range []string{"steps", "jobs"} {
		if list, ok := whole.(object).get(kind); ok {
			return list.([]any), nil
		}
	}
	return nil, fmt.Errorf("%s has neither steps nor jobs", name)
}

func (t template) entry(e entry, scope object, chosen *bool) (object, error) {
	m := expression.FindStringSubmatch(e.key)
	if m == nil {
		value, err := t.expand(e.value, scope)
		return object{{e.key, value}}, err
	}
	if word, _, _ := strings.Cut(m[1], " "); !strings.Contains("each if elseif else", word) {
		key, err := evaluate(m[1], scope)
		if err != nil {
			return nil, err
		}
		value, err := t.expand(e.value, scope)
		return object{{fmt.Sprint(key), value}}, err
	}
	bodies, scopes, err := directive(e, scope, chosen)
	if err != nil {
		return nil, err
	}
	all := object{}
	for i, body := range bodies {
		got, err := t.expand(body, scopes[i])
		if err != nil {
			return nil, err
		}
		o, ok := got.(object)
		if !ok {
			return nil, fmt.Errorf("%s: a list is inserted into a mapping", e.key)
		}
		all = append(all, o...)
	}
	return all, nil
}

// directive says which bodies come instead of a directive, and with which variables. chosen is whether an earlier branch of
// the same if was taken.
func directive(e entry, scope object, chosen *bool) (bodies []any, scopes []object, err error) {
	word, rest, _ := strings.Cut(expression.FindStringSubmatch(e.key)[1], " ")
	switch word {
	case "each":
		name, list, _ := strings.Cut(rest, " in ")
		value, err := evaluate(list, scope)
		if err != nil {
			return nil, nil, err
		}
		items := []any{}
		switch v := value.(type) {
		case []any:
			items = v
		case object:
			for _, pair := range v {
				items = append(items, object{{"key", pair.key}, {"value", pair.value}})
			}
		default:
			return nil, nil, fmt.Errorf("%s: there is nothing to go through", e.key)
		}
		for _, item := range items {
			bodies, scopes = append(bodies, e.value), append(scopes, append(object{{name, item}}, scope...))
		}
		return bodies, scopes, nil
	case "if", "elseif":
		if word == "if" {
			*chosen = false
		} else if *chosen {
			return nil, nil, nil
		}
		value, err := evaluate(rest, scope)
		if err != nil || value != true {
			return nil, nil, err
		}
	case "else":
		if *chosen {
			return nil, nil, nil
		}
	}
	*chosen = true
	return []any{e.value}, []object{scope}, nil
}

var call = regexp.MustCompile(`^(\w+)\((.*)\)$`)

// evaluate reads a function, a text in quotes, or a path such as job.pool. What isn't there is nil.
func evaluate(text string, scope object) (any, error) {
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, "'"); ok {
		return strings.TrimSuffix(inner, "'"), nil
	}
	if m := call.FindStringSubmatch(text); m != nil {
		var values []any
		for _, argument := range arguments(m[2]) {
			value, err := evaluate(argument, scope)
			if err != nil {
				return nil, err
			}
			values = append(values, value)
		}
		return apply(m[1], values)
	}
	parts := strings.Split(text, ".")
	value, ok := scope.get(parts[0])
	if !ok {
		return nil, fmt.Errorf("%s: there is no %s here", text, parts[0])
	}
	for _, part := range parts[1:] {
		o, _ := value.(object)
		value, _ = o.get(part)
	}
	return value, nil
}

func apply(function string, values []any) (any, error) {
	same := func(a, b any) bool { // the right side is converted to the left one's type; what can't be isn't equal
		left, ok := a.(string)
		right, ok2 := b.(string)
		return ok && ok2 && strings.EqualFold(left, right)
	}
	switch function {
	case "eq":
		return same(values[0], values[1]), nil
	case "ne":
		return !same(values[0], values[1]), nil
	case "and":
		return values[0] == true && values[1] == true, nil
	case "in":
		for _, v := range values[1:] {
			if same(values[0], v) {
				return true, nil
			}
		}
		return false, nil
	}
	return nil, fmt.Errorf("the function %s isn't known here", function)
}

// arguments splits at the commas outside of parentheses.
func arguments(text string) []string {
	var all []string
	depth, from := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			all = append(all, text[from:i])
			from = i + 1
		}
	}
	return append(all, text[from:])
}
