package house

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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
	_, section, ok := strings.Cut(string(text), "\n### Adding a check\n")
	require.True(t, ok, "there is no section Adding a check")
	section, _, _ = strings.Cut(section, "\n### ")

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

// TestTheCommandsOfTheRecipesExist reads the commands in CONTRIBUTING: packages, tests, scenarios, verbs of build.sh, files.
func TestTheCommandsOfTheRecipesExist(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	require.NoError(t, err)
	page := string(text)

	commands := regexp.MustCompile("go test ((?:\\./internal/\\w+ ?)+)(?:-run '?([^'` ]+)'?)?").FindAllStringSubmatch(page, -1)
	require.Greater(t, len(commands), 15)
	for _, command := range commands {
		for folder := range strings.FieldsSeq(command[1]) {
			files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
			require.NoError(t, err)
			require.NotEmpty(t, files, command[0])
			var names []string
			for _, file := range files {
				source, err := os.ReadFile(file)
				require.NoError(t, err)
				for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing`).FindAllStringSubmatch(string(source), -1) {
					names = append(names, m[1])
				}
			}
			pattern, _, _ := strings.Cut(command[2], "/")
			for word := range strings.SplitSeq(pattern, "|") {
				assert.True(t, slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, word) }), "%s: %s has no test with %q", command[0], folder, word)
			}
		}
	}
	script, err := os.ReadFile(filepath.Join(root, "build.sh"))
	require.NoError(t, err)
	_, goldens, ok := strings.Cut(string(script), "\ngoldens() {\n")
	require.True(t, ok)
	goldens, _, _ = strings.Cut(goldens, "\n}")
	patterns := regexp.MustCompile(`-run ('?[A-Za-z|]+'?) -(?:count=1 -)?update`)
	require.Len(t, patterns.FindAllString(goldens, -1), 3)
	for _, m := range patterns.FindAllStringSubmatch(goldens, -1) {
		assert.Contains(t, page, "-run "+m[1]+" -update", "a part of ./build.sh goldens that the recipe doesn't have")
	}
	for _, m := range regexp.MustCompile(`(?:EverySituation/\^|--scenario )([a-z-]+)`).FindAllStringSubmatch(page, -1) {
		assert.FileExists(t, filepath.Join(root, "internal", "endtoend", "testdata", "log", m[1]+".txt"))
	}
	for name, folder := range map[string]string{"SituationOfAPerson": "internal/cli/testdata/creation/%s.txt", "PipelinesCome": "internal/lint/testdata/pipelines/%s.txtar"} {
		named := regexp.MustCompile(name+`/\^([a-z-]+)\$`).FindAllStringSubmatch(page, -1)
		require.NotEmpty(t, named, name)
		for _, m := range named {
			assert.FileExists(t, filepath.Join(root, filepath.FromSlash(fmt.Sprintf(folder, m[1]))))
		}
	}
	for _, m := range regexp.MustCompile("`((?:internal|docs|task|tools)/[^`* ]+)`").FindAllStringSubmatch(page, -1) {
		_, err := os.Stat(filepath.Join(root, filepath.FromSlash(m[1])))
		assert.NoError(t, err)
	}
	help, err := exec.CommandContext(t.Context(), filepath.Join(root, "build.sh"), "help").Output()
	require.NoError(t, err)
	for _, m := range regexp.MustCompile(`\./build\.sh ([a-z]+)`).FindAllStringSubmatch(page, -1) {
		assert.Contains(t, string(help), "\n  "+m[1]+" ")
	}
}
