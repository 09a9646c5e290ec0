package house

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEachStepOfAddingACheckIsHeldByTheTestsItNames reads the section of
// CONTRIBUTING: the tests exist, and the file of each names the step.
func TestEachStepOfAddingACheckIsHeldByTheTestsItNames(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "CONTRIBUTING.md"))
	require.NoError(t, err)
	_, section, ok := strings.Cut(string(text), "\n## Adding a check\n")
	require.True(t, ok, "there is no section Adding a check")
	section, _, _ = strings.Cut(section, "\n## ")

	files, err := filepath.Glob(filepath.Join("..", "*", "*_test.go"))
	require.NoError(t, err)
	sources := map[string]string{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		sources[file] = string(source)
	}
	named := regexp.MustCompile("`(Test\\w+)`")
	steps := regexp.MustCompile(`(?m)^(\d)\. `).Split(section, -1)[1:]
	require.Len(t, steps, 5)
	for i, step := range steps {
		tests := named.FindAllStringSubmatch(step, -1)
		assert.NotEmpty(t, tests, "step %d names no test", i+1)
		for _, test := range tests {
			found := false
			for _, source := range sources {
				if strings.Contains(source, "\nfunc "+test[1]+"(t *testing.T) {") {
					found = true
					assert.Contains(t, source, fmt.Sprintf("CONTRIBUTING, Adding a check, step %d", i+1), "%s does not say which step it holds", test[1])
				}
			}
			assert.True(t, found, "step %d names %s, which does not exist", i+1, test[1])
		}
	}
}
