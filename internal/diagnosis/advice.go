package diagnosis

// Advice is what to do when it is not one finding that decides, but all of them.
type Advice struct {
	Way   string // kebab-case; public
	Title string // in words
	Why   string
	Steps []AdviceStep
	// File is a text that a command reads, with its name; empty when none does.
	FileName, File string
	Can            bool // the person can do it without others
}

// NoAdvice is the Way of an advice that cannot be given yet, since too little was seen.
const NoAdvice = "none-yet"

// AdviceStep is one step: a sentence, and the command for it where there is one. A
// command stands alone and is never broken.
type AdviceStep struct {
	Who           Person
	Text, Command string
}

// Sentence says the step, and who does it when that is somebody else than the reader.
func (s AdviceStep) Sentence() string {
	if s.Who == ConnectionMaker {
		return s.Text
	}
	return string(s.Who) + ": " + s.Text
}
