package lint

import (
	"armpreflight/internal/azpipeline"
	"slices"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/lazyregexp"
)

// referenceRule finds scripts that sign in with a connection in a stage no task of
// which names one. Where others may add tasks to the stage, nothing is known.
type referenceRule struct {
	pipeline *azpipeline.Pipeline
	report   func(report)
}

var namesConnection = lazyregexp.New(`(?i)connect|subscription|endpoint|servicename|registry|backendservice`)

// mayName: an input of the task may be a connection of whatever type. Tasks of the Marketplace have names of their own.
func mayName(s *azpipeline.Step) bool {
	return slices.ContainsFunc(s.Inputs, func(in *azpipeline.Input) bool { return namesConnection.MatchString(in.Name) && in.Value.Text != "" })
}

func (r *referenceRule) job(*azpipeline.Job) {}

func (r *referenceRule) stage(s *azpipeline.Stage) {
	if s.Open || r.pipeline.Alone {
		return
	}
	var asking []report
	for _, j := range s.Jobs {
		for _, h := range j.Hooks {
			for _, step := range h.Steps {
				if mayName(step) {
					return
				}
				if at, ok := step.AsksForToken(); ok {
					asking = append(asking, report{Error, at, use{job: j, step: step}, "", func(merged) explained { return catalogue.ConnectionNotReferenced }})
				}
			}
		}
	}
	for _, one := range asking {
		r.report(one)
	}
}
