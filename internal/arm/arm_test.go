package arm

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	subscription = "/subscriptions/9f1c2d3e-4b5a-6978-8796-a5b4c3d2e1f0"
	group        = subscription + "/resourceGroups/rg-app"
	site         = group + "/providers/Microsoft.Web/sites/app"
	management   = "/providers/Microsoft.Management/managementGroups/mg"
)

func TestAGUIDIsReadInEitherCase(t *testing.T) {
	g, ok := ParseGUID("9F1C2d3e-4b5a-6978-8796-a5b4c3d2e1f0")
	require.True(t, ok)
	assert.Equal(t, "9f1c2d3e-4b5a-6978-8796-a5b4c3d2e1f0", g.String())
	assert.False(t, g.IsZero())
	assert.Equal(t, [16]byte{0x3e, 0x2d, 0x1c, 0x9f, 0x5a, 0x4b, 0x78, 0x69, 0x87, 0x96, 0xa5, 0xb4, 0xc3, 0xd2, 0xe1, 0xf0}, g.Mixed())

	none, ok := ParseGUID("00000000-0000-0000-0000-000000000000")
	assert.True(t, ok)
	assert.True(t, none.IsZero())
}

func TestWhatIsNoGUID(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":             "",
		"without hyphens":     "9f1c2d3e4b5a69788796a5b4c3d2e1f0",
		"in braces":           "{9f1c2d3e-4b5a-6978-8796-a5b4c3d2e1f0}",
		"too short":           "9f1c2d3e-4b5a-6978-8796-a5b4c3d2e1f",
		"too long":            "9f1c2d3e-4b5a-6978-8796-a5b4c3d2e1f00",
		"a space at its end":  "9f1c2d3e-4b5a-6978-8796-a5b4c3d2e1f0 ",
		"another letter":      "9f1c2d3e-4b5a-6978-8796-a5b4c3d2e1fg",
		"a hyphen elsewhere":  "9f1c2d3e-4b5a-6978-879-6a5b4c3d2e1f0",
		"a hyphen for a zero": "9f1c2d3e-4b5a-6978-8796-a5b4c3d2e1f-",
		"letters of 2 bytes":  "9f1c2d3e-4b5a-6978-8796-a5b4c3d2eéé",
	} {
		assert.False(t, IsGUID(text), name)
	}
}

func TestAnIDIsTakenApart(t *testing.T) {
	for name, tc := range map[string]struct {
		text  string
		want  ID
		level Level
	}{
		"the tenant":             {text: "", level: Tenant},
		"the tenant as a slash":  {text: "/", level: Tenant},
		"a management group":     {text: management, want: ID{ManagementGroup: "mg", Resource: "Microsoft.Management/managementGroups/mg"}, level: ManagementGroup},
		"a subscription":         {text: subscription + "/", want: ID{Subscription: "9f1c2d3e-4b5a-6978-8796-a5b4c3d2e1f0"}, level: Subscription},
		"a subscription by name": {text: "/subscriptions/s", want: ID{Subscription: "s"}, level: Subscription},
		"a resource group":       {text: "/subscriptions/s/resourcegroups/G", want: ID{Subscription: "s", ResourceGroup: "G"}, level: ResourceGroup},
		"a resource":             {text: "/Subscriptions/s/ResourceGroups/g/Providers/Microsoft.Web/sites/a", want: ID{Subscription: "s", ResourceGroup: "g", Resource: "Microsoft.Web/sites/a", inside: true}, level: Inside},
		"a role":                 {text: "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/r", want: ID{Subscription: "s", Resource: "Microsoft.Authorization/roleDefinitions/r", inside: true}, level: Inside},
		"of a resource":          {text: "/subscriptions/s/providers/A.B/c/d/providers/E.F/g/h", want: ID{Subscription: "s", Resource: "A.B/c/d/providers/E.F/g/h", inside: true}, level: Inside},
		"a role of the tenant":   {text: "/providers/Microsoft.Authorization/roleDefinitions/r", want: ID{Resource: "Microsoft.Authorization/roleDefinitions/r", inside: true}, level: Inside},
		"of a management group":  {text: management + "/providers/A.B/c/d", want: ID{ManagementGroup: "mg", Resource: "Microsoft.Management/managementGroups/mg/providers/A.B/c/d", inside: true}, level: Inside},
		"a word":                 {text: "/subscriptions", want: ID{inside: true}, level: Inside},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := ParseID(tc.text)
			require.True(t, ok)
			assert.Equal(t, tc.level, got.Level())
			assert.Equal(t, strings.TrimSuffix(tc.text, "/"), got.ID())
			got.text = ""
			assert.Equal(t, tc.want, got)
		})
	}
	for name, text := range map[string]string{
		"not from the root": "subscriptions/s", "an empty part": "/subscriptions//resourceGroups/g", "a way up": "/subscriptions/../x",
		"a dot": "/subscriptions/./x", "two slashes": "//", "an address": "https://management.azure.com/subscriptions/s",
	} {
		id, ok := ParseID(text)
		assert.False(t, ok, name)
		assert.Zero(t, id, name)
	}
}

