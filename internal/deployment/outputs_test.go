package deployment

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAnOutputOfALinkedTemplateIsEvaluated: a container app is in the environment that a template in another file creates.
func TestAnOutputOfALinkedTemplateIsEvaluated(t *testing.T) {
	const (
		join      = "Microsoft.App/managedEnvironments/join/action"
		lost      = "couldn't determine which Microsoft.App/managedEnvironments the deployment refers to; its actions are listed at " + ownSub
		reference = `reference(resourceId('Microsoft.Resources/deployments', 'env'), '2022-09-01').outputs.id.value`
	)
	linked := func(name, path, given string) string {
		return `{"type":"Microsoft.Resources/deployments","name":"` + name + `","properties":{"templateLink":{"relativePath":"` + path + `"},"parameters":{` + given + `}}}`
	}
	made := template(`{"type":"Microsoft.App/managedEnvironments","name":"[parameters('name')]"}`,
		`,"parameters":{"name":{"type":"string"}},"outputs":{"id":{"type":"string","value":"[resourceId('Microsoft.App/managedEnvironments', parameters('name'))]"}}`)
	app := template(`{"type":"Microsoft.App/containerApps","name":"app","properties":{"environmentId":"[parameters('id')]"}}`, `,"parameters":{"id":{"type":"string"}}`)
	app = inner("app", `"id":{"value":"[`+reference+`]"}`, app)
	for name, test := range map[string]struct {
		linked          string // the deployment with the environment
		files           []string
		likely, unknown []string
	}{
		"a template in another folder": {
			linked: linked("env", "modules/env.json", `"name":{"value":"cae"}`), files: []string{"modules/env.json", made}, likely: []string{join},
		},
		"a template that links to another one": {
			linked: linked("env", "modules/env.json", ""),
			files: []string{
				"modules/env.json", template(linked("inner", "../common/env.json", `"name":{"value":"cae"}`),
					`,"outputs":{"id":{"type":"string","value":"[reference(resourceId('Microsoft.Resources/deployments', 'inner'), '2022-09-01').outputs.id.value]"}}`),
				"common/env.json", made,
			},
			likely: []string{join},
		},
		"a template in another resource group": {
			linked: strings.Replace(linked("env", "env.json", `"name":{"value":"cae"}`), `"name":`, `"resourceGroup":"rg-env","name":`, 1), files: []string{"env.json", made},
			likely: []string{join + " @ /resourceGroups/rg-env"},
		},
		"a template by an address": {
			linked: strings.Replace(linked("env", "https://contoso.example/env.json", ""), "relativePath", "uri", 1),
			likely: []string{join + " @ "}, unknown: []string{lost, "a template that's linked by its URL isn't analyzed: add it to the files"},
		},
		"a template outside of the repository": {
			linked: linked("env", "../../env.json", ""), likely: []string{join + " @ "}, unknown: []string{lost, "a linked template is outside the repository"},
		},
	} {
		for _, resources := range []string{test.linked + "," + app, app + "," + test.linked} {
			needs, err := Derive(files(append([]string{"main.json", template(resources)}, test.files...)...), []string{"main.json"}, Options{Scope: ownSub + "/resourceGroups/rg-app"})
			require.NoError(t, err, name)
			assert.ElementsMatch(t, test.likely, likelyOf(needs), name)
			assert.ElementsMatch(t, test.unknown, unknowns(needs), name)
		}
	}
}

// TestAnOutputOfALinkThatLeadsBack ends.
func TestAnOutputOfALinkThatLeadsBack(t *testing.T) {
	link := func(to string) string {
		return `{"type":"Microsoft.Resources/deployments","name":"l","properties":{"templateLink":{"relativePath":"` + to + `"}}}`
	}
	output := `,"outputs":{"id":{"type":"string","value":"[reference(resourceId('Microsoft.Resources/deployments', 'l'), '2022-09-01').outputs.id.value]"}}`
	_, err := Derive(files("a.json", template(link("b.json"), output), "b.json", template(link("a.json"), output)), []string{"a.json"}, Options{})
	require.Error(t, err)
	assert.Contains(t, err.Error(), "links back to it")
}

