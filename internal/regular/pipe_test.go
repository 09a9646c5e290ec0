//go:build unix

package regular_test

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"armpreflight/internal/regular"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPipesDevicesAndSocketsAreNotOpened(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	require.NoError(t, os.Symlink("pipe", filepath.Join(dir, "link")))
	socket, err := net.Listen("unix", filepath.Join(dir, "socket"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = socket.Close() })
	for _, name := range []string{filepath.Join(dir, "pipe"), filepath.Join(dir, "link"), filepath.Join(dir, "socket"), "/dev/zero"} {
		_, err := regular.Open(name)
		assert.ErrorIs(t, err, regular.ErrNotRegular, name)
	}
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	for _, name := range []string{"pipe", "link", "socket"} {
		_, err := regular.In(root).Open(name)
		assert.ErrorIs(t, err, regular.ErrNotRegular, name)
	}
}
