package catalogue

import (
	"strings"

	"armpreflight/internal/lazyregexp"
)

// pasted is what a reader pastes from a step: a command between backticks, or a URL.
var pasted = &lazyregexp.Regexp{Expression: "`([^`]+)`" + `|(\{link\}|https?://[^\s` + "`" + `]*[^\s` + "`" + `.,;:)])`}

// StepLines splits the text of a step where a reader pastes something. Every second line is a command or a URL, without a
// full stop behind it; the first one is text.
func StepLines(text string) []string {
	text = strings.TrimSuffix(strings.TrimPrefix(text, bold), bold)
	lines := strings.Split(pasted.ReplaceAllStringFunc(text, func(part string) string { return "\n" + strings.Trim(part, "`") + "\n" }), "\n")
	for i := 0; i < len(lines); i += 2 {
		if i > 0 {
			lines[i] = strings.TrimLeft(lines[i], ".,")
		}
		lines[i] = strings.TrimSpace(lines[i])
	}
	if last := len(lines) - 1; last > 0 && lines[last] == "" {
		lines = lines[:last]
	}
	return lines
}

const bold = "**"

// Decisive reports whether a step is written in bold: an annotation on the run has room for such a step only.
func Decisive(text string) bool { return strings.HasPrefix(text, bold) }

// preparing are the beginnings of steps that change nothing yet.
var preparing = []string{"Open ", "Check ", "Compare ", "Find ", "Read ", "Look ", "Confirm ", "Wait ", "Next, ", "Re-run ", "On the agent, run ", "On the connection's page, choose Manage"}

// Changes reports whether a step changes something, by its first words.
func Changes(text string) bool {
	for _, start := range preparing {
		if strings.HasPrefix(text, start) {
			return false
		}
	}
	return true
}
