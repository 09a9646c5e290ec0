package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryModuleMustBringALicense(t *testing.T) {
	dir := t.TempDir()
	_, err := licenses(dir)
	require.ErrorContains(t, err, "brings no license")
	for name, text := range map[string]string{"LICENSE.txt": "terms\r\n", "NOTICE": "names", "license_test.go": "code"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	text, err := licenses(dir)
	require.NoError(t, err)
	assert.Equal(t, "terms\n\nnames", text)
}

func TestNoticesNameWhatIsLinked(t *testing.T) {
	out := filepath.Join(t.TempDir(), "notices.txt")
	require.NoError(t, run([]string{out, "armpreflight/cmd/armpreflight", "linux/amd64"}))
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	assert.Contains(t, string(text), "\ngithub.com/Azure/azure-sdk-for-go/sdk/azidentity v")
	assert.Contains(t, string(text), "\nThe Go standard library\n")
	assert.NotContains(t, string(text), "testify")
	require.Error(t, run([]string{out, "armpreflight/cmd/armpreflight"}))
	require.ErrorContains(t, run([]string{out, "armpreflight/cmd/armpreflight", "linux"}), "is not GOOS/GOARCH")
}
