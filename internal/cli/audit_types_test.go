package cli

import (
	"maps"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/audit"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFederatedConnectionsOfEveryTypeAreListed by default, with what the audit doesn't check of them. Those of other types without
// federation aren't.
func TestFederatedConnectionsOfEveryTypeAreListed(t *testing.T) {
	sameCodeAsOthers(t)
	const retires = "issuer-retiring"
	for _, kind := range []string{"dockerregistry", "azureDevOps", "contoso-extension-endpoint"} {
		for name, tc := range map[string]struct {
			change func(*cloud.Connection)
			codes  []string
			dates  int
			unseen []audit.Unseen
			absent bool
		}{
			"the Azure DevOps issuer": {change: func(*cloud.Connection) {}, codes: []string{retires}, dates: 1},
			"in another letter case":  {change: func(c *cloud.Connection) { c.Scheme = "workloadidentityfederation" }, codes: []string{retires}, dates: 1},
			"a sovereign cloud":       {change: func(c *cloud.Connection) { c.Data["environment"] = "AzureUSGovernment" }},
			"an issuer that the record doesn't have": {change: func(c *cloud.Connection) {
				delete(c.Parameters, "workloadIdentityFederationIssuer")
				delete(c.Parameters, "workloadIdentityFederationSubject")
			}, unseen: []audit.Unseen{{What: "whether its issuer retires on July 1, 2027", Why: "the record has no issuer"}}},
			"a password": {change: func(c *cloud.Connection) {
				c.Scheme, c.Parameters = "UsernamePassword", map[string]string{"username": "contoso"}
			}, absent: true},
		} {
			t.Run(kind+", "+name, func(t *testing.T) {
				a := auditOf(t, "issuer-retiring", func(r *scenario.Run) {
					connections := r.World.Organizations[0].Projects[0].Connections
					for i := range connections {
						if c := &connections[i]; c.ID == cloud.ContosoFederationConnectionID {
							c.Uses = []cloud.Use{{Finished: time.Now().Add(-time.Hour), Result: "succeeded"}}
							c.Type, c.Data, c.Parameters = kind, map[string]string{}, maps.Clone(c.Parameters)
							tc.change(c)
						}
					}
				}, "--format", "json").run(t)
				var found []audit.Connection
				for _, c := range a.document(t).Connections {
					if c.ID == cloud.ContosoFederationConnectionID {
						found = append(found, c)
					}
				}
				if tc.absent {
					assert.Empty(t, found)
					return
				}
				require.Len(t, found, 1)
				f, err := a.document(t).Forecast(365)
				require.NoError(t, err)
				assert.NotContains(t, f.WorkItems().Close, "armpreflight-"+strings.ToLower(found[0].ID), "it might stop")
				c := found[0]
				assert.Equal(t, kind, c.Type)
				var codes []string
				for _, f := range c.Findings {
					if string(f.Code) == retires {
						codes = append(codes, string(f.Code))
					}
				}
				assert.Equal(t, tc.codes, codes)
				dates := 0
				for _, d := range c.Dates {
					if d.Kind == audit.IssuerRetires {
						dates++
					}
				}
				assert.Equal(t, tc.dates, dates)
				assert.Contains(t, c.Unseen, audit.Unseen{What: "settings other than federation and use", Why: "the audit doesn't check them for connections of type " + kind})
				for _, u := range tc.unseen {
					assert.Contains(t, c.Unseen, u)
				}
			})
		}
	}
}
