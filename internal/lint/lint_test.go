package lint

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
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
	for _, line := range lines(r) {
		at, rest, _ := strings.Cut(line, " ")
		_, code, _ := strings.Cut(rest, " ")
		all = append(all, at+" "+code)
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
		"by its name":                                                   {step("", "sc-prod"), nil},
		"by a variable that a step sets":                                {step("", "$(conn)"), []string{"connection-set-by-step"}},
		"by a template expression of such a variable":                   {step("", "${{ variables.conn }}"), []string{"connection-set-by-step"}},
		"by an output variable":                                         {step("", "$(find.conn)"), []string{"connection-from-output"}},
		"by a run-time expression":                                      {step("", "$[ variables.x ]"), []string{"connection-from-expression"}},
		"by a variable that is one":                                     {step("variables:\n  x: $[ dependencies.a.outputs['b.c'] ]\n", "$(x)"), []string{"connection-from-expression"}},
		"by a variable that holds such a variable":                      {step("variables:\n  x: sc-$(conn)\n", "$(x)"), []string{"connection-set-by-step"}},
		"by a variable of the YAML":                                     {step("variables:\n  x: sc-prod\n", "$(X)"), nil},
		"by a variable in a list":                                       {step("variables:\n- name: x\n  value: sc-prod\n", "$(x)"), nil},
		"by a variable under a condition":                               {step("variables:\n- ${{ if eq(1, 2) }}:\n  - name: x\n    value: a\n- ${{ else }}:\n  - name: x\n    value: b\n", "$(x)"), nil},
		"by a variable that the YAML and a step set":                    {step("variables:\n  conn: sc-prod\n", "$(conn)"), []string{"connection-value-fixed"}},
		"by a variable of somewhere else":                               {step("", "$(elsewhere)"), []string{"connection-variable-undefined"}},
		"by one of the run":                                             {step("", "sc-$(Build.SourceBranchName)"), nil},
		"by one of the run, beside a step of that name":                 {strings.Replace(step("", "sc-$(Build.Reason)"), "name: find", "name: build", 1), nil},
		"by a variable that a job works out, over that of the pipeline": {"-- p.yml --\ntrigger: none\nvariables: {x: sc-prod}\njobs:\n- job:\n  variables: {x: '$[ lower(1) ]'}\n  steps:\n  - task: AzureCLI@2\n    inputs: {azureSubscription: $(x)}\n", nil},
		"by a parameter":                                                {step("parameters:\n- name: c\n  default: $(conn)\n", "${{ parameters.c }}"), []string{"connection-set-by-step"}},
		"by a function":                                                 {step("", "${{ format('{0}', 'a') }}"), nil},
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
	assert.Equal(t, []Unseen{{File: "t/stages.yml", Line: 10, Why: "template 'elsewhere.yml@other' is in another repository", Repository: "other"}}, r.Unseen)
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

// TestThePatchGivesEveryJobItsPreflight applies the patch with Git, and lints again.
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
	again, err := Run(patched(t, r, repository), []string{"."}, Options{RequirePreflight: true})
	require.NoError(t, err)
	assert.Empty(t, again.Findings)
	assert.Empty(t, again.Patch())
}

func TestAPreflightThatNeverRunsIsNone(t *testing.T) {
	const files = "-- azure-pipelines.yml --\nsteps:\n- task: ArmPreflight@1\n  %s: false\n  inputs: {azureSubscription: sc-a}\n- task: AzureCLI@2\n  inputs: {azureSubscription: SC-A}\n"
	for switchOff, want := range map[string]int{"enabled": 1, "condition": 1, "continueOnError": 0} {
		r, _ := result(t, fmt.Sprintf(files, switchOff), Options{RequirePreflight: true})
		assert.Len(t, r.Findings, want, switchOff)
	}
}

func TestAdviceNamesTheConnectionAsItIsWritten(t *testing.T) {
	r, _ := result(t, `
-- azure-pipelines.yml --
jobs:
- template: j.yml
  parameters: {c: sc-a}
- template: j.yml
  parameters: {c: sc-b}
-- j.yml --
parameters: {c: ''}
jobs:
- job: deploy
  steps:
  - task: AzureCLI@2
    inputs: {azureSubscription: '${{ parameters.c }}'}
`, Options{RequirePreflight: true})
	require.Len(t, r.Findings, 1)
	assert.Contains(t, r.Findings[0].Diagnosis.Headline, "'${{ parameters.c }}'")
}

