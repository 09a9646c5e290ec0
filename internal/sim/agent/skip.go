package agent

import (
	"slices"
	"strings"
)

// skips says why the agent ends a step before it starts the task, "" when it doesn't: the injected task of a decorator
// isn't given secrets, and a build of a fork that may have none isn't given connections
// (agent src/Agent.Worker/TaskRunner.cs, TaskDecoratorManager.cs).
func (s *running) skips() string {
	inputs := s.inputs()
	if s.step.Injected {
		for _, value := range inputs {
			if value != "" && s.mask.mask(value) != value {
				return "an input of an injected task holds a secret"
			}
		}
	}
	isTrue := func(name string) bool { return strings.EqualFold(strings.TrimSpace(s.vars.get(name)), "true") }
	if !isTrue("System.RestrictSecrets") || !isTrue("System.PullRequest.IsFork") {
		return ""
	}
	if slices.ContainsFunc(s.def.Inputs, func(input inputDefinition) bool {
		if !strings.HasPrefix(fold(input.Type), "connectedservice:") {
			return false
		}
		return slices.ContainsFunc(strings.Split(inputs[fold(strings.TrimSpace(input.Name))], ","), func(part string) bool {
			_, ok := guid(part)
			return ok
		})
	}) {
		return "a build of a fork may not use a connection"
	}
	return ""
}
