package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"armpreflight/internal/lint"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ownPipeline = "azure-pipelines.yml"

// TestOurOwnPipelineBuildsTestsAndUsesTheTask reads azure-pipelines.yml, with the stage that needs a connection and without.
func TestOurOwnPipelineBuildsTestsAndUsesTheTask(t *testing.T) {
	root := filepath.Join("..", "..")
	for name, tt := range map[string]struct {
		given  object
		stages int
	}{
		"as it is":             {given: object{}, stages: 2},
		"without a connection": {given: object{{"connection", ""}}, stages: 1},
	} {
		t.Run(name, func(t *testing.T) {
			whole, err := template{root}.file(ownPipeline, tt.given)
			require.NoError(t, err)
			require.Empty(t, structure(whole))
			list, _ := whole.(object).get("stages")
			stages := list.([]any)
			require.Len(t, stages, tt.stages)
			assert.Contains(t, values(stages[0], "script"), "./build.sh test")
			assert.Contains(t, values(stages[0], "publish"), "dist")
			if tt.stages == 1 {
				return
			}
			stage := stages[1].(object)
			assert.Equal(t, []string{"ArmPreflight@1"}, values(stage, "task"))
			assert.Equal(t, []string{"arm-preflight"}, values(stage, "azureSubscription"))
			condition, _ := stage.get("condition")
			assert.Contains(t, condition, "ne(variables['Build.Reason'], 'PullRequest')", "a pull request must not get the connection")
		})
	}

	got, err := lint.Run(os.DirFS(root), []string{ownPipeline}, lint.Options{RequirePreflight: true})
	require.NoError(t, err)
	assert.Equal(t, 1, got.Files)
	assert.Empty(t, got.Findings)
	assert.Empty(t, got.Unreadable)
	assert.Empty(t, got.Unseen)
}

// values are the texts behind a key, anywhere below a value.
func values(value any, key string) (all []string) {
	switch v := value.(type) {
	case object:
		for _, e := range v {
			if text, ok := e.value.(string); ok && e.key == key {
				all = append(all, text)
			}
			all = append(all, values(e.value, key)...)
		}
	case []any:
		for _, item := range v {
			all = append(all, values(item, key)...)
		}
	}
	return all
}

// TestThePipelinesOfTheReleaseArePinned: images have a version, and Go is the one of go.mod.
func TestThePipelinesOfTheReleaseArePinned(t *testing.T) {
	root := filepath.Join("..", "..")
	module, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	toolchain := regexp.MustCompile(`(?m)^toolchain go(\S+)$`).FindSubmatch(module)
	require.NotNil(t, toolchain)
	for _, name := range []string{ownPipeline, "docs/pipelines/release.yml"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		whole, err := template{filepath.Join(root, filepath.Dir(name))}.file(filepath.Base(name), object{})
		require.NoError(t, err, name)
		images := values(whole, "vmImage")
		assert.NotEmpty(t, images, name)
		for _, image := range images {
			assert.NotContains(t, image, "latest", name)
		}
		assert.True(t, strings.Contains(string(text), "version: "+string(toolchain[1])+"\n"), "%s doesn't use Go %s", name, toolchain[1])
	}
}
