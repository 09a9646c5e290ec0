package endtoend

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheLinuxProgramNeedsNothingOfItsSystem: any distribution, glibc or musl, or
// an image that holds nothing else.
func TestTheLinuxProgramNeedsNothingOfItsSystem(t *testing.T) {
	dir, err := extracted()
	require.NoError(t, err)
	for _, platform := range []string{"linux-amd64", "linux-arm64"} {
		file, err := elf.Open(filepath.Join(dir, "bin", platform, "armpreflight"))
		require.NoError(t, err)
		defer file.Close()
		for _, p := range file.Progs {
			assert.NotEqual(t, elf.PT_INTERP, p.Type, "%s asks for a loader", platform)
		}
		libraries, err := file.ImportedLibraries()
		require.NoError(t, err)
		assert.Empty(t, libraries, platform)
	}

	program, err := os.ReadFile(filepath.Join(dir, "bin", "linux-amd64", "armpreflight"))
	require.NoError(t, err)
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "armpreflight"), program, 0o755))
	in := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(t.Context(), "unshare", append([]string{"--map-root-user", "chroot", root, "/armpreflight"}, args...)...)
		return cmd.CombinedOutput()
	}
	if out, err := exec.CommandContext(t.Context(), "unshare", "--map-root-user", "true").CombinedOutput(); err != nil {
		t.Skipf("NOT RUN in an empty root: this machine gives no user namespace: %s", out)
	}
	out, err := in("version")
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "armpreflight 1.")
	out, err = in("explain", "AADSTS7000222")
	require.NoError(t, err, string(out))
	out, _ = in("run")
	assert.Contains(t, string(out), "only the Azure Pipelines agent runs this verb")
	assert.NotContains(t, string(out), "##vso", "nobody listens")
}
