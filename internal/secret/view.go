package secret

import (
	"html"
	"math"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"armpreflight/internal/lazyregexp"
)

// A view is a text, or the same text with one kind of escaping undone, that remembers which bytes of the first text
// each of its own came from. Needles are searched in views, since there are more encoders than one can list: each
// escapes another set of characters (encodeURIComponent leaves ' alone, .NET's JSON writes + as \u002B), and what they
// give decodes alike.
type view struct {
	text     string
	from, to []int32 // per byte of text; nil: the view is the first text itself
	// cut is where the beginning of an escape starts that the end of the text cut off; the length of text when there is none.
	cut int
}

// span gives the bytes of the first text that view bytes [i, j) represent; j > i.
func (v view) span(i, j int) (int, int) {
	if v.from == nil {
		return i, j
	}
	return int(v.from[i]), int(v.to[j-1])
}

// touch reports whether nothing was left out of the first text before byte i of a wrapped view; i > 0.
func (v view) touch(i int) bool { return v.to[i-1] >= v.from[i] }

// decoders are the kinds of escaping. Each gives false when there is nothing to undo. A view holds what the rewriter
// holds, and ends with the next use of it.
var decoders = [...]func(view, *rewriter) (view, bool){visibleView, pathView, queryView, backslashView, entityView}

// A rewriter builds a view out of another one.
type rewriter struct {
	source   view
	text     []byte
	from, to []int32
	cut      int // math.MaxInt: not met yet
}

func (w *rewriter) rewrite(source view) {
	n := len(source.text)
	w.source, w.text, w.from, w.to, w.cut = source, slices.Grow(w.text[:0], n), slices.Grow(w.from[:0], n), slices.Grow(w.to[:0], n), math.MaxInt
}

// put appends shown, which represents bytes [i, j) of the source.
func (w *rewriter) put(shown string, i, j int) {
	if i >= w.source.cut {
		w.unfinished()
	}
	from, to := w.source.span(i, j)
	w.text = append(w.text, shown...)
	for range len(shown) {
		w.from, w.to = append(w.from, int32(from)), append(w.to, int32(to))
	}
}

// unfinished says that what follows is the beginning of an escape.
func (w *rewriter) unfinished() { w.cut = min(w.cut, len(w.text)) }

func (w *rewriter) view() view {
	w.unfinished()
	return view{text: string(w.text), from: w.from, to: w.to, cut: w.cut}
}

// changed gives the view, and whether it differs from its source.
func (w *rewriter) changed() (view, bool) {
	v := w.view()
	return v, v.text != w.source.text
}

// sift builds the view of the bytes that a table doesn't turn into 0. skip gives the number of bytes to pass over at a
// byte that the table turns into 1.
func (w *rewriter) sift(source view, table *[256]byte, skip func(text string) int) view {
	w.rewrite(source)
	w.siftPart(0, source.cut, table, skip)
	w.unfinished()
	w.siftPart(source.cut, len(source.text), table, skip)
	return w.view()
}

func (w *rewriter) siftPart(begin, end int, table *[256]byte, skip func(text string) int) {
	source, text, from, to := w.source, w.text, w.from, w.to
	for i := begin; i < end; i++ {
		c := table[source.text[i]]
		switch c {
		case 0:
			continue
		case 1:
			n := skip(source.text[i:])
			if n > 0 {
				i += n - 1
				continue
			}
			c = source.text[i]
		}
		text = append(text, c)
		if source.from == nil {
			from, to = append(from, int32(i)), append(to, int32(i+1))
		} else {
			from, to = append(from, source.from[i]), append(to, source.to[i])
		}
	}
	w.text, w.from, w.to = text, from, to
}

// visibleView leaves out what Visible leaves out.
func visibleView(v view, w *rewriter) (view, bool) {
	if isPlain(v.text) {
		return view{}, false
	}
	w.rewrite(v)
	eachVisible(v.text, w.put)
	return w.changed()
}

// wrapEscapes are the characters that after a backslash represent a line break or a tab.
const wrapEscapes = "nrt"

// wrappedView leaves out what wraps Base64 and long words: blanks, line breaks and their escapes, and the quotation
// marks and commas of a list of lines. It writes base64url in the other alphabet.
func wrappedView(v view, w *rewriter) view {
	return w.sift(v, &wrapTable, func(text string) int {
		if len(text) > 1 && strings.IndexByte(wrapEscapes, text[1]) >= 0 {
			return 2
		}
		return 1
	})
}

var wrapTable = func() (table [256]byte) {
	for c := range table {
		table[c] = byte(c)
	}
	for _, c := range " \t\n\v\f\r\"'," {
		table[c] = 0
	}
	table['\\'], table['-'], table['_'] = 1, '+', '/'
	return table
}()

// wrappedText is the text of wrappedView.
func wrappedText(text string) string {
	return wrappedView(view{text: text, cut: len(text)}, &rewriter{}).text
}

// hexView leaves out what is between hexadecimal digits, "0x" among it, and writes them with small letters. Other
// letters and what isn't ASCII stay, so that they part what isn't a number; so does "*", since a mask isn't a separator.
func hexView(v view, w *rewriter) view {
	return w.sift(v, &hexTable, func(text string) int {
		if len(text) > 1 && lower[text[1]] == 'x' {
			return 2
		}
		return 0
	})
}

