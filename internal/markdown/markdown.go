// Package markdown writes plain text into Markdown so that it is read as it stands.
// It is no renderer and knows no structure: tables and lists are their writers' own.
package markdown

import "strings"

var escaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", `\<`, ">", `\>`, "[", `\[`, "]", `\]`, "|", `\|`, "#", `\#`, "&", `\&`, "~", `\~`)

// Text escapes a line: an address by https stays one, and nothing else in it is
// markup. It is for the inside of a line; line breaks become blanks.
func Text(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if strings.HasPrefix(w, "https://") && !strings.ContainsAny(w, "<>|`") {
			continue
		}
		words[i] = escaper.Replace(w)
	}
	return strings.Join(words, " ")
}
