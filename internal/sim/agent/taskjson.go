package agent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// definition is what the agent reads of task.json; everything else is the server's (agent src/Agent.Worker/TaskManager.cs).
type definition struct {
	ID              string
	Name            string
	Version         struct{ Major, Minor, Patch text }
	Inputs          []inputDefinition
	OutputVariables []struct{ Name string }
	Execution       map[string]handler
	Restrictions    struct {
		Commands          struct{ Mode string }
		SettableVariables *struct{ Allowed []string }
	}
}

type inputDefinition struct {
	Name, Type   string
	DefaultValue text
}

// handler is one entry of the execution section.
type handler struct {
	Target           string
	WorkingDirectory string
}

// text takes a JSON scalar by its spelling: task.json may say true where "true" is meant, and the agent doesn't mind.
type text string

func (t *text) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, (*string)(t))
	}
	if string(raw) != "null" {
		*t = text(raw)
	}
	return nil
}

func (t text) number() int {
	n, _ := strconv.Atoi(string(t)) // checked before; otherwise 0
	return n
}

// trimBOM drops the byte order mark that files from Windows tools begin with.
func trimBOM(raw []byte) []byte { return bytes.TrimPrefix(raw, []byte("\ufeff")) }

func readDefinition(taskDir string) (*definition, error) {
	raw, err := os.ReadFile(filepath.Join(taskDir, "task.json"))
	if err != nil {
		return nil, err
	}
	return parseDefinition(raw)
}

func parseDefinition(raw []byte) (*definition, error) {
	def := &definition{}
	if err := json.Unmarshal(trimBOM(raw), def); err != nil {
		return nil, fmt.Errorf("task.json: %w", err)
	}
	return def, nil
}

// version is the name of the task's folder in the agent's cache.
func (d *definition) version() string {
	return fmt.Sprintf("%s.%s.%s", d.Version.Major, d.Version.Minor, d.Version.Patch)
}

func (d *definition) isOutput(name string) bool {
	for _, output := range d.OutputVariables {
		if strings.EqualFold(output.Name, name) {
			return true
		}
	}
	return false
}

// handlerFor chooses as the agent does on Linux: by priority, whatever the order in the file; "platforms" has no effect
// here. forced represents an agent that knows only that key.
func (d *definition) handlerFor(forced string) (key string, chosen handler, ok bool) {
	keys := []string{"Node24", "Node20_1", "Node16", "Node10", "Node"}
	if forced != "" {
		keys = []string{forced}
	}
	for _, key := range keys {
		for name, chosen := range d.Execution {
			if strings.EqualFold(name, key) {
				return key, chosen, true
			}
		}
	}
	return "", handler{}, false
}
