package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var home = filepath.Join("..", "..", "internal", "catalogue")

func TestTheTablesAreWhatTheFilesSay(t *testing.T) {
	all, err := read(home)
	require.NoError(t, err)
	for name, write := range outputs {
		want, err := write(all)
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(home, name))
		require.NoError(t, err)
		assert.True(t, string(want) == string(got), "%s isn't current: run go generate ./internal/catalogue", name)
	}
}

const good = `---
code: example-code
append: [message]
retry: never
confidence: documented
since: "1.0"
links: [variables]
---

# {if group} group '{group}' is missing
# {else} a group is missing

It isn't there.
{if detail} Its note says: {detail}.

## Usual causes

* a typing mistake

## Confirm

The portal doesn't list it.

## Fix: subscription owner (automatic, if allowed=yes)

1. @rerun

## Fix: pipeline author

1. {if link} Open {link}.
2. {else} Open the page.
3. @rerun
`

// example is a source with the words and shared texts of the catalogue, and one link.
func example(t *testing.T) *source {
	t.Helper()
	s := &source{links: map[string]string{"variables": "https://example.com"}, shared: map[string]shared{}, used: map[string]bool{}}
	require.NoError(t, readYAML(filepath.Join(home, "words.yaml"), &s.words))
	require.NoError(t, s.readShared(filepath.Join(home, "shared.md")))
	return s
}

func TestAnEntryIsRead(t *testing.T) {
	s := example(t)
	e, err := s.entry([]byte(good))
	require.NoError(t, err)
	assert.Len(t, e.Title, 2)
	assert.Len(t, e.Means, 2)
	assert.Equal(t, "detail", e.Means[1][0].If)
	assert.Equal(t, "allowed=yes", e.Fixes[0].With)
	assert.Len(t, e.Fixes[1].Steps, 2, "two variants are one step")
	assert.Equal(t, ": {message}", e.Append[0][0].Text)
}

func TestAMistakeInAnEntryIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, says string }{
		"a name in the front matter":   {"retry: never", "retri: never", "retri"},
		"a retry class":                {"retry: never", "retry: sometimes", "sometimes"},
		"a confidence":                 {"confidence: documented", "confidence: sure", "sure"},
		"a bound without propagation":  {"retry: never", "retry: never\nwithin: 5m", "within"},
		"a link":                       {"[variables]", "[variable]", "no link variable"},
		"a shared step":                {"1. @rerun\n\n## Fix: pipeline", "1. @return\n\n## Fix: pipeline", "no section return"},
		"a value":                      {"Open {link}.", "Open {lnik}.", "{lnik}"},
		"a condition":                  {"{if link}", "{if lnik}", "lnik"},
		"a condition of a fix":         {"if allowed=yes", "if alowed=yes", "alowed"},
		"a person":                     {"Fix: subscription owner", "Fix: subscriptions owner", "subscriptions owner"},
		"a scheme":                     {"(automatic,", "(automatically,", "automatically"},
		"an else without an if":        {"1. {if link} Open {link}.\n", "1. Open {link}.\n", "nothing before it"},
		"a section":                    {"## Confirm", "## Confirmation", "Confirmation"},
		"a code block":                 {"It isn't there.", "```\nIt isn't there.\n```", "only headings"},
		"a value to append":            {"append: [message]", "append: [mesage]", "mesage"},
		"a second title without a way": {"# {else} a group is missing", "# a group is missing", "one text is wanted"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, c.old)
			s := example(t)
			_, err := s.entry([]byte(strings.Replace(good, c.old, c.new, 1)))
			assert.ErrorContains(t, err, c.says)
		})
	}
}

