package rights

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	contributor = `{"actions":["*"],"notActions":["Microsoft.Authorization/*/Delete","Microsoft.Authorization/*/Write","Microsoft.Authorization/elevateAccess/Action"],"dataActions":[],"notDataActions":[]}`
	owner       = `{"actions":["*"],"notActions":[],"dataActions":[],"notDataActions":[]}`
	reader      = `{"actions":["*/read"],"notActions":[],"dataActions":[],"notDataActions":[]}`
	uaa         = `{"actions":["*/read","Microsoft.Authorization/*","Microsoft.Support/*"],"notActions":[]}`
	website     = `{"actions":["Microsoft.Web/sites/*","Microsoft.Resources/deployments/*"],"notActions":[]}`
	blobReader  = `{"actions":["Microsoft.Storage/storageAccounts/blobServices/containers/read"],"notActions":[],"dataActions":["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"],"notDataActions":[]}`
	sites       = "Microsoft.Web/sites/write"

	// limited is how the portal writes "may assign all roles but these two".
	limited = `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {8e3af657-a8ff-443c-a75c-2fe8c4bcb635, f58310d9-a9f6-439a-9e8d-f62e7b41a168})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {8e3af657-a8ff-443c-a75c-2fe8c4bcb635}))`
)

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	require.NoError(t, json.Unmarshal([]byte(text), &value))
	return value
}

func answer[T any](t *testing.T, file string) []T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	require.NoError(t, err)
	return decode[struct {
		Value []T `json:"value"`
	}](t, string(text)).Value
}

