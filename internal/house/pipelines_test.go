package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// TestTheSamplePipelinesCanBeUsed reads the pipelines in docs/pipelines: they were
// not run, but they are YAML, name tasks as Azure Pipelines wants them, and call
// verbs that ./build.sh has.
func TestTheSamplePipelinesCanBeUsed(t *testing.T) {
	root := filepath.Join("..", "..")
	help, err := exec.CommandContext(t.Context(), filepath.Join(root, "build.sh"), "help").Output()
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(root, "docs", "pipelines", "*.yml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	verb, task := regexp.MustCompile(`\./build\.sh (\w+)`), regexp.MustCompile(`^\s*- task: (.+)$`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var document map[string]any
		require.NoError(t, yaml.Unmarshal(text, &document), file)
		for _, m := range verb.FindAllStringSubmatch(string(text), -1) {
			assert.Contains(t, string(help), "\n  "+m[1]+" ", "%s calls ./build.sh %s", file, m[1])
		}
		for line := range strings.Lines(string(text)) {
			if m := task.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
				assert.Regexp(t, `^[A-Za-z]\w*@\d+$`, m[1], file)
			}
		}
	}
}
