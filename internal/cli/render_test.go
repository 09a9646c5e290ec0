package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRender(t *testing.T) {
	const report = `{"schemaVersion":"1","tool":"t","started":"2026-11-24T12:00:00Z","seconds":0.5,"connection":{"id":"c"},"failOn":"fail","result":"fail","step":"Failed",` +
		`"line":"x","checks":[{"id":"access-token","layer":"identity","title":"?","status":"fail","text":"refused ##vso[task.complete result=Succeeded;]","seconds":0.1,` +
		`"findings":[{"status":"fail","code":"AADSTS7000222","text":"refused \u001b[31m##vso[task.setvariable variable=owned]1","cause":"why","who":"somebody","steps":["do"]}]}]}`
	for name, tc := range map[string]struct {
		args         []string
		stdin        string
		code         int
		says, toldOf string
	}{
		"the log of the run":      {args: []string{"-"}, stdin: report, code: ExitOK, says: "not ready: access-token failed (0.5 s)"},
		"markdown":                {args: []string{"--format", "markdown", "-"}, stdin: report, code: ExitOK, says: "#### access-token"},
		"junit":                   {args: []string{"--format", "junit", "-"}, stdin: report, code: ExitOK, says: "<testsuite"},
		"json":                    {args: []string{"--format=json", "-"}, stdin: report, code: ExitOK, says: `"schemaVersion": "1"`},
		"help":                    {args: []string{"--help"}, code: ExitOK, says: "usage: armpreflight render"},
		"no file":                 {code: ExitUsage, toldOf: "name one file"},
		"a file that is not":      {args: []string{"none.json"}, code: ExitUsage, toldOf: "open the report"},
		"no report":               {args: []string{"-"}, stdin: "hello", code: ExitUsage, toldOf: "this isn't an ARM Preflight report"},
		"a format that there not": {args: []string{"--format", "pdf", "-"}, stdin: report, code: ExitUsage, toldOf: "text, markdown, html, junit or json"},
		"a later version":         {args: []string{"-"}, stdin: `{"schemaVersion":"7","checks":[]}`, code: ExitUsage, toldOf: "later version"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			code := Main(t.Context(), Env{
				Args: append([]string{"render"}, tc.args...), Stdin: strings.NewReader(tc.stdin), Stdout: &stdout, Stderr: &stderr,
				Open: func(string) (io.ReadCloser, error) { return nil, errors.New("no such file") },
			})
			assert.Equal(t, tc.code, code, stderr.String())
			assert.Contains(t, stdout.String(), tc.says)
			assert.Contains(t, stderr.String(), tc.toldOf)
			for _, never := range []string{"##vso", "\x1b", "\\u001b"} {
				assert.NotContains(t, stdout.String()+stderr.String(), never)
			}
		})
	}
}

// TestNoTextOfASavedReportIsMoreThanText spoils every text of a report, one at a
// time, and shows what is left of it in every form.
func TestNoTextOfASavedReportIsMoreThanText(t *testing.T) {
	notShort(t)
	const nasty = "##vso[task.setvariable variable=X]y \x1b[31m \u202e https://![s](https://evil.example/t.png)"
	taken := 0
	const advice = `{"way":"automatic","title":"a","why":"b","alone":true,"fileName":"c.json","file":"{}","steps":[{"who":"d","text":"e","command":"f"},{"who":"g","text":"h"}]}`
	for _, advised := range []bool{false, true} {
		text, err := os.ReadFile(filepath.Join("..", "report", "testdata", "rich.json"))
		require.NoError(t, err)
		var tree map[string]any
		require.NoError(t, json.Unmarshal(text, &tree))
		if advised {
			require.NoError(t, json.Unmarshal([]byte(`{"recommendation":`+advice+`}`), &tree))
		}
		each(tree, func(put func(string)) {
			put(nasty)
			spoilt, err := json.Marshal(tree)
			require.NoError(t, err)
			for _, format := range []string{"text", "markdown", "html", "junit", "json"} {
				var stdout, stray strings.Builder
				code := Main(t.Context(), Env{Args: []string{"render", "--format", format, "-"}, Stdin: bytes.NewReader(spoilt), Stdout: &stdout, Stderr: &stray})
				if code == ExitOK {
					taken++
				}
				for _, never := range []string{"##vso", "\x1b", "\\u001b", "\u202e"} {
					assert.NotContains(t, stdout.String()+stray.String(), never, format)
				}
			}
		})
	}
	assert.Greater(t, taken, 300)
}

// each calls f with a way to replace each text in a tree of JSON, and puts the text back.
func each(tree any, f func(put func(string))) {
	visit := func(child any, set func(any)) {
		if was, ok := child.(string); ok {
			f(func(text string) { set(text) })
			set(was)
		} else {
			each(child, f)
		}
	}
	switch tree := tree.(type) {
	case map[string]any:
		for key, child := range tree {
			visit(child, func(v any) { tree[key] = v })
		}
	case []any:
		for i, child := range tree {
			visit(child, func(v any) { tree[i] = v })
		}
	}
}
