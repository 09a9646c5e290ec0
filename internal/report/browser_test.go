package report

import (
	"armpreflight/internal/audit"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// browser finds what opens a page. If there is none, the test is left out,
// unless ARMPREFLIGHT_BROWSER is "required".
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
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

// forecastPage is the page of a forecast for so many connections with a date each, which goes by the same rules.
func forecastPage(t *testing.T, connections int) []byte {
	checked := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	d := audit.Document{SchemaVersion: audit.SchemaVersion, Tool: "ARM Preflight 1.0.0", Organization: "https://dev.azure.com/contoso", Reader: "Ada", Checked: checked, Dated: true,
		NotSeen: []audit.NotSeen{{What: "connections", Why: hostile, Project: "Other"}}}
	kinds := []audit.DateKind{audit.SecretEnds, audit.CertificateEnds, audit.IssuerRetires, audit.UnusedDisables, audit.RevertEnds}
	certainties := []audit.Certainty{audit.Certain, audit.Likely, audit.Possible}
	for i := range connections {
		name := fmt.Sprintf("connection-%03d", i)
		if i == 1 {
			name = hostile + strings.Repeat("x", 200)
		}
		c := audit.Connection{ID: name, Name: name, Project: "Shop", Projects: []string{"Shop", "Billing"}, Link: "https://dev.azure.com/contoso/Shop/" + strconv.Itoa(i),
			Scheme: "service principal with a secret", State: audit.StateReady,
			Dates: []audit.Date{{Kind: kinds[i%len(kinds)], At: checked.Add(time.Duration(i*37%121)*24*time.Hour + time.Duration(i%7-3)*time.Hour), Certainty: certainties[i%3], Basis: "the application has no other valid secret"}}}
		for p := range i % 7 {
			c.Pipelines = append(c.Pipelines, audit.Pipeline{Name: strings.Repeat(fmt.Sprintf("deploy_%d", p), 1+8*(i%3)), Project: "Shop", Runs: p, Last: checked})
		}
		d.Connections = append(d.Connections, c)
	}
	f, err := d.Forecast(120)
	require.NoError(t, err)
	require.Len(t, f.Dates, connections)
	var page bytes.Buffer
	require.NoError(t, f.Render(&page, "html"))
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
	pages := map[string][]byte{"audit": auditPage(t)}
	for _, connections := range []int{0, 1, 200} {
		pages[fmt.Sprintf("forecast-%d", connections)] = forecastPage(t, connections)
	}
	for name, page := range pages {
		file := filepath.Join(folder, name+".html")
		require.NoError(t, os.WriteFile(file, page, 0o600))
		args = append(args, file)
	}
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
	require.Len(t, looks, 2*(len(all)+len(pages)), "each light and dark, wide and narrow")
	for _, l := range looks {
		where := []any{"%s, %s, %d wide", l.Page, l.ColorScheme, l.Width}
		assert.Empty(t, l.Violations, where...)
		assert.Empty(t, l.Asked, where...)
		assert.Empty(t, l.Said, where...)
		assert.LessOrEqual(t, l.TooWide, 0, where...)
	}
}
