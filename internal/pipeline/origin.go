package pipeline

import "strings"

// FromJob reports whether a variable of the job may have set a name of the environment. It says so when the agent lists
// a variable whose name becomes this one, whatever the case. The list is reliable: on every version the agent writes it
// after the variables, so none of them can forge it (microsoft/azure-pipelines-agent src/Agent.Worker/Handlers/Handler.cs).
// A job in which the list is missing, as in a script step, can't tell, so every name counts as the job's. Outside a job
// there are no variables.
//
// A key of the step's env isn't a variable: nothing distinguishes it from the environment of the machine. Only the author of the
// step can write it, who could use the connection in any other step, too.
//
// What the agent sets itself is listed as well, and its own names aren't protected: the server's variables come first, the
// agent overwrites only those that it has a value for, and an earlier step may set each of them where the server doesn't
// send agent.readOnlyVariables (src/Agent.Worker/ExecutionContext.cs, TaskCommandExtension.cs). So for a setting of the
// agent this is always true, and Settings says what the agent was configured with.
func (t *Task) FromJob(name string) bool {
	if t.public == nil {
		_, hasList := t.byName["VSTS_PUBLIC_VARIABLES"]
		_, inJob := t.byName["TF_BUILD"]
		return hasList || inJob
	}
	_, listed := t.public[strings.ToUpper(name)]
	return listed
}

// Overwritten gives the variable of the job that may have taken the place of what the agent hands over for a connection:
// before 5.277.0 a public variable overwrites ENDPOINT_URL_<id> and the like. From then on the agent's value counts, but
// its version is a variable itself. ID is as for Endpoint, or "" for the job's own connection. Empty: none has.
func (t *Task) Overwritten(id string) string {
	if id = strings.ToUpper(strings.TrimSpace(id)); id == "" {
		id = systemConnection
	}
	for _, prefix := range []string{"ENDPOINT_URL_", "ENDPOINT_AUTH_", "ENDPOINT_DATA_"} {
		if name := prefix + id; t.FromJob(name) {
			if written, ok := t.public[name]; ok {
				return written
			}
			return name
		}
	}
	return ""
}

// OverwrittenInputs gives the names of the job's variables that have the name of an input, in the spelling of their
// authors, sorted by their names in the environment. Before 5.277.0 such a variable replaces the input.
func (t *Task) OverwrittenInputs() []string {
	var found []string
	for _, name := range t.names("INPUT_") {
		if written, ok := t.public[name]; ok {
			found = append(found, written)
		}
	}
	return found
}
