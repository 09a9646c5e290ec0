package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// zipWith writes a package as tfx might: files in this order, stamped with at.
func zipWith(t *testing.T, at time.Time, names ...string) string {
	t.Helper()
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	for _, name := range names {
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: name, Modified: at, Method: zip.Deflate})
		require.NoError(t, err)
		if name[len(name)-1] != '/' {
			_, err = io.WriteString(entry, "text of "+name)
			require.NoError(t, err)
		}
	}
	require.NoError(t, archive.Close())
	file := filepath.Join(t.TempDir(), "in.vsix")
	require.NoError(t, os.WriteFile(file, packed.Bytes(), 0o600))
	return file
}

func TestRepackGivesTheSameBytesForTheSameFiles(t *testing.T) {
	first := zipWith(t, time.Unix(1_700_000_000, 0), "T/", "T/v1/bin/linux-amd64/armpreflight", "overview.md", contentTypesName, "extension.vsixmanifest")
	second := zipWith(t, time.Unix(1_800_000_000, 0), "extension.vsixmanifest", contentTypesName, "overview.md", "T/v1/bin/linux-amd64/armpreflight")
	out := filepath.Join(t.TempDir(), "out.vsix")
	again := filepath.Join(t.TempDir(), "again.vsix")
	require.NoError(t, run([]string{"repack", first, out}, io.Discard))
	require.NoError(t, run([]string{"repack", second, again}, io.Discard))
	a, err := os.ReadFile(out)
	require.NoError(t, err)
	b, err := os.ReadFile(again)
	require.NoError(t, err)
	assert.Equal(t, a, b)

	archive, err := zip.OpenReader(out)
	require.NoError(t, err)
	defer archive.Close()
	var names []string
	for _, entry := range archive.File {
		names = append(names, entry.Name)
		assert.Zero(t, entry.Flags&0x8, "%s: sizes stand behind the file", entry.Name)
		assert.Equal(t, 1980, entry.Modified.Year(), entry.Name)
	}
	assert.Equal(t, []string{contentTypesName, "T/v1/bin/linux-amd64/armpreflight", "extension.vsixmanifest", "overview.md"}, names)
	assert.Equal(t, "-rwxr-xr-x", archive.File[1].Mode().String())
	assert.Equal(t, "-rw-r--r--", archive.File[3].Mode().String())

	p, err := readParcel(out)
	require.NoError(t, err)
	assert.Equal(t, "text of overview.md", string(p.files["overview.md"]))
	assert.Contains(t, string(p.files[contentTypesName]), `PartName="/T/v1/bin/linux-amd64/armpreflight"`)
	assert.Contains(t, string(p.files[contentTypesName]), `Extension=".md"`)
}

func TestPackagesThatCannotBeRead(t *testing.T) {
	for name, tc := range map[string]struct {
		files []string
		fault string
	}{
		"a name with a blank":                      {[]string{"a b.md"}, `"a b.md" cannot be the name`},
		"a name that leaves the folder":            {[]string{"../a.md"}, `"../a.md" cannot be the name`},
		"a name from the top":                      {[]string{"/a.md"}, `"/a.md" cannot be the name`},
		"a name that ends in a dot":                {[]string{"a."}, `"a." cannot be the name`},
		"two names that differ in case only":       {[]string{"a.md", "A.md"}, `"A.md" is in the package twice`},
		"an ending for which no type is known":     {[]string{"a.exotic"}, `no content type is known for "a.exotic"`},
		"a name with a backslash between the dots": {[]string{`..\a.md`}, "cannot be the name"},
	} {
		t.Run(name, func(t *testing.T) {
			err := repack(zipWith(t, time.Unix(0, 0), tc.files...), filepath.Join(t.TempDir(), "out"))
			assert.ErrorContains(t, err, tc.fault)
		})
	}
	t.Run("a file that is no zip", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "in.vsix")
		require.NoError(t, os.WriteFile(file, []byte("hello"), 0o600))
		_, err := readParcel(file)
		assert.ErrorContains(t, err, "not a valid zip file")
	})
}

func newFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "armpreflight"), []byte("program"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sub", "LICENSE.txt"), []byte("text"), 0o600))
	return dir
}

func TestSumsAreThoseOfTheFiles(t *testing.T) {
	dir := newFolder(t)
	require.NoError(t, run([]string{"sums", dir}, io.Discard))
	require.NoError(t, run([]string{"sums", dir}, io.Discard), "a list that is there already is written again, and not listed")
	list, err := os.ReadFile(filepath.Join(dir, sumsName))
	require.NoError(t, err)
	sums, err := parseSums(list)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"armpreflight": sum([]byte("program")), "sub/LICENSE.txt": sum([]byte("text"))}, sums)
	assert.ErrorContains(t, writeSums(t.TempDir()), "holds no files")
	_, err = parseSums(append(list, list...))
	assert.ErrorContains(t, err, "listed twice")
}

func TestArchivesAreTheSameBytesAndKeepPrograms(t *testing.T) {
	dir := newFolder(t)
	for _, ending := range []string{".tar.gz", ".zip"} {
		first, second := filepath.Join(t.TempDir(), "armpreflight-1"+ending), filepath.Join(t.TempDir(), "armpreflight-1"+ending)
		require.NoError(t, run([]string{"archive", dir, first}, io.Discard))
		require.NoError(t, os.Chtimes(filepath.Join(dir, "armpreflight"), time.Unix(1, 0), time.Unix(1, 0)))
		require.NoError(t, run([]string{"archive", dir, second}, io.Discard))
		a, err := os.ReadFile(first)
		require.NoError(t, err)
		b, err := os.ReadFile(second)
		require.NoError(t, err)
		assert.Equal(t, a, b, ending)
		if ending == ".zip" {
			p, err := readParcel(first)
			require.NoError(t, err)
			assert.Equal(t, []string{"armpreflight-1/armpreflight", "armpreflight-1/sub/LICENSE.txt"}, p.names())
			continue
		}
		unzipped, err := gzip.NewReader(bytes.NewReader(a))
		require.NoError(t, err)
		archive := tar.NewReader(unzipped)
		header, err := archive.Next()
		require.NoError(t, err)
		assert.Equal(t, "armpreflight-1/armpreflight", header.Name)
		assert.Equal(t, int64(0o755), header.Mode)
	}
	assert.ErrorContains(t, pack(dir, "x.rar"), "neither in .tar.gz nor in .zip")
}

func TestUsesThatDoNotExist(t *testing.T) {
	for _, args := range [][]string{nil, {"sums"}, {"repack", "a"}, {"publish", "x"}, {"check"}, {"check", "-manifest", "no-such-file", "x"}} {
		assert.Error(t, run(args, io.Discard), "%q", args)
	}
}

func FuzzParseSums(f *testing.F) {
	f.Add([]byte(sum(nil) + "  linux-amd64/armpreflight\n"))
	f.Add([]byte("  \n"))
	f.Fuzz(func(t *testing.T, list []byte) {
		sums, err := parseSums(list)
		if err != nil {
			return
		}
		for name, digest := range sums {
			assert.Len(t, digest, 64)
			assert.NotContains(t, name, " ")
		}
	})
}

func FuzzVisibleRule(f *testing.F) {
	f.Add("failOn = fail && name != x")
	f.Add("a || b")
	f.Fuzz(func(t *testing.T, rule string) {
		if checkVisibleRule(rule, nil) == nil {
			assert.Empty(t, rule, "a rule about no input was accepted")
		}
	})
}

func FuzzDecodeStrict(f *testing.F) {
	f.Add([]byte(`{"id":"x","inputs":[{"name":"a","options":{"b":"c"}}]}`))
	f.Add([]byte(`{"version":{"Major":1}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v task
		_ = decodeStrict(data, &v)
	})
}

func FuzzPrograms(f *testing.F) {
	f.Add([]byte("MZ"))
	f.Add([]byte("\x7fELF\x02\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		known := 0
		for _, fits := range platforms() {
			if fits(data) {
				known++
			}
		}
		assert.LessOrEqual(t, known, 1, "one file fits two platforms")
	})
}
