package deployment

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAListThatIsKnownInPartsKeepsWhatIsKnown: a network interface refers to the subnets of an expression, in which $a is a known ID,
// and parameters('x') and the like aren't known.
func TestAListThatIsKnownInPartsKeepsWhatIsKnown(t *testing.T) {
	const (
		list, object, text = "parameters('list')", "parameters('object')", "parameters('text')"
		x                  = "lambdaVariables('x')"
	)
	for name, test := range map[string]struct {
		expression string
		known      string // which of the subnets a, b, and c are found
	}{
		"map over a list that isn't known":            {expression: "map(" + list + ", lambda('x', $a))", known: "a"},
		"map over a choice of lists":                  {expression: "map(if(empty(" + list + "), createArray($a), createArray($b)), lambda('x', " + x + "))", known: "ab"},
		"filter by what isn't known":                  {expression: "filter(createArray($a, $b), lambda('x', equals(" + x + ", " + text + ")))", known: "ab"},
		"filter by what is known":                     {expression: "filter(createArray($a, $b), lambda('x', equals(" + x + ", $b)))", known: "b"},
		"filter of a list that isn't known":           {expression: "map(filter(" + list + ", lambda('x', " + x + ".on)), lambda('x', $a))", known: "a"},
		"map over what a filter leaves":               {expression: "map(filter(createArray($a, $b), lambda('x', equals(" + x + ", " + text + "))), lambda('y', lambdaVariables('y')))", known: "ab"},
		"the first of what a filter leaves":           {expression: "first(filter(createArray($a, $b), lambda('x', equals(" + x + ", " + text + "))))", known: "ab"},
		"the last of a choice of lists":               {expression: "last(if(empty(" + list + "), createArray($c, $a), createArray($b)))", known: "ab"},
		"an element of what a filter leaves":          {expression: "filter(createArray($a, $b), lambda('x', equals(" + x + ", " + text + ")))[0]", known: "ab"},
		"an element at an index that isn't known":     {expression: "createArray($a, $b)[parameters('count')]", known: "ab"},
		"a member whose name isn't known":             {expression: "createObject('p', $a, 'q', $b)[" + text + "]", known: "ab"},
		"a member of an object with a name in parts":  {expression: "createObject(concat('p', " + text + "), $a).pq", known: ""},
		"concat with a list that isn't known":         {expression: "concat(" + list + ", createArray($a))", known: "a"},
		"concat with one in front":                    {expression: "concat(createArray($a), " + list + ", createArray($b))", known: "ab"},
		"union with a list that isn't known":          {expression: "union(createArray($a), " + list + ")", known: "a"},
		"flatten of a list that isn't known":          {expression: "flatten(createArray(createArray($a), " + list + "))", known: "a"},
		"flatten of what map makes":                   {expression: "flatten(map(" + list + ", lambda('x', createArray($a))))", known: "a"},
		"take from what a filter leaves":              {expression: "take(filter(createArray($a, $b), lambda('x', equals(" + x + ", " + text + "))), 1)", known: "ab"},
		"take as many as isn't known":                 {expression: "take(createArray($a, $b), parameters('count'))", known: "ab"},
		"intersection with a list that isn't known":   {expression: "intersection(createArray($a), " + list + ")", known: "a"},
		"intersection of known lists":                 {expression: "intersection(createArray($a, $b), createArray($b, $c))", known: "b"},
		"reduce over a list that isn't known":         {expression: "reduce(" + list + ", createArray($a), lambda('x', 'y', concat(" + x + ", createArray($b))))", known: "ab"},
		"reduce over a known list":                    {expression: "reduce(createArray($a, $b), createArray(), lambda('x', 'y', concat(" + x + ", createArray(lambdaVariables('y')))))", known: "ab"},
		"sort by what isn't known":                    {expression: "sort(createArray($a, $b), lambda('x', 'y', less(" + x + ", " + text + ")))[0]", known: "ab"},
		"items of an object with members that aren't": {expression: "map(items(union(createObject('p', $a), " + object + ")), lambda('x', " + x + ".value))", known: "a"},
		"items of a choice":                           {expression: "map(items(if(empty(" + list + "), createObject('p', $a), createObject('p', $b))), lambda('x', " + x + ".value))", known: "ab"},
		"items of an object with names in parts":      {expression: "map(items(createObject(concat('p', " + text + "), $a)), lambda('x', " + x + ".value))", known: "a"},
		"objectKeys of an object that isn't known":    {expression: "map(objectKeys(" + object + "), lambda('x', $a))", known: "a"},
		"mapValues": {expression: "mapValues(createObject('p', $a, 'q', " + text + "), lambda('x', " + x + "))", known: "a"},
		"mapValues of an object that isn't known":      {expression: "mapValues(union(createObject('p', 1), " + object + "), lambda('x', $a))", known: "a"},
		"toObject of a list that isn't known":          {expression: "toObject(" + list + ", lambda('x', " + x + ".name), lambda('x', $a))", known: "a"},
		"a member of what toObject makes":              {expression: "toObject(createArray($a, $b), lambda('x', last(split(" + x + ", '/')))).b", known: "b"},
		"groupBy what isn't known":                     {expression: "groupBy(createArray($a, $b), lambda('x', " + text + "))", known: "ab"},
		"a group of groupBy":                           {expression: "groupBy(createArray($a, $b), lambda('x', last(split(" + x + ", '/')))).b", known: "b"},
		"shallowMerge with an object that isn't known": {expression: "shallowMerge(createArray(createObject('p', $a), " + object + "))", known: "a"},
		"shallowMerge replaces":                        {expression: "shallowMerge(createArray(createObject('p', $a), createObject('p', $b)))", known: "b"},
		"a variable that's a copy of an unknown count": {expression: "variables('copied')", known: "a"},
		"a member of a variable that's such a copy":    {expression: "map(variables('copied'), lambda('x', " + x + "))", known: "a"},
	} {
		expression := test.expression
		var want []string
		for _, subnet := range []string{"a", "b", "c"} {
			expression = strings.ReplaceAll(expression, "$"+subnet, fmt.Sprintf("resourceId('rg-net', 'Microsoft.Network/virtualNetworks/subnets', 'v', '%s')", subnet))
			if strings.Contains(test.known, subnet) {
				want = append(want, "Microsoft.Network/virtualNetworks/subnets/join/action @ /resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/v/subnets/"+subnet)
			}
		}
		needs, err := deriveOne(template(`{"type":"Microsoft.Network/networkInterfaces","name":"nic","properties":{"references":"[`+expression+`]"}}`,
			`,"parameters":{"list":{"type":"array"},"object":{"type":"object"},"text":{"type":"string"},"count":{"type":"int"}}`,
			`,"variables":{"copy":[{"name":"copied","count":"[parameters('count')]","input":"[resourceId('rg-net', 'Microsoft.Network/virtualNetworks/subnets', 'v', 'a')]"}]}`))
		require.NoError(t, err, name)
		assert.ElementsMatch(t, want, likelyOf(needs), name)
		assert.ElementsMatch(t, []string{"Microsoft.Network/networkInterfaces/read", "Microsoft.Network/networkInterfaces/write"}, actionsOf(needs, Certain), name)
	}
}

