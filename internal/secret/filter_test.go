package secret_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"armpreflight/internal/secret"
)

func TestAFilterCutsWhatItHasFiltered(t *testing.T) {
	const value = "abcdefghijklmnopqrstuvwxyz123456"
	hide := secret.Filter(redactor(value).Redact)
	for name, c := range map[string]struct{ got, want string }{
		"a line that fits stays":                           {hide.Line("abc", 3), "abc"},
		"a line is cut to its characters":                  {hide.Line("abcd", 3), "ab…"},
		"a line of other characters too":                   {hide.Line("äöüß", 3), "äö…"},
		"a line has no spaces around it and single ones":   {hide.Line(" a \t\r\n b\u00a0\u2028c ", 9), "a b c"},
		"a line has nothing that cannot be printed":        {hide.Line("a\x00\u200b\x1bb", 9), "ab"},
		"blanks don't count":                               {hide.Line(strings.Repeat(" ", 40)+"abc", 3), "abc"},
		"a line of no text is empty":                       {hide.Line("", 3), ""},
		"a secret across the cut of a line goes":           {hide.Line("x: "+value, 20), "x: ***"},
		"a secret that is longer than the line goes":       {hide.Line(value+"yz", 4), "***…"},
		"a secret across the end of what is seen goes":     {hide.Line(strings.Repeat(" ", 4<<10)+strings.Repeat(" ", 16*20-9)+value, 20), "***"},
		"a text that fits stays":                           {hide.Cut("a\nb", 3), "a\nb"},
		"a text is cut to its characters":                  {hide.Cut("a\nbc", 3), "a\n…"},
		"a text of the widest characters fits":             {hide.Cut("😀😀😀", 3), "😀😀😀"},
		"a text of the widest characters is cut":           {hide.Cut("😀😀😀😀", 3), "😀😀…"},
		"a text of bytes that are no characters is cut":    {hide.Cut("\xff\xff\xff\xff", 3), "\xff\xff…"},
		"a secret across the cut of a text goes":           {hide.Cut("x: "+value, 20), "x: ***"},
		"a head that fits stays":                           {hide.Head("abc", 3), "abc"},
		"a head is cut without a mark":                     {hide.Head("abcd", 3), "abc"},
		"a head ends where a character does":               {hide.Head("aä", 2), "a"},
		"a head may end with a character of several bytes": {hide.Head("aäb", 3), "aä"},
		"a head of bytes that begin no character is empty": {hide.Head("\x80\x80", 1), ""},
		"a head of none is empty":                          {hide.Head("ä", 0), ""},
		"a secret across the end of a head goes":           {hide.Head("x: "+value, 20), "x: ***"},
		"a secret that a head would keep little of goes":   {hide.Head("x: "+value, 8), "x: ***"},
		"a filter that is nil cuts only":                   {secret.Filter(nil).Line(" "+value, 9), "abcdefgh…"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, c.got) })
	}
}

// What a filter is given is all that it can cost.
func TestAFilterSeesLittleMoreThanItKeeps(t *testing.T) {
	seen := 0
	count := secret.Filter(func(text string) string {
		seen = len(text)
		return text
	})
	long := strings.Repeat("x", 4<<20)
	const margin = 4 << 10
	for name, c := range map[string]struct {
		cut  func() string
		most int
	}{
		"a line of 100 characters": {func() string { return count.Line(long, 100) }, 16*100 + margin},
		"a text of 100 characters": {func() string { return count.Cut(long, 100) }, utf8.UTFMax*100 + margin},
		"a head of 100 bytes":      {func() string { return count.Head(long, 100) }, 100 + margin},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, 100, utf8.RuneCountInString(c.cut()))
			assert.Equal(t, c.most, seen)
		})
	}
}
