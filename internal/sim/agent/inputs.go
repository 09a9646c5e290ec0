package agent

import (
	"path/filepath"
	"strings"
)

// inputs gives every input its value, by lower-case name: default, the step's own, macros from variables, macros from
// the agent's environment, paths (agent src/Agent.Worker/TaskRunner.cs). Nothing is checked against the definition.
func (e *execution) inputs() map[string]string {
	trim := strings.TrimSpace
	if e.knob("DISABLE_INPUT_TRIMMING") {
		trim = func(value string) string { return value }
	}
	values := map[string]string{}
	for _, input := range e.def.Inputs {
		values[fold(strings.TrimSpace(input.Name))] = trim(string(input.DefaultValue))
	}
	for name, value := range e.step.Inputs {
		values[fold(strings.TrimSpace(name))] = trim(value)
	}
	trimMacros := e.knob("AGENT_ENABLE_VARIABLE_INPUT_TRIMMING")
	for name, value := range values {
		value = expandMacros(value, e.vars.lookup)
		if trimMacros {
			value = trim(value)
		}
		// The second pass sees the first one's result: text that came out of a variable can name the environment.
		values[name] = expandMacros(value, e.parent.lookup)
	}
	for _, input := range e.def.Inputs {
		if strings.EqualFold(input.Type, "filePath") {
			name := fold(strings.TrimSpace(input.Name))
			values[name] = e.rooted(values[name])
		}
	}
	return values
}

// rooted combines a relative, or empty, path with the sources (builds) or the artifacts (releases).
func (e *execution) rooted(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	base := e.vars.get("Build.SourcesDirectory")
	if base == "" {
		base = e.vars.get("System.ArtifactsDirectory")
	}
	if base == "" {
		base = e.vars.get("System.DefaultWorkingDirectory")
	}
	return filepath.Join(base, path)
}
