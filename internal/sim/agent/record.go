package agent

import (
	"strings"
	"time"
)

// Issue is an annotation of the run.
type Issue struct {
	Type       string            // "error" or "warning"
	Code       string            // property "code"
	Message    string            // masked
	Properties map[string]string // everything but the type, names in lower case, not masked by the agent
}

// Attachment is a file that the step handed over: a summary, an attachment, an uploaded file.
type Attachment struct {
	Type, Name string // a summary is "DistributedTask.Core.Summary", named after its file
	Path       string // as the host sees it
	Content    []byte // as it was when the step ended; uploads are never masked
}

// Results of a step, in the words of the agent's enum.
const (
	Succeeded           = "Succeeded"
	SucceededWithIssues = "SucceededWithIssues"
	Failed              = "Failed"
	Canceled            = "Canceled"
	Skipped             = "Skipped"
	Abandoned           = "Abandoned"
)

// Record is everything that one step left behind.
type Record struct {
	Lines       []string            // the stored log without time prefix: masked, commands consumed, issues as ##[error]… and ##[warning]…
	Raw         []string            // every line of stdout and stderr, unmasked, without what the container invoker adds
	Issues      []Issue             // the first ten errors and the first ten warnings
	Dropped     int                 // issues beyond these
	Result      string              // Succeeded, SucceededWithIssues, Failed, Canceled, …
	Skipped     string              // why the step ended before its task was started; "" = it didn't
	ExitCode    int                 // of the process started, 128+n after signal n; -1 = none started, or not waited for
	Variables   map[string]Variable // all of them by name as later steps see them, outputs as <reference name>.<name>
	Set         []string            // names in Variables that this step set, in order
	PrependPath []string            // directories the step put before PATH, newest last
	Attachments []Attachment
	Progress    []int    // values of task.setprogress as stored: clamped, never backwards
	Operation   string   // last "current operation" text (data of task.complete and task.setprogress)
	Faults      []string // what a task must never do, whether the agent minds it or not
	Orphans     []int    // processes of this step that outlived it; they are killed before Run returns
	Elapsed     time.Duration
}

// Log is the stored log as one text, for people and failure messages.
func (r *Record) Log() string {
	return strings.Join(r.Lines, "\n")
}

// Variable finds a variable as later steps would, whatever the case of its name.
func (r *Record) Variable(name string) (Variable, bool) {
	for key, v := range r.Variables {
		if strings.EqualFold(key, name) {
			return v, true
		}
	}
	return Variable{}, false
}
