package diagnosis

import (
	"strings"
	"testing"

	"armpreflight/internal/catalogue/facts"

	"github.com/stretchr/testify/assert"
)

// TestALinkToThePortalIsForItsCloud: the portals of the other clouds have other addresses.
func TestALinkToThePortalIsForItsCloud(t *testing.T) {
	for cloud, links := range map[string]bool{"AzureCloud": true, "AzureUSGovernment": false, "AzureChinaCloud": false, "": false} {
		s := Situation{Scheme: "key", TenantID: "11111111-2222-3333-4444-555555555555", Scope: "/subscriptions/5", Cloud: cloud}
		lock := facts.ReadOnlyLock{Lock: "keep", Scope: "/subscriptions/5"}
		for _, d := range []Diagnosis{Explain("AuthorizationFailed", s, nil, nil), Explain("read-only-lock", s, lock, nil)} {
			assert.Equal(t, links, strings.Contains(strings.Join(d.Steps, "\n"), "portal.azure.com/#@"), "%s: %s", cloud, d.Steps)
		}
	}
}
