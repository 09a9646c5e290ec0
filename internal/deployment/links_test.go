package deployment

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inner is a nested deployment with its own scope of expressions; given are its parameters.
func inner(name, given, template string) string {
	return `{"type":"Microsoft.Resources/deployments","name":"` + name + `","properties":{"expressionEvaluationOptions":{"scope":"inner"},"parameters":{` +
		given + `},"template":` + template + `}}`
}

// likelyOf gives the likely actions apart from those of following nested deployments.
func likelyOf(n *Needs) []string { return actionsOf(n, Likely) }

// TestANullableParameterThatIsNotPassedIsNull: with each expression as a condition, a service is created or not.
func TestANullableParameterThatIsNotPassedIsNull(t *testing.T) {
	const service = "Microsoft.Search/searchServices/write"
	for name, test := range map[string]struct {
		condition, given, declared string
		certain, likely            bool
	}{
		"empty":              {condition: "empty(parameters('x'))", certain: true},
		"not empty":          {condition: "not(empty(parameters('x')))"},
		"coalesce":           {condition: "not(empty(coalesce(parameters('x'), createArray())))"},
		"tryGet":             {condition: "not(empty(tryGet(parameters('x'), 'k')))"},
		"contains":           {condition: "contains(parameters('x'), 'k')"},
		"if":                 {condition: "if(empty(parameters('x')), false(), parameters('x').k)"},
		"passed":             {condition: "empty(parameters('x'))", given: `"x":{"value":["a"]}`},
		"passed as null":     {condition: "empty(parameters('x'))", given: `"x":{"value":null}`, certain: true},
		"maybe passed":       {condition: "empty(parameters('x'))", given: `"x":{"value":"[parameters('y')]"}`, likely: true},
		"passed as a whole":  {condition: "empty(parameters('x'))", given: `"x":"[if(true(), createObject('value', null()), createObject('value', 'a'))]"`, certain: true},
		"its type is":        {condition: "empty(parameters('x'))", declared: `{"$ref":"#/definitions/t"}`, certain: true},
		"it isn't nullable":  {condition: "empty(parameters('x'))", declared: `{"type":"array"}`, likely: true},
		"it has a default":   {condition: "empty(parameters('x'))", declared: `{"type":"array","nullable":true,"defaultValue":["a"]}`},
		"it needs itself":    {condition: "empty(parameters('x'))", declared: `{"$ref":"#/definitions/loop"}`, likely: true},
		"a loop of its kind": {condition: "equals(length(coalesce(parameters('x'), createArray())), 0)", certain: true},
	} {
		if test.declared == "" {
			test.declared = `{"type":"array","nullable":true}`
		}
		needs, err := deriveOne(template(inner("n", test.given, template(`{"condition":"[`+test.condition+`]","type":"Microsoft.Search/searchServices","name":"s"}`,
			`,"parameters":{"x":`+test.declared+`},"definitions":{"t":{"type":"array","nullable":true},"loop":{"$ref":"#/definitions/loop"}}`)), `,"parameters":{"y":{"type":"array"}}`))
		require.NoError(t, err, name)
		assert.Equal(t, test.certain, derived(needs, Certain)[strings.ToLower(service+" @ "+ownSub+"/resourceGroups/rg-app")], name)
		assert.Equal(t, test.likely, derived(needs, Likely)[strings.ToLower(service+" @ "+ownSub+"/resourceGroups/rg-app")], name)
	}
}

func TestANullableParameterOfTheTemplateItself(t *testing.T) {
	all := files("main.json", template(`{"condition":"[empty(parameters('x'))]","type":"Microsoft.Search/searchServices","name":"s"}`, `,"parameters":{"x":{"type":"array","nullable":true}}`),
		"given.json", `{"parameters":{"y":{"value":1}}}`)
	o := Options{Scope: ownSub + "/resourceGroups/rg-app"}
	needs, err := Derive(all, []string{"main.json"}, o)
	require.NoError(t, err)
	assert.Len(t, actionsOf(needs, Likely), 2, "no one says what's given")
	o.Parameters = []string{"given.json"}
	needs, err = Derive(all, []string{"main.json"}, o)
	require.NoError(t, err)
	assert.Len(t, actionsOf(needs, Certain), 2, "the parameter file leaves it out")
}

