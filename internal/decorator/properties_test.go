package decorator_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"armpreflight/internal/armtask"
	"armpreflight/internal/decorator"
	"armpreflight/internal/sim/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// made is a step of a generated job: its part of the context, and what it is.
type made struct {
	id        string // of the task
	inputs    template.Object
	azure     []string // its Azure Resource Manager connections
	ambiguous bool     // they're in ConnectedServiceName
	disabled  bool
}

type contextOf struct {
	kind      string
	steps     []made
	variables template.Object
}

func newID(r *rand.Rand) string {
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", r.Uint32(), r.Uint32()&0xffff, r.Uint32()&0xffff, r.Uint32()&0xffff, r.Uint64()&0xffffffffffff)
}

func (c contextOf) object(r *rand.Rand) template.Object {
	var steps []template.Object
	for _, s := range c.steps {
		steps = append(steps, template.Object{"id": newID(r), "type": "Task", "name": "step", "displayName": hostile(r), "enabled": !s.disabled,
			"condition": nil, "inputs": s.inputs, "task": template.Object{"id": s.id, "name": "Task", "version": "1.0.0"}})
	}
	return template.Object{"job": template.Object{"steps": template.List(steps...)}, "variables": c.variables,
		"resources": template.Object{"repositories": template.Object{}}}
}

func hostile(r *rand.Rand) string {
	return []string{"plain", "it's", "a]b", "$(secret)", "##vso[task.complete result=Failed]", "a|b", "a,b", "${{ job }}", "'); drop", "\"", "0\n1", "!"}[r.IntN(12)]
}

const (
	cmdLine  = "d9bafed4-0b18-4f58-968d-86655b4d2ce9"
	docker   = "e28912f1-0114-4464-802a-a3a35437fd16"
	dotnet   = "5541a522-603c-47ad-91fc-a4b1d163081b"
	keyVault = "1e244d32-2dd4-4165-96fb-b7441ca9331e"
	unlisted = "0f0e0d0c-0000-4000-8000-0000000000aa"
)

var tasks = sync.OnceValue(armtask.All)

// azure makes a step with a task that comes with Azure Pipelines, with all of its connections.
func azure(r *rand.Rand) made {
	for all := tasks(); ; {
		v := all[r.IntN(len(all))]
		if !v.InBox || v.Server || len(v.Inputs) == 0 {
			continue
		}
		s := made{id: v.ID, inputs: template.Object{"text": hostile(r)}}
		for _, in := range v.Inputs {
			if in.Name == "ConnectedServiceName" {
				if in.When != "always" && in.When != "ConnectionType = AzureRM" {
					continue // see TestAStepThatMayLackItsConnectionIsNotCounted
				}
				s.ambiguous = true
			}
			connection := newID(r)
			s.inputs[in.Name] = connection
			s.azure = append(s.azure, connection)
		}
		if len(s.azure) > 0 {
			return s
		}
	}
}

func other(r *rand.Rand) made {
	switch r.IntN(3) {
	case 0:
		return made{id: cmdLine, inputs: template.Object{"script": hostile(r)}}
	case 1:
		return made{id: docker, inputs: template.Object{"containerRegistry": newID(r)}}
	}
	return made{id: unlisted, inputs: template.Object{"serviceConnection": newID(r), "connectedServiceNameKubernetes": newID(r)}}
}

// plain are kinds of jobs whose connections must all be checked. The context of each is the same to a template.
var plain = []string{"YAML job", "deployment job", "classic build", "classic release", "container", "matrix", "template-made steps", "twenty connections", "one step"}

// untouched are kinds of jobs that must stay as they are.
var untouched = []string{"none", "disabled steps", "own preflight", "opted out", "another project", "excluded project", "server job"}

var kinds = slices.Concat(plain, untouched, []string{"another type in ConnectedServiceName", "another type in another input of ours", "hostile connection"})

