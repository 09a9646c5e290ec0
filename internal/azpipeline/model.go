package azpipeline

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The model of a pipeline. It has the content of the templates, and values that aren't known before the run.
type (
	// Pipeline is one file, or a template that no file uses.
	Pipeline struct {
		File  string
		Alone bool // a template without the pipeline that uses it, which can define what it needs
		// StepsOnly says that the job around the template's steps is in another file.
		StepsOnly bool
		Variables *Variables
		Stages    []*Stage
		resolver  *resolver
	}
	// Stage is a stage, or the jobs of a pipeline without stages.
	Stage struct {
		Name string
		Jobs []*Job
		Open bool // the files don't show all of it
	}
	// Job is a job, a deployment, or a pipeline that is one.
	Job struct {
		Name       string
		Pos        Position
		Deployment bool
		Server     bool // runs without an agent
		Given      bool // passed to a template that isn't seen, which might add steps
		Variables  *Variables
		Hooks      []*Hook
	}
	// Hook has the steps of a job, or those of one hook of a deployment.
	Hook struct {
		Name   string // empty for a job
		Server bool
		Steps  []*Step
	}
	// Step is a task or a script.
	Step struct {
		Task, Name string
		Pos        Position
		Inputs     []*Input
		Env        []*Input
		Scripts    []Value
		Sets       []string // variables that it sets for the steps after it, in lower case
		Never      bool     // its condition is false
		Checkout   string   // what a checkout step checks out, such as self

		CheckoutPath string // the folder that the step names, if any

		List    List   // the job's list that has this step, or the template that it comes from
		Own     List   // the list that it's written in; the zero List if there's none
		Under   *Guard // the conditions of the list item; nil without conditions
		Brought bool   // passed to a template, which adds it to one of its lists
		Hidden  bool   // a template that isn't seen, which might have any steps, comes before it in the job
		node    written
	}
	// Input is an input of a task, or an environment variable.
	Input struct {
		Name  string
		Value Value
	}
)

// Input returns an input by one of its names; nil if it's empty or missing.
func (s *Step) Input(names ...string) *Input {
	for _, in := range s.Inputs {
		for _, name := range names {
			if strings.EqualFold(in.Name, name) && in.Value.Text != "" {
				return in
			}
		}
	}
	return nil
}

// IsOn reports whether an input is certainly true.
func (s *Step) IsOn(names ...string) bool {
	in := s.Input(names...)
	return in != nil && in.Value.Known && strings.EqualFold(strings.TrimSpace(in.Value.Text), "true")
}

// EachStep calls visit for each step of a job, in order.
func (j *Job) EachStep(visit func(*Hook, *Step)) {
	for _, h := range j.Hooks {
		for _, s := range h.Steps {
			visit(h, s)
		}
	}
}

// List is a list of steps in a file.
type List struct{ written written }

// Exists reports whether there is one.
func (l List) Exists() bool { return l.written.node != nil }

// Key returns the same value for two lists only if they're the same lines.
func (l List) Key() any { return l.written.node }

// File returns the file that has the list.
func (l List) File() *File { return l.written.scope.file }

// Position returns where the list begins.
func (l List) Position() Position { return l.written.position() }

// HasLines reports whether the list has steps, each on lines of its own.
func (l List) HasLines() bool {
	n := l.written.node
	return n.Kind == yaml.SequenceNode && n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0
}

// LineAfter returns the line of the next step in the list; 0 if there's none, or if the given step isn't written there.
func (l List) LineAfter(s *Step) int {
	all := l.written.node.Content
	if i := slices.Index(all, s.node.node); i >= 0 && i+1 < len(all) {
		return all[i+1].Line
	}
	return 0
}