// TestWhatAnIDMeans: each value is that of a property of a resource.
func TestWhatAnIDMeans(t *testing.T) {
	const (
		nic    = "Microsoft.Network/networkInterfaces"
		join   = "Microsoft.Network/virtualNetworks/subnets/join/action @ "
		secure = "Microsoft.Network/networkSecurityGroups/join/action @ "
		open   = "couldn't determine which Microsoft.Network/virtualNetworks/subnets the deployment refers to; its actions are listed at " + ownSub
		noType = "couldn't determine the type of what a private endpoint connects to; the action that approves the connection isn't listed"
		net    = "/resourceGroups/rg-net/providers/Microsoft.Network/"
	)
	for name, test := range map[string]struct {
		kind, properties string
		likely, unknown  []string
	}{
		"a subnet's ID isn't known": {
			kind: nic, properties: `"ipConfigurations":[{"properties":{"subnet":{"id":"[parameters('id')]"}}}]`, likely: []string{join}, unknown: []string{open},
		},
		"a subnet's network isn't known": {
			kind: nic, properties: `"ipConfigurations":[{"properties":{"subnet":{"id":"[concat(parameters('id'), '/subnets/apps')]"}}}]`, likely: []string{join}, unknown: []string{open},
		},
		"a subnet's ID comes from Azure": {
			kind: "Contoso.Web/sites", properties: `"subnetId":"[reference('other').subnets]"`, likely: []string{join}, unknown: []string{open},
		},
		"a name that isn't known is no ID": {kind: nic, properties: `"subnet":"[parameters('id')]","name":"[parameters('id')]"`},
		"a policy deploys its template itself": {
			kind: "Microsoft.Authorization/policyDefinitions", properties: `"a":{"subnet":{"id":"[parameters('id')]"}}`,
		},
		"if with an unknown condition": {
			kind: nic, properties: `"networkSecurityGroup":"[if(parameters('on'), createObject('id', resourceId('rg-net', 'Microsoft.Network/networkSecurityGroups', 'nsg')), null())]"`,
			likely: []string{secure + net + "networkSecurityGroups/nsg"},
		},
		"both branches of if": {
			kind:       nic,
			properties: `"networkSecurityGroup":{"id":"[if(parameters('on'), resourceId('rg-net', 'Microsoft.Network/networkSecurityGroups', 'a'), resourceId('rg-net', 'Microsoft.Network/networkSecurityGroups', 'b'))]"}`,
			likely:     []string{secure + net + "networkSecurityGroups/a", secure + net + "networkSecurityGroups/b"},
		},
		"coalesce with an unknown argument": {
			kind: nic, properties: `"networkSecurityGroup":"[coalesce(parameters('object'), createObject('id', resourceId('rg-net', 'Microsoft.Network/networkSecurityGroups', 'a')))]"`,
			likely: []string{secure + net + "networkSecurityGroups/a"},
		},
		"union of objects with an unknown one": {
			kind: nic, properties: `"a":"[union(createObject('networkSecurityGroup', createObject('id', resourceId('rg-net', 'Microsoft.Network/networkSecurityGroups', 'a'))), parameters('object'))]"`,
			likely: []string{secure + net + "networkSecurityGroups/a"},
		},
		"union of lists with an unknown one": {
			kind: nic, properties: `"a":"[union(parameters('list'), createArray(createObject('networkSecurityGroup', createObject('id', resourceId('rg-net', 'Microsoft.Network/networkSecurityGroups', 'a')))))]"`,
			likely: []string{secure + net + "networkSecurityGroups/a"},
		},
		"a member of what if can give": {
			kind:       nic,
			properties: `"networkSecurityGroup":{"id":"[if(parameters('on'), createObject('a', resourceId('rg-net', 'Microsoft.Network/networkSecurityGroups', 'a')), createObject('b', 1)).a]"}`,
			likely:     []string{secure + net + "networkSecurityGroups/a"},
		},
		"a private endpoint to what isn't known": {
			kind: "Microsoft.Network/privateEndpoints", properties: `"privateLinkServiceConnections":[{"properties":{"privateLinkServiceId":"[parameters('id')]"}}]`, unknown: []string{noType},
		},
		"a private endpoint to what's known up to its group": {
			kind: "Microsoft.Network/privateEndpoints", unknown: []string{noType},
			properties: `"privateLinkServiceConnections":[{"properties":{"privateLinkServiceId":"[concat(resourceGroup().id, parameters('id'))]"}}]`,
		},
		"a private endpoint to an account": {
			kind:       "Microsoft.Network/privateEndpoints",
			properties: `"privateLinkServiceConnections":[{"properties":{"privateLinkServiceId":"[resourceId('Microsoft.Storage/storageAccounts', 'st')]"}}]`,
			likely:     []string{"Microsoft.Storage/storageAccounts/PrivateEndpointConnectionsApproval/action @ /resourceGroups/rg-app/providers/Microsoft.Storage/storageAccounts/st"},
		},
		"a private endpoint that someone else approves": {
			kind:       "Microsoft.Network/privateEndpoints",
			properties: `"manualPrivateLinkServiceConnections":[{"properties":{"privateLinkServiceId":"[resourceId('Microsoft.Storage/storageAccounts', 'st')]"}}]`,
		},
		"a variable private endpoint that someone else approves": {
			kind:       "Microsoft.Network/privateEndpoints",
			properties: `"manualPrivateLinkServiceConnections":"[createArray(createObject('properties', createObject('privateLinkServiceId', resourceId('Microsoft.Storage/storageAccounts', 'st'))))]"`,
		},
		"an identity's ID isn't known": {
			kind: "Microsoft.Web/sites", properties: `"userAssignedIdentities":{"[parameters('id')]":{}}`,
			likely:  []string{"Microsoft.ManagedIdentity/userAssignedIdentities/assign/action @ "},
			unknown: []string{"couldn't determine which Microsoft.ManagedIdentity/userAssignedIdentities the deployment refers to; its actions are listed at " + ownSub},
		},
		"a virtual hub": {
			kind: "Microsoft.Network/virtualHubs", properties: `"virtualWan":{"id":"[resourceId('rg-net', 'Microsoft.Network/virtualWans', 'wan')]"}`,
			likely: []string{"Microsoft.Network/virtualWans/join/action @ " + net + "virtualWans/wan"},
		},
		"a part of itself": {
			kind: "Microsoft.Network/loadBalancers", properties: `"probe":{"id":"[resourceId('Microsoft.Network/loadBalancers/probes', 'r', parameters('id'))]"}`,
		},
	} {
		needs, err := deriveOne(template(`{"type":"`+test.kind+`","name":"r","properties":{`+test.properties+`}}`,
			`,"parameters":{"id":{"type":"string"},"on":{"type":"bool"},"object":{"type":"object"},"list":{"type":"array"}}`))
		require.NoError(t, err, name)
		assert.ElementsMatch(t, test.likely, likelyOf(needs), name)
		assert.ElementsMatch(t, test.unknown, unknowns(needs), name)
		assert.ElementsMatch(t, []string{test.kind + "/read", test.kind + "/write"}, actionsOf(needs, Certain), name)
	}
}

