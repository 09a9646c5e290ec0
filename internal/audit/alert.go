package audit

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"armpreflight/internal/secret"
)

// How much of a forecast a message has. Teams rejects messages above 28 KB.
const (
	maxAlerts    = 12
	maxAlertText = 300 // runes
)

// alerts are the first dates that a message has, and how many more stop something.
func (f Forecast) alerts() (first []Expected, more int) {
	all := slices.DeleteFunc(slices.Clone(f.Dates), func(e Expected) bool { return !e.Stops })
	listed := min(len(all), maxAlerts)
	return all[:listed], len(all) - listed
}

// facts are the lines of a message below the name and the day.
func (e Expected) facts() []string {
	lines := []string{e.Text, "How sure: " + string(e.Certainty) + ", because " + e.Basis, "Pipelines: " + e.stops(), "Who can fix it: " + string(e.Who)}
	if ask := e.People.String(); ask != "" {
		lines = append(lines, "Ask: "+ask)
	}
	for i, text := range lines {
		lines[i] = secret.Filter(nil).Line(line(text), maxAlertText)
	}
	return lines
}

// heading is the name of the connection and its day.
func (e Expected) heading(f Forecast) string {
	return secret.Filter(nil).Line(fmt.Sprintf("%s, %s: %s", e.Day, e.in(f), e.Name), 140)
}

// run is a piece of text in a card. No reader takes it for Markdown.
// Source: Adaptive Cards 1.2, TextRun in a RichTextBlock.
type run struct {
	Type     string  `json:"type"`
	Text     string  `json:"text"`
	Weight   string  `json:"weight,omitempty"`
	Subtle   bool    `json:"isSubtle,omitempty"`
	Selected *opener `json:"selectAction,omitempty"`
}

type opener struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

type block struct {
	Type      string `json:"type"`
	Separator bool   `json:"separator,omitempty"`
	Inlines   []run  `json:"inlines"`
}

// adaptiveCard writes the body of a request to a Teams workflow ("When a Teams webhook request is received").
// Source: Microsoft Teams, Create incoming webhooks with Workflows; Adaptive Cards 1.4.
func (f Forecast) adaptiveCard(w io.Writer) error {
	text := func(s string) run { return run{Type: "TextRun", Text: s} }
	bold := func(s string) run { r := text(s); r.Weight = "Bolder"; return r }
	first, more := f.alerts()
	body := []block{
		{Type: "RichTextBlock", Inlines: []run{bold("Service connections of " + line(f.Organization))}},
		{Type: "RichTextBlock", Inlines: []run{text(f.Summary())}},
	}
	for _, e := range first {
		name := bold(e.heading(f))
		if strings.HasPrefix(e.Link, "https://") {
			name.Selected = &opener{"Action.OpenUrl", e.Link}
		}
		body = append(body, block{Type: "RichTextBlock", Separator: true, Inlines: []run{name}})
		for _, fact := range e.facts() {
			body = append(body, block{Type: "RichTextBlock", Inlines: []run{text(fact)}})
		}
	}
	if more > 0 {
		body = append(body, block{Type: "RichTextBlock", Separator: true, Inlines: []run{text(plural(more, "more date"))}})
	}
	type card struct {
		Schema  string  `json:"$schema"`
		Type    string  `json:"type"`
		Version string  `json:"version"`
		Body    []block `json:"body"`
	}
	type attachment struct {
		ContentType string `json:"contentType"`
		Content     card   `json:"content"`
	}
	return object(w, struct {
		Type        string       `json:"type"`
		Attachments []attachment `json:"attachments"`
	}{"message", []attachment{{"application/vnd.microsoft.card.adaptive",
		card{"http://adaptivecards.io/schemas/adaptive-card.json", "AdaptiveCard", "1.4", body}}}})
}

// slack writes the body of a request to an incoming webhook of Slack, in plain text.
// Source: Slack, Block Kit: a message has at most 50 blocks, a section 3,000 characters.
func (f Forecast) slack(w io.Writer) error {
	type plainText struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	type section struct {
		Type string    `json:"type"`
		Text plainText `json:"text"`
	}
	part := func(lines ...string) section {
		return section{"section", plainText{"plain_text", strings.Join(lines, "\n")}}
	}
	first, more := f.alerts()
	blocks := []section{part("Service connections of "+line(f.Organization), f.Summary())}
	for _, e := range first {
		blocks = append(blocks, part(append([]string{e.heading(f), line(e.Link)}, e.facts()...)...))
	}
	if more > 0 {
		blocks = append(blocks, part(plural(more, "more date")))
	}
	return object(w, struct {
		Text   string    `json:"text"` // of the notification
		Blocks []section `json:"blocks"`
	}{f.Summary(), blocks})
}

// WorkItem is what a pipeline keeps in a work item about a connection.
type WorkItem struct {
	Tag         string `json:"tag"` // stays the same for a connection
	Title       string `json:"title"`
	Description string `json:"description"` // HTML
}

// WorkItems says which work items there should be. An item in neither list stays as it is, because the audit can't tell.
type WorkItems struct {
	Open  []WorkItem `json:"open"`  // to create or to update, the next date first
	Close []string   `json:"close"` // tags of connections that don't stop
}

// WorkItems gives an item for each connection that stops working for certain or probably.
func (f Forecast) WorkItems() WorkItems {
	items := WorkItems{Open: []WorkItem{}, Close: []string{}}
	at := map[string]int{}
	for _, e := range f.Dates {
		if !e.Stops || e.Certainty == Possible {
			continue
		}
		i, ok := at[e.ID]
		if !ok {
			i = len(items.Open)
			at[e.ID] = i
			title := "Service connection %s stops working on %s"
			if e.Kind == WaiverExpires {
				title = "A waiver for service connection %s expires on %s"
			}
			items.Open = append(items.Open, WorkItem{Tag: tag(e.ID), Title: secret.Filter(nil).Line(fmt.Sprintf(title, e.Name, e.Day), 200)})
		}
		items.Open[i].Description += e.html()
	}
	for _, id := range f.settled {
		if _, ok := at[id]; !ok {
			items.Close = append(items.Close, tag(id))
		}
	}
	return items
}

// tag names a connection. Tags are compared without letter case.
func tag(id string) string { return "armpreflight-" + strings.ToLower(line(id)) }

// html is a date in the description of a work item.
func (e Expected) html() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<p><b>%s</b></p>", html.EscapeString(line(e.Text)))
	if strings.HasPrefix(e.Link, "https://") {
		link := html.EscapeString(line(e.Link))
		fmt.Fprintf(&b, `<p><a href="%s">%s</a></p>`, link, link)
	}
	for _, fact := range e.facts()[1:] {
		fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(fact))
	}
	b.WriteString("<ol>")
	for _, step := range e.Steps {
		fmt.Fprintf(&b, "<li>%s</li>", html.EscapeString(line(step)))
	}
	b.WriteString("</ol>")
	return b.String()
}

func object(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	return encoder.Encode(v)
}
