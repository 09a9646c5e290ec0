package gate

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ohler55/ojg/jp"
)

// mostFound bounds what a path with several ".." may find.
const mostFound = 100_000

// selectTokens is Newtonsoft's SelectTokens: github.com/ohler55/ojg reads the path, and it is followed here by Newtonsoft's
// rules, which are others: [*] and filters see lists only, a comparison with what is missing is never true, numbers and texts
// compare by conversion. What ojg takes and Newtonsoft doesn't is an error; so are regular expressions, which it takes.
func selectTokens(path string, content any) ([]any, error) {
	if err := foreign(path); err != nil {
		return nil, err
	}
	parsed, err := jp.ParseString(path)
	if err != nil {
		return nil, fmt.Errorf("path %q: %w", path, err)
	}
	found, err := follow(parsed, content, content)
	if err != nil {
		return nil, fmt.Errorf("path %q: %w", path, err)
	}
	return found, nil
}

// foreign finds spelling that ojg takes and Newtonsoft doesn't.
func foreign(path string) error {
	quoted, filters := false, 0
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case quoted && c == '\\':
			i++
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '"':
			return fmt.Errorf("path %q: texts stand in single quotes", path)
		case c == '?' && !strings.HasPrefix(path[i+1:], "("):
			return fmt.Errorf("path %q: a filter stands in parentheses", path)
		case c == '(' && (i == 0 || path[i-1] != '?'):
			return fmt.Errorf("path %q: parentheses inside a filter, functions and scripts are not known", path)
		case c == '?':
			filters++
		}
	}
	switch {
	case filters > deepest:
		return errors.New("the path is nested too deep")
	case path == "" || strings.HasPrefix(path, "@"):
		return fmt.Errorf("path %q begins with nothing that can be found", path)
	}
	return nil
}

// follow walks the steps of a path from one value on.
func follow(path jp.Expr, root, from any) ([]any, error) {
	values := []any{from}
	for _, step := range path {
		next := []any{}
		for _, value := range values {
			found, err := one(step, root, value)
			if err != nil {
				return nil, err
			}
			if next = append(next, found...); len(next) > mostFound {
				return nil, fmt.Errorf("more than %d values are found", mostFound)
			}
		}
		values = next
	}
	return values, nil
}

func one(step jp.Frag, root, value any) ([]any, error) {
	list, isList := value.([]any)
	object, isObject := value.(map[string]any)
	switch step := step.(type) {
	case jp.Root:
		return []any{root}, nil
	case jp.At:
		return []any{value}, nil
	case jp.Child:
		if child, ok := object[string(step)]; ok {
			return []any{child}, nil
		}
		return nil, nil
	case jp.Nth:
		if step < 0 {
			return nil, fmt.Errorf("index %d is below 0", step)
		}
		if int(step) < len(list) {
			return []any{list[step]}, nil
		}
		return nil, nil
	case jp.Wildcard:
		if isObject && step == '*' { // ".*"; '#' is ojg's mark of "[*]"
			return inOrder(object), nil
		}
		return list, nil
	case jp.Descent:
		return descendants(value), nil
	case jp.Slice, jp.Union:
		if _, isUnion := step.(jp.Union); isUnion || isList {
			return jp.Expr{step}.Get(value), nil
		}
		return nil, nil
	case *jp.Filter:
		return filter(step, root, list)
	}
	return nil, fmt.Errorf("%T is not known", step)
}

// inOrder gives an object's values by their keys' order, as that of the document is lost.
func inOrder(object map[string]any) []any {
	var values []any
	for _, key := range slices.Sorted(maps.Keys(object)) {
		values = append(values, object[key])
	}
	return values
}

func descendants(value any) []any {
	children, all := []any(nil), []any{value}
	switch value := value.(type) {
	case []any:
		children = value
	case map[string]any:
		children = inOrder(value)
	}
	for _, child := range children {
		all = append(all, descendants(child)...)
	}
	return all
}

func filter(f *jp.Filter, root any, list []any) ([]any, error) {
	test, err := filterTest(f)
	if err != nil {
		return nil, err
	}
	found := []any{}
	for _, value := range list {
		matches, err := match(test, root, value)
		if err != nil {
			return nil, err
		}
		if matches {
			found = append(found, value)
		}
	}
	return found, nil
}

// filterTest is a form, or a path that has to exist, which the library's Inspect panics over.
func filterTest(f *jp.Filter) (test any, err error) {
	defer func() {
		if recover() == nil {
			return
		}
		text := strings.TrimSuffix(strings.TrimPrefix(f.String(), "[?("), ")]")
		path, parseErr := jp.ParseString(text)
		if test, err = path, parseErr; err == nil && (len(path) == 0 || path[0] != jp.At('@')) {
			err = fmt.Errorf("filter %s is not known", f)
		}
	}()
	return f.Inspect(), nil
}

func match(test any, root, value any) (bool, error) {
	form, ok := test.(*jp.Form)
	if !ok {
		found, err := side(test, root, value)
		return len(found) > 0, err
	}
	if form.Op == "&&" || form.Op == "||" {
		left, err := match(form.Left, root, value)
		if err != nil || left == (form.Op == "||") {
			return left, err
		}
		return match(form.Right, root, value)
	}
	left, err := side(form.Left, root, value)
	if err != nil {
		return false, err
	}
	right, err := side(form.Right, root, value)
	if err != nil {
		return false, err
	}
	for _, a := range left {
		for _, b := range right {
			if matches, err := compareTokens(form.Op, a, b); err != nil || matches {
				return matches, err
			}
		}
	}
	return false, nil
}

// side is what is left or right of an operator: the values of a path, or a literal.
func side(of, root, value any) ([]any, error) {
	switch of := of.(type) {
	case jp.Expr:
		return follow(of, root, value)
	case nil, bool, string, float64:
		return []any{of}, nil
	case int64:
		return []any{float64(of)}, nil
	}
	return nil, fmt.Errorf("%v is not known in a filter", of)
}

// compareTokens compares as Newtonsoft's BooleanQueryExpression does.
func compareTokens(op string, a, b any) (bool, error) {
	plain := func(value any) bool { _, ok := toText(value); return ok }
	if !plain(a) || !plain(b) {
		return op == "!=", known(op)
	}
	switch op {
	case "==":
		return a == b, nil
	case "!=":
		return a != b, nil
	}
	if err := known(op); err != nil {
		return false, err
	}
	order, err := orderTokens(a, b)
	return map[string]bool{"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[op], err
}

func known(op string) error {
	if !slices.Contains([]string{"==", "!=", "<", "<=", ">", ">="}, op) {
		return fmt.Errorf("operator %q is not known", op)
	}
	return nil
}

// orderTokens is JValue.CompareTo: by the left type, unless only that is a text.
func orderTokens(a, b any) (int, error) {
	if a == nil || b == nil {
		return cmp.Compare(weight(a), weight(b)), nil
	}
	text, aText := a.(string)
	other, bText := b.(string)
	if aText && bText {
		return cmp.Compare(text, other), nil
	}
	x, xErr := tokenNumber(a)
	y, yErr := tokenNumber(b)
	return cmp.Compare(x, y), errors.Join(xErr, yErr)
}

func weight(value any) int {
	if value == nil {
		return 0
	}
	return 1
}

func tokenNumber(value any) (float64, error) {
	switch value := value.(type) {
	case float64:
		return value, nil
	case string:
		if number, err := strconv.ParseFloat(value, 64); err == nil {
			return number, nil
		}
	}
	return 0, fmt.Errorf("%v cannot be compared with a number", value)
}
