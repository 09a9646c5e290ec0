package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheBillOfAProgramNamesItsModules(t *testing.T) {
	dir := t.TempDir()
	self := filepath.Join(dir, "program")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", self, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	first, second := filepath.Join(dir, "1.json"), filepath.Join(dir, "2.json")
	require.NoError(t, run([]string{first, "1.2.3", self}))
	require.NoError(t, run([]string{second, "1.2.3", self, self}))
	a, err := os.ReadFile(first)
	require.NoError(t, err)
	b, err := os.ReadFile(second)
	require.NoError(t, err)
	assert.Equal(t, string(a), string(b), "each module once, and nothing of the day or the place")
	assert.NotContains(t, string(a), dir)

	file, err := os.Open(first)
	require.NoError(t, err)
	defer file.Close()
	var bom cyclonedx.BOM
	require.NoError(t, cyclonedx.NewBOMDecoder(file, cyclonedx.BOMFileFormatJSON).Decode(&bom))
	found := map[string]string{}
	for _, c := range *bom.Components {
		found[c.Name] = (*c.Licenses)[0].License.ID
		assert.Equal(t, "pkg:golang/"+c.Name+"@"+c.Version, c.PackageURL)
	}
	assert.Equal(t, "Apache-2.0", found["github.com/CycloneDX/cyclonedx-go"])
	assert.Equal(t, "BSD-3-Clause", found["std"])
	assert.Equal(t, "1.2.3", bom.Metadata.Component.Version)
}

func TestALicenseThatIsNotKnownIsForAPersonToRead(t *testing.T) {
	dir := t.TempDir()
	_, err := licenses(dir)
	require.ErrorContains(t, err, "brings no license")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "LICENSE.md"), []byte("Do what you like."), 0o600))
	_, err = licenses(dir)
	require.ErrorContains(t, err, "LICENSE.md is none of the known licenses")
}
