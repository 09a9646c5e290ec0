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
		"none":                                         {nil, sites, group, No, nil},
		"a contributor of the group":                   {[]RoleAssignment{assignment("a", contributorID, group, "")}, sites, group, Yes, []string{"a"}},
		"a contributor of the subscription":            {[]RoleAssignment{assignment("a", contributorID, subscription, "")}, sites, group, Yes, []string{"a"}},
		"a contributor of a management group above":    {[]RoleAssignment{assignment("a", contributorID, mg+"m", "")}, sites, group, Yes, []string{"a"}},
		"a contributor of the root":                    {[]RoleAssignment{assignment("a", contributorID, "/", "")}, sites, group, Yes, []string{"a"}},
		"a contributor of the group is none above":     {[]RoleAssignment{assignment("a", contributorID, group, "")}, sites, subscription, No, nil},
		"a contributor of another group":               {[]RoleAssignment{assignment("a", contributorID, group+"-2", "")}, sites, group, No, nil},
		"a contributor of another management group":    {[]RoleAssignment{assignment("a", contributorID, mg+"m", "")}, sites, mg + "other", Conditional, []string{"a"}},
		"a reader beside a contributor":                {[]RoleAssignment{assignment("r", readerID, group, ""), assignment("c", contributorID, group, "")}, sites, group, Yes, []string{"c"}},
		"an owner who is limited in assigning roles":   {[]RoleAssignment{assignment("o", ownerID, group, limited)}, AssignRoles, group, Conditional, []string{"o"}},
		"who is not limited in anything else":          {[]RoleAssignment{assignment("o", ownerID, group, limited)}, sites, group, Yes, []string{"o"}},
		"two limited owners":                           {[]RoleAssignment{assignment("o", ownerID, group, limited), assignment("p", ownerID, subscription, limited)}, AssignRoles, group, Conditional, []string{"o", "p"}},
		"a limited owner beside one who is not":        {[]RoleAssignment{assignment("o", ownerID, group, limited), assignment("p", ownerID, subscription, "")}, AssignRoles, group, Yes, []string{"p"}},
		"a limited owner beside a contributor":         {[]RoleAssignment{assignment("o", ownerID, group, limited), assignment("c", contributorID, group, "")}, AssignRoles, group, Conditional, []string{"o"}},
		"a condition on a role that does not grant it": {[]RoleAssignment{assignment("c", contributorID, group, limited)}, AssignRoles, group, No, nil},
		"letter case of the role":                      {[]RoleAssignment{assignment("o", "8E3AF657-A8FF-443C-A75C-2FE8C4BCB635", group, "")}, sites, group, Yes, []string{"o"}},
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
