package deployment

import "strings"

// contextual are the functions that read the template, where it's deployed, or other resources.
func contextual() map[string]func(*env, []value) value {
	return map[string]func(*env, []value) value{
		"parameters":                func(e *env, args []value) value { return lookup(e.parameters, args) },
		"variables":                 func(e *env, args []value) value { return lookup(e.variables, args) },
		"copyindex":                 copyIndex,
		"lambdavariables":           lambdaVariable,
		"filter":                    filterList,
		"map":                       mapList,
		"mapvalues":                 mapValues,
		"reduce":                    reduce,
		"sort":                      sortList,
		"toobject":                  toObject,
		"groupby":                   groupBy,
		"resourceinfo":              resourceInfo,
		"resourcegroup":             resourceGroup,
		"subscription":              subscription,
		"managementgroup":           managementGroup,
		"resourceid":                resourceID,
		"subscriptionresourceid":    subscriptionResourceID,
		"tenantresourceid":          func(_ *env, args []value) value { return joinID("", args) },
		"managementgroupresourceid": managementGroupResourceID,
		"extensionresourceid": func(_ *env, args []value) value {
			if len(args) == 0 {
				return unknown{}
			}
			return joinID(filled(text(args[0])), args[1:])
		},
	}
}

func lookup(in map[string]*thunk, args []value) value {
	if len(args) == 1 {
		if name, ok := args[0].(string); ok {
			if t, ok := in[strings.ToLower(name)]; ok {
				return t.get()
			}
		}
	}
	return unknown{}
}

// copyIndex takes a name, an offset, both or none.
func copyIndex(e *env, args []value) value {
	name, offset := "", int64(0)
	for _, arg := range args {
		switch arg := arg.(type) {
		case string:
			name = arg
		case int64:
			offset = arg
		}
	}
	index, ok := e.copies[strings.ToLower(name)]
	if !ok || index < 0 {
		return unknown{}
	}
	return index + offset
}

// resourceInfo gives the ID and the name of a resource by its symbolic name.
func resourceInfo(e *env, args []value) value {
	o := &object{keys: []string{openEnded}, values: []value{nil}}
	if len(args) == 1 {
		if symbol := text(args[0]); e.symbolOf(symbol) != nil {
			id := e.symbol(symbol)
			o.set("id", id)
			o.set("name", id[strings.LastIndexByte(id, '/')+1:])
		}
	}
	return o
}

func resourceGroup(e *env, _ []value) value {
	group := groupOf(e.scope)
	if group == "" {
		return unknown{}
	}
	return &object{
		keys:   []string{"id", "name", openEnded},
		values: []value{group, group[strings.LastIndexByte(group, '/')+1:], nil},
	}
}

func subscription(e *env, _ []value) value {
	id := subscriptionOf(e.scope)
	if id == "" {
		return unknown{}
	}
	return &object{
		keys:   []string{"id", "subscriptionId", openEnded},
		values: []value{id, strings.TrimPrefix(id, subscriptions), nil},
	}
}

func managementGroup(e *env, _ []value) value {
	name, ok := cutFold(e.scope, managementGroups)
	if !ok {
		return unknown{}
	}
	return &object{keys: []string{"id", "name", openEnded}, values: []value{managementGroups + name, name, nil}}
}

// resourceID takes a subscription, a resource group, both or none before the type and the names.
func resourceID(e *env, args []value) value {
	at := 0
	for at < len(args) && !strings.Contains(text(args[at]), "/") {
		at++
	}
	sub, group := subscriptionOf(e.scope), groupOf(e.scope)
	base := e.scope
	if base == "/" {
		base = ""
	}
	switch {
	case at == 1 && isGUID(text(args[0])):
		base = subscriptions + text(args[0])
	case at == 1:
		base = sub + resourceGroups + named(args[0])
	case at == 2:
		base = subscriptions + named(args[0]) + resourceGroups + named(args[1])
	case at > 2:
		return unknown{}
	case group != "":
		base = group
	case sub != "":
		base = sub
	}
	return joinID(base, args[at:])
}

func subscriptionResourceID(e *env, args []value) value {
	base := subscriptionOf(e.scope)
	if len(args) > 0 && !strings.Contains(text(args[0]), "/") {
		base, args = subscriptions+named(args[0]), args[1:]
	}
	if base == "" {
		base = subscriptions + gap
	}
	return joinID(base, args)
}

func managementGroupResourceID(e *env, args []value) value {
	base := e.scope
	if len(args) > 0 && !strings.Contains(text(args[0]), "/") {
		base, args = managementGroups+named(args[0]), args[1:]
	} else if _, ok := cutFold(base, managementGroups); !ok {
		base = managementGroups + gap
	}
	return joinID(base, args)
}

// joinID builds an ID from a type and names behind what's before it.
func joinID(base string, args []value) value {
	if len(args) == 0 {
		return unknown{}
	}
	kind, ok := args[0].(string)
	kind = strings.TrimRight(kind, "/")
	if !ok || !whole(kind) || !strings.Contains(kind, "/") {
		return unknown{}
	}
	var names []string
	for _, arg := range args[1:] {
		names = append(names, text(arg))
	}
	return makeID(base, kind, strings.Join(names, "/"))
}