// generate makes a job of a kind.
func generate(r *rand.Rand, kind string) contextOf {
	c := contextOf{kind: kind, variables: template.Object{"System.TeamProject": "Shop", "name": hostile(r)}}
	add := func(n int, f func(*rand.Rand) made) {
		for range n {
			c.steps = append(c.steps, f(r))
		}
	}
	azureSteps := 1 + r.IntN(4)
	switch kind {
	case "twenty connections":
		azureSteps = 20
	case "none", "server job":
		azureSteps = 0
	case "one step":
		azureSteps = 1
	}
	add(azureSteps, azure)
	if kind != "one step" {
		add(1+r.IntN(4), other)
	}
	switch kind {
	case "disabled steps":
		c.steps[r.IntN(len(c.steps))].disabled = true
	case "another type in ConnectedServiceName":
		c.steps = append(c.steps, made{id: unlisted, inputs: template.Object{"ConnectedServiceName": newID(r)}})
	case "another type in another input of ours":
		names := []string{"azureSubscription", "connectedServiceNameARM", "ConnectedServiceNameARM", "azureResourceManagerEndpoint", "ARMConnectedServiceName"}
		c.steps = append(c.steps, made{id: unlisted, inputs: template.Object{names[r.IntN(len(names))]: newID(r)}})
	case "hostile connection":
		for name := range c.steps[0].inputs {
			c.steps[0].inputs[name] = hostile(r)
		}
		c.steps[0].azure = nil
	case "own preflight":
		c.steps = append(c.steps, made{id: strings.ToUpper(decorator.TaskID), inputs: template.Object{}})
	case "opted out":
		c.variables["ArmPreflight.Inject"] = []string{"false", "False"}[r.IntN(2)]
	case "another project":
		c.variables["System.TeamProject"] = hostile(r)
	case "excluded project":
		c.variables["System.TeamProject"] = []string{"Bank", "BANK"}[r.IntN(2)]
	case "server job":
		c.steps = []made{{id: "9c3e8943-130d-4c78-ac63-8af81df62dfb", inputs: template.Object{"connectedServiceNameARM": newID(r)}}}
	}
	if strings.HasPrefix(kind, "classic") { // the editor stores each input of a task, also empty ones
		for _, s := range c.steps {
			for _, name := range []string{"ConnectedServiceName", "connectedServiceNameARM", "azureSubscription", "azureSubscriptionEndpoint", "ConnectionType"} {
				if !slices.ContainsFunc(slices.Collect(maps.Keys(s.inputs)), func(has string) bool { return strings.EqualFold(has, name) }) {
					s.inputs[name] = ""
				}
			}
		}
	}
	r.Shuffle(len(c.steps), func(i, j int) { c.steps[i], c.steps[j] = c.steps[j], c.steps[i] })
	return c
}

// faults evaluates templates for generated jobs and returns which properties don't hold. It stops when it has found a fault that's
// expected.
func faults(t *testing.T, service template.Service, change func(string) string, expected string) map[string]int {
	t.Helper()
	files, err := decorator.Files(decorator.Options{Publisher: "contoso", Version: "1.0.0", Projects: []string{"Shop", "Bank"}, Exclude: []string{"Bank"}})
	require.NoError(t, err)
	found := map[string]int{}
	for i := 0; i < 25*len(kinds) && found[expected] == 0; i++ {
		r := rand.New(rand.NewPCG(24, uint64(i)))
		c := generate(r, kinds[i%len(kinds)])
		steps, err := service.Evaluate(change(string(files[1+i%2].Content)), c.object(r))
		if err != nil {
			found["an error: "+err.Error()]++
			continue
		}
		for fault := range judge(c, steps) {
			found[fault]++
		}
	}
	return found
}

