package lint

import (
	"armpreflight/internal/azpipeline"
	"slices"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/lazyregexp"
)

// referenceRule finds scripts that sign in with a connection in a stage where no task names one. It skips a stage to which templates of
// other repositories might add tasks.
type referenceRule struct {
	pipeline *azpipeline.Pipeline
	report   func(report)
}

var namesConnection = &lazyregexp.Regexp{Expression: `(?i)connect|subscription|endpoint|servicename|registry|backendservice`}

// mayName reports whether an input of the task might be a connection of any type. Marketplace tasks use many names for it.
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
