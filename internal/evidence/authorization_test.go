package evidence_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"armpreflight/internal/evidence"
)

func TestADenialIsReadWhateverWrapsIt(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       evidence.Denial
	}{
		{"Azure Resource Manager", "The client 'x' with object id 'x' does not have authorization to perform action 'Microsoft.Resources/deployments/write' over scope '/subscriptions/s'", evidence.Denied},
		{"a template's validation", "Authorization failed for template resource 'r' of type 'Microsoft.Web/sites'.", evidence.Denied},
		{"its longer form", "does not have permission to perform action 'Microsoft.Authorization/roleAssignments/write' at scope '/subscriptions/s/r'", evidence.Denied},
		{"the portal", "You don’t have authorization to perform action 'Microsoft.Resources/deployments/validate/action'.", evidence.Denied},
		{"a condition", "has an authorization with ABAC condition that is not fulfilled to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/s'", evidence.Denied},
		{"an action without a provider", "does not have permission to perform action 'write' at scope '/subscriptions/s/r'", evidence.Denied},
		{"a linked resource", "has permission to perform action 'a/write' on scope '/s'; however, it does not have permission to perform action 'join/action' on the linked scope(s) '/v'", evidence.DeniedLinked},
		{"a deny assignment", "has permission to perform action 'a/write' on scope '/s'; however, the access is denied because of the deny assignment with name 'd'", evidence.DeniedByAssignment},
		{"another system", "The user does not have permission to perform action 'delete' on project 'web'", evidence.NotDenied},
		{"AWS", "User: arn:aws:iam::1:user/ci is not authorized to perform: sts:AssumeRole", evidence.NotDenied},
		{"nothing of the kind", "the test performed well", evidence.NotDenied},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, evidence.DenialIn(c.text)) })
	}
}

func TestTheLinkedResourceIsTheScopeOfARefusedAction(t *testing.T) {
	facts := evidence.FactsIn("has permission to perform action 'Microsoft.Web/sites/write' on scope '/subscriptions/s/app'; however, it does not have permission to perform action 'join/action' on the linked scope(s) '/subscriptions/s/network'")
	assert.Equal(t, "join/action", facts.Get("action"))
	assert.Equal(t, "/subscriptions/s/network", facts.Get("scope"))
}

func TestTheScopeOfARefusedRoleAssignmentIsWhatItIsFor(t *testing.T) {
	facts := evidence.FactsIn("does not have permission to perform action 'Microsoft.Authorization/roleAssignments/write' at scope '/subscriptions/s/resourceGroups/g/providers/Microsoft.Authorization/roleAssignments/n'")
	assert.Equal(t, "/subscriptions/s/resourceGroups/g", facts.Get("scope"))
}

func TestSignsThatJSONEscapesAreReadAsThemselves(t *testing.T) {
	assert.Equal(t, "user '<token>' & <it>", evidence.Message{Text: `user \u0027\u003ctoken\u003e\u0027 & \\u003Cit\\u003E`}.Lines())
}
