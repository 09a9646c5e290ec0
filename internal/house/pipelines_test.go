package house

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/lint"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var samples = filepath.Join("..", "..", "docs", "pipelines")

// TestTheSamplePipelinesCanBeUsed reads the pipelines in docs/pipelines: they are YAML, have the structure that Azure
// Pipelines wants, name tasks with a version, and call verbs that ./build.sh has.
func TestTheSamplePipelinesCanBeUsed(t *testing.T) {
	help, err := exec.CommandContext(t.Context(), filepath.Join("..", "..", "build.sh"), "help").Output()
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(samples, "*.yml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	verb, task := regexp.MustCompile(`\./build\.sh (\w+)`), regexp.MustCompile(`^\s*- task: (.+)$`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range verb.FindAllStringSubmatch(string(text), -1) {
			assert.True(t, strings.Contains(string(help), "\n  "+m[1]+" ") || strings.HasPrefix(filepath.Base(file), "preflight"), "%s calls ./build.sh %s", file, m[1])
		}
		for line := range strings.Lines(string(text)) {
			if m := task.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
				assert.Regexp(t, `^[A-Za-z]\w*@\d+$`, m[1], file)
			}
		}
		if strings.HasPrefix(filepath.Base(file), "preflight") {
			continue // a template, expanded below
		}
		whole, err := template{samples}.file(filepath.Base(file), object{})
		require.NoError(t, err, file)
		assert.Empty(t, structure(whole), file)
	}
}

// users are the forms of pipelines that people write, as they would hand them to preflight-extends.yml.
const users = `
- stage: build
  jobs:
  - job: package
    steps:
    - script: make
- stage: prod
  dependsOn: build
  variables:
    region: westeurope
  jobs:
  - job: plain
    pool:
      vmImage: ubuntu-latest
    container: builder
    strategy:
      matrix:
        one: {arch: x64}
        two: {arch: arm64}
      maxParallel: 2
    steps:
    - checkout: self
    - script: ./deploy.sh
  - job: sliced
    strategy:
      parallel: 4
    steps:
    - script: ./deploy.sh
  - job: approve
    pool: server
    steps:
    - task: ManualValidation@1
  - deployment: once
    environment: prod
    strategy:
      runOnce:
        preDeploy:
          pool: server
          steps:
          - task: ManualValidation@1
        deploy:
          steps:
          - script: ./deploy.sh
        routeTraffic:
          steps:
          - script: ./route.sh
        on:
          failure:
            steps:
            - script: ./undo.sh
          success:
            steps:
            - script: ./tell.sh
  - deployment: machines
    environment:
      name: prod
      resourceType: VirtualMachine
    strategy:
      rolling:
        maxParallel: 2
        preDeploy:
          steps:
          - script: ./drain.sh
        deploy:
          steps:
          - script: ./deploy.sh
  - deployment: careful
    environment: prod.shop
    strategy:
      canary:
        increments: [10, 50]
        deploy:
          pool: {vmImage: ubuntu-latest}
          steps:
          - script: ./deploy.sh
`

// TestTheTemplatesFitTheFormsThatPeopleUse expands the templates around jobs, deployment jobs with each strategy, server
// jobs, stages and several connections.
func TestTheTemplatesFitTheFormsThatPeopleUse(t *testing.T) {
	stages, err := parse([]byte(users))
	require.NoError(t, err)
	got, err := template{samples}.file("preflight-extends.yml", object{{"stages", stages}, {"failOn", "never"},
		{"connections", object{{"prod", []any{"prod-arm", "prod-dns"}}, {"elsewhere", []any{"other"}}}}})
	require.NoError(t, err)
	assert.Empty(t, structure(got))
	list, _ := got.(object).get("stages")
	build, prod := list.([]any)[0].(object), list.([]any)[1].(object)
	assert.Equal(t, stages.([]any)[0], build, "a stage without a connection stays as it is")

	without := map[string]string{"approve": "server", "once/preDeploy": "server", "once/routeTraffic": "later", "once/failure": "later", "once/success": "later"}
	places := map[string][]any{}
	jobs, _ := prod.get("jobs")
	for _, job := range jobs.([]any) {
		maps.Copy(places, stepsOf(job.(object)))
	}
	require.Len(t, places, 11)
	for place, steps := range places {
		var connections []string
		for _, s := range steps {
			if name, _ := s.(object).get("task"); name == "ArmPreflight@1" {
				inputs, _ := s.(object).get("inputs")
				connection, _ := inputs.(object).get("azureSubscription")
				failOn, _ := inputs.(object).get("failOn")
				assert.Equal(t, "never", failOn)
				connections = append(connections, connection.(string))
			}
		}
		if without[place] != "" {
			assert.Empty(t, connections, place)
			continue
		}
		assert.Equal(t, []string{"prod-arm", "prod-dns"}, connections, place)
		first, _ := steps[0].(object).get("task")
		assert.Equal(t, "ArmPreflight@1", first, place)
		assert.Greater(t, len(steps), 2, "%s lost its own steps", place)
	}
	// Everything that isn't a list of steps is as its author wrote it.
	assert.Equal(t, bare(stages), bare(list))

	inStage, _ := stages.([]any)[1].(object).get("jobs")
	alone, err := template{samples}.file("preflight-jobs.yml", object{{"connections", []any{"prod-arm", "prod-dns"}}, {"failOn", "never"}, {"jobs", inStage}})
	require.NoError(t, err)
	assert.Equal(t, object{{"jobs", jobs}}, alone, "a pipeline of jobs gets what a stage's jobs get")
}