func TestPermissionsGrant(t *testing.T) {
	for name, test := range map[string]struct {
		permissions string // entries of the list, as ARM answers them
		action      string // behind "data:" when it is of the data plane
		want        Answer
	}{
		"an owner may write a site":                        {owner, sites, Yes},
		"an owner may assign roles":                        {owner, AssignRoles, Yes},
		"an owner may read no data":                        {owner, "data:" + blobs + "/read", No},
		"a contributor may write a site":                   {contributor, sites, Yes},
		"a contributor may not assign roles":               {contributor, AssignRoles, No},
		"a contributor may read role assignments":          {contributor, "Microsoft.Authorization/roleAssignments/read", Yes},
		"a contributor may not lock":                       {contributor, "Microsoft.Authorization/locks/write", No},
		"a contributor may deploy":                         {contributor, "Microsoft.Resources/deployments/write", Yes},
		"a contributor may not elevate":                    {contributor, "microsoft.authorization/elevateaccess/action", No},
		"a reader may read a site":                         {reader, "Microsoft.Web/sites/read", Yes},
		"a reader may read deep below":                     {reader, "Microsoft.Sql/servers/databases/schemas/tables/read", Yes},
		"a reader may not write":                           {reader, sites, No},
		"a reader may not write what is called read":       {reader, "Microsoft.Web/read/write", No},
		"a reader may not list keys":                       {reader, "Microsoft.Storage/storageAccounts/listKeys/action", No},
		"a reader may not do what ends in another read":    {reader, "Microsoft.Web/sites/thread", No},
		"a user access administrator may assign roles":     {uaa, AssignRoles, Yes},
		"a user access administrator may not write a site": {uaa, sites, No},
		"a website contributor may write a site":           {website, sites, Yes},
		"a website contributor may restart a slot":         {website, "Microsoft.Web/sites/slots/restart/action", Yes},
		"a website contributor may not write a plan":       {website, "Microsoft.Web/serverFarms/write", No},
		"a website contributor may deploy":                 {website, "Microsoft.Resources/deployments/validate/action", Yes},

		"nobody may do anything with an empty list":              {``, sites, No},
		"nobody may do anything with an empty entry":             {`{}`, sites, No},
		"nobody may do anything with null lists":                 {`{"actions":null,"notActions":null,"dataActions":null}`, sites, No},
		"an empty pattern grants nothing":                        {`{"actions":[""]}`, sites, No},
		"an entry of an old api has no data actions":             {`{"actions":["*"],"notActions":[]}`, "data:" + blobs + "/read", No},
		"an action by its name":                                  {`{"actions":["Microsoft.Web/sites/write"]}`, sites, Yes},
		"an action whose name begins with another":               {`{"actions":["Microsoft.Web/sites/writeX"]}`, sites, No},
		"an action whose name another begins with":               {`{"actions":["Microsoft.Web/sites"]}`, sites, No},
		"letter case of the action does not count":               {website, "MICROSOFT.WEB/SITES/WRITE", Yes},
		"letter case of the pattern does not count":              {`{"actions":["MICROSOFT.web/Sites/*"]}`, sites, Yes},
		"letter case of what is taken away does not count":       {`{"actions":["*"],"notActions":["microsoft.WEB/*"]}`, sites, No},
		"what an entry takes away another may give":              {contributor + "," + uaa, AssignRoles, Yes},
		"in the other order too":                                 {uaa + "," + contributor, AssignRoles, Yes},
		"what both take away nobody gives":                       {contributor + "," + contributor, AssignRoles, No},
		"a contributor who is a reader too may still not assign": {contributor + "," + reader, AssignRoles, No},
		"everything but writing":                                 {`{"actions":["*"],"notActions":["*/write"]}`, sites, No},
		"everything but writing allows deleting":                 {`{"actions":["*"],"notActions":["*/write"]}`, "Microsoft.Web/sites/delete", Yes},
		"everything but everything":                              {`{"actions":["*"],"notActions":["*"]}`, sites, No},
		"a custom role without deleting":                         {`{"actions":["Microsoft.Web/*"],"notActions":["Microsoft.Web/sites/delete"]}`, "Microsoft.Web/sites/delete", No},
		"a custom role without deleting may delete a slot":       {`{"actions":["Microsoft.Web/*"],"notActions":["Microsoft.Web/sites/delete"]}`, "Microsoft.Web/sites/slots/delete", Yes},
		"a wildcard in the middle":                               {`{"actions":["Microsoft.DevCenter/projects/*/read"]}`, "Microsoft.DevCenter/projects/users/devboxes/read", Yes},
		"a wildcard in the middle needs its end":                 {`{"actions":["Microsoft.DevCenter/projects/*/read"]}`, "Microsoft.DevCenter/projects/users/write", No},
		"a wildcard in the middle needs both slashes":            {`{"actions":["Microsoft.DevCenter/projects/*/read"]}`, "Microsoft.DevCenter/projects/read", No},
		"a wildcard inside a part":                               {`{"actions":["Microsoft.Compute/virtualMachine*/write"]}`, "Microsoft.Compute/virtualMachineScaleSets/write", Yes},
		"a wildcard that stands for nothing":                     {`{"actions":["Microsoft.Web/sites*/write"]}`, sites, Yes},
		"two wildcards":                                          {`{"actions":["Microsoft.*/sites/*"]}`, sites, Yes},
		"two wildcards side by side":                             {`{"actions":["Microsoft.Web/**"]}`, sites, Yes},
		"two wildcards do not share what they stand for":         {`{"actions":["*/write*/write"]}`, sites, No},
		"a question mark is a character":                         {`{"actions":["Microsoft.Web/site?/write"]}`, sites, No},
		"a wildcard does not reach another provider":             {`{"actions":["Microsoft.Web/*"]}`, "Microsoft.WebPubSub/x/write", No},
		"a blob reader may read blobs":                           {blobReader, "data:" + blobs + "/read", Yes},
		"a blob reader may not write blobs":                      {blobReader, "data:" + blobs + "/write", No},
		"a right to data is none to manage":                      {blobReader, blobs + "/read", No},
		"a right to manage is none to data":                      {blobReader, "data:Microsoft.Storage/storageAccounts/blobServices/containers/read", No},
		"data rights that are taken away":                        {`{"dataActions":["Microsoft.KeyVault/vaults/*"],"notDataActions":["Microsoft.KeyVault/vaults/secrets/*"]}`, "data:Microsoft.KeyVault/vaults/secrets/getSecret/action", No},
		"what is taken from managing is not taken from data":     {`{"actions":[],"notActions":["*"],"dataActions":["*"]}`, "data:" + blobs + "/read", Yes},
		"letters of other alphabets are themselves":              {`{"actions":["Contoso.Größe/sites/write"]}`, "Contoso.Größe/sites/write", Yes},
		"a Kelvin sign is no k":                                  {`{"actions":["Microsoft.\u212AeyVault/*"]}`, "Microsoft.KeyVault/vaults/write", No},
		"a long s is no s":                                       {`{"actions":["Micro\u017Foft.Web/*"]}`, sites, No},

		"a condition on other actions is none":               {`{"actions":["*"],"condition":"` + limited + `","conditionVersion":"2.0"}`, sites, Yes},
		"a condition on this action":                         {`{"actions":["*"],"condition":"` + limited + `","conditionVersion":"2.0"}`, AssignRoles, Conditional},
		"a condition that is null":                           {`{"actions":["*"],"condition":null,"conditionVersion":null}`, AssignRoles, Yes},
		"a condition that nobody can read":                   {`{"actions":["*"],"condition":"(("}`, sites, Conditional},
		"a condition that another entry does not have":       {`{"actions":["*"],"condition":"` + limited + `"},` + owner, AssignRoles, Yes},
		"a condition beside an entry that does not grant it": {`{"actions":["*"],"condition":"` + limited + `"},` + reader, AssignRoles, Conditional},
		"a condition that leaves only other actions":         {`{"actions":["*"],"condition":"ActionMatches{'Microsoft.Storage/*'}"}`, sites, No},
	} {
		t.Run(name, func(t *testing.T) {
			permissions := decode[[]Permission](t, "["+test.permissions+"]")
			action, data := cutData(test.action)
			assert.Equal(t, test.want, Judge(permissions, action, data).Answer)
			assert.Equal(t, test.want != No, Grants(permissions, action, data))
			if !data && action == AssignRoles {
				assert.Equal(t, test.want, Excess(permissions).Answer)
			}
		})
	}
}

