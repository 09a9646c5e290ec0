package connection

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScopeComesFromTheParameterThenFromTheData(t *testing.T) {
	const sub = "/subscriptions/" + testSubscription
	for name, test := range map[string]struct {
		changes []string
		level   ScopeLevel
		id      string
	}{
		"a subscription without scope":             {nil, SubscriptionLevel, sub},
		"no scope level at all":                    {[]string{"d.scopelevel"}, SubscriptionLevel, sub},
		"a scope level that is new":                {[]string{"d.scopelevel=Galaxy"}, SubscriptionLevel, sub},
		"a subscription as scope":                  {[]string{"p.scope=" + sub}, SubscriptionLevel, sub},
		"a slash at the end":                       {[]string{"p.scope=" + sub + "/"}, SubscriptionLevel, sub},
		"a resource group, as Azure DevOps writes": {[]string{"p.scope=" + sub + "/resourcegroups/rg-app"}, ResourceGroupLevel, sub + "/resourceGroups/rg-app"},
		"a resource group, as Azure writes":        {[]string{"p.scope=" + sub + "/resourceGroups/rg-(1)"}, ResourceGroupLevel, sub + "/resourceGroups/rg-(1)"},
		"a resource group by the data":             {[]string{"d.scopelevel=ResourceGroup", "d.resourcegroupname=rg-app"}, ResourceGroupLevel, sub + "/resourceGroups/rg-app"},
		"a resource group without its name":        {[]string{"d.scopelevel=ResourceGroup"}, SubscriptionLevel, sub},
		"a group's name that is only for display":  {[]string{"d.resourcegroupname=rg-app"}, SubscriptionLevel, sub},
		"a subscription in the scope alone":        {[]string{"d.subscriptionid", "p.scope=" + sub}, SubscriptionLevel, sub},
		"a scope of another subscription":          {[]string{"p.scope=/subscriptions/" + testClient + "/resourcegroups/rg"}, SubscriptionLevel, sub},
		"a scope in upper case":                    {[]string{"p.scope=/SUBSCRIPTIONS/" + testSubscription}, SubscriptionLevel, sub},
		"a path that climbs":                       {[]string{"p.scope=" + sub + "/resourcegroups/.."}, SubscriptionLevel, sub},
		"a scope with a query":                     {[]string{"p.scope=" + sub + "/resourcegroups/rg?x=1"}, SubscriptionLevel, sub},
		"a scope without a slash before":           {[]string{"p.scope=subscriptions/" + testSubscription + "/resourcegroups/rg"}, SubscriptionLevel, sub},
		"a machine learning workspace": {
			[]string{"d.scopelevel=AzureMLWorkspace", "d.resourcegroupname=rg-ml", "p.scope=" + sub + "/resourcegroups/rg-ml/providers/Microsoft.MachineLearningServices/workspaces/w"},
			SubscriptionLevel, sub,
		},
		"a machine learning workspace without scope": {[]string{"d.scopelevel=AzureMLWorkspace", "d.resourcegroupname=rg-ml"}, SubscriptionLevel, sub},
		"a management group": {
			[]string{"d.scopelevel=ManagementGroup", "d.managementgroupid=mg-root", "d.subscriptionid=" + zeros},
			ManagementGroupLevel, "/providers/Microsoft.Management/managementGroups/mg-root",
		},
		"a management group as scope": {
			[]string{"p.scope=/providers/Microsoft.Management/managementGroups/mg-root", "d.subscriptionid"},
			ManagementGroupLevel, "/providers/Microsoft.Management/managementGroups/mg-root",
		},
		"a management group and nothing else": {
			[]string{"d.scopelevel", "d.subscriptionid", "d.managementgroupid=mg-root"},
			ManagementGroupLevel, "/providers/Microsoft.Management/managementGroups/mg-root",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, problems := Parse(endpoint(t, test.changes...))
			assert.Empty(t, problems)
			assert.Equal(t, test.level, c.Scope.Level)
			assert.Equal(t, test.id, c.Scope.ID())
		})
	}
}

func TestScopeKeepsTheNamesOfWhatItPointsTo(t *testing.T) {
	c, _ := Parse(endpoint(t, "p.scope=/subscriptions/"+testSubscription+"/resourcegroups/rg-app"))
	assert.Equal(t, "Contoso Prod", c.Scope.SubscriptionName)

	c, _ = Parse(endpoint(t, "d.managementgroupid=MG-Root", "d.managementgroupname=Root of all",
		"p.scope=/providers/Microsoft.Management/managementGroups/mg-root"))
	assert.Equal(t, "Root of all", c.Scope.ManagementGroupName)

	c, _ = Parse(endpoint(t, "d.managementgroupid=mg-other", "d.managementgroupname=Other",
		"p.scope=/providers/Microsoft.Management/managementGroups/mg-root"))
	assert.Empty(t, c.Scope.ManagementGroupName, "the name of another group")
}

func TestScopeReportsNamesThatCannotBe(t *testing.T) {
	for name, test := range map[string]struct {
		changes []string
		field   string
		detail  string
	}{
		"no management group id":      {[]string{"d.scopelevel=ManagementGroup"}, "managementGroupId", "the management group ID is empty"},
		"a management group's path":   {[]string{"d.scopelevel=ManagementGroup", "d.managementgroupid=a/b"}, "managementGroupId", `the management group ID isn't valid: "a/b"`},
		"a resource group that is up": {[]string{"d.scopelevel=ResourceGroup", "d.resourcegroupname=.."}, "resourceGroupName", `the resource group's name isn't valid: ".."`},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Parse(endpoint(t, test.changes...))
			require.Len(t, problems, 1)
			assert.Equal(t, Problem{Kind: Incomplete, Field: test.field, Detail: test.detail}, problems[0])
		})
	}
}

func TestLevelsHaveNamesAndTheZeroScopeHasNoID(t *testing.T) {
	assert.Equal(t, "unknown level", UnknownLevel.String())
	assert.Equal(t, "subscription", SubscriptionLevel.String())
	assert.Equal(t, "resource group", ResourceGroupLevel.String())
	assert.Equal(t, "management group", ManagementGroupLevel.String())
	assert.Empty(t, Scope{}.ID())
}
