package report

// StepLine is one line of a step.
type StepLine struct {
	Text  string
	Paste bool // it's a command or a URL, alone on its line
}

// Sequence are the steps of a finding, line by line. A report of an earlier version has one line for each.
func (f Found) Sequence() [][]StepLine {
	var all [][]StepLine
	for i, step := range f.Steps {
		lines := []StepLine{{Text: step}}
		if len(f.Lines) == len(f.Steps) && len(f.Lines[i]) > 0 {
			lines = nil
			for j, line := range f.Lines[i] {
				lines = append(lines, StepLine{oneLine(line), j%2 == 1})
			}
		}
		all = append(all, lines)
	}
	return all
}
