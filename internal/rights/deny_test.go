package rights

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	subscription = "/subscriptions/4004a9fd-d58e-48dc-aeb2-4a4aec58606f"
	group        = subscription + "/resourceGroups/rg-app"
	caller       = "f8d526a0-54eb-4941-ae69-ebf4a334d0f0"
	somebody     = "11111111-2222-3333-4444-555555555555"
	everyone     = `{"id":"00000000000000000000000000000000","type":"Everyone"}`
)

func TestDenyAssignments(t *testing.T) {
	entry := func(scope, permissions, principals, excluded, more string) string {
		return fmt.Sprintf(`{"id":"%s/providers/Microsoft.Authorization/denyAssignments/d","name":"d","properties":{"denyAssignmentName":"n","description":null,"scope":%q,"permissions":[%s],"principals":[%s],"excludePrincipals":[%s],"isSystemProtected":true%s}}`,
			scope, scope, permissions, principals, excluded, more)
	}
	const writes = `{"actions":["*/write"],"notActions":[],"dataActions":[],"notDataActions":[]}`
	who := func(id, kind string) string { return fmt.Sprintf(`{"id":%q,"type":%q}`, id, kind) }
	undashed := "F8D526A054EB4941AE69EBF4A334D0F0"
	for name, test := range map[string]struct {
		list   string
		action string
		scope  string
		want   Denial
	}{
		"none":                   {action: sites, scope: group, want: NotDenied},
		"everyone, at the scope": {list: entry(group, writes, everyone, "", ""), action: sites, scope: group, want: Denied},
		"everyone, by the type of the documentation":   {list: entry(group, writes, who("00000000-0000-0000-0000-000000000000", "SystemDefined"), "", ""), action: sites, scope: group, want: Denied},
		"everyone, above the scope":                    {list: entry(subscription, writes, everyone, "", ""), action: sites, scope: group, want: Denied},
		"everyone, at the root":                        {list: entry("/", writes, everyone, "", ""), action: sites, scope: group, want: Denied},
		"everyone, in a management group above":        {list: entry("/providers/Microsoft.Management/managementGroups/mg", writes, everyone, "", ""), action: sites, scope: group, want: Denied},
		"everyone, below the scope":                    {list: entry(group+"/providers/Microsoft.Web/sites/a", writes, everyone, "", ""), action: sites, scope: group, want: NotDenied},
		"everyone, in another group":                   {list: entry(group+"2", writes, everyone, "", ""), action: sites, scope: group, want: NotDenied},
		"letter case of the scope":                     {list: entry("/SUBSCRIPTIONS/4004A9FD-d58e-48dc-aeb2-4a4aec58606f/resourcegroups/RG-APP/", writes, everyone, "", ""), action: sites, scope: group, want: Denied},
		"another management group":                     {list: entry("/providers/Microsoft.Management/managementGroups/mg", writes, everyone, "", ""), action: sites, scope: "/providers/Microsoft.Management/managementGroups/other", want: CannotTell},
		"the same management group":                    {list: entry("/providers/Microsoft.Management/managementGroups/mg", writes, everyone, "", ""), action: sites, scope: "/providers/microsoft.management/managementGroups/MG", want: Denied},
		"a subscription is not above a group of them":  {list: entry(subscription, writes, everyone, "", ""), action: sites, scope: "/providers/Microsoft.Management/managementGroups/mg", want: NotDenied},
		"another action":                               {list: entry(group, writes, everyone, "", ""), action: "Microsoft.Web/sites/read", scope: group, want: NotDenied},
		"an action that is left out":                   {list: entry(group, `{"actions":["*"],"notActions":["Microsoft.Web/*"]}`, everyone, "", ""), action: sites, scope: group, want: NotDenied},
		"an action that one of two entries leaves out": {list: entry(group, `{"actions":["*"],"notActions":["Microsoft.Web/*"]},`+writes, everyone, "", ""), action: sites, scope: group, want: Denied},
		"managing is not data":                         {list: entry(group, writes, everyone, "", ""), action: "data:" + sites, scope: group, want: NotDenied},
		"data":                                         {list: entry(group, `{"actions":[],"dataActions":["*"]}`, everyone, "", ""), action: "data:" + sites, scope: group, want: Denied},
		"the caller":                                   {list: entry(group, writes, who(caller, "ServicePrincipal"), "", ""), action: sites, scope: group, want: Denied},
		"the caller without dashes":                    {list: entry(group, writes, who(undashed, "ServicePrincipal"), "", ""), action: sites, scope: group, want: Denied},
		"somebody else":                                {list: entry(group, writes, who(somebody, "ServicePrincipal"), "", ""), action: sites, scope: group, want: NotDenied},
		"a user":                                       {list: entry(group, writes, who(somebody, "User"), "", ""), action: sites, scope: group, want: NotDenied},
		"a group, which may hold the caller":           {list: entry(group, writes, who(somebody, "Group"), "", ""), action: sites, scope: group, want: CannotTell},
		"a kind of principal that is new":              {list: entry(group, writes, who(somebody, "Galaxy"), "", ""), action: sites, scope: group, want: CannotTell},
		"nobody":                                       {list: entry(group, writes, "", "", ""), action: sites, scope: group, want: NotDenied},
		"everyone but the caller":                      {list: entry(group, writes, everyone, who(undashed, "User"), ""), action: sites, scope: group, want: NotDenied},
		"everyone but somebody else":                   {list: entry(group, writes, everyone, who(somebody, "ServicePrincipal"), ""), action: sites, scope: group, want: Denied},
		"everyone but a group":                         {list: entry(group, writes, everyone, who(somebody, "Group"), ""), action: sites, scope: group, want: CannotTell},
		"everyone but a group and the caller":          {list: entry(group, writes, everyone, who(somebody, "Group")+","+who(caller, "ServicePrincipal"), ""), action: sites, scope: group, want: NotDenied},
		"a group but for the caller":                   {list: entry(group, writes, who(somebody, "Group"), who(caller, "ServicePrincipal"), ""), action: sites, scope: group, want: NotDenied},
		"not to child scopes, at the scope":            {list: entry(group, writes, everyone, "", `,"doNotApplyToChildScopes":true`), action: sites, scope: group, want: Denied},
		"not to child scopes, below it":                {list: entry(subscription, writes, everyone, "", `,"doNotApplyToChildScopes":true`), action: sites, scope: group, want: NotDenied},
		"a condition":                                  {list: entry(group, writes, everyone, "", `,"condition":"@Resource[a:b] StringEquals 'c'"`), action: sites, scope: group, want: CannotTell},
		"a condition on another action":                {list: entry(group, writes, everyone, "", `,"condition":"ActionMatches{'x/*'}"`), action: sites, scope: group, want: NotDenied},
		"one that may and one that does":               {list: entry(group, writes, who(somebody, "Group"), "", "") + "," + entry(group, writes, everyone, "", ""), action: sites, scope: group, want: Denied},
		"one that may and one that does not":           {list: entry(group, writes, who(somebody, "Group"), "", "") + "," + entry(group, writes, who(somebody, "User"), "", ""), action: sites, scope: group, want: CannotTell},
	} {
		t.Run(name, func(t *testing.T) {
			list := decode[[]DenyAssignment](t, "["+test.list+"]")
			action, data := cutData(test.action)
			got, by := Denies(list, action, data, test.scope, []string{caller})
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.want == NotDenied, by == nil)
		})
	}
}

