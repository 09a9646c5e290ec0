package azpipeline

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

var (
	// lineOfError matches an error of the YAML library, which has a line and no column.
	lineOfError = &lazyregexp.Regexp{Expression: `(?s)^line (\d+): (.*)$`}
	// ofParser matches the errors of its parser, which counts lines from 0. Its scanner, which has the other errors, counts from 1.
	ofParser = &lazyregexp.Regexp{Expression: `^did not find expected (key|node content|'-'|','|<)|^found (undefined tag|incompatible YAML|duplicate %)`}
	// ofBlock matches the errors for which the library has the line where a mapping or a list begins, and not the line that doesn't fit in it.
	ofBlock = &lazyregexp.Regexp{Expression: `^did not find expected (key|'-' indicator)$`}
)

// maxSearched is how many bytes of all files are searched for the lines of such errors. A search parses a text up to twenty times.
const maxSearched = 2 << 20

// whereOf returns the place and the reason of an error of the YAML library.
func (l *Library) whereOf(err error, text []byte) (line, column int, why string) {
	line, why = 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := lineOfError.FindStringSubmatch(why); m != nil {
		line, _ = strconv.Atoi(m[1]) // 0 if the number is too large
		why = m[2]
		if ofParser.MatchString(why) {
			line++
		}
	}
	lines := bytes.Count(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) + 1
	line = min(max(line, 1), lines) // an error can be at the end of the text
	if ofBlock.MatchString(why) && l.searched+len(text) <= maxSearched {
		l.searched += len(text)
		if stops := stopsAt(err, text); stops > line {
			block := "mapping"
			if !strings.HasSuffix(why, "key") {
				block = "list"
			}
			why = fmt.Sprintf("%s in the %s that begins in line %d", why, block, line)
			line = stops
		}
	}
	return line, columnOf(text, line), why
}

// stopsAt returns the line where the parser stops with an error. The lines above it don't have the error, and with it, they do.
func stopsAt(err error, text []byte) int {
	text, _ = mend(text)
	var ends []int // of the lines
	for at := range text {
		if text[at] == '\n' || at == len(text)-1 {
			ends = append(ends, at+1)
		}
	}
	return 1 + sort.Search(len(ends), func(i int) bool {
		again := yaml.Unmarshal(text[:ends[i]], &yaml.Node{})
		return again != nil && again.Error() == err.Error()
	})
}

// directives match what template languages put between the lines of another language. Terraform's can be in a line.
var directives = []struct {
	language string
	text     *lazyregexp.Regexp
}{
	{"Terraform", &lazyregexp.Regexp{Expression: `%\{~?[ \t]*(for|if|else|endfor|endif)\b[^}\n]*\}`}},
	{"Handlebars", &lazyregexp.Regexp{Expression: `(?m)^[ \t]*\{\{[#/>^!][^\n]*$`}},
	{"Jinja", &lazyregexp.Regexp{Expression: `(?m)^[ \t]*\{%[^\n]*$`}},
	{"Helm or Go", &lazyregexp.Regexp{Expression: `(?m)^[ \t]*\{\{-?[ \t]*(if|else|end|range|with|define|include|template)\b[^\n]*$`}},
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
	for ; line > 1; line-- {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return 1
		}
		text = text[end+1:]
	}
	text, _, _ = bytes.Cut(text, []byte("\n"))
	words := bytes.TrimLeft(text, " ")
	return utf8.RuneCount(text[:len(text)-len(words)]) + 1
}
