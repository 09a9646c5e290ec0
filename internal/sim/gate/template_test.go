package gate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const monitorURL = `$(endpoint.url)/subscriptions/{{subscriptionId}}/providers/Microsoft.AlertsManagement/alerts?api-version=2018-05-05{{#if ResourceGroupName}}&targetResourceGroup=$(ResourceGroupName){{/if}}{{#equals '$(filterType)' 'resource' 1}}{{#if resource}}&targetResource=/subscriptions/{{subscriptionId}}/resourcegroups/{{ResourceGroupName}}/providers/{{resource}}{{/if}}{{/equals}}`

func contoso() Endpoint {
	return Endpoint{ID: "id-1", Name: "contoso", URL: "https://management.azure.com/", Scheme: "WorkloadIdentityFederation",
		Data:       map[string]string{"subscriptionId": "sub-1", "subscriptionName": "R&D <1>"},
		Parameters: map[string]string{"serviceprincipalid": "sp-1", "servicePrincipalKey": "hush", "scope": "/x"}}
}

func templateScope(options Options, inputs map[string]string) *scope {
	return &scope{job: &Job{Options: options, AccessToken: "job-token", Secrets: map[string]string{"password": "p4ss"}},
		inputs: inputs, variables: map[string]string{"Build.BuildId": "7", "nested": "$(build.buildid)", "tag": "{{name}}"}, endpoint: contoso()}
}

func TestTemplatesThatAreTheSameInEveryDoubt(t *testing.T) {
	inputs := map[string]string{"name": "rg-1", "empty": "", "odd": "a b/ü&~'", "kind": "Resource"}
	for name, test := range map[string]struct{ text, want string }{
		"plain text":                               {`{"a":{"b":1}} $filter=x eq 'y' $ ( $() }}`, `{"a":{"b":1}} $filter=x eq 'y' $ ( $() }}`},
		"an input in any case":                     {`$(NAME)`, `rg-1`},
		"a variable":                               {`$(build.buildid)`, `7`},
		"a secret variable":                        {`$(password)`, `p4ss`},
		"the job's token":                          {`$(System.AccessToken)`, `job-token`},
		"the endpoint's address and data":          {`$(endpoint.url)subscriptions/$(endpoint.subscriptionid)`, `https://management.azure.com/subscriptions/sub-1`},
		"a harmless parameter":                     {`$(endpoint.servicePrincipalId) {{endpoint.serviceprincipalid}}`, `sp-1 sp-1`},
		"a secret of the endpoint stays hidden":    {`$(endpoint.serviceprincipalkey)|{{endpoint.servicePrincipalKey}}|{{servicePrincipalKey}}`, `$(endpoint.serviceprincipalkey)||`},
		"a parameter that may be secret too":       {`$(endpoint.scope){{endpoint.scope}}`, `$(endpoint.scope)`},
		"an unknown name stays":                    {`$(other)-$(name)`, `$(other)-rg-1`},
		"a placeholder in a placeholder":           {`$($(name))`, `$(rg-1)`},
		"a placeholder that is open":               {`$(name`, `$(name`},
		"inputs and data lie side by side":         {`{{name}}/{{subscriptionId}}/{{ endpoint.subscriptionId }}`, `rg-1/sub-1/sub-1`},
		"three braces":                             {`{{{odd}}}`, `a b/ü&~'`},
		"an unknown name is empty":                 {`<{{other}}{{endpoint.other}}{{Name}}>`, `<>`},
		"if, and else":                             {`{{#if name}}yes{{else}}no{{/if}} {{#if empty}}yes{{else}}no{{/if}}{{#if other}}yes{{/if}}`, `yes no`},
		"equals":                                   {`{{#equals kind 'resource'}}a{{else}}b{{/equals}}{{#equals kind 'resource' 1}}c{{else}}d{{/equals}}`, `bc`},
		"notEquals":                                {`{{#notEquals kind "Resource"}}a{{else}}b{{/notEquals}}{{#notEquals kind 'resource' 1}}c{{/notEquals}}{{#notEquals empty ''}}d{{/notEquals}}`, `b`},
		"blocks in blocks":                         {`{{#if name}}{{#if empty}}a{{else}}{{#equals 1 1}}b{{/equals}}{{/if}}c{{/if}}`, `bc`},
		"escaped for an address, as a block":       {`{{#uriDataEncode odd}}{{/uriDataEncode}}`, `a%20b%2F%C3%BC%26~%27`},
		"escaped for an address, inline":           {`{{uriDataEncode odd}}{{{uriDataEncode 'a?'}}}`, `a%20b%2F%C3%BC%26~%27a%3F`},
		"braces of JSON around three braces":       {`{"a":"{{{name}}}"}`, `{"a":"rg-1"}`},
		"a name that is a helper's, with no words": {`{{#if name}}{{name}}{{/if}}`, `rg-1`},
	} {
		t.Run(name, func(t *testing.T) {
			for _, options := range AllOptions() {
				got, err := templateScope(options, inputs).fill(t.Context(), test.text)
				require.NoError(t, err, options)
				assert.Equal(t, test.want, got, options)
			}
		})
	}
}