// TestATemplateThatIsComputed is in a variable, or in the properties as a whole.
func TestATemplateThatIsComputed(t *testing.T) {
	const (
		search = `{"type":"Microsoft.Search/searchServices","name":"s"}`
		named  = `{"condition":"[[equals(parameters('name'), 's')]","type":"Microsoft.Search/searchServices","name":"[[parameters('name')]"}`
		made   = `{"$schema":"s","parameters":{"name":{"type":"string"}},"resources":[` + named + `],"outputs":{"id":{"type":"string","value":"[[resourceId('Microsoft.App/managedEnvironments', parameters('name'))]"}}}`
	)
	write := []string{"Microsoft.Search/searchServices/read", "Microsoft.Search/searchServices/write"}
	deployed := func(properties string) string {
		return `{"type":"Microsoft.Resources/deployments","name":"n","properties":` + properties + `}`
	}
	for name, test := range map[string]struct {
		variable, resources      string
		certain, likely, unknown []string
	}{
		"in a variable": {
			variable: made, resources: deployed(`{"template":"[variables('v')]","parameters":{"name":{"value":"s"}}}`), certain: write,
		},
		"in a variable, with the outer scope": {
			variable: made, resources: deployed(`{"expressionEvaluationOptions":{"scope":"Outer"},"template":"[variables('v')]","parameters":{"name":{"value":"s"}}}`), certain: write,
		},
		"in the properties as a whole": {variable: `{"mode":"Incremental","template":` + made + `,"parameters":{"name":{"value":"s"}}}`, resources: deployed(`"[variables('v')]"`), certain: write},
		"with an output": {
			variable: made, resources: deployed(`{"template":"[variables('v')]","parameters":{"name":{"value":"s"}}}`) +
				`,{"type":"Microsoft.App/containerApps","name":"a","properties":{"environmentId":"[reference(resourceId('Microsoft.Resources/deployments', 'n'), '2022-09-01').outputs.id.value]"}}`,
			certain: append([]string{"Microsoft.App/containerApps/read", "Microsoft.App/containerApps/write"}, write...), likely: []string{"Microsoft.App/managedEnvironments/join/action @ /resourceGroups/rg-app/providers/Microsoft.App/managedEnvironments/s"},
		},
		"with a part that isn't known": {
			variable: `{"$schema":"s","resources":[{"type":"Microsoft.Search/searchServices","name":"s","tags":"[parameters('object')]"}]}`, resources: deployed(`{"template":"[variables('v')]"}`), certain: write,
		},
		"with a resource that isn't known": {
			variable: `{"$schema":"s","resources":["[parameters('object')]",` + search + `]}`, resources: deployed(`{"template":"[variables('v')]"}`),
			certain: write, unknown: []string{"couldn't determine a resource of a nested deployment"},
		},
		"with resources that aren't known": {
			variable: `{"$schema":"s","resources":"[parameters('object')]"}`, resources: deployed(`{"template":"[variables('v')]"}`), unknown: []string{"couldn't determine the resources of a nested deployment"},
		},
		"not known": {variable: "1", resources: deployed(`{"template":"[parameters('object')]"}`), unknown: []string{"couldn't determine the template of a nested deployment"}},
	} {
		needs, err := deriveOne(template(test.resources, `,"parameters":{"object":{"type":"object"}},"variables":{"v":`+test.variable+`}`))
		require.NoError(t, err, name)
		assert.ElementsMatch(t, test.certain, actionsOf(needs, Certain), name)
		assert.ElementsMatch(t, test.likely, likelyOf(needs), name)
		assert.ElementsMatch(t, test.unknown, unknowns(needs), name)
	}
}
