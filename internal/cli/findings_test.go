package cli

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
)

// found are the codes of what the checks found, as "check: code", as a reader of
// the log sees them.
func (p played) found() []string {
	var all []string
	check := ""
	for line := range strings.Lines(p.log) {
		if m := resultLine.FindStringSubmatch(line); m != nil {
			check = m[1]
		}
		if m := codeLine.FindStringSubmatch(line); m != nil {
			all = append(all, check+": "+m[1])
		}
	}
	return all
}

var (
	resultLine = regexp.MustCompile(`^  (?:pass|WARN|FAIL|\?\?\?\?) +(?:\d+ m?s +)?([a-z-]+)\s`)
	codeLine   = regexp.MustCompile(`^          code   (\S+)`)
)

// TestFindingsThatNoScenarioShows is about what is too rare for a scenario of its
// own. The list of what scenarios show is held in package endtoend, which names
// this test for these.
func TestFindingsThatNoScenarioShows(t *testing.T) {
	const other = "44444444-97f2-4c35-a0b9-d1e6f7a82c43"
	input := func(name, value string) func(*bubble) {
		return func(b *bubble) { b.Step.Inputs[name] = value }
	}
	answers := func(path string, status int, body string) func(*bubble) {
		return func(b *bubble) {
			b.answer = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, path) {
					return false
				}
				w.Header().Set("Content-Type", jsonType)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
				return true
			}
		}
	}
	for name, tt := range map[string]struct {
		scenario string
		prepare  func(*bubble)
	}{
		"inputs: variable-unresolved":          {"healthy", input("timeoutSeconds", "$(budget)")},
		"subscription-variable: input-invalid": {"healthy", input("subscriptionVariable", cloud.ContosoSubscriptionID)},
		"subscription-variable: variable-unresolved": {"healthy", func(b *bubble) {
			b.Variable("target", "$(chosen)", false)
			b.Step.Inputs["subscriptionVariable"] = "target"
		}},
		"required-variables: input-invalid":          {"healthy", input("requiredVariables", "$(appName)")},
		"connection-input: input-invalid":            {"healthy", input("connectedServiceNameARM", "")},
		"federated-token: connection-not-found":      {"healthy-federation", answers("/oidctoken", 404, `{"$id":"1","message":"No service connection found with identifier `+cloud.ContosoFederationConnectionID+`.","typeKey":"ServiceEndpointNotFoundException"}`)},
		"federated-token: oidc-unavailable":          {"healthy-federation", answers("/oidctoken", 200, `{"oidcToken":null}`)},
		"access-token: tenant-mismatch":              {"healthy", answers("/oauth2/v2.0/token", 200, tokenFor(other, cloud.ContosoClientID))},
		"access-token: identity-mismatch":            {"healthy", answers("/oauth2/v2.0/token", 200, tokenFor(cloud.ContosoTenantID, other))},
		"access-token: identity-not-found":           {"healthy-managed-identity", answers("/metadata/identity/oauth2/token", 400, `{"error":"invalid_request","error_description":"Identity not found"}`)},
		"access-token: managed-identity-unavailable": {"healthy-managed-identity", answers("/metadata/identity/oauth2/token", 404, `{"error":"Not Found"}`)},
		"access-token: managed-identity-busy":        {"healthy-managed-identity", answers("/metadata/identity/oauth2/token", 500, "pod list is empty")},
		"deployment: variable-unresolved":            {"healthy-deployment", input("deployment", "$(artifact)/main.json")},
		"resource-groups: input-invalid":             {"healthy-management-group", input("resourceGroups", "rg-app")},
		"resource-providers: input-invalid":          {"healthy-management-group", input("requiredProviders", "Microsoft.Web")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := play(t, tt.scenario, tt.prepare)
			assert.Contains(t, got.found(), name, got.visible())
		})
	}
}

// tokenFor is an answer with an access token that says that it is for someone.
// Nothing here checks its signature: that is for who gets it.
func tokenFor(tenant, client string) string {
	encode := base64.RawURLEncoding.EncodeToString
	token := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(fmt.Appendf(nil,
		`{"aud":"https://management.azure.com/","tid":%q,"appid":%q,"oid":%q}`, tenant, client, cloud.ContosoPrincipalID)) + "." + encode(make([]byte, 64))
	return `{"token_type":"Bearer","expires_in":3599,"access_token":"` + token + `"}`
}
