package secret

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestViewsUndoOneKindOfEscaping(t *testing.T) {
	for name, c := range map[string]struct {
		decode     func(view, *rewriter) (view, bool)
		text, want string
	}{
		"percent escapes of either case":            {pathView, "%2f%2F+%41", "//+A"},
		"a percent sign that escapes nothing stays": {pathView, "100%, %zz%2", ""},
		"a plus is a space in a query":              {queryView, "a+b%20c%2B", "a b c+"},
		"no plus leaves a query to the path's view": {queryView, "a%20b", ""},
		"JSON escapes":                           {backslashView, `\"\\\/\n\t\u002B\u00e9`, "\"\\/\n\t+é"},
		"a pair of surrogates":                   {backslashView, `\ud83d\ude00!`, "😀!"},
		"half a pair of surrogates":              {backslashView, `\ud83d\u0041\ud83d`, "\ufffdA\ufffd"},
		"Go escapes":                             {backslashView, `\x41\a\v\U0001f600\U99999999`, "A\a\v😀\ufffd"},
		"a backslash that escapes nothing stays": {backslashView, `C:\Qt \u12 \x \U1234`, ""},
		"a backslash at the end stays":           {backslashView, `a\`, ""},
		"invisible characters":                   {visibleView, "a\u200bb", "ab"},
		"visible characters stay":                {visibleView, "ä → b", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := c.decode(view{text: c.text, cut: len(c.text)}, &rewriter{})
			require.Equal(t, c.want != "", ok)
			if ok {
				assert.Equal(t, c.want, got.text)
			}
		})
	}
}

func TestViewsKnowWhereTheEndCutAnEscapeOff(t *testing.T) {
	for name, c := range map[string]struct {
		decode     func(view, *rewriter) (view, bool)
		text, want string
	}{
		"nowhere":                            {pathView, "%41b", "Ab"},
		"in a percent escape":                {pathView, "%41%4", "A"},
		"before its digits":                  {pathView, "%41%", "A"},
		"in the middle of a pair":            {backslashView, `\u0041\ud83d\ude`, "A"},
		"in a reference of the longest kind": {entityView, "&#65;&" + strings.Repeat("a", longestEscape-2), "A"},
		"not in what is too long for one":    {entityView, "&#65;&" + strings.Repeat("a", longestEscape-1), "A&" + strings.Repeat("a", longestEscape-1)},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := c.decode(view{text: c.text, cut: len(c.text)}, &rewriter{})
			require.True(t, ok)
			assert.Equal(t, c.want, got.text[:got.cut])
		})
	}
}

func FuzzViewRemembersWhereItsBytesCameFrom(f *testing.F) {
	for _, seed := range []string{"%41+b", `\u0041\ud83d\ude00`, "a\u200b\xff\r\nb", `%5Cu0041`, `\x2541`, "%2", `\`, `\u`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, first := range decoders {
			one, ok := first(view{text: text, cut: len(text)}, &rewriter{})
			if !ok {
				continue
			}
			checkView(t, text, one)
			for _, second := range decoders {
				if two, ok := second(one, &rewriter{}); ok {
					checkView(t, text, two)
				}
			}
		}
	})
}

func checkView(t *testing.T, text string, v view) {
	t.Helper()
	require.Len(t, v.from, len(v.text))
	require.Len(t, v.to, len(v.text))
	last := 0
	for i := range v.text {
		from, to := v.span(i, i+1)
		require.GreaterOrEqual(t, from, last)
		require.Greater(t, to, from)
		require.LessOrEqual(t, to, len(text))
		last = from
	}
}
