package cloud

import (
	"regexp"
	"strings"
)

var filterTerm = regexp.MustCompile(`^(?:(\w+)\((?:'([^']*)')?\)|(\w+) eq '([^']*)')$`)

// filters reads a $filter of Microsoft.Authorization: terms joined by "and", each a function or a comparison. False means that
// the type has no such term, or that no one needed it here yet.
func filters(kind, text string) (map[string]string, bool) {
	terms := map[string]string{}
	if text == "" {
		return terms, true
	}
	has := map[string]string{
		"locks":                            "atScope()",
		"roleassignments":                  "atScope() assignedTo() principalId",
		"denyassignments":                  "atScope() assignedTo() principalId denyAssignmentName",
		"roledefinitions":                  "atScopeAndBelow() roleName type",
		"roleeligibilityscheduleinstances": "asTarget()",
	}[kind]
	for term := range strings.SplitSeq(text, " and ") {
		m := filterTerm.FindStringSubmatch(strings.TrimSpace(term))
		if m == nil {
			return nil, false
		}
		name, value := m[3], m[4]
		if m[1] != "" {
			name, value = m[1]+"()", m[2]
		}
		if !strings.Contains(" "+has+" ", " "+name+" ") {
			return nil, false
		}
		terms[name] = value
	}
	return terms, true
}

// asked reports whether a term is there.
func asked(terms map[string]string, name string) bool {
	_, ok := terms[name]
	return ok
}

// equal reports whether a comparison, where there is one, holds.
func equal(terms map[string]string, name, value string) bool {
	return !asked(terms, name) || strings.EqualFold(terms[name], value)
}
