package rights

import (
	"strings"
	"testing"

	"armpreflight/internal/arm"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var base = Base{ID: group, SubscriptionID: strings.TrimPrefix(subscription, "/subscriptions/")}

func TestALineNamesAnAction(t *testing.T) {
	for name, test := range map[string]struct {
		line, action, scope string
		data                bool
	}{
		"on its own":                            {line: "Microsoft.Web/sites/write", action: "Microsoft.Web/sites/write", scope: group},
		"with spaces around it":                 {line: "\t Microsoft.Web/sites/write \r", action: "Microsoft.Web/sites/write", scope: group},
		"at a resource group":                   {line: "Microsoft.Web/sites/write @ resourceGroups/rg-2", action: "Microsoft.Web/sites/write", scope: subscription + "/resourceGroups/rg-2"},
		"without blanks around the sign":        {line: "Microsoft.Web/sites/write@resourceGroups/rg-2", action: "Microsoft.Web/sites/write", scope: subscription + "/resourceGroups/rg-2"},
		"at a group in another case":            {line: "Microsoft.Web/sites/write @ RESOURCEGROUPS/Rg-(2)", action: "Microsoft.Web/sites/write", scope: subscription + "/resourceGroups/Rg-(2)"},
		"at a group in another alphabet":        {line: "Microsoft.Web/sites/write @ resourceGroups/größe", action: "Microsoft.Web/sites/write", scope: subscription + "/resourceGroups/größe"},
		"at something inside a group":           {line: "Microsoft.Web/sites/write @ resourceGroups/rg/providers/Microsoft.Web/sites/a", action: "Microsoft.Web/sites/write", scope: subscription + "/resourceGroups/rg/providers/Microsoft.Web/sites/a"},
		"at a subscription":                     {line: "Microsoft.Web/sites/write @ " + subscription, action: "Microsoft.Web/sites/write", scope: subscription},
		"at a name with a blank":                {line: "Microsoft.Insights/actionGroups/write @ resourceGroups/rg/providers/Microsoft.Insights/actionGroups/my group", action: "Microsoft.Insights/actionGroups/write", scope: subscription + "/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/my group"},
		"at something on something":             {line: "Microsoft.Authorization/locks/write @ " + subscription + "/providers/Microsoft.Web/sites/a/providers/Microsoft.Authorization/locks/l", action: "Microsoft.Authorization/locks/write", scope: subscription + "/providers/Microsoft.Web/sites/a/providers/Microsoft.Authorization/locks/l"},
		"at a management group":                 {line: "Microsoft.Authorization/policyAssignments/write @ managementGroups/mg", action: "Microsoft.Authorization/policyAssignments/write", scope: "/providers/Microsoft.Management/managementGroups/mg"},
		"at a management group by id":           {line: "Microsoft.Authorization/policyAssignments/write @ /providers/microsoft.management/managementgroups/mg", action: "Microsoft.Authorization/policyAssignments/write", scope: "/providers/microsoft.management/managementgroups/mg"},
		"at a name of the longest size":         {line: "Microsoft.Web/sites/write @ resourceGroups/" + strings.Repeat("a", 260), action: "Microsoft.Web/sites/write", scope: subscription + "/resourceGroups/" + strings.Repeat("a", 260)},
		"in a line of the longest size":         {line: strings.Repeat("a", 2000-len("M.Web/sites/write")) + "M.Web/sites/write", action: strings.Repeat("a", 2000-len("M.Web/sites/write")) + "M.Web/sites/write", scope: group},
		"in letters and digits from end to end": {line: "Az09.$-_/aZ/write", action: "Az09.$-_/aZ/write", scope: group},
		"of the data plane":                     {line: "data:" + blobs + "/read", action: blobs + "/read", scope: group, data: true},
		"of the data plane, spaced":             {line: "DATA: " + blobs + "/read @ resourceGroups/rg-2", action: blobs + "/read", scope: subscription + "/resourceGroups/rg-2", data: true},
		"of another company":                    {line: "NewRelic.APM/accounts/write", action: "NewRelic.APM/accounts/write", scope: group},
	} {
		t.Run(name, func(t *testing.T) {
			wanted, problems := Parse("\n"+test.line, base)
			require.Empty(t, problems)
			require.Len(t, wanted, 1)
			assert.Equal(t, Wanted{Action: test.action, Data: test.data, Scope: wanted[0].Scope, Line: 2, Text: strings.TrimSpace(test.line)}, wanted[0])
			assert.Equal(t, test.scope, wanted[0].Scope.ID())
		})
	}
}

func TestALineThatCannotBeRead(t *testing.T) {
	for name, test := range map[string]struct{ line, detail string }{
		"a wildcard":                     {"Microsoft.Web/*", "a wildcard isn't an action: list each action"},
		"a wildcard of the data plane":   {"data:*", "a wildcard isn't an action: list each action"},
		"an empty part":                  {"Microsoft.Web//write", "the action has an empty part"},
		"a slash at the end":             {"Microsoft.Web/sites/write/", "the action has an empty part"},
		"nothing behind data:":           {"data:", "the action has an empty part"},
		"a control character":            {"Microsoft.Web/si\x00tes/write", `an action can't contain the character '\x00'`},
		"a blank":                        {"Microsoft.Web/sites /write", "an action can't contain the character ' '"},
		"two actions":                    {"Microsoft.Web/sites/write, Microsoft.Web/sites/read", "an action can't contain the character ','"},
		"a letter that looks alike":      {"Microsoft.W\u0435b/sites/write", "an action can't contain the character 'е'"},
		"bytes that are no text":         {"Microsoft.Web/\xff/write", "an action can't contain the character '�'"},
		"a query":                        {"Microsoft.Web/sites/write?x=1", "an action can't contain the character '?'"},
		"a type and no verb":             {"Microsoft.Web/sites", "an action is a provider, a type, and a verb, such as Microsoft.Web/sites/write"},
		"a provider without a company":   {"Web/sites/write", "an action is a provider, a type, and a verb, such as Microsoft.Web/sites/write"},
		"a role":                         {"Contributor", "an action is a provider, a type, and a verb, such as Microsoft.Web/sites/write"},
		"a verb that is none":            {"Microsoft.Web/sites/wirte", "an action must end in read, write, delete, or action"},
		"a preset that is none":          {"@everything", `there's no preset @"everything"; the presets are @deploy and @whatIf`},
		"a preset of the data plane":     {"data:@deploy", "the action has an empty part"},
		"a sign alone":                   {"@", `there's no preset @""; the presets are @deploy and @whatIf`},
		"no scope behind the sign":       {"Microsoft.Web/sites/write @ ", "the scope after the @ is missing"},
		"a path that climbs":             {"Microsoft.Web/sites/write @ resourceGroups/..", `the scope has the part ".."`},
		"a path that climbs deep inside": {"@deploy @ " + subscription + "/resourceGroups/../..", `the scope has the part ".."`},
		"a path that stays":              {"@deploy @ resourceGroups/./a", `the scope has the part "."`},
		"an empty part of the scope":     {"@deploy @ " + subscription + "//resourceGroups/rg", "the scope has an empty part"},
		"a slash at the scope's end":     {"@deploy @ resourceGroups/rg/", "the scope has an empty part"},
		"the root":                       {"@deploy @ /", "the scope has an empty part"},
		"a query in the scope":           {"@deploy @ resourceGroups/rg?api-version=1", "the scope has the character '?'"},
		"a fragment in the scope":        {"@deploy @ resourceGroups/rg#a", "the scope has the character '#'"},
		"an escape in the scope":         {"@deploy @ resourceGroups/%2e%2e", "the scope has the character '%'"},
		"a wildcard in the scope":        {"@deploy @ resourceGroups/*", "the scope has the character '*'"},
		"another host":                   {"@deploy @ https://example.com", "the scope has the character ':'"},
		"a control character there":      {"@deploy @ resourceGroups/a\x07b", `the scope has the character '\a'`},
		"a sign that turns text round":   {"@deploy @ resourceGroups/a\u202eb", `the scope has the character '\u202e'`},
		"bytes that are no text there":   {"@deploy @ resourceGroups/\xff", "the scope isn't UTF-8"},
		"a blank around a part":          {"@deploy @ resourceGroups/ rg", `the scope has a space before or after "rg"`},
		"a part that is too long":        {"@deploy @ resourceGroups/" + strings.Repeat("a", 261), "a part of the scope is longer than 260 bytes"},
		"a short form that is none":      {"@deploy @ rg-app", "the scope starts with neither /, resourceGroups/ nor managementGroups/"},
		"a management group and more":    {"@deploy @ managementGroups/a/b", "the scope starts with neither /, resourceGroups/ nor managementGroups/"},
		"no name of the group":           {"@deploy @ resourceGroups", "the scope isn't a resource group or something in one"},
		"half of a resource":             {"@deploy @ resourceGroups/rg/providers/Microsoft.Web/sites", "the scope isn't a resource group or something in one"},
		"a resource and half of another": {"@deploy @ resourceGroups/rg/providers/Microsoft.Web/sites/a/slots", "the scope isn't a resource group or something in one"},
		"a type in a group":              {"@deploy @ resourceGroups/rg/sites/a", "the scope isn't a resource group or something in one"},
		"a subscription that is no GUID": {"@deploy @ /subscriptions/mine", "the scope isn't the ARM ID of a subscription, a management group, or something in one"},
		"a subscription without dashes":  {"@deploy @ /subscriptions/" + strings.Repeat("0", 36), "the scope isn't the ARM ID of a subscription, a management group, or something in one"},
		"a subscription of dashes":       {"@deploy @ /subscriptions/" + strings.Repeat("-", 36), "the scope isn't the ARM ID of a subscription, a management group, or something in one"},
		"all subscriptions":              {"@deploy @ /subscriptions", "the scope isn't the ARM ID of a subscription, a management group, or something in one"},
		"a line that is too long":        {strings.Repeat("a", 2001), "the line is longer than 2000 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			wanted, problems := Parse(test.line, base)
			assert.Empty(t, wanted)
			require.Len(t, problems, 1)
			assert.Equal(t, Problem{Line: 1, Text: strings.TrimSpace(test.line), Detail: test.detail}, problems[0])
		})
	}
}