// bare takes the steps out of a value.
func bare(value any) any {
	switch v := value.(type) {
	case []any:
		list := []any{}
		for _, item := range v {
			list = append(list, bare(item))
		}
		return list
	case object:
		o := object{}
		for _, e := range v {
			if e.key != "steps" {
				o = append(o, entry{e.key, bare(e.value)})
			}
		}
		return o
	}
	return value
}

// stepsOf lists the steps of a job by where they are: the job, or the job and the hook.
func stepsOf(job object) map[string][]any {
	found := map[string][]any{}
	name, ok := job.get("job")
	if !ok {
		name, _ = job.get("deployment")
	}
	var walk func(place string, o object)
	walk = func(place string, o object) {
		for _, e := range o {
			switch v := e.value.(type) {
			case []any:
				if e.key == "steps" {
					found[place] = v
				}
			case object:
				walk(fmt.Sprint(name)+"/"+e.key, v)
			}
		}
	}
	walk(fmt.Sprint(name), job)
	return found
}

// The keys that Azure Pipelines has (learn.microsoft.com/azure/devops/pipelines/yaml-schema), as far as people use them here.
var (
	pipelineKeys   = []string{"name", "trigger", "pr", "schedules", "resources", "variables", "parameters", "pool", "stages", "jobs", "steps", "extends"}
	stageKeys      = []string{"stage", "displayName", "dependsOn", "condition", "variables", "pool", "jobs", "lockBehavior", "isSkippable", "trigger"}
	jobKeys        = []string{"job", "displayName", "dependsOn", "condition", "strategy", "continueOnError", "pool", "workspace", "container", "timeoutInMinutes", "cancelTimeoutInMinutes", "variables", "steps", "services", "uses"}
	deploymentKeys = []string{"deployment", "displayName", "dependsOn", "condition", "continueOnError", "pool", "workspace", "container", "timeoutInMinutes", "cancelTimeoutInMinutes", "variables", "services", "uses", "environment", "strategy"}
	strategyKeys   = map[string][]string{
		"runOnce": {"preDeploy", "deploy", "routeTraffic", "postRouteTraffic", "on"},
		"rolling": {"maxParallel", "preDeploy", "deploy", "routeTraffic", "postRouteTraffic", "on"},
		"canary":  {"increments", "preDeploy", "deploy", "routeTraffic", "postRouteTraffic", "on"},
	}
	hookKeys = []string{"steps", "pool"}
	stepKeys = []string{"template", "task", "script", "bash", "pwsh", "powershell", "checkout", "download", "publish"}
)

