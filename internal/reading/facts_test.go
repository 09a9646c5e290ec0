package reading

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
		for _, fact := range factsIn(text) {
			assert.NotContains(t, fact.Value, token, "%s: %s", name, fact.Name)
		}
	}
}

func TestTheLinkedResourceIsTheScopeOfARefusedAction(t *testing.T) {
	facts := factsIn("has permission to perform action 'Microsoft.Web/sites/write' on scope '/subscriptions/s/app'; however, it does not have permission to perform action 'join/action' on the linked scope(s) '/subscriptions/s/network'")
	assert.Equal(t, "join/action", facts.Get("action"))
	assert.Equal(t, "/subscriptions/s/network", facts.Get("scope"))
}

func TestTheScopeOfARefusedRoleAssignmentIsWhatItIsFor(t *testing.T) {
	facts := factsIn("does not have permission to perform action 'Microsoft.Authorization/roleAssignments/write' at scope '/subscriptions/s/resourceGroups/g/providers/Microsoft.Authorization/roleAssignments/n'")
	assert.Equal(t, "/subscriptions/s/resourceGroups/g", facts.Get("scope"))
}