func judge(c contextOf, steps []template.Step) map[string]bool {
	found := map[string]bool{}
	var all, certain []string
	for _, s := range c.steps {
		all = append(all, s.azure...)
		if !s.ambiguous {
			certain = append(certain, s.azure...)
		}
	}
	if len(steps) > 1 {
		found["more than one step"] = true
	}
	if slices.Contains(untouched, c.kind) && len(steps) > 0 {
		found["a job that must not change: "+c.kind] = true
	}
	if slices.Contains(untouched, c.kind) {
		return found
	}
	var got []string
	for _, s := range steps {
		got = append(got, strings.Split(s.Inputs["moreConnections"], ",")...)
		if s.Inputs["connectedServiceNameARM"] != got[0] {
			found["the first connection is another one"] = true
		}
	}
	missing := func(want []string) bool {
		return slices.ContainsFunc(want, func(c string) bool { return !slices.Contains(got, c) })
	}
	if slices.ContainsFunc(got, func(c string) bool { return c != "" && !slices.Contains(all, c) }) {
		found["a connection of another type"] = true
	}
	if slices.Contains(plain, c.kind) && missing(all) || c.kind == "another type in ConnectedServiceName" && missing(certain) {
		found["an Azure step without a preflight"] = true
	}
	return found
}

func unchanged(s string) string { return s }

func TestThePropertiesHoldForGeneratedJobs(t *testing.T) {
	assert.Empty(t, faults(t, template.Service{}, unchanged, ""))
}

// TestAWrongAssumptionIsHarmless: jobs may stay without a step, and nothing else happens.
func TestAWrongAssumptionIsHarmless(t *testing.T) {
	for name, service := range map[string]template.Service{
		"names of inputs in exact case":     {ExactCase: true},
		"split leaves out empty parts":      {DropEmpty: true},
		"both, which no document rules out": {ExactCase: true, DropEmpty: true},
	} {
		t.Run(name, func(t *testing.T) {
			found := faults(t, service, unchanged, "")
			delete(found, "an Azure step without a preflight")
			assert.Empty(t, found)
		})
	}
}

func TestABrokenTemplateBreaksEachProperty(t *testing.T) {
	for _, tc := range []struct{ name, old, new, fault string }{
		{name: "a task that isn't counted", old: keyVault, new: "x", fault: "an Azure step without a preflight"},
		{name: "values without counting", old: "le(length", new: "or(true, length", fault: "a connection of another type"},
		{name: "two ways at once", old: "split(trim(", new: "split(format('{0};{0}', ", fault: "more than one step"},
		{name: "no opt-out", old: "ne(variables['ArmPreflight.Inject'], 'false')", new: "true", fault: "a job that must not change: opted out"},
		{name: "own preflight isn't seen", old: "'" + decorator.TaskID + "'", new: "'x'", fault: "a job that must not change: own preflight"},
		{name: "disabled steps aren't seen", old: "job.steps.*.enabled, false", new: "job.steps.*.id, false", fault: "a job that must not change: disabled steps"},
		{name: "any project", old: "eq(listed0, 'True')", new: "true", fault: "a job that must not change: another project"},
		{name: "excluded projects, too", old: "eq(excluded0, 'False')", new: "true", fault: "a job that must not change: excluded project"},
		{name: "the task of a server job counts", old: "46e4be58-730b-4389-8a2f-ea10b3e5e815", new: "9c3e8943-130d-4c78-ac63-8af81df62dfb", fault: "a job that must not change: server job"},
		{name: "any text", old: "and(ne(connections, ''), eq(", new: "or(true, eq(", fault: "a connection of another type"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			found := faults(t, template.Service{}, func(s string) string {
				changed := strings.ReplaceAll(s, tc.old, tc.new)
				require.NotEqual(t, s, changed)
				return changed
			}, tc.fault)
			assert.Contains(t, found, tc.fault, "%v", found)
		})
	}
}

