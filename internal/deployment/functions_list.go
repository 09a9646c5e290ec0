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
		if v.closed() {
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
		if in.closed() {
			return false
		}
	}
	return unknown{}
}

func endOf(args []value, last bool) value {
	if len(args) != 1 {
		return unknown{}
	}
	return end(args[0], last)
}

func end(v value, last bool) value {
	switch v := v.(type) {
	case unknown:
		if v.items {
			return oneOf(*v.may...)
		}
		return v.each(func(v value) value { return end(v, last) })
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
	known := slices.IndexFunc(args, func(v value) bool { u, open := v.(unknown); return !open || u.items })
	if known < 0 {
		return oneOf(args...)
	}
	switch args[known].(type) {
	case []value, unknown:
		return unionOfLists(args)
	case *object:
		return merge(args)
	}
	return unknown{}
}

func unionOfLists(args []value) value {
	all, known := []value{}, true
	for _, arg := range args {
		list, whole := itemsOf(arg)
		if len(all)+len(list) > mostMembers { // each is compared with each
			return unknown{}
		}
		known = known && whole
		for _, v := range list {
			if !whollyKnown(v) || !slices.ContainsFunc(all, func(other value) bool { return whollyKnown(other) && same(other, v) }) {
				all = append(all, v)
			}
		}
	}
	if !known {
		return someOf(all...)
	}
	return all
}

// intersection gives what's in all lists or objects, or what can be.
func intersection(args []value) value {
	if len(args) == 0 {
		return unknown{}
	}
	if slices.ContainsFunc(args, func(v value) bool { return !whollyKnown(v) }) {
		if list, _ := itemsOf(args[0]); list != nil {
			return someOf(list...)
		}
		return oneOf(args[0])
	}
	result := args[0]
	for _, other := range args[1:] {
		switch of := result.(type) {
		case []value:
			in, ok := other.([]value)
			if !ok || len(of)+len(in) > mostMembers {
				return unknown{}
			}
			result = slices.DeleteFunc(slices.Clone(of), func(v value) bool { return !slices.ContainsFunc(in, func(w value) bool { return same(v, w) }) })
		case *object:
			in, ok := other.(*object)
			if !ok || len(of.keys)+len(in.keys) > mostMembers {
				return unknown{}
			}
			both := &object{}
			for i, key := range of.keys {
				if v, there := in.get(key); there && same(v, of.values[i]) {
					both.set(key, v)
				}
			}
			result = both
		default:
			return unknown{}
		}
	}
	return result
}

// shallowMerge puts the objects of a list together, the later over the earlier.
func shallowMerge(args []value) value {
	if len(args) != 1 {
		return unknown{}
	}
	list, known := itemsOf(args[0])
	all := &object{}
	for _, v := range list {
		o, ok := v.(*object)
		if !ok || !o.closed() || len(all.keys)+len(o.keys) > mostMembers {
			return oneOf(list...)
		}
		for i, key := range o.keys {
			all.set(key, o.values[i])
		}
	}
	return open(all, known)
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
	if len(args) != 1 {
		return unknown{}
	}
	lists, known := itemsOf(args[0])
	if !known {
		lists = append(slices.Clone(lists), unknown{})
	}
	return concatLists(lists)
}

// concatLists puts lists together. If one of them isn't known, the items can be anywhere.
func concatLists(lists []value) value {
	all, known := []value{}, true
	for _, one := range lists {
		list, whole := itemsOf(one)
		all, known = append(all, list...), known && whole
	}
	if !known {
		return someOf(all...)
	}
	return all
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

// entry is an item of items().
func entry(key string, v value) *object {
	return &object{keys: []string{"key", "value"}, values: []value{key, v}}
}

// items gives the members of an object. If not all of them are known, it gives those that are, and one that isn't.
func items(args []value) value {
	return eachMember(args, func(key string, v value) value { return entry(key, v) })
}

func objectKeys(args []value) value {
	return eachMember(args, func(key string, _ value) value { return key })
}

func eachMember(args []value, do func(key string, v value) value) value {
	if o, order, ok := sortedMembers(args); ok {
		list := []value{}
		for _, i := range order {
			list = append(list, do(o.keys[i], o.values[i]))
		}
		return list
	}
	if len(args) != 1 {
		return unknown{}
	}
	switch v := args[0].(type) {
	case unknown:
		return v.each(func(v value) value { return eachMember([]value{v}, do) })
	case *object:
		list := []value{}
		for i, key := range v.keys {
			if key != openEnded {
				list = append(list, do(key, v.values[i]))
				continue
			}
			more, _ := itemsOf(eachMember([]value{v.values[i]}, do))
			list = append(append(list, more...), do(gap, unknown{}))
		}
		return someOf(list...)
	}
	return unknown{}
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
