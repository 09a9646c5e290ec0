package diagnosis

import (
	"strings"
	"testing"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"

	"github.com/stretchr/testify/assert"
)

// TestALinkToThePortalIsForItsCloud: the portals of the other clouds have other addresses.
func TestALinkToThePortalIsForItsCloud(t *testing.T) {
	for cloud, links := range map[string]bool{"AzureCloud": true, "AzureUSGovernment": false, "AzureChinaCloud": false, "": false} {
		for _, scheme := range []Scheme{"key", "managed-identity"} {
			s := Situation{Scheme: scheme, TenantID: "11111111-2222-3333-4444-555555555555", Scope: "/subscriptions/5", Cloud: cloud}
			lock := facts.ReadOnlyLock{Lock: "keep", Scope: "/subscriptions/5"}
			for _, d := range []Diagnosis{Explain("AuthorizationFailed", s, nil, nil), Explain("read-only-lock", s, lock, nil)} {
				assert.Equal(t, links, strings.Contains(strings.Join(d.Steps, "\n"), "portal.azure.com/#@"), "%s, %s: %s", cloud, scheme, d.Steps)
			}
		}
	}
	for _, e := range catalogue.All() {
		for _, d := range []Diagnosis{Explain(e.Code, Situation{}, nil, nil), Explain(e.Code, Situation{Cloud: "AzureUSGovernment", Person: "kim@contoso.com"}, nil, nil)} {
			assert.NotContains(t, strings.Join(d.Steps, "\n"), "https://portal.azure.com", e.Code)
		}
	}
}
