package pipeline

import (
	"regexp"
	"strings"

	"armpreflight/internal/secret"
)

// commandStart finds "##" before "vso" or "[". The agent takes "##vso[" for a command wherever it stands in a line, and
// "##vso" alone for one that went wrong, of which it warns (microsoft/azure-pipelines-agent
// src/Agent.Worker/WorkerCommandManager.cs); "##[" makes a section or an error in the eyes of a reader.
//
// A gap may stand between the characters. Which ones the agent's search passes over depends on the machine (.NET with
// ICU, or with the tables of an old Windows), so everything but visible ASCII counts as passed over.
var commandStart = regexp.MustCompile(`(?i)(#` + gap + `)(#` + gap + `(?:v` + gap + `s` + gap + `o|\[))`)

const gap = `[\t\x{80}-\x{10ffff}]*`

// Sanitise makes text from anywhere fit to be printed: without secrets, without anything that cannot be seen, and
// without the beginning of a command. Line breaks become "\n" and stay.
//
// The order is the point. Secrets are searched for before characters are dropped, since a secret may hold such
// characters, and after, since they may have split it; what that put in or cut is made visible again. Commands are broken
// up last, when nothing can join two halves any more: a space is put between the "#"s, which no search passes over.
func Sanitise(r *secret.Redactor, text string) string {
	text = secret.Visible(r.Redact(secret.Visible(r.Redact(text))))
	if !strings.Contains(text, "#") {
		return text
	}
	return commandStart.ReplaceAllString(text, "$1 $2")
}

// lines splits a sanitised text; a newline at its end ends its last line.
func lines(text string) []string {
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
