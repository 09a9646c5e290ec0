package lint

import (
	"armpreflight/internal/armtask"
	"armpreflight/internal/azpipeline"
)

// rule finds one kind of problem. Each pipeline gets new rules, so that no state is carried over.
type rule interface {
	job(*azpipeline.Job)
	stage(*azpipeline.Stage) // called after its jobs
}

// rules returns the rules for one pipeline.
func rules(p *azpipeline.Pipeline, options Options, report func(report)) []rule {
	connections := &connectionRule{pipeline: p, report: report, late: map[*azpipeline.Input]bool{}}
	all := []rule{connections, &referenceRule{pipeline: p, report: report}, &inputRule{pipeline: p, report: report}}
	if options.RequirePreflight {
		all = append(all, &preflightRule{pipeline: p, report: report, late: connections.late}, &earlyRule{pipeline: p, report: report})
	}
	return all
}

// azure returns the inputs of a step that name Azure Resource Manager connections.
func azure(s *azpipeline.Step) []*azpipeline.Input {
	var all []*azpipeline.Input
	for _, in := range s.Inputs {
		if in.Value.Text != "" && len(in.Value.Text) <= maxConnection && armtask.NamesConnection(s.Task, in.Name) {
			all = append(all, in)
		}
	}
	return all
}
