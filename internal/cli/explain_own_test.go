package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/diagnosis"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestExplainReadsFromOurOwnLogsWhatTheyFound: the codes and the situations in their advice aren't those of the run.
func TestExplainReadsFromOurOwnLogsWhatTheyFound(t *testing.T) {
	notShort(t)
	code := regexp.MustCompile(`(?m)^ {10}code {3}(\S+)`)
	for _, pattern := range []string{filepath.Join("..", "endtoend", "testdata", "log", "*.txt"), filepath.Join("testdata", "creation", "*.txt")} {
		logs, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.Greater(t, len(logs), 30)
		for _, log := range logs {
			text, err := os.ReadFile(log)
			require.NoError(t, err)
			want := []string{}
			for _, m := range code.FindAllStringSubmatch(string(text), -1) {
				want = append(want, m[1])
			}
			slices.Sort(want)
			_, stdout, _ := ask(t, Env{Stdin: strings.NewReader(string(text))}, "--format", "json", "-")
			var got struct {
				Text struct {
					Codes []struct{ Code diagnosis.Code }
				}
				Topics []any
			}
			require.NoError(t, json.Unmarshal([]byte(stdout), &got), stdout)
			codes := []string{}
			for _, c := range got.Text.Codes {
				codes = append(codes, string(c.Code))
			}
			slices.Sort(codes)
			assert.Equal(t, slices.Compact(want), codes, log)
			assert.Empty(t, got.Topics, log)
		}
	}
}

func TestExplainSaysOfASituationWhatItIsAbout(t *testing.T) {
	_, stdout, _ := ask(t, Env{Stdin: strings.NewReader("Failed to set the Azure permission for the application\nInsufficient privileges to complete the operation")}, "-")
	assert.Regexp(t, `(?m)^  line 2 +about: A guest creates the connection`, stdout)
}
