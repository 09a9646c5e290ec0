package agent

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// standIn stands in for the helper on Windows: it shows the order that it gets, says where a file is, and ends at a signal.
const standIn = `#!/bin/sh
read -r order
printf '%s\n' "$order" '##vso[task.uploadsummary]Z:\job\s.md'
read -r signal
echo "signal $signal"
exit 3
`

// TestATaskOnWindowsSeesItsPathsAndItsSignals: the helper's side is tools/platforms' business.
func TestATaskOnWindowsSeesItsPathsAndItsSignals(t *testing.T) {
	dir := t.TempDir()
	task := filepath.Join(dir, "task")
	helper := filepath.Join(dir, "helper.sh")
	require.NoError(t, os.Mkdir(task, 0o755))
	for file, text := range map[string]string{
		helper:                           standIn,
		filepath.Join(dir, "s.md"):       "a summary",
		filepath.Join(task, "index.js"):  "",
		filepath.Join(task, "task.json"): `{"id":"11111111-2222-4333-8444-555555555555","name":"T","execution":{"Node":{"target":"index.js"}}}`,
	} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o755))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	job := Job{
		TempDirectory: dir, Mounts: []Mount{{Host: dir, Container: `Z:\job`}},
		Windows:        &Windows{Helper: []string{helper}, Environ: []string{"PATH=" + os.Getenv("PATH")}},
		ParentEnv:      []string{"SSL_CERT_FILE=" + filepath.Join(dir, "ca.pem")},
		Variables:      []Variable{{Name: "Other.Path", Value: "/" + filepath.Base(dir)}},
		InterruptGrace: time.Minute,
		Follow: func(line string) {
			if line != "" && line[0] == '#' {
				cancel()
			}
		},
	}
	record, err := job.Run(ctx, task, Step{})
	require.NoError(t, err)
	assert.Equal(t, Canceled, record.Result, record.Log())
	require.Len(t, record.Raw, 3)
	assert.Contains(t, record.Raw[0], `Z:\\job\\task\\index.js`)
	assert.Contains(t, record.Raw[0], `"SSL_CERT_FILE":"Z:\\job\\ca.pem"`)
	assert.Contains(t, record.Raw[0], `"AGENT_TEMPDIRECTORY":"Z:\\job"`)
	assert.Contains(t, record.Raw[0], `"OTHER_PATH":"/`+filepath.Base(dir)+`"`, "what's no path of the job stays")
	assert.Equal(t, "signal SIGINT", record.Raw[2])
	assert.Empty(t, record.Orphans)
	require.Len(t, record.Attachments, 1)
	assert.Equal(t, "s.md", record.Attachments[0].Name)
	assert.Equal(t, "a summary", string(record.Attachments[0].Content))
}
