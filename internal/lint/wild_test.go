package lint

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

const cli = "- task: AzureCLI@2\n  inputs:\n    azureSubscription: "

func indent(by int, text string) string {
	margin := strings.Repeat(" ", by)
	return margin + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+margin) + "\n"
}

// TestKindsOfTrouble has each kind in several forms: with another task, and in a template, a job, a stage, or extends.
func TestKindsOfTrouble(t *testing.T) {
	for name, tc := range map[string]struct {
		files   string
		require bool
		want    []string // places, severities, and codes, in order; nil if there's no finding
	}{
		"a registry of Docker is no Azure connection": {require: true,
			files: "-- p.yml --\ntrigger: none\nsteps:\n- task: Docker@2\n  inputs: {containerRegistry: my-registry}\n"},
		"a registry of a container job, in a template": {require: true,
			files: "-- p.yml --\ntrigger: none\njobs:\n- template: t.yml\n-- t.yml --\njobs:\n- job:\n  steps:\n  - task: DockerCompose@1\n    inputs: {dockerRegistryEndpoint: my-registry}\n"},
		"a group by macro at the root":   {files: "-- p.yml --\ntrigger: none\nvariables: [{group: g}]\nsteps:\n" + cli + "$(c)\n", want: []string{"p.yml:6:24 note connection-variable-undefined"}},
		"a group by template expression": {files: "-- p.yml --\ntrigger: none\nvariables: [{group: g}]\nsteps:\n" + cli + "${{ variables.c }}\n", want: []string{"p.yml:6:24 error connection-variable-empty"}},
		"a group by template expression, in brackets and a function": {files: "-- p.yml --\ntrigger: none\nvariables: [{group: g}]\nsteps:\n- task: AzureWebApp@1\n  inputs:\n    azureSubscription: ${{ format('sc-{0}', variables['env']) }}\n",
			want: []string{"p.yml:6:24 error connection-variable-empty"}},
		"a group by template expression, through the parameter of a template": {files: "-- p.yml --\ntrigger: none\nvariables: [{group: g}]\nsteps:\n- template: t.yml\n  parameters: {c: '${{ variables.c }}'}\n-- t.yml --\nparameters: {c: ''}\nsteps:\n" + cli + "${{ parameters.c }}\n",
			want: []string{"p.yml:5:19 error connection-variable-empty"}},
		"a group by template expression, in extends": {files: "-- p.yml --\nextends:\n  template: t.yml\n  parameters:\n    c: ${{ variables.c }}\n-- t.yml --\nparameters: {c: ''}\nstages:\n- stage: A\n  jobs:\n  - job: B\n    steps:\n" + indent(4, cli+"${{ parameters.c }}"),
			want: []string{"p.yml:4:8 error connection-variable-empty"}},
		"a group by template expression, in a variable": {files: "-- p.yml --\ntrigger: none\nvariables:\n- group: g\n- {name: c, value: '${{ variables.d }}'}\nsteps:\n" + cli + "$(c)\n",
			want: []string{"p.yml:8:24 error connection-variable-empty"}},
		"one with a substitute":                     {files: "-- p.yml --\ntrigger: none\nsteps:\n" + cli + "${{ coalesce(variables.c, 'sc') }}\n"},
		"a variable that Azure Pipelines defines":   {files: "-- p.yml --\ntrigger: none\nsteps:\n" + cli + "${{ variables['System.TeamProject'] }}\n"},
		"a literal of a job":                        {files: "-- p.yml --\ntrigger: none\njobs:\n- job: a\n  variables: {c: sc}\n  steps:\n" + indent(2, cli+"$(c)"), want: []string{"p.yml:8:26 error connection-variable-narrow"}},
		"a literal of a job by template expression": {files: "-- p.yml --\ntrigger: none\njobs:\n- job: a\n  variables: {c: sc}\n  steps:\n" + indent(2, cli+"${{ variables.c }}")},
		"a literal of a stage, in a deployment": {files: "-- p.yml --\ntrigger: none\nstages:\n- stage: s\n  variables: [{name: c, value: sc}]\n  jobs:\n  - deployment: d\n    environment: e\n    strategy:\n      runOnce:\n        deploy:\n          steps:\n" + indent(10, cli+"$(c)"),
			want: []string{"p.yml:14:34 error connection-variable-narrow"}},
		"a literal of the root, and of a job":                          {files: "-- p.yml --\ntrigger: none\nvariables: {c: sc}\njobs:\n- job: a\n  variables: {c: other}\n  steps:\n" + indent(2, cli+"$(c)")},
		"a template without its pipeline may get the variable from it": {files: "-- t/j.yml --\njobs:\n- job: a\n  variables: {c: sc}\n  steps:\n" + indent(2, cli+"$(c)"), want: []string{"t/j.yml:7:26 note connection-variable-narrow"}},
		"a bare star": {files: "-- p.yml --\ntrigger:\n  branches:\n    include:\n    - *\nsteps:\n- bash: echo \"##vso[task.setvariable variable=c]a\"\n" + cli + "$(c)\n", want: []string{"p.yml:9:24 error connection-set-by-step"}},
		"a tab after a dash, a bare star in brackets": {files: "-- p.yml --\ntrigger: [*, main]\nsteps:\n-\tbash: echo \"##vso[task.setvariable variable=c]a\"\n" + cli + "$(c)\n", want: []string{"p.yml:6:24 error connection-set-by-step"}},
		"a task before the first step": {require: true, files: "-- p.yml --\ntrigger: none\nsteps:\n- task: ArmPreflight@1\n  inputs: {azureSubscription: sc}\n- task: AzureKeyVault@2\n  inputs: {azureSubscription: sc, RunAsPreJob: 'true'}\n",
			want: []string{"p.yml:5:3 note sign-in-before-preflight"}},
		"a group of a vault":                                    {require: true, files: "-- p.yml --\ntrigger: none\nvariables: [{group: kv-shop}]\nsteps:\n- task: ArmPreflight@1\n  inputs: {azureSubscription: sc}\n" + cli + "sc\n", want: []string{"p.yml:2:21 note sign-in-before-preflight"}},
		"a vault that's read in a step":                         {require: true, files: "-- p.yml --\ntrigger: none\nvariables: [{group: shop}]\nsteps:\n- task: ArmPreflight@1\n  inputs: {azureSubscription: sc}\n- task: AzureKeyVault@2\n  inputs: {azureSubscription: sc, RunAsPreJob: false}\n"},
		"a runtime expression in another input":                 {files: "-- p.yml --\ntrigger: none\nsteps:\n- task: AzureWebApp@1\n  inputs:\n    azureSubscription: sc\n    appName: $[variables.app]\n", want: []string{"p.yml:6:14 note runtime-expression-literal"}},
		"arithmetic of a shell":                                 {files: "-- p.yml --\ntrigger: none\nsteps:\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: sc\n    inlineScript: echo $[ 1 + 2 ]\n"},
		"a task without federation":                             {files: "-- p.yml --\ntrigger: none\nsteps:\n- task: AzureFileCopy@4\n  inputs: {azureSubscription: sc}\n- task: AzureFileCopy@6\n  inputs: {azureSubscription: sc}\n", want: []string{"p.yml:3:3 note federation-unsupported"}},
		"the key of a federated connection":                     {files: "-- p.yml --\ntrigger: none\nsteps:\n" + cli + "sc\n    addSpnToEnvironment: true\n    inlineScript: terraform apply -var secret=$servicePrincipalKey\n", want: []string{"p.yml:7:19 note federated-key-read"}},
		"a secret that a vault's task reads":                    {files: "-- p.yml --\ntrigger: none\nsteps:\n- task: AzureKeyVault@2\n  inputs: {azureSubscription: kv, KeyVaultName: v, SecretsFilter: 'a, Conn'}\n" + cli + "$(conn)\n", want: []string{"p.yml:7:24 error connection-set-by-step"}},
		"all secrets that a vault's task reads":                 {files: "-- p.yml --\ntrigger: none\nsteps:\n- task: AzureKeyVault@2\n  inputs: {azureSubscription: kv, KeyVaultName: v, SecretsFilter: '*'}\n" + cli + "$(conn)\n", want: []string{"p.yml:7:24 note connection-variable-undefined"}},
		"a vault's task that reads other secrets":               {files: "-- p.yml --\ntrigger: none\nsteps:\n- task: AzureKeyVault@2\n  inputs: {azureSubscription: kv, KeyVaultName: v, SecretsFilter: other}\n" + cli + "$(conn)\n", want: []string{"p.yml:7:24 note connection-variable-undefined"}},
		"a secret that the YAML defines, too":                   {files: "-- p.yml --\ntrigger: none\nvariables: {conn: sc}\nsteps:\n- task: AzureKeyVault@2\n  inputs: {azureSubscription: kv, KeyVaultName: v, SecretsFilter: conn}\n" + cli + "$(conn)\n", want: []string{"p.yml:8:24 note connection-value-fixed"}},
		"a vault's task after the connection":                   {files: "-- p.yml --\ntrigger: none\nsteps:\n" + cli + "$(conn)\n- task: AzureKeyVault@2\n  inputs: {azureSubscription: kv, KeyVaultName: v, SecretsFilter: conn}\n", want: []string{"p.yml:5:24 note connection-variable-undefined"}},
		"the outputs of a deployment":                           {files: "-- p.yml --\ntrigger: none\nsteps:\n- task: AzureResourceManagerTemplateDeployment@3\n  inputs: {azureResourceManagerConnection: sc, deploymentOutputs: out}\n" + cli + "$(out)\n", want: []string{"p.yml:7:24 error connection-set-by-step"}},
		"a script that knows both":                              {files: "-- p.yml --\ntrigger: none\nsteps:\n" + cli + "sc\n    addSpnToEnvironment: true\n    inlineScript: login ${servicePrincipalKey:-$idToken}\n"},
		"a condition that's certainly false":                    {require: true, files: "-- p.yml --\ntrigger: none\njobs:\n- template: t.yml\n  parameters: {deploy: false}\n-- t.yml --\nparameters:\n- {name: deploy, type: boolean}\njobs:\n- job: a\n  steps:\n  - ${{ if eq(parameters.deploy, true) }}:\n" + indent(4, cli+"sc")},
		"a condition that the run can change":                   {require: true, files: "-- p.yml --\ntrigger: none\nparameters:\n- {name: deploy, type: boolean, default: false}\njobs:\n- job: a\n  steps:\n  - ${{ if parameters.deploy }}:\n" + indent(4, cli+"sc"), want: []string{"p.yml:5:3 error preflight-missing"}},
		"a runtime expression for the whole pipeline":           {files: "-- p.yml --\ntrigger: none\nvariables: {c: \"$[coalesce(variables['d'], 'sc')]\"}\nsteps:\n" + cli + "$(c)\n", want: []string{"p.yml:6:24 note connection-from-expression"}},
		"one of a job":                                          {files: "-- p.yml --\ntrigger: none\njobs:\n- job: a\n  variables: {c: \"$[coalesce(variables['d'], 'sc')]\"}\n  steps:\n" + indent(2, cli+"$(c)"), want: []string{"p.yml:8:26 error connection-from-expression"}},
		"one of a job, in a template that nothing uses":         {files: "-- t/j.yml --\njobs:\n- job: a\n  variables: {c: \"$[dependencies.a.outputs['b.c']]\"}\n  steps:\n" + indent(2, cli+"$(c)"), want: []string{"t/j.yml:7:26 note connection-from-expression"}},
		"one of a job, in a template that's used":               {files: "-- p.yml --\ntrigger: none\njobs:\n- template: t/j.yml\n-- t/j.yml --\njobs:\n- job: a\n  variables: {c: \"$[dependencies.a.outputs['b.c']]\"}\n  steps:\n" + indent(2, cli+"$(c)"), want: []string{"t/j.yml:7:26 error connection-from-expression"}},
		"an expression itself, in a template that nothing uses": {files: "-- t/j.yml --\njobs:\n- job: a\n  steps:\n" + indent(2, cli+"$[variables.c]"), want: []string{"t/j.yml:6:26 error connection-from-expression"}},
		"one of other jobs":                                     {files: "-- p.yml --\ntrigger: none\nvariables: {c: \"$[dependencies.a.outputs['b.c']]\"}\nsteps:\n" + cli + "$(c)\n", want: []string{"p.yml:6:24 error connection-from-expression"}},
		"a step that never runs":                                {require: true, files: "-- p.yml --\ntrigger: none\nsteps:\n" + cli + "sc\n  condition: and(false, succeeded())\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := result(t, tc.files, Options{RequirePreflight: tc.require})
			assert.Equal(t, tc.want, lines(r))
			assert.Empty(t, r.Unseen)
		})
	}
}

