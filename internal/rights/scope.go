package rights

import (
	"errors"
	"strings"

	"armpreflight/internal/arm"
)

// Base is where a user's lines start from.
type Base struct {
	ID             string // ARM ID of the scope of a line that names none; "" when every line has to
	SubscriptionID string // of scopes that start with resourceGroups; "" when there is none, as with a management group
}

// Scope is the place at which an action is wanted. The zero value isn't a place.
type Scope = arm.ID

// ParseScope reads an ARM ID of a subscription, a management group or something inside one, or one of the short forms
// resourceGroups/name (with what may follow it) and managementGroups/name. Empty text is the base's own scope.
func ParseScope(text string, base Base) (Scope, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		scope, ok := arm.ParseID(base.ID)
		if !ok || base.ID == "" {
			return Scope{}, errors.New("the scope is missing: add it after an @")
		}
		return scope, nil
	}
	parts, err := arm.Split(text)
	if err != nil {
		return Scope{}, err
	}
	if !strings.HasPrefix(text, "/") {
		return shortScope(parts, base)
	}
	scope, ok := arm.ScopeOf(parts)
	if !ok {
		return Scope{}, errors.New("the scope isn't the ARM ID of a subscription, a management group, or something in one")
	}
	return scope, nil
}

func shortScope(parts []string, base Base) (Scope, error) {
	switch {
	case strings.EqualFold(parts[0], "managementGroups") && len(parts) == 2:
		scope, _ := arm.ParseID(arm.ManagementGroupID(parts[1]))
		return scope, nil
	case !strings.EqualFold(parts[0], "resourceGroups"):
		return Scope{}, errors.New("the scope starts with neither /, resourceGroups/ nor managementGroups/")
	case base.SubscriptionID == "":
		return Scope{}, errors.New("a scope that starts with resourceGroups/ needs the connection's subscription, and the connection has none")
	}
	scope, ok := arm.ScopeOf(append([]string{"subscriptions", base.SubscriptionID, "resourceGroups"}, parts[1:]...))
	if !ok {
		return Scope{}, errors.New("the scope isn't a resource group or something in one")
	}
	return scope, nil
}

// reach reports whether what is given at one scope holds at another: at the same, at one that it is a part of the path of,
// and at everything for "/" and "". Which management group is above which isn't in the IDs. Azure lists what is given
// above a scope along with what is given at it, so what a management group shows in the list of a subscription holds there;
// between two management groups it is maybe. So it is where an ID can't be read.
func reach(given, scope string) truth {
	from, known := arm.ParseID(given)
	to, asked := arm.ParseID(scope)
	switch {
	case !known || !asked:
		return maybe
	case to.Within(from):
		return yes
	case from.Level() != arm.ManagementGroup: // nor something inside one
		return no
	case to.ManagementGroup != "":
		return maybe
	default:
		return yes
	}
}
