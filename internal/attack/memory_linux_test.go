package attack

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// costly is an input that is made to cost much. The files are written to an empty folder, in which the verb runs.
type costly struct {
	name  string
	args  []string
	files map[string]func() string
	limit int64 // MB at the peak, some times what was measured; it is not below what this test itself holds, which a child begins with
}

func repeat(start, part string, size int) func() string {
	return func() string { return start + strings.Repeat(part, (size-len(start))/len(part)) }
}

func pipelines(start, part string) map[string]func() string {
	all := map[string]func() string{"good.yml": repeat("trigger: none\nsteps: []\n", "\n", 25)}
	for _, name := range []string{"a.yml", "b.yml", "c.yml", "d.yml", "e.yml"} {
		all[name] = repeat(start, part, 4<<20)
	}
	return all
}

func blocked() string {
	var b strings.Builder
	b.WriteString(`{"schemaVersion":"1","checks":[`)
	for i := range 100_000 {
		fmt.Fprintf(&b, `{"id":"c","status":"skip","blockedBy":["%060d"]},`, i)
	}
	return b.String() + `{"id":"c","status":"pass"}]}`
}

// costlyInputs is the table: a verb that is added here is measured too.
var costlyInputs = []costly{
	{name: "lint: lines", args: []string{"lint", "."}, files: pipelines("steps:\n", "- a\n"), limit: 600},
	{name: "lint: lone CR", args: []string{"lint", "."}, files: pipelines("steps:\r", "- a\r"), limit: 600},
	{name: "lint: brackets", args: []string{"lint", "."}, files: pipelines("steps: [", "[],"), limit: 600},
	{name: "lint: LS", args: []string{"lint", "."}, files: pipelines("steps:\n", "- a\u2028"), limit: 600},
	{name: "lint: long text", args: []string{"lint", "."}, files: pipelines("steps: []\na: ", "aaaa"), limit: 600},
	{name: "explain: codes", args: []string{"explain", "--log", "log"}, files: map[string]func() string{"log": repeat("", "AADSTS7999999 (AuthorizationFailed) code: x\n", 64<<20)}, limit: 600},
	{name: "explain: one line", args: []string{"explain", "--log", "log"}, files: map[string]func() string{"log": repeat("", "code: (", 64<<20)}, limit: 600},
	{name: "render: blockedBy", args: []string{"render", "report.json"}, files: map[string]func() string{"report.json": blocked}, limit: 600},
	{name: "audit merge: no part", args: []string{"audit", "merge", "part.json"}, files: map[string]func() string{"part.json": repeat("", "[", 32<<20)}, limit: 600},
}

// TestHostileInputTakesBoundedMemory runs the program itself, and logs the table.
func TestHostileInputTakesBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	tool := filepath.Join(t.TempDir(), "armpreflight")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", tool, "armpreflight/cmd/armpreflight").CombinedOutput()
	require.NoError(t, err, string(out))
	var table strings.Builder
	table.WriteString("| input | MB at the peak | CPU, s |\n|---|---|---|\n")
	for _, in := range costlyInputs {
		folder := t.TempDir()
		for name, text := range in.files {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text()), 0o600))
		}
		run := exec.CommandContext(t.Context(), tool, in.args...)
		run.Dir = folder
		_ = run.Run() // whatever it exits with
		require.NotNil(t, run.ProcessState, in.name)
		peak := run.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10 // it is in KB on Linux
		fmt.Fprintf(&table, "| %s | %d | %.1f |\n", in.name, peak, (run.ProcessState.UserTime() + run.ProcessState.SystemTime()).Seconds())
		assert.Less(t, peak, in.limit, in.name)
	}
	t.Log("\n" + table.String())
}
