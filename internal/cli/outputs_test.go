package cli

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/pipeline"
	"armpreflight/internal/secret"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var variableSet = regexp.MustCompile(`(?m)^##vso\[task\.setvariable variable=([^;\]]+)`)

// TestEveryOutputMayBeSetAndIsDocumented: the agent refuses a variable that the
// task doesn't list, and no one finds one that no page names.
func TestEveryOutputMayBeSetAndIsDocumented(t *testing.T) {
	got := play(t, "healthy", func(*bubble) {})
	set := map[string]bool{}
	for _, m := range variableSet.FindAllStringSubmatch(got.log, -1) {
		set[m[1]] = true
	}
	require.NotEmpty(t, set)
	manifest, err := os.ReadFile(filepath.Join("..", "..", "task", "ArmPreflight", "v1", "task.json"))
	require.NoError(t, err)
	var task struct {
		Inputs       []struct{ Name, HelpMarkDown string }
		Restrictions struct {
			SettableVariables struct{ Allowed []string }
		}
	}
	require.NoError(t, json.Unmarshal(manifest, &task))
	allowed := slices.Sorted(slices.Values(task.Restrictions.SettableVariables.Allowed))
	assert.Equal(t, allowed, slices.Sorted(maps.Keys(set)), "restrictions.settableVariables of task.json, and what a run sets")

	texts := map[string]string{}
	for _, page := range []string{"README.md", filepath.Join("docs", "use.md")} {
		text, err := os.ReadFile(filepath.Join("..", "..", page))
		require.NoError(t, err)
		texts[page] = string(text)
	}
	for _, in := range task.Inputs {
		if in.Name == "outputs" {
			texts["the help of the input outputs"] = in.HelpMarkDown
		}
	}
	require.Len(t, texts, 3)
	for where, text := range texts {
		for name := range set {
			assert.True(t, strings.Contains(text, name), "%s does not name %s", where, name)
		}
	}
}

// TestOnlyCodesOfTheCatalogueAreWords: a service chooses every other code, so it can
// be a secret.
func TestOnlyCodesOfTheCatalogueAreWords(t *testing.T) {
	r := secret.NewRedactor()
	r.AddSecret(secret.New("ContosoSaysNo"), secret.New("AADSTS7000222"), secret.New("subscription-mismatch"))
	log := pipeline.NewLog(t.Output(), r)
	assert.Equal(t, pipeline.Word("***"), codeWord(log, "ContosoSaysNo"))
	assert.Equal(t, pipeline.Word("AADSTS7000222"), codeWord(log, "AADSTS7000222"))
	assert.Equal(t, pipeline.Word("subscription-mismatch"), codeWord(log, "subscription-mismatch"))
}
