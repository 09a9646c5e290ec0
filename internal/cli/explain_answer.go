package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/manual"
	"armpreflight/internal/secret"
)

// answer is what explain has to say.
type answer struct {
	Text    *text          `json:"text,omitempty"` // of what was read
	Pages   []manual.Page  `json:"pages"`
	Topics  []manual.Topic `json:"topics,omitempty"`
	Unknown []unknown      `json:"unknown,omitempty"`
	Causes  []cause        `json:"causes,omitempty"` // what a text comes down to, in the order in which the reader should act
	Failed  []failedStep   `json:"failed,omitempty"` // the steps of a log with an error, in its order

	listed bool // by name only
}

// text is what was read, and where the codes are in it.
type text struct {
	name   string
	Lines  int       `json:"lines"`
	Codes  []mention `json:"codes"`
	Topics []int     `json:"topicLines,omitempty"` // for each topic, the first line about it
	Left   int       `json:"left,omitempty"`       // unknown codes that aren't listed
}

type mention struct {
	Code  diagnosis.Code `json:"code"`
	Entry diagnosis.Code `json:"entry,omitempty"` // the code whose page explains it, if it's another one
	Line  int            `json:"line"`
	Lines int            `json:"lines"`
}

// cause is one failure that a text reports. Its page has the values that are in the text.
type cause struct {
	Code    diagnosis.Code   `json:"code"`
	Line    int              `json:"line"`
	Job     string           `json:"job,omitempty"`
	Step    string           `json:"step,omitempty"`
	Task    string           `json:"task,omitempty"`
	Version string           `json:"version,omitempty"`
	Way     []diagnosis.Code `json:"way,omitempty"`   // what's around it in the text
	Facts   []saying         `json:"facts,omitempty"` // what the text says about it
	Also    []string         `json:"also,omitempty"`  // other steps that fail for it

	unlisted bool // its code isn't known
}

// failedStep is a step of a log with an error.
type failedStep struct {
	Job     string         `json:"job,omitempty"` // its name, or its number where the log has several and doesn't name them
	Step    string         `json:"step"`
	Task    string         `json:"task,omitempty"`
	Version string         `json:"version,omitempty"`
	Line    int            `json:"line"`
	Code    diagnosis.Code `json:"code,omitempty"` // empty where the error reports nothing that's known
}

type saying struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// unknown is a code without a page.
type unknown struct {
	Given   string           `json:"given"`
	Family  diagnosis.Code   `json:"family,omitempty"` // the code that it's a kind of
	Nearest []diagnosis.Code `json:"nearest,omitempty"`
	Check   bool             `json:"check,omitempty"` // it's the ID of a check
	File    bool             `json:"file,omitempty"`  // it's the name of a file
}

// explained says whether every code that was requested has its page; for a text, whether anything does.
func (a answer) explained() bool {
	if a.Text == nil {
		return len(a.Unknown) == 0 && len(a.Pages)+len(a.Topics) > 0
	}
	if len(a.Causes) > 0 && !slices.ContainsFunc(a.Causes, func(c cause) bool { return !c.unlisted }) {
		return false
	}
	families := 0
	for _, u := range a.Unknown {
		if u.Family != "" {
			families++
		}
	}
	return len(a.Topics) > 0 || len(a.Pages) > families
}

func (a answer) render(format string, style manual.Style) (string, error) {
	switch format {
	case "json":
		if a.Pages == nil {
			a.Pages = []manual.Page{}
		}
		text, err := json.MarshalIndent(a, "", "  ")
		return string(text) + "\n", err
	case "markdown":
		return a.markdown(), nil
	default:
		return a.text(style), nil
	}
}

func (a answer) text(style manual.Style) string {
	if a.listed {
		if len(a.Pages)+len(a.Topics) == 0 {
			return "no code or situation contains these words; list all codes with --list\n"
		}
		return manual.ListText(a.Pages, a.Topics, style) + "\nread one: armpreflight explain NAME\n"
	}
	parts := a.notices()
	if a.Text != nil {
		parts = append(parts, a.summary())
	}
	if a.namesFailures() {
		parts = append(parts, a.failures())
	}
	pages, topics := a.Pages, a.Topics
	if a.Text != nil && len(pages) > 0 {
		pages, topics = pages[:max(1, len(a.Causes))], nil // what it comes down to; the summary names the rest
	}
	for i, p := range pages {
		if i < len(a.Causes) {
			if about := a.Causes[i].about(); about != "" {
				parts = append(parts, about)
			}
		}
		parts = append(parts, p.Text(style))
	}
	for _, t := range topics {
		parts = append(parts, t.Text(style))
	}
	return strings.Join(parts, "\n")
}

// about says where a cause is in a text, and what the text says about it.
func (c cause) about() string {
	var b strings.Builder
	if c.Step != "" {
		if c.Job != "" {
			fmt.Fprintf(&b, "job %q, ", c.Job)
		}
		fmt.Fprintf(&b, "step %q", c.Step)
		if c.Task != "" {
			fmt.Fprintf(&b, " (%s)", strings.TrimSpace(c.Task+" "+c.Version))
		}
		fmt.Fprintf(&b, " fails, line %d\n", c.Line)
	}
	if len(c.Also) > 0 {
		fmt.Fprintf(&b, "for the same cause: step %s\n", strings.Join(c.Also, ", step "))
	}
	if len(c.Way) > 0 {
		fmt.Fprintf(&b, "along with: %s\n", join(c.Way))
	}
	if len(c.Facts) > 0 {
		b.WriteString("the text says:\n")
	}
	for _, f := range c.Facts {
		fmt.Fprintf(&b, "  %-19s %s\n", f.Name, f.Value)
	}
	return b.String()
}

