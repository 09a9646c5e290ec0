package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// shape is what a JSON value may be, in the terms of the schema that Microsoft publishes for task.json
// (microsoft/azure-pipelines-task-lib tasks.schema.json, read at a5e7ee0). The rules in task.go are stricter where we are;
// this keeps us from writing what an editor with that schema, or a service that uses it, would refuse.
type shape struct {
	kinds    []string // of JSON: "object", "array", "string", "number", "boolean"
	keys     map[string]shape
	open     bool // an object that may have more keys
	required []string
	items    *shape
	oneOf    []string       // values of a string
	pattern  *regexp.Regexp // of a string
}

var (
	words  = shape{kinds: []string{"string"}}
	truth  = shape{kinds: []string{"boolean"}}
	number = shape{kinds: []string{"number"}}
	digits = shape{kinds: []string{"string"}, pattern: regexp.MustCompile(`^\d+$`)}
	bigBit = oneOf("True", "False") // Azure DevOps compares these letter by letter
)

func oneOf(values ...string) shape { return shape{kinds: []string{"string"}, oneOf: values} }

func matching(pattern string) shape {
	return shape{kinds: []string{"string"}, pattern: regexp.MustCompile(pattern)}
}

func listOf(item shape) shape { return shape{kinds: []string{"array"}, items: &item} }

func record(keys map[string]shape, required ...string) shape {
	return shape{kinds: []string{"object"}, keys: keys, required: required}
}

func openRecord(keys map[string]shape, required ...string) shape {
	s := record(keys, required...)
	s.open = true
	return s
}

// publishedSchema is the schema of a task.json.
func publishedSchema() shape {
	program := openRecord(map[string]shape{"target": words, "platforms": listOf(oneOf("windows")), "argumentFormat": words, "workingDirectory": words}, "target")
	handlers := record(map[string]shape{"Node24": program, "Node20_1": program, "Node16": program, "Node10": program, "Node": program,
		"PowerShell3": program, "PowerShell": program})
	return record(map[string]shape{
		"$schema": words, "name": matching(`^[A-Za-z0-9-]+$`), "friendlyName": words, "description": words, "helpUrl": words, "helpMarkDown": words,
		"id":     matching(`^[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}$`),
		"author": words, "preview": truth, "deprecated": truth, "removalDate": matching(`^\d{4}-\d{2}-\d{2}$`), "deprecationMessage": words,
		"showEnvironmentVariables": truth, "messages": openRecord(nil), "instanceNameFormat": words, "releaseNotes": words, "demands": listOf(words),
		"runsOn":     listOf(oneOf("Agent", "MachineGroup", "Server", "ServerGate", "DeploymentGroup")),
		"visibility": listOf(oneOf("Build", "Release")),
		"category": oneOf("Build", "Utility", "Test", "Package", "Deploy", "Azure Repos", "Azure Boards", "Azure Pipelines", "Azure Test Plans",
			"Azure Artifacts"),
		"minimumAgentVersion": matching(`^\d+\.\d+(\.\d+)?$`),
		"version":             record(map[string]shape{"Major": number, "Minor": number, "Patch": number}, "Major", "Minor", "Patch"),
		"groups":              listOf(record(map[string]shape{"name": words, "displayName": words, "isExpanded": truth, "visibleRule": words}, "name", "displayName")),
		"inputs": listOf(record(map[string]shape{
			"name": matching(`^[A-Za-z][A-Za-z0-9]*$`), "aliases": listOf(words), "label": words, "required": truth, "helpMarkDown": words,
			"type":      matching(`^(boolean|filePath|multiLine|pickList|radio|secureFile|string|int|identities|querycontrol|connectedService:.+)$`),
			"groupName": words, "visibleRule": words, "options": openRecord(nil), "defaultValue": {kinds: []string{"string", "boolean"}},
			"properties": openRecord(map[string]shape{"EditableOptions": bigBit, "MultiSelect": bigBit, "MultiSelectFlatList": bigBit,
				"DisableManageLink": bigBit, "IsSearchable": bigBit, "PopulateDefaultValue": bigBit, "resizable": truth, "rows": digits,
				"maxLength": digits, "editorExtension": words, "EndpointFilterRule": words, "isVariableOrNonNegativeNumber": oneOf("true", "false")}),
		}, "name", "label", "type")),
		"dataSourceBindings": listOf(record(map[string]shape{"target": words, "endpointId": words, "dataSourceName": words,
			"parameters": openRecord(nil), "resultTemplate": words, "endpointUrl": words, "resultSelector": words, "requestContent": words,
			"RequestVerb":             oneOf("GET", "POST", "DELETE", "OPTIONS", "HEAD", "PUT", "TRACE", "PATCH"),
			"callbackContextTemplate": words, "callbackRequiredTemplate": words, "initialContextTemplate": words})),
		"sourceDefinitions": listOf(record(map[string]shape{"target": words, "endpoint": words, "selector": words, "keySelector": words, "authKey": words})),
		"prejobexecution":   handlers, "execution": handlers, "postjobexecution": handlers,
		"outputVariables": listOf(record(map[string]shape{"name": matching(`^[A-Za-z][A-Za-z0-9]*$`), "description": words}, "name")),
		"restrictions": record(map[string]shape{"commands": record(map[string]shape{"mode": oneOf("any", "restricted")}),
			"settableVariables": record(map[string]shape{"allowed": listOf(words)})}),
	})
}

