package rights

import (
	"slices"
	"strings"
)

// RoleAssignment is an entry of the list that Microsoft.Authorization/roleAssignments answers. Api versions before
// 2020-03-01 show no conditions.
type RoleAssignment struct {
	ID         string               `json:"id"`
	Properties AssignmentProperties `json:"properties"`
}

// AssignmentProperties says who has which role where.
type AssignmentProperties struct {
	RoleDefinitionID string `json:"roleDefinitionId"`
	PrincipalID      string `json:"principalId"`
	PrincipalType    string `json:"principalType"`
	Scope            string `json:"scope"`
	Condition        string `json:"condition"` // "" or null: none
	ConditionVersion string `json:"conditionVersion"`
}

// RoleDefinition is the answer of Microsoft.Authorization/roleDefinitions.
type RoleDefinition struct {
	Name       string         `json:"name"` // a GUID
	Properties RoleProperties `json:"properties"`
}

// RoleProperties says what a role may do.
type RoleProperties struct {
	RoleName    string       `json:"roleName"`
	Type        string       `json:"type"` // BuiltInRole or CustomRole
	Permissions []Permission `json:"permissions"`
}

// Holding is how role assignments grant an action.
type Holding struct {
	Grant

	// By are the assignments that grant it: without a condition when the answer is Yes, otherwise those that may. One of a management
	// group that may not be above the scope asked for counts among these, and has no condition to show.
	By []RoleAssignment

	// Unread are the IDs of role definitions that weren't at hand and could change an answer other than Yes, each once.
	Unread []string
}

// JudgeAssignments tells how role assignments grant an action at a scope. They are the caller's own, as Azure lists them for
// that scope with assignedTo(); role definitions are found by the GUID at the end of their ID.
func JudgeAssignments(assignments []RoleAssignment, roles []RoleDefinition, action string, data bool, scope string) Holding {
	var h Holding
	var certain, conditional []RoleAssignment
	for _, a := range assignments {
		there := reach(a.Properties.Scope, scope)
		if there == no {
			continue
		}
		i := slices.IndexFunc(roles, func(r RoleDefinition) bool { return sameRole(r.Name, a.Properties.RoleDefinitionID) })
		if i < 0 {
			if !slices.Contains(h.Unread, a.Properties.RoleDefinitionID) {
				h.Unread = append(h.Unread, a.Properties.RoleDefinitionID)
			}
			continue
		}
		role := Judge(roles[i].Properties.Permissions, action, data)
		switch met := min(there, judgeCondition(a.Properties.Condition, action), truth(role.Answer)); met {
		case yes:
			certain = append(certain, a)
		case maybe:
			conditional = append(conditional, a)
			h.Conditions = append(h.Conditions, conditionsOf(a, role, action)...)
		}
	}
	switch {
	case len(certain) > 0:
		return Holding{Grant: Grant{Answer: Yes}, By: certain}
	case len(conditional) > 0:
		h.Answer, h.By = Conditional, conditional
	}
	return h
}

// conditionsOf are the assignment's condition and those of its role, as far as they aren't met anyway.
func conditionsOf(a RoleAssignment, role Grant, action string) []string {
	conditions := role.Conditions
	if judgeCondition(a.Properties.Condition, action) == maybe {
		conditions = append([]string{a.Properties.Condition}, conditions...)
	}
	return conditions
}

func sameRole(name, id string) bool {
	return name != "" && lower(id[strings.LastIndexByte(id, '/')+1:]) == lower(name)
}
