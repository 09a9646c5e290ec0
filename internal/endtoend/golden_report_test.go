package endtoend

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/sim/agent"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// varyingInReports are the parts of a report that differ between two runs beside
// those of the log.
var varyingInReports = []struct {
	pattern *regexp.Regexp
	same    string
}{
	{regexp.MustCompile(`("(?:seconds|waitedSeconds)": )[\d.]+`), "${1}0"},
	// in every spelling, as a field, a cell and a word of a message, plain or in JSON or HTML
	{regexp.MustCompile(`(?i)((?:trace|correlation|request)[ _]?id(?:</dt><dd><code>|\\?"|&#34;)?:?\s*(?:\\?"|&#34;)?)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`), "${1}00000000-0000-0000-0000-000000000000"},
	{regexp.MustCompile(`(<td class="time">)[^<]*`), "${1}"},
	{regexp.MustCompile(`( time=")[\d.]+`), "${1}0"},
	{regexp.MustCompile(`(timestamp=")[^"]+`), "${1}2026-11-23T12:00:00"},
	{regexp.MustCompile(`\d{2}:\d{2} UTC`), "12:00 UTC"},
	{regexp.MustCompile(`(<rect class="bar \w+" x="0" y="4" width=")\d+`), "${1}0"},
	{regexp.MustCompile(`("daysToExpiry": )-?\d+`), "${1}30"},
	{regexp.MustCompile(`[\d.]+\d+ (?:m?s) after`), "0 ms after"},
	{regexp.MustCompile(`/[^\s"<&]*/authority\.pem`), "authority.pem"},
}

// holdReport compares what a run keeps for those who were not there with the file
// of its name, and report.json with the schema that is published.
func holdReport(t *testing.T, name string, record *agent.Record) {
	t.Helper()
	golden := filepath.Join("testdata", "report", name+".txtar")
	if record.Variables["ArmPreflight.reportPath"].Value == "" {
		assert.NoFileExists(t, golden, "this run has kept no report")
		return
	}
	folder := filepath.Dir(record.Variables["ArmPreflight.reportPath"].Value)
	var kept txtar.Archive
	for _, file := range []string{"ARM Preflight.md", "junit.xml", "report.json", "report.html"} {
		text, err := os.ReadFile(filepath.Join(folder, file))
		require.NoError(t, err)
		if file == "report.json" {
			holdSchema(t, text)
		}
		if file == "report.html" { // its head is the same in all
			_, text, _ = bytes.Cut(text, []byte("<main>\n"))
		}
		for _, v := range slices.Concat(varying[1:], varyingInReports) {
			text = v.pattern.ReplaceAll(text, []byte(v.same))
		}
		kept.Files = append(kept.Files, txtar.File{Name: file, Data: text})
	}
	got := txtar.Format(&kept)
	if *update {
		require.NoError(t, os.WriteFile(golden, got, 0o644))
		return
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err, "go test ./internal/endtoend -run Log -update writes it")
	was, is := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(was), len(is)) {
		if !assert.Equal(t, was[i], is[i], "%s, line %d", golden, i+1) {
			return // one line says more than a thousand
		}
	}
	assert.Len(t, is, len(was), golden)
}

// holdSchema checks a report against docs/report.schema.json.
func holdSchema(t *testing.T, report []byte) {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(filepath.Join("..", "..", "docs", "report.schema.json"))
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(report))
	require.NoError(t, err)
	assert.NoError(t, schema.Validate(document))
}

func TestTheSchemaRefusesWhatIsNoReport(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "report.schema.json"))
	require.NoError(t, err)
	for _, text := range []string{`{}`, `{"schemaVersion":"2"}`, `[]`} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		require.NoError(t, err)
		assert.Error(t, schema.Validate(document), text)
	}
}
