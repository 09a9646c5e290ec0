// Package markup writes HTML pages. Only constants of the code reach a page as they are; everything else is escaped. The functions
// that use it are generated from templates by tools/pages, which decides where each value is text and where it's a link.
package markup

import (
	"fmt"
	"strings"
)

// A Page is a page as far as it's written. The zero value is an empty page.
type Page struct{ b strings.Builder }

// literal can't be named outside of this package, so nothing but a constant of the code can become one.
type literal string

// entities are what html/template writes for the characters that have a meaning in text and in quoted attributes.
var entities = strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")

// Markup writes a constant as it is.
func (p *Page) Markup(s literal) { p.b.WriteString(string(s)) }

// Text writes a value as text of an element or of a quoted attribute.
func (p *Page) Text(s string) { p.b.WriteString(entities.Replace(s)) }

// Link writes an address as the value of a quoted attribute that a reader can follow; "#" if it isn't an address of the web.
func (p *Page) Link(s string) {
	if s != "" && !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		s = "#"
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~!#$*,/:;=?@[]", c) >= 0, c == '%' && encoded(s[i:]):
			p.b.WriteByte(c)
		case c == '&', c == '+':
			p.Text(s[i : i+1])
		default:
			fmt.Fprintf(&p.b, "%%%02x", c)
		}
	}
}

// Fragment writes a part of the fragment or the query of an address, in a quoted attribute.
func (p *Page) Fragment(s string) {
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			p.b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&p.b, "%%%02x", c)
	}
}

// encoded reports whether s begins with a percent sign and two hexadecimal digits.
func encoded(s string) bool {
	const digits = "0123456789abcdefABCDEF"
	return len(s) > 2 && strings.IndexByte(digits, s[1]) >= 0 && strings.IndexByte(digits, s[2]) >= 0
}

// Bytes is the page.
func (p *Page) Bytes() []byte { return []byte(p.b.String()) }
