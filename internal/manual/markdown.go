package manual

import (
	"fmt"
	"regexp"
	"strings"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/markdown"
)

const generated = "<!-- Made from the tables of the program by ./build.sh docs. -->"

// Markdown writes a page; up leads from its folder to the folder docs.
func (p Page) Markdown(up string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s\n", p.Code)
	line("%s.\n", markdown.Text(p.Title))
	line("%s\n", markdown.Text(p.Means))
	if len(p.Causes) > 0 {
		line("## Usual causes\n")
		for _, c := range p.Causes {
			line("* %s", markdown.Text(c))
		}
		line("")
	}
	line("## What to do\n")
	fixesMarkdown(&b, p.Fixes)
	line("## More\n")
	line("* Make sure: %s", markdown.Text(p.Confirm))
	line("* Trying again %s.", p.Retry)
	line("* How sure this is: %s.", p.Confidence)
	if len(p.Also) > 0 {
		line("* The same goes for %s.", strings.Join(p.Also, ", "))
	}
	if p.Compared != "" {
		line("* %s.", p.Compared)
	}
	var found []string
	for _, id := range p.Checks {
		found = append(found, fmt.Sprintf("[%s](%schecks/%s.md)", id, up, id))
	}
	for _, v := range p.Verbs {
		found = append(found, strings.TrimSpace(fmt.Sprintf("[armpreflight %s](%s%s.md) %s", v.Verb, up, v.Verb, inParentheses(v.Checks))))
	}
	if len(found) == 0 {
		found = []string{onlyInText}
	}
	line("* Found by: %s", strings.Join(found, ", "))
	for _, t := range Topics() {
		for _, place := range p.Topics {
			if t.Place() == place {
				line("* See also: [%s](%stroubleshooting.md#%s)", markdown.Text(t.Title), up, t.Anchor())
			}
		}
	}
	for _, l := range p.Links {
		line("* <%s>", l)
	}
	line("* Since %s", p.Since)
	return b.String()
}

func fixesMarkdown(b *strings.Builder, fixes []Fix) {
	for _, f := range fixes {
		heading := "**" + sentence(string(f.Who)) + "**"
		if f.For != "" {
			heading += ", when: " + markdown.Text(f.For)
		}
		fmt.Fprintf(b, "%s\n\n", heading)
		for i, step := range f.Steps {
			fmt.Fprintf(b, "%d. %s\n", i+1, markdown.Text(step))
		}
		b.WriteByte('\n')
	}
}

// Markdown writes a topic as a section.
func (t Topic) Markdown(up string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("## %s\n", t.Title)
	for _, s := range t.Says {
		line("> %s\n", markdown.Text(s))
	}
	line("%s\n", markdown.Text(t.Means))
	line("**What finds it.** %s", markdown.Text(t.Finds))
	if len(t.Checks) > 0 {
		links := make([]string, len(t.Checks))
		for i, id := range t.Checks {
			links[i] = fmt.Sprintf("[%s](%schecks/%s.md)", id, up, id)
		}
		line("Checks: %s.", strings.Join(links, ", "))
	}
	if len(t.Codes) > 0 {
		links := make([]string, len(t.Codes))
		for i, code := range t.Codes {
			links[i] = errorLink(string(code), up+"errors/")
		}
		line("Codes: %s.", strings.Join(links, ", "))
	}
	line("")
	fixesMarkdown(&b, t.Fixes)
	for _, w := range t.Beware {
		line("**Beware.** %s\n", markdown.Text(w))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// errorLink leads from a folder to the page of a code.
func errorLink(code, folder string) string {
	return fmt.Sprintf("[%s](%s%s.md)", code, folder, pageCode(diagnosis.Code(code)))
}

// pageCode is the code of the page in docs that is about a code: an alias that says nothing of its own has none.
func pageCode(code diagnosis.Code) diagnosis.Code {
	e, _ := diagnosis.Lookup(code)
	if e.Of == "" {
		return code
	}
	of, _ := diagnosis.Lookup(e.Of)
	if !saysTheSame(Of(e), Of(of)) {
		return code
	}
	return e.Of
}

// saysTheSame compares what two pages tell, their codes aside.
func saysTheSame(a, b Page) bool {
	told := func(p Page) string {
		own := regexp.MustCompile(regexp.QuoteMeta(string(p.Code)) + `\b`)
		return own.ReplaceAllString(fmt.Sprintf("%q", []any{p.Title, p.Means, p.Causes, p.Fixes, p.Confirm}), "")
	}
	return told(a) == told(b)
}

func pageOf(code string) (Page, bool) {
	e, ok := diagnosis.Lookup(diagnosis.Code(code))
	if !ok {
		return Page{}, false
	}
	return Of(e), true
}
