package lint

import (
	"errors"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// nodes counts what the parser made of a text.
func nodes(n *yaml.Node) int {
	all := 1
	for _, child := range n.Content {
		all += nodes(child)
	}
	return all
}

// dense are lines and parts of lines that make many values of few bytes, to be repeated.
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

// TestPartsAreAtLeastAsManyAsTheParserMakes: what is counted before bounds what the parser makes.
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

// TestFilesOfManyPartsTakeBoundedMemory: five of them took two gigabytes.
func TestFilesOfManyPartsTakeBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector keeps some, too")
	}
	for name := range dense {
		repository := fstest.MapFS{"azure-pipelines.yml": {Data: []byte("trigger: none\nsteps: []\n")}}
		for _, file := range []string{"a.yml", "b.yml", "c.yml", "d.yml", "e.yml"} {
			repository[file] = &fstest.MapFile{Data: denseText(name, maxFile/4)}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Run(repository, []string{"."}, Options{})
		require.NoError(t, err, name)
		runtime.ReadMemStats(&after)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(400<<20), name)
	}
}

// TestTheFilesTogetherAreBounded: each of many files may fit, and all of them not.
func TestTheFilesTogetherAreBounded(t *testing.T) {
	files := library{files: fstest.MapFS{"a.yml": {Data: []byte("a: [1, 2, 3]\n")}, "b.yml": {Data: []byte("a: [1, 2, 3]\n")}}, read: map[string]opened{}}
	files.weight = maxAllParts - parts([]byte("a: [1, 2, 3]\n"))
	_, err := files.open("a.yml")
	require.NoError(t, err)
	_, err = files.open("b.yml")
	assert.ErrorContains(t, err, errTooManyAll.Error())
}

type refusing struct{ fstest.MapFS }

func (r refusing) Open(name string) (fs.File, error) {
	if strings.HasPrefix(name, "refused") {
		return nil, &fs.PathError{Op: "open", Path: "/secret/" + name, Err: fs.ErrPermission}
	}
	return r.MapFS.Open(name)
}

// TestAFileThatCannotBeReadIsAnError, with its place; a part of a file that was read is not.
func TestAFileThatCannotBeReadIsAnError(t *testing.T) {
	const good = "trigger: none\nsteps: []\n"
	for _, tc := range []struct {
		name, file, text, want string
	}{
		{name: "a tab", file: "b.yml", text: "steps:\n\t- a\n", want: "b.yml:2:1: error: found character that cannot start any token"},
		{name: "a bare star", file: "b.yml", text: "trigger:\n  branches:\n    include:\n    - *\nsteps: []\n", want: "b.yml:4:5: error: did not find expected alphabetic or numeric character"},
		{name: "a bracket that is not closed", file: "b.yml", text: "steps: [a\n", want: "b.yml:1:1: error: did not find expected ',' or ']'"},
		{name: "no permission", file: "refused.yml", text: good, want: "refused.yml:1:1: error: it can't be read: permission denied"},
		{name: "too large", file: "b.yml", text: "steps: []\n#" + strings.Repeat("a", maxFile), want: "b.yml:1:1: error: it's larger than 4 MiB"},
		{name: "too many parts", file: "b.yml", text: "steps: []\n" + strings.Repeat("#\r", maxParts), want: "b.yml:1:1: error: it has more parts than this tool reads"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			repository := refusing{fstest.MapFS{"a.yml": {Data: []byte(good)}, tc.file: {Data: []byte(tc.text)}}}
			for _, names := range [][]string{{"."}, {"a.yml", tc.file}, {tc.file, "a.yml"}} {
				r, err := Run(repository, names, Options{})
				require.NoError(t, err, names)
				require.Len(t, r.Unreadable, 1)
				assert.Equal(t, tc.want, r.Unreadable[0].Error())
				assert.Equal(t, 1, r.Errors())
				assert.Empty(t, r.Unseen)
			}
			_, err := Run(repository, []string{tc.file}, Options{})
			assert.EqualError(t, err, tc.want, "the only one")
			repository.MapFS["a.yml"] = &fstest.MapFile{Data: []byte("trigger: none\nsteps:\n- template: " + tc.file + "\n- template: not-there.yml\n")}
			r, err := Run(repository, []string{"a.yml"}, Options{})
			require.NoError(t, err)
			require.Len(t, r.Unreadable, 1, "a template that is used")
			assert.Equal(t, tc.want, r.Unreadable[0].Error())
			assert.Len(t, r.Unseen, 2, "what the templates hold")
		})
	}
}

func TestErrorsOfFilesAreOfOneKind(t *testing.T) {
	_, err := (&library{files: fstest.MapFS{}, read: map[string]opened{}}).open("nothing.yml")
	_, ok := errors.AsType[*Unreadable](err)
	assert.True(t, ok)
}
