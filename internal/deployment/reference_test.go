package deployment

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAnIDOfTheTenantInAManagementGroup: a template that's deployed to a management group can name what it creates there without
// the group.
func TestAnIDOfTheTenantInAManagementGroup(t *testing.T) {
	const (
		group = "/providers/Microsoft.Management/managementGroups/contoso"
		read  = "Microsoft.Authorization/policyAssignments/read @ "
		write = "Microsoft.Authorization/policyAssignments/write @ "
	)
	inGroup := strings.Replace(schema, "deploymentTemplate", "managementGroupDeploymentTemplate", 1)
	for name, test := range map[string]struct {
		schema, scope, names string
		want                 []string
	}{
		"the template creates it": {
			schema: inGroup, scope: group, names: "Audit", want: []string{read + group, write + group},
		},
		"the template creates another": {
			schema: inGroup, scope: group, names: "other",
			want: []string{read + group, write + group, read + "/providers/Microsoft.Authorization/policyAssignments/other"},
		},
		"the template goes to a resource group": {
			schema: schema, scope: ownSub + "/resourceGroups/rg-app", names: "audit",
			want: []string{strings.TrimSuffix(read, " @ "), strings.TrimSuffix(write, " @ "), read + "/providers/Microsoft.Authorization/policyAssignments/audit"},
		},
	} {
		needs, err := Derive(files("main.json", `{`+test.schema+`,"resources":[{"type":"Microsoft.Authorization/policyAssignments","name":"audit"}],"outputs":{"o":{"type":"string",
			"value":"[reference('/providers/Microsoft.Authorization/policyAssignments/`+test.names+`', '2022-06-01', 'Full').identity.principalId]"}}}`),
			[]string{"main.json"}, Options{Scope: test.scope})
		require.NoError(t, err, name)
		assert.ElementsMatch(t, test.want, actionsOf(needs, Certain), name)
	}
}
