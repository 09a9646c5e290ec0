package secret_test

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"armpreflight/internal/secret"
)

func TestVisibleKeepsWhatAReaderSees(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"printable ASCII, tabs and newlines stay":          {"a\tb ~\n!", "a\tb ~\n!"},
		"other scripts and marks stay":                     {"Größe → 中文 ✓ e\u0301", "Größe → 中文 ✓ e\u0301"},
		"blanks that have a width stay":                    {"a\u00a0b\u2800c", "a\u00a0b\u2800c"},
		"the empty text stays empty":                       {"", ""},
		"every kind of line break becomes a newline":       {"a\r\nb\rc\vd\fe\u0085f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"},
		"NUL and other C0 controls go":                     {"a\x00b\x07c\x08d\x7fe", "abcde"},
		"C1 controls go":                                   {"a\u0080b\u009dc", "abc"},
		"terminal colors go as a whole":                    {"\x1b[1;31mred\x1b[0m", "red"},
		"the eight-bit form of a terminal sequence too":    {"a\u009b2Jb", "ab"},
		"an unfinished terminal sequence loses its escape": {"a\x1b[12\x01b", "a[12b"},
		"an escape at the very end goes":                   {"a\x1b", "a"},
		"the start of a sequence at the very end goes":     {"a\x1b[", "a["},
		"one without an end loses its escape":              {"a\x1b[1;2 !", "a[1;2 !"},
		"a sequence of the first of each kind goes":        {"a\x1b[0 @b", "ab"},
		"a sequence of the last of each kind goes":         {"a\x1b[?/~b", "ab"},
		"an eight-bit one at the very end goes":            {"a\u009b", "a"},
		"zero-width space, joiners and BOM go":             {"#\u200b#\u200c\u200dv\ufeffs\u2060o", "##vso"},
		"the soft hyphen goes":                             {"vso\u00ad[", "vso["},
		"direction marks go":                               {"a\u202eb\u2066c\u200fd", "abcd"},
		"the combining grapheme joiner goes":               {"a\u034fb", "ab"},
		"Hangul and Khmer fillers go":                      {"a\u115f\u1160\u3164\uffa0\u17b4\u17b5b", "ab"},
		"Mongolian selectors go":                           {"a\u180b\u180c\u180d\u180e\u180fb", "ab"},
		"variation selectors go":                           {"a\ufe00b\ufe0fc\U000e0100d\U000e01efe", "abcde"},
		"tags go":                                          {"a\U000e0001\U000e0041\U000e007fb", "ab"},
		"what Unicode keeps free for more of them goes":    {"a\u2065\ufff0\U000e0fffb", "ab"},
		"bytes that are not UTF-8 become U+FFFD":           {"a\xffb\xc3(\xe2\x80", "a\ufffdb\ufffd(\ufffd\ufffd"},
		"U+FFFD itself stays":                              {"a\ufffdb", "a\ufffdb"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, secret.Visible(c.text))
		})
	}
}

func FuzzVisible(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b\x1b[31m[31m", "\u009b\xff\u200b\r\r\n", "\xe2\u200b\x80\xa6", "\U000e0001\u2028"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shown := secret.Visible(text)
		assert.True(t, utf8.ValidString(shown))
		assert.Equal(t, shown, secret.Visible(shown), "seeing twice is seeing once")
		for _, r := range shown {
			if r != '\t' && r != '\n' {
				assert.False(t, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector), "%U is left", r)
			}
		}
	})
}

// Most texts are visible as they are, and cost nothing.
func TestVisibleCopiesOnlyWhatItChanges(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"the first and the last that can be seen stay": {"a \t\n~", false},
		"the one before the first doesn't":             {"a\x1f", true},
		"the one after the last doesn't":               {"a\x7f", true},
	} {
		t.Run(name, func(t *testing.T) {
			copies := testing.AllocsPerRun(10, func() { secret.Visible(c.text) })
			assert.Equal(t, c.want, copies > 0)
		})
	}
}
