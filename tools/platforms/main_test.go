package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"armpreflight/internal/sim/agent"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheTableSaysWhatRan(t *testing.T) {
	all := []*platform{
		{name: "a", title: "A", how: "so", results: []result{{name: "healthy"}, {name: "cancel", problems: []string{"late"}}}},
		{name: "b", title: "B", how: "or so", results: []result{{name: "healthy", without: "not there"}}},
	}
	text := table(all)
	assert.Contains(t, text, "| Client secret, healthy | passes | not there |\n")
	assert.Contains(t, text, "| Canceled job | fails | fails |\n", "what didn't run to its end hasn't passed")
	assert.Contains(t, text, "* **B**: or so\n")
}

func TestOnlyAPageOfAllPlatformsIsCompared(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(page, []byte("before\n"+begin+"old\n"+end+"after\n"), 0o600))
	all := []*platform{{name: "a", title: "A"}}
	assert.ErrorContains(t, settle(options{page: page}, all), "-write makes it")
	require.NoError(t, settle(options{page: page, write: true}, all))
	require.NoError(t, settle(options{page: page}, all))
	all[0].missing = "not installed"
	all[0].title = "another"
	require.NoError(t, settle(options{page: page}, all), "what can't run here says nothing about the page")
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Regexp(t, `(?s)^before\n.*after\n$`, string(text))
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	assert.Equal(t, "not installed: a, b", absent(map[string]string{"/no/such/b": "b", "/no/such/a": "a", "/": "root"}))
	assert.Empty(t, absent(map[string]string{"/": "root"}))
}

func TestAFolderWithAMountBelowItIsNotDeleted(t *testing.T) {
	assert.ErrorContains(t, remove("/proc"), "mounted below /proc")
	dir := filepath.Join(t.TempDir(), "work")
	require.NoError(t, os.Mkdir(dir, 0o755))
	require.NoError(t, remove(dir))
	assert.NoDirExists(t, dir)
}

func TestAPathOfWindowsIsFoundHere(t *testing.T) {
	p := &platform{}
	job := agent.Job{Mounts: []agent.Mount{{Host: "/tmp/work", Container: onWindows("/tmp/work")}}}
	assert.Equal(t, "/tmp/work/_temp/report.json", p.outside(job, `Z:\tmp\work\_temp\report.json`))
	assert.Equal(t, "/tmp/work/_temp/report.json", p.outside(agent.Job{}, "/tmp/work/_temp/report.json"))
}

func TestTheSumFailsWhereSomethingWasWrong(t *testing.T) {
	fine := &platform{name: "a", results: []result{{name: "healthy", took: time.Second}}}
	out := &printer{out: t.Output()}
	require.NoError(t, count(out, []*platform{fine}, true))
	require.NoError(t, count(out, []*platform{fine, {name: "b", missing: "not installed"}}, false))
	require.Error(t, count(out, []*platform{fine, {name: "b", missing: "not installed"}}, true))
	require.Error(t, count(out, []*platform{{name: "c", results: []result{{problems: []string{"x"}}}}}, false))
	require.Error(t, count(out, []*platform{{name: "d", broken: os.ErrNotExist}}, false))
}
