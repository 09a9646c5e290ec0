package deployment

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheLimitsAreTheDocumentedOnes compares constants with docs/requires.md.
func TestTheLimitsAreTheDocumentedOnes(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "requires.md"))
	require.NoError(t, err)
	grouped := func(n int) string {
		if n < 1000 {
			return fmt.Sprint(n)
		}
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	for _, row := range []string{
		fmt.Sprintf("snapshots together | %d MiB, %s values |", maxText>>20, grouped(maxValues)),
		fmt.Sprintf("Size of a Terraform plan | %d MiB, %s changes |", maxPlan>>20, grouped(maxChanges)),
		fmt.Sprintf("Copies of one resource | %d, as in Azure", maxCopies),
		fmt.Sprintf("Resources after all copies | %s |", grouped(maxResources)),
		fmt.Sprintf("Scopes that need permissions, and resource groups | %s of each |", grouped(maxScopes)),
		fmt.Sprintf("Permissions | %s |", grouped(maxActions)),
		fmt.Sprintf("Resource providers | %s |", grouped(maxProviders)),
		fmt.Sprintf("Types with a location or an API version | %s |", grouped(maxLocations)),
		fmt.Sprintf("Levels of nested templates | %d |", maxNested),
	} {
		assert.Contains(t, string(page), row)
	}
	assert.Equal(t, maxScopes, maxGroups)
	assert.True(t, strings.Contains(string(page), "| Files in the input `deployment` | 100 |"), "maxDeploymentFiles of package preflight")
}
