// Command pages turns a template of html/template into Go that writes the same page without html/template, which would keep the linker
// from leaving unused methods out of the program (docs/adr/0015-generated-pages.md).
//
//	pages page.html htmlPage writes page_gen.go, with func writePage(*markup.Page, htmlPage)
//
// Go's own html/template parses the template and decides what each value is: text, or a link. A value in a script, a style, an attribute
// without quotes, or a name of an element or attribute is an error, and so is anything that this command doesn't support.
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: pages TEMPLATE.html TYPE")
		os.Exit(2)
	}
	text, err := generate(".", os.Args[1], os.Args[2])
	if err == nil {
		err = os.WriteFile(output(os.Args[1]), text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pages:", err)
		os.Exit(1)
	}
}

// output is the file that's generated from a template.
func output(template string) string { return strings.TrimSuffix(template, ".html") + "_gen.go" }
