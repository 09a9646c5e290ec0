package secret

import (
	"html"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A view is a text, or the same text with one kind of escaping undone, that remembers which bytes of the first text
// each of its own came from. Needles are searched in views, since there are more encoders than one can list: each
// escapes another set of characters (encodeURIComponent leaves ' alone, .NET's JSON writes + as \u002B), and what they
// give decodes alike.
type view struct {
	text     string
	from, to []int // per byte of text; nil: the view is the first text itself
}

// span gives the bytes of the first text that view bytes [i, j) stand for; j > i.
func (v view) span(i, j int) (int, int) {
	if v.from == nil {
		return i, j
	}
	return v.from[i], v.to[j-1]
}

// decoders are the kinds of escaping. Each gives false when there is nothing to undo.
var decoders = [...]func(view) (view, bool){visibleView, pathView, queryView, backslashView, entityView}

// A rewriter builds a view out of another one.
type rewriter struct {
	source   view
	text     []byte
	from, to []int
}

func rewrite(source view) *rewriter {
	n := len(source.text)
	return &rewriter{source: source, text: make([]byte, 0, n), from: make([]int, 0, n), to: make([]int, 0, n)}
}

// put appends shown, which stands for bytes [i, j) of the source.
func (w *rewriter) put(shown string, i, j int) {
	from, to := w.source.span(i, j)
	w.text = append(w.text, shown...)
	for range len(shown) {
		w.from, w.to = append(w.from, from), append(w.to, to)
	}
}

func (w *rewriter) view() view { return view{text: string(w.text), from: w.from, to: w.to} }

// visibleView leaves out what Visible leaves out.
func visibleView(v view) (view, bool) {
	if isPlain(v.text) {
		return view{}, false
	}
	w := rewrite(v)
	eachVisible(v.text, w.put)
	return w.view(), string(w.text) != v.text
}

// pathView undoes percent-encoding.
func pathView(v view) (view, bool) { return percentView(v, '%', "") }

// queryView undoes percent-encoding in which a space is "+".
func queryView(v view) (view, bool) { return percentView(v, '+', " ") }

// percentView undoes percent-encoding in a text that holds the needed byte; plus stands for "+" when not empty.
func percentView(v view, needed byte, plus string) (view, bool) {
	if strings.IndexByte(v.text, needed) < 0 {
		return view{}, false
	}
	w := rewrite(v)
	for i := 0; i < len(v.text); {
		if v.text[i] == '%' {
			if code, ok := hexNumber(v.text[i+1:], 2); ok {
				w.put(string([]byte{byte(code)}), i, i+3)
				i += 3
				continue
			}
		}
		shown := v.text[i : i+1]
		if shown == "+" && plus != "" {
			shown = plus
		}
		w.put(shown, i, i+1)
		i++
	}
	return w.view(), string(w.text) != v.text
}

// backslashView undoes the escapes of JSON, JavaScript and Go strings.
func backslashView(v view) (view, bool) {
	if strings.IndexByte(v.text, '\\') < 0 {
		return view{}, false
	}
	w := rewrite(v)
	for i := 0; i < len(v.text); {
		shown, size := v.text[i:i+1], 1
		if shown == `\` {
			shown, size = unescape(v.text[i:])
		}
		w.put(shown, i, i+size)
		i += size
	}
	return w.view(), string(w.text) != v.text
}

// entityView undoes the character references of HTML and XML.
func entityView(v view) (view, bool) {
	if strings.IndexByte(v.text, '&') < 0 {
		return view{}, false
	}
	w := rewrite(v)
	for i := 0; i < len(v.text); {
		shown, size := v.text[i:i+1], 1
		if shown == "&" {
			// The longest names of printable ASCII have ten characters; a number may have leading zeros.
			if end := strings.IndexByte(v.text[i:min(i+16, len(v.text))], ';'); end > 0 {
				if meant := html.UnescapeString(v.text[i : i+end+1]); meant != v.text[i:i+end+1] {
					shown, size = meant, end+1
				}
			}
		}
		w.put(shown, i, i+size)
		i += size
	}
	return w.view(), string(w.text) != v.text
}

// unescape reads the escape at the start of text, which is a backslash: what it stands for and how long it is. What is
// no escape stands for its backslash.
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