func TestSimilarNamesAreListed(t *testing.T) {
	for name, tc := range map[string]struct{ variables, use, want string }{
		"the same words":                          {"stageDeployConnection: a", "deployConnection", "'stageDeployConnection'"},
		"half of the words":                       {"publishNoticeRepoName: a", "publish.connectionName", ""},
		"one word of two":                         {"connectionGroup: a", "connection", ""},
		"the same words, reversed":                {"connection.deploy: a", "deployConnection", "'connection.deploy'"},
		"two words more":                          {"stageDeployConnectionName: a", "deployConnection", ""},
		"a typo":                                  {"deployConection: a", "deployConnection", "'deployConection'"},
		"other punctuation":                       {"deploy-connection: a", "deployConnection", "'deploy-connection'"},
		"a placeholder":                           {"deploy_connection: TODO", "deployConnection", "'deploy_connection' (placeholder value)"},
		"a placeholder, swapped":                  {"sc-stage: <YourServiceConnection>", "deployConnection", "'sc-stage' (placeholder value; swapped?)"},
		"name and value swapped":                  {"sc-prod: deployConnection", "deployConnection", "'sc-prod' (its value is this name: swapped?)"},
		"one made of it":                          {"deploy-connection: $(deployConnection)", "deployConnection", ""},
		"one made of it, in others":               {"deploy-connection: 'x-$(b)', b: '$(c)', c: '$(DeployConnection)'", "deployConnection", ""},
		"one made of it by a template expression": {"deploy-connection: '${{ variables.deployConnection }}'", "deployConnection", ""},
		"one made of it by a runtime expression":  {"deploy-connection: \"$[ variables['deployConnection'] ]\"", "deployConnection", ""},
		"one made of another":                     {"deploy-connection: $(other)", "deployConnection", "'deploy-connection'"},
		"nothing alike":                           {"region: westeurope", "deployConnection", ""},
		"another placeholder":                     {"region: <region>", "deployConnection", ""},
		"few letters, all changed":                {"abc: a", "abd", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := result(t, "-- p.yml --\ntrigger: none\nvariables: {"+tc.variables+"}\nsteps:\n"+cli+"$("+tc.use+")\n", Options{})
			require.Len(t, r.Findings, 1)
			_, similar, found := strings.Cut(r.Findings[0].Diagnosis.Headline, "similar: ")
			assert.Equal(t, tc.want != "", found)
			assert.Equal(t, tc.want, similar)
		})
	}
}

