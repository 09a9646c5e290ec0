package azpipeline

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAnErrorHasItsLine has the lines that the YAML library counts from 0, and those that it counts from 1.
func TestAnErrorHasItsLine(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"a list in brackets":                                 {text: "a: 1\nb: [\"x\" y]\nc: 2\n", want: "p.yml:2:1: error: did not find expected ',' or ']'"},
		"a mapping in braces":                                {text: "a: 1\nb:\n  - {x: 1\nc: 2\n", want: "p.yml:3:3: error: the bracket that opens in this line isn't closed before line 4: did not find expected ',' or '}'"},
		"a list between keys":                                {text: "a: 1\nb: 2\n- c\n", want: "p.yml:3:1: error: did not find expected key in the mapping that begins in line 1"},
		"a word after quotes":                                {text: "a: 1\nb: 'x' y\n", want: "p.yml:2:1: error: did not find expected key in the mapping that begins in line 1"},
		"a key in a list":                                    {text: "a: 1\nb:\n  - x\n  y: 2\n", want: "p.yml:4:3: error: did not find expected '-' indicator in the list that begins in line 3"},
		"a key between two levels":                           {text: "a: 1\nb:\n  c:\n    d: 1\n  e: |\n   text\n   f: 2\n  g:\n    h: 3\n   i: 4\n  j: 5\n", want: "p.yml:10:4: error: did not find expected key in the mapping that begins in line 3"},
		"one below lines that are mended":                    {text: "a: 1\nb:\n  c: *\n  d:\n    e: \"*\n    \"\n   f: 4\n", want: "p.yml:7:4: error: did not find expected key in the mapping that begins in line 3"},
		"a word after quotes, below":                         {text: "# a\na: 1\nb: 2\nc: 'x' y\nd: 4\n", want: "p.yml:4:1: error: did not find expected key in the mapping that begins in line 2"},
		"a bracket that closes nothing":                      {text: "a: 1\nb: ]\n", want: "p.yml:2:1: error: did not find expected node content"},
		"a bracket that isn't closed, at the end":            {text: "a: [b\n", want: "p.yml:1:1: error: the bracket that opens in this line isn't closed: did not find expected ',' or ']'"},
		"a bracket that isn't closed, before keys":           {text: "a: [b\nc:\n  d: 1\n  e: 2\nf: 3\n", want: "p.yml:1:1: error: the bracket that opens in this line isn't closed before line 2: did not find expected ',' or ']'"},
		"a bracket that isn't closed, before a list":         {text: "# a\nx: 1\na: [b\nc:\n- d: 1\n- e: 2\n", want: "p.yml:3:1: error: the bracket that opens in this line isn't closed before line 4: did not find expected ',' or ']'"},
		"a brace that isn't closed, in a list":               {text: "a: 1\nb:\n- {c: 1\n- d: 2\n- e: 3\n", want: "p.yml:3:1: error: the bracket that opens in this line isn't closed before line 4: did not find expected ',' or '}'"},
		"a brace that a bracket closes":                      {text: "a: 1\nb: {c: 1]\nd: 2\ne: 3\n", want: "p.yml:2:1: error: did not find expected ',' or '}'"},
		"a comma that's missing, in brackets of many lines":  {text: "a: 1\nb: [\n  'x',\n  'y'\n  'z',\n  'w',\n]\nc: 1\n", want: "p.yml:5:3: error: did not find expected ',' or ']' in the brackets that open in line 2"},
		"a word in the last of the lines in brackets":        {text: "a: 1\nb: [\n  'x',\n  'y'\n] z\nc: 1\n", want: "p.yml:5:1: error: did not find expected key in the mapping that begins in line 1"},
		"a bracket of another kind, below":                   {text: "a: 1\nb: [\n  'x',\n  'y'\n}\nc: 1\n", want: "p.yml:5:1: error: did not find expected ',' or ']' in the brackets that open in line 2"},
		"quotes that aren't closed":                          {text: "a: 1\nb: 'c\nd: 1\n", want: "p.yml:2:1: error: the quotes that open in this line aren't closed: found unexpected end of stream"},
		"quotes that aren't closed, in the first line":       {text: "a: 'c\nd: 1\n", want: "p.yml:1:1: error: the quotes that open in this line aren't closed: found unexpected end of stream"},
		"quotes that aren't closed, before others":           {text: "a: 1\nb: \"c\nd: 1\ne: \"f\"\ng: 2\n", want: "p.yml:2:1: error: the quotes that open in this line close in line 4: did not find expected key"},
		"quotes that aren't closed, before an apostrophe":    {text: "a: 1\nb:\n- 'c\n- d\n# don't\n- e\n", want: "p.yml:3:1: error: the quotes that open in this line close in line 5: did not find expected key"},
		"quotes that aren't closed, in brackets":             {text: "a: 1\nb: [\"c, d]\ne: \"f\"\ng: 2\n", want: "p.yml:2:1: error: the bracket that opens in this line isn't closed before line 3: did not find expected ',' or ']'"},
		"quotes that aren't closed, before another document": {text: "a: 1\nb: \"c\n---\nd: 1\n", want: "p.yml:2:1: error: the quotes that open in this line aren't closed: found unexpected document indicator"},
		"an unknown escape in quotes of several lines":       {text: "a: 1\nb: \"c\n  d \\q\n  e\"\n", want: "p.yml:3:3: error: found unknown escape character"},
		"a list in a bracket that isn't closed":              {text: "a: 1\nb: [\n- 'c'\n- d: 1\n", want: "p.yml:2:1: error: the bracket that opens in this line isn't closed before line 3: did not find expected node content"},
		"the last line, without an end":                      {text: "a: 1\nb: [\"x\" y]", want: "p.yml:2:1: error: did not find expected ',' or ']'"},
		"a bracket in the last line, without an end":         {text: "a: 1\nb: [\"x\"", want: "p.yml:2:1: error: the bracket that opens in this line isn't closed: did not find expected ',' or ']'"},
		"a bracket at the end":                               {text: "a: 1\nsteps: [", want: "p.yml:2:1: error: the bracket that opens in this line isn't closed: did not find expected node content"},
		"a bracket at the end, after a comma":                {text: "a: 1\nb:\n- [c,\n  d,\n", want: "p.yml:3:1: error: the bracket that opens in this line isn't closed: did not find expected node content"},
		"two commas in brackets":                             {text: "a: 1\nb: [c,,d]\n", want: "p.yml:2:1: error: did not find expected node content"},
		"a tab before a key":                                 {text: "a: 1\nb: c\n\td: e\nf: 2\n", want: "p.yml:3:1: error: found a tab character that violates indentation"},
		"a tab in a block":                                   {text: "a: 1\nb: |\n\n\tc\nf: 2\n", want: "p.yml:4:1: error: found a tab character where an indentation space is expected"},
		"quotes that aren't closed, before comments":         {text: "a: 1\nb: \"c\nd: \"e\"\n\n# f\n# g\n\n# h\ni: 2\n", want: "p.yml:2:1: error: the quotes that open in this line close in line 3: did not find expected key"},
		"quotes that aren't closed, before a nested key":     {text: "a:\n- b: 'c\n  d: 'e'\n  f:\n    g: 1\n", want: "p.yml:2:1: error: the quotes that open in this line close in line 3: did not find expected key"},
		"an alias of nothing":                                {text: "a: 1\nb:\n  ? *c\n  : d\ne: 2\nf: 3\n", want: "p.yml:3:3: error: unknown anchor 'c' referenced"},
		"one in Windows line endings":                        {text: "\ufeffa: 1\r\nb: [c\r\nd:\r\n- e\r\n- f\r\n", want: "p.yml:2:1: error: the bracket that opens in this line isn't closed before line 3: did not find expected ',' or ']'"},
		"a line without a colon":                             {text: "a: 1\nb\nc: 1\n", want: "p.yml:2:1: error: could not find expected ':'"},
		"a key that's indented too much":                     {text: "a: 1\nb: 2\n  c: 3\n", want: "p.yml:3:3: error: mapping values are not allowed in this context"},
		"an unknown escape":                                  {text: "a: 1\nb: \"\\q\"\n", want: "p.yml:2:1: error: found unknown escape character"},
		"a word after a block's bar":                         {text: "a: 1\nb: |x\n c\n", want: "p.yml:2:1: error: did not find expected comment or line break"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewLibrary(fstest.MapFS{"p.yml": {Data: []byte(tc.text)}}).Open("p.yml")
			assert.EqualError(t, err, tc.want)
		})
	}
}