func TestEveryLetterIsTheSameInBothCases(t *testing.T) {
	for c := 'A'; c <= 'Z'; c++ {
		small := string(c - 'A' + 'a')
		assert.True(t, Matches(string(c), small), small)
		assert.True(t, Matches(small, string(c)), small)
	}
	for _, c := range "@[`{019./_-" { // those next to the letters in ASCII, and what else is in an action
		assert.False(t, Matches(string(c), string(c^0x20)), "%c is no letter", c)
	}
}

func TestTheAnswersOfAzure(t *testing.T) {
	subscription := answer[Permission](t, "permissions_subscription.json")
	assert.True(t, Grants(subscription, sites, false))
	assert.False(t, Grants(subscription, AssignRoles, false))
	assert.True(t, Grants(subscription, "Microsoft.Authorization/roleAssignments/read", false))

	project := answer[Permission](t, "permissions_resource.json")
	assert.True(t, Grants(project, "Microsoft.DevCenter/projects/pools/read", false))
	assert.False(t, Grants(project, "Microsoft.DevCenter/projects/write", false))
	assert.True(t, Grants(project, "Microsoft.DevCenter/projects/users/devboxes/userStop/action", true))
	assert.False(t, Grants(project, "Microsoft.DevCenter/projects/users/devboxes/userStop/action", false))
}

func TestAConditionIsGivenBackOnlyWhereItDecides(t *testing.T) {
	with := Permission{Actions: []string{"*"}, Condition: limited}
	assert.Equal(t, Grant{Answer: Conditional, Conditions: []string{limited}}, Excess([]Permission{with}))
	assert.Equal(t, Grant{Answer: Conditional, Conditions: []string{limited, limited}}, Excess([]Permission{with, with}))
	assert.Equal(t, Grant{Answer: Yes}, Excess([]Permission{with, {Actions: []string{"*"}}}))
	assert.Equal(t, Grant{Answer: Yes}, Excess([]Permission{{Actions: []string{"*"}}, with}))
}

