package pipeline

import (
	"slices"
	"strconv"
	"strings"
)

// IssueKind is the gravity of an issue.
type IssueKind int

// The kinds that the agent knows. Neither changes the result of the step.
const (
	IssueError IssueKind = iota
	IssueWarning
)

// StepResult is the result of a step as the agent spells it; another spelling, or case, would fail the step.
type StepResult string

// The results that this program gives.
const (
	Succeeded           StepResult = "Succeeded"
	SucceededWithIssues StepResult = "SucceededWithIssues"
	Failed              StepResult = "Failed"
)

// A Word is a text that this program made up itself: the name of an output, a result, the ID of a check, a code of the
// catalogue. In a command it's written as it is, even when a secret of the job has the same value: such a secret is public
// knowledge, and a command without its words does something else. What comes from outside isn't a Word until it went
// through Clean.
type Word string

// String is the kind as the agent spells it.
func (k IssueKind) String() string {
	if k == IssueWarning {
		return "warning"
	}
	return "error"
}

// Issue raises an issue on the run, with a code (may be empty) and a message of one or more lines. The agent keeps ten
// errors and ten warnings a step, and prints the rest.
func (l *Log) Issue(kind IssueKind, code Word, message string) {
	l.command("task.logissue", message, property{name: "type", value: kind.String(), ours: true}, codeProperty(code))
}

// IssueAt raises an issue at a place in a file of the repository; line and column count from 1.
func (l *Log) IssueAt(kind IssueKind, code Word, message, file string, line, column int) {
	l.command("task.logissue", message, property{name: "type", value: kind.String(), ours: true}, property{name: "sourcepath", value: file},
		property{name: "linenumber", value: strconv.Itoa(line), ours: true}, property{name: "columnnumber", value: strconv.Itoa(column), ours: true},
		codeProperty(code))
}

func codeProperty(code Word) property {
	return property{name: "code", value: encodeProperty(string(code)), ours: true}
}

// SetVariable sets a pipeline variable for the steps that follow; output makes it an output variable, which fails a step
// that has no reference name. The value may come from outside.
func (l *Log) SetVariable(name Word, value string, output bool) {
	l.setVariable(name, Sanitize(l.redactor, value), output)
}

// SetWord sets a pipeline variable to a word of this program.
func (l *Log) SetWord(name, value Word, output bool) { l.setVariable(name, string(value), output) }

// setVariable takes a value that may be printed.
func (l *Log) setVariable(name Word, value string, output bool) {
	properties := []property{{name: "variable", value: encodeProperty(string(name)), ours: true}}
	if output {
		properties = append(properties, property{name: "isoutput", value: "true", ours: true})
	}
	l.write(commandLine("task.setvariable", value, properties...))
}

// Hides reports whether something in one of these texts is hidden where it's printed.
func (l *Log) Hides(texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return l.redactor.Redact(text) != text })
}

// Alters reports whether one of these texts would be printed as another: because a secret is hidden in it, or because it
// holds what can't be seen or would begin a command. A path or a value that is altered is another.
func (l *Log) Alters(texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return l.Clean(text) != text || strings.Contains(text, "\n") })
}

// Clean gives a text as Line would print it, for a part of a Word.
func (l *Log) Clean(text string) string { return Sanitize(l.redactor, text) }

// Complete sets the step's result. Of several results the worst counts, and an exit code other than 0 counts more.
func (l *Log) Complete(result StepResult, message string) {
	l.command("task.complete", message, property{name: "result", value: string(result), ours: true})
}

// Progress tells the run's page what the step is doing, and how far it is in percent.
func (l *Log) Progress(percent int, text string) {
	l.command("task.setprogress", text, property{name: "value", value: strconv.Itoa(percent), ours: true})
}

// Attach keeps a file with the run, under a type and a name. The path is absolute; the agent reads the file after the job.
func (l *Log) Attach(kind, name, path string) {
	l.command("task.addattachment", path, property{name: "type", value: kind, ours: true}, property{name: "name", value: name, ours: true})
}

// Summary shows a file of Markdown on the run's page. The path is absolute.
func (l *Log) Summary(path string) { l.command("task.uploadsummary", path) }

// Debug writes text for those who run with system.debug on; the agent drops it otherwise. Each line is a command, since
// the agent marks only the first line of one.
func (l *Log) Debug(text string) {
	var commands []string
	for _, line := range lines(Sanitize(l.redactor, text)) {
		commands = append(commands, "##vso[task.debug]"+encodeData(line))
	}
	l.write(commands...)
}

// A property of a command; one without a value is left out. A word of ours is
// written as it is: a secret that happens to be the word would break the command.
type property struct {
	name, value string
	ours        bool
}

// command writes a logging command. Values and data are sanitized, then encoded: the other way round a secret with "%" in
// it wouldn't be found.
func (l *Log) command(name, data string, properties ...property) {
	for i, p := range properties {
		if !p.ours {
			properties[i].value = encodeProperty(Sanitize(l.redactor, p.value))
		}
	}
	l.write(commandLine(name, Sanitize(l.redactor, data), properties...))
}

// commandLine is a command as the agent reads it. Its properties are encoded, its data isn't yet.
func commandLine(name, data string, properties ...property) string {
	var b strings.Builder
	b.WriteString("##vso[" + name)
	separator := " "
	for _, p := range properties {
		if p.value != "" {
			b.WriteString(separator + p.name + "=" + p.value + ";")
			separator = ""
		}
	}
	return b.String() + "]" + encodeData(data)
}

// encodeData and encodeProperty encode what the agent decodes (microsoft/azure-pipelines-agent
// src/Agent.Sdk/CommandStringConvertor.cs). The percent sign goes first there, and is no %25: a plain URL in a message
// must not change. A replacer replaces what is in the text only, never its own output.
func encodeData(text string) string {
	return strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// encodeProperty also drops "=" at the start of a value, which the agent would swallow: it has no encoding for it.
func encodeProperty(text string) string {
	text = strings.TrimLeft(text, "=")
	return strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A", "]", "%5D", ";", "%3B").Replace(text)
}
