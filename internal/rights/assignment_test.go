package rights

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	ownerID       = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	contributorID = "b24988ac-6180-42a0-ab88-20f7382dd24c"
	readerID      = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
)

func role(t *testing.T, file string) RoleDefinition {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	require.NoError(t, err)
	return decode[RoleDefinition](t, string(text))
}

func assignment(id, roleID, scope, condition string) RoleAssignment {
	return RoleAssignment{ID: id, Properties: AssignmentProperties{RoleDefinitionID: subscription + "/providers/Microsoft.Authorization/roleDefinitions/" + roleID,
		PrincipalID: caller, PrincipalType: "ServicePrincipal", Scope: scope, Condition: condition}}
}

func TestAssignmentsGrant(t *testing.T) {
	const mg = "/providers/Microsoft.Management/managementGroups/"
	roles := []RoleDefinition{role(t, "role_owner.json"), role(t, "role_contributor.json"), role(t, "role_reader.json"), role(t, "role_narrow.json")}
	for name, test := range map[string]struct {
		assignments []RoleAssignment
		action      string
		scope       string
		want        Answer
		by          []string
	}{
		"none":                                         {action: sites, scope: group, want: No},
		"a contributor of the group":                   {assignments: []RoleAssignment{assignment("a", contributorID, group, "")}, action: sites, scope: group, want: Yes, by: []string{"a"}},
		"a contributor of the subscription":            {assignments: []RoleAssignment{assignment("a", contributorID, subscription, "")}, action: sites, scope: group, want: Yes, by: []string{"a"}},
		"a contributor of a management group above":    {assignments: []RoleAssignment{assignment("a", contributorID, mg+"m", "")}, action: sites, scope: group, want: Yes, by: []string{"a"}},
		"a contributor of the root":                    {assignments: []RoleAssignment{assignment("a", contributorID, "/", "")}, action: sites, scope: group, want: Yes, by: []string{"a"}},
		"a contributor of the group is none above":     {assignments: []RoleAssignment{assignment("a", contributorID, group, "")}, action: sites, scope: subscription, want: No},
		"a contributor of another group":               {assignments: []RoleAssignment{assignment("a", contributorID, group+"-2", "")}, action: sites, scope: group, want: No},
		"a contributor of another management group":    {assignments: []RoleAssignment{assignment("a", contributorID, mg+"m", "")}, action: sites, scope: mg + "other", want: Conditional, by: []string{"a"}},
		"a reader beside a contributor":                {assignments: []RoleAssignment{assignment("r", readerID, group, ""), assignment("c", contributorID, group, "")}, action: sites, scope: group, want: Yes, by: []string{"c"}},
		"an owner who is limited in assigning roles":   {assignments: []RoleAssignment{assignment("o", ownerID, group, limited)}, action: AssignRoles, scope: group, want: Conditional, by: []string{"o"}},
		"who is not limited in anything else":          {assignments: []RoleAssignment{assignment("o", ownerID, group, limited)}, action: sites, scope: group, want: Yes, by: []string{"o"}},
		"two limited owners":                           {assignments: []RoleAssignment{assignment("o", ownerID, group, limited), assignment("p", ownerID, subscription, limited)}, action: AssignRoles, scope: group, want: Conditional, by: []string{"o", "p"}},
		"a limited owner beside one who is not":        {assignments: []RoleAssignment{assignment("o", ownerID, group, limited), assignment("p", ownerID, subscription, "")}, action: AssignRoles, scope: group, want: Yes, by: []string{"p"}},
		"a limited owner beside a contributor":         {assignments: []RoleAssignment{assignment("o", ownerID, group, limited), assignment("c", contributorID, group, "")}, action: AssignRoles, scope: group, want: Conditional, by: []string{"o"}},
		"a condition on a role that does not grant it": {assignments: []RoleAssignment{assignment("c", contributorID, group, limited)}, action: AssignRoles, scope: group, want: No},
		"letter case of the role":                      {assignments: []RoleAssignment{assignment("o", "8E3AF657-A8FF-443C-A75C-2FE8C4BCB635", group, "")}, action: sites, scope: group, want: Yes, by: []string{"o"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := JudgeAssignments(test.assignments, roles, test.action, false, test.scope)
			assert.Equal(t, test.want, h.Answer)
			assert.Empty(t, h.Unread)
			var by []string
			for _, a := range h.By {
				by = append(by, a.ID)
			}
			assert.Equal(t, test.by, by)
		})
	}
}

func TestTheConditionIsAFact(t *testing.T) {
	list := answer[RoleAssignment](t, "roleassignments.json")
	uaaRole := RoleDefinition{Name: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", Properties: RoleProperties{Permissions: decode[[]Permission](t, "["+uaa+"]")}}
	const scope = "/subscriptions/4d042dc6-fe17-4698-a23f-ec6a8d1e98f4"
	h := JudgeAssignments(list, []RoleDefinition{uaaRole}, AssignRoles, false, scope)
	assert.Equal(t, Conditional, h.Answer)
	assert.Equal(t, []string{list[1].Properties.Condition}, h.Conditions)
	assert.Equal(t, "Group", h.By[0].Properties.PrincipalType)
	assert.Empty(t, h.Unread, "the other one is for a vault")

	h = JudgeAssignments(list, nil, AssignRoles, false, scope)
	assert.Equal(t, No, h.Answer)
	assert.Equal(t, []string{list[1].Properties.RoleDefinitionID}, h.Unread)
}

func TestARolesOwnConditionCounts(t *testing.T) {
	guarded := RoleDefinition{Name: ownerID, Properties: RoleProperties{Permissions: []Permission{{Actions: []string{"*"}, Condition: limited}}}}
	h := JudgeAssignments([]RoleAssignment{assignment("a", ownerID, group, "")}, []RoleDefinition{guarded}, AssignRoles, false, group)
	assert.Equal(t, Conditional, h.Answer)
	assert.Equal(t, []string{limited}, h.Conditions)
}
