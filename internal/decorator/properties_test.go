package decorator_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"armpreflight/internal/armtask"
	"armpreflight/internal/decorator"
	"armpreflight/internal/sim/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// made is a step of a generated job: its part of the context, and what it is.
type made struct {
	id      string // of the task
	inputs  template.Object
	azure   []string // the connections that must be checked
	enabled bool
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
		steps = append(steps, template.Object{"id": newID(r), "type": "Task", "name": "step", "displayName": hostile(r), "enabled": s.enabled,
			"condition": nil, "inputs": s.inputs, "task": template.Object{"id": s.id, "name": "Task", "version": "1.0.0"}})
	}
	return template.Object{"job": template.Object{"steps": template.List(steps...)}, "variables": c.variables,
		"resources": template.Object{"repositories": template.Object{}}}
}

func hostile(r *rand.Rand) string {
	return []string{"plain", "it's", "a]b", "$(secret)", "##vso[task.complete result=Failed]", "a|b", "a,b", "${{ job }}", "'); drop", "\"", "0\n1", "!"}[r.IntN(12)]
}

const cmdLine, docker, unlisted = "d9bafed4-0b18-4f58-968d-86655b4d2ce9", "e28912f1-0114-4464-802a-a3a35437fd16", "0f0e0d0c-0000-4000-8000-0000000000aa"

// azure makes a step with a task that comes with Azure Pipelines, with one of its connections.
func azure(r *rand.Rand) made {
	for {
		all := armtask.All()
		v := all[r.IntN(len(all))]
		if !v.InBox || len(v.Inputs) == 0 || slices.Contains([]string{"AzureFunction", "AzureMonitor", "AzurePolicyCheckGate", "InvokeRESTAPI", "PublishToAzureServiceBus"}, v.Name) ||
			slices.Contains([]string{"DotNetCoreCLI", "Maven", "PackerBuild", "PublishSymbols", "VSTest", "AzureTestPlan"}, v.Name) {
			continue // an ambiguous input that a step may lack: see TestAnAmbiguousInputTakesTheCarefulWay
		}
		s := made{id: v.ID, inputs: template.Object{"text": hostile(r)}, enabled: true}
		for _, in := range v.Inputs {
			connection := newID(r)
			s.inputs[in.Name] = connection
			s.azure = append(s.azure, connection)
		}
		return s
	}
}

func other(r *rand.Rand) made {
	switch r.IntN(3) {
	case 0:
		return made{id: cmdLine, inputs: template.Object{"script": hostile(r)}, enabled: true}
	case 1:
		return made{id: docker, inputs: template.Object{"containerRegistry": newID(r)}, enabled: true}
	}
	return made{id: unlisted, inputs: template.Object{"serviceConnection": newID(r), "connectedServiceNameKubernetes": newID(r)}, enabled: true}
}

var kinds = []string{"YAML job", "deployment job", "classic build", "classic release", "container", "matrix", "template-made steps", "disabled steps", "twenty connections",
	"none", "another type under an ambiguous name", "hostile connection", "own preflight", "opted out", "another project", "server job", "one step"}

// generate makes a job of a kind.
func generate(r *rand.Rand, kind string) contextOf {
	c := contextOf{kind: kind, variables: template.Object{"System.TeamProject": "Shop", "name": hostile(r)}}
	add := func(n int, f func(*rand.Rand) made) {
		for range n {
			c.steps = append(c.steps, f(r))
		}
	}
	add(1+r.IntN(3), other)
	add(map[string]int{"twenty connections": 20, "none": 0, "server job": 0, "one step": 1}[kind]+map[bool]int{true: 1 + r.IntN(4)}[!slices.Contains([]string{"twenty connections", "none", "server job", "one step"}, kind)], azure)
	add(r.IntN(3), other)
	switch kind {
	case "disabled steps":
		for i := range c.steps {
			c.steps[i].enabled = r.IntN(2) == 0
		}
	case "another type under an ambiguous name":
		c.steps = append(c.steps, made{id: unlisted, inputs: template.Object{"connectedServiceName": newID(r)}, enabled: true})
	case "hostile connection":
		for name := range c.steps[len(c.steps)-1].inputs {
			c.steps[len(c.steps)-1].inputs[name] = hostile(r)
		}
		s := azure(r)
		for _, in := range slices.Sorted(keys(s.inputs)) {
			s.inputs[in] = hostile(r)
		}
		s.azure, c.steps = nil, append(c.steps, s)
	case "own preflight":
		c.steps = append(c.steps, made{id: strings.ToUpper(decorator.TaskID), inputs: template.Object{}, enabled: true})
	case "opted out":
		c.variables["ArmPreflight.Inject"] = []string{"false", "False"}[r.IntN(2)]
	case "another project":
		c.variables["System.TeamProject"] = hostile(r)
	case "server job":
		c.steps = []made{{id: "9c3e8943-130d-4c78-ac63-8af81df62dfb", inputs: template.Object{"connectedServiceNameARM": newID(r)}, enabled: true}}
	}
	if kind != "server job" {
		r.Shuffle(len(c.steps), func(i, j int) { c.steps[i], c.steps[j] = c.steps[j], c.steps[i] })
	}
	return c
}

