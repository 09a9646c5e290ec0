package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"armpreflight/internal/diagnosis"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheFirstPagesNameTheVerbs reads the verbs from the program's own list: the Marketplace page names each, and the page
// about rolling out those that a platform team needs for it.
func TestTheFirstPagesNameTheVerbs(t *testing.T) {
	page := func(parts ...string) string {
		text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, parts...)...))
		require.NoError(t, err)
		return string(text)
	}
	usage := page("internal", "cli", "cli.go")
	overview, rollout := page("extension", "overview.md"), page("docs", "rollout.md")
	verbs := regexp.MustCompile(`(?m)^\t\t\{name: "([a-z]+)", summary: `).FindAllStringSubmatch(usage, -1)
	require.Greater(t, len(verbs), 5)
	for _, verb := range verbs {
		switch verb[1] {
		case "run", "version", "help": // the task's own, and no work by themselves
		default:
			assert.Contains(t, overview, "`armpreflight "+verb[1]+"`")
		}
	}
	for _, command := range []string{"`armpreflight lint --patch ", "`armpreflight lint --require-preflight ", "`armpreflight audit`", "`armpreflight creation`"} {
		assert.Contains(t, rollout, command)
	}
	for _, sentence := range []string{"RunAsPreJob", "variable group linked to a key vault"} {
		assert.Contains(t, rollout, sentence)
	}
}

// TestEveryLinkWithinThePagesLeadsSomewhere follows the links of the pages that people write to files and headings.
func TestEveryLinkWithinThePagesLeadsSomewhere(t *testing.T) {
	root := filepath.Join("..", "..")
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		require.NoError(t, err)
		pages = append(pages, found...)
	}
	require.Greater(t, len(pages), 20)
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], ":") {
				continue // an address
			}
			name, heading, _ := strings.Cut(m[1], "#")
			file := page
			if name != "" {
				file = filepath.Join(filepath.Dir(page), filepath.FromSlash(name))
			}
			target, err := os.ReadFile(file)
			if info, statErr := os.Stat(file); statErr == nil && info.IsDir() {
				continue
			}
			if !assert.NoError(t, err, "%s links to %s", page, m[1]) || heading == "" {
				continue
			}
			assert.True(t, hasHeading(string(target), heading), "%s links to %s, and there's no such heading", page, m[1])
		}
	}
}

// hasHeading reports whether a page has a heading with this anchor, formed as GitHub and Azure Repos do.
func hasHeading(text, anchor string) bool {
	for line := range strings.Lines(text) {
		if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			slug := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
			if strings.ReplaceAll(slug, " ", "-") == anchor {
				return true
			}
		}
	}
	return false
}

// TestTheSoftMemoryLimitIsTheDocumentedOne compares the constant of the program with the pages that name it.
func TestTheSoftMemoryLimitIsTheDocumentedOne(t *testing.T) {
	root := filepath.Join("..", "..")
	source, err := os.ReadFile(filepath.Join(root, "cmd", "armpreflight", "main.go"))
	require.NoError(t, err)
	limit := regexp.MustCompile(`\bsoftMemory = (\d+) << 20\n`).FindSubmatch(source)
	require.NotNil(t, limit)
	security, err := os.ReadFile(filepath.Join(root, "SECURITY.md"))
	require.NoError(t, err)
	for _, sentence := range []string{"its own soft memory limit (%s MiB", "a soft limit of %s MiB for itself"} {
		assert.Contains(t, string(security), strings.ReplaceAll(sentence, "%s", string(limit[1])))
	}
}

// TestEveryFindingOfAVerbIsInItsPage: an entry with a remedy is a finding of audit, one with a rule is a finding of lint.
func TestEveryFindingOfAVerbIsInItsPage(t *testing.T) {
	page := func(name string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		require.NoError(t, err)
		return string(text)
	}
	audit, lint := page("audit.md"), page("lint.md")
	remedies, rules := 0, 0
	for _, e := range diagnosis.Entries() {
		link := "[" + string(e.Code) + "](errors/" + string(e.Code) + ".md)"
		if e.Remedy != "" {
			remedies++
			assert.Contains(t, audit, link)
		}
		if e.Rule != "" {
			rules++
			assert.Contains(t, lint, link)
		}
	}
	assert.Greater(t, remedies, 10)
	assert.Greater(t, rules, 5)
}

// TestTheBoundsOfLintAreTheDocumentedOnes compares constants of the package with docs/lint.md.
func TestTheBoundsOfLintAreTheDocumentedOnes(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "azpipeline", "source.go"))
	require.NoError(t, err)
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "lint.md"))
	require.NoError(t, err)
	text := strings.Join(strings.Fields(string(page)), " ")
	for name, sentence := range map[string]string{"maxParts": "more than %s lines and entries", "maxAllParts": "(%s in all files together)"} {
		value := regexp.MustCompile(`(?m)^\s` + name + `\s+= (\d+)_000\b`).FindSubmatch(source)
		require.NotNil(t, value, name)
		assert.Contains(t, text, strings.ReplaceAll(sentence, "%s", string(value[1])+",000"))
	}
}

// disclaimer finds a sentence that says what wasn't tested live.
var disclaimer = regexp.MustCompile(`(?i)[^.|]*\b(?:not|never|haven't|hasn't|isn't|wasn't|untested|nothing)\b[^.|]*\b(?:live|real) (?:Azure|organization|tenant|subscription|container)[^.|]*`)

// TestWhatIsntTestedIsSaidOnce: one page says it, the first pages in a sentence, and the others have a link.
func TestWhatIsntTestedIsSaidOnce(t *testing.T) {
	root := filepath.Join("..", "..")
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "extension/*.md", "docs/pipelines/*.yml"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		require.NoError(t, err)
		pages = append(pages, found...)
	}
	linked := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		linked += min(1, strings.Count(string(text), "testing-status.md"))
		found := len(disclaimer.FindAllString(strings.Join(strings.Fields(string(text)), " "), -1))
		switch filepath.Base(page) {
		case "testing-status.md":
		case "README.md", "overview.md":
			assert.Equal(t, 1, found, page)
		default:
			assert.Zero(t, found, "%s says what isn't tested: link to docs/testing-status.md instead", page)
		}
	}
	assert.Greater(t, linked, 12)
}