func TestConditionsAreDecidedOnlyByActions(t *testing.T) {
	const read = blobs + "/read"
	for name, test := range map[string]struct {
		condition string
		want      truth
	}{
		"none":                               {"", yes},
		"blanks":                             {" \n", yes},
		"this action":                        {"ActionMatches{'" + read + "'}", yes},
		"this action by a wildcard":          {"( ActionMatches { 'Microsoft.Storage/*' } )", yes},
		"another action":                     {"ActionMatches{'x/*'}", no},
		"not another action":                 {"!(ActionMatches{'x/*'})", yes},
		"not this action, in words":          {"NOT (ActionMatches{'*'})", no},
		"not not":                            {"!!ActionMatches{'*'}", yes},
		"and":                                {"ActionMatches{'*'} AND ActionMatches{'x'}", no},
		"or":                                 {"ActionMatches{'*'} or ActionMatches{'x'}", yes},
		"signs for and and or":               {"ActionMatches{'x'}&&ActionMatches{'*'}||ActionMatches{'*'}", yes},
		"and before or":                      {"ActionMatches{'*'} OR ActionMatches{'x'} AND ActionMatches{'x'}", yes},
		"an attribute":                       {"@Resource[a:b] StringEquals 'c'", maybe},
		"not an attribute":                   {"!(@Resource[a:b] StringEquals 'c')", maybe},
		"another action or an attribute":     {"ActionMatches{'x'} OR @Resource[a:b] StringEquals 'c'", maybe},
		"this action or an attribute":        {"ActionMatches{'*'} OR @Resource[a:b] StringEquals 'c'", yes},
		"another action and an attribute":    {"ActionMatches{'x'} AND @Resource[a:b] StringEquals 'c'", no},
		"operators inside quotes":            {"@Resource[a:b] StringEquals ') OR ActionMatches{' AND ActionMatches{'x'}", no},
		"a sub-operation":                    {"ActionMatches{'*'} AND SubOperationMatches{'Blob.List'}", maybe},
		"an empty pattern":                   {"ActionMatches{''}", no},
		"no pattern":                         {"ActionMatches{}", maybe},
		"a pattern without quotes":           {"ActionMatches{*}", maybe},
		"more behind a pattern":              {"ActionMatches{'*' x}", maybe},
		"more before a pattern":              {"ActionMatches{x '*'}", maybe},
		"a pattern that does not end":        {"ActionMatches{'*}", maybe},
		"a pattern that does not begin":      {"ActionMatches{*'}", maybe},
		"a quote inside a pattern":           {"ActionMatches{'*'' '}", maybe},
		"a brace inside a quote":             {"ActionMatches{'x}'} OR ActionMatches{'*'}", yes},
		"two patterns at once":               {"ActionMatches{'x', '*'}", maybe},
		"a parenthesis too few":              {"(ActionMatches{'*'}", maybe},
		"a parenthesis too many":             {"ActionMatches{'*'})", maybe},
		"a quote that does not end":          {"ActionMatches{'*}", maybe},
		"nothing behind an operator":         {"ActionMatches{'*'} OR", maybe},
		"nothing in parentheses":             {"()", maybe},
		"nested as deep as is followed":      {strings.Repeat("(", deepest) + "ActionMatches{'*'}" + strings.Repeat(")", deepest), yes},
		"nested one deeper":                  {strings.Repeat("(", deepest+1) + "ActionMatches{'*'}" + strings.Repeat(")", deepest+1), maybe},
		"nested deeper than any real one":    {strings.Repeat("(", 5000) + "ActionMatches{'*'}" + strings.Repeat(")", 5000), maybe},
		"negated more often than any":        {strings.Repeat("!", 100_000) + "ActionMatches{'*'}", maybe},
		"the portal's condition for readers": {"(\n (\n  !(ActionMatches{'" + read + "'} AND NOT SubOperationMatches{'Blob.List'})\n )\n OR\n (\n  @Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'logs'\n )\n)", maybe},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, judgeCondition(test.condition, read))
		})
	}
}
