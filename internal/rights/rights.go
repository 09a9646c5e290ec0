// Package rights judges what Azure's role-based access control lets an identity do, from the answers that Azure Resource
// Manager gives about it: permissions, role assignments, role definitions and deny assignments. It also reads the lines in
// which a user names actions, and knows which built-in role grants an action with the least else.
//
// It is pure: no network, no clock, no printing. It returns facts and no sentences, except for a line that can't be read.
// It doesn't decide conditions that depend on a request or a resource and knows no members of groups: where that matters its
// answer is that it can't tell. Roles that are eligible and not activated are in none of these answers.
package rights

import "strings"

// Permission is one entry of the list that Microsoft.Authorization/permissions answers, and of a role definition. A nil
// list grants or takes away nothing; api versions before 2018-07-01 have no data actions.
type Permission struct {
	Actions        []string `json:"actions"`
	NotActions     []string `json:"notActions"`
	DataActions    []string `json:"dataActions"`
	NotDataActions []string `json:"notDataActions"`
	Condition      string   `json:"condition"` // "" or null: none
}

// Grants reports whether one entry at least gives the action, with or without a condition. What an entry takes away by its
// notActions another may still give: only a deny assignment takes a right away permanently (learn.microsoft.com, Understand
// Azure role definitions, NotActions).
func Grants(permissions []Permission, action string, data bool) bool {
	return Judge(permissions, action, data).Answer != No
}

// Answer is whether an action is granted.
type Answer int

const (
	No          Answer = iota
	Conditional        // only under conditions that aren't for this package to decide
	Yes
)

// Grant is how an action is granted.
type Grant struct {
	Answer Answer

	// Conditions are those under which it is granted, as written, when nothing grants it without one; otherwise nil.
	Conditions []string
}

// Judge tells how a list of permissions grants an action. A condition that says nothing of this action counts as none.
func Judge(permissions []Permission, action string, data bool) Grant {
	var grant Grant
	for _, p := range permissions {
		if p.covers(action, data) {
			grant = grant.or(judgeCondition(p.Condition, action), p.Condition)
		}
	}
	return grant
}

// Excess tells how a list of permissions lets its holder give roles to others, and so any right to itself. Yes is without
// any condition that this list shows; the condition of a role assignment is seen by JudgeAssignments.
func Excess(permissions []Permission) Grant { return Judge(permissions, AssignRoles, false) }

// AssignRoles is the action behind Excess.
const AssignRoles = "Microsoft.Authorization/roleAssignments/write"

func (g Grant) or(met truth, condition string) Grant {
	switch {
	case met == yes:
		return Grant{Answer: Yes}
	case met == maybe && g.Answer != Yes:
		return Grant{Answer: Conditional, Conditions: append(g.Conditions, condition)}
	default:
		return g
	}
}

// covers leaves the condition aside.
func (p Permission) covers(action string, data bool) bool {
	if data {
		return matchesAny(p.DataActions, action) && !matchesAny(p.NotDataActions, action)
	}
	return matchesAny(p.Actions, action) && !matchesAny(p.NotActions, action)
}

func matchesAny(patterns []string, action string) bool {
	for _, pattern := range patterns {
		if Matches(pattern, action) {
			return true
		}
	}
	return false
}

// Matches compares an action with a pattern in which a star represents any characters or none, slashes too: "*/read" is
// every read, "Microsoft.Compute/*" all of a provider. Letter case doesn't count. An empty pattern matches nothing.
//
// The first fitting place for each piece between two stars is as good as any later one, so that no step is ever taken
// back and the time is linear in the two lengths.
func Matches(pattern, action string) bool {
	if pattern == "" {
		return false
	}
	pattern, action = lower(pattern), lower(action)
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == action
	}
	action, fits := strings.CutPrefix(action, first)
	if !fits {
		return false
	}
	for {
		piece, next, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(action, piece)
		}
		at := strings.Index(action, piece)
		if at < 0 {
			return false
		}
		action, rest = action[at+len(piece):], next
	}
}

// lower changes the letters A to Z alone. Unicode's folding would let a Kelvin sign represent a k.
func lower(s string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, s)
}
