package preflight

import (
	"errors"

	"armpreflight/internal/evidence"
	"armpreflight/internal/rights"
)

// missingRight names the smallest built-in role that holds the action which an
// identity was refused for; nothing when the answer names none, or the role is
// not known.
func missingRight(err error) []string {
	f, ok := errors.AsType[*evidence.Failure](err)
	if !ok || f.Evidence.Action == "" {
		return nil
	}
	role := smallestRole(f.Evidence.Action)
	if role == "" {
		return nil
	}
	return []string{"the smallest built-in role with that permission: " + role}
}

// smallestRole returns the built-in role that holds an action and the least besides
// it, and empty when none of the known ones does.
func smallestRole(action string) string {
	if roles := rights.Smallest(action, false); action != "" && len(roles) > 0 {
		return roles[0].Name
	}
	return ""
}
