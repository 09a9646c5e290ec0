package pipeline

import (
	"strings"
	"unicode/utf8"

	"armpreflight/internal/secret"
)

// Sanitize makes text from anywhere fit to be printed: without secrets, without anything that can't be seen, and
// without the beginning of a command. Line breaks become "\n" and stay.
//
// The order is the point. Secrets are searched for before characters are dropped, since a secret may hold such
// characters, and after, since they may have split it; what that put in or cut is made visible again. Commands are broken
// up last, when nothing can join two halves any more: a space is put between the "#"s, which no search passes over.
func Sanitize(r *secret.Redactor, text string) string {
	text = secret.Visible(r.Redact(secret.Visible(r.Redact(text))))
	return breakCommands(text)
}

// breakCommands puts a space into every "##" before "vso" or "[". The agent takes "##vso[" for a command wherever it
// is in a line, and "##vso" alone for one that went wrong, with a warning (microsoft/azure-pipelines-agent
// src/Agent.Worker/WorkerCommandManager.cs); "##[" makes a section or an error in the eyes of a reader.
func breakCommands(text string) string {
	if !strings.Contains(text, "#") {
		return text
	}
	var b strings.Builder
	done, number := 0, false // number: the last character that isn't passed over is a "#"
	for i := range len(text) {
		switch {
		case passedOver(text[i]):
		case text[i] != '#':
			number = false
		default:
			if number && beginsCommand(text[i+1:]) {
				b.WriteString(text[done:i] + " ")
				done = i
			}
			number = true
		}
	}
	b.WriteString(text[done:])
	return b.String()
}

// beginsCommand reports whether "vso" or "[" comes first in a text, whatever is passed over between the characters.
func beginsCommand(text string) bool {
	_, text = cutGap(text)
	if strings.HasPrefix(text, "[") {
		return true
	}
	if !beginsWith(text, 'v') {
		return false
	}
	gap, text := cutGap(text[1:])
	if beginsWith(text, 's') {
		_, text = cutGap(text[1:])
	} else if !strings.Contains(gap, "ſ") { // a long s: where case plays no part, it's the same letter
		return false
	}
	return beginsWith(text, 'o')
}

func beginsWith(text string, lower byte) bool { return text != "" && text[0]|0x20 == lower }

// cutGap cuts what is passed over off the start of a text.
func cutGap(text string) (gap, rest string) {
	i := 0
	for i < len(text) && passedOver(text[i]) {
		i++
	}
	return text[:i], text[i:]
}

// passedOver says about a byte whether its character may be between those of a command. Which ones the agent's search
// passes over depends on the machine (.NET with ICU, or with the tables of an old Windows), so everything but visible
// ASCII counts as passed over.
func passedOver(c byte) bool { return c == '\t' || c >= utf8.RuneSelf }

// lines splits a sanitized text; a newline at its end ends its last line.
func lines(text string) []string {
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