// TestWhatUnionMayOverrideIsNotCertain: the condition of a service is a member of a union.
func TestWhatUnionMayOverrideIsNotCertain(t *testing.T) {
	for condition, want := range map[string]Certainty{
		"union(parameters('object'), createObject('on', true())).on":                                         Certain,
		"union(createObject('on', true()), parameters('object')).on":                                         Likely,
		"union(createObject('on', true()), createObject('a', 1)).on":                                         Certain,
		"union(createObject('a', createObject('on', true())), createObject('a', parameters('object'))).a.on": Likely,
		"union(createObject('a', parameters('object')), createObject('a', createObject('on', true()))).a.on": Certain,
		"not(empty(union(createObject(), parameters('object'))))":                                            Likely,
		"not(empty(union(createObject('a', 1), parameters('object'))))":                                      Certain,
		"equals(length(union(createObject('a', 1), parameters('object'))), 1)":                               Likely,
		"contains(union(parameters('object'), createObject('a', 1)), 'a')":                                   Certain,
		"contains(union(parameters('object'), createObject('a', 1)), 'b')":                                   Likely,
		"coalesce(parameters('object'), true())":                                                             Likely,
		"if(empty(parameters('object')), true(), true())":                                                    Certain,
		"equals(length(union(parameters('list'), createArray(1))), 1)":                                       Likely,
		"equals(first(if(empty(parameters('object')), createArray('a'), createArray('b'))), 'a')":            Likely,
		"equals(tryGet(union(parameters('object'), createObject('a', 1)), 'a'), 1)":                          Certain,
		"empty(tryGet(union(parameters('object'), createObject('a', 1)), 'b'))":                              Likely,
		"empty(items(union(parameters('object'), createObject('a', 1))))":                                    Likely,
	} {
		needs, err := deriveOne(template(`{"condition":"[`+condition+`]","type":"Microsoft.Search/searchServices","name":"s"}`,
			`,"parameters":{"object":{"type":"object"},"list":{"type":"array"}}`))
		require.NoError(t, err, condition)
		assert.Len(t, actionsOf(needs, want), 2, condition)
	}
}

