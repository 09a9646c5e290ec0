package azpipeline

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"armpreflight/internal/lazyregexp"

	"go.yaml.in/yaml/v3"
)

var (
	// lineOfError matches an error of the YAML library, which has a line and no column.
	lineOfError = &lazyregexp.Regexp{Expression: `(?s)^line (\d+): (.*)$`}
	// ofParser matches the errors of its parser, which counts lines from 0. Its scanner, which has the other errors, counts from 1.
	ofParser = &lazyregexp.Regexp{Expression: `^did not find expected (key|node content|'-'|','|<)|^found (undefined tag|incompatible YAML|duplicate %)`}
)

// maxSearched is how many bytes are parsed again to find the lines of errors, of all files together. For the rest, it's the line that the
// library names.
const maxSearched = 2 << 20

// lineOf returns the line that the library names, 0 if there's none, and the reason.
func lineOf(err error) (line int, why string) {
	why = strings.TrimPrefix(err.Error(), "yaml: ")
	m := lineOfError.FindStringSubmatch(why)
	if m == nil {
		return 0, why
	}
	line, _ = strconv.Atoi(m[1]) // 0 if the number is too large
	if ofParser.MatchString(m[2]) {
		line++
	}
	return line, m[2]
}

// stop is why the parser stops. Lines count from 1.
type stop struct {
	why   string
	named int // the line that the library names: of the error, or where the block, bracket, or text in quotes begins
	read  int // the last line that the parser read, which can be after that of the error
}

// stopOf parses a text line by line; false if it has no error, or if too much was searched already.
func (l *Library) stopOf(text []byte) (stop, bool) {
	if l.searched+len(text) > maxSearched {
		return stop{}, false
	}
	l.searched += len(text)
	// The library doesn't name the first line, so there's an empty one before it.
	feed := &lineFeed{rest: text, line: []byte("\n")}
	err := yaml.NewDecoder(feed).Decode(&yaml.Node{})
	if err == nil || err == io.EOF {
		return stop{}, false
	}
	s := stop{read: max(feed.read, 1)}
	if s.named, s.why = lineOf(err); s.named == 0 {
		s.named = s.read + 1
	}
	s.named--
	return s, true
}

// lineFeed returns one line of a text for each call, or a part of it.
type lineFeed struct {
	line, rest []byte
	read       int // how many lines
}

func (f *lineFeed) Read(into []byte) (int, error) {
	if len(f.line) == 0 {
		if len(f.rest) == 0 {
			return 0, io.EOF
		}
		end := bytes.IndexByte(f.rest, '\n') + 1
		if end == 0 {
			end = len(f.rest)
		}
		f.line, f.rest = f.rest[:end], f.rest[end:]
		f.read++
	}
	n := copy(into, f.line)
	f.line = f.line[n:]
	return n, nil
}

// lineEnds returns where each line of a text begins, and the end of the text.
func lineEnds(text []byte) []int {
	ends := []int{0}
	for at := range text {
		if text[at] == '\n' || at == len(text)-1 {
			ends = append(ends, at+1)
		}
	}
	return ends
}

// maxBack is how often the line of an error is searched above the last that the parser read.
const maxBack = 4

// lastLine returns the line of an error in a block, in brackets, or in quotes, which can be before the last that the parser read: without the
// lines below it, it's the same error. For a bracket that's open at the end of the text, it's the line after the last.
func (l *Library) lastLine(s stop, text []byte, ends []int) int {
	last, after := s.read, ""
	if ofBrackets.MatchString(s.why) {
		last, after = last+1, "\n,\n,\n" // without the commas, each bracket that's open at the end of the lines has the same error
	}
	above := withContent(text, ends, last-1)
	for range maxBack {
		if last < 2 {
			break
		}
		again, ok := l.stopOf(append(bytes.Clone(text[:ends[above]]), after...))
		switch same := ok && again.why == s.why && again.named == s.named; {
		case same:
			last, above = above, withContent(text, ends, above-1)
		case above < last-1:
			above = last - 1 // what looked like a comment is one of a text in quotes
		default:
			return last
		}
	}
	return last
}

// withContent returns the last line up to the given one that isn't empty or a comment; 0 if there's none.
func withContent(text []byte, ends []int, line int) int {
	for ; line > 0; line-- {
		content := bytes.TrimSpace(text[ends[line-1]:ends[line]])
		if len(content) > 0 && content[0] != '#' {
			break
		}
	}
	return line
}
