package diagnosis

// runEntries are about this run itself: the tool, its time, its cancellation, the agent's clock.
func runEntries() []Entry {
	return []Entry{
		{
			Code:       "clock-skew",
			Title:      "the agent's clock is {skew}[ by the clock of {host}]",
			Means:      "Tokens and certificates are valid for minutes around a point in time. A clock that is wrong makes good ones look expired or not yet valid.[ {message}.]",
			Causes:     []string{"time synchronisation is off or cannot reach its server", "a virtual machine that was paused or restored from a snapshot"},
			Confirm:    "On the agent, w32tm /query /status (Windows) or timedatectl (Linux) shows whether the clock is synchronised.",
			Confidence: Likely,
			Fixes: []Fix{
				{With: "hosted=yes", Who: PipelineAuthor, Steps: []string{
					"Re-run the failed job: a Microsoft-hosted agent is a new machine each time.",
					"If the next machine is wrong as well, open a support request for Azure DevOps.",
				}},
				{Who: NetworkAdministrator, Steps: []string{
					"On Windows run w32tm /resync as administrator; on Linux enable chrony or systemd-timesyncd and check timedatectl.",
					"Let the agent reach its time server (NTP, UDP port 123) or take the time from its host.",
					rerun,
				}},
			},
			Links: []string{linkTimeSync},
		},
		{
			Code:    "tool-fault",
			Title:   "this task itself failed[: {network}][!network|: {detail}]",
			Means:   "This says nothing about the connection: the task could not do its work.",
			Causes:  []string{"a mistake in the task", "an operating system or processor that it was not built for", "nowhere to write a temporary file"},
			Confirm: "The run with variable System.Debug set to true shows more.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Re-run the failed job once.",
				"If it happens again, report it to the makers of this task with the log of this step.",
				"Until then set the pipeline variable ArmPreflight.FailOn to never when queueing a run, so that this step does not stand in the way.",
			}}},
			Links: []string{linkVariables},
			signs: []sign{{network: HostNotAllowed}},
		},
		{
			Code:    "cancelled",
			Title:   "the run was cancelled before this was looked at",
			Means:   "What was found until then is shown. This says nothing about the connection.",
			Causes:  []string{"somebody cancelled the run", "the job's time limit", "another job of the run failed"},
			Confirm: "The run's page names who cancelled it.",
			Fixes:   []Fix{{Who: PipelineAuthor, Steps: []string{"Re-run the failed job when it is wanted again."}}},
			Links:   []string{linkVariables},
			signs:   []sign{{network: Canceled}},
		},
		{
			Code:       "time-ran-out",
			Title:      "no result within [{seconds} seconds][!seconds|the time of this run][: {detail}]",
			Means:      "Input timeoutSeconds says how long the checks may take. That it was not enough is no proof that anything is broken.",
			Causes:     []string{"a service that asks to wait longer than the time allows", "a slow network or proxy", "a value of timeoutSeconds that is too small"},
			Confirm:    "The times at the end of each line of the log show where the time went.",
			Retry:      RetryTransient,
			Confidence: Likely,
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				rerun,
				"If it happens often, raise input timeoutSeconds of this task.",
				"If one host is always slow, show this log to the administrators of the network.",
			}}},
			Links: []string{linkAzureStatus},
		},
	}
}
