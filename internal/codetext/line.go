package codetext

import (
	"bytes"

	"armpreflight/internal/lazyregexp"
)

// What an agent and a terminal put around the text: time, "##[error]", colors.
var (
	lineStart = &lazyregexp.Regexp{Expression: `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z ?`}
	marker    = &lazyregexp.Regexp{Expression: `^(?:\s*##\[[a-z]+\])+`}
	color     = &lazyregexp.Regexp{Expression: `\x1b\[[0-?]*[ -/]*[@-~]`}
)

// bare gives a line without what the agent and a terminal put around it, and the mark among that: "##[error]" or the
// like, or nothing.
func bare(line []byte) (text, mark []byte) {
	for len(line) > 0 && isLineEnd(line[len(line)-1]) {
		line = line[:len(line)-1]
	}
	line = bytes.TrimPrefix(bytes.TrimPrefix(line, []byte("\ufeff")), []byte("\xff\xfe"))
	if bytes.IndexByte(line, '\x1b') >= 0 {
		line = color.ReplaceAll(line, nil)
	}
	if len(line) > 0 && line[0] >= '0' && line[0] <= '9' {
		line = line[len(lineStart.Find(line)):]
	}
	if bytes.Contains(line[:min(len(line), scanOverlap)], []byte("##[")) {
		mark = marker.Find(line)
	}
	return line[len(mark):], mark
}

// ownReport follows a text through the reports that this program writes into a log (package report, WriteLog). They name
// each code once, behind the word code; the codes and phrases in their advice, and in what they show of an answer, are
// about that same finding or about another one that it isn't.
type ownReport struct {
	inside bool // the line before belongs to one
	seen   bool // there was a code in one
}

var (
	ownCheck = &lazyregexp.Regexp{Expression: `^  (?:(?:pass|WARN|FAIL|\?{4}|note|skip) [ \dms]{7}  |needs {9})\S`}
	ownCode  = &lazyregexp.Regexp{Expression: `^ {10}code {3}(\S+)`}
	// The advice in an annotation: " Who: application owner. Step 2: …"; older logs have " Steps 1 and 2 of 5
	// (application owner; all are in this step's log): (1) …".
	ownSteps = &lazyregexp.Regexp{Expression: ` Who: [a-zA-Z ,]{1,60}\. Steps? \d|Steps (?:1 and 2 of \d+ )?\([^()]*\): \(1\) `}

	ownIndent = []byte("          ")
)

// code says whether a line belongs to a report of ours; if so, which code it names (empty: none).
func (o *ownReport) code(text, mark []byte) (code string, ours bool) {
	if m := ownCode.FindSubmatch(text); m != nil {
		o.inside, o.seen = true, true
		return string(m[1]), true
	}
	switch {
	case len(mark) > 0:
		o.inside = o.inside && (string(mark) == "##[endgroup]" || string(mark) == "##[group]" && (string(text) == "raw evidence" || string(text) == "what was seen"))
	case bytes.HasPrefix(text, ownIndent):
	case bytes.HasPrefix(text, []byte("  ")):
		o.inside = ownCheck.Match(text)
	default:
		o.inside = o.inside && bytes.HasPrefix(text, []byte("recommendation: "))
	}
	return "", o.inside
}

// headline cuts the steps off an annotation of ours. Nothing of it is left where the report itself was seen.
func (o *ownReport) headline(line []byte) []byte {
	if bytes.Contains(line, []byte(" Step")) {
		if at := ownSteps.FindIndex(line); at != nil && o.seen {
			return nil
		} else if at != nil {
			return line[:at[0]]
		}
	}
	return line
}
