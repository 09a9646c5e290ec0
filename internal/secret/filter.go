package secret

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Filter takes out of a text what must not be shown, as Redactor.Redact does. Nil takes out nothing.
//
// Its methods cut texts from outside to size, and no other code does: they filter first, since half a secret isn't found
// later. They read little more than they keep, however long the text is.
type Filter func(text string) string

const (
	mark = "…" // ends a text that was cut

	// margin is how many bytes a filter sees beyond those that may be kept: a secret that begins in the one and ends in the
	// other. What begins in the margin is dropped with it.
	margin = 4 << 10

	// blank is how many bytes of a text there may be for each character that is kept of a line: indentation goes.
	blank = 16
)

// Line gives a filtered text on one line of at most n characters. If there is more of it, the last is "…". Blanks
// and line breaks become one space, and what can't be printed goes.
func (f Filter) Line(text string, n int) string {
	seen := f.see(text, blank*n)
	seen = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, seen)
	return marked(strings.Join(strings.Fields(seen), " "), n)
}

// Cut gives at most n characters of a filtered text. If there is more of it, the last is "…".
func (f Filter) Cut(text string, n int) string {
	return marked(f.see(text, utf8.UTFMax*n), n)
}

// Head gives a filtered text up to the last character that ends within its first n bytes.
func (f Filter) Head(text string, n int) string {
	return head(f.see(text, n), n)
}

// see filters as much of a text as it takes to keep n bytes.
func (f Filter) see(text string, n int) string {
	text = head(text, n+margin)
	if f == nil {
		return text
	}
	return f(text)
}

func marked(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	kept := 0
	for range n - 1 {
		_, size := utf8.DecodeRuneInString(text[kept:])
		kept += size
	}
	return text[:kept] + mark
}

func head(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
