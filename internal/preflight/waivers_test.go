package preflight

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatEverythingDependsOnCantBeWaived: below a failure of these nothing is
// checked, so there's nothing that a waiver could let through.
func TestWhatEverythingDependsOnCantBeWaived(t *testing.T) {
	roots := []string{CheckInputs.ID}
	var add func(c *Check)
	add = func(c *Check) {
		if !slices.Contains(roots, c.ID) {
			roots = append(roots, c.ID)
			for _, n := range c.Needs {
				add(n)
			}
		}
	}
	add(AccessToken)
	roots = slices.DeleteFunc(roots, func(id string) bool { return id == Certificate.ID }) // the report says what its end left unexamined
	assert.ElementsMatch(t, roots, notWaivable)
	for _, id := range notWaivable {
		in := ReadInputs(func(name string) string {
			return map[string]string{"waivers": id + " until 2099-12-31 because it is known"}[name]
		}, func(string) (Variable, bool) { return Variable{}, false })
		assert.Empty(t, in.Waivers, id)
		require.Len(t, in.Problems, 1, id)
		for _, page := range []string{filepath.Join("docs", "use.md"), filepath.Join("task", "ArmPreflight", "v1", "task.json")} {
			text, err := os.ReadFile(filepath.Join("..", "..", page))
			require.NoError(t, err)
			_, list, ok := strings.Cut(string(text), "You can't waive ")
			require.True(t, ok, page)
			assert.Contains(t, list[:min(len(list), 220)], "`"+id+"`", "%s does not say that %s can't be waived", page, id)
		}
	}
}
