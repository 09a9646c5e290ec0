package endtoend

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var keepVerdicts = flag.Bool("release", false, "write the results of all situations as those of this version")

// gravity orders the results of a step.
var gravity = map[string]int{"Succeeded": 0, "SucceededWithIssues": 1, "Failed": 2}

// TestAnUpdateTurnsNoGreenRunRed compares the result of every situation with the one
// in the releases before, kept as testdata/released/VERSION.tsv. Within
// a major version a result may get better and never worse. -release writes the file
// of the version in vss-extension.json; docs/release.md says when.
func TestAnUpdateTurnsNoGreenRunRed(t *testing.T) {
	if *keepVerdicts {
		writeReleased(t)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "released", "*.tsv"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if !strings.HasPrefix(filepath.Base(file), "1.") {
			continue // of a major version before this one
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		rows := strings.Split(strings.TrimSpace(string(text)), "\n")
		require.Greater(t, len(rows), 50, file)
		for _, row := range rows {
			name, then, ok := strings.Cut(row, "\t")
			require.True(t, ok, row)
			now, exists := scenario.Find(name)
			if assert.True(t, exists, "%s: situation %q is gone, so nobody can tell what became of it", file, name) {
				assert.LessOrEqual(t, gravity[now.Wants.Result], gravity[then], "%s: %q was %s and is %s now", file, name, then, now.Wants.Result)
			}
		}
	}
}

func writeReleased(t *testing.T) {
	var rows []string
	for _, s := range scenario.All() {
		rows = append(rows, s.Name+"\t"+s.Wants.Result+"\n")
	}
	slices.Sort(rows)
	text, err := os.ReadFile(filepath.Join("..", "..", "vss-extension.json"))
	require.NoError(t, err)
	var manifest struct{ Version string }
	require.NoError(t, json.Unmarshal(text, &manifest))
	file := filepath.Join("testdata", "released", manifest.Version+".tsv")
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(rows, "")), 0o644))
}
