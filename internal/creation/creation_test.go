package creation

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/finding"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheSetOfChecksIsSound(t *testing.T) {
	require.NoError(t, check.Validate(All()))
	for _, c := range All() {
		assert.LessOrEqual(t, len(c.ID), 20, "%s: the log has a column for it", c.ID)
	}
}

// services are the words in the codes of a check for whatever a service answers.
var services = []string{"AADSTS", "ARM", "Graph", "DevOps"}

func TestEveryCodeIsInTheCatalogueAndSeenInASituation(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "cli", "testdata", "creation", "*.txt"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var texts strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		texts.Write(text)
	}
	elsewhere := []string{"azure-cli-missing", "person-session-stale", "subscription-past-due"} // package cli, package devops; as subscription-warned
	for _, c := range All() {
		require.NotEmpty(t, c.Codes, c.ID)
		for _, code := range c.Codes() {
			if slices.Contains(finding.Codes(), code) {
				continue // what any request can result in
			}
			if strings.ToLower(code) != code {
				assert.Contains(t, services, code, c.ID)
				continue
			}
			_, known := diagnosis.Lookup(diagnosis.Code(code))
			assert.True(t, known, "%s: no entry explains %s", c.ID, code)
			advisory := c.Advisory && code == "answer-needs-right" || code == "directories-not-asked" // a line without a code
			seen := regexp.MustCompile(`(?m)^          code   ` + code + `( |$)`).MatchString(texts.String())
			assert.True(t, seen || advisory || strings.Contains(strings.Join(elsewhere, " "), code), "%s: no situation shows %s", c.ID, code)
		}
	}
}

func TestWhetherAConditionMayLetContributorPass(t *testing.T) {
	set := func(compare, ids string) string {
		return "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:" + compare + " {" + ids + "})"
	}
	const reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	for name, tc := range map[string]struct {
		condition string
		may       bool
	}{
		"only others are named":             {set("GuidEquals", reader), false},
		"it is among those named":           {set("GuidEquals", reader+", "+contributor), true},
		"in capital letters":                {set("GuidEquals", strings.ToUpper(contributor)), true},
		"others are left out":               {set("GuidNotEquals", reader), true},
		"it is left out":                    {set("GuidNotEquals", contributor+","+reader), false},
		"named in one part, left out of it": {set("GuidEquals", contributor) + " AND " + set("GuidNotEquals", contributor), false},
		"kinds of identities only":          {"@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEqualsIgnoreCase 'ServicePrincipal'", true},
		"one that nobody can read":          {"{{{", true},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.may, allowsContributor(tc.condition)) })
	}
}

func FuzzACondition(f *testing.F) {
	f.Add("@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {"+contributor+"}", true)
	f.Add("{", false)
	f.Fuzz(func(t *testing.T, condition string, _ bool) {
		if !strings.Contains(strings.ToLower(condition), "roledefinitionid") {
			assert.True(t, allowsContributor(condition), "it names no roles")
		}
		allowsContributor(condition)
	})
}

func TestRulesForSecrets(t *testing.T) {
	for name, tc := range map[string]struct {
		policy    string
		forbidden bool
		limit     string
	}{
		"off":                         {`{"isEnabled":false,"applicationRestrictions":{"passwordCredentials":[{"restrictionType":"passwordAddition"}]}}`, false, ""},
		"on and empty":                {`{"isEnabled":true}`, false, ""},
		"no secrets":                  {`{"isEnabled":true,"applicationRestrictions":{"passwordCredentials":[{"restrictionType":"passwordAddition","state":"enabled"}]}}`, true, ""},
		"a state that is not told":    {`{"isEnabled":true,"applicationRestrictions":{"passwordCredentials":[{"restrictionType":"passwordAddition"}]}}`, true, ""},
		"a rule that is off":          {`{"isEnabled":true,"applicationRestrictions":{"passwordCredentials":[{"restrictionType":"passwordAddition","state":"disabled"}]}}`, false, ""},
		"short ones":                  {`{"isEnabled":true,"applicationRestrictions":{"passwordCredentials":[{"restrictionType":"passwordLifetime","maxLifetime":"P30D"}]}}`, false, "P30D"},
		"rules about something else":  {`{"isEnabled":true,"applicationRestrictions":{"passwordCredentials":[{"restrictionType":"symmetricKeyAddition"}]}}`, false, ""},
		"only secrets of one's own":   {`{"isEnabled":true,"applicationRestrictions":{"passwordCredentials":[{"restrictionType":"customPasswordAddition"}]}}`, false, ""},
		"a lifetime that is not told": {`{"isEnabled":true,"applicationRestrictions":{"passwordCredentials":[{"restrictionType":"passwordLifetime"}]}}`, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var p azure.AppManagementPolicy
			require.NoError(t, json.Unmarshal([]byte(tc.policy), &p))
			forbidden, limit := secretRules(p)
			assert.Equal(t, tc.forbidden, forbidden)
			assert.Equal(t, tc.limit, limit)
		})
	}
}

