//go:build unix

package attack

import (
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"armpreflight/internal/cli"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatIsNoFileIsNotOpened names a pipe that no one writes to, a socket's folder, a device without an end and a link to
// each wherever a verb takes the name of a file.
func TestWhatIsNoFileIsNotOpened(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "folder", ".git"), 0o700))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "folder", "pipe.yml"), 0o600))
	require.NoError(t, os.Symlink("pipe.yml", filepath.Join(dir, "folder", "link.yml")))
	require.NoError(t, os.Symlink("/dev/zero", filepath.Join(dir, "folder", "zero.yml")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "folder", "main.yml"), []byte("steps:\n- template: pipe.yml\n- template: link.yml\n- template: zero.yml\n- script: x\n"), 0o600))
	names := []string{"folder/pipe.yml", "folder/link.yml", "folder/zero.yml", "folder"}
	type attempt struct {
		args, environ []string
		code          int
		says          string
	}
	attempts := []attempt{
		{args: []string{"lint", "folder/main.yml"}, code: cli.ExitFindings, says: "pipe.yml"},
		{args: []string{"lint", "folder"}, code: cli.ExitFindings, says: "1 pipeline file read"},
	}
	for _, name := range names {
		const says = "not a regular file"
		attempts = append(attempts,
			attempt{args: []string{"explain", "--log", name}, code: cli.ExitUsage, says: says},
			attempt{args: []string{"render", name}, code: cli.ExitUsage, says: says},
			attempt{args: []string{"audit", "merge", name}, code: cli.ExitUsage, says: says},
			attempt{args: []string{"requires", name}, code: cli.ExitUsage})
		if name != "folder" {
			attempts = append(attempts, attempt{args: []string{"lint", name}, code: cli.ExitUsage})
		}
		authority := []string{"SSL_CERT_FILE=" + filepath.Join(dir, name), "AZURE_DEVOPS_EXT_PAT=pat-of-somebody", "TF_BUILD=True"}
		attempts = append(attempts,
			attempt{args: []string{"run"}, environ: authority, code: cli.ExitOK},
			attempt{args: []string{"audit", "--organization", "https://dev.azure.com/contoso"}, environ: authority, code: cli.ExitFault})
	}
	var all sync.WaitGroup
	for _, a := range attempts {
		all.Go(func() {
			code, out, stray := calledFor(t, dir, "", a.environ, a.args...)
			assert.Equal(t, a.code, code, "%q: %s%s", a.args, out, stray)
			assert.Contains(t, out+stray, a.says, a.args)
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Error("a verb waits")
	}
}
