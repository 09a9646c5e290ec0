package manual

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// defaultWidth is the number of columns that lines are wrapped to; a longer word stays whole, so that an address can be
// copied.
const defaultWidth = 100

// A Style puts emphasis into a text: bold for what must be seen, dim for what may be passed over. The zero Style adds
// nothing, for files and logs.
type Style struct {
	bold, dim, end string
	columns        int // 0: defaultWidth
}

// StyleFor gives the style of a terminal, or none, for lines of a number of columns; 0 is as good as 100.
func StyleFor(terminal bool, columns int) Style {
	if terminal {
		return Style{bold: "\x1b[1m", dim: "\x1b[2m", end: "\x1b[0m", columns: columns}
	}
	return Style{columns: columns}
}

func (s Style) width() int { return cmp.Or(s.columns, defaultWidth) }

func (s Style) strong(text string) string { return s.bold + text + s.end }
func (s Style) quiet(text string) string  { return s.dim + text + s.end }

const (
	labelWidth = 12
	stepWidth  = 4
)

// Text writes a page for a terminal.
func (p Page) Text(s Style) string {
	w := writer{style: s}
	w.heading(string(p.Code), p.Title)
	w.paragraph("means", p.Means)
	for i, c := range p.Causes {
		label := ""
		if i == 0 {
			label = "causes"
		}
		w.item(label, "-", c)
	}
	w.fixes(p.Fixes)
	w.blank()
	w.paragraph("confirm", p.Confirm)
	w.paragraph("retry", p.Retry)
	w.paragraph("confidence", p.Confidence)
	found := slices.Clone(p.Checks)
	for _, v := range p.Verbs {
		found = append(found, strings.TrimSpace("armpreflight "+v.Verb+" "+inParentheses(v.Checks)))
	}
	if len(found) == 0 {
		found = []string{onlyInText}
	}
	w.paragraph("found by", strings.Join(found, ", "))
	for i, t := range p.Topics {
		w.paragraph([]string{"see also", ""}[min(i, 1)], t)
	}
	for i, l := range p.Links {
		w.paragraph([]string{"read", ""}[min(i, 1)], l)
	}
	return w.String()
}

// Text writes a topic for a terminal.
func (t Topic) Text(s Style) string {
	w := writer{style: s}
	w.heading(t.Title, "")
	w.paragraph("means", t.Means)
	w.paragraph("detected", t.Finds)
	if len(t.Codes) > 0 {
		codes := make([]string, len(t.Codes))
		for i, c := range t.Codes {
			codes[i] = string(c)
		}
		w.paragraph("codes", strings.Join(codes, ", "))
	}
	w.fixes(t.Fixes)
	if len(t.Beware) > 0 {
		w.blank()
	}
	for i, b := range t.Beware {
		w.paragraph([]string{"caution", ""}[min(i, 1)], b)
	}
	w.paragraph("see also", t.Place())
	return w.String()
}

type writer struct {
	strings.Builder
	style Style
}

func (w *writer) blank() { w.WriteByte('\n') }

func (w *writer) heading(code, title string) {
	w.WriteString(w.style.strong(code) + "\n")
	if title != "" {
		for line := range strings.SplitSeq(wrap(title, w.style.width()-2), "\n") {
			w.WriteString("  " + w.style.strong(line) + "\n")
		}
	}
	w.blank()
}

// paragraph writes text behind a label.
func (w *writer) paragraph(label, text string) {
	w.hang(w.style.quiet(fmt.Sprintf("  %-*s", labelWidth, label)), labelWidth+2, text)
}

// item writes text behind a label and a mark.
func (w *writer) item(label, mark, text string) {
	w.hang(w.style.quiet(fmt.Sprintf("  %-*s", labelWidth, label))+mark+" ", labelWidth+2+len(mark)+1, text)
}

func (w *writer) fixes(fixes []Fix) {
	for _, f := range fixes {
		w.blank()
		if f.For != "" {
			w.paragraph("when", f.For)
		}
		w.paragraph("who", w.style.strong(string(f.Who)))
		for i, step := range f.Steps {
			number := fmt.Sprintf("%d.", i+1)
			start := fmt.Sprintf("  %*s%-*s", labelWidth, "", stepWidth, number)
			for line := range strings.SplitSeq(step, "\n") { // a command or a URL has its own line
				w.hang(start, labelWidth+2+stepWidth, line)
				start = strings.Repeat(" ", labelWidth+2+stepWidth)
			}
		}
	}
}

// hang writes a start of the given width and the text behind it, its further lines below the text.
func (w *writer) hang(start string, indent int, text string) {
	for i, line := range strings.Split(wrap(text, w.style.width()-indent), "\n") {
		if i > 0 {
			start = strings.Repeat(" ", indent)
		}
		w.WriteString(start + line + "\n")
	}
}

// wrap breaks a text between words.
func wrap(text string, columns int) string {
	var b strings.Builder
	used := 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0:
		case used+1+n > columns:
			b.WriteByte('\n')
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}

// onlyInText says who finds a code that no check of ours results in.
const onlyInText = "armpreflight explain, in pasted text or a log"

// inParentheses joins IDs; empty for none.
func inParentheses(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return "(" + strings.Join(ids, ", ") + ")"
}
