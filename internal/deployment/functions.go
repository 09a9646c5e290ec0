package deployment

import (
	"slices"
	"strings"
	"sync"
)

// pure are the functions that read their arguments only. What isn't here is unknown.
var pure = sync.OnceValue(func() map[string]func([]value) value {
	table := map[string]func([]value) value{
		"true":  func([]value) value { return true },
		"false": func([]value) value { return false },
		"null":  func([]value) value { return nil },
		// Names that only Azure generates: at least parts of a string.
		"uniquestring": func([]value) value { return gap },
		"guid":         func([]value) value { return gap },
		"newguid":      func([]value) value { return gap },
		"utcnow":       func([]value) value { return gap },
		"createarray":  func(args []value) value { return args },
		"createobject": createObject,
		"concat":       concat,
		"format":       format,
		"array":        onValue(func(v value) value { return asList(v) }),
		"string":       onText(func(s string) value { return s }),
		"tolower":      onText(func(s string) value { return strings.ToLower(s) }),
		"toupper":      onText(func(s string) value { return strings.ToUpper(s) }),
		"trim":         onText(func(s string) value { return strings.TrimSpace(s) }),
		"int":          onWhole(func(s string) value { return number(s) }),
		"bool":         toBool,
		"json":         onWhole(fromJSON),
		"equals":       onKnown(func(args []value) value { return len(args) == 2 && same(args[0], args[1]) }),
		"not":          not,
		"empty":        onValue(empty),
		"length":       onValue(length),
		"contains":     contains,
		"startswith":   onTexts(func(a, b string) value { return strings.HasPrefix(strings.ToLower(a), strings.ToLower(b)) }),
		"endswith":     onTexts(func(a, b string) value { return strings.HasSuffix(strings.ToLower(a), strings.ToLower(b)) }),
		"indexof":      onTexts(func(a, b string) value { return int64(strings.Index(strings.ToLower(a), strings.ToLower(b))) }),
		"split":        split,
		"join":         join,
		"replace":      replace,
		"substring":    substring,
		"take":         func(args []value) value { return cut(args, func(n, all int) (int, int) { return 0, min(n, all) }) },
		"skip":         func(args []value) value { return cut(args, func(n, all int) (int, int) { return min(n, all), all }) },
		"first":        func(args []value) value { return endOf(args, false) },
		"last":         func(args []value) value { return endOf(args, true) },
		"range":        rangeOf,
		"union":        union,
		"flatten":      flatten,
		"intersection": intersection,
		"shallowmerge": shallowMerge,
		"items":        items,
		"objectkeys":   objectKeys,
		"tryget":       tryGet,
		"padleft":      padLeft,
	}
	for name, f := range map[string]func(a, b int64) value{
		"add": func(a, b int64) value { return a + b },
		"sub": func(a, b int64) value { return a - b },
		"mul": func(a, b int64) value { return a * b },
		"div": func(a, b int64) value {
			if b == 0 {
				return unknown{}
			}
			return a / b
		},
		"mod": func(a, b int64) value {
			if b == 0 {
				return unknown{}
			}
			return a % b
		},
		"less":            func(a, b int64) value { return a < b },
		"lessorequals":    func(a, b int64) value { return a <= b },
		"greater":         func(a, b int64) value { return a > b },
		"greaterorequals": func(a, b int64) value { return a >= b },
		"min":             func(a, b int64) value { return min(a, b) },
		"max":             func(a, b int64) value { return max(a, b) },
	} {
		table[name] = onNumbers(f)
	}
	return table
})

func onValue(f func(value) value) func([]value) value {
	return func(args []value) value {
		if len(args) != 1 {
			return unknown{}
		}
		if _, open := args[0].(unknown); open {
			return unknown{}
		}
		return f(args[0])
	}
}

// onText is for functions that leave gaps as they are.
func onText(f func(string) value) func([]value) value {
	return onValue(func(v value) value {
		switch v.(type) {
		case string, int64, bool:
			return f(text(v))
		}
		return unknown{}
	})
}

func onWhole(f func(string) value) func([]value) value {
	return onText(func(s string) value {
		if !whole(s) {
			return unknown{}
		}
		return f(s)
	})
}

func onKnown(f func([]value) value) func([]value) value {
	return func(args []value) value {
		if slices.ContainsFunc(args, func(v value) bool { return !whollyKnown(v) }) {
			return unknown{}
		}
		return f(args)
	}
}

func onTexts(f func(a, b string) value) func([]value) value {
	return onKnown(func(args []value) value {
		if len(args) != 2 {
			return unknown{}
		}
		a, aText := args[0].(string)
		b, bText := args[1].(string)
		if !aText || !bText {
			return unknown{}
		}
		return f(a, b)
	})
}

func onNumbers(f func(a, b int64) value) func([]value) value {
	return func(args []value) value {
		if len(args) != 2 {
			return unknown{}
		}
		a, aNumber := args[0].(int64)
		b, bNumber := args[1].(int64)
		if !aNumber || !bNumber {
			return unknown{}
		}
		return f(a, b)
	}
}

func toBool(args []value) value {
	if len(args) == 1 {
		switch v := args[0].(type) {
		case bool:
			return v
		case int64:
			return v != 0
		case string:
			switch strings.ToLower(v) {
			case "true", "1":
				return true
			case "false", "0":
				return false
			}
		}
	}
	return unknown{}
}

func not(args []value) value {
	if len(args) == 1 {
		if b, ok := args[0].(bool); ok {
			return !b
		}
	}
	return unknown{}
}

// fromJSON reads a JSON text, in which nothing is an expression.
func fromJSON(s string) value {
	n, err := parse(s, maxElements)
	if err != nil {
		return unknown{}
	}
	return plain(&n)
}

func plain(n *node) value {
	switch n.kind {
	case isTrue, isFalse:
		return n.kind == isTrue
	case isNumber:
		return number(n.text)
	case isText:
		return n.text
	case isList:
		list := []value{}
		for i := range n.items {
			list = append(list, plain(&n.items[i]))
		}
		return list
	case isObject:
		o := &object{}
		for i, key := range n.keys {
			o.keys, o.values = append(o.keys, key), append(o.values, plain(&n.items[i]))
		}
		return o
	}
	return nil
}
