package diagnosis

// pipelineEntries are about what the pipeline itself says: inputs and variables.
func pipelineEntries() []Entry {
	return []Entry{
		{
			Code:    "input-invalid",
			Title:   "input '{input}' cannot be used[: '{value}'][, expected {expected}][; {detail}]",
			Means:   "The task read input '{input}' and cannot use what is in it.",
			Causes:  []string{"a typing mistake in the pipeline", "a variable in the input that holds something else than expected", "a line that is missing a part"},
			Confirm: "The header of this step's log shows the input as the task received it.",
			Fixes: []Fix{
				{With: "queued=yes", Who: PipelineAuthor, Steps: []string{
					"Start a new run and give the variable '{input}' another value[: {expected}], or none.",
				}},
				{Who: PipelineAuthor, Steps: []string{
					"Open the pipeline (Edit) and go to the step of this task.",
					"Change input '{input}'[: expected is {expected}].",
					"Save and start a new run: a re-run of the failed job uses the old text of the pipeline.",
				}},
			},
			Links: []string{linkVariables},
		},
		{
			Code:    "variable-unset",
			Title:   "variable '{variable}' has no value[, input '{input}' asks for it][: {detail}]",
			Means:   "The task was told to look at variable '{variable}', and this job has no value for it.",
			Causes:  []string{"a typing mistake in the name", "a variable group that is not linked to this pipeline or stage", "a variable set by another job, which this job does not map"},
			Confirm: "With System.Debug set to true, the log of Initialize job lists the job's variables.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Compare the spelling of '{variable}' with the place where the variable is defined.",
				"Give it a value: under variables in the YAML, under Edit → Variables in the pipeline's settings, or in a variable group under Pipelines → Library that this pipeline or stage links to.",
				"For a variable that another job sets, map it under variables of this job: <name>: $[[ dependencies.<job>.outputs[['<step>.<variable>']] ]].",
				newRun,
			}}},
			Links: []string{linkVariables},
		},
		{
			Code: "variable-unresolved",
			Title: "[value|'{value}' was never replaced by a value][!value|an unresolved $(…) is left][ in input '{input}'][ in variable '{variable}']" +
				"[exists=no|: the run has no variable of this name][exists=yes|: the variable got its value too late]",
			Means: "The agent replaces $(name) by the variable's value; here it had none and left the text as it is." +
				"[exists=yes| The variable has a value in this job now, and had none when this place was resolved.]" +
				"[input| An input that names a service connection is resolved when the run is queued, before any step has run.]",
			Causes: []string{
				"[exists=yes|the value is set by a script or task of an earlier step or job (task.setvariable)]",
				"[!exists=yes|a typing mistake in the name, or a variable group that is not linked to this pipeline or stage]",
				"[input|the value is set by a script or task of an earlier step (task.setvariable), which is too late for a service connection]",
				"[!exists=yes|the variable belongs to another stage or job]",
				"[!value|a password that happens to contain $(…)]",
			},
			Confirm: "What the variable should hold, written in the same place, works.",
			Fixes: []Fix{
				{With: "input", Who: PipelineAuthor, Steps: []string{
					"[!exists=yes|Compare the spelling of the name in $(…) with the place where the variable is defined, and see that its variable group is linked to this pipeline.]",
					"Use what is known when the run is queued: the name itself, a template expression such as ${{variables.name}} or ${{parameters.name}}, or a variable defined under variables in the YAML, in the pipeline's settings, or in a linked variable group.",
					"Do not set it in a step (task.setvariable): for a service connection, no value set at run time arrives in time. Where the choice depends on a result, write one job for each connection and choose between them with a condition.",
					newRun,
				}},
				{Who: PipelineAuthor, Steps: []string{
					"Compare the spelling of the name in $(…) with the place where that variable is defined, and give it a value there: under variables in the YAML, under Edit → Variables in the pipeline's settings, or in a variable group that this pipeline or stage links to.",
					"For a value that a script sets, set it in an earlier step of the same job, and map one of another job: <name>: $[[ dependencies.<job>.outputs[['<step>.<variable>']] ]].",
					newRun,
				}},
			},
			Links: []string{linkVariables, linkTroubleshoot},
		},
		{
			Code:  "connection-not-in-job",
			Title: "this job was given no service connection '{value}' (input '{input}')[: {detail}]",
			Means: "The agent hands a job the connections that its tasks named when the run was queued. " +
				"Connections are resolved at that moment, not when the step starts.",
			Causes: []string{
				"[exists=yes|a variable that got its value after the run was queued]",
				"[!exists=yes|a variable set by an earlier step or job (task.setvariable)]",
				"the name of a subscription in place of the connection's name",
				"a connection that was deleted while the run was waiting, or that the pipeline may not use",
			},
			Confirm: "Project settings → Service connections lists the connection under exactly this name.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"See whether a connection of exactly this name exists in Project settings → Service connections[ ({link})], and whether this pipeline may use it: ⋮ → Security → Pipeline permissions.",
				"Name it in '{input}' in one of the ways that work: the name itself, a template expression such as ${{parameters.connection}} or ${{variables.connection}}, or $(name) of a variable defined under variables in the YAML or in the pipeline's settings. A value that a step sets comes too late.",
				newRun,
			}}},
			Links: []string{linkTroubleshoot, linkAuthorize},
		},
		{
			Code: "subscription-mismatch",
			Title: "connection '{connection}' deploys to subscription '{subscription}'[variable|, variable '{variable}' says another][value|: '{value}'][, expected is '{expected}']" +
				"[reason=connection-name|: that is the connection itself, not a subscription][: {detail}]",
			Means:   "The pipeline names one subscription and the connection stands for another. A deployment would go to the connection's.",
			Causes:  []string{"the connection of another environment", "a variable or input of another environment", "the name of the connection, or an old name of the subscription, in place of its id"},
			Confirm: "The Overview of the connection's page shows the subscription it was made for.",
			Fixes: []Fix{
				{With: "reason=connection-name", Who: PipelineAuthor, Steps: []string{
					"Put the id or the name of the subscription into variable '{variable}', here '{subscription}'.",
					"Leave the connection to the connection input.",
					newRun,
				}},
				{Who: PipelineAuthor, Steps: []string{
					"Decide which one is right: '{subscription}' of the connection, or the one that the pipeline names.",
					"If the connection is right, correct [variable|variable '{variable}'][!variable|input expectedSubscription]; an id is safer than a name, which can change.",
					"If the pipeline is right, name the connection of that subscription in the connection input.",
					newRun,
				}},
			},
			Links: []string{linkConnectAzure},
		},
	}
}
