package endtoend

import (
	"strings"
	"testing"

	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
)

func TestGraphIsAskedOnlyWhereSomethingMayComeOfIt(t *testing.T) {
	for name, tc := range map[string]struct{ tokens, reads int }{
		"healthy":                 {1, 0}, // without a role in the token there is nothing to ask
		"healthy-expiry-by-graph": {1, 1},
		"healthy-expiry-given":    {0, 0},
		"expiry-not-asked":        {0, 0},
		"healthy-certificate":     {0, 0},
		"healthy-federation":      {0, 0},
		"healthy-azure-stack":     {0, 0},
		"more-connections":        {1, 0}, // not for the others
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stage := set(t, name)
			stage.play(t.Context())
			tokens, reads := 0, 0
			for _, r := range stage.cloud.Requests() {
				if strings.Contains(r.Scope, "graph.") {
					tokens++
				}
				if r.Host == "graph.microsoft.com" {
					reads++
				}
			}
			assert.Equal(t, tc.tokens, tokens, "token requests for Graph")
			assert.Equal(t, tc.reads, reads, "reads of Graph")
		})
	}
}

func TestManyProvidersCostFewRequests(t *testing.T) {
	t.Parallel()
	stage := set(t, "many-providers")
	stage.play(t.Context())
	asked := 0
	for _, r := range stage.cloud.Requests() {
		if strings.Contains(strings.ToLower(r.Path), "/providers") && strings.HasPrefix(r.Path, "/subscriptions/"+cloud.ContosoSubscriptionID+"/providers") &&
			!strings.Contains(r.Path, "Microsoft.Authorization") {
			asked++
		}
	}
	assert.LessOrEqual(t, asked, 5, "one list, page by page")
	assert.Positive(t, asked)
}
