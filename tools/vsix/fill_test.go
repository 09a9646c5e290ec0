package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func stage(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, source := range map[string]string{taskFile: "task/" + taskFile, gateFile: "task/" + gateFile,
		"overview.md": "extension/overview.md", "vss-extension.json": "vss-extension.json"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), read(t, source), 0o644))
	}
	return folder
}

// contoso is a publisher that fills in everything that's required.
func contoso() filling {
	return filling{publisher: "contoso", support: "https://contoso.example/arm-preflight", repository: "https://github.com/contoso/arm-preflight"}
}

func TestAPackageToPublishHasItsPublisherAndAddresses(t *testing.T) {
	folder := stage(t)
	require.NoError(t, fill(folder, contoso()))
	p := &parcel{files: map[string][]byte{}}
	for _, name := range []string{taskFile, gateFile, "overview.md", "vss-extension.json"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		p.files[name] = text
		assert.NotContains(t, string(text), "invalid")
		assert.NotContains(t, string(text), "itemName=armpreflight")
	}
	assert.Contains(t, string(p.files["vss-extension.json"]), `"publisher": "contoso"`)
	assert.Contains(t, string(p.files["vss-extension.json"]), `"uri": "https://contoso.example/arm-preflight"`)
	assert.Contains(t, string(p.files["overview.md"]), "(https://contoso.example/arm-preflight)")
	assert.Contains(t, string(p.files["overview.md"]), "(https://github.com/contoso/arm-preflight/blob/HEAD/docs/use.md)")
	assert.Contains(t, string(p.files["vss-extension.json"]), `"uri": "https://github.com/contoso/arm-preflight/blob/HEAD/docs/use.md"`)
	assert.Contains(t, string(p.files["vss-extension.json"]), `"uri": "https://github.com/contoso/arm-preflight"`)
	assert.Empty(t, checkPlaceholders(p))
}

func TestTheDocumentsCanBeElsewhere(t *testing.T) {
	folder := stage(t)
	f := contoso()
	f.repository, f.docs = "https://dev.azure.com/contoso/Shop/_git/arm/", "https://dev.azure.com/contoso/Shop/_git/arm?path=/docs"
	require.NoError(t, fill(folder, f))
	page, err := os.ReadFile(filepath.Join(folder, "overview.md"))
	require.NoError(t, err)
	assert.Contains(t, string(page), "(https://dev.azure.com/contoso/Shop/_git/arm?path=/docs/lint.md)")
	manifest, err := os.ReadFile(filepath.Join(folder, "vss-extension.json"))
	require.NoError(t, err)
	assert.Contains(t, string(manifest), `"uri": "https://dev.azure.com/contoso/Shop/_git/arm"`)
}

func TestAPlaceholderIsNotPublished(t *testing.T) {
	p := newSample(t).p
	faults := strings.Join(checkPlaceholders(p), "\n")
	assert.Contains(t, faults, "overview.md: https://repository.invalid/arm-preflight/docs/gates.md is a placeholder")
	p.files["overview.md"] = []byte("[help](https://support.invalid/arm-preflight)")
	assert.Contains(t, strings.Join(checkPlaceholders(p), "\n"), "overview.md: https://support.invalid/arm-preflight is a placeholder")
	p.files["extension.vsixmanifest"] = []byte(`<Property Id="x" Value="http://Help.INVALID" />`)
	assert.Contains(t, strings.Join(checkPlaceholders(p), "\n"), "extension.vsixmanifest: http://Help.INVALID")
}

func TestWhatCannotBeFilledInIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*filling)
		fault string
	}{
		"a publisher with a dot": {func(f *filling) { f.publisher = "con.toso" }, "publisher"},
		"an address by http":     {func(f *filling) { f.support = "http://contoso.example" }, "the support address"},
		"an address with a mark": {func(f *filling) { f.support = `https://contoso.example/"` }, "isn't an https address"},
		"no address":             {func(f *filling) { f.support = "" }, "isn't an https address"},
		"a user in the address":  {func(f *filling) { f.support = "https://me:pass@contoso.example" }, "isn't an https address"},
		"no repository":          {func(f *filling) { f.repository = "" }, "the repository address"},
		"documents by http":      {func(f *filling) { f.docs = "http://contoso.example/docs" }, "the documents address"},
	} {
		t.Run(name, func(t *testing.T) {
			f := contoso()
			tt.spoil(&f)
			assert.ErrorContains(t, fill(stage(t), f), tt.fault)
		})
	}
	folder := stage(t)
	require.NoError(t, fill(folder, contoso()))
	assert.ErrorContains(t, fill(folder, contoso()), "to fill in")
}

func TestTheSizesInTheDocumentsAreThoseOfThePackage(t *testing.T) {
	p := &parcel{size: 24_200_000, files: map[string][]byte{"ArmPreflight/v1/bin/x": make([]byte, 65_000_000), "images/a.png": make([]byte, 5_000_000)}}
	const sentence = "the agent fetches the task, about 24 MB, when a job first needs it, and\n  unpacks about 65 MB."
	assert.Empty(t, checkSizes(p, []byte(sentence)))
	assert.Equal(t, []string{"the page of the sizes says about 18 MB; it's 24.2 MB", "the page of the sizes says about 46 MB; it's 65.0 MB"},
		checkSizes(p, []byte("fetches the task, about 18 MB, and unpacks about 46 MB")))
	assert.NotEmpty(t, checkSizes(p, []byte("it is small")))
	assert.Regexp(t, told, string(read(t, "docs/install.md")))
}

func TestAPackageGrowsOnlyWithANote(t *testing.T) {
	const lines = "900 the first\n1000 a library\n"
	for size, grown := range map[int64]bool{1000: false, 1020: false, 1021: true, 980: false, 979: true, 900: true} {
		assert.Equal(t, grown, len(checkGrowth(size, lines)) > 0, size)
	}
	for _, lines := range []string{"", "1000", "1000 ", "big because of x", "1000 fine\n2000"} {
		assert.NotEmpty(t, checkGrowth(1000, lines), lines)
	}
	assert.NotContains(t, strings.Join(checkGrowth(1, recorded), ""), "isn't a size")
}
