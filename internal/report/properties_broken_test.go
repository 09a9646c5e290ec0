package report

import (
	"fmt"
	"strings"
	"testing"

	"armpreflight/internal/report/formtest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// complaints stands in for a test that's expected to fail.
type complaints []string

func (c *complaints) Helper() {}
func (c *complaints) Errorf(format string, args ...any) {
	*c = append(*c, fmt.Sprintf(format, args...))
}

// TestAFormThatDiffersFromItsReportIsSeen breaks each form in one place after the other.
func TestAFormThatDiffersFromItsReportIsSeen(t *testing.T) {
	r := rich("5 < 6 & [a](b)")
	r.Advice = advised("5 < 6 & [a](b)").Advice
	for name, tc := range map[string]struct{ form, old, new string }{
		"a step is missing":               {"Markdown", "2. Open https://example.test/a_b.\n", ""},
		"a step twice":                    {"HTML", "<li>Run again.</li>", "<li>Run again.</li><li>Run again.</li>"},
		"a step in another finding":       {"HTML", "<li>Run again.</li>\n</ol>", "</ol><ol></ol><p>Run again.</p>"},
		"a finding is missing":            {"Markdown", "#### locks: locks found something\n", ""},
		"a finding twice":                 {"HTML", `<section class="finding warn">`, `<section class="finding warn"></section><section class="finding warn">`},
		"a code is missing":               {"HTML", "<dt>code</dt><dd><code>variable-unset</code></dd>", ""},
		"another code":                    {"Markdown", "variable-unresolved", "variable-unset"},
		"a note is missing":               {"HTML", `<span class="soft">another note</span>`, ""},
		"a bracket is no text":            {"Markdown", `\[a\]`, "[a]"},
		"an angle bracket is no text":     {"HTML", "5 &lt; 6", "5 <b> 6"},
		"a cell is two":                   {"Markdown", "| locks | fail |", "| locks | fail | |"},
		"a heading is none":               {"Markdown", "#### locks", "locks"},
		"a list is none":                  {"HTML", "<ol>\n<li>Set it.", "<div>\n<li>Set it."},
		"a link leads elsewhere":          {"HTML", `<a href="https://example.test/x">`, `<a href="https://example.test/y">`},
		"a link that does more":           {"HTML", `<a href="https://example.test/x">`, `<a href="https://example.test/x" onclick="x">`},
		"a script":                        {"HTML", "</main>", "</main><script></script>"},
		"text outside of the page's main": {"HTML", "</main>", "</main>more"},
		"another status":                  {"HTML", `<b class="warn">WARN</b>`, `<b class="pass">PASS</b>`},
		"a command is text":               {"Markdown", "` az group create", "az group create"},
		"the count of failures":           {"JUnit", `failures="`, `failures="1`},
		"the count of tests":              {"JUnit", `tests="`, `tests="1`},
		"the count of what was skipped":   {"JUnit", `skipped="`, `skipped="1`},
		"a case is missing":               {"JUnit", `<testcase classname="prod" name="network"`, `<other classname="prod" name="network"`},
		"JUnit that isn't XML":            {"JUnit", "&lt;", "<"},
		"a comment in JUnit":              {"JUnit", "</testsuite>", "<!-- x --></testsuite>"},
		"a permission is missing":         {"HTML", "<br><code>Microsoft.Authorization/roleAssignments/write</code>", ""},
		"a permission is granted":         {"Markdown", "| 2: data:", "| | 2: data:"},
		"a reach that goes further":       {"Markdown", "the rights of Owner at", "the rights of Contributor at"},
		"a field that nobody published":   {"JSON", `"schemaVersion"`, `"more": 1, "schemaVersion"`},
		"a report without a verdict":      {"JSON", `"result": "fail"`, `"result": "good"`},
		"another text in report.json":     {"JSON", `"Run again."`, `"Run."`},
	} {
		t.Run(name, func(t *testing.T) {
			whole := formsOf(t, document(r))
			form := map[string]*[]byte{"Markdown": &whole.Markdown, "HTML": &whole.HTML, "JUnit": &whole.JUnit, "JSON": &whole.JSON}[tc.form]
			require.Contains(t, string(*form), tc.old)
			*form = []byte(strings.Replace(string(*form), tc.old, tc.new, 1))
			var seen complaints
			formtest.Hold(&seen, whole)
			assert.NotEmpty(t, seen)
		})
	}
}
