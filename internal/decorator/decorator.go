// Package decorator makes the companion extension, whose pipeline decorator puts a preflight into every job of an organization that uses an
// Azure Resource Manager connection: options in, files out, the same bytes for the same options.
//
// Non-goals: it reads and writes no files, sends nothing, and evaluates no expressions.
package decorator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/lazyregexp"
)

// Options are what an administrator chooses.
type Options struct {
	Publisher string   // the organization's own publisher on the Marketplace
	Projects  []string // names of the projects to inject into; empty: all
	Exclude   []string // names of projects to leave alone, also if they're in Projects
	FailOn    string   // never or fail, as the task's input; empty: never
	Tasks     []Task   // further tasks with Azure Resource Manager connections
	Version   string   // of the companion, as 1.0.0
}

// Task is a task that isn't in the table.
type Task struct {
	ID     string   // a GUID in lower case
	Inputs []string // names of its inputs that are Azure Resource Manager connections, whatever the step does
}

// File is a file of the companion, by its path with slashes.
type File struct {
	Name    string
	Content []byte
}

// TaskID is the ID of ArmPreflight@1.
const TaskID = "16330719-ed7d-4cb2-9a10-8b891a63ce7c"

// Inject is the variable that switches the injected step off for a pipeline, with the value false.
const Inject = "ArmPreflight.Inject"

// StepName is the name of the injected step in a run.
const StepName = "ARM Preflight (injected)"

const extensionID = "arm-preflight-everywhere"

// FailOn are the values of Options.FailOn. With the others of the task's input, a missing right to read would fail a run that no author asked to check.
func FailOn() []string { return []string{"never", "fail"} }

var (
	publisher = &lazyregexp.Regexp{Expression: `^[A-Za-z0-9][A-Za-z0-9-]{0,99}$`}
	guid      = &lazyregexp.Regexp{Expression: `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`}
	inputName = &lazyregexp.Regexp{Expression: `^[A-Za-z][A-Za-z0-9]{0,63}$`}
)

// Files makes the companion: the manifest, a template for each kind of pipeline, the administrator's README, and the change note. An error
// names the option that can't be used.
func Files(o Options) ([]File, error) {
	if o.FailOn == "" {
		o.FailOn = "never"
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	build, err := o.template("build and YAML pipelines")
	if err != nil {
		return nil, err
	}
	release, err := o.template("classic releases")
	if err != nil {
		return nil, err
	}
	return []File{
		{"vss-extension.json", o.manifest()},
		{"build.yml", build},
		{"release.yml", release},
		{"README.md", o.page(readme)},
		{"CHANGELOG.md", o.page(changes)},
	}, nil
}

func (o Options) check() error {
	if !publisher.MatchString(o.Publisher) {
		return errors.New("--publisher must be the ID of your publisher: letters, digits, and dashes")
	}
	if !slices.Contains(FailOn(), o.FailOn) {
		return errors.New("--fail-on must be never or fail")
	}
	for _, name := range slices.Concat(o.Projects, o.Exclude) {
		if !projectName(name) {
			return fmt.Errorf("%q can't be the name of a project", name)
		}
	}
	return nil
}

// projectName reports whether Azure DevOps takes a name for a project: 1–64 characters, and none that an expression or YAML would read as more
// than text. Source: MicrosoftDocs/azure-devops-docs docs/organizations/settings/naming-restrictions.md.
func projectName(name string) bool {
	n := len([]rune(name))
	return n > 0 && n <= 64 && name == strings.TrimSpace(name) && !strings.ContainsAny(name, "\\/:*?\"'<>;#$*{},+=[]|") &&
		!strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd })
}

// ParseTasks reads further tasks, one per line: the task's ID and the names of its inputs, separated by spaces. Text after # is a comment.
func ParseTasks(text string) ([]Task, error) {
	var all []Task
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		id := strings.ToLower(f[0])
		if len(f) < 2 || !guid.MatchString(id) || slices.ContainsFunc(f[1:], func(s string) bool { return !inputName.MatchString(s) }) {
			return nil, fmt.Errorf("line %d isn't a task's ID and the names of its inputs", n)
		}
		all = append(all, Task{ID: id, Inputs: f[1:]})
	}
	return all, nil
}

func (o Options) manifest() []byte {
	type object = map[string]any
	contribution := func(id, target, template, about string) object {
		return object{"id": id, "type": "ms.azure-pipelines.pipeline-decorator", "targets": []string{target}, "description": about,
			"properties": object{"template": template}}
	}
	file := func(path string) object {
		return object{"path": path, "addressable": true, "contentType": "text/plain"}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(object{ // maps and texts only
		"manifestVersion": 1,
		"id":              extensionID,
		"publisher":       o.Publisher,
		"version":         o.Version,
		"name":            "ARM Preflight everywhere",
		"description":     "Puts ARM Preflight in front of every job that uses an Azure Resource Manager connection. Preview.",
		"public":          false,
		"categories":      []string{"Azure Pipelines"},
		"targets":         []object{{"id": "Microsoft.VisualStudio.Services"}},
		"content":         object{"details": object{"path": "README.md"}},
		"files":           []object{file("build.yml"), file("release.yml"), {"path": "CHANGELOG.md"}},
		"contributions": []object{
			contribution("preflight-build", "ms.azure-pipelines-agent-job.pre-job-tasks", "build.yml", "A preflight at the start of jobs in YAML and classic build pipelines."),
			contribution("preflight-release", "ms.azure-release-pipelines-agent-job.pre-job-tasks", "release.yml", "A preflight at the start of jobs in classic releases."),
		},
	})
	return out.Bytes()
}
