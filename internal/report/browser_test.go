package report

import (
	"armpreflight/internal/audit"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// browser finds what opens a page. If there is none, the test is left out,
// unless ARMPREFLIGHT_BROWSER is "required".
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			if _, err := os.Stat("../../tools/npm/node_modules/playwright-core"); err == nil {
				return path
			}
		}
	}
	if os.Getenv("ARMPREFLIGHT_BROWSER") == "required" {
		t.Fatal("no Chromium, or tools/npm is not installed (./build.sh package installs it)")
	}
	t.Skip("NOT RUN: the page was not looked at in a browser: no Chromium, or tools/npm is not installed (./build.sh package installs it)")
	return ""
}

// auditPage is the page of an audit, which goes by the same rules.
func auditPage(t *testing.T) []byte {
	var page bytes.Buffer
	d := audit.Document{SchemaVersion: audit.SchemaVersion, Organization: "https://dev.azure.com/contoso", Reader: "Ada", Projects: []string{"Shop"},
		NotSeen: []audit.NotSeen{{What: "connections", Why: hostile, Project: "Other"}},
		Connections: []audit.Connection{
			{ID: "1", Name: "prod-arm", Project: "Shop", Projects: []string{"Shop"}, Link: "https://dev.azure.com/contoso/Shop", Scheme: "workload identity federation",
				State: audit.StateReady, Recommendation: "renew it", Findings: []audit.Finding{{Code: "secret-expired", Severity: audit.Fail, Text: hostile}}},
			{ID: "2", Name: hostile, Project: hostile, Projects: []string{hostile}, State: audit.StateReady, Recommendation: "nothing to do"},
		}}
	require.NoError(t, d.Render(&page, "html"))
	return page.Bytes()
}

func TestThePageInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser is slow")
	}
	program := browser(t)
	folder := t.TempDir()
	args := []string{"../../tools/browser/look.js", program}
	all := map[string]*Report{"hostile": shapes(hostile)["several"]}
	shaped := shapes("something is wrong")
	for _, name := range []string{"advised", "rich"} { // the checks for accessibility take seconds for each page: the others see the same
		all[name] = shaped[name]
	}
	all["many"] = many(6, 1, "something is wrong")
	for name, r := range all {
		page, err := document(r).HTML()
		require.NoError(t, err)
		file := filepath.Join(folder, name+".html")
		require.NoError(t, os.WriteFile(file, page, 0o600))
		args = append(args, file)
	}
	audited := filepath.Join(folder, "audit.html")
	require.NoError(t, os.WriteFile(audited, auditPage(t), 0o600))
	args = append(args, audited)
	// Chromium is slow on a busy machine, and a leftover process of it holds the pipes open.
	looking, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	command := exec.CommandContext(looking, "node", args...)
	command.Stderr, command.WaitDelay = t.Output(), 5*time.Second
	out, err := command.Output()
	if looking.Err() != nil && os.Getenv("ARMPREFLIGHT_BROWSER") != "required" {
		t.Skip("NOT RUN: the page was not looked at in a browser: Chromium took longer than three minutes")
	}
	require.NoError(t, err)
	var looks []struct {
		Page, ColorScheme       string
		Width, TooWide          int
		Said, Asked, Violations []string
	}
	require.NoError(t, json.Unmarshal(out, &looks))
	require.Len(t, looks, 2*(len(all)+1), "each light and dark, wide and narrow")
	for _, l := range looks {
		where := []any{"%s, %s, %d wide", l.Page, l.ColorScheme, l.Width}
		assert.Empty(t, l.Violations, where...)
		assert.Empty(t, l.Asked, where...)
		assert.Empty(t, l.Said, where...)
		assert.LessOrEqual(t, l.TooWide, 0, where...)
	}
}