// patched returns the repository after Git has applied the patch.
func patched(t *testing.T, r Result, repository fstest.MapFS) fstest.MapFS {
	t.Helper()
	folder := t.TempDir()
	for name, f := range repository {
		file := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, f.Data, 0o644))
	}
	apply := exec.CommandContext(t.Context(), "git", "apply", "--whitespace=nowarn", "-")
	apply.Dir, apply.Stdin = folder, strings.NewReader(r.Patch())
	said, err := apply.CombinedOutput()
	require.NoError(t, err, string(said)+r.Patch())
	after := fstest.MapFS{}
	for name := range repository {
		text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		require.NoError(t, err)
		after[name] = &fstest.MapFile{Data: text}
	}
	return after
}

// TestThePatchGoesWhereTheTaskIs checks that the step is under the task's condition, and names the right connection in every round of a loop
// and for every caller.
func TestThePatchGoesWhereTheTaskIs(t *testing.T) {
	const task = "- task: AzureCLI@2\n  inputs:\n    azureSubscription: "
	const preflight = "- task: ArmPreflight@1\n  inputs:\n    azureSubscription: "
	indented := func(by int, text string) string {
		margin := strings.Repeat(" ", by)
		return margin + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+margin) + "\n"
	}
	for name, tc := range map[string]struct{ files, file, before, want string }{
		"first in the job": {files: "-- p.yml --\nsteps:\n- checkout: self\n" + task + "sc-a\n", file: "p.yml",
			before: "steps:\n", want: "steps:\n" + preflight + "sc-a\n- checkout: self\n" + task + "sc-a\n"},
		"above the comment on the first step": {files: "-- p.yml --\nsteps:\n# Builds.\n#\n\n- bash: ./build # not on the step below\n  # after its script\n" + task + "sc-a\n", file: "p.yml",
			want: "steps:\n" + preflight + "sc-a\n# Builds.\n#\n\n- bash: ./build # not on the step below\n  # after its script\n" + task + "sc-a\n"},
		"above the comment on the step after the checkout": {files: "-- main.json --\n{}\n-- p.yml --\nsteps:\n# Source.\n- checkout: self\n\n# Deploys.\n- task: AzureResourceManagerTemplateDeployment@3\n  inputs:\n    azureResourceManagerConnection: sc-a\n    resourceGroupName: rg\n    csmFile: main.json\n", file: "p.yml",
			want: "steps:\n# Source.\n- checkout: self\n\n" + preflight + "sc-a\n    deployment: |\n      main.json @ resourceGroups/rg\n# Deploys.\n- task: AzureResourceManagerTemplateDeployment@3\n  inputs:\n    azureResourceManagerConnection: sc-a\n    resourceGroupName: rg\n    csmFile: main.json\n"},
		"under the condition of the task": {files: "-- p.yml --\nsteps:\n- checkout: self\n- ${{ if eq(variables['Build.Reason'], 'Manual') }}:\n" + indented(2, task+"sc-a") + task + "sc-b\n", file: "p.yml",
			want: "steps:\n" + preflight + "sc-b\n- checkout: self\n- ${{ if eq(variables['Build.Reason'], 'Manual') }}:\n" + indented(2, preflight+"sc-a\n"+task+"sc-a") + task + "sc-b\n"},
		"by the name of the round": {files: "-- p.yml --\nparameters:\n- name: all\n  default: [{c: sc-a}, {c: sc-b}]\njobs:\n- ${{ each e in parameters.all }}:\n  - job:\n    steps:\n" + indented(4, task+"${{ e.c }}"), file: "p.yml",
			want: "parameters:\n- name: all\n  default: [{c: sc-a}, {c: sc-b}]\njobs:\n- ${{ each e in parameters.all }}:\n  - job:\n    steps:\n" + indented(4, preflight+"${{ e.c }}\n"+task+"${{ e.c }}")},
		"in the loop that names the connection": {files: "-- azure-pipelines.yml --\nparameters:\n- name: all\n  default: [sc-a, sc-b]\nsteps:\n- checkout: self\n- ${{ each c in parameters.all }}:\n" + indented(2, task+"${{ c }}"), file: "azure-pipelines.yml",
			want: "parameters:\n- name: all\n  default: [sc-a, sc-b]\nsteps:\n- checkout: self\n- ${{ each c in parameters.all }}:\n" + indented(2, preflight+"${{ c }}\n"+task+"${{ c }}")},
		"by the parameter of the job's template": {files: "-- p.yml --\njobs:\n- template: j.yml\n  parameters: {c: sc-a}\n- template: j.yml\n  parameters: {c: sc-b}\n-- j.yml --\nparameters: {c: ''}\njobs:\n- job:\n  steps:\n  - checkout: self\n  - template: s.yml\n    parameters: {connection: '${{ parameters.c }}'}\n-- s.yml --\nparameters: {connection: ''}\nsteps:\n" + task + "${{ parameters.connection }}\n", file: "j.yml",
			want: "parameters: {c: ''}\njobs:\n- job:\n  steps:\n" + indented(2, preflight+"${{ parameters.c }}") + "  - checkout: self\n  - template: s.yml\n    parameters: {connection: '${{ parameters.c }}'}\n"},
		"by the parameter of the job's template, whose value no file has": {files: "-- p.yml --\ntrigger: none\nparameters:\n- name: c\n  type: string\njobs:\n- template: j.yml\n  parameters: {c: '${{ parameters.c }}'}\n-- j.yml --\nparameters: {c: ''}\njobs:\n- job:\n  steps:\n  - checkout: self\n  - template: s.yml\n    parameters: {connection: '${{ parameters.c }}'}\n-- s.yml --\nparameters: {connection: ''}\nsteps:\n- bash: ./build\n" + task + "${{ parameters.connection }}\n", file: "j.yml",
			want: "parameters: {c: ''}\njobs:\n- job:\n  steps:\n" + indented(2, preflight+"${{ parameters.c }}") + "  - checkout: self\n  - template: s.yml\n    parameters: {connection: '${{ parameters.c }}'}\n"},
		"in the steps that a caller hands over": {files: "-- azure-pipelines.yml --\nextends:\n  template: t.yml\n  parameters:\n    after:\n" + indented(4, task+"sc-a") + "-- t.yml --\nparameters:\n- name: after\n  type: stepList\njobs:\n- job:\n  steps:\n  - checkout: self\n  - ${{ parameters.after }}\n", file: "azure-pipelines.yml",
			want: "extends:\n  template: t.yml\n  parameters:\n    after:\n" + indented(4, preflight+"sc-a\n"+task+"sc-a")},
		"by the name of its own round, not of the one around": {files: "-- azure-pipelines.yml --\nparameters:\n- name: all\n  default: [{c: sc-out}]\n- name: each\n  default: [{c: sc-in}]\njobs:\n- ${{ each e in parameters.all }}:\n  - job:\n    steps:\n    - checkout: self\n    - ${{ each e in parameters.each }}:\n" + indented(6, task+"${{ e.c }}"), file: "azure-pipelines.yml",
			want: "parameters:\n- name: all\n  default: [{c: sc-out}]\n- name: each\n  default: [{c: sc-in}]\njobs:\n- ${{ each e in parameters.all }}:\n  - job:\n    steps:\n    - checkout: self\n    - ${{ each e in parameters.each }}:\n" + indented(6, preflight+"${{ e.c }}\n"+task+"${{ e.c }}")},
		"in a file whose name ends like a time": {files: "-- azure-pipelines.yml --\njobs:\n- template: 'deploy 2010-07-05 19:41:17'\n-- deploy --\njobs:\n- job:\n  steps:\n" + indented(2, task+"sc-a") + "-- deploy 2010-07-05 19:41:17 --\njobs:\n- job:\n  steps:\n" + indented(2, task+"sc-a"), file: "deploy 2010-07-05 19:41:17",
			want: "jobs:\n- job:\n  steps:\n" + indented(2, preflight+"sc-a\n"+task+"sc-a")},
		"where a template gets it out of an object": {files: "-- p.yml --\njobs:\n- template: j.yml\n  parameters: {e: {c: sc-a}}\n- template: j.yml\n  parameters: {e: {c: sc-b}}\n-- j.yml --\nparameters: {e: {}}\njobs:\n- job:\n  steps:\n  - template: s.yml\n    parameters: {e: '${{ parameters.e }}'}\n-- s.yml --\nparameters: {e: {}}\nsteps:\n" + task + "${{ parameters.e.c }}\n", file: "s.yml",
			want: "parameters: {e: {}}\nsteps:\n" + preflight + "${{ parameters.e.c }}\n" + task + "${{ parameters.e.c }}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r, repository := result(t, tc.files, Options{RequirePreflight: true})
			after := patched(t, r, repository)
			assert.Equal(t, tc.want, string(after[tc.file].Data))
			for file := range repository {
				if file != tc.file {
					assert.Equal(t, string(repository[file].Data), string(after[file].Data), file)
				}
			}
			again, err := Run(after, []string{"."}, Options{RequirePreflight: true})
			require.NoError(t, err)
			assert.Empty(t, again.Findings)
		})
	}
}