// TestAnOutputOfANestedDeploymentIsEvaluated: a container app is in the environment that another nested deployment creates.
func TestAnOutputOfANestedDeploymentIsEvaluated(t *testing.T) {
	const (
		join  = "Microsoft.App/managedEnvironments/join/action"
		lost  = "couldn't determine which Microsoft.App/managedEnvironments the deployment refers to; its actions are listed at " + ownSub
		found = `resourceId('Microsoft.App/managedEnvironments', parameters('name'))`
	)
	environment := func(output string) string {
		return template(`{"type":"Microsoft.App/managedEnvironments","name":"[parameters('name')]"}`,
			`,"parameters":{"name":{"type":"string"}},"outputs":{"id":{"type":"string","value":"[`+output+`]"},"all":{"type":"object","value":{"id":"[`+output+`]"}}}`)
	}
	app := template(`{"type":"Microsoft.App/containerApps","name":"app","properties":{"environmentId":"[parameters('id')]"}}`, `,"parameters":{"id":{"type":"string"}}`)
	for name, test := range map[string]struct {
		name, output, reference string // of the environment
		likely, unknown         []string
	}{
		"by its ID": {
			name: "env", output: found, reference: `reference(resourceId('Microsoft.Resources/deployments', 'env'), '2022-09-01').outputs.id.value`,
			likely: []string{join},
		},
		"by its full form": {
			name: "env", output: found, reference: `reference(resourceId('Microsoft.Resources/deployments', 'ENV'), '2022-09-01', 'Full').properties.outputs.id.value`,
			likely: []string{join},
		},
		"by an ID that isn't known": {
			name: "[parameters('p')]", output: found, reference: `reference(resourceId('Microsoft.Resources/deployments', parameters('p')), '2022-09-01').outputs.id.value`,
			likely: []string{join},
		},
		"by a member": {
			name: "env", output: found, reference: `reference(resourceId('Microsoft.Resources/deployments', 'env'), '2022-09-01').outputs.all.value.id`,
			likely: []string{join},
		},
		"by an index": {
			name: "env", output: found, reference: `reference(resourceId('Microsoft.Resources/deployments', 'env'), '2022-09-01')['outputs']['id'].value`,
			likely: []string{join},
		},
		"by tryGet": {
			name: "env", output: found, reference: `tryGet(tryGet(reference(resourceId('Microsoft.Resources/deployments', 'env'), '2022-09-01').outputs, 'id'), 'value')`,
			likely: []string{join},
		},
		"an output that Azure knows": {
			name: "env", output: `reference('x').id`, reference: `reference(resourceId('Microsoft.Resources/deployments', 'env'), '2022-09-01').outputs.id.value`,
			likely: []string{join + " @ "}, unknown: []string{lost},
		},
		"an output that isn't there": {
			name: "env", output: found, reference: `reference(resourceId('Microsoft.Resources/deployments', 'env'), '2022-09-01').outputs.lost.value`,
			likely: []string{join + " @ "}, unknown: []string{lost},
		},
		"another deployment": {
			name: "env", output: found, reference: `reference(resourceId('Microsoft.Resources/deployments', 'other'), '2022-09-01').outputs.id.value`,
			likely: []string{join + " @ "}, unknown: []string{lost},
		},
		"an output that needs itself": {
			name: "env", output: `reference(resourceId('Microsoft.Resources/deployments', 'env'), '2022-09-01').outputs.id.value`, reference: `reference(resourceId('Microsoft.Resources/deployments', 'env'), '2022-09-01').outputs.id.value`,
			likely: []string{join + " @ "}, unknown: []string{lost},
		},
	} {
		for _, text := range []string{
			inner("app", `"id":{"value":"[`+test.reference+`]"}`, app) + "," + inner(test.name, `"name":{"value":"cae"}`, environment(test.output)),
			inner(test.name, `"name":{"value":"cae"}`, environment(test.output)) + "," + inner("app", `"id":{"value":"[`+test.reference+`]"}`, app),
		} {
			needs, err := deriveOne(template(text, `,"parameters":{"p":{"type":"string"}}`))
			require.NoError(t, err, name)
			assert.ElementsMatch(t, test.likely, likelyOf(needs), name)
			assert.ElementsMatch(t, test.unknown, unknowns(needs), name)
		}
	}
	loop := strings.Replace(inner("[format('env{0}', copyIndex())]", `"name":{"value":"[format('cae{0}', copyIndex())]"}`, environment(found)), `{`, `{"copy":{"name":"envs","count":2},`, 1)
	needs, err := deriveOne(`{` + schema + `,"languageVersion":"2.0","resources":{"envs":` + strings.Replace(loop, `"properties"`, `"resourceGroup":"rg-env","properties"`, 1) +
		`,"app":` + inner("app", `"id":{"value":"[reference('envs[1]').outputs.id.value]"}`, app) + `}}`)
	require.NoError(t, err)
	assert.Equal(t, []string{join + " @ /resourceGroups/rg-env"}, likelyOf(needs), "one of a loop, by its symbolic name")
}

