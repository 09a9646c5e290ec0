package deployment

import (
	"slices"
	"strings"
)

func createObject(args []value) value {
	o := &object{}
	for i := 0; i+1 < len(args); i += 2 {
		o.keys, o.values = append(o.keys, text(args[i])), append(o.values, args[i+1])
	}
	return o
}

func asList(v value) []value {
	if list, ok := v.([]value); ok {
		return list
	}
	return []value{v}
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
		if _, open := v.get(openEnded); open && len(v.keys) == 1 {
			return unknown{}
		}
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
		if _, open := v.get(openEnded); !open {
			return int64(len(v.keys))
		}
	}
	return unknown{}
}

func contains(args []value) value {
	if len(args) != 2 || !whollyKnown(args[1]) {
		return unknown{}
	}
	switch in := args[0].(type) {
	case nil:
		return false
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

// union puts lists or objects together. What isn't known of them can have any items, and members over those before it.
func union(args []value) value {
	known := slices.IndexFunc(args, func(v value) bool { _, open := v.(unknown); return !open })
	if known < 0 {
		return oneOf(args...)
	}
	switch args[known].(type) {
	case []value:
		return unionOfLists(args)
	case *object:
		return merge(args)
	}
	return unknown{}
}

func unionOfLists(args []value) value {
	all := []value{}
	for _, arg := range args {
		if _, open := arg.(unknown); open {
			return oneOf(args...)
		}
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
}

// merge puts objects together, the later over the earlier, and objects within them too.
func merge(args []value) value {
	all := &object{}
	for _, arg := range args {
		if u, ok := arg.(unknown); ok {
			all.open(u)
			continue
		}
		o, ok := arg.(*object)
		if !ok || len(all.keys)+len(o.keys) > mostMembers {
			return unknown{}
		}
		for i, key := range o.keys {
			before, there := all.get(key)
			if _, is := o.values[i].(*object); there && is && mergeable(before) {
				all.set(key, merge([]value{before, o.values[i]}))
				continue
			}
			all.set(key, o.values[i])
		}
	}
	return all
}

func mergeable(v value) bool {
	switch v.(type) {
	case *object, unknown:
		return true
	}
	return false
}

// open notes that an object can have other members than it has, with the values that they can have.
func (o *object) open(u unknown) {
	for i, key := range o.keys {
		o.values[i] = oneOf(o.values[i], member(u, key))
	}
	rest, _ := o.get(openEnded)
	if rest == nil {
		rest = u
	} else {
		rest = oneOf(rest, u)
	}
	o.set(openEnded, rest)
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