func TestTemplatesThatDependOnADoubt(t *testing.T) {
	inputs := map[string]string{"name": "rg-1", "kind": "Resource", "brace": "{{name}}", "macro": "$(name)", "html": `<a href='x"y'>&ä` + "\n"}
	for name, test := range map[string]struct {
		options    Options
		text, want string
	}{
		"macros first, they may bring braces":         {Options{}, `$(brace)`, `rg-1`},
		"mustache first, braces from macros stay":     {Options{Order: MustacheFirst}, `$(brace)`, `{{name}}`},
		"macros first, macros from braces stay":       {Options{}, `{{{macro}}}`, `$(name)`},
		"mustache first, it may bring macros":         {Options{Order: MustacheFirst}, `{{{macro}}}`, `rg-1`},
		"macros first, they are seen by a helper":     {Options{}, `{{#equals '$(kind)' 'resource' 1}}yes{{/equals}}`, `yes`},
		"mustache first, a helper sees none":          {Options{Order: MustacheFirst}, `{{#equals '$(kind)' 'resource' 1}}yes{{/equals}}`, ``},
		"inserted text is not read again":             {Options{}, `$(nested)`, `$(build.buildid)`},
		"or is":                                       {Options{Rescan: true}, `$(nested)`, `7`},
		"braces in braces are not read again":         {Options{}, `{{brace}}`, `{{name}}`},
		"or are":                                      {Options{Rescan: true}, `{{brace}}`, `rg-1`},
		"escaped as in HTML":                          {Options{}, `{{html}}`, "&lt;a href=&#39;x&quot;y&#39;&gt;&amp;&#228;\n"},
		"escaped as in JSON":                          {Options{Escape: EscapeJSON}, `{{html}}`, `<a href='x\"y'>&ä\n`},
		"not escaped":                                 {Options{Escape: EscapeNone}, `{{html}}`, `<a href='x"y'>&ä` + "\n"},
		"a name that AzureMonitorV1 has as a literal": {Options{Rescan: true}, `{{#equals '$(filterType)' 'resource' 1}}yes{{else}}no{{/equals}}`, `no`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := templateScope(test.options, inputs).fill(t.Context(), test.text)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestAzureMonitorsAddress(t *testing.T) {
	const alerts = `https://management.azure.com//subscriptions/sub-1/providers/Microsoft.AlertsManagement/alerts?api-version=2018-05-05`
	for name, test := range map[string]struct {
		inputs map[string]string
		want   string
	}{
		"without a group": {map[string]string{"ResourceGroupName": "", "filterType": "none"}, alerts},
		"with a group":    {map[string]string{"ResourceGroupName": "rg", "filterType": "none"}, alerts + "&targetResourceGroup=rg"},
		"with a resource": {map[string]string{"ResourceGroupName": "rg", "filterType": "Resource", "resource": "a/b"},
			alerts + "&targetResourceGroup=rg&targetResource=/subscriptions/sub-1/resourcegroups/rg/providers/a/b"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := templateScope(Options{}, test.inputs).fill(t.Context(), monitorURL)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestTemplatesThatCannotBeRead(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"open braces":                    {`{{name`, "without its }}"},
		"three and two":                  {`{{{name}}`, "without its }}"},
		"nothing inside":                 {`{{ }}`, "names nothing"},
		"a literal alone":                {`{{'x'}}`, "names nothing"},
		"an unknown helper":              {`{{#base64}}x{{/base64}}`, "not known"},
		"an unknown inline helper":       {`{{add 1 2}}`, "not known"},
		"a block helper inline":          {`{{equals 1 1}}`, "not known"},
		"a plain section":                {`{{#name}}x{{/name}}`, "not known"},
		"an inverted section":            {`{{^name}}x{{/name}}`, "no name"},
		"a comment":                      {`{{!name}}`, "no name"},
		"a partial":                      {`{{>name}}`, "no name"},
		"too few arguments":              {`{{#equals name}}x{{/equals}}`, "1 arguments"},
		"too many arguments":             {`{{#if name other}}x{{/if}}`, "2 arguments"},
		"an open block":                  {`{{#if name}}x`, "not closed"},
		"a block closed as another":      {`{{#if name}}x{{/equals}}`, "not closed"},
		"a close too many":               {`x{{/if}}`, "closes nothing"},
		"an else too many":               {`{{#if name}}x{{else}}y{{else}}z{{/if}}`, "not closed"},
		"an else alone":                  {`{{else}}`, "closes nothing"},
		"text in uriDataEncode":          {`{{#uriDataEncode name}}x{{/uriDataEncode}}`, "text inside"},
		"a block with three braces":      {`{{{#if name}}}x{{/if}}`, "three braces"},
		"a quote too many":               {`{{#equals 'it's' name}}x{{/equals}}`, "quote"},
		"if over false":                  {`{{#if flag}}x{{/if}}`, "not known"},
		"nested without end":             {strings.Repeat("{{#if name}}", 60) + strings.Repeat("{{/if}}", 60), "too deep"},
		"a name with strange characters": {`{{#if a$b}}x{{/if}}`, "no name"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, options := range AllOptions() {
				_, err := templateScope(options, map[string]string{"name": "x", "flag": "False"}).fill(t.Context(), test.text)
				require.ErrorContains(t, err, test.want, options)
			}
		})
	}
}

func TestTextThatInsertsItselfEnds(t *testing.T) {
	for _, options := range AllOptions() {
		s := templateScope(options, map[string]string{"a": "$(a)$(a){{{a}}}"})
		got, err := s.fill(t.Context(), "$(a){{{a}}}")
		require.NoError(t, err)
		assert.Contains(t, got, "$(a)")
	}
}

func TestAddresses(t *testing.T) {
	for name, test := range map[string]struct{ address, want string }{
		"as it is":                            {"https://management.azure.com/subscriptions/a?api-version=1&$filter=x", "https://management.azure.com/subscriptions/a?api-version=1&$filter=x"},
		"the host in lower case":              {" HTTPS://Management.Azure.com/A ", "https://management.azure.com/A"},
		"without a path":                      {"https://h", "https://h/"},
		"dot segments":                        {"https://h/subscriptions/a/../../other/./x", "https://h/other/x"},
		"dots at the end":                     {"https://h/a/b/..", "https://h/a/"},
		"above the top":                       {"https://h/../../a", "https://h/a"},
		"dots that are escaped":               {"https://h/a/%2E%2e/b/.%2e/c", "https://h/c"},
		"slashes that are escaped stay":       {"https://h/a/..%2f..%2Fb", "https://h/a/..%2F..%2Fb"},
		"backslashes":                         {`https://h\a\..\b`, "https://h/b"},
		"dots in the query stay":              {"https://h/a?x=/../y", "https://h/a?x=/../y"},
		"a fragment is not sent":              {"https://h/a#?api-version=1", "https://h/a"},
		"spaces and other scripts":            {`https://h/a b?c=d "ü<`, "https://h/a%20b?c=d%20%22%C3%BC%3C"},
		"a percent sign that escapes nothing": {"https://h/100%/%zz?%", "https://h/100%25/%25zz?%25"},
		"escapes of letters are undone":       {"https://h/%41%7e?%41", "https://h/A~?A"},
		"line breaks":                         {"https://h/a\r\nb", "https://h/a%0D%0Ab"},
		"a user":                              {"https://management.azure.com@evil.example/a", "https://evil.example/a"},
		"empty segments":                      {"https://h//a//", "https://h//a//"},
		"a second question mark":              {"https://h/a?b?c", "https://h/a?b?c"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := normalize(test.address)
			require.NoError(t, err)
			assert.Equal(t, test.want, got.String())
		})
	}
	for name, address := range map[string]string{
		"plain http":              "http://h/a",
		"no scheme":               "h/a",
		"a placeholder":           "$(endpoint.url)subscriptions",
		"no host":                 "https:///a",
		"an escape in the host":   "https://h%2fa/b",
		"a space in the host":     "https://a b/c",
		"a port that is none":     "https://h:x/c",
		"a user, and nobody else": "https://a@/c",
		"nothing":                 "",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := normalize(address)
			require.Error(t, err)
		})
	}
}