func TestAPathIsEscaped(t *testing.T) {
	id, ok := ParseID("/subscriptions/s/resourceGroups/a b?c#d%2Fe")
	require.True(t, ok)
	assert.Equal(t, "/subscriptions/s/resourceGroups/a%20b%3Fc%23d%252Fe", id.Path())
	assert.Empty(t, ID{}.Path())
}

func TestWithinIsByWholeParts(t *testing.T) {
	for name, tc := range map[string]struct {
		id, scope string
		want      bool
	}{
		"the same":                     {id: group, scope: group, want: true},
		"in another case":              {id: strings.ToUpper(group), scope: group + "/", want: true},
		"something in it":              {id: site, scope: group, want: true},
		"something around it":          {id: group, scope: site, want: false},
		"a name that begins alike":     {id: group + "2", scope: group, want: false},
		"everything is in the tenant":  {id: site, scope: "/", want: true},
		"the tenant is in nothing":     {id: "", scope: group, want: false},
		"a group of subscriptions":     {id: subscription, scope: management, want: false},
		"a letter that only folds":     {id: "/subscriptions/\u212a", scope: "/subscriptions/k", want: false},
		"a path that could lead aside": {id: group + "/../x", scope: group, want: false},
	} {
		assert.Equal(t, tc.want, Within(tc.id, tc.scope), name)
	}
}

func TestAScopeThatSomebodyTypedIsOneOrNone(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want bool
	}{
		"a subscription":                     {text: subscription, want: true},
		"a resource group":                   {text: group, want: true},
		"a resource":                         {text: site, want: true},
		"a resource of a resource":           {text: site + "/slots/blue", want: true},
		"a management group":                 {text: management, want: true},
		"something of a management group":    {text: management + "/providers/A.B/c/d", want: true},
		"something of a subscription":        {text: subscription + "/providers/A.B/c/d", want: true},
		"a name for an id":                   {text: "/subscriptions/prod", want: false},
		"a word behind a subscription":       {text: subscription + "/resourceGroups", want: false},
		"half a pair":                        {text: site + "/slots", want: false},
		"a provider alone":                   {text: group + "/providers/Microsoft.Web", want: false},
		"a provider without a dot":           {text: group + "/providers/Web/sites/app", want: false},
		"another word for providers":         {text: group + "/provider/A.B/c/d", want: false},
		"the tenant's providers":             {text: "/providers/A.B/c/d", want: false},
		"a management group without a name":  {text: "/providers/Microsoft.Management/managementGroups", want: false},
		"a management group in another case": {text: strings.ToLower(management), want: true},
	} {
		t.Run(name, func(t *testing.T) {
			parts, err := Split(tc.text)
			require.NoError(t, err)
			id, ok := ScopeOf(parts)
			assert.Equal(t, tc.want, ok)
			if ok {
				assert.Equal(t, tc.text, id.ID())
			}
		})
	}
}

func TestSplitSaysWhatIsWrongWithAPart(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "the scope has an empty part",
		"a//b":                          "the scope has an empty part",
		"a/../b":                        `the scope has the part ".."`,
		"a/\xff":                        "the scope isn't UTF-8",
		"a/" + strings.Repeat("b", 261): "a part of the scope is longer than 260 bytes",
		"a/ b":                          `the scope has a space before or after "b"`,
		"a?b":                           `the scope has the character '?'`,
		"a\x00b":                        `the scope has the character '\x00'`,
	} {
		_, err := Split(text)
		assert.EqualError(t, err, want, "%q", text)
	}
}

func FuzzParseGUID(f *testing.F) {
	for _, seed := range []string{"", "9F1C2d3e-4b5a-6978-8796-a5b4c3d2e1f0", "00000000-0000-0000-0000-000000000000", "9f1c2d3e-4b5a-6978-8796-a5b4c3d2eéé"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, ok := ParseGUID(text)
		if !ok {
			require.True(t, g.IsZero())
			return
		}
		require.Equal(t, strings.ToLower(text), g.String())
		again, ok := ParseGUID(g.String())
		require.True(t, ok)
		require.Equal(t, g, again)
	})
}

func FuzzParseID(f *testing.F) {
	for _, seed := range []string{"", "/", subscription, group, site, management, management + "/providers/A.B/c/d", "/a/../b", "//", "/\xff/providers/x", "/subscriptions/\u212a/resourceGroups/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, ok := ParseID(text)
		if !ok {
			require.Zero(t, id)
			return
		}
		require.Equal(t, strings.TrimSuffix(text, "/"), id.ID())
		require.True(t, id.Within(id))
		require.True(t, id.Within(ID{}))
		for _, name := range []string{id.ManagementGroup, id.Subscription, id.ResourceGroup, id.Resource} {
			require.Contains(t, text, name)
		}
		require.False(t, id.ResourceGroup != "" && id.Subscription == "")
		require.False(t, id.ManagementGroup != "" && id.Subscription != "")
		path, err := url.PathUnescape(id.Path())
		require.NoError(t, err)
		require.Equal(t, id.ID(), path)
		if !utf8.ValidString(text) {
			return
		}
		parts, err := Split(text)
		if err != nil {
			return
		}
		if scope, ok := ScopeOf(parts); ok {
			require.True(t, scope.Subscription != "" || scope.ManagementGroup != "")
			require.NotContains(t, scope.ID(), "//")
		}
	})
}