// TestThePatchOfEveryPipelineApplies also checks that the result is YAML, and that a second patch is empty.
func TestThePatchOfEveryPipelineApplies(t *testing.T) {
	some := 0
	for _, s := range samples(t) {
		r, err := Run(s.files, []string{"."}, Options{RequirePreflight: true})
		require.NoError(t, err)
		if r.Patch() == "" {
			continue
		}
		some++
		after := patched(t, r, s.files)
		for name, f := range after {
			var document yaml.Node
			assert.NoError(t, yaml.Unmarshal(f.Data, &document), name)
		}
		again, err := Run(after, []string{"."}, Options{RequirePreflight: true})
		require.NoError(t, err)
		assert.Empty(t, again.Patch(), s.name)
		assert.LessOrEqual(t, len(again.Findings), len(r.Findings), s.name)
	}
	assert.Greater(t, some, 20)
}

// TestNoPatchWhereItCouldLandElsewhere has files where Git could change another file, or the middle of a step.
func TestNoPatchWhereItCouldLandElsewhere(t *testing.T) {
	const task = "- task: AzureCLI@2\n  inputs: {azureSubscription: sc-a}\n"
	for name, file := range map[string]struct{ name, text string }{
		"a name that ends the line of the patch": {"z\n--- a/deploy.sh\n+++ b/deploy.sh.yml", "trigger: none\nsteps:\n" + task},
		"a quoted name":                          {`"p".yml`, "steps:\n" + task},
		"an anchor before the list":              {"p.yml", "steps: &s\n" + task},
		"a tag before the list":                  {"p.yml", "steps: !!seq\n" + task},
		"a lone carriage return":                 {"p.yml", "# a\r# b\nsteps:\n" + task},
		"another line separator":                 {"p.yml", "# a\u2028# b\nsteps:\n" + task},
		"an escape in a further document":        {"p.yml", "steps:\n" + task + "---\n" + strings.Repeat("- a\n", 20_000) + "# \x1b]0;x\a\n"},
		"steps by their index":                   {"azure-pipelines.yml", "parameters:\n- name: all\n  default:\n  - task: AzureCLI@2\n    inputs: {azureSubscription: sc-a}\n  - script: b\nsteps:\n- ${{ parameters.all[0] }}\n- ${{ parameters.all[1] }}\n"},
		"steps one by one, each in a job":        {"azure-pipelines.yml", "parameters:\n- name: all\n  default:\n  - task: AzureCLI@2\n    inputs: {azureSubscription: sc-a}\njobs:\n- ${{ each s in parameters.all }}:\n  - job:\n    steps:\n    - ${{ s }}\n"},
		"steps of a job without an agent too":    {"azure-pipelines.yml", "parameters:\n- name: all\n  default:\n  - task: AzureCLI@2\n    inputs: {azureSubscription: sc-a}\njobs:\n- job: a\n  steps:\n  - script: a\n  - ${{ parameters.all }}\n- job: b\n  pool: server\n  steps:\n  - ${{ parameters.all }}\n"},
		"a list in a line":                       {"p.yml", "steps: [{task: AzureCLI@2, inputs: {azureSubscription: sc-a}}]\n"},
	} {
		r, err := Run(fstest.MapFS{file.name: {Data: []byte(file.text)}}, []string{"."}, Options{RequirePreflight: true})
		require.NoError(t, err, name)
		assert.Empty(t, r.Patch(), name)
		require.NotEmpty(t, r.Unpatched, name)
	}
}