func TestACommandHoldsNothingThatMeansSomethingToAShell(t *testing.T) {
	for value, want := range map[string]string{
		"Shop": `"Shop"`, "Web Shop (new)": `"Web Shop (new)"`, "Größe": `"Größe"`,
		"$(rm -rf ~)": "<x>", "`id`": "<x>", `a"b`: "<x>", "a;b": "<x>", "a\nb": "<x>", "a%PATH%": "<x>", "": "<x>", "a'b": "<x>", "!x": "<x>",
	} {
		assert.Equal(t, want, quoted(value, "<x>"), value)
	}
}

func TestTheFileOfAConnectionIsOneThatCanBeRead(t *testing.T) {
	w := &World{Question: Question{Organization: "https://dev.azure.com/contoso/", Project: "Shop", SubscriptionID: "s", Scope: "/subscriptions/s"}}
	results := left(held{makesIdentity: true, assigns: true}, azure.Subscription{DisplayName: `a"b & <c>`}, devops.Project{ID: "p", Name: "Shop"}, tenant{"t"})
	var file struct {
		Data          map[string]string
		Authorization struct {
			Scheme     string
			Parameters map[string]string
		}
	}
	advice := Recommend(w, results)
	assert.Equal(t, WayManagedIdentity, advice.Way)
	require.NoError(t, json.Unmarshal([]byte(advice.File), &file))
	assert.Equal(t, map[string]string{"environment": "AzureCloud", "creationMode": "Manual", "scopeLevel": "Subscription", "subscriptionId": "s", "subscriptionName": `a"b & <c>`}, file.Data)
	assert.Equal(t, "WorkloadIdentityFederation", file.Authorization.Scheme)
	assert.Equal(t, "t", file.Authorization.Parameters["tenantid"])

	w.Question.Scope = "/providers/Microsoft.Management/managementGroups/mg-contoso"
	require.NoError(t, json.Unmarshal([]byte(Recommend(w, results).File), &file))
	assert.Equal(t, "ManagementGroup", file.Data["scopeLevel"])
	assert.Equal(t, "mg-contoso", file.Data["managementGroupId"])
}

// left are the results of a run in which everything was left open, with these facts.
func left(all ...any) []check.Result {
	var results []check.Result
	for _, c := range All() {
		results = append(results, check.Result{ID: c.ID})
	}
	for i, f := range all {
		results[i].Facts = f
	}
	results[len(results)-2].Status = check.Pass // role-assignment
	return results
}

func TestRolesThatLetTheirHolderRegister(t *testing.T) {
	for name, tc := range map[string]struct {
		roles []azure.DirectoryRole
		want  string
	}{
		"none":               {nil, ""},
		"another":            {[]azure.DirectoryRole{{TemplateID: "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"}}, ""},
		"the smallest first": {[]azure.DirectoryRole{{TemplateID: "62e90394-69f5-4237-9190-012177145e10"}, {TemplateID: "CF1C38E5-3621-4004-A7CB-879624DCED7C"}}, "Application Developer"},
		"one to activate":    {[]azure.DirectoryRole{{RoleID: "158c047a-c907-4556-b7ef-446551a6b5f7"}}, "Cloud Application Administrator"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, registrar(tc.roles)) })
	}
}

func TestWhoseTokenItIs(t *testing.T) {
	assert.True(t, isApplication(connection.Claims{Subject: "a", ObjectID: "A"}), "an application is its own subject")
	assert.True(t, isApplication(connection.Claims{Subject: "s", ObjectID: "o", IdentityResource: "/subscriptions/x"}))
	assert.False(t, isApplication(connection.Claims{Subject: "s", ObjectID: "o", Expires: time.Now()}))
	assert.False(t, isApplication(connection.Claims{ObjectID: "o"}), "nothing is said")
}
