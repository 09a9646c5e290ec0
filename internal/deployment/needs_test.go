package deployment

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAScopeIsWrittenInOneWay(t *testing.T) {
	at := func(scope, kind string) string {
		return `{"type":"Microsoft.Resources/deployments","name":"n","resourceGroup":"` + scope + `","properties":{"template":` + template(`{"type":"`+kind+`","name":"a"}`) + `}}`
	}
	assigned := func(name, group string) string {
		return `{"type":"Microsoft.Authorization/` + name + `","name":"n","scope":"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-app/providers/Contoso.Web/` + group + `"}`
	}
	for name, test := range map[string]struct {
		names []string
		files []string
	}{
		"in one file": {
			names: []string{"a.json"},
			files: []string{"a.json", template(at("RG-Data", "Contoso.Web/sites") + "," + at("rg-data", "Contoso.Web/plans") + "," + at("rg-DATA", "Contoso.Api/sites") + "," +
				assigned("locks", "sites/One") + "," + assigned("roleAssignments", "sites/one"))},
		},
		"in two files": {
			names: []string{"a.json", "b.json"},
			files: []string{"a.json", template(at("RG-Data", "Contoso.Web/sites")), "b.json", template(at("rg-data", "Contoso.Api/plans"))},
		},
	} {
		needs, err := Derive(files(test.files...), test.names, Options{Scope: ownSub + "/resourceGroups/rg-app"})
		require.NoError(t, err, name)
		spelling := map[string]string{}
		for _, a := range needs.Actions {
			if before, ok := spelling[strings.ToLower(a.Scope)]; ok {
				assert.Equal(t, before, a.Scope, name)
			}
			spelling[strings.ToLower(a.Scope)] = a.Scope
		}
		for _, g := range needs.ResourceGroups {
			assert.Equal(t, g.ID, spelling[strings.ToLower(g.ID)], name)
		}
	}
}