// structure lists what Azure Pipelines would refuse in an expanded pipeline.
func structure(value any) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	keys := func(where string, o object, allowed []string) {
		for _, e := range o {
			if !slices.Contains(allowed, e.key) {
				fault("%s: %s isn't allowed there", where, e.key)
			}
		}
	}
	list := func(where string, o object, key string) []any {
		value, _ := o.get(key)
		l, ok := value.([]any)
		if !ok || len(l) == 0 {
			fault("%s: it has no %s", where, key)
		}
		return l
	}
	steps := func(where string, o object) {
		for i, s := range list(where, o, "steps") {
			step, ok := s.(object)
			if !ok || len(step) == 0 || !slices.Contains(stepKeys, step[0].key) {
				fault("%s: step %d isn't a step", where, i+1)
			}
		}
	}
	jobs := func(where string, o object) {
		for i, j := range list(where, o, "jobs") {
			job := j.(object)
			at := fmt.Sprintf("%s, job %d", where, i+1)
			if job[0].key == "job" {
				keys(at, job, jobKeys)
				steps(at, job)
				continue
			}
			keys(at, job, deploymentKeys)
			if _, ok := job.get("deployment"); !ok {
				fault("%s: it's neither a job nor a deployment", at)
			}
			strategy, _ := job.get("strategy")
			ways, _ := strategy.(object)
			if len(ways) != 1 || strategyKeys[ways[0].key] == nil {
				fault("%s: a deployment job needs one strategy", at)
				continue
			}
			way := ways[0].value.(object)
			keys(at, way, strategyKeys[ways[0].key])
			hooks := object{}
			for _, e := range way {
				switch e.key {
				case "maxParallel", "increments":
				case "on":
					hooks = append(hooks, e.value.(object)...)
				default:
					hooks = append(hooks, e)
				}
			}
			if _, ok := way.get("deploy"); !ok {
				fault("%s: the strategy has no deploy", at)
			}
			for _, hook := range hooks {
				keys(at+", "+hook.key, hook.value.(object), hookKeys)
				steps(at+", "+hook.key, hook.value.(object))
			}
		}
	}
	whole := value.(object)
	keys("pipeline", whole, pipelineKeys)
	switch _, hasStages := whole.get("stages"); {
	case hasStages:
		for i, s := range list("pipeline", whole, "stages") {
			at := fmt.Sprintf("stage %d", i+1)
			keys(at, s.(object), stageKeys)
			jobs(at, s.(object))
		}
	default:
		jobs("pipeline", whole)
	}
	return faults
}

// TestTheStructureRefusesWhatAzurePipelinesRefuses keeps the checks above honest.
func TestTheStructureRefusesWhatAzurePipelinesRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ text, fault string }{
		"steps in a deployment job":           {"jobs: [{deployment: a, environment: b, steps: [{script: x}], strategy: {runOnce: {deploy: {steps: [{script: x}]}}}}]", "job 1: steps isn't allowed there"},
		"a deployment job without a strategy": {"jobs: [{deployment: a, environment: b}]", "needs one strategy"},
		"a strategy without deploy":           {"jobs: [{deployment: a, strategy: {runOnce: {preDeploy: {steps: [{script: x}]}}}}]", "has no deploy"},
		"a job without steps":                 {"stages: [{stage: a, jobs: [{job: b}]}]", "stage 1, job 1: it has no steps"},
		"steps in a stage":                    {"stages: [{stage: a, steps: [{script: x}]}]", "stage 1: steps isn't allowed there"},
		"a list for a step":                   {"jobs: [{job: a, steps: [[{script: x}]]}]", "step 1 isn't a step"},
	} {
		t.Run(name, func(t *testing.T) {
			value, err := parse([]byte(tt.text))
			require.NoError(t, err)
			assert.Contains(t, strings.Join(structure(value), "\n"), tt.fault)
		})
	}
}

// TestTheYAMLInThePagesIsOfAPipeline checks the samples within the pages: each is a pipeline, or a part of one.
func TestTheYAMLInThePagesIsOfAPipeline(t *testing.T) {
	root := filepath.Join("..", "..")
	var pages []string
	for _, pattern := range []string{"README.md", "docs/*.md", "docs/errors/*.md", "docs/checks/*.md", "extension/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		require.NoError(t, err)
		pages = append(pages, found...)
	}
	block := regexp.MustCompile("(?ms)^( *)```ya?ml\n(.*?)^ *```")
	inputs, err := os.ReadFile(filepath.Join(root, "task", "ArmPreflight", "v1", "task.json"))
	require.NoError(t, err)
	seen := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range block.FindAllStringSubmatch(string(text), -1) {
			seen++
			value, err := parse([]byte(strings.ReplaceAll("\n"+m[2], "\n"+m[1], "\n")))
			if o, ok := value.(object); ok && strings.Contains(string(inputs), `"name": "`+o[0].key+`"`) {
				continue // the value of an input
			}
			if assert.NoError(t, err, "%s:\n%s", page, m[2]) {
				assert.Empty(t, structure(whole(value)), "%s:\n%s", page, m[2])
			}
		}
	}
	assert.Greater(t, seen, 10)
}