// namesFailures says whether to list the failed steps: the one of a cause is named with it.
func (a answer) namesFailures() bool {
	return len(a.Failed) > 1 || len(a.Failed) == 1 && len(a.Causes) == 0
}

// failures lists the failed steps by job: the first explained one also explains what follows it for the same cause.
func (a answer) failures() string {
	var b strings.Builder
	job, first := "", map[diagnosis.Code]int{}
	b.WriteString("what failed:\n")
	for i, f := range a.Failed {
		indent := "  "
		if f.Job != "" {
			if indent = "    "; i == 0 || f.Job != job {
				fmt.Fprintf(&b, "  job %q\n", f.Job)
			}
		}
		job = f.Job
		why := string(f.Code)
		line, again := first[f.Code]
		switch {
		case f.Code == "":
			why = "no known Azure error"
			if len(first) > 0 {
				why += "; it might follow from the one above"
			}
		case again:
			why = fmt.Sprintf("the same as line %d", line)
		default:
			first[f.Code] = f.Line
		}
		task := ""
		if f.Task != "" {
			task = " (" + strings.TrimSpace(f.Task+" "+f.Version) + ")"
		}
		fmt.Fprintf(&b, "%sline %-7d step %q%s: %s\n", indent, f.Line, f.Step, task, why)
	}
	return b.String()
}

func (a answer) markdown() string {
	if a.listed {
		return manual.ListMarkdown(a.Pages, a.Topics)
	}
	parts := a.notices()
	if a.namesFailures() {
		parts = append(parts, "```\n"+a.failures()+"```\n")
	}
	for i, p := range a.Pages {
		if i < len(a.Causes) {
			if about := a.Causes[i].about(); about != "" {
				parts = append(parts, "```\n"+about+"```\n")
			}
		}
		parts = append(parts, p.Markdown("docs/"))
	}
	for _, t := range a.Topics {
		parts = append(parts, t.Markdown("docs/"))
	}
	if len(parts) == 0 {
		parts = append(parts, a.summary())
	}
	return strings.Join(parts, "\n")
}

// notices say what can be said about each unknown code.
func (a answer) notices() []string {
	var notices []string
	for _, u := range a.Unknown {
		if slices.ContainsFunc(a.Pages, func(p manual.Page) bool { return string(p.Code) == u.Given }) {
			continue // its page says so
		}
		line := u.Given + " is unknown to this version"
		switch {
		case u.File:
			line = u.Given + " is the name of a file; read it with armpreflight explain --log FILE"
		case u.Check:
			line = u.Given + " is a check; its code is below it in the log, after the word code"
		case u.Family != "":
			line += fmt.Sprintf("; its number is a kind of %s", u.Family)
		case len(u.Nearest) > 0:
			line += "; nearest: " + join(u.Nearest)
		case strings.HasPrefix(u.Given, "AADSTS"):
			line += "; Microsoft explains its numbers at https://login.microsoftonline.com/error"
		case len(a.Causes) > 0:
			continue // the text's cause is known without it
		default:
			line += "; list all codes with --list, or search for a word with --search"
		}
		notices = append(notices, line+"\n")
	}
	return notices
}

// summary says where the codes are in a text.
func (a answer) summary() string {
	var b strings.Builder
	t := a.Text
	if len(t.Codes)+len(a.Topics) == 0 {
		fmt.Fprintf(&b, "no code in %s (%s)\n", t.name, counted(t.Lines, "line"))
		b.WriteString("paste the whole message of the failed step, with what follows AADSTS, TF, or Code;\nor search for one of its words with --search\n")
		return b.String()
	}
	codes := counted(len(t.Codes)+t.Left, "code")
	if len(t.Codes)+t.Left == 0 {
		codes = "no code, but words that are known,"
	}
	fmt.Fprintf(&b, "%s in %s (%s)\n", codes, t.name, counted(t.Lines, "line"))
	for _, m := range t.Codes {
		var line strings.Builder
		line.WriteString(fmt.Sprintf("  line %-7d %s", m.Line, m.Code))
		if m.Lines > 1 {
			line.WriteString(fmt.Sprintf(", %d lines", m.Lines))
		}
		for _, p := range a.Pages {
			if p.Code == cmp.Or(m.Entry, m.Code) {
				line.WriteString(": " + p.Title)
			}
		}
		b.WriteString(secret.Filter(nil).Cut(line.String(), 100) + "\n")
	}
	for i, line := range t.Topics {
		fmt.Fprintf(&b, "  line %-7d about: %s\n", line, a.Topics[i].Title)
	}
	if t.Left > 0 {
		fmt.Fprintf(&b, "  and %s more that are unknown\n", counted(t.Left, "code"))
	}
	var rest []string
	for _, p := range a.Pages[min(max(1, len(a.Causes)), len(a.Pages)):] {
		rest = append(rest, string(p.Code))
	}
	for _, t := range a.Topics {
		if len(a.Pages) > 0 {
			rest = append(rest, t.Anchor())
		}
	}
	if len(rest) > 0 {
		what := "the cause"
		if len(a.Causes) > 0 && a.Causes[0].unlisted {
			what = "the first one"
		}
		fmt.Fprintf(&b, "%s is below; for the others: armpreflight explain %s\n", what, strings.Join(rest, " "))
	}
	return b.String()
}

func join(codes []diagnosis.Code) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = string(c)
	}
	return strings.Join(words, ", ")
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
