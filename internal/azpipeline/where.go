package azpipeline

import (
	"bytes"
	"fmt"
	"strings"

	"armpreflight/internal/lazyregexp"
)

var (
	// ofBlock matches the errors for which the library has the line where a mapping or a list begins, and not the line that doesn't fit in it.
	ofBlock = &lazyregexp.Regexp{Expression: `^did not find expected (key|'-' indicator)$`}
	// ofBrackets matches those for which it has the line where a bracket opens, and ofQuotes those for which it has that of the quotes.
	ofBrackets = &lazyregexp.Regexp{Expression: `^did not find expected ',' or`}
	ofQuotes   = &lazyregexp.Regexp{Expression: `^found unexpected (end of stream|document indicator)$`}
	// ofText matches the errors for which it has the line where a text begins.
	ofText = &lazyregexp.Regexp{Expression: `^(found unknown escape|did not find expected hexdecimal|found invalid Unicode|found a tab character (that|where))`}
	// noValue matches the error for a place where a value must be, such as the end of the text after an open bracket.
	noValue = &lazyregexp.Regexp{Expression: `^did not find expected node content$`}
	// closing matches a line that begins with a closing bracket.
	closing = &lazyregexp.Regexp{Expression: `^ *[]}]`}
)

// word is a line after the beginning of a text. It turns a bracket that's open there into an error in the brackets.
const word = "\nx\n"

// whereOf returns the place and the reason of an error of the YAML library.
func (l *Library) whereOf(err error, text []byte) (line, column int, why string) {
	text = WithoutBOM(text)
	named, why := lineOf(err)
	line, why = l.search(named, why, text)
	lines := bytes.Count(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) + 1
	line = min(max(line, 1), lines) // an error can be at the end of the text
	return line, columnOf(text, line), why
}

// search returns the line where you would look for an error, and its reason. The given line is the one that the library names.
func (l *Library) search(named int, why string, text []byte) (int, string) {
	if mended, odd := mend(text); len(odd) > 0 {
		text = mended // as the parser got it
	}
	ends := lineEnds(text)
	for range maxBack {
		s, ok := l.stopOf(text)
		if !ok {
			break
		}
		named, why = l.place(s, text, ends)
		// Where the parser looks ahead, an error below can hide one above.
		if s.named < 2 || named != s.named || ofBlock.MatchString(s.why) || isOpen(s.why) {
			break
		}
		at := min(s.named, len(ends))
		text = text[:ends[at-1]]
		if above, ok := l.stopOf(text); !ok || isOpen(above.why) {
			break
		}
	}
	return named, why
}

// isOpen reports whether an error can be that of a bracket or quotes that are open at the end of a text.
func isOpen(why string) bool {
	return noValue.MatchString(why) || ofQuotes.MatchString(why) || ofBrackets.MatchString(why)
}

// place returns the line and the reason of an error.
func (l *Library) place(s stop, text []byte, ends []int) (int, string) {
	last := min(max(s.named, 1), len(ends)-1)
	switch {
	case ofQuotes.MatchString(s.why):
		return s.named, "the quotes that open in this line aren't closed: " + s.why
	case ofBrackets.MatchString(s.why):
		return bracket(s.named, l.lastLine(s, text, ends), s.why, text)
	case ofText.MatchString(s.why):
		return l.lastLine(s, text, ends), s.why
	case ofBlock.MatchString(s.why):
		last = l.lastLine(s, text, ends)
	case noValue.MatchString(s.why):
		if after, ok := l.stopOf(append(bytes.Clone(text[:ends[last]]), word...)); ok && ofBrackets.MatchString(after.why) {
			return bracket(after.named, len(ends), s.why, text)
		}
	}
	if before, ok := l.stopOf(append(bytes.Clone(text[:ends[last-1]]), word...)); ok && before.named < last {
		switch {
		case ofQuotes.MatchString(before.why):
			return before.named, fmt.Sprintf("the quotes that open in this line close in line %d: %s", last, s.why)
		case ofBrackets.MatchString(before.why) && !closing.Match(lineAt(text, last)):
			return bracket(before.named, last, s.why, text)
		}
	}
	if last > s.named {
		block := "mapping"
		if !strings.HasSuffix(s.why, "key") {
			block = "list"
		}
		return last, fmt.Sprintf("%s in the %s that begins in line %d", s.why, block, s.named)
	}
	return last, s.why
}

// bracket returns the line and the reason of an error in brackets. If its line isn't indented more than the one where the bracket opens, it's
// something else, and the bracket isn't closed.
func bracket(opens, last int, why string, text []byte) (int, string) {
	switch at := lineAt(text, last); {
	case last == opens:
		return opens, why
	case len(at) == 0:
		return opens, "the bracket that opens in this line isn't closed: " + why
	case columnOf(text, last) > columnOf(text, opens) || closing.Match(at):
		return last, fmt.Sprintf("%s in the brackets that open in line %d", why, opens)
	}
	return opens, fmt.Sprintf("the bracket that opens in this line isn't closed before line %d: %s", last, why)
}

// directives match what template languages put between the lines of another language. Terraform's can be in a line.
var directives = []struct {
	language string
	text     *lazyregexp.Regexp
}{
	{"Terraform", &lazyregexp.Regexp{Expression: `%\{~?[ \t]*(for|if|else|endfor|endif)\b[^}\n]*\}`}},
	{"Handlebars", &lazyregexp.Regexp{Expression: `(?m)^[ \t]*\{\{[#/>^!][^\n]*$`}},
	{"Jinja", &lazyregexp.Regexp{Expression: `(?m)^[ \t]*\{%[^\n]*$`}},
	{"Helm or Go", &lazyregexp.Regexp{Expression: `(?m)^[ \t]*\{\{-?[ \t]*((if|else|end|range|with|define|include|template)\b|\$\w*[ \t]*:?=)[^\n]*$`}},
}

// languageOf returns the template language whose directives cause an error: without them, the parser gets past it.
func languageOf(err error, text []byte) string {
	for _, d := range directives {
		if !d.text.Match(text) {
			continue
		}
		if _, _, again := parseYAML(d.text.ReplaceAll(text, nil)); again == nil || again.Error() != err.Error() {
			return d.language
		}
	}
	return ""
}

// columnOf returns the column of the first word of a line. The first column is 1.
func columnOf(text []byte, line int) int {
	whole := lineAt(text, line)
	return len(whole) - len(bytes.TrimLeft(whole, " ")) + 1
}

// lineAt returns a line without its end.
func lineAt(text []byte, line int) []byte {
	for ; line > 1; line-- {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return nil
		}
		text = text[end+1:]
	}
	text, _, _ = bytes.Cut(text, []byte("\n"))
	return text
}