func TestWhatIsTooLargeIsSaidToBe(t *testing.T) {
	loops := "trigger: none\nparameters:\n- name: l\n  default: [" + strings.Repeat("a,", 99) + "a]\nsteps:\n- ${{ each a in parameters.l }}:\n  - ${{ each b in parameters.l }}:\n    - ${{ each c in parameters.l }}:\n      - script: a\n"
	r, _ := result(t, "-- azure-pipelines.yml --\n"+loops, Options{})
	assert.Equal(t, []Unseen{{File: "azure-pipelines.yml", Why: "it's larger or deeper than this tool's limits, so only a part of it was checked"}}, r.Unseen)
	itself, _ := result(t, "-- azure-pipelines.yml --\nsteps:\n- template: azure-pipelines.yml\n", Options{})
	assert.NotEmpty(t, itself.Unseen)
}

func TestAnAddressIsNoneInSARIF(t *testing.T) {
	for _, name := range []string{"https:/evil.example/a.yml", "javascript:a.yml"} {
		assert.Equal(t, "./"+name, uri(name))
	}
	assert.Equal(t, "a%20b/c.yml", uri("a b/c.yml"))
}

func TestNoPatchThroughALink(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "azure-pipelines.yml"), []byte("jobs:\n- template: link.yml\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "t.txt"), []byte("jobs:\n- job:\n  steps:\n  - task: AzureCLI@2\n    inputs: {azureSubscription: sc-a}\n"), 0o644))
	if err := os.Symlink("t.txt", filepath.Join(folder, "link.yml")); err != nil {
		t.Skipf("NOT RUN: no link can be made here: %v", err)
	}
	root, err := os.OpenRoot(folder)
	require.NoError(t, err)
	defer root.Close()
	r, err := Run(root.FS(), []string{"."}, Options{RequirePreflight: true})
	require.NoError(t, err)
	assert.Len(t, r.Findings, 1)
	assert.Empty(t, r.Patch())
	assert.Equal(t, []Unseen{{File: "link.yml", Line: 4, Why: "the file is behind a symbolic link"}}, r.Unpatched)
}

