package deployment

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAFunctionIsCalledForAResourceByItsName: each template creates a search service, and calls a function for it.
func TestAFunctionIsCalledForAResourceByItsName(t *testing.T) {
	const (
		parameters = `,"parameters":{"name":{"type":"string"},"other":{"type":"string"}},` +
			`"variables":{"alias":"[parameters('name')]"}`
		listed = "Microsoft.Search/searchServices/listAdminKeys/action"
	)
	search := func(name string, more ...string) string {
		return "{" + strings.Join(append([]string{`"type":"Microsoft.Search/searchServices","name":"` + name + `"`}, more...), ",") + "}"
	}
	output := func(expression string) string {
		return `,"outputs":{"o":{"type":"string","value":"[` + expression + `]"}}`
	}
	for name, test := range map[string]struct {
		resources, more string
		certain         []string // in addition to writing and reading the service
		unknown         []string
	}{
		"by its name": {
			resources: search("find"), more: output("listAdminKeys('FIND', '2023-11-01').primaryKey"), certain: []string{listed},
		},
		"by its name, before it's created": {
			resources: `{"type":"Microsoft.Search/searchServices","name":"first","properties":{"a":"[listAdminKeys('find', '2023-11-01')]"}},` + search("find"),
			certain:   []string{listed},
		},
		"by the parameter that its name is": {
			resources: search("[parameters('name')]"), more: output("listAdminKeys(parameters('NAME'), '2023-11-01')"), certain: []string{listed},
		},
		"by a variable with the parameter that its name is": {
			resources: search("[concat('a-', parameters('name'))]"), more: output("listAdminKeys(concat('a-', variables('alias')), '2023-11-01')"), certain: []string{listed},
		},
		"by the same expression in its loop": {
			resources: search("[concat(parameters('name'), copyIndex())]", `"copy":{"name":"loop","count":2}`,
				`"properties":{"a":"[listAdminKeys(concat(parameters('name'), copyIndex('loop')), '2023-11-01')]"}`),
			certain: []string{listed},
		},
		"by another parameter": {
			resources: search("[parameters('name')]"), more: output("listAdminKeys(parameters('other'), '2023-11-01')"),
			unknown: []string{"couldn't determine which resource listAdminKeys() is called for"},
		},
		"by a name that no resource has": {
			resources: search("find"), more: output("ListAdminKeys('lost', '2023-11-01')"),
			unknown: []string{"couldn't determine which resource ListAdminKeys() is called for"},
		},
		"by a name that two resources have": {
			resources: search("find") + `,{"type":"Microsoft.Search/other","name":"find"}`, more: output("listAdminKeys('find', '2023-11-01')"),
			certain: []string{"Microsoft.Search/other/read", "Microsoft.Search/other/write"},
			unknown: []string{"couldn't determine which resource listAdminKeys() is called for"},
		},
		"by a parameter of a nested template": {
			resources: `{"type":"Microsoft.Resources/deployments","name":"n","properties":{"expressionEvaluationOptions":{"scope":"inner"},
				"parameters":{"inner":{"value":"[parameters('name')]"}},"template":` + template(search("[parameters('inner')]"),
				output("listAdminKeys(parameters('inner'), '2023-11-01')"), `,"parameters":{"inner":{"type":"string"}}`) + `}}`,
			certain: []string{listed},
		},
		"by the name of a child": {
			resources: search("find", `"resources":[{"type":"indexes","name":"one"}]`), more: output("listQueryKeys('find/one', '2023-11-01')"),
			certain: []string{
				"Microsoft.Search/searchServices/indexes/listQueryKeys/action", "Microsoft.Search/searchServices/indexes/read",
				"Microsoft.Search/searchServices/indexes/write",
			},
		},
		"reference() by a name that isn't known": {
			resources: search("find"), more: output("reference(parameters('name')).hostName"),
		},
		"reference() by its name with an API version": {
			resources: search("[parameters('name')]"), more: output("reference(parameters('name'), '2023-11-01').hostName"),
		},
		"reference() by what can be the ID of another resource": {
			resources: search("find"), more: output("reference(parameters('name'), '2023-11-01').hostName"),
			unknown: []string{"couldn't determine which resource reference() is called for"},
		},
	} {
		needs, err := deriveOne(template(test.resources, parameters+test.more))
		require.NoError(t, err, name)
		got := without(set(actionsOf(needs, Certain)), set([]string{"Microsoft.Search/searchServices/read", "Microsoft.Search/searchServices/write"}))
		assert.ElementsMatch(t, test.certain, got, name)
		assert.ElementsMatch(t, test.unknown, unknowns(needs), name)
	}
}

func set(lines []string) map[string]bool {
	all := map[string]bool{}
	for _, line := range lines {
		all[line] = true
	}
	return all
}

