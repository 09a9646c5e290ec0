package template

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func job(ids ...string) Object {
	var steps []Object
	for _, id := range ids {
		steps = append(steps, Object{"task": Object{"id": id}, "inputs": Object{"Name": id + "-in"}, "enabled": true})
	}
	return Object{"job": Object{"steps": List(steps...)}, "variables": Object{"A.b": "Shop"}}
}

// TestExpressions holds the evaluator to the page about expressions (MicrosoftDocs/azure-devops-docs docs/pipelines/process/expressions.md).
func TestExpressions(t *testing.T) {
	for expression, want := range map[string]any{
		`join(',', job.steps.*.task.id)`:            "x,Y",
		`join(',', job.steps.*.inputs.nosuch)`:      "",
		`length(job.steps.*.inputs.name)`:           2.0,
		`job.steps[1].task.id`:                      "Y",
		`job.steps[9].task.id`:                      nil,
		`split('a,,b', ',')[1]`:                     "",
		`length(split('a,b;', ',;'))`:               3.0,
		`split('', ',')[0]`:                         "",
		`containsValue(job.steps.*.task.id, 'y')`:   true,
		`containsValue(job.steps.*.enabled, false)`: false,
		`in('B', 'a', 'b')`:                         true,
		`eq('abc', 'ABC')`:                          true,
		`ne(variables['A.b'], 'shop')`:              false,
		`eq(variables['none'], '')`:                 true,
		`format('{0}-{1}', true, 'it''s')`:          "True-it's",
		`replace('a.b.', '.', '')`:                  "ab",
		`trim('  a ')`:                              "a",
		`lower('ABC')`:                              "abc",
		`and(true, or(false, not(eq(1, 2))))`:       true,
		`lt(length('ab'), 3)`:                       true,
	} {
		assert.Equal(t, want, Service{}.evaluate(expression, job("x", "Y")), expression)
	}
	assert.Equal(t, list{"a", "b"}, Service{DropEmpty: true}.evaluate(`split(',a,,b,', ',')`, nil))
	assert.Equal(t, "", Service{ExactCase: true}.evaluate(`join(',', job.steps.*.inputs.name)`, job("x")))
}

func TestATemplateEmitsItsSteps(t *testing.T) {
	steps, err := Service{}.Evaluate("# a comment\nsteps:\n- ${{ each s in job.steps }}:\n  - ${{ if ne(s.task.id, 'y') }}:\n    - task: a@1\n      inputs:\n        b: ${{ s.task.id }}\n        c: d\n", job("x", "y", "z"))
	require.NoError(t, err)
	assert.Equal(t, []Step{
		{Fields: map[string]string{"task": "a@1"}, Inputs: map[string]string{"b": "x", "c": "d"}},
		{Fields: map[string]string{"task": "a@1"}, Inputs: map[string]string{"b": "z", "c": "d"}},
	}, steps)
}

// TestAMistakeDropsAllSteps, as Azure Pipelines is said to.
func TestAMistakeDropsAllSteps(t *testing.T) {
	for name, text := range map[string]string{
		"no steps":                       "- task: a@1\n",
		"an unknown function":            "steps:\n- ${{ if iff(true) }}:\n  - task: a@1\n",
		"an unknown name":                "steps:\n- ${{ if stage }}:\n  - task: a@1\n",
		"a text without an end":          "steps:\n- ${{ if eq('a, 'b') }}:\n  - task: a@1\n",
		"a function without an argument": "steps:\n- ${{ if not() }}:\n  - task: a@1\n",
		"a name twice":                   "steps:\n- ${{ each s in job.steps }}:\n  - ${{ each S in job.steps }}:\n    - task: a@1\n",
		"a name of the context":          "steps:\n- ${{ each job in job.steps }}:\n  - task: a@1\n",
		"a key that's too long":          "steps:\n- ${{ if eq('" + strings.Repeat("a", 1100) + "', 'b') }}:\n  - task: a@1\n",
		"functions in 51 functions":      "steps:\n- ${{ if " + strings.Repeat("not(", 51) + "true" + strings.Repeat(")", 51) + " }}:\n  - task: a@1\n",
		"no directive":                   "steps:\n- ${{ insert }}:\n  - task: a@1\n",
	} {
		steps, err := Service{}.Evaluate(text, job("x"))
		assert.Error(t, err, name)
		assert.Empty(t, steps, name)
	}
}