// TestNothingIsSaidOfWhatWorks has pipelines that earlier versions reported by mistake.
func TestNothingIsSaidOfWhatWorks(t *testing.T) {
	for name, text := range map[string]string{
		"a setter that is a comment":          "trigger: none\nvariables: [{group: g}]\nsteps:\n- script: |\n    REM echo ##vso[task.setvariable variable=c]x\n    ## echo ##vso[task.setvariable variable=c]x\n- task: AzureCLI@2\n  inputs: {azureSubscription: $(c)}\n",
		"a setter that never runs":            "trigger: none\nvariables: [{group: g}]\nsteps:\n- script: echo ##vso[task.setvariable variable=c]x\n  condition: false\n- task: AzureCLI@2\n  inputs: {azureSubscription: $(c)}\n",
		"a request for a token in a comment":  "trigger: none\nsteps:\n- bash: |\n    # curl \"$SYSTEM_OIDCREQUESTURI?api-version=7.1&serviceConnectionId=$ID\"\n",
		"an address that is only shown":       "trigger: none\nsteps:\n- bash: echo $SYSTEM_OIDCREQUESTURI\n",
		"a registry by its address":           "trigger: none\nsteps:\n- script: az acr list\n  name: acr\n- task: AzureContainerApps@1\n  inputs: {azureSubscription: sc-a, containerRegistry: $(acr.loginServer)}\n",
		"other connections, one a line":       "trigger: none\nsteps:\n- task: ArmPreflight@1\n  inputs:\n    azureSubscription: sc-a\n    moreConnections: |\n      sc-b\n      sc-c\n- task: AzureCLI@2\n  inputs: {azureSubscription: sc-c}\n",
		"one connection, written in two ways": "trigger: none\nvariables: {c: sc-a}\nsteps:\n- task: ArmPreflight@1\n  inputs: {azureSubscription: $(c)}\n- task: AzureCLI@2\n  inputs: {azureSubscription: sc-A}\n- task: AzureCLI@2\n  inputs: {azureSubscription: '${{ variables.c }}'}\n",
	} {
		r, err := Run(fstest.MapFS{"azure-pipelines.yml": {Data: []byte(text)}}, []string{"."}, Options{RequirePreflight: strings.Contains(text, "ArmPreflight")})
		require.NoError(t, err)
		assert.Zero(t, r.Errors(), "%s: %v", name, found(r))
	}
}