// TestALoopHasASymbolicName as Bicep writes it.
func TestALoopHasASymbolicName(t *testing.T) {
	for name, test := range map[string]struct {
		value           string
		certain, likely []string
	}{
		"a list function for one of the loop": {
			value: `listKeys('loop[1]', '2024-01-01').key`, certain: []string{"Microsoft.EventHub/namespaces/listKeys/action"},
		},
		"a list function for each of the loop": {
			value: `listKeys(format('loop[{0}]', copyIndex()), '2024-01-01').key`, certain: []string{"Microsoft.EventHub/namespaces/listKeys/action"},
		},
		"a list function for one of a loop that exists": {
			value:   `listKeys('there[1]', '2024-01-01').key`,
			certain: []string{"Microsoft.EventHub/namespaces/listKeys/action @ /resourceGroups/rg-hubs/providers/Microsoft.EventHub/namespaces/t1"},
		},
		"a list function for each of a loop that exists": {
			value: `listKeys(format('there[{0}]', copyIndex()), '2024-01-01').key`,
			certain: []string{
				"Microsoft.EventHub/namespaces/listKeys/action @ /resourceGroups/rg-hubs/providers/Microsoft.EventHub/namespaces/t0",
				"Microsoft.EventHub/namespaces/listKeys/action @ /resourceGroups/rg-hubs/providers/Microsoft.EventHub/namespaces/t1",
			},
		},
		"a list function for one of the loop, and it isn't known which": {
			value: `listKeys(format('loop[{0}]', parameters('which')), '2024-01-01').key`, certain: []string{"Microsoft.EventHub/namespaces/listKeys/action"},
		},
		"a list function for one of a loop that exists, and it isn't known which": {
			value:  `listKeys(format('there[{0}]', parameters('which')), '2024-01-01').key`,
			likely: []string{"Microsoft.EventHub/namespaces/listKeys/action @ /resourceGroups/rg-hubs"},
		},
		"reference() for each of the loop": {
			value: `reference(format('loop[{0}]', copyIndex()), '2024-01-01', 'full').id`,
		},
	} {
		needs, err := deriveOne(`{` + schema + `,"languageVersion":"2.0","parameters":{"which":{"type":"int"}},"resources":{
			"loop":{"copy":{"name":"loop","count":2},"type":"Microsoft.EventHub/namespaces","name":"[format('hub{0}', copyIndex())]"},
			"there":{"existing":true,"copy":{"name":"there","count":2},"type":"Microsoft.EventHub/namespaces","name":"[format('t{0}', copyIndex())]","resourceGroup":"rg-hubs"}
			},"outputs":{"o":{"type":"array","copy":{"count":2,"input":"[` + test.value + `]"}}}}`)
		require.NoError(t, err, name)
		lists := slices.DeleteFunc(actionsOf(needs, Certain), func(action string) bool { return !strings.Contains(action, "/list") })
		assert.ElementsMatch(t, test.certain, lists, name)
		assert.ElementsMatch(t, test.likely, actionsOf(needs, Likely), name)
		assert.Len(t, unknowns(needs), len(test.likely), name)
	}
}

func TestWhatALoopOfAnOutputNeeds(t *testing.T) {
	for name, test := range map[string]struct {
		count           string
		certain, likely []string
	}{
		"one":           {count: `1`, certain: []string{"Microsoft.Cache/redis/listKeys/action @ /resourceGroups/rg-app/providers/Microsoft.Cache/redis/r"}},
		"none":          {count: `0`},
		"unknown":       {count: `"[parameters('count')]"`, likely: []string{"Microsoft.Cache/redis/listKeys/action @ /resourceGroups/rg-app/providers/Microsoft.Cache/redis/r"}},
		"more than 800": {count: `801`, likely: []string{"Microsoft.Cache/redis/listKeys/action @ /resourceGroups/rg-app/providers/Microsoft.Cache/redis/r"}},
	} {
		needs, err := deriveOne(template("", `,"parameters":{"count":{"type":"int"}},"outputs":{"o":{"type":"array","copy":{"count":`+test.count+
			`,"input":"[listKeys(resourceId('Microsoft.Cache/redis', 'r'), '2024-03-01')]"}}}`))
		require.NoError(t, err, name)
		assert.ElementsMatch(t, test.certain, actionsOf(needs, Certain), name)
		assert.ElementsMatch(t, test.likely, actionsOf(needs, Likely), name)
	}
}

// TestAPlaceThatIsNotAResourceIsNotCalledOne: the template is deployed to a resource group, but its output isn't that group.
func TestAPlaceThatIsNotAResourceIsNotCalledOne(t *testing.T) {
	const parameters = `,"parameters":{"name":{"type":"string"},"count":{"type":"int"}}`
	for path, text := range map[string]string{
		"outputs.o":              template("", parameters, `,"outputs":{"o":{"type":"string","value":"[listKeys(parameters('name'), '2024-03-01')]"}}`),
		"resources[0].condition": template(`{"condition":"[empty(listKeys(parameters('name'), '2024-03-01'))]","type":"Microsoft.Cache/redis","name":"r"}`, parameters),
		"resources[0]":           template(`{"copy":{"name":"c","count":"[parameters('count')]"},"type":"Microsoft.Cache/redis","name":"r"}`, parameters),
	} {
		needs, err := deriveOne(text)
		require.NoError(t, err, path)
		require.Len(t, needs.Unknown, 1, path)
		assert.Equal(t, []Reason{{File: "main.json", Path: path}}, needs.Unknown[0].Because, path)
	}
}
