package manual

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"armpreflight/internal/markdown"
)

// Search finds the pages and the topics that hold every one of the words, case and hyphens aside. Without words it finds all.
func Search(words ...string) (pages []Page, topics []Topic) {
	for _, p := range Pages() {
		if holdsAll(fmt.Sprint(p.Code, p.Title, p.Means, p.Causes, p.Fixes, p.Confirm), words) {
			pages = append(pages, p)
		}
	}
	for _, t := range Topics() {
		if holdsAll(fmt.Sprint(t.Title, t.Says, t.Means, t.Finds, t.Codes, t.Fixes, t.Beware), words) {
			topics = append(topics, t)
		}
	}
	return pages, topics
}

// holdsAll ignores hyphens: a service may write multi-tenant where the catalogue writes multitenant.
func holdsAll(text string, words []string) bool {
	bare := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "") }
	text = bare(text)
	for _, w := range words {
		if !strings.Contains(text, bare(w)) {
			return false
		}
	}
	return true
}

// TopicOf finds a topic by its anchor.
func TopicOf(name string) (Topic, bool) {
	for _, t := range Topics() {
		if strings.EqualFold(t.Anchor(), name) {
			return t, true
		}
	}
	return Topic{}, false
}

// IsCheck tells the ID of a check from a code.
func IsCheck(id string) bool {
	_, ok := checkOf(strings.ToLower(id))
	return ok
}

// ListText writes pages and topics by name only.
func ListText(pages []Page, topics []Topic, s Style) string {
	w := writer{style: s}
	wide := 0
	for _, p := range pages {
		wide = min(max(wide, utf8.RuneCountInString(string(p.Code))), 36)
	}
	for _, service := range services {
		first := true
		for _, p := range pages {
			if serviceOf(p.Code) != service {
				continue
			}
			if first {
				w.WriteString(s.strong(service.title) + "\n")
				first = false
			}
			start := fmt.Sprintf("  %-*s  ", wide, p.Code)
			if len(p.Code) > wide { // its title goes below it
				w.WriteString("  " + string(p.Code) + "\n")
				start = strings.Repeat(" ", wide+4)
			}
			w.hang(start, wide+4, p.Title)
		}
	}
	if len(topics) > 0 {
		w.WriteString(s.strong("Situations without a code") + "\n")
	}
	for _, t := range topics {
		w.WriteString("  " + t.Anchor() + "\n")
	}
	return w.String()
}

// ListMarkdown writes the same as a list of Markdown.
func ListMarkdown(pages []Page, topics []Topic) string {
	var b strings.Builder
	for _, p := range pages {
		fmt.Fprintf(&b, "* %s: %s\n", p.Code, markdown.Text(p.Title))
	}
	for _, t := range topics {
		fmt.Fprintf(&b, "* %s\n", markdown.Text(t.Title))
	}
	return b.String()
}
