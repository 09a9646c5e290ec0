package manual

import (
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/markdown"
	"armpreflight/internal/preflight"
)

// Files gives every generated page of docs, by its path in the repository. compared says, for each code that has it, what its
// facts were compared with: Markdown without a full stop. linked are the codes that pages written by people link to: an alias
// without a page of its own then has a short one.
func Files(compared map[string]string, linked []string) map[string]string {
	files := map[string]string{"docs/troubleshooting.md": troubleshooting(), "docs/errors/README.md": errorIndex()}
	also := aliases()
	for _, p := range Pages() {
		if page := pageCode(p.Code); page != p.Code {
			if slices.Contains(linked, string(p.Code)) {
				files["docs/errors/"+string(p.Code)+".md"] = fmt.Sprintf("%s\n# %s\n\n%s. See %s, which means the same.\n",
					generated, p.Code, markdown.Text(p.Title), errorLink(string(page), ""))
			}
			continue
		}
		p.Compared, p.Also = compared[string(p.Code)], also[p.Code]
		files["docs/errors/"+string(p.Code)+".md"] = generated + "\n" + p.Markdown("../")
	}
	var index strings.Builder
	fmt.Fprintf(&index, "%s\n# The checks\n\nThe checks are listed in the order that they appear in a log. For the requests that a run sends, see [network requests](../network.md).\n\n"+
		"| layer | check | question |\n|---|---|---|\n", generated)
	for _, c := range preflight.All() {
		files["docs/checks/"+c.ID+".md"] = CheckPage(c)
		advisory := ""
		if c.Advisory {
			advisory = " (advisory)"
		}
		fmt.Fprintf(&index, "| %s | [%s](%s.md)%s | %s |\n", c.Layer, c.ID, c.ID, advisory, markdown.Text(c.Title))
	}
	files["docs/checks/README.md"] = index.String()
	return files
}

// aliases are, for each page, the codes that it's about as well, with their confidence where that's another.
func aliases() map[diagnosis.Code][]string {
	all := map[diagnosis.Code][]string{}
	for _, e := range diagnosis.Entries() {
		page := pageCode(e.Code)
		if page == e.Code {
			continue
		}
		words := string(e.Code)
		if main, _ := diagnosis.Lookup(page); main.Confidence != e.Confidence {
			words += fmt.Sprintf(" (%s)", e.Confidence)
		}
		all[page] = append(all[page], words)
	}
	return all
}

func errorIndex() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# The codes\n\nThe task's own codes, and the codes of services that it explains. To read the same pages offline, run `armpreflight explain CODE`.\n"+
		"For situations without a code, see [troubleshooting](../troubleshooting.md).\n", generated)
	for _, s := range services {
		fmt.Fprintf(&b, "\n## %s\n\n| code | |\n|---|---|\n", s.title)
		for _, p := range Pages() {
			if serviceOf(p.Code) == s {
				fmt.Fprintf(&b, "| %s | %s |\n", errorLink(string(p.Code), ""), markdown.Text(p.Title))
			}
		}
	}
	return b.String()
}

func troubleshooting() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# Troubleshooting\n\nSituations around an Azure Resource Manager service connection, from creating it to using it: the messages that users see, how each situation\n"+
		"is detected, who can fix it, and how. Each code has its own page under [the codes](errors/README.md). Paste a message into `armpreflight explain -`\n"+
		"to find its code or section.\n\n", generated)
	for _, t := range Topics() {
		fmt.Fprintf(&b, "* [%s](#%s)\n", markdown.Text(t.Title), t.Anchor())
	}
	for _, t := range Topics() {
		b.WriteString("\n" + t.Markdown(""))
	}
	return b.String()
}
