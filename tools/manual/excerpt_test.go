package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestALogInAPageIsTheStepsOwn(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(folder, filepath.FromSlash(logs)), 0o700))
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.FromSlash(name)), []byte(text), 0o600))
	}
	write(logs+"/some-log.txt", "header\nin use: proxy\n  FAIL  a\n##[group]evidence\nraw\n##[endgroup]\n  pass  b\nnot ready\n##[error]a\n")
	write("page.md", "before\n<!-- begin log some-log: made by ./build.sh docs -->\nold\n<!-- end log -->\nafter\n")
	got, err := withLog(folder, "page.md")
	require.NoError(t, err)
	assert.Equal(t, "before\n<!-- begin log some-log: made by ./build.sh docs -->\n```\nheader\n  FAIL  a\n▸ evidence\n  pass  b\nnot ready\n```\n<!-- end log -->\nafter\n", got)

	write("page.md", "no place\n")
	_, err = withLog(folder, "page.md")
	assert.ErrorContains(t, err, "page.md has no place for a log")
	write("page.md", "<!-- begin log other: made by ./build.sh docs -->\n<!-- end log -->\n")
	_, err = withLog(folder, "page.md")
	assert.Error(t, err, "there's no such log")
}
