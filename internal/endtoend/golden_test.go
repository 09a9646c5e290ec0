package endtoend

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"armpreflight/internal/sim/agent"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the logs in testdata/log anew; read the diff")

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
	got := scenario.Steady(output(record) + "\n")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test ./internal/endtoend -run Log -update writes it")
	assert.Equal(t, strings.Split(string(want), "\n"), strings.Split(got, "\n"))
}
