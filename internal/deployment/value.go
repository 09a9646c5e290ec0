package deployment

import (
	"slices"
	"strconv"
	"strings"
)

// value is what an expression gives: nil for null, bool, int64, string, []value, *object, or unknown.
//
// A string may be known in parts: a character of gaps replaces what isn't known, so that the type and the resource group of
// an ID are known although a name in it isn't.
type value any

// unknown is a value that only Azure or a later step knows.
type unknown struct {
	// may holds what the value can be or contain, for the resources that it refers to; nil if nothing of it is known.
	may *[]value
	// items is whether it's a list, and may holds the items that the list can have.
	items bool
}

// maxMay is how many values an unknown one can be.
const maxMay = 32

// oneOf is a value that isn't known, with some that it can be.
func oneOf(values ...value) value {
	var may []value
	for _, v := range values {
		if u, ok := v.(unknown); ok && u.may != nil && !u.items {
			may = append(may, *u.may...)
			continue
		}
		may = append(may, v)
	}
	return unknown{may: limited(may)}
}

// someOf is a list that can have some items, and no others, in any number and order.
func someOf(items ...value) value { return unknown{may: limited(items), items: true} }

func limited(may []value) *[]value {
	if len(may) > maxMay {
		may = append(may[:maxMay:maxMay], unknown{})
	}
	return &may
}

// each gives what an unknown value can be after something is done to it.
func (u unknown) each(do func(value) value) value {
	if u.may == nil {
		return u
	}
	var all []value
	for _, v := range *u.may {
		all = append(all, do(v))
	}
	return oneOf(all...)
}

// What replaces a part of a string that isn't known. None of them can be in an ARM ID.
const (
	gap             = "\x00" // anything
	ownSubscription = "\x01" // the subscription of the deployment, if it isn't known which
	ownGroup        = "\x02" // its resource group
	ownManagement   = "\x03" // its management group
	gaps            = gap + ownSubscription + ownGroup + ownManagement
)

// object is a JSON object.
type object struct {
	keys   []string
	values []value
}

func (o *object) get(key string) (value, bool) {
	for i, k := range o.keys {
		if strings.EqualFold(k, key) {
			return o.values[i], true
		}
	}
	return nil, false
}

// set replaces or adds a member.
func (o *object) set(key string, v value) {
	for i, k := range o.keys {
		if strings.EqualFold(k, key) {
			o.values[i] = v
			return
		}
	}
	o.keys, o.values = append(o.keys, key), append(o.values, v)
}

// whole reports whether all of a string is known.
func whole(text string) bool { return !strings.ContainsAny(text, gaps) }

// whollyKnown reports whether all of a value is known.
func whollyKnown(v value) bool {
	switch v := v.(type) {
	case unknown:
		return false
	case string:
		return whole(v)
	case []value:
		return !slices.ContainsFunc(v, func(item value) bool { return !whollyKnown(item) })
	case *object:
		return !slices.ContainsFunc(v.values, func(item value) bool { return !whollyKnown(item) })
	}
	return true
}

// text converts a value to a string.
func text(v value) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		if v {
			return "True"
		}
		return "False"
	case nil:
		return ""
	}
	return gap
}

// same compares two values that are wholly known.
func same(a, b value) bool {
	switch a := a.(type) {
	case []value:
		b, ok := b.([]value)
		return ok && slices.EqualFunc(a, b, same)
	case *object:
		b, ok := b.(*object)
		if !ok || len(a.keys) != len(b.keys) {
			return false
		}
		for i, key := range a.keys {
			if other, ok := b.get(key); !ok || !same(a.values[i], other) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case []value, *object:
		return false
	}
	return a == b
}

// member is a member of a value.
func member(of value, key string) value {
	if u, ok := of.(unknown); ok {
		if u.items {
			return unknown{}
		}
		return u.each(func(v value) value { return member(v, key) })
	}
	if o, ok := of.(*object); ok {
		if v, ok := o.get(key); ok {
			return v
		}
		rest, open := o.get(openEnded)
		if !open {
			if o.closed() {
				return nil
			}
			return unknown{}
		}
		if _, some := rest.(unknown); some {
			return member(rest, key)
		}
	}
	return unknown{}
}

// openEnded is a member of an object that has more members than are known.
const openEnded = "\x00"

// closed reports whether all names of an object's members are known.
func (o *object) closed() bool {
	return !slices.ContainsFunc(o.keys, func(key string) bool { return !whole(key) })
}

// element is an element of a list, or a member of an object. If it isn't known which, it's one of them.
func element(of, index value) value {
	if u, ok := of.(unknown); ok {
		if _, name := index.(string); u.items && !name {
			return oneOf(*u.may...)
		}
		return u.each(func(v value) value { return element(v, index) })
	}
	switch i := index.(type) {
	case string:
		if whole(i) {
			return member(of, i)
		}
		return anyElement(of)
	case int64:
		if list, ok := of.([]value); ok && 0 <= i && i < int64(len(list)) {
			return list[i]
		}
	case unknown:
		return anyElement(of)
	}
	return unknown{}
}

func anyElement(of value) value {
	switch of := of.(type) {
	case []value:
		return oneOf(of...)
	case *object:
		return oneOf(of.values...)
	}
	return unknown{}
}
