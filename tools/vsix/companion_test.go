package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"armpreflight/internal/decorator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// companionFiles are what the verb writes with some options.
func companionFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := decorator.Files(decorator.Options{Publisher: "contoso", Version: "1.2.3", Projects: []string{"Shop", "Größe & Co."}, Exclude: []string{"Lab"}})
	require.NoError(t, err)
	all := map[string][]byte{}
	for _, f := range files {
		all[f.Name] = f.Content
	}
	return all
}

// parcelOf reads the bytes of a package.
func parcelOf(t *testing.T, packed []byte) *parcel {
	t.Helper()
	file := filepath.Join(t.TempDir(), "companion.vsix")
	require.NoError(t, os.WriteFile(file, packed, 0o600))
	p, err := readParcel(file)
	require.NoError(t, err)
	return p
}

func companionParcel(t *testing.T, all map[string][]byte) *parcel {
	t.Helper()
	var files []decorator.File
	for name, content := range all {
		files = append(files, decorator.File{Name: name, Content: content})
	}
	packed, err := decorator.Pack(files)
	require.NoError(t, err)
	return parcelOf(t, packed)
}

func TestTheCompanionHasNoFaults(t *testing.T) {
	all := companionFiles(t)
	assert.Empty(t, inspectCompanion(companionParcel(t, all), all["vss-extension.json"], nil))
}

// TestTFXPacksTheCompanionAsTheVerbDoes checks that tfx packs the folder that the verb writes into the same parts as the verb's own
// package.
func TestTFXPacksTheCompanionAsTheVerbDoes(t *testing.T) {
	tfx, err := filepath.Abs(filepath.Join(root, "tools", "npm", "node_modules", ".bin", "tfx"))
	require.NoError(t, err)
	if _, err := os.Stat(tfx); err != nil {
		t.Skip("there is no tfx; ./build.sh package installs it")
	}
	all := companionFiles(t)
	folder, bin, out := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "companion.vsix")
	for name, content := range all {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), content, 0o600))
	}
	// tfx asks the program file for content types and stops without it. Not every machine has that program.
	require.NoError(t, os.WriteFile(filepath.Join(bin, "file"), []byte("#!/bin/sh\nprintf '%s: text/plain\\n' \"$2\"\n"), 0o700))
	run := exec.CommandContext(t.Context(), tfx, "extension", "create", "--manifest-globs", "vss-extension.json", "--output-path", out, "--no-prompt", "--no-color")
	run.Dir = folder
	run.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	log, err := run.CombinedOutput()
	require.NoError(t, err, string(log))
	packed, err := os.ReadFile(out)
	require.NoError(t, err)
	theirs, ours := parcelOf(t, packed), companionParcel(t, all)
	assert.Empty(t, inspectCompanion(theirs, all["vss-extension.json"], log))
	assert.Equal(t, theirs.names(), ours.names())
	for _, name := range []string{"README.md", "CHANGELOG.md", "build.yml", "release.yml"} {
		assert.Equal(t, string(all[name]), string(theirs.files[name]), name)
		assert.Equal(t, string(all[name]), string(ours.files[name]), name)
	}
	assert.JSONEq(t, string(theirs.files["extension.vsomanifest"]), string(ours.files["extension.vsomanifest"]))
}

func TestAFaultOfTheCompanionIsFound(t *testing.T) {
	manifest := func(old, new string) func(map[string][]byte) {
		return func(all map[string][]byte) {
			text := string(all["vss-extension.json"])
			changed := strings.Replace(text, old, new, 1)
			require.NotEqual(t, text, changed)
			all["vss-extension.json"] = []byte(changed)
		}
	}
	for name, tc := range map[string]struct {
		change func(map[string][]byte)
		fault  string
	}{
		"public":                   {manifest(`"public": false`, `"public": true`), "the companion is public"},
		"with a scope":             {manifest(`"public": false`, `"public": false, "scopes": ["vso.build"]`), "scopes are"},
		"an unknown key":           {manifest(`"public": false`, `"pubic": false`), "unknown field"},
		"a bad version":            {manifest(`"version": "1.2.3"`, `"version": "1.2"`), "is not major.minor.patch"},
		"another type":             {manifest(`ms.azure-pipelines.pipeline-decorator`, `ms.vss-web.hub`), "not a decorator"},
		"another target":           {manifest(`ms.azure-release-pipelines-agent-job.pre-job-tasks`, `ms.azure-release-pipelines-agent-job.post-job-tasks`), "targets"},
		"a template that's hidden": {manifest(`"addressable": true`, `"addressable": false`), "isn't an addressable"},
		"of another content type":  {manifest(`"contentType": "text/plain"`, `"contentType": "text/yaml"`), "isn't an addressable file of text/plain"},
		"one file more":            {func(all map[string][]byte) { all["run.ps1"] = []byte("x") }, "the package has"},
		"no steps":                 {func(all map[string][]byte) { all["build.yml"] = []byte("# nothing\n") }, "build.yml has no steps"},
		"a page with a bad link":   {func(all map[string][]byte) { all["README.md"] = []byte("# A\n[a](http://contoso.example)\n") }, "is not https"},
	} {
		t.Run(name, func(t *testing.T) {
			all := companionFiles(t)
			tc.change(all)
			faults := strings.Join(inspectCompanion(companionParcel(t, all), all["vss-extension.json"], nil), "\n")
			assert.Contains(t, faults, tc.fault)
		})
	}
}

func TestTheCheckOfTheCompanionIsAVerb(t *testing.T) {
	all := companionFiles(t)
	dir := t.TempDir()
	manifest := filepath.Join(dir, "vss-extension.json")
	require.NoError(t, os.WriteFile(manifest, all["vss-extension.json"], 0o600))
	var files []decorator.File
	for name, content := range all {
		files = append(files, decorator.File{Name: name, Content: content})
	}
	packed, err := decorator.Pack(files)
	require.NoError(t, err)
	file := filepath.Join(dir, "companion.vsix")
	require.NoError(t, os.WriteFile(file, packed, 0o600))
	var out strings.Builder
	require.NoError(t, run([]string{"check", "-companion", "-manifest", manifest, file}, &out), out.String())
	assert.Contains(t, out.String(), "no faults")
}
