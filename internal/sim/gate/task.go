package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Task is a server task as task.json declares it.
type Task struct {
	ID, Name, FriendlyName string
	RunsOn                 []string
	Inputs                 []Input

	sections   []section
	recipe     map[string]string // inputs whose texts are filled in first; nil = none
	maxCharsIn map[string]int    // longest text of a recipe's input, in characters
}

// Input is one of the task's inputs.
type Input struct {
	Name, Type, DefaultValue, VisibleRule string
	Required                              bool
}

// section is one request of a task; HttpRequest is a chain of one.
type section struct {
	inputs  requestInputs
	skip    string            // expression; "" = never skipped
	outputs map[string]string // name to expression
}

type requestInputs struct {
	EndpointID           string `json:"EndpointId"`
	EndpointURL          string `json:"EndpointUrl"`
	ResourceURL          string
	Method               string
	Body                 string
	Headers              string
	WaitForCompletion    string
	Expression           string
	AllowEmptyEndpointID bool `json:"AllowEmptyEndpointId"`
}

type cancelInputs struct {
	EndpointID  string `json:"EndpointId"`
	EndpointURL string `json:"EndpointUrl"`
	ResourceURL string
	Method      string
	Body        string
	Headers     string
}

type event struct{ Timeout string }

type httpRequest struct {
	Execute *requestInputs
	Cancel  *cancelInputs
	Events  struct{ TaskAssigned, TaskStarted, TaskCompleted *event }
}

type httpRequestChain struct {
	Execute []struct {
		RequestInputs    *requestInputs
		ExecutionOptions struct {
			OutputVariables       json.RawMessage
			SkipSectionExpression string
		}
	}
}

type frame struct {
	ID, Name, FriendlyName, InstanceNameFormat string
	Version                                    map[string]any
	RunsOn, Visibility                         []string
	Demands                                    []any
	Inputs                                     []Input
	Execution                                  map[string]json.RawMessage
	MinimumAgentVersion                        any
	PreJobExecution, PostJobExecution          any
}

var (
	guidForm = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	nameForm = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	timeForm = regexp.MustCompile(`^(\d{2}):(\d{2}):(\d{2})$`)
)

// Read takes a task.json and refuses what a server task may not hold, or what this package doesn't act out. Sources:
// microsoft/azure-pipelines-tasks docs/authoring/servertaskauthoring.md, gates.md and Tests/L0.ts.
func Read(taskJSON []byte) (*Task, error) {
	var f frame
	if err := json.Unmarshal(bytes.TrimPrefix(taskJSON, []byte("\ufeff")), &f); err != nil {
		return nil, fmt.Errorf("task.json: %w", err)
	}
	if err := f.valid(); err != nil {
		return nil, fmt.Errorf("task.json: %w", err)
	}
	t := &Task{ID: f.ID, Name: f.Name, FriendlyName: f.FriendlyName, RunsOn: f.RunsOn, Inputs: f.Inputs}
	for handler, raw := range f.Execution {
		var err error
		switch handler {
		case "HttpRequest":
			t.sections, err = readRequest(raw)
		case "HttpRequestChain":
			t.sections, err = readChain(raw)
		default:
			err = errors.New("only HttpRequest and HttpRequestChain are acted out here")
		}
		if err != nil {
			return nil, fmt.Errorf("task.json: execution.%s: %w", handler, err)
		}
	}
	return t, nil
}

