package agent

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// lookupName marks the processes of a job, so that the agent can find those that stayed behind.
const lookupName = "VSTS_PROCESS_LOOKUP_ID"

// execution is one step about to run: everything that is decided before the process starts.
type execution struct {
	job      *Job
	step     Step
	taskDir  string
	temp     string // Agent.TempDirectory, "" = not known
	def      *definition
	vars     *variables // expanded
	warnings []string   // of that expansion
	parent   environ    // of the agent's worker
	lookupID string
}

func (j *Job) prepare(taskDir, temp string, s Step) (*execution, error) {
	taskDir, err := filepath.Abs(taskDir)
	if err != nil {
		return nil, err
	}
	def, err := readDefinition(taskDir)
	if err != nil {
		return nil, err
	}
	e := &execution{job: j, step: s, taskDir: taskDir, temp: temp, def: def, parent: newEnviron(j.ParentEnv)}
	e.lookupID = "vsts_" + strings.ToLower(rand.Text())
	e.vars, e.warnings = e.jobVariables().expanded()
	return e, nil
}

// Environment is the whole environment that the task's process would be given, sorted: the parent's (in a container the
// container's), then the step's env, variables, inputs, endpoints, PATH and TF_BUILD, each overwriting what was before.
// VSTS_PROCESS_LOOKUP_ID is another at each call. The error is about taskDir only.
// Source: microsoft/azure-pipelines-agent src/Agent.Worker/Handlers/Handler.cs.
func (j *Job) Environment(taskDir string, s Step) ([]string, error) {
	e, err := j.prepare(taskDir, j.TempDirectory, s)
	if err != nil {
		return nil, err
	}
	env := e.base()
	maps.Copy(env, e.dictionary())
	if front := e.prependPath(); j.Container && front != "" {
		env["PATH"] = prepend(front, env["PATH"])
	}
	env["TF_BUILD"] = "True"
	return env.pairs(), nil
}

// base is the environment below the dictionary.
func (e *execution) base() environ {
	if e.job.Container {
		return newEnviron(e.job.ContainerEnv)
	}
	return maps.Clone(e.parent)
}

// dictionary is what the agent adds for this task.
func (e *execution) dictionary() environ {
	env := environ{}
	for name, value := range e.step.Env {
		if name = strings.TrimSpace(name); name != "" {
			value = expandMacros(strings.TrimSpace(value), e.vars.lookup)
			env[name] = expandMacros(value, e.parent.lookup)
		}
	}
	if e.job.since(ownNamesLast) {
		e.addVariables(env)
	}
	inputs := e.inputs()
	for name, value := range inputs {
		env["INPUT_"+environmentName(name, false)] = e.inside(value)
	}
	for _, endpoint := range e.endpoints(inputs) {
		e.addEndpoint(env, endpoint)
	}
	if !e.job.since(ownNamesLast) {
		e.addVariables(env)
	}
	if len(e.job.PrependPath) > 0 && !e.job.Container {
		path, known := e.vars.lookup("PATH")
		if !known {
			path, known = env["PATH"]
		}
		if !known {
			path = e.parent["PATH"]
		}
		env["PATH"] = prepend(e.prependPath(), path)
	}
	return env
}

func (e *execution) addVariables(env environ) {
	public, secret := []string{}, []string{}
	for _, v := range e.vars.all() {
		name, value := environmentName(v.Name, v.PreserveCase && e.job.since(keepsCase)), e.inside(v.Value)
		if v.Secret {
			env["SECRET_"+name] = value
			secret = append(secret, v.Name)
			continue
		}
		if strings.EqualFold(v.Name, "agent.jobstatus") {
			env[v.Name] = value
		}
		env[name] = value
		public = append(public, v.Name)
	}
	env["VSTS_PUBLIC_VARIABLES"] = jsonText(public)
	env["VSTS_SECRET_VARIABLES"] = jsonText(secret)
}

