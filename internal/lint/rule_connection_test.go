package lint

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOnlyThePipelinesVariablesNameAConnection has a connection $(deployConnection) that no file defines. Variables and groups of a stage or a
// job are read after Azure DevOps has looked up the connection.
func TestOnlyThePipelinesVariablesNameAConnection(t *testing.T) {
	const pipeline = "-- p.yml --\ntrigger: none\nvariables:\n- name: a\n  value: b\n%top\nstages:\n- stage: A\n  variables:\n  - name: c\n    value: d\n%stage\n" +
		"  jobs:\n  - job: a\n    %job\n    steps:\n    - task: AzureCLI@2\n      inputs: {azureSubscription: $(deployConnection)}\n"
	for name, tc := range map[string]struct {
		top, stage, job string
		want            []string
	}{
		"a group of the pipeline":             {top: "- group: shop", want: []string{"; variable group 'shop' might"}},
		"a group of a stage":                  {stage: "  - group: shop", want: []string{"; variable group 'shop' might, but too late: it belongs to a stage or job"}},
		"a group of a job":                    {job: "variables: [{group: shop}]", want: []string{"; variable group 'shop' might, but too late: it belongs to a stage or job"}},
		"groups of a stage and a job":         {stage: "  - group: one", job: "variables: [{group: two}]", want: []string{"; variable group 'one' or 'two' might, but too late: it belongs to a stage or job"}},
		"a group of the pipeline and a stage": {top: "- group: one", stage: "  - group: two", want: []string{"; variable group 'one' might"}},
		"three groups of the pipeline":        {top: "- group: one\n- group: two\n- group: three", want: []string{"; variable group 'one' or one of 2 more might"}},
		"a typo of the pipeline":              {top: "- {name: deployConection, value: sc}", want: []string{"; similar: 'deployConection'"}},
		"a typo of a stage":                   {stage: "  - {name: deployConection, value: sc}", want: []string{""}},
		"a typo and a group":                  {top: "- {name: deployConection, value: sc}\n- group: shop", want: []string{"; similar: 'deployConection'; variable group 'shop' might define it"}},
		"variables that aren't seen":          {top: "- template: v.yml@other"},
		"variables of a job that aren't seen": {job: "variables: [{template: v.yml@other}]", want: []string{""}},
		"a matrix that another job works out": {job: "strategy: {matrix: '$[ dependencies.a.outputs.b ]'}", want: []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := result(t, strings.NewReplacer("%top", tc.top, "%stage", tc.stage, "%job", tc.job).Replace(pipeline), Options{})
			var got []string
			for _, f := range r.Findings {
				_, rest, found := strings.Cut(f.Diagnosis.Headline, "from variable 'deployConnection', which these files don't define")
				assert.True(t, found, f.Diagnosis.Headline)
				got = append(got, rest)
			}
			assert.Equal(t, tc.want, got)
		})
	}
}

// TestAHeadlineIsNotCut has names that are too long for a headline together.
func TestAHeadlineIsNotCut(t *testing.T) {
	long := strings.Repeat("long", 15)
	for name, tc := range map[string]struct{ variables, steps, want string }{
		"two groups, and room for one": {
			variables: "- group: a" + long + "\n- group: b" + long, steps: cli + "$(connection)\n",
			want: "input 'azureSubscription' of AzureCLI@2 gets its connection from variable 'connection', which these files don't define; variable group 'a" + long + "' or one of 1 more might"},
		"no room for a group": {
			variables: "- group: a" + long + long, steps: cli + "$(connection)\n",
			want: "input 'azureSubscription' of AzureCLI@2 gets its connection from variable 'connection', which these files don't define"},
		"a variable of a variable, and a group": {
			variables: "- {name: a, value: $(b)}\n- group: shop", steps: cli + "$(a)\n",
			want: "input 'azureSubscription' of AzureCLI@2 gets its connection from variable 'a', whose value has variable 'b', which these files don't define; variable group 'shop' might"},
		"a task with its publisher and extension": {
			variables: "- group: shop", steps: strings.Replace(cli, "AzureCLI@2", "contoso.long-extension.long-task.Deploy@1", 1) + "$(connection)\n",
			want: "input 'azureSubscription' of Deploy@1 gets its connection from variable 'connection', which these files don't define; variable group 'shop' might"},
		"three tasks": {
			variables: "- {name: a, value: b}", steps: cli + "$(connection)\n" + strings.Replace(cli, "CLI@2", "WebApp@1", 1) + "$(connection)\n" + strings.Replace(cli, "CLI@2", "FunctionApp@1", 1) + "$(connection)\n",
			want: "input 'azureSubscription' of AzureCLI@2 and 2 more tasks gets its connection from variable 'connection', which these files don't define"},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := result(t, "-- p.yml --\ntrigger: none\nvariables:\n"+tc.variables+"\nsteps:\n"+tc.steps, Options{})
			require.Len(t, r.Findings, 1)
			assert.Equal(t, tc.want, r.Findings[0].Diagnosis.Headline)
		})
	}
}

