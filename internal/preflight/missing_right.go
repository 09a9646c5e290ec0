package preflight

import (
	"errors"
	"strings"

	"armpreflight/internal/diagnosis"
)

// missingRight names the smallest built-in role that holds the action which an
// identity was refused for; nothing when the answer names none, or the role is
// not known.
func missingRight(err error) []string {
	f, ok := errors.AsType[*diagnosis.Failure](err)
	if !ok || f.Evidence.Action == "" {
		return nil
	}
	role := smallestRole(f.Evidence.Action)
	if role == "" {
		return nil
	}
	return []string{"the smallest built-in role with that right: " + role}
}

// smallestRole returns the built-in role that holds an action and least beside
// it, and empty when it is not known here.
func smallestRole(action string) string {
	action = strings.ToLower(action)
	switch {
	case !strings.HasSuffix(action, "/read"):
		return ""
	case strings.HasPrefix(action, "microsoft.management/managementgroups/"):
		return "Management Group Reader"
	default:
		return "Reader"
	}
}