// whole makes a pipeline of a part of one.
func whole(value any) object {
	if list, ok := value.([]any); ok && len(list) > 0 {
		first, _ := list[0].(object)
		if len(first) > 0 {
			switch first[0].key {
			case "stage":
				return whole(object{{"stages", list}})
			case "job", "deployment":
				return whole(object{{"jobs", list}})
			}
		}
		return whole(object{{"steps", list}})
	}
	o, _ := value.(object)
	pipeline := object{}
	for _, e := range o {
		if e.key == "steps" { // a pipeline of one job
			e = entry{"jobs", []any{object{{"job", ""}, {"steps", e.value}}}}
		}
		pipeline = append(pipeline, e)
	}
	for _, key := range []string{"jobs", "stages"} {
		if _, ok := pipeline.get(key); ok {
			return pipeline
		}
	}
	return append(pipeline, entry{"jobs", []any{object{{"job", ""}, {"steps", []any{object{{"script", ""}}}}}}}) // variables, parameters
}

// preflights are the inputs of each step of the task in a value, with the steps before it.
func preflights(value any, found func(before []any, inputs object)) {
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			if step, ok := item.(object); ok {
				if name, _ := step.get("task"); name == "ArmPreflight@1" {
					inputs, _ := step.get("inputs")
					o, _ := inputs.(object)
					found(v[:i], o)
				}
			}
			preflights(item, found)
		}
	case object:
		for _, e := range v {
			preflights(e.value, found)
		}
	}
}

// TestAPreflightInASampleHasInputsOfTheTask: of the samples, and of the examples in the pages. One that reads the files of a
// deployment comes after a step that brings them.
func TestAPreflightInASampleHasInputsOfTheTask(t *testing.T) {
	var task struct {
		Inputs []struct {
			Name    string
			Aliases []string
		}
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "task", "ArmPreflight", "v1", "task.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &task))
	known := map[string]bool{}
	for _, input := range task.Inputs {
		known[input.Name] = true
		for _, alias := range input.Aliases {
			known[alias] = true
		}
	}
	examples := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "extension/*.md", "docs/pipelines/*.yml"} {
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pattern)))
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			if strings.HasSuffix(file, ".yml") {
				examples[file] = string(text)
				continue
			}
			for i, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
				examples[fmt.Sprintf("%s, example %d", file, i+1)] = m[1]
			}
		}
	}
	steps, deployments := 0, 0
	for name, text := range examples {
		whole, err := parse([]byte(text))
		if err != nil {
			continue // a part of a step, or a comparison
		}
		preflights(whole, func(before []any, inputs object) {
			steps++
			for _, e := range inputs {
				assert.True(t, known[e.key], "%s: the task has no input %s", name, e.key)
			}
			if _, ok := inputs.get("deployment"); !ok {
				return
			}
			deployments++
			assert.True(t, slices.ContainsFunc(before, func(step any) bool {
				o, _ := step.(object)
				_, downloads := o.get("download")
				source, checks := o.get("checkout")
				return downloads || checks && source != "none"
			}), "%s: no step before it brings the files of the deployment", name)
		})
	}
	assert.Greater(t, steps, 10)
	assert.GreaterOrEqual(t, deployments, 3)
}

// TestLintFindsNothingInTheSamples: no mistake, and in those that deploy with the task, no job without it.
func TestLintFindsNothingInTheSamples(t *testing.T) {
	for pattern, options := range map[string]lint.Options{"*.yml": {}, "deploy-*.yml": {RequirePreflight: true}, "audit.yml": {RequirePreflight: true}} {
		files, err := filepath.Glob(filepath.Join(samples, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		var names []string
		for _, file := range files {
			names = append(names, filepath.Base(file))
		}
		got, err := lint.Run(os.DirFS(samples), names, options)
		require.NoError(t, err)
		assert.Empty(t, got.Findings)
		assert.Empty(t, got.Unseen)
		assert.Equal(t, len(names), got.Files)
	}
}
