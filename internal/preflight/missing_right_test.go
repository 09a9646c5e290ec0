package preflight

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheSmallestRoleIsNamedWhereItIsKnown(t *testing.T) {
	assert.Equal(t, "Reader", smallestRole("Microsoft.Resources/subscriptions/read"))
	assert.Equal(t, "Reader", smallestRole("Microsoft.Resources/subscriptions/resourceGroups/READ"))
	assert.Equal(t, "Management Group Reader", smallestRole("Microsoft.Management/managementGroups/read"))
	assert.Equal(t, "Website Contributor", smallestRole("Microsoft.Web/sites/write"))
	assert.Empty(t, smallestRole(""))
}