func TestAVariableOfAVariableIsSaid(t *testing.T) {
	r, _ := result(t, "-- p.yml --\ntrigger: none\nvariables: {a: 'sc-$(b)'}\nsteps:\n- bash: echo \"##vso[task.setvariable variable=b]x\"\n"+cli+"$(a)\n", Options{})
	require.Len(t, r.Findings, 1)
	assert.Contains(t, r.Findings[0].Diagnosis.Headline, "from variable 'a', whose value has variable 'b', which an earlier step sets")
}

// TestOneCauseIsOneFinding has seven steps with the same cause, which are one finding with seven places.
func TestOneCauseIsOneFinding(t *testing.T) {
	r, _ := result(t, "-- p.yml --\ntrigger: none\nsteps:\n"+strings.Repeat(cli+"$(c)\n", 6)+"- task: AzureWebApp@1\n  inputs: {azureSubscription: $(c)}\n-- q.yml --\ntrigger: none\nsteps:\n"+cli+"$(d)\n", Options{})
	require.Len(t, r.Findings, 2)
	assert.Len(t, r.Findings[0].Places, 7)
	assert.Contains(t, r.Findings[0].Diagnosis.Headline, "of AzureCLI@2 and AzureWebApp@1 gets")
	var text strings.Builder
	require.NoError(t, r.Text(&text, func(s string) string { return s }))
	assert.Equal(t, 2, strings.Count(text.String(), "pipeline author:"))
	assert.Equal(t, 6, strings.Count(text.String(), "  also at p.yml:"))
	assert.True(t, strings.HasSuffix(text.String(), "2 pipeline files read: 0 errors, 2 notes\n"))
}

