package house

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var recordFolder = filepath.Join("..", "..", "docs", "adr")

// TestEveryRecordOfADecisionIsWhole: the records are numbered without a gap, and each has a date, a status, and the four
// sections; the list names each by its title.
func TestEveryRecordOfADecisionIsWhole(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(recordFolder, "README.md"))
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(recordFolder, "0*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	assert.Equal(t, len(files), strings.Count(string(index), "\n| [0"), "rows of the list")
	for i, file := range files {
		name := filepath.Base(file)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, fault := range recordFaults(name, string(text), string(index), i+1) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

var (
	dated    = regexp.MustCompile(`^Date: \d{4}-\d{2}-\d{2}(, facts corrected \d{4}-\d{2}-\d{2})?\. Status: (proposed|accepted|superseded by \[\d{4}\]\(\d{4}-[a-z0-9-]+\.md\))\.$`)
	sections = []string{"Context", "Decision", "Consequences", "Alternatives considered"}
)

func recordFaults(name, text, index string, number int) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	lines := strings.Split(text, "\n")
	title, ok := strings.CutPrefix(lines[0], fmt.Sprintf("# %04d ", number))
	if !ok {
		fault("its first line isn't a heading that begins with %04d", number)
	}
	if row := fmt.Sprintf("| [%04d](%s) | %s |\n", number, name, title); !strings.Contains(index, row) {
		fault("the list has no row %q", row)
	}
	if len(lines) < 3 || !dated.MatchString(lines[2]) {
		fault("its third line isn't a date and a status")
	}
	var found []string
	for _, line := range lines {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			found = append(found, heading)
		}
	}
	if strings.Join(found, ", ") != strings.Join(sections, ", ") {
		fault("its sections are %q", found)
	}
	if len(lines) > 75 {
		fault("it's longer than a page: %d lines", len(lines))
	}
	return faults
}

// TestAFaultInARecordIsFound breaks a good record in each place.
func TestAFaultInARecordIsFound(t *testing.T) {
	const good = "# 0003 One client\n\nDate: 2026-11-23. Status: accepted.\n\n## Context\n\n## Decision\n\n## Consequences\n\n## Alternatives considered\n"
	const index = "| [0003](0003-one.md) | One client |\n"
	assert.Empty(t, recordFaults("0003-one.md", good, index, 3))
	for name, tt := range map[string]struct{ old, new string }{
		"another number":    {old: "# 0003", new: "# 0004"},
		"another title":     {old: "One client", new: "Two clients"},
		"no date":           {old: "Date: 2026-11-23. ", new: ""},
		"no status":         {old: " Status: accepted.", new: ""},
		"an unknown status": {old: "accepted", new: "agreed"},
		"a missing section": {old: "## Consequences\n", new: ""},
		"too long":          {old: "## Decision\n", new: "## Decision\n" + strings.Repeat("and\n", 75)},
	} {
		t.Run(name, func(t *testing.T) {
			assert.NotEmpty(t, recordFaults("0003-one.md", strings.Replace(good, tt.old, tt.new, 1), index, 3))
		})
	}
}

// TestTheRecordOfTheCompileFlagsNamesThoseOfTheBuild compares the command in 0012 with build.sh, both ways.
func TestTheRecordOfTheCompileFlagsNamesThoseOfTheBuild(t *testing.T) {
	words := func(text string) []string {
		return regexp.MustCompile(`-gcflags=\S+|CGO_ENABLED=\w+|GO(?:AMD|ARM)64=[\w.]+|-trimpath|-buildvcs=\w+|-buildid=|"-s -w| -X `).FindAllString(text, -1)
	}
	record, err := os.ReadFile(filepath.Join(recordFolder, "0012-compile-flags.md"))
	require.NoError(t, err)
	_, command, ok := strings.Cut(string(record), "```\n")
	require.True(t, ok)
	command, _, _ = strings.Cut(command, "```")
	script, err := os.ReadFile(filepath.Join("..", "..", "build.sh"))
	require.NoError(t, err)
	_, compile, ok := strings.Cut(string(script), "\ncompile() {\n")
	require.True(t, ok)
	compile, _, _ = strings.Cut(compile, "\n}")
	assert.Len(t, words(compile), 9)
	assert.ElementsMatch(t, words(compile), words(command))
}
