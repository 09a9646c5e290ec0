package deployment

import (
	"slices"
	"strconv"
	"strings"
)

func concat(args []value) value {
	if slices.ContainsFunc(args, isAList) {
		return concatLists(args)
	}
	var b strings.Builder
	for _, arg := range args {
		if b.WriteString(text(arg)); b.Len() > maxResult {
			return unknown{}
		}
	}
	return b.String()
}

// isAList reports whether a value is a list for certain.
func isAList(v value) bool {
	_, list := v.([]value)
	u, open := v.(unknown)
	return list || open && u.items
}

// format puts arguments in the place of {0}, {1} and so on; the format of a number, behind a colon, isn't supported.
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
		return someOf(v...)
	case unknown:
		if isAList(v) {
			return v
		}
	}
	return unknown{}
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
