package azpipeline

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// nodes returns the number of nodes that the parser created.
func nodes(n *yaml.Node) int {
	all := 1
	for _, child := range n.Content {
		all += nodes(child)
	}
	return all
}

// dense has the start of a text, and a part to repeat, so that a few bytes become many values.
var dense = map[string][2]string{
	"a line each":                 {"steps:\n", "- a\n"},
	"a lone CR each":              {"steps:\r", "- a\r"},
	"CR and LF":                   {"steps:\r\n", "- a\r\n"},
	"NEL":                         {"steps:\n", "- a\u0085"},
	"LS":                          {"steps:\n", "- a\u2028"},
	"PS":                          {"steps:\n", "- a\u2029"},
	"keys behind a lone CR":       {"steps: []\rvariables:\r", "  a: b\r"},
	"commas":                      {"steps: [", "a,"},
	"commas in a mapping":         {"steps: []\na: {", "a,"},
	"pairs of a list":             {"steps: [", "a: b,"},
	"brackets":                    {"steps: [", "[],"},
	"brackets in brackets":        {"steps: ", "["},
	"braces in braces":            {"steps: []\na: ", "{a: "},
	"dashes in one line":          {"steps:\n", "- "},
	"question marks in one line":  {"steps: []\n", "? "},
	"dashes and tabs":             {"steps:\n", "-\t"},
	"aliases":                     {"steps: []\nx: &a [b]\ny: [", "*a,"},
	"anchors":                     {"steps: []\nx: [", "&a b,"},
	"tags":                        {"steps: []\nx: [", "!a b,"},
	"quoted texts":                {"steps: []\nx: [", `"",`},
	"comments":                    {"steps: []\n", "#\n"},
	"comments behind values":      {"steps:\n", "- a #\n"},
	"documents":                   {"steps: []\n", "---\n"},
	"long words":                  {"steps: [", strings.Repeat("a", 200) + ","},
	"a lone CR each, in UTF-16":   {"\ufeffsteps:\r", "- a\r"},
	"one long text":               {"steps: []\na: ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	"one long text of many lines": {"steps: []\na: |\n", "  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"},
	"escapes":                     {"steps: []\na: \"", `\u0041`},
	"keys that may be longer":     {"steps: []\n", "a b c d\n"},
	"indentation":                 {"steps: []\n", "a:\n "},
}

func denseText(name string, size int) []byte {
	start, part := dense[name][0], dense[name][1]
	text := start + strings.Repeat(part, max(1, (size-len(start))/len(part)))
	if strings.HasPrefix(text, "\ufeff") {
		var wide []byte
		for _, unit := range utf16.Encode([]rune(text[:size/2])) {
			wide = append(wide, byte(unit), byte(unit>>8))
		}
		return wide
	}
	return []byte(text)
}

// TestPartsAreAtLeastAsManyAsTheParserMakes compares the count with the number of values that the parser creates.
func TestPartsAreAtLeastAsManyAsTheParserMakes(t *testing.T) {
	for name := range dense {
		text := utf8Text(denseText(name, 3000))
		for _, end := range []string{"", "]", "}", "\""} {
			var document yaml.Node
			if yaml.Unmarshal(append(text[:len(text):len(text)], end...), &document) == nil {
				assert.LessOrEqual(t, nodes(&document), 3*parts(text)+4, name)
			}
		}
	}
}

func FuzzParts(f *testing.F) {
	for name := range dense {
		f.Add(denseText(name, 60))
	}
	f.Add([]byte("? a\n: b\n? - c\n: {? d: e}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		text = utf8Text(text)
		var document yaml.Node
		if yaml.Unmarshal(text, &document) == nil && !strings.HasPrefix(string(text), "\xff") {
			assert.LessOrEqual(t, nodes(&document), 3*parts(text)+4, "%q", text)
		}
	})
}

// TestTheFilesTogetherAreBounded has files that are small enough each, but not together.
func TestTheFilesTogetherAreBounded(t *testing.T) {
	files := NewLibrary(fstest.MapFS{"a.yml": {Data: []byte("a: [1, 2, 3]\n")}, "b.yml": {Data: []byte("a: [1, 2, 3]\n")}})
	files.weight = maxAllParts - parts([]byte("a: [1, 2, 3]\n"))
	_, err := files.Open("a.yml")
	require.NoError(t, err)
	_, err = files.Open("b.yml")
	assert.ErrorContains(t, err, errTooManyAll.Error())
}

func TestErrorsOfFilesAreOfOneKind(t *testing.T) {
	_, err := NewLibrary(fstest.MapFS{}).Open("nothing.yml")
	_, ok := errors.AsType[*Unreadable](err)
	assert.True(t, ok)
}
