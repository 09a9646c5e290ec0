package gate

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever is in a template, filling it in ends without a crash, and text without placeholders stays.
func FuzzFillTemplate(f *testing.F) {
	f.Add(monitorURL, "resource")
	f.Add("{{#if a}}{{else}}{{/if}}", "$(a){{a}}")
	f.Add("{{{uriDataEncode 'x'}}}$(a)$($(a))", "{{#equals a 'b' 1}}c{{/equals}}")
	f.Fuzz(func(t *testing.T, text, value string) {
		for _, options := range AllOptions() {
			s := templateScope(options, map[string]string{"a": value, "filterType": value})
			_, _ = s.fill(t.Context(), text)
		}
		if nodes, err := parseTemplate(text); err == nil && len(nodes) == 1 && nodes[0].helper == "" && nodes[0].args == nil {
			require.Equal(t, text, nodes[0].text)
		}
	})
}

// Whatever is in an expression or in a body, evaluating it ends without a crash.
func FuzzEvaluateExpression(f *testing.F) {
	f.Add(policyRule, badIDs)
	f.Add(`and(eq(count(jsonpath('Items[?(@.price<50)]')), 1), eq(count(jsonpath('Items[?(@.price>60)]')), 2))`, shop)
	f.Add(`gt(count(jsonpath('$.value[*].actions[?(@ == ''*'')]')), 0)`, rights)
	f.Add(`eq(jsonpath('$..[?(@.a && @.b != null)]')[0]['a'], -1.5)`, `{"a":[{"a":null}]}`)
	f.Fuzz(func(t *testing.T, expression, body string) {
		_, _ = scopeOf(map[string]string{"a": "b"}, nil).evaluate(expression, answered(body))
	})
}

// Whatever comes as an address is refused, or is its own normal form.
func FuzzNormalizeAddress(f *testing.F) {
	f.Add("https://h/a/%2E%2e/b/../c?x=/../y#z")
	f.Add(`https://a@h\..\%zz? `)
	f.Fuzz(func(t *testing.T, address string) {
		once, err := normalize(address)
		if err != nil {
			return
		}
		require.NotContains(t, once.EscapedPath()+"/", "/../")
		twice, err := normalize(once.String())
		require.NoError(t, err)
		require.Equal(t, once.String(), twice.String())
	})
}
