package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var repository = filepath.Join("..", "..")

// made generates the pages once, since they're the same every time.
var made = sync.OnceValues(func() (map[string]string, error) { return pages(repository) })

func TestThePagesInTheRepositoryAreUpToDate(t *testing.T) {
	files, err := made()
	require.NoError(t, err)
	stale, err := compare(os.DirFS(repository), files)
	require.NoError(t, err)
	assert.Empty(t, stale, "run ./build.sh docs and look at the difference")
}

func TestWritingMakesThePagesAndTakesOldOnesAway(t *testing.T) {
	folder := t.TempDir()
	files, err := made()
	require.NoError(t, err)
	_, err = write(folder, files)
	require.NoError(t, err)
	old, changed := filepath.Join(folder, "docs", "errors", "AADSTS1.md"), filepath.Join(folder, "docs", "checks", "README.md")
	require.NoError(t, os.WriteFile(old, []byte("old"), 0o600))
	require.NoError(t, os.WriteFile(changed, []byte("changed"), 0o600))
	stale, err := compare(os.DirFS(folder), files)
	require.NoError(t, err)
	assert.Equal(t, []string{"docs/checks/README.md", "docs/errors/AADSTS1.md"}, stale)

	written, err := write(folder, files)
	require.NoError(t, err)
	assert.Equal(t, stale, written)
	stale, err = compare(os.DirFS(folder), files)
	require.NoError(t, err)
	assert.Empty(t, stale)
	assert.NoFileExists(t, old)
}

var (
	link    = regexp.MustCompile(`[^\\]\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notWord = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// anchors are the addresses of a page's headings, as GitHub makes them.
func anchors(page string) map[string]bool {
	found := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(page, -1) {
		found[strings.ReplaceAll(notWord.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	return found
}

func TestEveryLinkOfAGeneratedPageLeadsSomewhere(t *testing.T) {
	files, err := made()
	require.NoError(t, err)
	checked := 0
	for name, page := range files {
		for _, m := range link.FindAllStringSubmatch(page, -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.HasPrefix(target, "https://") {
				continue
			}
			checked++
			file := name
			if target != "" {
				file = path.Join(path.Dir(name), target)
			}
			text, isMade := files[file]
			if !isMade {
				there, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(file)))
				if !assert.NoError(t, err, "%s: %s", name, m[1]) {
					continue
				}
				text = string(there)
			}
			assert.True(t, anchor == "" || anchors(text)[anchor], "%s: %s", name, m[1])
		}
	}
	assert.Greater(t, checked, 500)
}

func TestAPageSaysWhatItWasComparedWith(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "entra"), 0o700))
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "entra", name), []byte(text), 0o600))
	}
	write("A.md", "---\ncode: A\naliases: [A1]\nsources: [https://example.com/a, owner/name a/b.md, internal/cli/cli.go]\nchecked: \"2026-11-28\"\n---\n\n# a\n")
	write("B.md", "---\ncode: B\nunchecked: seen in reports\n---\n\n# b\n")
	write("C.md", "---\ncode: C\n---\n\n# c\n")
	got, err := readCompared(folder)
	require.NoError(t, err)
	const checked = "Checked on 2026-11-28 against: [a](https://example.com/a), " +
		"[b.md of owner/name](https://github.com/owner/name/blob/HEAD/a/b.md), [internal/cli/cli.go](../../internal/cli/cli.go)"
	assert.Equal(t, map[string]string{"A": checked, "A1": checked, "B": "Seen in reports; not found in documentation", "C": ""}, got)
}
