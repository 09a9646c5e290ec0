package lint

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

func result(t testing.TB, files string, options Options) (Result, fstest.MapFS) {
	repository := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(files)).Files {
		repository[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	r, err := Run(repository, []string{"."}, options)
	require.NoError(t, err)
	return r, repository
}

func found(r Result) []string {
	all := []string{}
	for _, f := range r.Findings {
		all = append(all, f.Where()+" "+string(f.Diagnosis.Code))
	}
	return all
}

const late = `
    - bash: echo "##vso[task.setvariable variable=conn]sc-prod"
    - task: AzureCLI@2
      inputs: {azureSubscription: $(conn)}
`

func TestHowAConnectionIsNamed(t *testing.T) {
	step := func(above, name string) string {
		return "-- p.yml --\n" + above + "steps:\n- script: echo \"##vso[task.setvariable variable=conn;isOutput=true]x\"\n  name: find\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: " + name + "\n"
	}
	for name, tc := range map[string]struct {
		files string
		want  []string
	}{
		"by its name":                                 {step("", "sc-prod"), nil},
		"by a variable that a step sets":              {step("", "$(conn)"), []string{"connection-set-by-step"}},
		"by a template expression of such a variable": {step("", "${{ variables.conn }}"), []string{"connection-set-by-step"}},
		"by an output variable":                       {step("", "$(find.conn)"), []string{"connection-from-output"}},
		"by a run-time expression":                    {step("", "$[ variables.x ]"), []string{"connection-from-expression"}},
		"by a variable that is one":                   {step("variables:\n  x: $[ dependencies.a.outputs['b.c'] ]\n", "$(x)"), []string{"connection-from-expression"}},
		"by a variable that holds such a variable":    {step("variables:\n  x: sc-$(conn)\n", "$(x)"), []string{"connection-set-by-step"}},
		"by a variable of the YAML":                   {step("variables:\n  x: sc-prod\n", "$(X)"), nil},
		"by a variable in a list":                     {step("variables:\n- name: x\n  value: sc-prod\n", "$(x)"), nil},
		"by a variable under a condition":             {step("variables:\n- ${{ if eq(1, 2) }}:\n  - name: x\n    value: a\n- ${{ else }}:\n  - name: x\n    value: b\n", "$(x)"), nil},
		"by a variable that the YAML and a step set":  {step("variables:\n  conn: sc-prod\n", "$(conn)"), []string{"connection-value-fixed"}},
		"by a variable of somewhere else":             {step("", "$(elsewhere)"), []string{"connection-variable-undefined"}},
		"by one of the run":                           {step("", "sc-$(Build.SourceBranchName)"), nil},
		"by a parameter":                              {step("parameters:\n- name: c\n  default: $(conn)\n", "${{ parameters.c }}"), []string{"connection-set-by-step"}},
		"by a function":                               {step("", "${{ format('{0}', 'a') }}"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := result(t, tc.files, Options{})
			var codes []string
			for _, f := range r.Findings {
				codes = append(codes, string(f.Diagnosis.Code))
			}
			assert.Equal(t, tc.want, codes)
			assert.Empty(t, r.Unseen)
		})
	}
}

func TestTemplatesAreFollowed(t *testing.T) {
	r, _ := result(t, `
-- azure-pipelines.yml --
trigger: none
extends:
  template: /t/stages.yml
  parameters:
    connections: [$(conn), sc-b]
-- t/stages.yml --
parameters:
- name: connections
  type: object
stages:
- stage: A
  jobs:
  - ${{ each c in parameters.connections }}:
    - template: job.yml
      parameters: {connection: '${{ c }}'}
  - template: elsewhere.yml@other
-- t/job.yml --
parameters:
- name: connection
jobs:
- deployment:
  strategy:
    runOnce:
      deploy:
        steps:
        - bash: echo "##vso[task.setvariable variable=conn]sc"
        - template: deploy.yml
          parameters: {connection: '${{ parameters.connection }}'}
-- t/deploy.yml --
parameters:
  connection: ''
steps:
- task: AzureCLI@2
  inputs:
    azureSubscription: ${{ parameters.connection }}
`, Options{})
	assert.Equal(t, []string{"azure-pipelines.yml:5:19 connection-set-by-step"}, found(r))
	assert.Equal(t, []Unseen{{"t/stages.yml", 10, "template 'elsewhere.yml@other' is in another repository"}}, r.Unseen)
	assert.Equal(t, 4, r.Files)
}

func TestAScriptThatSignsInNeedsATaskThatNamesAConnection(t *testing.T) {
	const script = "-- p.yml --\nsteps:\n- bash: curl \"$SYSTEM_OIDCREQUESTURI?api-version=7.1&serviceConnectionId=$ID\"\n"
	r, _ := result(t, script, Options{})
	assert.Equal(t, []string{"p.yml:2:9 connection-not-referenced"}, found(r))
	r, _ = result(t, script+"- task: AzureCLI@2\n  inputs: {azureSubscription: a}\n", Options{})
	assert.Empty(t, r.Findings)
	r, _ = result(t, script+"- template: a.yml@other\n", Options{})
	assert.Empty(t, r.Findings, "the template may name it")
}

// TestThePatchGivesEveryJobItsPreflight applies it by git, and looks again.
func TestThePatchGivesEveryJobItsPreflight(t *testing.T) {
	const files = `
-- p.yml --
jobs:
- job: a
  steps:
  - checkout: none
  - task: AzureCLI@2
    inputs: {azureSubscription: sc-a}
- job: b
  steps:
  # first
  - template: t.yml
    parameters: {c: sc-b}
- job: c
  pool: server
  steps:
  - task: AzureFunction@1
    inputs: {azureSubscription: sc-a}
-- t.yml --
parameters: {c: ''}
steps:
- task: AzureCLI@2
  inputs:
    azureSubscription: ${{ parameters.c }}
`
	r, repository := result(t, files, Options{RequirePreflight: true})
	assert.Equal(t, []string{"p.yml:2:3 preflight-missing", "p.yml:7:3 preflight-missing"}, found(r))
	folder := t.TempDir()
	for name, f := range repository {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), f.Data, 0o644))
	}
	apply := exec.CommandContext(t.Context(), "git", "apply", "-")
	apply.Dir, apply.Stdin = folder, strings.NewReader(r.Patch())
	said, err := apply.CombinedOutput()
	require.NoError(t, err, string(said))
	again, err := Run(os.DirFS(folder), []string{"."}, Options{RequirePreflight: true})
	require.NoError(t, err)
	assert.Empty(t, again.Findings)
	assert.Empty(t, again.Patch())
}

func TestOtherYAMLIsLeftAlone(t *testing.T) {
	r, repository := result(t, "-- .github/w.yml --\non: push\njobs:\n  a:\n    steps: []\n-- broken.yml --\nsteps:\n\t- a\n-- compose.yaml --\nservices: {}\n", Options{})
	assert.Empty(t, r.Findings)
	require.Len(t, r.Unseen, 1)
	assert.Equal(t, "broken.yml", r.Unseen[0].File)
	_, err := Run(repository, []string{"compose.yaml"}, Options{})
	assert.ErrorContains(t, err, "is no Azure pipeline")
}

func FuzzRun(f *testing.F) {
	f.Add([]byte("steps:\n" + late))
	f.Add([]byte("parameters:\n- name: a\n  default: ${{ parameters.a }}\nsteps:\n- ${{ parameters.a }}\n- template: p.yml\n"))
	f.Add([]byte("stages:\n- ${{ each a in b }}:\n  - ${{ if c }}: []\nvariables: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Run(fstest.MapFS{"p.yml": {Data: data}}, []string{"."}, Options{RequirePreflight: true})
		require.NoError(t, err)
		_ = r.Patch()
	})
}
