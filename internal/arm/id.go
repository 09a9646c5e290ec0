package arm

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ID is the ID of something in Azure Resource Manager: a management group, a subscription, a resource group, or a resource or
// another scope inside one. The zero value is the tenant, which is above everything.
type ID struct {
	text   string // as it was written, without a slash at the end
	inside bool   // it goes on behind the group or the subscription

	// Names as they were written; empty where the ID has none. Azure mixes the letter cases.
	ManagementGroup, Subscription, ResourceGroup string
	// Resource is what follows the first "/providers/", as in "Microsoft.Web/sites/app".
	Resource string
}

// Level is what an ID is the ID of.
type Level int

// The levels, from the top.
const (
	Tenant Level = iota
	ManagementGroup
	Subscription
	ResourceGroup
	Inside // a resource, or anything else in one of the others
)

const managementGroups = "/providers/Microsoft.Management/managementGroups/"

// ManagementGroupID is the ID of a management group by its name.
func ManagementGroupID(name string) string { return managementGroups + name }

// ParseID reads an ID as a service writes it: a path of whole segments, from the root. Empty text and "/" are the tenant. It's
// false for a path that could lead somewhere else.
func ParseID(text string) (ID, bool) {
	text = strings.TrimSuffix(text, "/")
	if text == "" {
		return ID{}, true
	}
	rest, rooted := strings.CutPrefix(text, "/")
	segments := strings.Split(rest, "/")
	for _, segment := range segments {
		if !rooted || segment == "" || segment == "." || segment == ".." {
			return ID{}, false
		}
	}
	id := ID{text: text}
	if at := strings.Index(fold(text), "/providers/"); at >= 0 {
		id.Resource = text[at+len("/providers/"):]
	}
	switch {
	case len(segments) >= 2 && sameName(segments[0], "subscriptions"):
		id.Subscription, segments = segments[1], segments[2:]
		if len(segments) >= 2 && sameName(segments[0], "resourceGroups") {
			id.ResourceGroup, segments = segments[1], segments[2:]
		}
	case len(segments) >= 4 && sameName("/"+strings.Join(segments[:3], "/")+"/", managementGroups):
		id.ManagementGroup, segments = segments[3], segments[4:]
	}
	id.inside = len(segments) > 0
	return id, true
}

// Split takes apart a path that someone typed, from the root or not, and keeps out of it what would make it another path or a
// query. The error says what's wrong with "the scope", in lower case.
func Split(text string) ([]string, error) {
	parts := strings.Split(strings.TrimPrefix(text, "/"), "/")
	for _, part := range parts {
		if err := checkPart(part); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func checkPart(part string) error {
	switch {
	case part == "":
		return errors.New("the scope has an empty part")
	case part == "." || part == "..":
		return fmt.Errorf("the scope has the part %q", part)
	case !utf8.ValidString(part):
		return errors.New("the scope isn't UTF-8")
	case len(part) > 260:
		return errors.New("a part of the scope is longer than 260 bytes")
	case part != strings.TrimSpace(part):
		return fmt.Errorf("the scope has a space before or after %q", strings.TrimSpace(part))
	}
	for _, c := range part {
		if !unicode.IsPrint(c) || strings.ContainsRune(`\?#%&<>"*:`, c) {
			return fmt.Errorf("the scope has the character %q", c)
		}
	}
	return nil
}

// ScopeOf is the scope of the parts that Split returns: a subscription by its GUID or a management group, then at most a
// resource group, and then, any number of times, a provider with pairs of type and name. False for anything else.
func ScopeOf(parts []string) (ID, bool) {
	id, ok := ParseID("/" + strings.Join(parts, "/"))
	switch {
	case !ok, id.ManagementGroup == "" && !IsGUID(id.Subscription):
		return ID{}, false
	case !id.inside:
		return id, true
	case id.ManagementGroup != "":
		parts = parts[4:]
	case id.ResourceGroup != "":
		parts = parts[4:]
	default:
		parts = parts[2:]
	}
	return id, len(parts) >= 4 && len(parts)%2 == 0 && sameName(parts[0], "providers") && strings.Contains(parts[1], ".")
}

// Level is what the ID is the ID of.
func (id ID) Level() Level {
	switch {
	case id.inside:
		return Inside
	case id.ResourceGroup != "":
		return ResourceGroup
	case id.Subscription != "":
		return Subscription
	case id.ManagementGroup != "":
		return ManagementGroup
	}
	return Tenant
}

// ID is the ID as text, without escaping and without a slash at the end; empty for the tenant.
func (id ID) ID() string { return id.text }

// Path is the ID as a path of an address; empty for the tenant.
func (id ID) Path() string {
	segments := strings.Split(id.text, "/")
	for i, segment := range segments {
		segments[i] = url.PathEscape(segment)
	}
	return strings.Join(segments, "/")
}

// Within reports whether the ID is that of a scope, or of something whose ID starts with it. Which management group is above
// which, and above which subscription, isn't in the IDs.
func (id ID) Within(scope ID) bool {
	inner, outer := fold(id.text), fold(scope.text)
	return inner == outer || strings.HasPrefix(inner, outer+"/")
}

// Within reports whether an ID, as a service writes it, is that of a scope or of something in it; false for what is no ID.
func Within(id, scope string) bool {
	inner, isID := ParseID(id)
	outer, isScope := ParseID(scope)
	return isID && isScope && inner.Within(outer)
}

// sameName compares as Azure does: letter case aside, and for the letters A to Z alone. Unicode's folding would let a Kelvin
// sign represent a k.
func sameName(a, b string) bool { return fold(a) == fold(b) }

func fold(text string) string {
	folded := []byte(text)
	for i, c := range folded {
		if 'A' <= c && c <= 'Z' {
			folded[i] = c + 'a' - 'A'
		}
	}
	return string(folded)
}
