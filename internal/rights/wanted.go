package rights

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Wanted is one action at one scope.
type Wanted struct {
	Action string // as written, or as Azure writes it where a preset represents it
	Data   bool   // of the data plane
	Scope  Scope
	Line   int    // from 1
	Text   string // the line without the blanks around it
}

// Problem is a line that can't be read.
type Problem struct {
	Line   int    // from 1
	Text   string // the line without the blanks around it; may hold anything
	Detail string // a sentence without a full stop, in lower case
}

// deploy is what it takes to start a deployment and to follow it, apart from the rights on what it deploys. Names:
// learn.microsoft.com, Azure permissions for Management and governance, Microsoft.Resources.
func deploy() []string {
	return []string{
		"Microsoft.Resources/deployments/read",
		"Microsoft.Resources/deployments/write",
		"Microsoft.Resources/deployments/validate/action",
		"Microsoft.Resources/deployments/operations/read",
		"Microsoft.Resources/deployments/operationstatuses/read",
	}
}

// preset gives the actions that a name behind an @ represents. The documentation asks the same of what-if as of a
// deployment (learn.microsoft.com, ARM template deployment what-if operation, Required permissions); the operation has an
// action of its own.
func preset(name string) []string {
	switch lower(name) {
	case "deploy":
		return deploy()
	case "whatif":
		return append(deploy(), "Microsoft.Resources/deployments/whatIf/action")
	default:
		return nil
	}
}

// Parse reads lines of the forms
//
//	Microsoft.Web/sites/write
//	Microsoft.Web/sites/write @ resourceGroups/rg-app
//	data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read @ /subscriptions/…
//	@deploy, @whatIf, also with a scope behind a second @
//
// Blank lines are left out, and so is what an earlier line already wants. A preset gives several values with one line
// number. A line with a problem gives none.
func Parse(text string, base Base) ([]Wanted, []Problem) {
	var wanted []Wanted
	var problems []Problem
	type key struct {
		action, scope string
		data          bool
	}
	seen := map[key]bool{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		actions, data, scope, err := parseLine(line, base)
		if err != nil {
			problems = append(problems, Problem{Line: i + 1, Text: line, Detail: err.Error()})
			continue
		}
		for _, action := range actions {
			k := key{lower(action), lower(scope.ID()), data}
			if !seen[k] {
				seen[k] = true
				wanted = append(wanted, Wanted{Action: action, Data: data, Scope: scope, Line: i + 1, Text: line})
			}
		}
	}
	return wanted, problems
}

func parseLine(line string, base Base) (actions []string, data bool, scope Scope, err error) {
	if len(line) > 2000 {
		return nil, false, Scope{}, errors.New("the line is longer than 2000 bytes")
	}
	name, isPreset := strings.CutPrefix(line, "@")
	name, place, placed := strings.Cut(name, "@")
	name = strings.TrimSpace(name)
	if isPreset {
		if actions = preset(name); actions == nil {
			return nil, false, Scope{}, fmt.Errorf("there's no preset @%q; the presets are @deploy and @whatIf", name)
		}
	} else {
		name, data = cutData(name)
		if err := checkAction(name); err != nil {
			return nil, false, Scope{}, err
		}
		actions = []string{name}
	}
	if placed && strings.TrimSpace(place) == "" {
		return nil, false, Scope{}, errors.New("the scope after the @ is missing")
	}
	scope, err = ParseScope(place, base)
	return actions, data, scope, err
}

func cutData(name string) (string, bool) {
	const prefix = "data:"
	if len(name) < len(prefix) || lower(name[:len(prefix)]) != prefix {
		return name, false
	}
	return strings.TrimSpace(name[len(prefix):]), true
}

// checkAction wants a provider with a dot in its name, a type and a verb (learn.microsoft.com, Understand Azure role
// definitions, Actions format). A wildcard isn't an action: whether all that it represents is allowed, no one can say.
func checkAction(action string) error {
	parts := strings.Split(action, "/")
	if slices.Contains(parts, "") {
		return errors.New("the action has an empty part")
	}
	for _, c := range action {
		switch {
		case c == '*':
			return errors.New("a wildcard isn't an action: list each action")
		case !isActionCharacter(c):
			return fmt.Errorf("an action can't contain the character %q", c)
		}
	}
	if len(parts) < 3 || !strings.Contains(parts[0], ".") {
		return errors.New("an action is a provider, a type, and a verb, such as Microsoft.Web/sites/write")
	}
	switch lower(parts[len(parts)-1]) {
	case "read", "write", "delete", "action":
		return nil
	default:
		return errors.New("an action must end in read, write, delete, or action")
	}
}

func isActionCharacter(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("/.-_$", c)
}