var hexTable = func() (table [256]byte) {
	for c := range table {
		if l := lower[c]; l >= utf8.RuneSelf || strings.IndexByte("123456789abcdefghijklmnopqrstuvwyz*", l) >= 0 {
			table[c] = l
		}
	}
	table['0'] = 1
	return table
}()

// pathView undoes percent-encoding.
func pathView(v view, w *rewriter) (view, bool) { return percentView(v, w, '%', "") }

// queryView undoes percent-encoding in which a space is "+".
func queryView(v view, w *rewriter) (view, bool) { return percentView(v, w, '+', " ") }

// percentView undoes percent-encoding in a text that holds the needed byte; plus represents "+" when not empty.
func percentView(v view, w *rewriter, needed byte, plus string) (view, bool) {
	return undo(v, w, needed, percentBegun, func(text string) (string, int) {
		switch {
		case text[0] == '+' && plus != "":
			return plus, 1
		case text[0] != '%':
			return text[:1], 1
		}
		code, ok := hexNumber(text[1:], 2)
		if !ok {
			return text[:1], 1
		}
		return string([]byte{byte(code)}), 3
	})
}

// undo undoes the escapes of a text that holds the needed byte. decode gives what is at the start of a text and how
// long it is there; begun matches the beginnings of an escape.
func undo(v view, w *rewriter, needed byte, begun *lazyregexp.Regexp, decode func(text string) (string, int)) (view, bool) {
	if strings.IndexByte(v.text, needed) < 0 {
		return view{}, false
	}
	w.rewrite(v)
	for i := 0; i < len(v.text); {
		shown, size := decode(v.text[i:])
		if i < v.cut && v.cut-i < longestEscape && begun.MatchString(v.text[i:v.cut]) {
			w.unfinished()
		}
		w.put(shown, i, i+size)
		i += size
	}
	return w.changed()
}

// longestEscape is the length of the longest escape that is undone: a character reference. The longest names of printable
// ASCII have ten characters; a number may have leading zeros.
const longestEscape = 16

// What the end of a text left of an escape.
var (
	percentBegun   = &lazyregexp.Regexp{Expression: `^%[0-9A-Fa-f]?$`}
	backslashBegun = &lazyregexp.Regexp{Expression: `^\\(?:x[0-9A-Fa-f]?|u[0-9A-Fa-f]{0,3}|U[0-9A-Fa-f]{0,7}|u[Dd][89ABab][0-9A-Fa-f]{2}(?:\\(?:u[0-9A-Fa-f]{0,3})?)?)?$`}
	entityBegun    = &lazyregexp.Regexp{Expression: `^&(?:#?[0-9A-Za-z]*)$`}
)

// backslashView undoes the escapes of JSON, JavaScript and Go strings.
func backslashView(v view, w *rewriter) (view, bool) {
	return undo(v, w, '\\', backslashBegun, func(text string) (string, int) {
		if text[0] != '\\' {
			return text[:1], 1
		}
		return unescape(text)
	})
}

// entityView undoes the character references of HTML and XML.
func entityView(v view, w *rewriter) (view, bool) {
	return undo(v, w, '&', entityBegun, func(text string) (string, int) {
		if text[0] != '&' {
			return text[:1], 1
		}
		text = text[:min(longestEscape, len(text))]
		reference := text[:1+strings.IndexByte(text, ';')]
		if open := openReference.FindString(text); open != "" {
			reference = open
		}
		if meant := html.UnescapeString(reference); meant != reference {
			return meant, len(reference)
		}
		return text[:1], 1
	})
}

// openReference is a character reference that needs no semicolon: a number, or one of the oldest names (HTML, 13.5).
var openReference = &lazyregexp.Regexp{Expression: `^&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|amp|lt|gt|quot|AMP|LT|GT|QUOT);?`}

// unescape reads the escape at the start of text, which is a backslash: what it represents and how long it is. What
// isn't an escape represents its backslash.
func unescape(text string) (string, int) {
	if len(text) < 2 {
		return text, len(text)
	}
	const letters, meanings = `"'\/abfnrtv`, "\"'\\/\a\b\f\n\r\t\v"
	if i := strings.IndexByte(letters, text[1]); i >= 0 {
		return meanings[i : i+1], 2
	}
	switch text[1] {
	case 'x':
		if code, ok := hexNumber(text[2:], 2); ok {
			return string([]byte{byte(code)}), 4
		}
	case 'u':
		if code, ok := hexNumber(text[2:], 4); ok {
			if rest := text[6:]; utf16.IsSurrogate(code) && strings.HasPrefix(rest, `\u`) {
				if low, ok := hexNumber(rest[2:], 4); ok && utf16.DecodeRune(code, low) != utf8.RuneError {
					return string(utf16.DecodeRune(code, low)), 12
				}
			}
			return string(code), 6
		}
	case 'U':
		if code, ok := hexNumber(text[2:], 8); ok {
			return string(code), 10
		}
	}
	return text[:1], 1
}

// hexNumber reads exactly digits hexadecimal digits at the start of text.
func hexNumber(text string, digits int) (rune, bool) {
	if len(text) < digits {
		return 0, false
	}
	var n rune
	for i := range digits {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		n = n<<4 | rune(c)
	}
	return n, true
}
