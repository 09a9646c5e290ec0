package reading

import (
	"testing"

	"armpreflight/internal/catalogue"

	"github.com/stretchr/testify/assert"
)

func TestADenialIsReadWhateverWrapsIt(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       catalogue.Code
	}{
		{"Azure Resource Manager", "The client 'x' with object id 'x' does not have authorization to perform action 'Microsoft.Resources/deployments/write' over scope '/subscriptions/s'", catalogue.AuthorizationFailed},
		{"a template's validation", "Authorization failed for template resource 'r' of type 'Microsoft.Web/sites'.", catalogue.AuthorizationFailed},
		{"its longer form", "does not have permission to perform action 'Microsoft.Authorization/roleAssignments/write' at scope '/subscriptions/s/r'", catalogue.AuthorizationFailed},
		{"the portal", "You don’t have authorization to perform action 'Microsoft.Resources/deployments/validate/action'.", catalogue.AuthorizationFailed},
		{"a condition", "has an authorization with ABAC condition that is not fulfilled to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/s'", catalogue.AuthorizationFailed},
		{"an action without a provider", "does not have permission to perform action 'write' at scope '/subscriptions/s/r'", catalogue.AuthorizationFailed},
		{"a linked resource", "has permission to perform action 'a/write' on scope '/s'; however, it does not have permission to perform action 'join/action' on the linked scope(s) '/v'", catalogue.LinkedAuthorizationFailed},
		{"a deny assignment", "has permission to perform action 'a/write' on scope '/s'; however, the access is denied because of the deny assignment with name 'd'", catalogue.DenyAssignmentAuthorizationFailed},
		{"another system", "The user does not have permission to perform action 'delete' on project 'web'", ""},
		{"AWS", "User: arn:aws:iam::1:user/ci is not authorized to perform: sts:AssumeRole", ""},
		{"nothing of the kind", "the test performed well", ""},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, denialIn(c.text)) })
	}
}