func (f frame) valid() error {
	runsOn := slices.Sorted(slices.Values(f.RunsOn))
	if !slices.Equal(runsOn, []string{"Server"}) && !slices.Equal(runsOn, []string{"ServerGate"}) && !slices.Equal(runsOn, []string{"Server", "ServerGate"}) {
		return fmt.Errorf("runsOn is %q, where a server task has Server, ServerGate or both", f.RunsOn)
	}
	switch {
	case len(f.Execution) != 1:
		return fmt.Errorf("execution has %d handlers, not one", len(f.Execution))
	case f.MinimumAgentVersion != nil:
		return errors.New("minimumAgentVersion has no place in a server task")
	case len(f.Demands) > 0:
		return errors.New("demands have no place in a server task")
	case f.PreJobExecution != nil || f.PostJobExecution != nil:
		return errors.New("a server task runs nothing before or after the job")
	case !guidForm.MatchString(f.ID):
		return fmt.Errorf("id %q is no GUID", f.ID)
	case !nameForm.MatchString(f.Name):
		return fmt.Errorf("name %q has other characters than letters, digits and hyphens", f.Name)
	case f.FriendlyName == "" || utf8.RuneCountInString(f.FriendlyName) > 40:
		return fmt.Errorf("friendlyName %q does not have 1 to 40 characters", f.FriendlyName)
	case f.InstanceNameFormat == "":
		return errors.New("instanceNameFormat is missing")
	case f.Version["Major"] == nil || f.Version["Minor"] == nil || f.Version["Patch"] == nil:
		return errors.New("version does not have Major, Minor and Patch")
	}
	for _, place := range f.Visibility {
		if place != "Build" && place != "Release" {
			return fmt.Errorf("visibility %q is neither Build nor Release", place)
		}
	}
	seen := map[string]bool{}
	for _, input := range f.Inputs {
		name := strings.ToLower(input.Name)
		if name == "" || seen[name] {
			return fmt.Errorf("input %q has no name of its own", input.Name)
		}
		seen[name] = true
	}
	return nil
}

func readRequest(raw json.RawMessage) ([]section, error) {
	var request httpRequest
	if err := strictly(raw, &request); err != nil {
		return nil, err
	}
	if request.Execute == nil {
		return nil, errors.New("there is no Execute")
	}
	for _, e := range []*event{request.Events.TaskAssigned, request.Events.TaskStarted, request.Events.TaskCompleted} {
		if e == nil {
			continue
		}
		parts := timeForm.FindStringSubmatch(e.Timeout)
		if parts == nil {
			return nil, fmt.Errorf("timeout %q is not hh:mm:ss", e.Timeout)
		}
		if limit, err := time.ParseDuration(parts[1] + "h" + parts[2] + "m" + parts[3] + "s"); err != nil || limit > 72*time.Hour {
			return nil, fmt.Errorf("timeout %q is longer than 72 hours", e.Timeout)
		}
	}
	return []section{{inputs: *request.Execute}}, complete(*request.Execute)
}

func readChain(raw json.RawMessage) ([]section, error) {
	var chain httpRequestChain
	if err := strictly(raw, &chain); err != nil {
		return nil, err
	}
	if len(chain.Execute) == 0 {
		return nil, errors.New("there is no section in Execute")
	}
	var sections []section
	for i, item := range chain.Execute {
		if item.RequestInputs == nil {
			return nil, fmt.Errorf("section %d has no RequestInputs", i)
		}
		outputs, err := readOutputs(item.ExecutionOptions.OutputVariables)
		if err = errors.Join(err, complete(*item.RequestInputs)); err != nil {
			return nil, fmt.Errorf("section %d: %w", i, err)
		}
		sections = append(sections, section{*item.RequestInputs, item.ExecutionOptions.SkipSectionExpression, outputs})
	}
	return sections, nil
}

// readOutputs takes name → expression as an object or as the text of one; both are published.
func readOutputs(raw json.RawMessage) (map[string]string, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil
	}
	var outputs map[string]string
	if err := json.Unmarshal(raw, &outputs); err != nil {
		return nil, fmt.Errorf("OutputVariables: %w", err)
	}
	return outputs, nil
}

func complete(inputs requestInputs) error {
	if inputs.EndpointURL == "" || inputs.Method == "" {
		return errors.New("EndpointUrl and Method are both needed")
	}
	return nil
}

// strictly decodes and refuses unknown properties; their case doesn't matter to the server.
func strictly(raw json.RawMessage, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
