package agent

import (
	"archive/zip"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const manifest = "\ufeff" + `{"contributions":[
  {"id":"preflight","type":"ms.vss-distributed-task.task","properties":{"name":"tasks/Probe"}},
  {"id":"hub","type":"ms.vss-web.hub","properties":{"name":"hub"}}]}`

const probeJSON = `{"id":"AAAAAAAA-1111-2222-3333-BBBBBBBBBBBB","name":"Probe","version":{"Major":"1","Minor":2,"Patch":3}}`

type entry struct {
	name, text string
	mode       fs.FileMode
}

// pack creates a package of entries, next to its manifest.
func pack(t *testing.T, entries ...entry) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "extension.vsix")
	out, err := os.Create(file)
	require.NoError(t, err)
	archive := zip.NewWriter(out)
	for _, e := range append([]entry{{name: "extension.vsomanifest", text: manifest}}, entries...) {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.mode != 0 {
			header.SetMode(e.mode)
		}
		w, err := archive.CreateHeader(header)
		require.NoError(t, err)
		_, err = w.Write([]byte(e.text))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, out.Close())
	return file
}

func TestExtract(t *testing.T) {
	vsix := pack(t,
		entry{name: "tasks/Probe/task.json", text: probeJSON},
		entry{name: "tasks/Probe/bin/", mode: fs.ModeDir | 0o755},
		entry{name: "tasks/Probe/bin/tool", text: "ELF", mode: 0o755},
		entry{name: "tasks/ProbeOther/task.json", text: "not ours"},
		entry{name: "overview.md", text: "not ours"})
	for _, name := range []string{"preflight", "Preflight", "tasks/Probe"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "_tasks")
			task, err := Extract(vsix, name, dir)
			require.NoError(t, err)
			want := filepath.Join(dir, "Probe_aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb", "1.2.3")
			assert.Equal(t, want, task)
			assert.FileExists(t, want+".completed")
			require.NoError(t, os.Chmod(filepath.Join(task, "bin/tool"), 0o755))
			_, err = Extract(vsix, name, dir)
			require.NoError(t, err, "a second time")
			info, err := os.Stat(filepath.Join(task, "bin/tool"))
			require.NoError(t, err)
			assert.Equal(t, fs.FileMode(0o644), info.Mode().Perm(), "the executable bit is lost")
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Len(t, entries, 1, "nothing but this task")
		})
	}
}

func TestExtractTakesTheNewestVersion(t *testing.T) {
	old := `{"id":"AAAAAAAA-1111-2222-3333-BBBBBBBBBBBB","name":"Probe","version":{"Major":1,"Minor":9,"Patch":10}}`
	latest := `{"id":"AAAAAAAA-1111-2222-3333-BBBBBBBBBBBB","name":"Probe","version":{"Major":1,"Minor":10,"Patch":2}}`
	task, err := Extract(pack(t, entry{name: "tasks/Probe/v1/task.json", text: old}, entry{name: "tasks/Probe/v2/task.json", text: latest}), "preflight", t.TempDir())
	require.NoError(t, err)
	assert.Equal(t, "1.10.2", filepath.Base(task))
}

func TestExtractRefuses(t *testing.T) {
	task := entry{name: "tasks/Probe/task.json", text: probeJSON}
	named := func(text string) entry { return entry{name: "tasks/Probe/task.json", text: text} }
	for name, test := range map[string]struct {
		entries []entry
		want    string
	}{
		"a way up":               {[]entry{task, {name: "tasks/Probe/../../../x"}}, "would leave"},
		"an absolute path":       {[]entry{task, {name: "/etc/x"}}, "would leave"},
		"a backslash":            {[]entry{task, {name: `tasks\Probe\..\x`}}, "would leave"},
		"a drive":                {[]entry{task, {name: "C:/x"}}, "would leave"},
		"a dot inside":           {[]entry{task, {name: "tasks/./x"}}, "would leave"},
		"a link":                 {[]entry{task, {name: "tasks/Probe/link", text: "/etc", mode: fs.ModeSymlink | 0o777}}, "neither a file nor a folder"},
		"a task name with a way": {[]entry{named(`{"id":"AAAAAAAA-1111-2222-3333-BBBBBBBBBBBB","name":"../x","version":{"Major":1,"Minor":2,"Patch":3}}`)}, "task name"},
		"a version with a way":   {[]entry{named(`{"id":"AAAAAAAA-1111-2222-3333-BBBBBBBBBBBB","name":"x","version":{"Major":"../..","Minor":2,"Patch":3}}`)}, "task version"},
		"an id that is none":     {[]entry{named(`{"id":"x","name":"x"}`)}, "task id"},
		"no task.json":           {[]entry{{name: "tasks/Probe/a/b/task.json", text: probeJSON}}, "no task.json"},
		"a broken task.json":     {[]entry{named(`{`)}, "task.json"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "_tasks")
			_, err := Extract(pack(t, test.entries...), "preflight", dir)
			require.ErrorContains(t, err, test.want)
			assert.NoDirExists(t, dir, "nothing was written")
		})
	}
	_, err := Extract(pack(t, task), "hub", t.TempDir())
	require.ErrorContains(t, err, `no task contribution "hub" among ["preflight"]`)
	_, err = Extract(filepath.Join(t.TempDir(), "none.vsix"), "preflight", t.TempDir())
	require.ErrorIs(t, err, os.ErrNotExist)
}
