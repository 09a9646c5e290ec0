package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// evaluation is the evaluation of one expression over one answer.
type evaluation struct {
	scope *scope
	got   *answer // nil before there is one
}

func (s *scope) evaluate(text string, got *answer) (any, error) {
	e, err := parseExpression(text)
	if err != nil {
		return nil, err
	}
	return evaluation{s, got}.value(e)
}

func (v evaluation) value(e expression) (any, error) {
	switch {
	case e.of != nil:
		return v.index(e)
	case e.function == "and" || e.function == "or":
		return v.logic(e)
	case e.function != "":
		return v.call(e)
	case e.context != "":
		return v.context(e.context)
	}
	return e.literal, nil
}

// logic stops at the first argument that decides.
func (v evaluation) logic(e expression) (any, error) {
	decisive := e.function == "or"
	for _, arg := range e.args {
		value, err := v.value(arg)
		if err != nil {
			return nil, err
		}
		if toBool(value) == decisive {
			return decisive, nil
		}
	}
	return !decisive, nil
}

// folded are the values of a context whose keys ignore case.
type folded map[string]any

func (v evaluation) context(name string) (any, error) {
	switch name {
	case "root":
		return v.content()
	case "taskinputs":
		return fold(v.scope.inputs), nil
	case "variables":
		return fold(v.scope.variables), nil
	}
	if v.got == nil {
		return nil, errors.New("there is no response yet")
	}
	headers := folded{}
	for key, values := range v.got.headers {
		headers[strings.ToLower(key)] = strings.Join(values, ",")
	}
	return folded{"statuscode": statusName(v.got.status), "headers": headers, "content": nil}, nil
}

func fold(values map[string]string) folded {
	all := folded{}
	for key, value := range values {
		all[strings.ToLower(key)] = value
	}
	return all
}

// content parses the answer only when it is requested, as an empty one is good enough for response['statuscode'].
func (v evaluation) content() (any, error) {
	if v.got == nil {
		return nil, errors.New("there is no response yet")
	}
	var content any
	if err := json.Unmarshal([]byte(strings.TrimPrefix(v.got.body, "\ufeff")), &content); err != nil {
		return nil, fmt.Errorf("the answer is no JSON: %w", err)
	}
	return content, nil
}

// statusName is .NET's HttpStatusCode of a success; others never reach an expression.
func statusName(status int) string {
	if name := http.StatusText(status); name != "" && status <= http.StatusPartialContent {
		return strings.NewReplacer(" ", "", "-", "").Replace(name)
	}
	return strconv.Itoa(status)
}

func (v evaluation) index(e expression) (any, error) {
	of, err := v.value(*e.of)
	if err != nil {
		return nil, err
	}
	key, err := v.value(e.args[0])
	if err != nil {
		return nil, err
	}
	switch of := of.(type) {
	case folded:
		text, _ := toText(key)
		if e.of.context == "response" && strings.EqualFold(text, "content") {
			return v.content()
		}
		return of[strings.ToLower(text)], nil
	case map[string]any:
		text, _ := toText(key)
		return of[text], nil
	case []any:
		if n, ok := toNumber(key); ok && n >= 0 && n < float64(len(of)) {
			return of[int(n)], nil
		}
	}
	return nil, nil
}

func (v evaluation) call(e expression) (any, error) {
	args := make([]any, len(e.args))
	for i, arg := range e.args {
		var err error
		if args[i], err = v.value(arg); err != nil {
			return nil, err
		}
	}
	value, err := v.apply(e.function, args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.function, err)
	}
	return value, nil
}

func (v evaluation) apply(function string, args []any) (any, error) {
	switch function {
	case "not":
		return !toBool(args[0]), nil
	case "xor":
		return toBool(args[0]) != toBool(args[1]), nil
	case "eq":
		return equal(args[0], args[1]), nil
	case "ne":
		return !equal(args[0], args[1]), nil
	case "in", "notin":
		found := slices.ContainsFunc(args[1:], func(other any) bool { return equal(args[0], other) })
		return found == (function == "in"), nil
	case "gt", "ge", "lt", "le":
		order, err := compare(args[0], args[1])
		return map[string]bool{"gt": order > 0, "ge": order >= 0, "lt": order < 0, "le": order <= 0}[function], err
	case "contains", "startswith", "endswith":
		return search(function, args[0], args[1])
	case "isurl":
		text, _ := toText(args[0])
		address, err := url.Parse(text)
		return err == nil && address.IsAbs() && address.Host != "", nil
	case "isnullorempty":
		list, isList := args[0].([]any)
		return args[0] == nil || args[0] == "" || isList && len(list) == 0, nil
	}
	return v.onLists(function, args)
}

func (v evaluation) onLists(function string, args []any) (any, error) {
	switch function {
	case "jsonpath":
		path, ok := args[0].(string)
		if !ok {
			return nil, errors.New("the path is no text")
		}
		content, err := v.content()
		if err != nil {
			return nil, err
		}
		return selectTokens(path, content)
	case "count":
		list, ok := args[0].([]any)
		if !ok && args[0] != nil {
			return nil, fmt.Errorf("%v is no list", args[0])
		}
		return float64(len(list)), nil
	case "split":
		text, isText := toText(args[0])
		separator, ok := toText(args[1])
		if !isText || !ok || separator == "" {
			return nil, errors.New("a text and a separator are needed")
		}
		var parts []any
		for part := range strings.SplitSeq(text, separator) {
			parts = append(parts, part)
		}
		return parts, nil
	}
	return intersect(args[0], args[1])
}

func intersect(a, b any) (any, error) {
	first, ok := a.([]any)
	second, both := b.([]any)
	if !ok && a != nil || !both && b != nil {
		return nil, errors.New("two lists are needed")
	}
	common := []any{}
	for _, value := range first {
		text, isText := toText(value)
		same := func(other any) bool { o, ok := toText(other); return ok && o == text }
		if isText && slices.ContainsFunc(second, same) && !slices.ContainsFunc(common, same) {
			common = append(common, value)
		}
	}
	return common, nil
}

func search(function string, in, what any) (any, error) {
	text, ok := toText(in)
	part, both := toText(what)
	if !ok || !both {
		return nil, errors.New("two texts are needed")
	}
	text, part = strings.ToLower(text), strings.ToLower(part)
	switch function {
	case "contains":
		return strings.Contains(text, part), nil
	case "startswith":
		return strings.HasPrefix(text, part), nil
	}
	return strings.HasSuffix(text, part), nil
}