func TestWhatTheParserRefusesIsNamed(t *testing.T) {
	for name, tc := range map[string]struct{ line, want string }{
		"a bare star":               {"x: *", "'*' isn't quoted"},
		"a pattern":                 {"x: *.cs", "'*.cs' isn't quoted"},
		"a star after a dash":       {"x:\n- *", "'*' isn't quoted"},
		"a star in brackets":        {"x: [ *, a]", "'*' isn't quoted"},
		"a star in nested brackets": {"x: {y: [*, a], z: b}", "'*' isn't quoted"},
		"a star in braces":          {"x: {y: *, z: b}", "'*' isn't quoted"},
		"a tab after a dash":        {"x:\n-\ta", "a tab after the dash"},
		"a line of tabs":            {"x: a\n\t", "only tabs"},
		"a tab before a comment":    {"x: a\n\t# b", "a tab before the comment"},
		"a control character":       {"x: a\x01b", "control characters"},
		"another encoding":          {"# caf\xe9\nx: a", "bytes that aren't UTF-8"},
		"spaces in a block":         {"x: |\n     \n  a", "only spaces"},
		"a key that's there twice":  {"x: a\nx: b", "the key 'x' is already"},
	} {
		t.Run(name, func(t *testing.T) {
			text := "trigger: none\nsteps:\n" + cli + "$[ a ]\n" + tc.line + "\n"
			r, err := Run(fstest.MapFS{"p.yml": {Data: []byte(text)}}, []string{"."}, Options{})
			require.NoError(t, err)
			assert.Equal(t, []string{"p.yml:5:24 connection-from-expression"}, found(r), "the rest is read")
			require.Len(t, r.Remarks, 1)
			assert.Contains(t, r.Remarks[0].Why, tc.want)
			assert.GreaterOrEqual(t, r.Remarks[0].Line, 6)
		})
	}
	r, err := Run(fstest.MapFS{"p.yml": {Data: []byte("trigger: none\nsteps:\n- bash: |\n    *x\n    echo \"##vso[task.setvariable variable=c]a\"\n  name: *\n" + cli + "$(c)\n")}}, []string{"."}, Options{})
	require.NoError(t, err)
	assert.Len(t, r.Remarks, 1, "the text of a script stays as it is")
	assert.Equal(t, []string{"p.yml:9:24 connection-set-by-step"}, found(r))
}