// TestThePartsOfAManagementGroup need their rights at the group.
func TestThePartsOfAManagementGroup(t *testing.T) {
	const write = "Microsoft.Management/managementGroups/subscriptions/write @ "
	move := `{"type":"Microsoft.Management/managementGroups/subscriptions","scope":"/","name":"NAME/11111111-1111-1111-1111-111111111111"}`
	create := `,{"type":"Microsoft.Management/managementGroups","scope":"/","name":"contoso"}`
	for name, test := range map[string]struct {
		resources       string
		certain, likely string
	}{
		"of one that exists":      {resources: strings.Replace(move, "NAME", "contoso", 1), certain: managementGroups + "contoso"},
		"of one that's created":   {resources: strings.Replace(move, "NAME", "contoso", 1) + create, certain: "/"},
		"of one that isn't known": {resources: strings.Replace(strings.Replace(move, "NAME", "[concat(parameters('g'), '", 1), `1"}`, `1')]"}`, 1), likely: "/"},
	} {
		needs, err := Derive(files("main.json", `{`+strings.Replace(schema, "deploymentTemplate", "managementGroupDeploymentTemplate", 1)+`,"parameters":{"g":{"type":"string"}},"resources":[`+test.resources+`]}`),
			[]string{"main.json"}, Options{Scope: managementGroups + "root"})
		require.NoError(t, err, name)
		want, certainty := test.certain, Certain
		if want == "" {
			want, certainty = test.likely, Likely
		}
		assert.Contains(t, actionsOf(needs, certainty), write+want, name)
	}
}

