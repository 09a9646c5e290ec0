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

func TestAFactIsOfTheFormOfWhatItNames(t *testing.T) {
	for name, tc := range map[string]struct{ text, fact, want string }{
		"an address":                              {text: "Client with IP address '20.1.2.3' is not allowed", fact: "client address", want: "20.1.2.3"},
		"an address whose end is masked":          {text: "Client with IP address '104.210.149.xxx' is not allowed", fact: "client address"},
		"the host that was asked, not the issuer": {text: "Caller: appid=***;iss=https://sts.windows.net/***/ at https://kv-example.vault.azure.net/secrets", fact: "host", want: "kv-example.vault.azure.net"},
		"no host from a link":                     {text: "open the page https://microsoft.com/devicelogin and enter the code", fact: "host"},
		"the linked subscription": {
			text: "on scope '/subscriptions/00001111-aaaa-2222-bbbb-3333cccc4444/resourceGroups/g', however the current tenant is not authorized to access linked subscription '11112222-bbbb-3333-cccc-4444dddd5555'",
			fact: "subscription", want: "11112222-bbbb-3333-cccc-4444dddd5555",
		},
		"no group in an action":              {text: "perform action 'Microsoft.Resources/subscriptions/resourceGroups/read' over scope '/subscriptions/s/resourceGroups/rg-app'", fact: "resource group", want: "rg-app"},
		"no group where the name is missing": {text: "over scope '/subscriptions/s/resourceGroups/providers/Microsoft.Web/sites/app'", fact: "resource group"},
		"the scope of a deployment":          {text: "over scope '/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Resources/deployments/d'", fact: "scope", want: "/providers/Microsoft.Management/managementGroups/m"},
		"the tenant of a deployment":         {text: "over scope '/providers/Microsoft.Resources/deployments/d'", fact: "scope", want: "/"},
		"a policy's assignment":              {text: `"policyInfo":[{"policyDefinitionDisplayName":"Allowed locations","policyAssignmentDisplayName":"Europe only"`, fact: "policy assignment", want: "Europe only"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tc.want, factsIn(tc.text).Get(tc.fact))
		})
	}
}