// TestOneRepositoryAndTwoHalvesGiveTheSame checks that a pipeline's findings don't depend on other pipelines.
func TestOneRepositoryAndTwoHalvesGiveTheSame(t *testing.T) {
	all := fstest.MapFS{}
	var folders []string
	for _, s := range samples(t) {
		folders = append(folders, s.name)
		for name, file := range s.files {
			all[s.name+"/"+name] = file
		}
	}
	run := func(names []string) []string {
		r, err := Run(all, names, Options{RequirePreflight: true})
		require.NoError(t, err)
		return lines(r)
	}
	assert.Equal(t, run([]string{"."}), append(run(folders[:len(folders)/2]), run(folders[len(folders)/2:])...))
}

// TestThePatchChangesNothingElse checks that the patch fixes all missing preflights that it can, and doesn't change other findings.
func TestThePatchChangesNothingElse(t *testing.T) {
	codes := func(r Result) (all []string) {
		for _, line := range lines(r) {
			if _, rest, _ := strings.Cut(line, " "); !strings.HasSuffix(rest, "preflight-missing") {
				all = append(all, rest)
			}
		}
		return all
	}
	for _, s := range samples(t) {
		r, err := Run(s.files, []string{"."}, Options{RequirePreflight: true})
		require.NoError(t, err)
		if r.Patch() == "" {
			continue
		}
		again, err := Run(patched(t, r, s.files), []string{"."}, Options{RequirePreflight: true})
		require.NoError(t, err)
		assert.ElementsMatch(t, codes(r), codes(again), s.name)
		assert.Equal(t, r.Unseen == nil, again.Unseen == nil, s.name)
		if len(r.Unpatched) == 0 {
			for _, line := range lines(again) {
				assert.NotContains(t, line, "preflight-missing", s.name)
			}
		}
	}
}