// TestAGroupThatIsCreatedAndWhoseNameIsNotKnown: rights are needed at the subscription, and the lines can be written.
func TestAGroupThatIsCreatedAndWhoseNameIsNotKnown(t *testing.T) {
	needs, err := Derive(files("main.json", `{`+strings.Replace(schema, "deploymentTemplate", "subscriptionDeploymentTemplate", 1)+`,"parameters":{"p":{"type":"string"}},"resources":[
		{"type":"Microsoft.Resources/resourceGroups","name":"[concat(parameters('p'), '-dev')]"},
		{"type":"Microsoft.Authorization/locks","name":"l","scope":"[subscriptionResourceId('Microsoft.Resources/resourceGroups', concat(parameters('p'), '-dev'))]"}]}`),
		[]string{"main.json"}, Options{Scope: ownSub})
	require.NoError(t, err)
	for _, a := range needs.Actions {
		assert.Equal(t, ownSub, a.Scope, a.Action)
	}
	assert.ElementsMatch(t, []string{"Microsoft.Authorization/locks/read @ ", "Microsoft.Authorization/locks/write @ "}, likelyOf(needs))
	_, err = needs.Lines(io.Discard, asItIs)
	require.NoError(t, err)
}

func TestAnExemptionNeedsARightAtTheAssignment(t *testing.T) {
	const exempt = "Microsoft.Authorization/policyAssignments/exempt/action @ "
	for id, want := range map[string]struct {
		scope     string
		certainty Certainty
	}{
		managementGroups + "contoso/providers/Microsoft.Authorization/policyAssignments/a": {managementGroups + "contoso/providers/Microsoft.Authorization/policyAssignments/a", Certain},
		"[subscriptionResourceId('Microsoft.Authorization/policyAssignments', 'a')]":       {"/providers/Microsoft.Authorization/policyAssignments/a", Certain},
		"[parameters('id')]": {"", Likely},
	} {
		needs, err := deriveOne(template(`{"type":"Microsoft.Authorization/policyExemptions","name":"e","properties":{"policyAssignmentId":"`+id+`"}}`, `,"parameters":{"id":{"type":"string"}}`))
		require.NoError(t, err, id)
		assert.Contains(t, actionsOf(needs, want.certainty), exempt+want.scope, id)
	}
}

// TestARemarkSaysHowOftenItApplies, and which template a link names: as a whole, or not at all.
func TestARemarkSaysHowOftenItApplies(t *testing.T) {
	linked := func(name, uri string) string {
		return `{"type":"Microsoft.Resources/deployments","name":"` + name + `","properties":{"templateLink":{"uri":"` + uri + `"}}}`
	}
	for uri, want := range map[string]string{
		"https://contoso.com/t.json":                                "refers to https://contoso.com/t.json, and 2 more)",
		"https://contoso.com/t.json?sig=abc":                        "deployments/a, and 2 more)",
		"[concat(parameters('base'), '/t.json')]":                   "refers to [concat(parameters('base'), '/t.json')], and 2 more)",
		"https://contoso.com/" + strings.Repeat("a", 200) + ".json": "deployments/a, and 2 more)",
	} {
		needs, err := deriveOne(template(linked("a", uri)+","+linked("b", uri)+","+linked("c", uri), `,"parameters":{"base":{"type":"string"}}`))
		require.NoError(t, err, uri)
		var b strings.Builder
		require.NoError(t, needs.Text(&b, asItIs))
		assert.Contains(t, strings.Join(strings.Fields(b.String()), " "), want, uri)
		assert.NotContains(t, strings.Join(strings.Fields(b.String()), " "), "sig=", uri)
	}
}

