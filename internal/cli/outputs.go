package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"armpreflight/internal/connection"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
	"armpreflight/internal/report"
)

// resultOutput is the output that tells what a run resulted in. The task sets it to
// unknown, and the others to nothing, before it starts this program.
const resultOutput pipeline.Word = "ArmPreflight.result"

// An output is a variable for later steps. Its value comes from outside; one that
// holds a secret, or bytes that aren't text, can't be printed as it is, so the output is
// then empty.
type output struct {
	name  pipeline.Word
	value string
}

// outputsOf are the outputs that are known once everything was checked.
func outputsOf(env Env, r *report.Report) []output {
	days := ""
	if r.DaysToExpiry != nil {
		days = strconv.Itoa(*r.DaysToExpiry)
	}
	conn, _ := fact[connection.Connection](r.Results)
	return []output{
		{"ArmPreflight.subscriptionId", conn.Scope.SubscriptionID},
		{"ArmPreflight.tenantId", conn.TenantID},
		{"ArmPreflight.daysToExpiry", days},
		{"ArmPreflight.toolPath", env.Executable},
	}
}

// setOutputs sets the task's outputs as plain variables, or as output variables
// when the step says that it has a reference name: setting one without would
// fail the step.
func setOutputs(log *pipeline.Log, inputs preflight.Inputs, d report.Document, outputs []output) {
	log.SetWord(resultOutput, pipeline.Word(d.Result), inputs.AsReference)
	log.SetWord("ArmPreflight.failedChecks", failedChecks(log, d), inputs.AsReference)
	for _, o := range outputs {
		if log.Alters(o.value) {
			o.value = ""
		}
		log.SetVariable(o.name, o.value, inputs.AsReference)
	}
}

// failedChecks are the IDs of the checks that failed. The ID of a check is a word
// of ours; the name of another connection in front of it isn't.
func failedChecks(log *pipeline.Log, d report.Document) pipeline.Word {
	ids := d.FailedChecks()
	for i, id := range ids {
		if name, check, ok := cutLast(id, "/"); ok {
			ids[i] = log.Clean(name) + "/" + check
		}
	}
	return pipeline.Word(strings.Join(ids, ","))
}

// cutLast is strings.Cut at the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}

// codeWord is a code as a command may carry it. One that the catalogue doesn't have
// is a service's own word.
func codeWord(log *pipeline.Log, code string) pipeline.Word {
	if _, ours := diagnosis.Lookup(diagnosis.Code(code)); ours {
		return pipeline.Word(code)
	}
	return pipeline.Word(log.Clean(code))
}

// issueWords are the words of an issue, without its code.
var issueWords = []string{"task.logissue", pipeline.IssueWarning.String(), "sourcepath", "linenumber", "columnnumber"}

const wordIsSecret = "a secret of this job has the same value as a word that this task sends to the agent, where it can't be masked: change the secret's value"

// notSecret says what can't be kept secret in a run: a secret whose value is a
// word of the commands to the agent, and the outputs that would show one.
func notSecret(log *pipeline.Log, outputs []output, issues []report.Issue) []string {
	var lines []string
	words := slices.Concat(issueWords, []string{"task.setvariable", "task.complete", "task.setprogress", "task.addattachment", "task.uploadsummary", "task.debug",
		string(resultOutput), string(checkedOutput), "ArmPreflight.failedChecks", "ArmPreflight.reportPath", "isoutput=true",
		string(pipeline.Succeeded), string(pipeline.SucceededWithIssues), string(pipeline.Failed), "unknown", reportType, pageType})
	for _, c := range preflight.All() {
		words = append(words, c.ID)
	}
	for _, i := range issues {
		if _, ours := diagnosis.Lookup(diagnosis.Code(i.Code)); ours {
			words = append(words, i.Code)
		}
	}
	for _, o := range outputs {
		words = append(words, string(o.name))
	}
	if log.Hides(words...) {
		lines = append(lines, wordIsSecret)
	}
	for _, o := range outputs {
		switch {
		case log.Hides(o.value):
			lines = append(lines, fmt.Sprintf("the output %s is empty: its value is or contains a secret of this job", o.name))
		case log.Alters(o.value):
			lines = append(lines, fmt.Sprintf("the output %s is empty: its value contains characters that can't be printed", o.name))
		}
	}
	return lines
}
