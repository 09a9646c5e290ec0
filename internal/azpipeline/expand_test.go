package azpipeline

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// numbered repeats a text with the numbers from 0 in it.
func numbered(text string, n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, text, i)
	}
	return out.String()
}

// TestALargeValueInALoopIsExpandedOnce counts the nodes that are visited: ten times as many keys need about ten times the work.
func TestALargeValueInALoopIsExpandedOnce(t *testing.T) {
	for name, pipeline := range map[string]func(n int) string{
		"an object's keys by name": func(n int) string {
			return "parameters:\n- name: big\n  type: object\n  default:\n" + numbered("    k%[1]d: {name: sc-%[1]d, next: k%[1]d}\n", n) +
				"steps:\n- ${{ each one in parameters.big }}:\n  - task: AzureCLI@2\n    inputs:\n      azureSubscription: ${{ parameters.big[one.value.next].name }}\n"
		},
		"an object with a condition in it": func(n int) string {
			return "parameters:\n- name: big\n  type: object\n  default:\n    first: {}\n    ${{ if true }}:\n" + numbered("      k%[1]d: {name: sc-%[1]d, next: k%[1]d}\n", n) +
				"steps:\n- ${{ each one in parameters.big }}:\n  - task: AzureCLI@2\n    inputs:\n      azureSubscription: ${{ coalesce(parameters.big[one.value.next].name, 'x') }}\n"
		},
		"a key that isn't there": func(n int) string {
			return "parameters:\n- name: big\n  type: object\n  default:\n" + numbered("    k%[1]d: {name: sc-%[1]d}\n", n) +
				"steps:\n- ${{ each one in parameters.big }}:\n  - task: AzureCLI@2\n    inputs:\n      azureSubscription: ${{ coalesce(parameters.big['missing'], one.value.name) }}\n"
		},
		"a list by its numbers": func(n int) string {
			return "parameters:\n- name: big\n  type: object\n  default:\n" + numbered("  - sc-%d\n", n) +
				"- name: numbers\n  type: object\n  default:\n" + numbered("  - %d\n", n) +
				"steps:\n- ${{ each one in parameters.numbers }}:\n  - task: AzureCLI@2\n    inputs:\n      azureSubscription: ${{ parameters.big[one] }}\n"
		},
		"variables of a template": func(n int) string {
			return "parameters:\n- name: big\n  type: object\n  default:\n" + numbered("    k%[1]d: {name: sc-%[1]d, next: k%[1]d}\n", n) +
				"variables:\n- ${{ each one in parameters.big }}:\n  - name: v${{ one.key }}\n    value: ${{ parameters.big[one.value.next].name }}\n" +
				"steps:\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: ${{ variables.vk1 }}\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			work := func(n int) int {
				l := NewLibrary(fstest.MapFS{"azure-pipelines.yml": {Data: []byte("trigger: none\n" + pipeline(n))}})
				file, err := l.Open("azure-pipelines.yml")
				require.NoError(t, err)
				p, cut := l.Resolve(file, func(at Position, _, why string) { t.Error(at, why) }, func(err error) { t.Error(err) })
				require.False(t, cut, "the bound isn't reached")
				last := p.Stages[0].Jobs[0].Hooks[0].Steps
				v := last[len(last)-1].Inputs[0].Value
				assert.Contains(t, []string{fmt.Sprintf("sc-%d", n-1), "sc-1"}, v.Text)
				assert.True(t, v.Known)
				return maxNodes - p.resolver.left
			}
			few, many := work(200), work(2000)
			assert.Less(t, many, 12*few)
		})
	}
}

// TestAnExpansionIsThatOfItsScope: the same lines mean something else for another caller and in another round.
func TestAnExpansionIsThatOfItsScope(t *testing.T) {
	l := NewLibrary(fstest.MapFS{
		"azure-pipelines.yml": {Data: []byte(`trigger: none
stages:
- ${{ each name in split('one,two', ',') }}:
  - template: stage.yml
    parameters: {name: '${{ name }}', all: {a: 'sc-${{ name }}-a', b: 'sc-${{ name }}-b'}}
- stage: three
  jobs:
  - job: both
    steps:
    - template: step.yml
      parameters: {connection: sc-a}
    - template: step.yml
      parameters: {connection: sc-b}
`)},
		"step.yml": {Data: []byte("steps:\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: ${{ parameters.connection }}\n")},
		"stage.yml": {Data: []byte(`parameters:
- name: name
- name: all
  type: object
stages:
- stage: ${{ parameters.name }}
  jobs:
  - ${{ each pair in parameters.all }}:
    - job: ${{ pair.key }}
      variables:
        ${{ if eq(pair.key, 'a') }}:
          connection: ${{ parameters.all.a }}
        ${{ else }}:
          connection: ${{ parameters.all[pair.key] }}
      steps:
      - task: AzureCLI@2
        inputs:
          ${{ insert }}: {azureSubscription: '${{ variables.connection }}'}
`)},
	})
	file, err := l.Open("azure-pipelines.yml")
	require.NoError(t, err)
	p, _ := l.Resolve(file, func(at Position, _, why string) { t.Error(at, why) }, func(err error) { t.Error(err) })
	var got []string
	for _, s := range p.Stages {
		for _, j := range s.Jobs {
			j.EachStep(func(_ *Hook, step *Step) { got = append(got, s.Name+" "+j.Name+" "+step.Inputs[0].Value.Text) })
		}
	}
	assert.Equal(t, []string{"one a sc-one-a", "one b sc-one-b", "two a sc-two-a", "two b sc-two-b",
		"three both sc-a", "three both sc-b"}, got)
}