// TestANameThatIsEmptyIsNotKnown: an empty default is one that has to be replaced, and no ID has an empty name.
func TestANameThatIsEmptyIsNotKnown(t *testing.T) {
	const write, read = "Microsoft.Search/searchServices/write", "Microsoft.Search/searchServices/read"
	nested := func(place string) string {
		return strings.Replace(inner("n", "", template(`{"type":"Microsoft.Search/searchServices","name":"s"}`)), `{`, `{`+place+`,`, 1)
	}
	for name, test := range map[string]struct {
		resource string
		certain  []string
		likely   string
	}{
		"a resource group":                    {resource: nested(`"resourceGroup":"[parameters('empty')]"`), likely: write + " @ "},
		"a subscription":                      {resource: nested(`"subscriptionId":"[parameters('empty')]","resourceGroup":"rg"`), likely: write + " @ "},
		"a scope":                             {resource: nested(`"scope":"[concat('/subscriptions/', parameters('empty'), '/resourceGroups/', 'rg')]"`), likely: write + " @ "},
		"the ID of a subscription":            {resource: nested(`"subscriptionId":"[subscription().id]","resourceGroup":"rg"`), certain: []string{read + " @ /resourceGroups/rg", write + " @ /resourceGroups/rg"}},
		"an ID of a reference that ends":      {resource: `{"type":"A.B/c","name":"c","properties":{"x":"[reference(concat(resourceGroup().id, '/providers/Microsoft.Search/searchServices/', parameters('empty')), '2023-11-01')]"}}`, certain: []string{"A.B/c/read", "A.B/c/write"}, likely: read},
		"a scope that ends":                   {resource: nested(`"scope":"[concat('/subscriptions/', subscription().subscriptionId, '/resourceGroups/', parameters('empty'))]"`), likely: write + " @ "},
		"a scope that is empty":               {resource: nested(`"scope":"[parameters('empty')]"`), likely: write + " @ "},
		"the group of an existing resource":   {resource: `{"existing":true,"type":"Microsoft.Search/searchServices","name":"s","resourceGroup":"[parameters('empty')]"}`, likely: read + " @ "},
		"the group of a reference":            {resource: `{"type":"A.B/c","name":"c","properties":{"x":"[reference(resourceId(parameters('empty'), 'Microsoft.Search/searchServices', 's'), '2023-11-01')]"}}`, certain: []string{"A.B/c/read", "A.B/c/write"}, likely: read + " @ "},
		"an ID of a reference":                {resource: `{"type":"A.B/c","name":"c","properties":{"x":"[reference(concat(subscription().id, '/resourceGroups/', parameters('empty'), '/providers/Microsoft.Search/searchServices/s'), '2023-11-01')]"}}`, certain: []string{"A.B/c/read", "A.B/c/write"}, likely: read + " @ "},
		"the name of a resource in its group": {resource: `{"type":"Microsoft.Search/searchServices","name":"[parameters('empty')]"}`, certain: []string{read, write}},
		"the name of a resource that's read":  {resource: `{"existing":true,"type":"Microsoft.Search/searchServices","name":"[parameters('empty')]"}`, likely: read},
	} {
		needs, err := deriveOne(template(test.resource, `,"parameters":{"empty":{"type":"string","defaultValue":""}}`))
		require.NoError(t, err, name)
		assert.ElementsMatch(t, test.certain, actionsOf(needs, Certain), name)
		if test.likely != "" {
			assert.Contains(t, likelyOf(needs), test.likely, name)
		}
		for _, a := range needs.Actions {
			assert.NotContains(t, a.Scope, "//", name)
			assert.False(t, strings.HasSuffix(a.Scope, "/"), name)
		}
	}
}

