package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const header = "# Azure's built-in roles, 2026-11-23\n# Source: here\n# Written by tools/roles: name, id, actions, notActions, dataActions, notDataActions\n"

func TestAListBecomesATable(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"the output of az": {
			`[{"name":"B-ID","roleName":"B","roleType":"BuiltInRole","permissions":[{"actions":["b/read","a/read","B/READ"],"notActions":["c"],"dataActions":[],"notDataActions":[],"condition":null}]},
			  {"name":"a-id","roleName":"A","roleType":"BuiltInRole","permissions":[{"actions":[],"dataActions":["d"]}]}]`,
			header + "A\ta-id\t\t\td\nB\tb-id\ta/read b/read\tc\n",
		},
		"an answer of ARM": {
			`{"value":[{"name":"o-id","properties":{"roleName":"Owner","type":"BuiltInRole","permissions":[{"actions":["*"]}]}}]}`,
			header + "Owner\to-id\t*\n",
		},
		"a row for each permission": {
			`[{"name":"i","roleName":"N","roleType":"BuiltInRole","permissions":[{"actions":["a"]},{"actions":["b"]}]}]`,
			header + "N\ti\ta\nN\ti\tb\n",
		},
		"no custom role and none with a condition": {
			`[{"name":"i","roleName":"N","roleType":"BuiltInRole","permissions":[{"actions":["a"]}]},
			  {"name":"j","roleName":"C","roleType":"CustomRole","permissions":[{"actions":["a"]}]},
			  {"name":"k","roleName":"D","roleType":"BuiltInRole","permissions":[{"actions":["a"],"condition":"x"}]}]`,
			header + "N\ti\ta\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			require.NoError(t, convert(strings.NewReader(test.in), &out, "2026-11-23", "here"))
			assert.Equal(t, test.want, out.String())
		})
	}
}

func TestWhatIsNoListIsRefused(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":                   "",
		"an empty list":             "[]",
		"another document":          `{"error":{}}`,
		"a role without a right":    `[{"name":"i","roleName":"N","roleType":"BuiltInRole","permissions":[{}]}]`,
		"a name that breaks a row":  `[{"name":"i","roleName":"N\tM","roleType":"BuiltInRole","permissions":[{"actions":["a"]}]}]`,
		"a right that breaks a row": `[{"name":"i","roleName":"N","roleType":"BuiltInRole","permissions":[{"actions":["a\nb"]}]}]`,
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			require.Error(t, convert(strings.NewReader(in), &out, "2026-11-23", "here"))
			assert.Empty(t, out.String())
		})
	}
	require.Error(t, convert(strings.NewReader("[]"), &strings.Builder{}, "", ""))
}
