package house

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/cli"
	"armpreflight/internal/decorator"
	"armpreflight/internal/preflight"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// written are the pages that people write, from the root of the repository.
func written(t *testing.T) []string {
	t.Helper()
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md", "extension/*.md"} {
		found, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pattern)))
		require.NoError(t, err)
		for _, page := range found {
			if filepath.Base(page) != "troubleshooting.md" {
				pages = append(pages, strings.TrimPrefix(filepath.ToSlash(page), "../../"))
			}
		}
	}
	require.Greater(t, len(pages), 25)
	return pages
}

// TestTheFlagsInThePagesAreThoseOfTheVerbs compares the table of flags in a verb's page with its help, both ways.
func TestTheFlagsInThePagesAreThoseOfTheVerbs(t *testing.T) {
	inRow, inHelp, flag := regexp.MustCompile("(?m)^\\| (`--[^|]*) \\|"), regexp.MustCompile(`(?m)^  (--[a-z-]+)`), regexp.MustCompile(`--[a-z-]+`)
	for _, verb := range []string{"audit", "creation", "lint"} {
		var help strings.Builder
		code := cli.Main(t.Context(), cli.Env{Args: []string{verb, "--help"}, Stdout: &help, Stderr: t.Output(), Now: time.Now})
		require.Equal(t, cli.ExitOK, code)
		has, said := map[string]bool{}, map[string]bool{}
		for _, m := range inHelp.FindAllStringSubmatch(help.String(), -1) {
			has[m[1]] = true
		}
		page := string(file(t, "docs/"+verb+".md"))
		for _, row := range inRow.FindAllStringSubmatch(page, -1) {
			for _, name := range flag.FindAllString(row[1], -1) {
				said[name] = true
			}
		}
		if strings.Contains(page, "`--all-projects`") { // in the row of --project
			said["--all-projects"] = true
		}
		assert.Equal(t, slices.Sorted(maps.Keys(has)), slices.Sorted(maps.Keys(said)), verb)
	}
}

// TestTheNamesInThePagesExist: codes, variables of the task, and scenarios, wherever a page names one.
func TestTheNamesInThePagesExist(t *testing.T) {
	known := map[string]bool{"ArmPreflight.FailOn": true, decorator.Inject: true}
	for _, e := range catalogue.All() {
		known[string(e.Code)] = true
	}
	var task struct {
		Restrictions struct {
			SettableVariables struct{ Allowed []string }
		}
	}
	require.NoError(t, json.Unmarshal(file(t, "task/ArmPreflight/v1/task.json"), &task))
	for _, name := range task.Restrictions.SettableVariables.Allowed {
		known[name] = true
	}
	for _, c := range preflight.All() {
		known[c.ID] = true
	}
	named := regexp.MustCompile(`\b(AADSTS\d{4,}|TF\d{5,}|VS\d{5,}|ArmPreflight\.[A-Za-z]+)\b`)
	check := regexp.MustCompile(`\btest-arm/([a-z-]+)`)
	found := 0
	for _, page := range written(t) {
		text := string(file(t, page))
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			found++
			assert.True(t, known[m[1]], "%s names %s, which doesn't exist", page, m[1])
		}
		for _, m := range check.FindAllStringSubmatch(text, -1) {
			assert.True(t, known[m[1]], "%s names the check %s, which doesn't exist", page, m[1])
		}
		// A waiver names a check and a code.
		for _, m := range regexp.MustCompile(`(?m)^\s+([a-z-]+)(?:=([A-Za-z0-9-]+))? until \d{4}`).FindAllStringSubmatch(text, -1) {
			found++
			assert.True(t, known[m[1]] && (m[2] == "" || known[m[2]]), "%s waives %s", page, m[0])
		}
	}
	assert.Greater(t, found, 50)
}
