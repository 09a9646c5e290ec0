package regular_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"armpreflight/internal/regular"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOpenTakesRegularFilesOnly(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("text"), 0o600))
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("file", link))
	for _, name := range []string{file, link} {
		opened, err := regular.Open(name)
		require.NoError(t, err)
		text, err := io.ReadAll(opened)
		require.NoError(t, err)
		assert.Equal(t, "text", string(text))
		require.NoError(t, opened.Close())
	}
	_, err := regular.Open(dir)
	require.ErrorIs(t, err, regular.ErrNotRegular)
	assert.EqualError(t, err, "open "+dir+": not a regular file")
	_, err = regular.Open(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestInIsAFolderOfFiles(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "a", "b"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a", "b", "file"), []byte("text"), 0o600))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	require.NoError(t, fstest.TestFS(regular.In(root), "a/b/file"))
}

func TestNoNameLeadsOutOfAFolder(t *testing.T) {
	dir := t.TempDir()
	inside := filepath.Join(dir, "inside")
	require.NoError(t, os.Mkdir(inside, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "outside"), []byte("text"), 0o600))
	if err := os.Symlink(filepath.Join("..", "outside"), filepath.Join(inside, "link")); err != nil {
		t.Skip("this machine doesn't allow links: ", err)
	}
	root, err := os.OpenRoot(inside)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	for _, name := range []string{"link", "../outside", filepath.Join(dir, "outside")} {
		_, err := regular.In(root).Open(name)
		assert.Error(t, err, name)
	}
}
