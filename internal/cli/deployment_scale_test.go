package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
)

// deployTo plays a deployment of some sites to each of some resource groups, where each answer takes 50 ms of made-up time.
func deployTo(t *testing.T, groups, sites int, prepare func(*bubble)) played {
	return play(t, "healthy-deployment", func(b *bubble) {
		b.DeploysTo(groups, sites)
		b.cloud.Fault(cloud.Fault{Latency: 50 * time.Millisecond})
		if prepare != nil {
			prepare(b)
		}
	})
}

// TestTwoHundredScopesTakeASecondAndAHalf counts the answers that wait for each other: ./build.sh bench measures the time.
func TestTwoHundredScopesTakeASecondAndAHalf(t *testing.T) {
	onGroups := func(b *bubble) { // the identity has a role at each group alone
		tenant := &b.World.Tenants[0]
		for i, a := range tenant.RoleAssignments {
			if a.PrincipalID == cloud.ContosoPrincipalID && strings.EqualFold(a.Scope, "/subscriptions/"+cloud.ContosoSubscriptionID) {
				for j := range 200 {
					more := a
					more.Name = fmt.Sprintf("aaaaaaaa-0000-4000-8000-%012d", j)
					more.Scope += fmt.Sprintf("/resourceGroups/rg-%03d", j)
					tenant.RoleAssignments = append(tenant.RoleAssignments, more)
				}
				tenant.RoleAssignments[i].RoleID = "acdd72a7-3385-48ef-bd42-f606fba81ae7" // Reader
			}
		}
	}
	onSubnets := func(b *bubble) { // a subnet in each group, at which the identity has no more than there
		tenant := &b.World.Tenants[0]
		role := cloud.RoleDefinition{ID: "aaaaaaaa-1111-4000-8000-000000000000", Name: "deploys sites", Actions: []string{"Microsoft.Resources/*", "Microsoft.Web/*", "*/read"}}
		tenant.RoleDefinitions = append(tenant.RoleDefinitions, role)
		for i, a := range tenant.RoleAssignments {
			if a.PrincipalID == cloud.ContosoPrincipalID {
				tenant.RoleAssignments[i].RoleID = role.ID
			}
		}
		parts := strings.Split(b.Files["infra/main.json"], `"location": "westeurope",`)
		for i := range parts[1:] {
			parts[i] += fmt.Sprintf(`"location": "westeurope", "properties": { "virtualNetworkSubnetId": "[resourceId('rg-%03d', 'Microsoft.Network/virtualNetworks/subnets', 'hub', 'apps')]" },`, i)
		}
		b.Files["infra/main.json"] = strings.Join(parts, "")
	}
	for name, tc := range map[string]struct {
		prepare func(*bubble)
		status  string
		says    string
	}{
		"a role at the subscription":             {status: "pass", says: "granted at 201 scopes"},
		"a role at each group":                   {prepare: onGroups, status: "fail", says: "200 other scopes: 1400 granted"}, // the subscription itself is needed too
		"a resource within each that needs more": {prepare: onSubnets, status: "warn", says: "396 other scopes: 1405 granted; 195 missing"},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && tc.status != "pass" {
				t.Skip("the requests run at the same time in the same way in each")
			}
			got := deployTo(t, 200, 3, tc.prepare)
			assert.Equal(t, tc.status, got.status("permissions"), got.visible())
			assert.Contains(t, got.visible(), tc.says)
			assert.LessOrEqual(t, got.took, 1500*time.Millisecond)
		})
	}
}

// TestRequestsDoNotGrowWithResources: only with scopes and providers.
func TestRequestsDoNotGrowWithResources(t *testing.T) {
	requests := func(groups, sites int) int { return len(deployTo(t, groups, sites, nil).cloud.Requests()) }
	few := requests(3, 1)
	assert.Equal(t, few, requests(3, 800))
	assert.Equal(t, few+2*2, requests(5, 1), "two for each group: its permissions, and itself")
}

// TestManyScopesHaveABoundedNumberOfFindings: what's certain first, since it decides the result. The report's table has them all.
func TestManyScopesHaveABoundedNumberOfFindings(t *testing.T) {
	sameCodeAsOthers(t)
	reader := func(b *bubble) {
		for i, a := range b.World.Tenants[0].RoleAssignments {
			if a.PrincipalID == cloud.ContosoPrincipalID {
				b.World.Tenants[0].RoleAssignments[i].RoleID = "acdd72a7-3385-48ef-bd42-f606fba81ae7" // Reader
			}
		}
	}
	got := deployTo(t, 70, 1, reader)
	assert.Equal(t, "fail", got.status("permissions"))
	assert.Contains(t, got.visible(), "permissions are missing at")
	assert.NotContains(t, got.log, "permission-likely-missing")
	assert.Less(t, strings.Count(got.visible(), "\n"), 200)
	d := needsReported(t, got)
	assert.Equal(t, 71, len(d.Scopes)+d.MoreScopes)
	assert.Equal(t, 70*2+2, d.Certain.Missing)

	got = deployTo(t, 70, 1, func(b *bubble) { b.answer = unavailable("/permissions") })
	assert.Equal(t, "unknown", got.status("permissions"))
	assert.Less(t, strings.Count(got.visible(), "\n"), 200)
}