// The generator, and therefore TestTheTablesAreWhatTheFilesSay, fails if an entry has no sources.
func TestWhatAnEntryWasComparedWithIsSaidInOneOfTwoWays(t *testing.T) {
	for name, c := range map[string]struct {
		front front
		says  string
	}{
		"pages and a day":              {front: front{Sources: []string{"https://example.com/a", "owner/name a/b.md", "internal/cli/cli.go"}, Checked: "2026-11-28"}},
		"only reports":                 {front: front{Unchecked: "seen in reports"}},
		"only reports, yet documented": {front: front{Unchecked: "seen in reports", Confidence: "documented"}, says: "needs sources"},
		"another reason":               {front: front{Unchecked: "no time"}, says: "no time"},
		"both ways":                    {front: front{Unchecked: "seen in reports", Sources: []string{"https://example.com"}}, says: "without sources"},
		"nothing":                      {says: "are missing"},
		"a page without a day":         {front: front{Sources: []string{"https://example.com"}}, says: "are missing"},
		"a day without a page":         {front: front{Checked: "2026-11-28"}, says: "are missing"},
		"a day that doesn't exist":     {front: front{Sources: []string{"https://example.com"}, Checked: "2026-11-31"}, says: "out of range"},
		"a source that can't be found": {front: front{Sources: []string{"the documentation"}, Checked: "2026-11-28"}, says: "not an address"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.front.compared()
			if c.says == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestATopicUsesNoValue(t *testing.T) {
	for name, c := range map[string]struct{ step, says string }{
		"plain":                 {step: "Re-run the failed job."},
		"a template expression": {step: "Use ${{ parameters.connection }} or ${{variables.connection}}."},
		"a value":               {step: "Wait five minutes, then {again}.", says: "{again}"},
		"a condition":           {step: "{if} Wait.", says: "{if}"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readTopic([]byte("---\norder: 1\n---\n\n# A title\n\nIt happens.\n\n## Fix: pipeline author\n\n1. " + c.step + "\n"))
			if c.says == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestAValueThatNoFamilyHasIsRefused(t *testing.T) {
	read := func(text string) (entry, families) {
		s := example(t)
		e, err := s.entry([]byte(strings.Replace(good, "It isn't there.", text, 1)))
		require.NoError(t, err)
		return e, families{
			{Name: "Situation", Facts: facts{{"link", "text"}, {"making", "flag"}}}, {Name: "Evidence", Facts: facts{{"message", "text"}}},
			{Name: "Example", Codes: []string{"example-code"}, Facts: facts{
				{"group", "text"}, {"detail", "text"}, {"allowed", "answer"}, {"hosted", "flag"}, {"reason", "is connection-name"}, {"days", "days"}}},
			{Name: "Other", Codes: []string{"other-code"}, Facts: facts{{"state", "text"}}},
		}
	}
	for name, c := range map[string]struct{ text, says string }{
		"facts of its family":               {text: "{if hosted=yes and not reason=connection-name} It isn't there after {days} days."},
		"a fact of another family":          {text: "It isn't {state}.", says: "fact state"},
		"a condition on one":                {text: "{if state} It isn't there.", says: "fact state"},
		"a flag that's no":                  {text: "{if hosted=no} It isn't there.", says: "hosted is never no"},
		"a flag that's called otherwise":    {text: "{if reason=name} It isn't there.", says: "reason is never name"},
		"an answer that's neither":          {text: "{if allowed=perhaps} It isn't there.", says: "allowed is never perhaps"},
		"a number that's compared":          {text: "{if days=5} It isn't there.", says: "days is never 5"},
		"a fact of the situation or answer": {text: "It isn't at {link}: {message}."},
	} {
		t.Run(name, func(t *testing.T) {
			e, all := read(c.text)
			err := all.of(e.front.Code).check(&e.Advice)
			if c.says == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestAMistakeInTheFamiliesIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		family family
		says   string
	}{
		"a code that isn't there":   {family{Name: "New", Codes: []string{"no-code"}, Facts: facts{{"state", "text"}}}, "no entry no-code"},
		"a code of two families":    {family{Name: "New", Codes: []string{"clock-skew"}}, "of ClockSkew and of New"},
		"a kind":                    {family{Name: "New", Facts: facts{{"state", "word"}}}, `no kind "word"`},
		"a fact that no text names": {family{Name: "New", Also: []string{"clock-skew"}, Facts: facts{{"state", "text"}}}, "no text names New: state"},
		"a fact without words":      {family{Name: "New", Facts: facts{{"nothing", "text"}}}, "no words for nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := read(home)
			require.NoError(t, err)
			all.families = append(all.families, c.family)
			assert.ErrorContains(t, all.checkFamilies(), c.says)
		})
	}
}