// TestAFileThatIsMadeToCostMuchCostsLittle has files that took minutes, or gigabytes, in earlier versions.
func TestAFileThatIsMadeToCostMuchCostsLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
	var chain strings.Builder
	chain.WriteString("variables:\n")
	for i := range 20 {
		fmt.Fprintf(&chain, "  v%d: %s\n", i, strings.Repeat(fmt.Sprintf("$(v%d)", i+1), 12))
	}
	for name, files := range map[string]fstest.MapFS{
		"variables of variables":                       {"p.yml": {Data: []byte(chain.String() + "steps:\n- task: AzureCLI@2\n  inputs: {azureSubscription: $(v0)}\n")}},
		"a long parameter, many times":                 {"p.yml": {Data: []byte("parameters:\n- name: a\n  default: " + strings.Repeat("a", 60_000) + "\nsteps:\n- script: " + strings.Repeat("${{parameters.a}}", 5_000) + "\n")}},
		"a broken template, many times":                {"p.yml": {Data: []byte("steps:\n" + strings.Repeat("- template: t.yml\n", 2000))}, "t.yml": {Data: []byte("a: [" + strings.Repeat("a, ", 60_000))}},
		"a template with a long name":                  {"p.yml": {Data: []byte("parameters:\n- name: a\n  default: " + strings.Repeat("a", 60_000) + "\nsteps:\n" + strings.Repeat("- template: ${{parameters.a}}\n", 10_000))}},
		"many late names after many scripts":           {"p.yml": {Data: []byte("steps:\n" + strings.Repeat("- bash: echo \"##vso[task.setvariable variable=a]b\"\n", 3_000) + "- task: AzureCLI@2\n  inputs: {azureSubscription: " + strings.Repeat("$(u)$(v)", 3_000) + "}\n")}},
		"long scripts in nested loops":                 {"p.yml": {Data: []byte("trigger: none\nparameters:\n- name: b\n  default: " + strings.Repeat("a ", 10_000) + "\n- name: l\n  default: [" + strings.Repeat("a,", 60) + "a]\nsteps:\n- ${{ each a in parameters.l }}:\n  - ${{ each b in parameters.l }}:\n    - bash: ${{ parameters.b }}\n")}},
		"long names in many jobs":                      {"p.yml": {Data: []byte("trigger: none\nparameters:\n- name: b\n  default: " + strings.Repeat("$(a)", 1_500) + "\n- name: l\n  default: [" + strings.Repeat("a,", 50) + "a]\njobs:\n- ${{ each a in parameters.l }}:\n  - job:\n    steps:\n    - ${{ each b in parameters.l }}:\n      - task: AzureCLI@2\n        inputs: {azureSubscription: '${{ parameters.b }}'}\n")}},
		"many jobs":                                    {"p.yml": {Data: []byte("trigger: none\njobs:\n" + strings.Repeat("- job:\n  steps:\n  - task: AzureCLI@2\n    inputs: {azureSubscription: a}\n", 3000))}},
		"many conditions":                              {"p.yml": {Data: []byte("trigger: none\nsteps:\n" + strings.Repeat("- ${{ if a }}:\n  - task: AzureCLI@2\n    inputs: {azureSubscription: a}\n", 5_000))}},
		"many groups and many variables":               {"p.yml": {Data: []byte("trigger: none\nvariables:\n" + strings.Repeat("- group: aaaaaaaa\n", 4_000) + "steps:\n- task: AzureCLI@2\n  inputs: {azureSubscription: '" + many("$(v%d)", 2500) + "'}\n")}},
		"a large matrix":                               {"p.yml": {Data: []byte("trigger: none\njobs:\n- job:\n  strategy:\n    matrix:\n      a: {" + many("v%d: a, ", 6_000) + "}\n  steps:\n  - task: AzureCLI@2\n    inputs: {azureSubscription: '" + many("$(v%d)", 2500) + "'}\n")}},
		"expressions that do not end":                  {"p.yml": {Data: []byte("trigger: none\nparameters:\n- name: a\n  default: '" + strings.Repeat("${{", 100_000) + "'\nsteps:\n" + strings.Repeat("- script: ${{ parameters.a }}\n", 400))}},
		"comments that do not end":                     {"p.yml": {Data: []byte("trigger: none\nsteps:\n- script: |\n" + strings.Repeat("    <#\n    #\n", 20_000))}},
		"a long text that's split again and again":     {"p.yml": {Data: []byte("trigger: none\nparameters:\n- name: a\n  default: " + strings.Repeat("ab", 20_000) + "\nsteps:\n" + strings.Repeat("- ${{ if eq(length(split(parameters.a, 'b')), 1) }}:\n  - script: a\n", 10_000))}},
		"a list that's searched for each of its items": {"p.yml": {Data: []byte("trigger: none\nparameters:\n- name: l\n  default: [" + strings.Repeat("a,", 3_000) + "a]\nsteps:\n- ${{ each a in parameters.l }}:\n  - ${{ if containsValue(parameters.l, a) }}:\n    - script: a\n")}},
		"functions in functions":                       {"p.yml": {Data: []byte("trigger: none\nparameters:\n- name: a\n  default: " + strings.Repeat("ab", 8_000) + "\nsteps:\n" + strings.Repeat("- script: ${{ "+strings.Repeat("replace(", 40)+"parameters.a"+strings.Repeat(", 'a', 'aa')", 40)+" }}\n", 1_000))}},
		"a template in a loop, of two megabytes":       {"p.yml": {Data: []byte("trigger: none\nparameters:\n- name: l\n  default: [" + strings.Repeat("a,", 200) + "a]\nsteps:\n- ${{ each a in parameters.l }}:\n  - template: t.yml\n    parameters: {a: '${{ a }}'}\n")}, "t.yml": {Data: []byte("parameters: {a: ''}\nsteps:\n" + strings.Repeat("- script: ${{ parameters.a }} "+strings.Repeat("a", 60)+"\n", 20_000))}},
		"a list of a million":                          {"p.yml": {Data: []byte("trigger: none\nsteps: []\na: [" + strings.Repeat("a,", 1_000_000) + "a]\n")}, "q.yml": {Data: []byte("steps: []\n")}},
	} {
		r, err := Run(files, []string{"."}, Options{RequirePreflight: true})
		require.NoError(t, err, name)
		size := 0
		for _, u := range r.Unseen {
			size += len(u.Why)
		}
		assert.Less(t, size, 4<<20, name)
	}
}

