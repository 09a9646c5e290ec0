package lint

import (
	"armpreflight/internal/armtask"
	"armpreflight/internal/azpipeline"
)

// rule looks for one kind of finding. It's made anew for each pipeline, so nothing that it remembers reaches another one.
type rule interface {
	job(*azpipeline.Job)
	stage(*azpipeline.Stage) // after its jobs
}

// rules are those for one pipeline.
func rules(p *azpipeline.Pipeline, options Options, report func(report)) []rule {
	connections := &connectionRule{pipeline: p, report: report, late: map[*azpipeline.Input]bool{}}
	all := []rule{connections, &referenceRule{pipeline: p, report: report}, &inputRule{pipeline: p, report: report}}
	if options.RequirePreflight {
		all = append(all, &preflightRule{pipeline: p, report: report, late: connections.late}, &earlyRule{pipeline: p, report: report})
	}
	return all
}

// azure are the inputs of a step that name connections of Azure Resource Manager.
func azure(s *azpipeline.Step) []*azpipeline.Input {
	var all []*azpipeline.Input
	for _, in := range s.Inputs {
		if in.Value.Text != "" && len(in.Value.Text) <= maxConnection && armtask.NamesConnection(s.Task, in.Name) {
			all = append(all, in)
		}
	}
	return all
}