// TestTheSearchForLinesIsBounded has broken texts that are expensive to search: each is parsed again a few times, and all of them
// together until a number of bytes is reached.
func TestTheSearchForLinesIsBounded(t *testing.T) {
	for name, tc := range map[string]struct{ text string }{
		"a key below a list":             {text: "a:\n" + strings.Repeat("  - b\n", 5_000) + " c: 1\n"},
		"a bracket of many lines":        {text: "a: [\n" + strings.Repeat("  'b',\n", 5_000) + "'c' d\n]\n"},
		"a bracket that isn't closed":    {text: "a: [\n" + strings.Repeat("  'b',\n", 5_000)},
		"a word of many lines":           {text: "a: 'b' c\n" + strings.Repeat("    d\n", 5_000) + "e: 1\n"},
		"a word of many lines in quotes": {text: "a: 1\nb: 'b" + strings.Repeat("    d\n", 5_000) + "' e\n"},
	} {
		t.Run(name, func(t *testing.T) {
			l := NewLibrary(fstest.MapFS{})
			_, err := l.Parse("one.yml", []byte(tc.text))
			require.Error(t, err)
			assert.LessOrEqual(t, l.searched, 6*len(tc.text))
			assert.Greater(t, l.searched, len(tc.text))
			l.searched = maxSearched - len(tc.text) - 100
			for n := range 3 {
				_, err = l.Parse(fmt.Sprint(n), []byte(tc.text))
				require.Error(t, err)
				assert.LessOrEqual(t, l.searched, maxSearched)
			}
		})
	}
}

// BenchmarkBrokenFiles reads as many broken files as may be read together.
func BenchmarkBrokenFiles(b *testing.B) {
	text := []byte("a:\n" + strings.Repeat("  - b\n", 20_000) + " c: 1\n")
	for b.Loop() {
		l := NewLibrary(fstest.MapFS{})
		for n := range 40 {
			_, err := l.Parse(fmt.Sprint(n), text)
			require.Error(b, err)
		}
	}
}

// FuzzAnErrorIsInTheText checks that each error has a line and a column of the text.
func FuzzAnErrorIsInTheText(f *testing.F) {
	for _, text := range []string{"a: 1\nb: [c\nd:\n- e\n", "a: \"b\nc: \"d\"\n# e\n", "a:\n- {b: 'c'\n  d\n\t", "\ufeffa: |\r\n\tb\r\n", "a: *b\n---\n? [c,,", "a\rb: ]\u2028c: '"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := NewLibrary(fstest.MapFS{}).Parse("p.yml", text)
		if at, ok := errors.AsType[*Unreadable](err); ok {
			assert.Positive(t, at.Line, "%q", text)
			assert.Positive(t, at.Column, "%q", text)
			assert.LessOrEqual(t, at.Line, bytes.Count(utf8Text(text), []byte("\n"))+1, "%q", text)
		}
	})
}