// injected evaluates the template for a job with some steps.
func injected(t *testing.T, o decorator.Options, steps ...made) []template.Step {
	t.Helper()
	o.Publisher, o.Version = "contoso", "1.0.0"
	files, err := decorator.Files(o)
	require.NoError(t, err)
	c := contextOf{variables: template.Object{"System.TeamProject": "Shop"}, steps: steps}
	got, err := template.Service{}.Evaluate(string(files[1].Content), c.object(rand.New(rand.NewPCG(1, 2))))
	require.NoError(t, err)
	return got
}

func step(id string, inputs ...string) made {
	s := made{id: id, inputs: template.Object{}}
	for i := 0; i < len(inputs); i += 2 {
		s.inputs[inputs[i]] = inputs[i+1]
	}
	return s
}

const one, two = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"

func TestTheStepIsAsItIsDocumented(t *testing.T) {
	got := injected(t, decorator.Options{}, step(keyVault, "ConnectedServiceName", one), step("46e4be58-730b-4389-8a2f-ea10b3e5e815", "connectedServiceNameARM", two))
	require.Len(t, got, 1)
	assert.Equal(t, map[string]string{"task": decorator.TaskID + "@1", "displayName": "ARM Preflight (injected)", "continueOnError": "true", "timeoutInMinutes": "5"}, got[0].Fields)
	assert.Equal(t, "never", got[0].Inputs["failOn"])
	got = injected(t, decorator.Options{FailOn: "fail"}, step(keyVault, "ConnectedServiceName", one))
	require.Len(t, got, 1)
	assert.Equal(t, map[string]string{"connectedServiceNameARM": one, "moreConnections": one, "failOn": "fail"}, got[0].Inputs)
	assert.NotContains(t, got[0].Fields, "continueOnError")
}

// TestAStepThatMayLackItsConnectionIsNotCounted: .NET's task rarely has a connection, so a count with it would prove nothing.
func TestAStepThatMayLackItsConnectionIsNotCounted(t *testing.T) {
	assert.Empty(t, injected(t, decorator.Options{}, step(dotnet), step(unlisted, "ConnectedServiceName", one)))
	assert.Empty(t, injected(t, decorator.Options{}, step(dotnet, "ConnectedServiceName", two)), "the price: such a connection isn't checked")
	assert.Len(t, injected(t, decorator.Options{}, step(dotnet, "ConnectedServiceName", ""), step(keyVault, "ConnectedServiceName", one)), 1, "the classic editor stores empty inputs, too")
	const deploy = "497d490f-eea7-4f2b-ab94-48d9c1acdcb1"
	assert.Len(t, injected(t, decorator.Options{}, step(deploy, "ConnectedServiceName", two)), 1)
	assert.Empty(t, injected(t, decorator.Options{}, step(deploy, "ConnectionType", "PublishProfile"), step(unlisted, "ConnectedServiceName", one)))
}

// TestWhatACountCannotSee: the one way for a connection of another type. The task says nothing about such a connection.
func TestWhatACountCannotSee(t *testing.T) {
	got := injected(t, decorator.Options{}, step(docker, "containerRegistry", two), step(unlisted, "azureSubscriptionEndpoint", one))
	require.Len(t, got, 1)
	assert.Equal(t, one, got[0].Inputs["connectedServiceNameARM"])
}

func TestFurtherTasksCountWithTheirInputs(t *testing.T) {
	o := decorator.Options{Tasks: []decorator.Task{{ID: unlisted, Inputs: []string{"azureThing", "ConnectedServiceName"}}}}
	got := injected(t, o, step(unlisted, "azureThing", one, "ConnectedServiceName", two))
	require.Len(t, got, 1)
	assert.Equal(t, one+","+two, items(got[0].Inputs["moreConnections"]))
	assert.Empty(t, injected(t, o, step(unlisted, "other", one)))
}

// items leaves out empty items, as Azure Pipelines does.
func items(list string) string {
	return strings.Join(strings.FieldsFunc(list, func(r rune) bool { return r == ',' }), ",")
}
