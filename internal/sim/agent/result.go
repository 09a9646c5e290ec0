package agent

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// rank is a result's number in the agent's enum; what isn't in it comes last.
func rank(result string) int {
	order := []string{Succeeded, SucceededWithIssues, Failed, Canceled, Skipped, Abandoned}
	if i := slices.Index(order, result); i >= 0 {
		return i
	}
	return len(order)
}

// merge joins a new result to the current one, "" being none yet: the worse of the two, but nothing replaces a result
// beyond Failed (agent src/Microsoft.VisualStudio.Services.Agent/Util/TaskResultUtil.cs).
func merge(current, next string) string {
	if current == "" || rank(current) <= rank(Failed) && rank(next) > rank(current) {
		return next
	}
	return current
}

// parseResult reads the result of task.complete: a name of the enum in exactly that case, or its number.
func parseResult(text string) (string, error) {
	name := strings.TrimSpace(text)
	names := []string{Succeeded, SucceededWithIssues, Failed, Canceled, Skipped, Abandoned}
	if number, err := strconv.Atoi(name); err == nil {
		if number >= 0 && number < len(names) {
			return names[number], nil
		}
		return name, nil
	}
	if slices.Contains(names, name) {
		return name, nil
	}
	return "", fmt.Errorf("result %q is not one of %s", text, strings.Join(names, ", "))
}

// JobResult is what a job's steps make of the job: only SucceededWithIssues and Failed count, so that a step that ends
// as Canceled or Skipped leaves the job green.
func JobResult(steps ...*Record) string {
	result := Succeeded
	for _, step := range steps {
		if step.Result == SucceededWithIssues || step.Result == Failed {
			result = merge(result, step.Result)
		}
	}
	return result
}
