package deployment

import "strings"

const (
	subscriptions    = "/subscriptions/"
	resourceGroups   = "/resourceGroups/"
	managementGroups = "/providers/Microsoft.Management/managementGroups/"
	providers        = "/providers/"
	groupType        = "Microsoft.Resources/resourceGroups"
	deploymentType   = "Microsoft.Resources/deployments"
)

// cutFold cuts a prefix off without regard to case.
func cutFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}

// subscriptionOf is the ID of the subscription that an ID is in; "" if it's in none.
func subscriptionOf(id string) string {
	rest, ok := cutFold(id, subscriptions)
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	if name == "" {
		return ""
	}
	return subscriptions + name
}

// groupOf is the ID of the resource group that an ID is in; "" if it's in none.
func groupOf(id string) string {
	sub := subscriptionOf(id)
	if sub == "" {
		return ""
	}
	rest, ok := cutFold(id[len(sub):], resourceGroups)
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	if name == "" {
		return ""
	}
	return sub + resourceGroups + name
}

// managementGroupOf is the ID of the management group that an ID begins with; "" if it begins with none.
func managementGroupOf(id string) string {
	rest, ok := cutFold(id, managementGroups)
	name, _, _ := strings.Cut(rest, "/")
	if !ok || name == "" {
		return ""
	}
	return managementGroups + name
}

// containerOf is the resource group, subscription, management group or tenant that an ID is in; "" if that isn't known.
func containerOf(id string) string {
	if group := groupOf(id); group != "" {
		return group
	}
	if sub := subscriptionOf(id); sub != "" {
		return sub
	}
	if rest, ok := cutFold(id, managementGroups); ok {
		name, below, inside := strings.Cut(rest, "/")
		if name != "" && inside && strings.HasPrefix(strings.ToLower(below), "providers/") {
			return managementGroups + name
		}
	}
	if strings.HasPrefix(id, providers) {
		return "/"
	}
	return ""
}

// makeID joins a type and the names of a resource to an ID. Names that aren't known in number become gaps.
func makeID(base, kind, names string) string {
	if strings.EqualFold(kind, groupType) || strings.EqualFold(kind, "Microsoft.Resources/subscriptions/resourceGroups") {
		if i := strings.LastIndexByte(names, '/'); i >= 0 {
			names = names[i+1:]
		}
		return subscriptionOf(base) + resourceGroups + named(names)
	}
	provider, rest, _ := strings.Cut(kind, "/")
	types, parts := strings.Split(rest, "/"), strings.Split(names, "/")
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(base, "/"))
	b.WriteString(providers)
	b.WriteString(provider)
	for i, t := range types {
		name := gap
		if len(parts) == len(types) {
			name = named(parts[i])
		}
		b.WriteString("/" + t + "/" + name)
	}
	return b.String()
}

// named converts a value to a name in an ID. No name is empty: it's that of a parameter whose default has to be replaced.
func named(v value) string {
	if name := text(v); name != "" {
		return name
	}
	return gap
}

// filled gives an ID with gaps in the place of empty names.
func filled(id string) string {
	if !strings.HasPrefix(id, "/") {
		return id
	}
	id = strings.ReplaceAll(id, "//", "/"+gap+"/")
	trimmed := strings.TrimSuffix(id, "/")
	last := trimmed[strings.LastIndexByte(trimmed, '/')+1:]
	nameless := strings.EqualFold(last, "subscriptions") || strings.EqualFold(last, "resourceGroups")
	if at := strings.LastIndex(strings.ToLower(trimmed), providers); at >= 0 && trimmed != id {
		nameless = strings.Count(trimmed[at+len(providers):], "/")%2 != 0 // a provider, and pairs of a type and a name
	}
	if nameless {
		return trimmed + "/" + gap
	}
	return id
}

// subscriptionNamed is the ID of the subscription that a property names, by its GUID or its ID.
func subscriptionNamed(v value) string {
	name := named(v)
	if id := subscriptionOf(name); id != "" {
		return id
	}
	return subscriptions + name
}

// typeOf is the type of the resource that an ID names; "" if it names none.
func typeOf(id string) string {
	at := strings.LastIndex(strings.ToLower(id), providers)
	if at < 0 {
		if group := groupOf(id); group != "" && len(group) == len(id) {
			return groupType
		}
		return ""
	}
	parts := strings.Split(id[at+len(providers):], "/")
	if len(parts) < 3 || len(parts)%2 == 0 || parts[0] == "" || !whole(parts[0]) {
		return ""
	}
	var kind strings.Builder
	kind.WriteString(parts[0])
	for i := 1; i < len(parts); i += 2 {
		if !whole(parts[i]) {
			return ""
		}
		kind.WriteString("/" + parts[i])
	}
	return kind.String()
}

// baseOf is what an extension is on, or what a resource is in: what's before the last provider of an ID.
func baseOf(id string) string {
	at := strings.LastIndex(strings.ToLower(id), providers)
	if at <= 0 {
		return "/"
	}
	return id[:at]
}

// parents gives the IDs that an ID is below, the nearest first, down to those of resources; the ID itself is the first.
func parents(id string, yield func(string) bool) {
	for id != "" {
		if typeOf(id) != "" && !yield(id) {
			return
		}
		at := strings.LastIndexByte(id, '/')
		if at <= 0 {
			return
		}
		id = id[:at]
	}
}

// isGUID reports whether a text is a GUID in its usual form.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		allowed := "0123456789abcdefABCDEF"
		switch i {
		case 8, 13, 18, 23:
			allowed = "-"
		}
		if strings.IndexByte(allowed, s[i]) < 0 {
			return false
		}
	}
	return true
}

// placeholders are what the gaps are shown as.
var placeholders = strings.NewReplacer(ownSubscription, "{subscription}", ownGroup, "{resourceGroup}", ownManagement, "{managementGroup}", gap, "{…}")

// shown is an ID with words in its gaps.
func shown(id string) string { return placeholders.Replace(id) }
