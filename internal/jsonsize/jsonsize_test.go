package jsonsize

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestElementsOfLists(t *testing.T) {
	for text, want := range map[string]Size{
		``:                                   {},
		`{"a":1,"b":{"c":2,"d":3}}`:          {Longest: 1},
		`[1,2,3]`:                            {Top: 3},
		`{"a":[1,2,3],"b":[{},{}]}`:          {Top: 5, Longest: 1},
		`{"a":[{"x":1,"y":[1,2]},{"y":[]}]}`: {Top: 2, Deeper: 3, Longest: 1},
		`{"a":{"b":[1,2]}}`:                  {Deeper: 2, Longest: 1},
		`{"a":["[,","\",[",",\\"]}`:          {Top: 3, Longest: 4},
		`]],,[1,2`:                           {Top: 2},
		`"`:                                  {},
		`"\`:                                 {Longest: 2}, // cut off: one more than there is
	} {
		got, ok := Of([]byte(text))
		assert.True(t, ok, text)
		got.Largest = 0 // another test's
		assert.Equal(t, want, got, text)
	}
}

func TestTheLargestElement(t *testing.T) {
	for text, want := range map[string]int{
		`{"a":[1,2345,6]}`: 5, `{"a":[1,{"b":[1,2,3]},2]}`: 14, `{"a":[],"b":[1],"c":[12]}`: 3, `{"a":{"b":[12345]}}`: 0,
	} {
		got, ok := Of([]byte(text))
		assert.True(t, ok, text)
		assert.Equal(t, want, got.Largest, text)
	}
}

func TestATextThatIsNestedTooDeep(t *testing.T) {
	nested := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	_, ok := Of(nested(Deepest))
	assert.True(t, ok)
	_, ok = Of(nested(Deepest + 1))
	assert.False(t, ok)
}

// FuzzOf: what is JSON has no more elements than were counted.
func FuzzOf(f *testing.F) {
	for _, text := range []string{`{"a":[{"x":1,"y":[1,2]},{"y":[]}]}`, `[[[1]],"a\\",{"]":["\"",2]}]`, `{"a":{"b":[1,2,null]}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var value any
		if n, ok := Of(text); ok && json.Unmarshal(text, &value) == nil {
			assert.GreaterOrEqual(t, n.Top+n.Deeper, elements(value))
		}
	})
}

func elements(value any) int {
	n := 0
	switch v := value.(type) {
	case []any:
		n = len(v)
		for _, one := range v {
			n += elements(one)
		}
	case map[string]any:
		for _, one := range v {
			n += elements(one)
		}
	}
	return n
}
