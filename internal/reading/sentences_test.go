package reading

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/catalogue"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// sentence is what a tool or a service prints, and the entry that it must lead to.
type sentence struct {
	name, tool, since, source string
	want                      catalogue.Code
	way                       []string // of wrapped.txtar
	text                      string
}

// sentencesIn reads an archive of texts, each behind lines "key: value" and an empty line.
func sentencesIn(t testing.TB, path string) []sentence {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	require.NoError(t, err)
	var all []sentence
	for _, file := range archive.Files {
		head, text, _ := strings.Cut(string(file.Data), "\n\n")
		s := sentence{name: strings.TrimSuffix(filepath.Base(path), ".txtar") + "/" + file.Name, text: strings.TrimRight(text, "\n")}
		for line := range strings.Lines(head) {
			key, value, _ := strings.Cut(strings.TrimRight(line, "\n"), ": ")
			switch strings.TrimSuffix(key, ":") {
			case "want":
				s.want = catalogue.Code(value)
			case "tool":
				s.tool = value
			case "since":
				s.since = value
			case "source":
				s.source = value
			case "who", "step": // of the page that's shown: TestAWrapperIsExplainedForTheRightPersonFromTheFirstStep of package cli
			case "way":
				s.way = strings.Fields(value)
			default:
				t.Errorf("%s: no such key: %s", s.name, line)
			}
		}
		require.NotEmpty(t, s.text, s.name)
		all = append(all, s)
	}
	return all
}

func sentences(t testing.TB) []sentence {
	paths, err := filepath.Glob("testdata/sentences/*.txtar")
	require.NoError(t, err)
	var all []sentence
	for _, path := range paths {
		for _, s := range sentencesIn(t, path) {
			require.NotEmpty(t, s.tool, s.name)
			require.NotEmpty(t, s.source, s.name)
			all = append(all, s)
		}
	}
	return all
}

// asPasted are the forms in which a sentence reaches the reader.
var asPasted = map[string]func(text string) string{
	"as it is": func(text string) string { return text },
	"in an error of the agent": func(text string) string {
		return "##[error]" + strings.ReplaceAll(strings.TrimPrefix(text, "##[error]"), "\n", "\n##[error]") + "\n"
	},
	"with an agent's times": func(text string) string {
		const time = "2026-11-23T10:00:00.1234567Z "
		return time + strings.ReplaceAll(text, "\n", "\n"+time) + "\n"
	},
	"split over lines": func(text string) string { return wrapped(text, 72) },
	"in a JSON string": func(text string) string {
		quoted, _ := json.Marshal(map[string]string{"message": text})
		return string(quoted)
	},
}

// wrapped breaks lines at blanks, as a terminal or Terraform's frame does.
func wrapped(text string, columns int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		at := 0
		for i, word := range strings.Split(strings.TrimRight(line, "\n"), " ") {
			switch {
			case i > 0 && at+1+len(word) > columns:
				b.WriteString("\n")
				at = 0
			case i > 0:
				b.WriteString(" ")
				at++
			}
			b.WriteString(word)
			at += len(word)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// leads is the code that a text is explained by.
func leads(t testing.TB, text string) catalogue.Code {
	t.Helper()
	found, err := Read(strings.NewReader(text))
	require.NoError(t, err)
	if len(found.Causes) == 0 {
		return ""
	}
	return found.Causes[0].Entry.Code
}

func TestEverySentenceIsReachedByItsEntry(t *testing.T) {
	all := sentences(t)
	entries, tools := map[catalogue.Code]bool{}, map[string]bool{}
	reached := map[string]int{}
	for _, s := range all {
		_, known := catalogue.Lookup(s.want)
		require.True(t, known, "%s: %s", s.name, s.want)
		entries[s.want], tools[s.tool] = true, true
		for form, paste := range asPasted {
			if assert.Equal(t, s.want, leads(t, paste(s.text)), "%s %s", s.name, form) {
				reached[form]++
			}
		}
	}
	t.Logf("%d sentences of %d tools and services come to %d entries", len(all), len(tools), len(entries))
	for _, form := range slices.Sorted(maps.Keys(asPasted)) {
		t.Logf("%s: %d of %d", form, reached[form], len(all))
	}
	assert.GreaterOrEqual(t, len(all), 200)
}

func TestNothingIsClaimedOfUnrelatedTexts(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/unrelated.txtar")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(archive.Files), 90)
	for _, file := range archive.Files {
		for form, paste := range asPasted {
			assert.Empty(t, leads(t, paste(string(file.Data))), "%s %s", file.Name, form)
		}
	}
}

func TestTheCauseLeadsInAWrapper(t *testing.T) {
	all := sentencesIn(t, "testdata/wrapped.txtar")
	require.GreaterOrEqual(t, len(all), 40)
	for _, s := range all {
		reading, err := Read(strings.NewReader(s.text))
		require.NoError(t, err)
		if !assert.Len(t, reading.Causes, 1, s.name) {
			for _, c := range reading.Causes {
				t.Logf("%s: %s", s.name, c.Entry.Code)
			}
			continue
		}
		assert.Equal(t, s.want, reading.Causes[0].Entry.Code, s.name)
		for _, way := range s.way {
			assert.Contains(t, reading.Causes[0].Way, catalogue.Code(way), s.name)
		}
	}
}
