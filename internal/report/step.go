package report

import (
	"strings"
)

// StepLine is one line of a step.
type StepLine struct {
	Text  string
	Paste bool // it's a command or a URL, alone on its line
}

// stepLines splits a step where a reader pastes something.
func stepLines(step string) []StepLine {
	var lines []StepLine
	for line := range strings.SplitSeq(step, "\n") {
		if line = oneLine(line); line != "" || len(lines) == 0 {
			lines = append(lines, StepLine{line, len(lines)%2 == 1})
		}
	}
	return lines
}

// Sequence are the steps of a finding, line by line.
func (f Found) Sequence() [][]StepLine {
	var all [][]StepLine
	for _, step := range f.Steps {
		all = append(all, stepLines(step))
	}
	return all
}
