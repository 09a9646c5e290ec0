package preflight

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheSmallestRoleIsNamedWhereItIsKnown(t *testing.T) {
	assert.Equal(t, "Reader", smallestRole("Microsoft.Resources/subscriptions/read"))
	assert.Equal(t, "Reader", smallestRole("Microsoft.Resources/subscriptions/resourceGroups/READ"))
	assert.Equal(t, "Management Group Reader", smallestRole("Microsoft.Management/managementGroups/read"))
	assert.Empty(t, smallestRole("Microsoft.Web/sites/write"), "not known here")
	assert.Empty(t, smallestRole(""))
}
