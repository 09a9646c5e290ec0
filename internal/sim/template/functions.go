package template

import (
	"slices"
	"strconv"
	"strings"
)

// call is one of the documented functions (MicrosoftDocs/azure-devops-docs docs/pipelines/process/expressions.md).
func (s Service) call(name string, args []any) any {
	need := func(least, most int) {
		if len(args) < least || len(args) > most {
			panic(name + " has " + strconv.Itoa(len(args)) + " arguments")
		}
	}
	const many = 250
	switch name {
	case "and":
		need(2, many)
		return !slices.ContainsFunc(args, func(v any) bool { return !truth(v) })
	case "or":
		need(2, many)
		return slices.ContainsFunc(args, truth)
	case "not":
		need(1, 1)
		return !truth(args[0])
	case "eq":
		need(2, 2)
		return equal(args[0], args[1])
	case "ne":
		need(2, 2)
		return !equal(args[0], args[1])
	case "lt":
		need(2, 2)
		return args[0].(float64) < args[1].(float64)
	case "le":
		need(2, 2)
		return args[0].(float64) <= args[1].(float64)
	case "in":
		need(1, many)
		return slices.ContainsFunc(args[1:], func(v any) bool { return equal(args[0], v) })
	case "contains":
		need(2, 2)
		return strings.Contains(strings.ToLower(text(args[0])), strings.ToLower(text(args[1])))
	case "containsValue":
		need(2, 2)
		return slices.ContainsFunc(args[0].(list), func(v any) bool { return equal(v, args[1]) })
	case "length":
		need(1, 1)
		if items, ok := args[0].(list); ok {
			return float64(len(items))
		}
		return float64(len(text(args[0])))
	case "lower":
		need(1, 1)
		return strings.ToLower(text(args[0]))
	case "trim":
		need(1, 1)
		return strings.TrimSpace(text(args[0]))
	case "replace":
		need(3, 3)
		if text(args[1]) == "" {
			panic("replace of nothing")
		}
		return strings.ReplaceAll(text(args[0]), text(args[1]), text(args[2]))
	case "join":
		need(2, 2)
		var all []string
		for _, v := range args[1].(list) {
			all = append(all, text(v))
		}
		return strings.Join(all, text(args[0]))
	case "split":
		need(2, 2)
		var all list
		at := text(args[0])
		for { // each character of the second text is a separator
			n := strings.IndexAny(at, text(args[1]))
			part := at
			if n >= 0 {
				part, at = at[:n], at[n+1:]
			}
			if part != "" || !s.DropEmpty {
				all = append(all, part)
			}
			if n < 0 {
				return all
			}
		}
	case "format":
		need(1, many)
		out := text(args[0])
		var b strings.Builder
		for {
			before, after, ok := strings.Cut(out, "{")
			b.WriteString(before)
			if !ok {
				return b.String()
			}
			number, rest, _ := strings.Cut(after, "}")
			n, err := strconv.Atoi(number)
			if err != nil || n+1 >= len(args) {
				panic("format has no argument " + number)
			}
			b.WriteString(text(args[n+1]))
			out = rest
		}
	}
	panic("unknown function " + name)
}
