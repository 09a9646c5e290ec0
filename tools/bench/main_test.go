package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMedian(t *testing.T) {
	assert.Equal(t, 2*time.Second, median([]time.Duration{9 * time.Second, time.Second, 2 * time.Second}))
	assert.Equal(t, time.Second, median([]time.Duration{time.Second}))
}

func TestTheEmptyTaskKeepsTheInputs(t *testing.T) {
	from := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(from, "task.json"), []byte("{}"), 0o600))
	dir, err := emptyTask(from, filepath.Join(t.TempDir(), "empty"))
	require.NoError(t, err)
	assert.FileExists(t, filepath.Join(dir, "task.json"))
	assert.FileExists(t, filepath.Join(dir, "index.js"))
	_, err = emptyTask(dir, dir)
	assert.Error(t, err, "the folder is there already")
}

func TestWhatCannotBeMeasured(t *testing.T) {
	assert.ErrorContains(t, run(t.Context(), nil, io.Discard), "./build.sh package makes it")
	assert.ErrorContains(t, run(t.Context(), []string{"-vsix", "x", "-runs", "0"}, io.Discard), "1 or more")
	assert.ErrorContains(t, run(t.Context(), []string{"-vsix", "no-such.vsix"}, io.Discard), "no-such.vsix")
}

func TestAStepWithoutAMarkIsNotMeasured(t *testing.T) {
	file := filepath.Join(t.TempDir(), "marks.json")
	_, err := readMarks(file)
	assert.ErrorContains(t, err, "read the marks")
	all := `"script": 1000.5, "hash": 2000, "spawn": 3000, "spawned": 4000, "ended": 5000`
	require.NoError(t, os.WriteFile(file, []byte("{"+all+"}"), 0o600))
	_, err = readMarks(file)
	assert.ErrorContains(t, err, `no mark "exit"`)
	require.NoError(t, os.WriteFile(file, []byte("{"+all+`, "exit": 6000}`), 0o600))
	marks, err := readMarks(file)
	require.NoError(t, err)
	assert.Equal(t, time.UnixMicro(1000500), marks["script"])
}