// schemaExceptions are where we follow the tasks in use instead of the schema: the path, and what is there. All 113 uses
// of resizable in microsoft/azure-pipelines-tasks (299572e2) are the text "true", and its one task with a chain of requests,
// AzurePolicyV0, has a handler that the schema doesn't know.
var schemaExceptions = map[string]string{
	"inputs[].properties.resizable": `"true"`,
	"execution.HttpRequestChain":    "",
}

// checkSchema compares a task.json with the published schema, apart from the exceptions.
func (c *checker) checkSchema(t *task) {
	var value any
	if err := json.Unmarshal(c.p.files[t.dir+"/task.json"], &value); err != nil {
		c.fault("%s: %v", t.dir, err)
		return
	}
	for _, fault := range publishedSchema().faults("", value) {
		c.fault("%s: the published schema refuses %s", t.dir, fault)
	}
}

// faults lists the parts of a value that don't fit the shape, in a stable order.
func (s shape) faults(path string, value any) []string {
	if exception, ok := schemaExceptions[path]; ok {
		written, _ := json.Marshal(value)
		if exception == "" || exception == string(written) {
			return nil
		}
		return []string{fmt.Sprintf("%s: %s is neither what the schema says nor what tasks in use write, %s", path, written, exception)}
	}
	kind := kindOf(value)
	if !slices.Contains(s.kinds, kind) {
		return []string{fmt.Sprintf("%s: it is a %s, not a %s", path, kind, strings.Join(s.kinds, " or a "))}
	}
	var all []string
	switch v := value.(type) {
	case string:
		if s.oneOf != nil && !slices.Contains(s.oneOf, v) || s.pattern != nil && !s.pattern.MatchString(v) {
			all = append(all, fmt.Sprintf("%s: %q", path, v))
		}
	case []any:
		for _, item := range v {
			all = append(all, s.items.faults(path+"[]", item)...)
		}
	case map[string]any:
		for _, key := range s.required {
			if _, ok := v[key]; !ok {
				all = append(all, fmt.Sprintf("%s: %s is missing", path, key))
			}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			at := strings.TrimPrefix(path+"."+key, ".")
			inner, ok := s.keys[key]
			_, excepted := schemaExceptions[at]
			switch {
			case ok || excepted:
				all = append(all, inner.faults(at, v[key])...)
			case !s.open:
				all = append(all, at+": there is no such key")
			}
		}
	}
	return all
}

func kindOf(value any) string {
	switch value.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	}
	return "null"
}
