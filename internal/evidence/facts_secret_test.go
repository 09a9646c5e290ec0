package evidence

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAValueThatMayBeASecretIsNoFact(t *testing.T) {
	token := strings.Repeat("a1B2c3D4", 7) // of the form of a personal access token
	for name, text := range map[string]string{
		"as the name of a connection": "Step AzureCLI input azureSubscription references service connection " + token + " which could not be found",
		"as the name of a step":       "Job deploy: Step " + token + " input azureSubscription",
		"as a resource":               "Resource '" + token + "' was disallowed by policy. Reasons: '" + token + "'",
		"in an audience":              "AADSTS700212: assertion audience 'api://" + token + "'",
		"in a field of a form":        "Current time: x; client_secret=" + token + "&scope",
		"in a header":                 "https://contoso.example/ Authorization: Bearer " + token,
	} {
		for _, fact := range FactsIn(text) {
			assert.NotContains(t, fact.Value, token, "%s: %s", name, fact.Name)
		}
	}
}