func TestAScopeNeedsSomethingToStartFrom(t *testing.T) {
	mg := Base{ID: arm.ManagementGroupID("mg")}
	wanted, problems := Parse("@deploy\n@deploy @ resourceGroups/rg", mg)
	assert.Len(t, wanted, 5)
	assert.Equal(t, mg.ID, wanted[0].Scope.ID())
	require.Len(t, problems, 1)
	assert.Equal(t, "a scope that starts with resourceGroups/ needs the connection's subscription, and the connection has none", problems[0].Detail)

	_, problems = Parse("@deploy", Base{})
	require.Len(t, problems, 1)
	assert.Equal(t, "the scope is missing: add it after an @", problems[0].Detail)
}

func TestPresetsStandForWhatADeploymentTakes(t *testing.T) {
	names := func(text string) []string {
		wanted, problems := Parse(text, base)
		require.Empty(t, problems)
		var actions []string
		for _, w := range wanted {
			assert.Equal(t, group, w.Scope.ID())
			actions = append(actions, strings.TrimPrefix(w.Action, "Microsoft.Resources/deployments/"))
		}
		return actions
	}
	deployment := []string{"read", "write", "validate/action", "operations/read", "operationstatuses/read"}
	assert.Equal(t, deployment, names("@deploy"))
	assert.Equal(t, append(deployment, "whatIf/action"), names("@WHATIF @ resourceGroups/rg-app"))
	assert.Equal(t, append(deployment, "whatIf/action"), names("@deploy\n@whatIf"), "each once")
}

func TestWhatIsThereTwiceIsWantedOnce(t *testing.T) {
	wanted, problems := Parse("Microsoft.Web/sites/write\n\n nonsense \nMICROSOFT.web/sites/write @ resourceGroups/RG-APP\ndata:Microsoft.Web/sites/write\n", base)
	require.Len(t, wanted, 2)
	assert.Equal(t, 1, wanted[0].Line)
	assert.Equal(t, 5, wanted[1].Line)
	require.Len(t, problems, 1)
	assert.Equal(t, 3, problems[0].Line)
	assert.Equal(t, "nonsense", problems[0].Text)
}