// TestWhatAListInPartsDecides: the condition of a service.
func TestWhatAListInPartsDecides(t *testing.T) {
	const isIt = "lambda('x', equals(lambdaVariables('x'), parameters('text')))"
	for condition, want := range map[string]Certainty{
		"equals(length(map(createArray(1, 2), lambda('x', parameters('text')))), 2)":                                    Certain,
		"equals(length(filter(createArray('a', 'b'), " + isIt + ")), 2)":                                                Likely,
		"equals(first(filter(createArray('a', 'b'), " + isIt + ")), 'a')":                                               Likely,
		"empty(filter(createArray('a', 'b'), " + isIt + "))":                                                            Likely,
		"equals(first(filter(createArray('a', 'b'), lambda('x', equals(lambdaVariables('x'), 'b')))), 'b')":             Certain,
		"equals(first(filter(createArray('a', 'b'), lambda('x', 'i', equals(lambdaVariables('i'), 1)))), 'b')":          Certain,
		"equals(reduce(createArray(1, 2), 0, lambda('x', 'y', add(lambdaVariables('x'), lambdaVariables('y')))), 3)":    Certain,
		"equals(reduce(parameters('list'), 0, lambda('x', 'y', 1)), 0)":                                                 Likely,
		"equals(first(sort(createArray(2, 1), lambda('x', 'y', less(lambdaVariables('x'), lambdaVariables('y'))))), 1)": Certain,
		"equals(length(sort(createArray(2, 1), lambda('x', 'y', less(lambdaVariables('x'), parameters('count'))))), 2)": Certain,
		"equals(first(sort(createArray(1, 1), lambda('x', 'y', less(lambdaVariables('x'), parameters('count'))))), 2)":  Likely,
		"toObject(createArray('on'), lambda('x', lambdaVariables('x')), lambda('x', true())).on":                        Certain,
		"toObject(createArray('on', parameters('text')), lambda('x', lambdaVariables('x')), lambda('x', true())).on":    Likely,
		"mapValues(createObject('on', false()), lambda('x', not(lambdaVariables('x')))).on":                             Certain,
		"contains(intersection(createArray('a', 'b'), createArray('b')), 'b')":                                          Certain,
		"contains(intersection(createArray('a', 'b'), createArray(parameters('text'))), 'b')":                           Likely,
		"intersection(createObject('on', true(), 'p', 1), createObject('on', true())).on":                               Certain,
		"shallowMerge(createArray(createObject('on', false()), createObject('on', true()))).on":                         Certain,
		"shallowMerge(createArray(createObject('on', true()), parameters('object'))).on":                                Likely,
		"equals(items(createObject('b', 1, 'a', 2))[0].value, 2)":                                                       Certain,
		"equals(items(union(createObject('b', 1), parameters('object')))[0].value, 1)":                                  Likely,
		"contains(createObject(concat('o', parameters('text')), 1), 'on')":                                              Likely,
		"empty(createObject(concat('o', parameters('text')), 1).on)":                                                    Likely,
		"equals(coalesce(filter(createArray('a'), " + isIt + "), createArray('b'))[0], 'a')":                            Likely,
	} {
		needs, err := deriveOne(template(`{"condition":"[`+condition+`]","type":"Microsoft.Search/searchServices","name":"s"}`,
			`,"parameters":{"list":{"type":"array"},"object":{"type":"object"},"text":{"type":"string"},"count":{"type":"int"}}`))
		require.NoError(t, err, condition)
		assert.Len(t, actionsOf(needs, want), 2, condition)
	}
}

