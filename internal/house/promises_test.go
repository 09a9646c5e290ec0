package house

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryPromiseOfSecurityNamesTestsThatExist reads the table of SECURITY.md.
func TestEveryPromiseOfSecurityNamesTestsThatExist(t *testing.T) {
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "SECURITY.md"))
	require.NoError(t, err)
	_, table, began := strings.Cut(string(page), "<!-- begin promises")
	table, _, ended := strings.Cut(table, "<!-- end promises -->")
	require.True(t, began && ended)

	declared := map[string]bool{}
	declaration := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	require.NoError(t, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		source, err := os.ReadFile(name)
		for _, m := range declaration.FindAllSubmatch(source, -1) {
			declared[string(m[1])] = true
		}
		return err
	}))

	promises := 0
	for row := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(row, "| \n"), " | ")
		if len(cells) != 2 || cells[0] == "promise" {
			continue
		}
		promises++
		tests := strings.Fields(cells[1])
		assert.NotEmpty(t, tests, cells[0])
		for _, test := range tests {
			assert.True(t, declared[strings.Trim(test, "`")], "%s: there is no %s", cells[0], test)
		}
	}
	assert.Greater(t, promises, 15)
}
