package decorator

import (
	_ "embed" // the pages
	"strings"
)

//go:embed readme.md
var readme string

//go:embed changes.md
var changes string

// page fills in a page.
func (o Options) page(text string) []byte {
	list := func(names []string, none string) string {
		if len(names) == 0 {
			return none
		}
		return strings.Join(names, ", ")
	}
	return []byte(strings.NewReplacer("{publisher}", o.Publisher, "{extension}", extensionID, "{version}", o.Version, "{failOn}", o.FailOn,
		"{projects}", list(o.Projects, "all"), "{excluded}", list(o.Exclude, "none"), "{variable}", Inject, "{task}", TaskID).Replace(text))
}