// many repeats a text with the numbers from 0 in it.
func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestOtherYAMLIsLeftAlone(t *testing.T) {
	r, repository := result(t, "-- .github/w.yml --\non: push\njobs:\n  a:\n    steps: []\n-- broken.yml --\nsteps:\n\t- a\n-- p.yml --\nsteps: []\n-- compose.yaml --\nservices: {}\n", Options{})
	assert.Empty(t, r.Findings)
	assert.Empty(t, r.Unseen)
	require.Len(t, r.Unreadable, 1)
	assert.Equal(t, "broken.yml:2:1", r.Unreadable[0].Where())
	_, err := Run(repository, []string{"compose.yaml"}, Options{})
	assert.ErrorContains(t, err, "isn't an Azure pipeline")
}

func FuzzRun(f *testing.F) {
	f.Add([]byte("steps:\n" + late))
	f.Add([]byte("parameters:\n- name: a\n  default: ${{ parameters.a }}\nsteps:\n- ${{ parameters.a }}\n- template: p.yml\n"))
	f.Add([]byte("stages:\n- ${{ each a in b }}:\n  - ${{ if c }}: []\nvariables: &a [*a]\n"))
	for _, s := range samples(f) {
		for _, file := range s.files {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Run(fstest.MapFS{"p.yml": {Data: data}}, []string{"."}, Options{RequirePreflight: true})
		var document yaml.Node
		if err != nil || r.Patch() == "" || yaml.Unmarshal(data, &document) != nil { // lint accepts more than the library does
			return
		}
		var patched strings.Builder
		line := 0
		for text := range strings.Lines(string(data)) {
			line++
			for _, one := range r.patch.steps["p.yml"] {
				if one.line == line {
					patched.WriteString(one.text)
				}
			}
			patched.WriteString(text)
		}
		assert.NoError(t, yaml.Unmarshal([]byte(patched.String()), &document), "the patch breaks the YAML:\n%s", patched.String())
	})
}