func TestThePatchFillsWhatADeploymentNeeds(t *testing.T) {
	const task = "- task: AzureResourceManagerTemplateDeployment@3\n  inputs:\n    azureResourceManagerConnection: sc\n    resourceGroupName: rg-app\n    csmFile: $(System.DefaultWorkingDirectory)/infra/main.json\n    csmParametersFile: infra/main.parameters.json\n"
	const bicep = "- task: BicepDeploy@0\n  inputs:\n    azureResourceManagerConnection: sc\n    scope: subscription\n    templateFile: infra/main.json\n"
	const files = "\n-- infra/main.json --\n{}\n-- infra/main.parameters.json --\n{}\n"
	const filled = "    deployment: |\n      infra/main.json + infra/main.parameters.json @ resourceGroups/rg-app\n"
	const step = "- task: ArmPreflight@1\n  inputs:\n    azureSubscription: sc\n"
	for name, tc := range map[string]struct{ pipeline, want string }{
		"a job checks out first":     {"steps:\n- script: a\n" + task, "steps:\n" + step + filled + "- script: a\n" + task},
		"after its own checkout":     {"steps:\n- script: a\n- checkout: self\n- script: b\n" + task, "steps:\n- script: a\n- checkout: self\n" + step + filled + "- script: b\n" + task},
		"a deployment with checkout": {"jobs:\n- deployment: d\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n" + indent(8, "- checkout: self\n"+task), "jobs:\n- deployment: d\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n        - checkout: self\n" + indent(8, step+filled+task)},
		"a deployment without":       {"jobs:\n- deployment: d\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n" + indent(8, task), "jobs:\n- deployment: d\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n" + indent(8, step+task)},
		"nothing is checked out":     {"steps:\n- checkout: none\n" + task, "steps:\n" + step + "- checkout: none\n" + task},
		"several repositories":       {"steps:\n- checkout: self\n- checkout: tools\n" + task, "steps:\n" + step + "- checkout: self\n- checkout: tools\n" + task},
		"a use before the checkout":  {"steps:\n" + cli + "sc\n- checkout: self\n" + task, "steps:\n" + step + cli + "sc\n- checkout: self\n" + task},
		"a JSON template of Bicep":   {"steps:\n" + bicep, "steps:\n" + step + "    deployment: |\n      infra/main.json\n" + bicep},
		"a Bicep file":               {"steps:\n" + strings.Replace(bicep, "main.json", "main.bicep", 1), "steps:\n" + step + strings.Replace(bicep, "main.json", "main.bicep", 1)},
		"a file that isn't there":    {"steps:\n" + strings.Replace(task, "main.json", "other.json", 1), "steps:\n" + step + strings.Replace(task, "main.json", "other.json", 1)},
		"a path with a variable":     {"steps:\n" + strings.Replace(task, "infra/main.json", "$(file)", 1), "steps:\n" + step + strings.Replace(task, "infra/main.json", "$(file)", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			repository := fstest.MapFS{}
			for _, f := range txtar.Parse([]byte("-- p.yml --\ntrigger: none\n" + tc.pipeline + files)).Files {
				repository[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			repository["p.yml"] = &fstest.MapFile{Data: []byte("trigger: none\n" + tc.pipeline)}
			r, err := Run(repository, []string{"."}, Options{RequirePreflight: true})
			require.NoError(t, err)
			after := patched(t, r, repository)
			assert.Equal(t, "trigger: none\n"+tc.want, string(after["p.yml"].Data))
			again, err := Run(after, []string{"."}, Options{RequirePreflight: true})
			require.NoError(t, err)
			assert.Empty(t, found(again))
		})
	}
}

func TestFindingsOfAChange(t *testing.T) {
	const text = "trigger: none\nvariables: {a: $(b)}\nsteps:\n- bash: echo \"##vso[task.setvariable variable=b]x\"\n" + cli + "$(a)\n" + cli + "$[ c ]\n"
	for line, want := range map[int][]string{
		0: {}, 2: {"p.yml:7:24 connection-set-by-step"}, 4: {"p.yml:7:24 connection-set-by-step"}, 7: {"p.yml:7:24 connection-set-by-step"}, 10: {"p.yml:10:24 connection-from-expression"}} {
		r, err := Run(fstest.MapFS{"p.yml": {Data: []byte(text)}}, []string{"."}, Options{Changed: func(file string, at int) bool { return file == "p.yml" && at == line }})
		require.NoError(t, err)
		assert.Equal(t, want, found(r), "line %d", line)
	}
}

func TestStandardInputIsAFileAtTheRoot(t *testing.T) {
	repository := fstest.MapFS{"t.yml": {Data: []byte("steps:\n" + cli + "$[ a ]\n")}}
	r, err := Run(repository, []string{Stdin}, Options{Input: []byte("steps:\n- template: t.yml\n" + cli + "sc\n"), RequirePreflight: true})
	require.NoError(t, err)
	assert.Equal(t, []string{"<stdin>:1:1 preflight-missing", "t.yml:4:24 connection-from-expression"}, found(r))
	assert.Empty(t, r.Patch())
	assert.Len(t, r.Unpatched, 1)
	_, err = Run(repository, []string{Stdin}, Options{Input: []byte("steps:\n\t- a\n")})
	assert.EqualError(t, err, "<stdin>:2:1: error: found character that cannot start any token")
}

func TestTheDumpShowsThePipelineAsItWasUnderstood(t *testing.T) {
	r, _ := result(t, "-- p.yml --\ntrigger: none\nvariables: {a: sc}\njobs:\n- job: one\n  steps:\n  - task: AzureCLI@2\n    inputs: {azureSubscription: '${{ variables.a }}', other: $(b), later: '$[ c ]', unknown: '${{ d.e }}'}\n", Options{KeepModel: true})
	var out strings.Builder
	require.NoError(t, r.Dump(&out, func(s string) string { return s }))
	assert.Equal(t, `pipeline p.yml
  variable a = "sc" p.yml:2:16 literal
  stage
    job one p.yml:4:3
      hook
        step AzureCLI@2 p.yml:6:5
          input azureSubscription = "sc" p.yml:2:16 variable
          input other = "$(b)" p.yml:7:62 literal
            macro b
          input later = "$[ c ]" p.yml:7:75 literal
            runtime c
          input unknown = "${{ d.e }}" p.yml:7:94 literal (not known)
`, out.String())
}
