package cloud

import (
	"fmt"
	"net/http"
	"strconv"
)

// Timeline is what a run of a build or YAML pipeline did.
type Timeline struct {
	Run  int // its ID
	Jobs []TimelineJob
}

// TimelineJob is a job of a run, with its steps in their order.
type TimelineJob struct {
	Name  string
	Steps []TimelineStep
}

// TimelineStep is a step that is a task; without TaskID it's one of the agent's own, as Initialize job.
type TimelineStep struct {
	Name, TaskID, Version string
	Result                string // "" = "succeeded"
}

// timeline lists the records of a run as Azure DevOps does: of stages, phases, jobs and tasks, in no order.
func (p *Project) timeline(q *call, who asker, run string) reply {
	for _, t := range p.Timelines {
		if strconv.Itoa(t.Run) != run || who.hidden() {
			continue
		}
		records := []object{}
		add := func(kind, parent, name, result string, order int, task any) string {
			id := derivedGUID(fmt.Sprint(t.Run, kind, parent, name, order))
			records = append([]object{{"id": id, "parentId": parent, "type": kind, "name": name, "state": "completed", "result": result,
				"order": order, "task": task, "identifier": nil, "attempt": 1, "previousAttempts": []object{}}}, records...)
			return id
		}
		stage := add("Stage", "", "__default", "succeeded", 1, nil)
		for i, job := range t.Jobs {
			phase := add("Phase", stage, job.Name, "succeeded", i+1, nil)
			id := add("Job", phase, job.Name, "succeeded", 1, nil)
			add("Task", id, "Initialize job", "succeeded", 1, nil)
			for k, s := range job.Steps {
				var task any
				if s.TaskID != "" {
					task = object{"id": s.TaskID, "name": s.Name, "version": s.Version}
				}
				result := s.Result
				if result == "" {
					result = "succeeded"
				}
				add("Task", id, s.Name, result, k+2, task)
			}
		}
		return jsonReply(http.StatusOK, object{"records": records, "lastChangedBy": derivedGUID("agent"), "id": derivedGUID("timeline"), "changeId": 42}).with(devopsHeaders(q)...)
	}
	return devopsError(q, http.StatusNotFound, "BuildNotFoundException", "The requested build "+run+" could not be found.")
}
