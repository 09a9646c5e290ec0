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
		"none":                   {``, sites, group, NotDenied},
		"everyone, at the scope": {entry(group, writes, everyone, "", ""), sites, group, Denied},
		"everyone, by the type of the documentation":   {entry(group, writes, who("00000000-0000-0000-0000-000000000000", "SystemDefined"), "", ""), sites, group, Denied},
		"everyone, above the scope":                    {entry(subscription, writes, everyone, "", ""), sites, group, Denied},
		"everyone, at the root":                        {entry("/", writes, everyone, "", ""), sites, group, Denied},
		"everyone, in a management group above":        {entry("/providers/Microsoft.Management/managementGroups/mg", writes, everyone, "", ""), sites, group, Denied},
		"everyone, below the scope":                    {entry(group+"/providers/Microsoft.Web/sites/a", writes, everyone, "", ""), sites, group, NotDenied},
		"everyone, in another group":                   {entry(group+"2", writes, everyone, "", ""), sites, group, NotDenied},
		"letter case of the scope":                     {entry("/SUBSCRIPTIONS/4004A9FD-d58e-48dc-aeb2-4a4aec58606f/resourcegroups/RG-APP/", writes, everyone, "", ""), sites, group, Denied},
		"another management group":                     {entry("/providers/Microsoft.Management/managementGroups/mg", writes, everyone, "", ""), sites, "/providers/Microsoft.Management/managementGroups/other", CannotTell},
		"the same management group":                    {entry("/providers/Microsoft.Management/managementGroups/mg", writes, everyone, "", ""), sites, "/providers/microsoft.management/managementGroups/MG", Denied},
		"a subscription is not above a group of them":  {entry(subscription, writes, everyone, "", ""), sites, "/providers/Microsoft.Management/managementGroups/mg", NotDenied},
		"another action":                               {entry(group, writes, everyone, "", ""), "Microsoft.Web/sites/read", group, NotDenied},
		"an action that is left out":                   {entry(group, `{"actions":["*"],"notActions":["Microsoft.Web/*"]}`, everyone, "", ""), sites, group, NotDenied},
		"an action that one of two entries leaves out": {entry(group, `{"actions":["*"],"notActions":["Microsoft.Web/*"]},`+writes, everyone, "", ""), sites, group, Denied},
		"managing is not data":                         {entry(group, writes, everyone, "", ""), "data:" + sites, group, NotDenied},
		"data":                                         {entry(group, `{"actions":[],"dataActions":["*"]}`, everyone, "", ""), "data:" + sites, group, Denied},
		"the caller":                                   {entry(group, writes, who(caller, "ServicePrincipal"), "", ""), sites, group, Denied},
		"the caller without dashes":                    {entry(group, writes, who(undashed, "ServicePrincipal"), "", ""), sites, group, Denied},
		"somebody else":                                {entry(group, writes, who(somebody, "ServicePrincipal"), "", ""), sites, group, NotDenied},
		"a user":                                       {entry(group, writes, who(somebody, "User"), "", ""), sites, group, NotDenied},
		"a group, which may hold the caller":           {entry(group, writes, who(somebody, "Group"), "", ""), sites, group, CannotTell},
		"a kind of principal that is new":              {entry(group, writes, who(somebody, "Galaxy"), "", ""), sites, group, CannotTell},
		"nobody":                                       {entry(group, writes, "", "", ""), sites, group, NotDenied},
		"everyone but the caller":                      {entry(group, writes, everyone, who(undashed, "User"), ""), sites, group, NotDenied},
		"everyone but somebody else":                   {entry(group, writes, everyone, who(somebody, "ServicePrincipal"), ""), sites, group, Denied},
		"everyone but a group":                         {entry(group, writes, everyone, who(somebody, "Group"), ""), sites, group, CannotTell},
		"everyone but a group and the caller":          {entry(group, writes, everyone, who(somebody, "Group")+","+who(caller, "ServicePrincipal"), ""), sites, group, NotDenied},
		"a group but for the caller":                   {entry(group, writes, who(somebody, "Group"), who(caller, "ServicePrincipal"), ""), sites, group, NotDenied},
		"not to child scopes, at the scope":            {entry(group, writes, everyone, "", `,"doNotApplyToChildScopes":true`), sites, group, Denied},
		"not to child scopes, below it":                {entry(subscription, writes, everyone, "", `,"doNotApplyToChildScopes":true`), sites, group, NotDenied},
		"a condition":                                  {entry(group, writes, everyone, "", `,"condition":"@Resource[a:b] StringEquals 'c'"`), sites, group, CannotTell},
		"a condition on another action":                {entry(group, writes, everyone, "", `,"condition":"ActionMatches{'x/*'}"`), sites, group, NotDenied},
		"one that may and one that does":               {entry(group, writes, who(somebody, "Group"), "", "") + "," + entry(group, writes, everyone, "", ""), sites, group, Denied},
		"one that may and one that does not":           {entry(group, writes, who(somebody, "Group"), "", "") + "," + entry(group, writes, who(somebody, "User"), "", ""), sites, group, CannotTell},
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
