package devops

import (
	"context"
	"net/url"
	"strconv"
	"strings"
)

// RunJob is a job of a run, with the steps that it had.
type RunJob struct {
	Name  string
	Steps []RunStep
}

// RunStep is a step of a job that's a task.
type RunStep struct {
	Name    string
	TaskID  string // a GUID in lower case
	Version string // of the task, as 2.240.1
	Skipped bool
}

// Timeline reads the jobs of a run of a build or YAML pipeline. (Azure DevOps REST reference, Build - Timeline - Get.)
func (r *Reader) Timeline(ctx context.Context, projectID string, run int) ([]RunJob, error) {
	var answer struct {
		Records []struct {
			ID       string `json:"id"`
			ParentID string `json:"parentId"`
			Type     string `json:"type"`
			Name     string `json:"name"`
			Result   string `json:"result"`
			Task     *struct {
				ID      string `json:"id"`
				Version string `json:"version"`
			} `json:"task"`
		} `json:"records"`
	}
	const doing = "read the timeline of the run"
	_, err := r.get(ctx, doing, "/"+url.PathEscape(projectID)+"/_apis/build/builds/"+strconv.Itoa(run)+"/timeline", "7.1", nil, &answer)
	if err == nil && answer.Records == nil {
		err = r.notUnderstood(doing)
	}
	var jobs []RunJob
	places := map[string]int{}
	for _, one := range answer.Records {
		if strings.EqualFold(one.Type, "Job") {
			places[one.ID] = len(jobs)
			jobs = append(jobs, RunJob{Name: one.Name})
		}
	}
	for _, one := range answer.Records {
		place, known := places[one.ParentID]
		if !known || one.Task == nil {
			continue // the agent's own steps, as Initialize job, have no task
		}
		jobs[place].Steps = append(jobs[place].Steps, RunStep{Name: one.Name, TaskID: strings.ToLower(one.Task.ID), Version: one.Task.Version,
			Skipped: strings.EqualFold(one.Result, "skipped")})
	}
	return jobs, err
}
