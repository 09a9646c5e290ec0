package gate

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scopeOf is a scope for expressions; pairs are the task's inputs.
func scopeOf(inputs, variables map[string]string) *scope {
	return &scope{job: &Job{}, inputs: inputs, variables: variables}
}

func answered(body string) *answer {
	return &answer{status: 200, headers: http.Header{"Location": {"https://h/next"}}, body: body}
}

const (
	shop    = `{"Items":[{"price":40},{"price":80},{"price":99.5}]}`
	locks   = `{"value":[{"properties":{"level":"ReadOnly"}},{"properties":{"level":"CanNotDelete"}}]}`
	rights  = `{"value":[{"actions":["*/read"],"notActions":[]},{"actions":["x","*"]}]}`
	batch   = `{"responses":[{"httpStatusCode":200,"content":{"state":"Enabled"}},{"httpStatusCode":404,"content":{"error":{"code":"ResourceGroupNotFound"}}},{"content":null}]}`
	found   = `{"value":[{"namespace":"Microsoft.Web","registrationState":"Registered"},{"namespace":"Microsoft.Sql","registrationState":"NotRegistered"}]}`
	quotas  = `{"value":[{"name":{"value":"cores"},"currentValue":95},{"name":{"value":"vm"},"currentValue":1}]}`
	badIDs  = `{"value":[{"resourceId":"/a"},{"resourceId":"/b"}]}`
	succeed = `{"status":"Succeeded","state":"enabled","ActiveReleaseNames":["a","b","c"],"nameAvailable":true,"n":5,"empty":[],"nothing":null,"properties":{"provisioningState":"Succeeded"}}`

	policyRule = `or(and(eq(isNullOrEmpty(taskInputs['resources']), true), eq(count(jsonpath('value[*].resourceId')), 0)), and(eq(isNullOrEmpty(taskInputs['resources']), false), eq(count(intersect(split(taskInputs['resources'], ','), jsonpath('value[*].resourceId'))) ,0)))`
)

