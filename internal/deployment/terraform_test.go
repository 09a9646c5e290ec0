package deployment

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATypeThatTheTableDoesNotHaveIsLeftToTheReader(t *testing.T) {
	needs, err := deriveOne(`{"format_version":"1.2","resource_changes":[` + planned("", "azurerm_shop", "s", "", `"name":"s"`, "") + `]}`)
	require.NoError(t, err)
	assert.Equal(t, []string{"the permissions that azurerm_shop needs aren't listed, because the tool doesn't know its type in Azure: check them yourself"}, unknowns(needs))
}