func keys(o template.Object) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range o {
			if !yield(k) {
				return
			}
		}
	}
}

// faults evaluates templates for generated jobs and returns which properties don't hold.
func faults(t *testing.T, change func(string) string) map[string]int {
	t.Helper()
	files, err := decorator.Files(decorator.Options{Publisher: "contoso", Version: "1.0.0", Projects: []string{"Shop", "Bank"}})
	require.NoError(t, err)
	found := map[string]int{}
	for i := range 408 {
		r := rand.New(rand.NewPCG(24, uint64(i)))
		c := generate(r, kinds[i%len(kinds)])
		steps, err := template.Evaluate(change(string(files[1+i%2].Content)), c.object(r))
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
	var want []string
	disabled, firstAzureEnabled := false, false
	seen := false
	for _, s := range c.steps {
		disabled = disabled || !s.enabled
		if s.enabled {
			want = append(want, s.azure...)
		}
		if _, listed := armtask.Lookup(s.id); listed && len(s.azure) > 0 && !seen {
			seen, firstAzureEnabled = true, s.enabled
		}
	}
	if len(steps) > 1 {
		found["more than one step"] = true
	}
	if slices.Contains([]string{"own preflight", "opted out", "another project", "server job", "none"}, c.kind) && len(steps) > 0 {
		found["a job that must not change: "+c.kind] = true
		return found
	}
	var got []string
	for _, s := range steps {
		got = append(got, s.Inputs["connectedServiceNameARM"])
		if more := s.Inputs["moreConnections"]; more != "" {
			got = append(got, strings.Split(more, ",")...)
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			found["a connection of another type, or of a disabled step"] = true
		}
	}
	switch c.kind {
	case "own preflight", "opted out", "another project", "server job", "none", "hostile connection":
	case "disabled steps", "another type under an ambiguous name":
		if len(steps) == 0 && len(want) > 0 && firstAzureEnabled && !disabled {
			found["an Azure step without a preflight"] = true
		}
	default:
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(slices.Compact(got), slices.Compact(want)) {
			found["an Azure step without a preflight"] = true
		}
	}
	return found
}

func TestThePropertiesHoldForGeneratedJobs(t *testing.T) {
	assert.Empty(t, faults(t, func(s string) string { return s }))
}

func TestABrokenTemplateBreaksEachProperty(t *testing.T) {
	for _, tc := range []struct{ name, old, new, fault string }{
		{name: "nothing counts as one of ours", old: "ne(t4, t0)", new: "eq(t4, 'x')", fault: "an Azure step without a preflight"},
		{name: "values without counting", old: "if eq(sure3, 'True')", new: "if or(true, true)", fault: "a connection of another type, or of a disabled step"},
		{name: "both ways at once", old: "if ne(sure3, 'True')", new: "if or(true, true)", fault: "more than one step"},
		{name: "no opt-out", old: "ne(variables['ArmPreflight.Inject'], 'false')", new: "true", fault: "a job that must not change: opted out"},
		{name: "own preflight isn't seen", old: decorator.TaskID + "'))", new: "x'))", fault: "a job that must not change: own preflight"},
		{name: "any project", old: "eq(listed0, 'True')", new: "true", fault: "a job that must not change: another project"},
		{name: "the task of a server job counts", old: "46e4be58-730b-4389-8a2f-ea10b3e5e815", new: "9c3e8943-130d-4c78-ac63-8af81df62dfb", fault: "a job that must not change: server job"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			found := faults(t, func(s string) string {
				changed := strings.ReplaceAll(s, tc.old, tc.new)
				require.NotEqual(t, s, changed)
				return changed
			})
			assert.Contains(t, found, tc.fault, "%v", found)
		})
	}
}

// TestAnAmbiguousInputTakesTheCarefulWay: .NET's task rarely has a connection, so a count with it proves nothing.
func TestAnAmbiguousInputTakesTheCarefulWay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const dotnet = "5541a522-603c-47ad-91fc-a4b1d163081b"
	foreign, keyVault := newID(r), newID(r)
	c := contextOf{variables: template.Object{"System.TeamProject": "Shop"}, steps: []made{
		{id: dotnet, inputs: template.Object{}, enabled: true},
		{id: unlisted, inputs: template.Object{"ConnectedServiceName": foreign}, enabled: true},
		{id: "1e244d32-2dd4-4165-96fb-b7441ca9331e", inputs: template.Object{"ConnectedServiceName": keyVault}, enabled: true},
	}}
	files, err := decorator.Files(decorator.Options{Publisher: "contoso", Version: "1.0.0"})
	require.NoError(t, err)
	steps, err := template.Evaluate(string(files[1].Content), c.object(r))
	require.NoError(t, err)
	require.Len(t, steps, 1)
	assert.Equal(t, map[string]string{"connectedServiceNameARM": keyVault, "moreConnections": "", "failOn": "never"}, steps[0].Inputs)
	c.steps = c.steps[:2]
	steps, err = template.Evaluate(string(files[1].Content), c.object(r))
	require.NoError(t, err)
	assert.Empty(t, steps)
}