// TestAVariableIsOneFinding has inputs of several names, directly and through another variable.
func TestAVariableIsOneFinding(t *testing.T) {
	const steps = "- task: TerraformTaskV4@4\n  inputs:\n    backendServiceArm: $(connection)\n    environmentServiceNameAzureRM: $(Connection)\n"
	for name, tc := range map[string]struct {
		variables, steps string
		places           int
		want             string
	}{
		"in two inputs": {steps: steps, places: 2,
			want: "input 'backendServiceArm' of TerraformTaskV4@4 (and at 1 more place) gets its connection from variable 'connection', which these files don't define"},
		"in inputs of several tasks": {steps: steps + cli + "$(connection)\n" + cli + "$(connection)\n", places: 4,
			want: "input 'backendServiceArm' of TerraformTaskV4@4 (and at 3 more places) gets its connection from variable 'connection', which these files don't define"},
		"in a variable, first": {variables: "- {name: a, value: $(connection)}", steps: cli + "$(a)\n" + steps, places: 3,
			want: "input 'azureSubscription' of AzureCLI@2 (and at 2 more places) gets its connection from variable 'a', whose value has variable 'connection', which these files don't define"},
		"set by a step": {steps: "- bash: echo \"##vso[task.setvariable variable=connection]a\"\n" + steps, places: 2,
			want: "input 'backendServiceArm' of TerraformTaskV4@4 (and at 1 more place) gets its connection from variable 'connection', which an earlier step sets: that's too late"},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := result(t, "-- p.yml --\ntrigger: none\nvariables:\n- {name: region, value: b}\n"+tc.variables+"\nsteps:\n"+tc.steps, Options{})
			require.Len(t, r.Findings, 1)
			assert.Equal(t, tc.want, r.Findings[0].Diagnosis.Headline)
			assert.Len(t, r.Findings[0].Places, tc.places)
		})
	}
	r, _ := result(t, "-- p.yml --\ntrigger: none\nsteps:\n"+strings.NewReplacer("$(connection)", "$[ a ]", "$(Connection)", "$[ b ]").Replace(steps), Options{})
	assert.Len(t, r.Findings, 2, "expressions without a variable have nothing in common")
}

// TestEachBranchNamesItsVariable has a variable that the branches of a condition give the values of others.
func TestEachBranchNamesItsVariable(t *testing.T) {
	branches := func(values ...string) string {
		var text strings.Builder
		text.WriteString("variables:\n- {name: region, value: a}\n")
		for i, value := range values {
			text.WriteString("- ${{ " + []string{"if eq(parameters.env, 'a')", "elseif eq(parameters.env, 'b')", "else"}[i] + " }}:\n  - name: c\n    value: " + value + "\n")
		}
		return text.String()
	}
	const mapped = "variables:\n  ${{ if eq(parameters.env, 'a') }}:\n    c: $(one)\n  ${{ else }}:\n    c: $(two)\n"
	for name, tc := range map[string]struct {
		variables, use string
		want           []string
	}{
		"by macro":                  {branches("$(one)", "$(two)", "$(three)"), "$(c)", []string{"one", "two", "three"}},
		"by template expression":    {branches("$(one)", "$(two)", "$(three)"), "${{ variables.c }}", []string{"one", "two", "three"}},
		"with a fixed value":        {branches("sc", "$(two)", "sc"), "$(c)", []string{"two"}},
		"the same in all":           {branches("$(one)", "$(ONE)", "$(one)"), "$(c)", []string{"one"}},
		"in a mapping":              {mapped, "$(c)", []string{"one", "two"}},
		"defined":                   {branches("$(region)", "$(two)", "$(region)"), "$(c)", []string{"two"}},
		"a runtime expression":      {branches("sc", "$[ variables.x ]", "$(three)"), "$(c)", []string{"three"}},
		"a condition that's known":  {strings.ReplaceAll(branches("$(one)", "$(two)", "$(three)"), "parameters.env", "'b'"), "$(c)", []string{"two"}},
		"twice, without conditions": {"variables:\n- {name: c, value: $(one)}\n- {name: c, value: $(two)}\n", "$(c)", []string{"one"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := result(t, "-- p.yml --\nparameters:\n- name: env\n  default: a\n"+tc.variables+"steps:\n"+cli+tc.use+"\n", Options{})
			named := map[string]bool{}
			for _, f := range r.Findings {
				assert.Equal(t, "connection-variable-undefined", string(f.Diagnosis.Code))
				named[f.uses[0].name] = true
			}
			want := map[string]bool{}
			for _, one := range tc.want {
				want[one] = true
			}
			assert.Equal(t, want, named)
			assert.Len(t, r.Findings, len(want))
			if name == "by template expression" {
				assert.Equal(t, []string{"p.yml:8:12", "p.yml:11:12", "p.yml:14:12"}, []string{r.Findings[0].Where(), r.Findings[1].Where(), r.Findings[2].Where()})
			}
		})
	}
}
