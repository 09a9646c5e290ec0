package endtoend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"armpreflight/internal/report/formtest"
	"armpreflight/internal/sim/agent"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// holdReport holds what a run keeps for those who weren't there against each other: every form says what report.json says, and
// that goes by the schema that is published.
func holdReport(t *testing.T, record *agent.Record) {
	t.Helper()
	path := record.Variables["ArmPreflight.reportPath"].Value
	require.NotEmpty(t, path, "the run kept no report")
	kept := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(path), name))
		require.NoError(t, err)
		return text
	}
	formtest.Hold(t, formtest.Forms{JSON: kept("report.json"), Markdown: kept("ARM Preflight.md"), JUnit: kept("junit.xml"), HTML: kept("report.html")})
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
