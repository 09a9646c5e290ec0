package deployment

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// pure are the functions that look at their arguments only. What isn't here is unknown.
var pure = sync.OnceValue(func() map[string]func([]value) value {
	table := map[string]func([]value) value{
		"true":  func([]value) value { return true },
		"false": func([]value) value { return false },
		"null":  func([]value) value { return nil },
		// Names that only Azure makes: parts of a string at least.
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
		"first":        onValue(func(v value) value { return end(v, false) }),
		"last":         onValue(func(v value) value { return end(v, true) }),
		"range":        rangeOf,
		"union":        union,
		"flatten":      flatten,
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

func createObject(args []value) value {
	o := &object{}
	for i := 0; i+1 < len(args); i += 2 {
		o.keys, o.values = append(o.keys, text(args[i])), append(o.values, args[i+1])
	}
	return o
}

func concat(args []value) value {
	if len(args) > 0 {
		if _, ok := args[0].([]value); ok {
			var all []value
			for _, arg := range args {
				list, ok := arg.([]value)
				if !ok {
					return unknown{}
				}
				all = append(all, list...)
			}
			return all
		}
	}
	var b strings.Builder
	for _, arg := range args {
		if b.WriteString(text(arg)); b.Len() > maxResult {
			return unknown{}
		}
	}
	return b.String()
}

// format puts arguments in the place of {0}, {1} and so on; how a number is to look, behind a colon, isn't done.
func format(args []value) value {
	if len(args) == 0 {
		return unknown{}
	}
	pattern, ok := args[0].(string)
	if !ok || !whole(pattern) {
		return gap
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case (c == '{' || c == '}') && i+1 < len(pattern) && pattern[i+1] == c:
			b.WriteByte(c)
			i++
		case c == '{':
			closing := strings.IndexByte(pattern[i:], '}')
			if closing < 0 {
				return gap
			}
			index, form, formed := strings.Cut(pattern[i+1:i+closing], ":")
			n, err := strconv.Atoi(index)
			if err != nil || n < 0 || n+1 >= len(args) || formed && form != "" {
				b.WriteString(gap)
			} else {
				b.WriteString(text(args[n+1]))
			}
			i += closing
		default:
			b.WriteByte(c)
		}
		if b.Len() > maxResult {
			return unknown{}
		}
	}
	return b.String()
}

func asList(v value) []value {
	if list, ok := v.([]value); ok {
		return list
	}
	return []value{v}
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

func empty(v value) value {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		if v != "" && strings.Trim(v, gaps) == "" {
			return unknown{} // nothing of it is known
		}
		return v == ""
	case []value:
		return len(v) == 0
	case *object:
		return len(v.keys) == 0
	}
	return unknown{}
}

func length(v value) value {
	switch v := v.(type) {
	case string:
		if whole(v) {
			return int64(len([]rune(v)))
		}
	case []value:
		return int64(len(v))
	case *object:
		return int64(len(v.keys))
	}
	return unknown{}
}

func contains(args []value) value {
	if len(args) != 2 || !whollyKnown(args[1]) {
		return unknown{}
	}
	switch in := args[0].(type) {
	case string:
		if whole(in) {
			return strings.Contains(in, text(args[1]))
		}
	case []value:
		if slices.ContainsFunc(in, func(v value) bool { return whollyKnown(v) && same(v, args[1]) }) {
			return true
		}
		if whollyKnown(in) {
			return false
		}
	case *object:
		if _, ok := in.get(text(args[1])); ok {
			return true
		}
		if _, open := in.get(openEnded); !open {
			return false
		}
	}
	return unknown{}
}

func split(args []value) value {
	if len(args) != 2 || !whollyKnown(args[0]) {
		return unknown{}
	}
	s, ok := args[0].(string)
	if !ok {
		return unknown{}
	}
	var by []string
	for _, v := range asList(args[1]) {
		separator, ok := v.(string)
		if !ok || separator == "" || !whole(separator) {
			return unknown{}
		}
		by = append(by, separator)
	}
	list := []value{}
	start := 0
	for i := 0; i < len(s); {
		at := slices.IndexFunc(by, func(separator string) bool { return strings.HasPrefix(s[i:], separator) })
		if at < 0 {
			i++
			continue
		}
		list = append(list, s[start:i])
		i += len(by[at])
		start = i
	}
	return append(list, s[start:])
}

func join(args []value) value {
	if len(args) != 2 {
		return unknown{}
	}
	list, ok := args[0].([]value)
	if !ok {
		return unknown{}
	}
	var b strings.Builder
	for i, v := range list {
		if i > 0 {
			b.WriteString(text(args[1]))
		}
		if b.WriteString(text(v)); b.Len() > maxResult {
			return unknown{}
		}
	}
	return b.String()
}

func replace(args []value) value {
	if len(args) != 3 {
		return unknown{}
	}
	s, old, put := text(args[0]), text(args[1]), text(args[2])
	if !whole(old) || old == "" || strings.Count(s, old)*len(put)+len(s) > maxResult {
		return gap
	}
	return strings.ReplaceAll(s, old, put)
}

func substring(args []value) value {
	s, ok := "", false
	if len(args) > 1 {
		s, ok = args[0].(string)
	}
	if !ok || !whollyKnown(args) {
		return gap
	}
	runes := []rune(s)
	from, ok := args[1].(int64)
	to := int64(len(runes))
	if ok && len(args) > 2 {
		var n int64
		n, ok = args[2].(int64)
		to = from + n
	}
	if !ok || from < 0 || to < from || to > int64(len(runes)) {
		return gap
	}
	return string(runes[from:to])
}

// cut takes a part of a string or a list.
func cut(args []value, bounds func(n, all int) (int, int)) value {
	if len(args) != 2 {
		return unknown{}
	}
	n, ok := args[1].(int64)
	count := int(max(0, min(n, maxResult)))
	switch v := args[0].(type) {
	case string:
		if !ok || !whole(v) {
			return gap
		}
		runes := []rune(v)
		from, to := bounds(count, len(runes))
		return string(runes[from:to])
	case []value:
		if ok {
			from, to := bounds(count, len(v))
			return v[from:to]
		}
	}
	return unknown{}
}

func end(v value, last bool) value {
	switch v := v.(type) {
	case string:
		if whole(v) && v != "" {
			runes := []rune(v)
			if last {
				return string(runes[len(runes)-1])
			}
			return string(runes[0])
		}
		return gap
	case []value:
		switch {
		case len(v) == 0:
			return nil
		case last:
			return v[len(v)-1]
		}
		return v[0]
	}
	return unknown{}
}

func rangeOf(args []value) value {
	if len(args) == 2 {
		start, ok := args[0].(int64)
		n, alsoNumber := args[1].(int64)
		if ok && alsoNumber && n >= 0 && n <= maxElements {
			list := []value{}
			for i := range n {
				list = append(list, start+i)
			}
			return list
		}
	}
	return unknown{}
}

// mostMembers is how many items may be compared with each other.
const mostMembers = 200

func union(args []value) value {
	if len(args) == 0 {
		return unknown{}
	}
	switch args[0].(type) {
	case []value:
		all := []value{}
		for _, arg := range args {
			list, ok := arg.([]value)
			if !ok || len(all)+len(list) > mostMembers { // each is compared with each
				return unknown{}
			}
			for _, v := range list {
				if !whollyKnown(v) || !slices.ContainsFunc(all, func(other value) bool { return whollyKnown(other) && same(other, v) }) {
					all = append(all, v)
				}
			}
		}
		return all
	case *object:
		return merge(args)
	}
	return unknown{}
}

// merge puts objects together, the later over the earlier, and objects within them too.
func merge(args []value) value {
	all := &object{}
	for _, arg := range args {
		o, ok := arg.(*object)
		if !ok || len(all.keys)+len(o.keys) > mostMembers {
			return unknown{}
		}
		for i, key := range o.keys {
			before, there := all.get(key)
			_, both := before.(*object)
			if _, is := o.values[i].(*object); there && both && is {
				all.set(key, merge([]value{before, o.values[i]}))
				continue
			}
			all.set(key, o.values[i])
		}
	}
	return all
}

func flatten(args []value) value {
	if len(args) == 1 {
		if lists, ok := args[0].([]value); ok {
			return concat(append([]value{[]value{}}, lists...))
		}
	}
	return unknown{}
}

// sortedMembers gives the indexes of an object's members in the order of their keys.
func sortedMembers(args []value) (*object, []int, bool) {
	if len(args) != 1 {
		return nil, nil, false
	}
	o, ok := args[0].(*object)
	if !ok || slices.ContainsFunc(o.keys, func(key string) bool { return !whole(key) }) {
		return nil, nil, false
	}
	order := make([]int, len(o.keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(o.keys[a], o.keys[b]) })
	return o, order, true
}

func items(args []value) value {
	o, order, ok := sortedMembers(args)
	if !ok {
		return unknown{}
	}
	list := []value{}
	for _, i := range order {
		list = append(list, &object{keys: []string{"key", "value"}, values: []value{o.keys[i], o.values[i]}})
	}
	return list
}

func objectKeys(args []value) value {
	o, order, ok := sortedMembers(args)
	if !ok {
		return unknown{}
	}
	list := []value{}
	for _, i := range order {
		list = append(list, o.keys[i])
	}
	return list
}

func tryGet(args []value) value {
	if len(args) == 0 {
		return unknown{}
	}
	v := args[0]
	for _, index := range args[1:] {
		if v == nil {
			return nil
		}
		list, isList := v.([]value)
		i, isIndex := index.(int64)
		if isList && isIndex && (i < 0 || i >= int64(len(list))) {
			return nil
		}
		v = element(v, index)
	}
	return v
}

func padLeft(args []value) value {
	if len(args) < 2 {
		return unknown{}
	}
	s := text(args[0])
	n, ok := args[1].(int64)
	with := " "
	if len(args) > 2 {
		with = text(args[2])
	}
	if !ok || !whole(s) || n > 1000 || len(with) != 1 {
		return gap
	}
	return strings.Repeat(with, max(0, int(n)-len(s))) + s
}
