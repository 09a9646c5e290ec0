package diagnosis

// Advice is what to do when the findings decide together, and not one of them alone.
type Advice struct {
	Way   string // kebab-case; public
	Title string // in words
	Why   string
	Steps []AdviceStep
	// File is a text that a command reads, with its name; empty when none does.
	FileName, File string
	Can            bool // the person can do it without others
}

// NoAdvice is the Way of an advice that can't be given yet, since too little is known.
const NoAdvice = "none-yet"

// AdviceStep is one step: a sentence, and the command for it where there is one. A
// command is alone on its line and is never broken.
type AdviceStep struct {
	Who           Person
	Text, Command string
}

// Sentence says the step, and who does it if it isn't the reader.
func (s AdviceStep) Sentence() string {
	if s.Who == ConnectionMaker {
		return s.Text
	}
	return string(s.Who) + ": " + s.Text
}
