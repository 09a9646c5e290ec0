package audit

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoCellOfASpreadsheetIsAFormula reads the file as programs do that separate by commas, by semicolons or by tabs, and
// that know quotes everywhere, at the start of a cell only, or not at all.
func TestNoCellOfASpreadsheetIsAFormula(t *testing.T) {
	for _, name := range []string{
		"=cmd", "a;=cmd", "a; =cmd", `a;"=cmd"`, `a;""=cmd`, `a; " "=cmd`, `";"=cmd`, "a\n=cmd", "a\t=cmd", "a\r\n+1", "-1;-2", ";@x", `;|cmd`, "＝cmd;＠x", `a"",=cmd`, `a,"=cmd"`, "%x;%y",
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			c := Connection{ID: "1", Name: name, Projects: []string{name, name}, OpenToAll: []string{name}, Scheme: name, State: name, Recommendation: name, Link: name}
			require.NoError(t, Document{Connections: []Connection{c}}.Render(&out, "csv"))
			rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
			require.NoError(t, err)
			require.Len(t, rows, 2)
			require.Len(t, rows[1], len(rows[0]))
			for _, cell := range rows[1] {
				assert.NotRegexp(t, `^[ "]*[=+\-@|%＝＋－＠]`, cell)
			}
			for row := range strings.Lines(out.String()) {
				assert.NotRegexp(t, `(^|[;\t])[ "]*[=+\-@|%＝＋－＠]`, strings.TrimSuffix(row, "\n"), "split by semicolons or tabs, whatever the quotes")
				assert.Equal(t, strings.TrimSuffix(row, "\n"), allQuoted(t, row), "every field is quoted")
			}
		})
	}
}

func allQuoted(t *testing.T, row string) string {
	t.Helper()
	fields, err := csv.NewReader(strings.NewReader(row)).Read()
	require.NoError(t, err)
	for i, field := range fields {
		fields[i] = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
	}
	return strings.Join(fields, ",")
}
