package endtoend

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"armpreflight/internal/sim/agent"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the logs in testdata/log anew; read the diff")

// varying are the parts of a log that differ between two runs.
var varying = []struct {
	pattern *regexp.Regexp
	same    string
}{
	{regexp.MustCompile(`(?m)^(  (?:pass|note|WARN|FAIL|\?\?\?\?) ) *\d* ?m?s? {2}`), "$1   0 ms  "},
	{regexp.MustCompile(`(?i)((?:trace|correlation|request) id:?\s+)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`), "${1}00000000-0000-0000-0000-000000000000"}, // by the order in which requests arrive
	{regexp.MustCompile(`\(\d+\.\d s\)`), "(0.0 s)"},
	{regexp.MustCompile(`no response after [\d.]+s`), "no response after 5s"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:0"},
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}Z`), "2026-11-23 12:00:00Z"},
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2}T[\d:.]+Z`), "2026-11-23T12:00:00.0000000Z"},
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2}`), "2026-11-23"},
	{regexp.MustCompile(`\d+ days`), "30 days"},
	{regexp.MustCompile(`(?m)\b1h59m5\ds|2h0m[0-2]s`), "2h0m0s"},
	{regexp.MustCompile(`\d{2}:\d{2}:\d{2} GMT`), "12:00:00 GMT"},
	{regexp.MustCompile(`compared with the clock of(\s+)\w[\w.]*\.(?:com|us)`), "compared with the clock of${1}a service"},
	{regexp.MustCompile(`certificate authorities of \S+`), "certificate authorities of authority.pem;"},
}

// logFolder has a file for each scenario: what a user reads in it, so that a change
// of a sentence is seen where it's read.
var logFolder = filepath.Join("testdata", "log")

// holdLog compares the log of a scenario with its file, and the report that the run kept with itself.
func holdLog(t *testing.T, name string, record *agent.Record) {
	t.Helper()
	holdReport(t, record)
	holdText(t, filepath.Join(logFolder, name+".txt"), record)
}

// holdText compares a log with a file.
func holdText(t *testing.T, file string, record *agent.Record) {
	t.Helper()
	got := output(record) + "\n"
	for _, v := range varying {
		got = v.pattern.ReplaceAllString(got, v.same)
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test ./internal/endtoend -run Log -update writes it")
	assert.Equal(t, strings.Split(string(want), "\n"), strings.Split(got, "\n"))
}
