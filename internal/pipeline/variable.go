package pipeline

import (
	"encoding/json"
	"strings"

	"armpreflight/internal/secret"
)

// Variable is a pipeline variable as this step has it.
type Variable struct {
	Name   string      // as its author wrote it where the agent passes that on, otherwise as it was requested
	Value  secret.Text // as it is, not trimmed; may be empty
	Secret bool
}

// Variable gives the pipeline variable of a name in any case, with dots or underscores: a public one, then a secret one
// (the agent hands it over with the prefix SECRET_), then one that is only in the environment, such as a key of the
// step's env. False: the step has no such variable; an empty one is there.
func (t *Task) Variable(name string) (Variable, bool) {
	key := envName(name)
	plain, inPlain := t.byName[key]
	hidden, inHidden := t.byName["SECRET_"+key]
	public, isPublic := t.public[key]
	private, isPrivate := t.private[key]
	switch {
	case t.isSecretOf(key):
		return Variable{Name: name, Value: plain, Secret: true}, true
	case isPublic:
		// Listed and not there: an empty value, which Windows doesn't keep.
		return Variable{Name: public, Value: plain}, true
	case inHidden && key != "":
		if !isPrivate {
			private = name
		}
		return Variable{Name: private, Value: hidden, Secret: true}, true
	case isPrivate:
		return Variable{Name: private, Value: plain, Secret: true}, true
	case inPlain && !isAgents(key):
		return Variable{Name: name, Value: plain}, true
	}
	return Variable{}, false
}

// isSecretOf reports whether a name in the environment is that of a secret
// variable's value, which a variable of the name SECRET_X shares with X.
func (t *Task) isSecretOf(key string) bool {
	rest, ok := strings.CutPrefix(key, "SECRET_")
	_, isPrivate := t.private[rest]
	return ok && isPrivate
}

// isAgents reports whether a name belongs to what the agent hands over in addition to variables.
func isAgents(key string) bool {
	for _, prefix := range []string{"SECRET_", "INPUT_", "ENDPOINT_", "SECUREFILE_", "VSTS_"} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// envName gives the name that the agent makes of a variable's, an input's or a key's name for the environment
// (microsoft/azure-pipelines-agent src/Microsoft.VisualStudio.Services.Agent/Util/VarUtil.cs). Nothing but dots, spaces
// and case changes.
func envName(name string) string {
	return strings.ToUpper(strings.NewReplacer(".", "_", " ", "_").Replace(name))
}

// namesByEnv reads a JSON list of original names; nil when it isn't one.
func namesByEnv(list string) map[string]string {
	var names []string
	if err := json.Unmarshal([]byte(list), &names); err != nil || names == nil {
		return nil
	}
	found := make(map[string]string, len(names))
	for _, name := range names {
		if key := envName(name); key != "" {
			found[key] = name
		}
	}
	return found
}

// Macros gives the names in text that are in $(name), in order and as often as they are there. The agent leaves a
// macro as it was written when there is no variable of that name, so in an expanded value these are the unresolved ones.
// Of nested ones the innermost counts, since no name has a "$(" in it.
func Macros(text string) []string {
	var names []string
	for {
		_, after, found := strings.Cut(text, "$(")
		if !found {
			return names
		}
		name, _, closed := strings.Cut(after, ")")
		if !closed {
			return names
		}
		if name != "" && !strings.Contains(name, "$(") && !strings.ContainsAny(name, "\r\n") {
			names = append(names, name)
		}
		text = after
	}
}

// isTrue reads a flag the way the agent does (src/Agent.Sdk/Util/StringUtil.cs); what it doesn't know is false.
func isTrue(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "1", "true", "$true":
		return true
	}
	return false
}