// TestAReadWithinALambdaIsLikely if the list may be empty.
func TestAReadWithinALambdaIsLikely(t *testing.T) {
	read := func(list string) *Needs {
		needs, err := deriveOne(template(`{"type":"Microsoft.Network/networkInterfaces","name":"nic","properties":{"x":"[map(`+list+
			`, lambda('x', reference(resourceId('rg-data', 'Microsoft.Storage/storageAccounts', 'st'), '2023-05-01').id))]"}}`, `,"parameters":{"list":{"type":"array"}}`))
		require.NoError(t, err)
		return needs
	}
	const want = "Microsoft.Storage/storageAccounts/read @ /resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts/st"
	assert.Contains(t, actionsOf(read("createArray(1)"), Certain), want)
	assert.Equal(t, []string{want}, likelyOf(read("parameters('list')")))
}

// TestListsThatDoubleAreBounded: each step of the loop has the result of the one before it twice, in parts that aren't known.
func TestListsThatDoubleAreBounded(t *testing.T) {
	for _, step := range []string{
		"createArray(lambdaVariables('x'), lambdaVariables('x'))",
		"if(equals(parameters('text'), 'a'), createObject('p', lambdaVariables('x')), createObject('q', lambdaVariables('x')))",
		"toObject(createArray(lambdaVariables('x'), lambdaVariables('x')), lambda('z', parameters('text')))",
		"union(createObject('p', lambdaVariables('x')), items(union(parameters('object'), createObject('q', lambdaVariables('x'))))[0])",
	} {
		needs, err := deriveOne(template(`{"type":"Microsoft.Network/networkInterfaces","name":"nic","properties":{"x":"[reduce(range(0, 5000), createObject(), lambda('x', 'y', `+step+`))]"}}`,
			`,"parameters":{"text":{"type":"string"},"object":{"type":"object"}}`))
		if err == nil {
			assert.NotEmpty(t, needs.Actions, step)
		} else {
			assert.ErrorIs(t, err, errTooMuch, step)
		}
	}
}
