package pipeline

import (
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

// Issue raises an issue on the run, with a code (may be empty) and a message of one or more lines. The agent keeps ten
// errors and ten warnings a step, and prints the rest.
func (l *Log) Issue(kind IssueKind, code, message string) {
	name := "error"
	if kind == IssueWarning {
		name = "warning"
	}
	l.command("task.logissue", message, property{name: "type", value: name, ours: true}, property{name: "code", value: code})
}

// IssueAt raises an issue at a place in a file of the repository; line and column count from 1.
func (l *Log) IssueAt(kind IssueKind, code, message, file string, line, column int) {
	name := "error"
	if kind == IssueWarning {
		name = "warning"
	}
	l.command("task.logissue", message, property{name: "type", value: name, ours: true}, property{name: "sourcepath", value: file},
		property{name: "linenumber", value: strconv.Itoa(line), ours: true}, property{name: "columnnumber", value: strconv.Itoa(column), ours: true},
		property{name: "code", value: code})
}

// SetVariable sets a pipeline variable for the steps that follow; output makes it an output variable, which fails a step
// that has no reference name. Without a name nothing is set, since that would fail the step too.
func (l *Log) SetVariable(name, value string, output bool) {
	if encodeProperty(Sanitise(l.redactor, name)) == "" {
		return
	}
	properties := []property{{name: "variable", value: name}}
	if output {
		properties = append(properties, property{name: "isoutput", value: "true", ours: true})
	}
	l.command("task.setvariable", value, properties...)
}

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
	for _, line := range lines(Sanitise(l.redactor, text)) {
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

// command writes a logging command. Values and data are sanitised, then encoded: the other way round a secret with "%" in
// it would not be found.
func (l *Log) command(name, data string, properties ...property) {
	var b strings.Builder
	b.WriteString("##vso[" + name)
	separator := " "
	for _, p := range properties {
		value := p.value
		if !p.ours {
			value = encodeProperty(Sanitise(l.redactor, value))
		}
		if value != "" {
			b.WriteString(separator + p.name + "=" + value + ";")
			separator = ""
		}
	}
	b.WriteString("]" + encodeData(Sanitise(l.redactor, data)))
	l.write(b.String())
}

// encodeData and encodeProperty encode what the agent decodes (microsoft/azure-pipelines-agent
// src/Agent.Sdk/CommandStringConvertor.cs). The percent sign goes first there, and is no %25: a plain URL in a message
// must not change. A replacer replaces what stands in the text only, never its own output.
func encodeData(text string) string {
	return strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// encodeProperty also drops "=" at the start of a value, which the agent would swallow: it has no encoding for it.
func encodeProperty(text string) string {
	text = strings.TrimLeft(text, "=")
	return strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A", "]", "%5D", ";", "%3B").Replace(text)
}
