package azpipeline

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
)

// TestAnErrorHasItsLine has the lines that the YAML library counts from 0, and those that it counts from 1.
func TestAnErrorHasItsLine(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"a list in brackets":              {text: "a: 1\nb: [\"x\" y]\nc: 2\n", want: "p.yml:2:1: error: did not find expected ',' or ']'"},
		"a mapping in braces":             {text: "a: 1\nb:\n  - {x: 1\nc: 2\n", want: "p.yml:3:3: error: did not find expected ',' or '}'"},
		"a list between keys":             {text: "a: 1\nb: 2\n- c\n", want: "p.yml:3:1: error: did not find expected key"},
		"a word after quotes":             {text: "a: 1\nb: 'x' y\n", want: "p.yml:2:1: error: did not find expected key"},
		"a key in a list":                 {text: "a: 1\nb:\n  - x\n  y: 2\n", want: "p.yml:4:3: error: did not find expected '-' indicator in the list that begins in line 3"},
		"a key between two levels":        {text: "a: 1\nb:\n  c:\n    d: 1\n  e: |\n   text\n   f: 2\n  g:\n    h: 3\n   i: 4\n  j: 5\n", want: "p.yml:10:4: error: did not find expected key in the mapping that begins in line 3"},
		"one below lines that are mended": {text: "a: 1\nb:\n  c: *\n  d:\n    e: \"*\n    \"\n   f: 4\n", want: "p.yml:7:4: error: did not find expected key in the mapping that begins in line 3"},
		"a word after quotes, below":      {text: "# a\na: 1\nb: 2\nc: 'x' y\nd: 4\n", want: "p.yml:4:1: error: did not find expected key in the mapping that begins in line 2"},
		"a bracket that closes nothing":   {text: "a: 1\nb: ]\n", want: "p.yml:2:1: error: did not find expected node content"},
		"a bracket that isn't closed":     {text: "a: [b\n", want: "p.yml:1:1: error: did not find expected ',' or ']'"},
		"a line without a colon":          {text: "a: 1\nb\nc: 1\n", want: "p.yml:2:1: error: could not find expected ':'"},
		"a key that's indented too much":  {text: "a: 1\nb: 2\n  c: 3\n", want: "p.yml:3:3: error: mapping values are not allowed in this context"},
		"an unknown escape":               {text: "a: 1\nb: \"\\q\"\n", want: "p.yml:2:1: error: found unknown escape character"},
		"a word after a block's bar":      {text: "a: 1\nb: |x\n c\n", want: "p.yml:2:1: error: did not find expected comment or line break"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewLibrary(fstest.MapFS{"p.yml": {Data: []byte(tc.text)}}).Open("p.yml")
			assert.EqualError(t, err, tc.want)
		})
	}
}
