package rights

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const managementGroups = "/providers/Microsoft.Management/managementGroups/"

// Base is where a person's lines start from.
type Base struct {
	ID             string // ARM id of the scope of a line that names none; "" when every line has to
	SubscriptionID string // of scopes that start with resourceGroups; "" when there is none, as with a management group
}

// Scope is the place at which an action is wanted. The zero value is no place.
type Scope struct{ id string }

// ID is the scope as an ARM id, without escaping and without a slash at the end.
func (s Scope) ID() string { return s.id }

// ParseScope reads an ARM id of a subscription, a management group or something inside one, or one of the short forms
// resourceGroups/name (with what may follow it) and managementGroups/name. Empty text is the base's own scope.
func ParseScope(text string, base Base) (Scope, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		if base.ID == "" {
			return Scope{}, errors.New("there is no scope to ask at: name one behind an @")
		}
		return Scope{base.ID}, nil
	}
	parts := strings.Split(strings.TrimPrefix(text, "/"), "/")
	for _, part := range parts {
		if err := checkPart(part); err != nil {
			return Scope{}, err
		}
	}
	if !strings.HasPrefix(text, "/") {
		return shortScope(parts, base)
	}
	if !isScope(parts) {
		return Scope{}, errors.New("the scope is no ARM id of a subscription, a management group or something inside one")
	}
	return Scope{"/" + strings.Join(parts, "/")}, nil
}

func shortScope(parts []string, base Base) (Scope, error) {
	switch {
	case strings.EqualFold(parts[0], "managementGroups") && len(parts) == 2:
		return Scope{managementGroups + parts[1]}, nil
	case !strings.EqualFold(parts[0], "resourceGroups"):
		return Scope{}, errors.New("the scope starts with neither /, resourceGroups/ nor managementGroups/")
	case base.SubscriptionID == "":
		return Scope{}, errors.New("a scope that starts with resourceGroups/ needs the connection's subscription, and there is none")
	}
	full := append([]string{"subscriptions", base.SubscriptionID, "resourceGroups"}, parts[1:]...)
	if len(full) == 3 || !isScope(full) {
		return Scope{}, errors.New("the scope is no resource group and nothing inside one")
	}
	return Scope{"/" + strings.Join(full, "/")}, nil
}

// checkPart keeps out of a path what would make it another one, or a query.
func checkPart(part string) error {
	switch {
	case part == "":
		return errors.New("the scope has an empty part")
	case part == "." || part == "..":
		return fmt.Errorf("the scope has the part %q", part)
	case !utf8.ValidString(part):
		return errors.New("the scope is not UTF-8")
	case len(part) > 260:
		return errors.New("a part of the scope is longer than 260 bytes")
	case part != strings.TrimSpace(part):
		return fmt.Errorf("the scope has a blank around %q", strings.TrimSpace(part))
	}
	for _, c := range part {
		if !unicode.IsPrint(c) || strings.ContainsRune(`\?#%&<>"*:`, c) {
			return fmt.Errorf("the scope has the character %q", c)
		}
	}
	return nil
}

// isScope knows the ids that start in a subscription or a management group. What follows is at most a resource group and
// then, any number of times, a provider with pairs of type and name.
func isScope(parts []string) bool {
	switch {
	case len(parts) >= 2 && strings.EqualFold(parts[0], "subscriptions") && isGUID(parts[1]):
		parts = parts[2:]
		if len(parts) >= 2 && strings.EqualFold(parts[0], "resourceGroups") {
			parts = parts[2:]
		}
	case len(parts) >= 4 && strings.EqualFold("/"+strings.Join(parts[:3], "/")+"/", managementGroups):
		parts = parts[4:]
	default:
		return false
	}
	return len(parts) == 0 || len(parts) >= 4 && len(parts)%2 == 0 && strings.EqualFold(parts[0], "providers") && strings.Contains(parts[1], ".")
}

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

// reach tells whether what is given at one scope holds at another: at the same, at one that it is a part of the path of,
// and at everything for "/" and "". Which management group is above which is not in the ids. Azure lists what is given
// above a scope along with what is given at it, so what a management group shows in the list of a subscription holds there;
// between two management groups it is maybe.
func reach(given, scope string) truth {
	given, scope = lower(strings.TrimRight(given, "/")), lower(strings.TrimRight(scope, "/"))
	group := lower(managementGroups)
	switch {
	case given == "" || given == scope || strings.HasPrefix(scope, given+"/"):
		return yes
	case !strings.HasPrefix(given, group):
		return no
	case strings.Contains(given[len(group):], "/"): // something inside a management group, not the group
		return no
	case strings.HasPrefix(scope, group):
		return maybe
	default:
		return yes
	}
}
