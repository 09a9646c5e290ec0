package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"armpreflight/internal/cli"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheReasonOfGitIsInTheError(t *testing.T) {
	folder := t.TempDir()
	_, err := cli.Diff(t.Context(), folder, "HEAD")
	assert.EqualError(t, err, "the files aren't in a git repository, so there's no change to compare with")
	require.NoError(t, os.Mkdir(filepath.Join(folder, ".git"), 0o700))
	_, err = cli.Diff(t.Context(), folder, "HEAD")
	assert.ErrorContains(t, err, "git can't compare the files with HEAD: ")
	assert.ErrorContains(t, err, "; it needs a repository that has this commit (in a pipeline, set fetchDepth: 0 in the checkout step)")
	assert.NotContains(t, err.Error(), "exit status")
	t.Setenv("PATH", folder)
	_, err = cli.Diff(t.Context(), folder, "HEAD")
	assert.ErrorContains(t, err, "run git to compare the files with HEAD: exec: ")
}
