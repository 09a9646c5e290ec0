package expression

import (
	"strings"
	"sync"
)

// function is one of the documented functions. Functions of the run, such as counter and succeeded, aren't here: their results aren't known.
type function struct {
	least int // arguments
	// of computes the result from arguments that are all known.
	of func(args []Value, env Environment) Value
	// partly computes the result even if some arguments aren't known. It also sets Guess.
	partly func(args []Value) Value
}

// functions returns the functions by their names in lower case.
var functions = sync.OnceValue(func() map[string]function {
	return map[string]function{
		"and":           {least: 2, partly: junction(false)},
		"or":            {least: 2, partly: junction(true)},
		"coalesce":      {least: 2, partly: coalesce},
		"iif":           {least: 3, partly: iif},
		"not":           {least: 1, of: func(v []Value, _ Environment) Value { return Truth(!v[0].True()) }},
		"xor":           {least: 2, of: func(v []Value, _ Environment) Value { return Truth(v[0].True() != v[1].True()) }},
		"in":            {least: 2, of: func(v []Value, _ Environment) Value { return Truth(contains(v[1:], v[0])) }},
		"notin":         {least: 2, of: func(v []Value, _ Environment) Value { return Truth(!contains(v[1:], v[0])) }},
		"eq":            comparing(func(order int) bool { return order == 0 }),
		"ne":            {least: 2, of: unequal},
		"gt":            comparing(func(order int) bool { return order > 0 }),
		"ge":            comparing(func(order int) bool { return order >= 0 }),
		"lt":            comparing(func(order int) bool { return order < 0 }),
		"le":            comparing(func(order int) bool { return order <= 0 }),
		"contains":      onTexts(2, containsFold),
		"startswith":    onTexts(2, func(v []string) Value { return Truth(strings.HasPrefix(strings.ToLower(v[0]), strings.ToLower(v[1]))) }),
		"endswith":      onTexts(2, func(v []string) Value { return Truth(strings.HasSuffix(strings.ToLower(v[0]), strings.ToLower(v[1]))) }),
		"lower":         onText(strings.ToLower),
		"upper":         onText(strings.ToUpper),
		"trim":          onText(strings.TrimSpace),
		"replace":       onTexts(3, replaced),
		"split":         onTexts(2, split),
		"format":        {least: 1, of: formatted},
		"join":          {least: 2, of: joined},
		"length":        {least: 1, of: length},
		"containsvalue": {least: 2, of: containsValue},
	}
})

// unequal is also true if the types can't be converted.
func unequal(args []Value, _ Environment) Value {
	if args[0].Kind >= List || args[1].Kind >= List {
		return Value{}
	}
	order, ok := compare(args[0], args[1])
	return Truth(!ok || order != 0)
}

func comparing(holds func(order int) bool) function {
	return function{least: 2, of: func(args []Value, _ Environment) Value {
		if args[0].Kind >= List || args[1].Kind >= List {
			return Value{}
		}
		order, ok := compare(args[0], args[1])
		return Truth(ok && holds(order))
	}}
}

func onTexts(least int, f func(texts []string) Value) function {
	return function{least: least, of: func(args []Value, _ Environment) Value {
		texts := make([]string, len(args))
		for i, arg := range args {
			if !arg.IsScalar() {
				return Value{}
			}
			texts[i] = arg.String()
		}
		return f(texts)
	}}
}

func onText(f func(string) string) function {
	return onTexts(1, func(texts []string) Value { return String(f(texts[0])) })
}

// junction implements the functions and, and or: one argument can decide the result even if others aren't known.
func junction(decisive bool) func(args []Value) Value {
	return func(args []Value) Value {
		result, known := Truth(!decisive), true
		for _, arg := range args {
			switch {
			case !arg.known():
				known = false
			case arg.True() != decisive:
				result.Guess = result.Guess || arg.Guess && result.Bool != decisive
			case !arg.Guess:
				return Truth(decisive)
			default:
				result = Value{Kind: Bool, Bool: decisive, Guess: true}
			}
		}
		if !known {
			return Value{}
		}
		return result
	}
}

func coalesce(args []Value) Value {
	guess := false
	for _, arg := range args {
		if !arg.known() {
			return Value{}
		}
		guess = guess || arg.Guess
		if arg.Kind == Null || arg.Kind == Text && arg.Text == "" {
			continue
		}
		arg.Guess = guess
		return arg
	}
	return Value{Kind: Null, Guess: guess}
}

func iif(args []Value) Value {
	if !args[0].known() {
		return Value{}
	}
	chosen := args[2]
	if args[0].True() {
		chosen = args[1]
	}
	chosen.Guess = chosen.Guess || args[0].Guess
	return chosen
}

func containsFold(v []string) Value {
	return Truth(strings.Contains(strings.ToLower(v[0]), strings.ToLower(v[1])))
}

func replaced(v []string) Value {
	if len(v[0]) > maxLength || strings.Count(v[0], v[1])*len(v[2]) > maxLength {
		return Value{}
	}
	return String(strings.ReplaceAll(v[0], v[1], v[2]))
}

func split(v []string) Value {
	list := Value{Kind: List}
	if v[1] == "" {
		return Value{Kind: List, Items: []Value{String(v[0])}}
	}
	if strings.Count(v[0], v[1]) > maxItems {
		return Value{}
	}
	for part := range strings.SplitSeq(v[0], v[1]) {
		list.Items = append(list.Items, String(part))
	}
	return list
}

func joined(args []Value, env Environment) Value {
	items, all := itemsOf(args[1], env)
	var texts []string
	for _, item := range items {
		all = all && item.IsScalar()
		texts = append(texts, item.String())
	}
	if !all {
		return Value{}
	}
	return String(strings.Join(texts, args[0].String()))
}

func length(args []Value, env Environment) Value {
	if args[0].IsScalar() {
		return Value{Kind: Number, Number: float64(len(args[0].String()))}
	}
	items, all := itemsOf(args[0], env)
	if !all {
		return Value{}
	}
	return Value{Kind: Number, Number: float64(len(items))}
}

func containsValue(args []Value, env Environment) Value {
	items, all := itemsOf(args[0], env)
	if !all {
		return Value{}
	}
	return Truth(contains(items, args[1]))
}

func formatted(args []Value, _ Environment) Value {
	text, ok := format(args[0].String(), args[1:])
	if !ok {
		return Value{}
	}
	return String(text)
}