func TestExpressions(t *testing.T) {
	for name, test := range map[string]struct {
		expression, body string
		inputs           map[string]string
		want             bool
	}{
		"AzureMonitorV1 holds without alerts":                 {expression: `eq(count(jsonpath('$.value[*]')), 0)`, body: `{"value":[]}`, want: true},
		"AzureMonitorV1 does not hold with one":               {expression: `eq(count(jsonpath('$.value[*]')), 0)`, body: locks},
		"AzurePolicyV0 when it is done":                       {expression: `and(eq(response['statuscode'], 'OK'), eq(response['content']['status'], 'Succeeded'))`, body: succeed, want: true},
		"AzurePolicyV0 with another status":                   {expression: `and(eq(response['statuscode'], 'OK'), eq(response['content']['status'], 'Succeeded'))`, body: `{"status":"Running"}`},
		"AzurePolicyV0, all resources, none bad":              {expression: policyRule, body: `{"value":[]}`, inputs: map[string]string{"resources": ""}, want: true},
		"AzurePolicyV0, all resources, some bad":              {expression: policyRule, body: badIDs, inputs: map[string]string{"resources": ""}},
		"AzurePolicyV0, chosen ones are not bad":              {expression: policyRule, body: badIDs, inputs: map[string]string{"Resources": "/c,/d"}, want: true},
		"AzurePolicyV0, a chosen one is bad":                  {expression: policyRule, body: badIDs, inputs: map[string]string{"resources": "/c,/b"}},
		"AzurePolicyV0, the location is an address":           {expression: `isUrl(variables['locationUrl'])`, want: true},
		"isUrl of nothing":                                    {expression: `isUrl(variables['none'])`},
		"documentation, status":                               {expression: `eq(root['status'], 'successful')`, body: `{"status":"Successful"}`, want: true},
		"documentation, names":                                {expression: `ge(count(root['ActiveReleaseNames']), 3)`, body: succeed, want: true},
		"documentation, prices":                               {expression: `and(eq(count(jsonpath('Items[?(@.price<50)]')), 1), eq(count(jsonpath('Items[?(@.price>60)]')), 2))`, body: shop, want: true},
		"1, subscription in another case":                     {expression: `eq(root['state'], 'Enabled')`, body: succeed, want: true},
		"1, subscription disabled":                            {expression: `eq(root['state'], 'Enabled')`, body: `{"state":"Disabled"}`},
		"1, no such property":                                 {expression: `eq(root['state'], 'Enabled')`, body: `{}`},
		"2, management group":                                 {expression: `eq(isNullOrEmpty(root['id']), false)`, body: `{"id":"/x"}`, want: true},
		"2, management group without id":                      {expression: `eq(isNullOrEmpty(root['id']), false)`, body: `{"id":null}`},
		"3, group":                                            {expression: `eq(root['properties']['provisioningState'], 'Succeeded')`, body: succeed, want: true},
		"3, group, whole branch missing":                      {expression: `eq(root['properties']['provisioningState'], 'Succeeded')`, body: `[]`},
		"6, providers registered":                             {expression: `eq(count(intersect(split(taskInputs['providers'], ','), jsonpath('$.value[?(@.registrationState==''Registered'')].namespace'))), 1)`, body: found, inputs: map[string]string{"providers": "Microsoft.Web"}, want: true},
		"6, providers in another case":                        {expression: `eq(count(intersect(split(taskInputs['providers'], ','), jsonpath('$.value[?(@.registrationState==''Registered'')].namespace'))), 1)`, body: found, inputs: map[string]string{"providers": "microsoft.web"}},
		"6, one is not registered":                            {expression: `eq(count(intersect(split(taskInputs['providers'], ','), jsonpath('$.value[?(@.registrationState==''Registered'')].namespace'))), 2)`, body: found, inputs: map[string]string{"providers": "Microsoft.Web,Microsoft.Sql"}},
		"6, the same one twice counts once":                   {expression: `eq(count(intersect(split(taskInputs['providers'], ','), jsonpath('$.value[*].namespace'))), 1)`, body: found, inputs: map[string]string{"providers": "Microsoft.Web,Microsoft.Web"}, want: true},
		"7, lock":                                             {expression: `eq(count(jsonpath('$.value[?(@.properties.level==''ReadOnly'')]')), 1)`, body: locks, want: true},
		"8, first action is not all":                          {expression: `gt(count(jsonpath('$.value[?(@.actions[0]==''*'')]')), 0)`, body: rights},
		"8, any action is all":                                {expression: `gt(count(jsonpath('$.value[*].actions[?(@ == ''*'')]')), 0)`, body: rights, want: true},
		"9, a role":                                           {expression: `gt(count(root['value']), 0)`, body: locks, want: true},
		"10, policy":                                          {expression: `eq(jsonpath('$.value[0].results.nonCompliantResources')[0], 0)`, body: `{"value":[{"results":{"nonCompliantResources":0}}]}`, want: true},
		"10, policy, path finds nothing":                      {expression: `eq(jsonpath('$.value[0].results.other')[0], 0)`, body: `{"value":[]}`},
		"11, quota too near":                                  {expression: `eq(count(jsonpath('$.value[?(@.name.value==''cores'' && @.currentValue > 90)]')), 0)`, body: quotas},
		"11, quota":                                           {expression: `eq(count(jsonpath('$.value[?(@.name.value==''cores'' && @.currentValue > 95)]')), 0)`, body: quotas, want: true},
		"12, name free":                                       {expression: `eq(root['nameAvailable'], true)`, body: succeed, want: true},
		"12, no answer about the name":                        {expression: `eq(root['nameAvailable'], true)`, body: `{}`},
		"15, batch: a missing status is not unequal":          {expression: `eq(count(jsonpath('$.responses[?(@.httpStatusCode != 200)]')), 1)`, body: batch, want: true},
		"15, batch: by content":                               {expression: `eq(count(jsonpath('$.responses[?(@.content.state==''Enabled'')]')), 1)`, body: batch, want: true},
		"a header in any case":                                {expression: `eq(response['HEADERS']['LOCATION'], 'https://h/next')`, want: true},
		"an empty body is fine for the status":                {expression: `eq(response['statuscode'], 'ok')`, want: true},
		"keys of JSON are exact":                              {expression: `eq(root['Status'], 'Succeeded')`, body: succeed},
		"null is not a text":                                  {expression: `eq(root['x'], 'y')`, body: succeed},
		"null is an empty text, from either side":             {expression: `and(eq(root['x'], ''), eq('', root['x']))`, body: succeed, want: true},
		"null is not false":                                   {expression: `eq(root['x'], false)`, body: succeed},
		"but false is null":                                   {expression: `eq(false, root['x'])`, body: succeed, want: true},
		"a number becomes a text when a text is on the left":  {expression: `eq('5.0', 5.0)`},
		"numbers convert to the left side":                    {expression: `and(eq(root['n'], '5.0'), eq('5', root['n']), ne(root['n'], 'five'))`, body: succeed, want: true},
		"an index beyond the end, before it and in nothing":   {expression: `and(eq(root['ActiveReleaseNames'][3], ''), eq(root['ActiveReleaseNames'][-1], ''), eq(root['a'][0]['b'], ''))`, body: succeed, want: true},
		"names in any case":                                   {expression: `AND(True, Not(FALSE), EQ(Root['n'], 5))`, body: succeed, want: true},
		"a doubled quote":                                     {expression: `eq('it''s', variables['quote'])`, want: true},
		"in and notIn":                                        {expression: `and(in('B', 'a', 'b'), notIn('c', 'a', 'b'), not(in(root['n'], 'x', 4)))`, body: succeed, want: true},
		"xor, lt, le, gt":                                     {expression: `and(xor(true, false), lt(1, 2), le('A', 'a'), gt('b', 'A'), not(xor(1, 'x')))`, want: true},
		"contains, startsWith, endsWith":                      {expression: `and(contains('abC', 'Bc'), startsWith('Abc', 'aB'), endsWith('abc', 'BC'), not(contains('a', 'b')))`, want: true},
		"or stops where it is decided":                        {expression: `or(true, eq(root['x'], 1))`, body: `no json`, want: true},
		"and stops where it is decided":                       {expression: `and(false, eq(root['x'], 1))`, body: `no json`},
		"count of null":                                       {expression: `eq(count(root['x']), 0)`, body: succeed, want: true},
		"isNullOrEmpty of an empty list":                      {expression: `and(isNullOrEmpty(root['empty']), isNullOrEmpty(root['nothing']), not(isNullOrEmpty(root['n'])))`, body: succeed, want: true},
		"lists are true and equal nothing":                    {expression: `and(root['empty'], not(eq(root['empty'], root['n'])))`, body: succeed, want: true},
		"split of nothing gives one empty text":               {expression: `eq(count(split('', ',')), 1)`, want: true},
		"an expression in an index":                           {expression: `eq(taskInputs[taskInputs['which']], 'there')`, inputs: map[string]string{"which": "b", "B": "there"}, want: true},
		"null is ordered as 0":                                {expression: `lt(root['x'], 1)`, body: succeed, want: true},
		"wrong paths read as not satisfied, without an error": {expression: `eq(root[0]['a'], 'x')`, body: `"text"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := scopeOf(test.inputs, map[string]string{"LocationUrl": "https://h/next", "quote": "it's"})
			got, err := s.evaluate(test.expression, answered(test.body))
			require.NoError(t, err)
			assert.Equal(t, test.want, toBool(got))
		})
	}
}

func TestExpressionsThatCannotBeEvaluated(t *testing.T) {
	for name, test := range map[string]struct{ expression, body, want string }{
		"no JSON at all":                {`eq(root['a'], 1)`, `<html>`, "no JSON"},
		"an empty answer":               {`eq(response['content']['a'], 1)`, ``, "no JSON"},
		"a path over no JSON":           {`eq(count(jsonpath('$.a')), 0)`, `{"a":`, "no JSON"},
		"an unknown function":           {`length(root['a'])`, `{}`, `"length" is not known`},
		"an unknown name":               {`eq(body['a'], 1)`, `{}`, `"body" is not known`},
		"a placeholder that stayed":     {`eq(root['a'], $(x))`, `{}`, `"$" is not known`},
		"a quote too many":              {`eq(root['a'], 'it's')`, `{}`, "is missing"},
		"an open quote":                 {`eq(root['a'], 'x)`, `{}`, "not closed"},
		"something after the end":       {`eq(1, 1) x`, ``, "left over"},
		"one argument for eq":           {`eq(1)`, ``, "1 arguments"},
		"one argument for and":          {`and(true)`, ``, "1 arguments"},
		"a comma too many":              {`eq(1,,1)`, ``, "a value is missing"},
		"nothing":                       {`  `, ``, "a value is missing"},
		"a function without arguments":  {`and`, ``, "not followed"},
		"a dot instead of a key":        {`eq(root.a, 1)`, `{}`, "not known"},
		"a version number":              {`eq(1.2.3, 1)`, ``, "no number"},
		"an open index":                 {`root['a'`, `{}`, "']' is missing"},
		"a comparison that is none":     {`gt(1, 'x')`, ``, "cannot be compared"},
		"a comparison of lists":         {`gt(root, 1)`, `[]`, "cannot be compared"},
		"count of a text":               {`count('x')`, ``, "no list"},
		"intersect of a text":           {`intersect('x', 'x')`, ``, "two lists"},
		"contains of a list":            {`contains(root, 'x')`, `["x"]`, "two texts"},
		"split by nothing":              {`split('x', '')`, ``, "separator"},
		"a path that is no text":        {`jsonpath(1)`, `{}`, "no text"},
		"a path that is not closed":     {`jsonpath('$.a[')`, `{}`, "path"},
		"nested without end":            {strings.Repeat("not(", 60) + "1" + strings.Repeat(")", 60), ``, "too deep"},
		"indexed without end":           {"root" + strings.Repeat("[0]", 60), `[]`, "too deep"},
		"longer than any that is meant": {"'" + strings.Repeat("x", longestExpression) + "'", ``, "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := scopeOf(nil, nil).evaluate(test.expression, answered(test.body))
			require.ErrorContains(t, err, test.want)
		})
	}
	_, err := scopeOf(nil, nil).evaluate("response['statuscode']", nil)
	require.ErrorContains(t, err, "no response yet")
}

func TestStatusHasItsNameInDotNet(t *testing.T) {
	for status, want := range map[int]string{200: "OK", 201: "Created", 202: "Accepted", 203: "NonAuthoritativeInformation", 204: "NoContent", 299: "299"} {
		assert.Equal(t, want, statusName(status))
	}
}
