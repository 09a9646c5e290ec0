package diagnosis

// lintEntries are about how the YAML of a pipeline names its connections. The
// run would be refused, most often before any step of ours.
func lintEntries() []Entry {
	const (
		known = "Name the connection by what is known when the run is queued: the name itself, a template expression such as ${{parameters.connection}}, " +
			"or a variable with a fixed value under variables in the YAML or in the pipeline's settings."
		branch = "Where the choice depends on a result, write one job for each connection and choose between them with a condition."
		queued = "Azure DevOps looks connections up when the run is queued, before any step has run. It refuses the run: the connection could not be found."
	)
	late := func(code Code, title string, causes []string) Entry {
		return Entry{
			Code: code, Title: title, Means: queued, Causes: causes,
			Confirm: "The run is refused with: references service connection $(…) which could not be found.",
			Fixes:   []Fix{{Who: PipelineAuthor, Steps: []string{known, branch}}},
			Links:   []string{linkVariables, linkTroubleshoot},
		}
	}
	return []Entry{
		late("connection-set-by-step", "input '{input}' of {task} names its connection by variable '{variable}', which an earlier step sets: that is too late",
			[]string{"task.setvariable in a script of the same job"}),
		late("connection-from-output", "input '{input}' of {task} names its connection by '{variable}', the output of a step: that is too late",
			[]string{"an output variable of a step in the same job"}),
		late("connection-from-expression", "input '{input}' of {task} names its connection by[ variable '{variable}',] a run-time expression $[[…]]: that is too late",
			[]string{"an output of another job or stage, mapped to a variable", "a run-time expression, $[[…]], where a template expression, ${{…}}, was meant"}),
		{
			Code:    "connection-value-fixed",
			Title:   "input '{input}' of {task} names its connection by variable '{variable}': it gets the value from the YAML, not the one that an earlier step sets",
			Means:   "Azure DevOps looks connections up when the run is queued. What a step sets later changes the variable, not the connection.",
			Causes:  []string{"the variable has a value in the YAML, and a step sets another"},
			Confirm: "The header of the task's log names the connection it got.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"If the value in the YAML is the right one, give the variable that the step sets another name.",
				"A step cannot choose the connection: write one job for each connection and choose between them with a condition.",
			}}},
			Links: []string{linkVariables},
		},
		{
			Code:    "connection-variable-narrow",
			Title:   "input '{input}' of {task} names its connection by variable '{variable}', which only a stage, a job or a matrix defines: that may be too late",
			Means:   "Azure DevOps looks connections up before a stage starts, with the variables of the whole pipeline. Those of a stage, a job or a matrix are not there yet, and the run is refused when nothing else defines the variable.",
			Causes:  []string{"the variable is defined under a stage or a job", "a matrix that gives each leg its connection"},
			Confirm: "The run is refused with: references service connection $(…) which could not be found.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"For a variable of a stage or job, write ${{variables.{variable}}}, which is replaced when the YAML is read, or define '{variable}' under variables at the top of the YAML.",
				"In place of a matrix, write one job for each connection, or let a loop in the YAML write them.",
			}}},
			Links: []string{linkVariables},
		},
		{
			Code:    "connection-variable-undefined",
			Title:   "input '{input}' of {task} names its connection by variable '{variable}', which these files do not define[; variable group '{group}' may]",
			Means:   "It works when the pipeline's settings or a variable group give it a fixed value, and the run is refused when nothing does.",
			Causes:  []string{"a variable of the pipeline's settings", "a variable group", "a typing mistake in the name"},
			Confirm: "Edit → Variables of the pipeline, and the groups it links to, show whether it has a value.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Make sure that '{variable}' has a value in the pipeline's settings or in a group that the whole pipeline links to; there is nothing to change if it has.",
				"Better, define it under variables in the YAML: the name of a connection is no secret.",
			}}},
			Links: []string{linkVariables},
		},
		{
			Code:    "preflight-missing",
			Title:   "job '{job}' uses connection '{value}' ({task}) and no ArmPreflight@1 checks it before",
			Means:   "The lint was told to require the preflight in every job that deploys. Without it the job finds an unfit connection only when it is used.",
			Causes:  []string{"a job that is older than the rule"},
			Confirm: "The job's steps have no task ArmPreflight@1 with this connection before the first step that uses it.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Put this first in the steps of the job: - task: ArmPreflight@1 with the input azureSubscription: '{value}'.",
				"Or let it be written: armpreflight lint --patch prints the change for git apply.",
			}}},
			Links: []string{linkTroubleshoot},
		},
	}
}