// jobVariables are the job's own and those that the agent makes itself.
func (e *execution) jobVariables() *variables {
	v := newVariables(e.job.Variables)
	absent := func(name, value string) {
		if _, known := v.lookup(name); !known && value != "" {
			v.put(Variable{Name: name, Value: value})
		}
	}
	for _, endpoint := range e.job.Endpoints {
		if _, hasID := guid(endpoint.ID); hasID || !strings.EqualFold(endpoint.Name, systemConnection) {
			continue
		}
		absent("System.TeamFoundationServerUri", absoluteURL(endpoint.URL))
		// "Allow scripts to access the OAuth token": the token is then no secret variable, though it stays masked.
		if v.truthy("System.EnableAccessToken") {
			for key, token := range endpoint.Parameters {
				if strings.EqualFold(key, "AccessToken") {
					v.put(Variable{Name: "System.AccessToken", Value: token})
				}
			}
		}
	}
	if e.job.Version != "" {
		v.put(Variable{Name: "Agent.Version", Value: e.job.Version})
	}
	// Variables of the step overwrite those of the job (agent src/Agent.Worker/TaskRunner.cs).
	v.put(Variable{Name: "system.taskInstanceName", Value: cmp.Or(e.step.Name, e.def.Name)})
	absent("Agent.TempDirectory", e.temp)
	absent("Agent.JobStatus", Succeeded)
	v.put(Variable{Name: lookupName, Value: e.lookupID})
	// Names that outsiders can choose are made harmless, and no others (agent src/Agent.Worker/Worker.cs).
	if variable, known := v.byKey[fold("Build.SourceVersionAuthor")]; known && e.job.since(sparesAuthor) {
		variable.Value = strings.ReplaceAll(variable.Value, "##vso", "**vso")
		v.put(variable)
	}
	for _, name := range []string{
		"Build.SourceVersionMessage", "Build.DefinitionName", "System.DefinitionName",
		"System.JobDisplayName", "System.PhaseDisplayName", "System.StageDisplayName", "Release.DefinitionName",
		"Release.EnvironmentName", "Agent.Name", "Agent.MachineName",
	} {
		if variable, known := v.byKey[fold(name)]; known {
			variable.Value = strings.ReplaceAll(variable.Value, "##vso", "**vso")
			v.put(variable)
		}
	}
	return v
}

// prependPath is the text before PATH: newest first.
func (e *execution) prependPath() string {
	var out []string
	for _, directory := range slices.Backward(e.job.PrependPath) {
		out = append(out, e.inside(directory))
	}
	return strings.Join(out, ":")
}

func prepend(front, path string) string {
	if front == "" || path == "" {
		return front + path
	}
	return front + ":" + path
}

// knob is a boolean setting: the pipeline variable first, then the agent's environment.
func (e *execution) knob(name string) bool { return truthy(e.setting(name)) }

func (e *execution) setting(name string) string {
	if value := e.vars.get(name); value != "" {
		return value
	}
	return e.parent[name]
}

// environmentName is the agent's T(name): dots and spaces become underscores, letters upper case.
func environmentName(name string, preserveCase bool) string {
	name = strings.NewReplacer(".", "_", " ", "_").Replace(name)
	if preserveCase {
		return name
	}
	return strings.ToUpper(name)
}

// jsonText is value as Newtonsoft would write it: no escapes for the sake of HTML.
func jsonText(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("agent: strings that JSON cannot hold: %v", err)) // only strings come here
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// environ is an environment by name.
type environ map[string]string

func newEnviron(pairs []string) environ {
	env := environ{}
	for _, pair := range pairs {
		if name, value, ok := strings.Cut(pair, "="); ok && name != "" {
			env[name] = value
		}
	}
	return env
}

func (e environ) lookup(name string) (string, bool) {
	value, known := e[name]
	return value, known
}

func (e environ) pairs() []string {
	out := make([]string, 0, len(e))
	for name, value := range e {
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	return out
}

// cutAtNUL is what a process is given on Linux when no one looks for a NUL: a value ends there.
func (e environ) cutAtNUL() {
	for name, value := range e {
		e[name], _, _ = strings.Cut(value, "\x00")
	}
}

// inconsistent names a value that no process can be given: one with a NUL in it.
func (e environ) inconsistent() (string, bool) {
	for _, name := range slices.Sorted(maps.Keys(e)) {
		if strings.ContainsRune(name+e[name], 0) {
			return name, true
		}
	}
	return "", false
}
