// Package markdown writes plain text into Markdown so that it is read as it is.
// It isn't a renderer and knows no structure: tables and lists are their writers' own.
package markdown

import (
	"strings"

	"armpreflight/internal/lazyregexp"
)

var escaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", `\<`, ">", `\>`, "[", `\[`, "]", `\]`, "|", `\|`, "#", `\#`, "&", `\&`, "~", `\~`)

// address is one without anything that Markdown could read as more: escapes inside
// of an address would become part of it.
var address = &lazyregexp.Regexp{Expression: `^https://[A-Za-z0-9][A-Za-z0-9.:-]*(?:[/?#][A-Za-z0-9._~:/?#=%@+,;&-]*)?$`}

// Text escapes a line: an address by HTTPS stays one, and nothing else in it is
// markup. It is for the inside of a line; line breaks become blanks.
func Text(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if address.MatchString(w) {
			continue
		}
		words[i] = escaper.Replace(w)
	}
	return strings.Join(words, " ")
}
