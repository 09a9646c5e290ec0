package deployment

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// actionsOf gives the actions of the needs as "action", or "action @ scope" if the scope isn't the resource group of deriveOne. It
// leaves out starting the deployment.
func actionsOf(n *Needs, certainty Certainty) []string {
	lines := []string{}
	for _, a := range n.Actions {
		if a.Certainty != certainty || slices.Contains(deployActions, a.Action) || a.Action == "Microsoft.Resources/subscriptions/resourceGroups/read" {
			continue
		}
		line := a.Action
		if a.Scope != ownSub+"/resourceGroups/rg-app" {
			line += " @ " + strings.TrimPrefix(a.Scope, ownSub)
		}
		lines = append(lines, line)
	}
	return lines
}

func unknowns(n *Needs) []string {
	all := []string{}
	for _, u := range n.Unknown {
		all = append(all, u.What)
	}
	return all
}

func TestHowATypeIsWrittenDoesNotChangeTheNeeds(t *testing.T) {
	workflow := func(children string) string {
		return `{"type":"Microsoft.Logic/workflows","name":"flow","resources":[` + children + `]}`
	}
	app := func(children string) string {
		return `{"type":"Microsoft.Web/sites","name":"shop","resources":[` + children + `]}`
	}
	wantWorkflow := []string{
		"Microsoft.Insights/diagnosticSettings/read", "Microsoft.Insights/diagnosticSettings/write",
		"Microsoft.Logic/workflows/read", "Microsoft.Logic/workflows/write",
	}
	wantApp := []string{
		"Microsoft.Web/sites/config/read", "Microsoft.Web/sites/config/write", "Microsoft.Web/sites/read", "Microsoft.Web/sites/write",
	}
	wantSlot := []string{
		"Microsoft.Web/sites/read", "Microsoft.Web/sites/slots/config/read", "Microsoft.Web/sites/slots/config/write",
		"Microsoft.Web/sites/slots/read", "Microsoft.Web/sites/slots/write", "Microsoft.Web/sites/write",
	}
	for name, test := range map[string]struct {
		resources string
		want      []string
	}{
		"a child has its own type and name": {
			resources: app(`{"type":"config","name":"web"}`), want: wantApp,
		},
		"a child has its full type and name": {
			resources: app(`{"type":"Microsoft.Web/sites/config","name":"shop/web"}`), want: wantApp,
		},
		"the child of a child in full has its own type": {
			resources: app(`{"type":"Microsoft.Web/sites/slots","name":"shop/test","resources":[{"type":"config","name":"web"}]}`), want: wantSlot,
		},
		"an extension has its own type": {
			resources: workflow(`{"type":"providers/diagnosticSettings","name":"Microsoft.Insights/logs"}`), want: wantWorkflow,
		},
		"an extension has its full type": {
			resources: workflow(`{"type":"Microsoft.Logic/workflows/providers/diagnosticSettings","name":"flow/Microsoft.Insights/logs"}`), want: wantWorkflow,
		},
		"a slash follows the type": {
			resources: `{"type":"Microsoft.Web/sites/","name":"shop"},{"type":"Microsoft.Web/sites/config/","name":"shop/web"}`, want: wantApp,
		},
		"a slash follows the types of parent and child": {
			resources: `{"type":"Microsoft.Web/sites/","name":"shop","resources":[{"type":"config/","name":"web"}]}`, want: wantApp,
		},
		"a slash follows the type in resourceId()": {
			resources: app(`{"type":"config","name":"web","properties":{"a":"[reference(resourceId('Microsoft.Web/sites/', 'shop'), '2023-12-01').id]"}}`),
			want:      wantApp,
		},
		"a slash follows an ID": {
			resources: app(`{"type":"config","name":"web","properties":{"a":"[reference(concat(resourceId('Microsoft.Web/sites', 'shop'), '/'), '2023-12-01').id]"}}`),
			want:      wantApp,
		},
	} {
		needs, err := deriveOne(template(test.resources))
		require.NoError(t, err, name)
		assert.Equal(t, test.want, actionsOf(needs, Certain), name)
		assert.Empty(t, actionsOf(needs, Likely), name)
		assert.Empty(t, unknowns(needs), name)
	}
}

func TestAnExtensionOfAnUnknownProviderHasNoAction(t *testing.T) {
	needs, err := deriveOne(template(`{"type":"Microsoft.Logic/workflows/providers/diagnosticSettings","name":"[parameters('name')]"}`,
		`,"parameters":{"name":{"type":"string"}}`))
	require.NoError(t, err)
	assert.Empty(t, actionsOf(needs, Certain))
	assert.Empty(t, actionsOf(needs, Likely))
	assert.Empty(t, needs.Providers)
	assert.Equal(t, []string{"couldn't determine the type of a resource"}, unknowns(needs))
}