// TestTheScopeOfAnExtensionThatIsNotKnown can be any.
func TestTheScopeOfAnExtensionThatIsNotKnown(t *testing.T) {
	needs, err := deriveOne(template(`{"type":"Microsoft.Authorization/roleAssignments","name":"r","scope":"[parameters('on')]","properties":{}}`, `,"parameters":{"on":{"type":"string"}}`))
	require.NoError(t, err)
	assert.Equal(t, []string{"Microsoft.Authorization/roleAssignments/read @ ", "Microsoft.Authorization/roleAssignments/write @ "}, likelyOf(needs))
	assert.Equal(t, []string{"couldn't determine the scope of a resource; its actions are listed at " + ownSub}, unknowns(needs))
}

// TestAnIDOfTheTenantInASubscription names what the deployment to a subscription creates.
func TestAnIDOfTheTenantInASubscription(t *testing.T) {
	const assignments = "Microsoft.Authorization/policyAssignments"
	reference := `{"type":"Microsoft.Authorization/roleAssignments","name":"r","properties":{"principalId":"[reference('/providers/` + assignments + `/p', '2024-04-01', 'Full').identity.principalId]"}}`
	for name, test := range map[string]struct {
		resources, scope string
	}{
		"created":     {resources: `{"type":"` + assignments + `","name":"p"},` + reference, scope: ownSub},
		"not created": {resources: reference, scope: "/providers/" + assignments + "/p"},
	} {
		needs, err := Derive(files("main.json", `{"$schema":"https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#","resources":[`+test.resources+`]}`), []string{"main.json"}, Options{Scope: ownSub})
		require.NoError(t, err, name)
		certain := derived(needs, Certain)
		assert.True(t, certain[strings.ToLower(assignments+"/read @ "+test.scope)], name)
		assert.Equal(t, test.scope != ownSub, certain[strings.ToLower(assignments+"/read @ /providers/"+assignments+"/p")], name)
	}
}

// TestAReferenceWithinAnUnknownGroupIsNotRemarkedOn: that the group isn't known is said once.
func TestAReferenceWithinAnUnknownGroupIsNotRemarkedOn(t *testing.T) {
	const group = "couldn't determine the scope of a nested deployment; its actions are listed at " + ownSub
	endpoint := func(server string) string {
		return inner("n", "", template(`{"type":"Microsoft.Sql/servers","name":"s"},{"type":"Microsoft.Sql/servers/databases","name":"s/d","properties":{"x":"[reference(resourceId('Microsoft.Sql/servers', '`+server+`'), '2023-08-01').id]"}}`))
	}
	for server, want := range map[string][]string{
		"s":     {group},
		"other": {group, "couldn't determine which Microsoft.Sql/servers the deployment refers to; its actions are listed at " + ownSub},
	} {
		needs, err := deriveOne(template(strings.Replace(endpoint(server), `{`, `{"resourceGroup":"[parameters('g')]",`, 1), `,"parameters":{"g":{"type":"string"}}`))
		require.NoError(t, err, server)
		assert.ElementsMatch(t, want, unknowns(needs), server)
		assert.Contains(t, likelyOf(needs), "Microsoft.Sql/servers/read @ ", server)
	}
}

// TestTheContainersOfAScriptInAnUnknownGroup are listed at what's known around it.
func TestTheContainersOfAScriptInAnUnknownGroup(t *testing.T) {
	script := inner("n", "", template(`{"type":"Microsoft.Resources/deploymentScripts","name":"s","properties":{}}`))
	needs, err := deriveOne(template(strings.Replace(script, `{`, `{"resourceGroup":"[parameters('g')]",`, 1), `,"parameters":{"g":{"type":"string"}}`))
	require.NoError(t, err)
	assert.Contains(t, likelyOf(needs), "Microsoft.ContainerInstance/containerGroups/write @ ")
	for _, a := range needs.Actions {
		assert.NotContains(t, a.Scope, "{")
	}
}
