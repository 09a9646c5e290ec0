package deployment

import (
	"maps"
	"slices"
	"strings"
)

// lambda is a function that another one calls for each element of a list.
type lambda struct {
	env *env
	of  *expression // its arguments are the names of its variables, then what it gives
}

func (l lambda) call(args ...value) value {
	last := len(l.of.args) - 1
	if last < 0 || !l.env.m.spend(8) {
		return unknown{}
	}
	inner := *l.env
	inner.lambda = map[string]value{}
	maps.Copy(inner.lambda, l.env.lambda)
	for i, arg := range args {
		if i < last {
			inner.lambda[strings.ToLower(text(l.of.args[i].literal))] = arg
		}
	}
	return inner.eval(l.of.args[last])
}

func lambdaVariable(e *env, args []value) value {
	if len(args) == 1 {
		if v, ok := e.lambda[strings.ToLower(text(args[0]))]; ok {
			return v
		}
	}
	return unknown{}
}

// maybe calls a function for something that may not be there.
func (l lambda) maybe(args ...value) value {
	l.env.m.maybe++
	defer func() { l.env.m.maybe-- }()
	return l.call(args...)
}

// listAndLambda takes a list and a function apart. All is whether the list has exactly these items: otherwise it can have them, and one
// that isn't known if nothing of it is.
func listAndLambda(args []value) (list []value, l lambda, all, ok bool) {
	if len(args) < 2 {
		return nil, lambda{}, false, false
	}
	l, ok = args[1].(lambda)
	list, all = itemsOf(args[0])
	return list, l, all, ok
}

// itemsOf are the items of a list. If not all is known of it, they're those that it can have.
func itemsOf(v value) (list []value, all bool) {
	switch v := v.(type) {
	case []value:
		return v, true
	case unknown:
		switch {
		case v.may == nil:
			return []value{unknown{}}, false
		case v.items:
			return *v.may, false
		}
		for _, one := range *v.may {
			some, _ := itemsOf(one)
			list = append(list, some...)
		}
		return list, false
	}
	return nil, false
}

func filterList(_ *env, args []value) value {
	list, l, all, ok := listAndLambda(args)
	if !ok {
		return unknown{}
	}
	kept := []value{}
	for i, item := range list {
		call, index := l.call, value(int64(i))
		if !all {
			call, index = l.maybe, unknown{}
		}
		switch call(item, index) {
		case true:
			kept = append(kept, item)
		case false:
		default:
			kept, all = append(kept, item), false
		}
	}
	if !all {
		return someOf(kept...)
	}
	return kept
}

func mapList(_ *env, args []value) value {
	list, l, all, ok := listAndLambda(args)
	if !ok {
		return unknown{}
	}
	made := make([]value, 0, len(list))
	for i, item := range list {
		if all {
			made = append(made, l.call(item, int64(i)))
		} else {
			made = append(made, l.maybe(item, unknown{}))
		}
	}
	if !all {
		return someOf(made...)
	}
	return made
}

func mapValues(_ *env, args []value) value {
	if len(args) != 2 {
		return unknown{}
	}
	o, isObject := args[0].(*object)
	l, isLambda := args[1].(lambda)
	switch {
	case !isLambda:
		return unknown{}
	case !isObject:
		l.maybe(unknown{}) // for what it reads
		return unknown{}
	}
	made := &object{}
	for i, key := range o.keys {
		switch {
		case key == openEnded:
			l.maybe(unknown{})
			made.set(key, unknown{})
		default:
			made.set(key, l.call(o.values[i]))
		}
	}
	return made
}

// reduce puts the items of a list together, one after the other.
func reduce(_ *env, args []value) value {
	if len(args) != 3 {
		return unknown{}
	}
	list, l, all, ok := listAndLambda([]value{args[0], args[2]})
	if !ok {
		return unknown{}
	}
	result := args[1]
	for i, item := range list {
		if all {
			result = l.call(result, item, int64(i))
		} else {
			result = oneOf(result, l.maybe(result, item, unknown{}))
		}
	}
	return result
}

// sortList sorts a list. If it can't be said which item comes first, each can be anywhere.
func sortList(_ *env, args []value) value {
	list, l, all, ok := listAndLambda(args)
	if !ok {
		return unknown{}
	}
	if !all {
		return someOf(list...)
	}
	sorted, decided := slices.Clone(list), len(list) <= mostMembers
	if decided {
		slices.SortStableFunc(sorted, func(a, b value) int {
			before, known := l.call(a, b).(bool)
			decided = decided && known
			switch {
			case before:
				return -1
			case l.call(b, a) == true:
				return 1
			}
			return 0
		})
	}
	if !decided {
		return slices.Repeat([]value{oneOf(list...)}, len(list))
	}
	return sorted
}

// keyed calls do for each item of a list with the key that a function gives it. All is whether the keys are known, and are all.
func keyed(args []value, do func(key string, item value)) (all, ok bool) {
	list, l, all, ok := listAndLambda(args)
	if !ok {
		return false, false
	}
	for _, item := range list {
		call := l.call
		if !all {
			call = l.maybe
		}
		if key := text(call(item)); whole(key) {
			do(key, item)
		} else {
			do(gap, item)
			all = false
		}
	}
	return all, true
}

// open gives an object, or one that can have the members of another one and more.
func open(o *object, all bool) value {
	if all {
		return o
	}
	more := &object{}
	more.open(oneOf(o).(unknown))
	return more
}

func toObject(_ *env, args []value) value {
	o := &object{}
	all, ok := keyed(args, func(key string, item value) {
		if len(args) > 2 {
			if l, is := args[2].(lambda); is {
				item = l.call(item)
			}
		}
		o.set(key, item)
	})
	if !ok {
		return unknown{}
	}
	return open(o, all)
}

func groupBy(_ *env, args []value) value {
	o := &object{}
	all, ok := keyed(args, func(key string, item value) {
		group, _ := o.get(key)
		list, _ := group.([]value)
		o.set(key, append(slices.Clone(list), item))
	})
	if !ok {
		return unknown{}
	}
	return open(o, all)
}