func TestAKnownGroupIsTheCaller(t *testing.T) {
	list := []DenyAssignment{{Name: "d", Properties: DenyProperties{Scope: group, Permissions: []Permission{{Actions: []string{"*"}}},
		Principals: []Principal{{ID: somebody, Type: "Group"}}}}}
	got, by := Denies(list, sites, false, group, []string{caller, somebody})
	assert.Equal(t, Denied, got)
	assert.Same(t, &list[0], by)
}

func TestTheFirstThatMayApplyIsNamed(t *testing.T) {
	may := DenyAssignment{Properties: DenyProperties{Scope: group, Permissions: []Permission{{Actions: []string{"*"}}},
		Principals: []Principal{{ID: somebody, Type: "Group"}}}}
	list := []DenyAssignment{may, may}
	_, by := Denies(list, sites, false, group, []string{caller})
	assert.Same(t, &list[0], by)
}

func TestWithoutKnowingTheCallerOnlyEveryoneIsCertain(t *testing.T) {
	list := []DenyAssignment{{Properties: DenyProperties{Scope: group, Permissions: []Permission{{Actions: []string{"*"}}},
		Principals: []Principal{{ID: somebody, Type: "ServicePrincipal"}}}}}
	got, _ := Denies(list, sites, false, group, nil)
	assert.Equal(t, CannotTell, got)
	list[0].Properties.Principals[0] = Principal{ID: "00000000-0000-0000-0000-000000000000", Type: "SystemDefined"}
	got, _ = Denies(list, sites, false, group, nil)
	assert.Equal(t, Denied, got)
}

func TestADenyAssignmentOfAzure(t *testing.T) {
	list := answer[DenyAssignment](t, "denyassignments.json")
	scope := subscription + "/resourceGroups/AzureAuthzSDK"
	got, by := Denies(list, "foo/bar/write", false, scope+"/providers/Foo.Bar/a/b", []string{somebody})
	assert.Equal(t, Denied, got)
	assert.Equal(t, "AzureAuthzSDK_C807D002-6D77-452F-A837-4692929D12FD", by.Properties.Name)
	assert.True(t, by.Properties.SystemProtected)
	got, _ = Denies(list, "foo/bar/read", false, scope, []string{somebody})
	assert.Equal(t, NotDenied, got)
	got, _ = Denies(list, "foo/bar/write", false, scope, []string{caller})
	assert.Equal(t, NotDenied, got)
}
