package lint

import (
	"math/rand/v2"
	"path"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// uses has pipelines that use the same templates with different variables, and templates that use one another.
const uses = `
-- a.yml --
# sets the connection in a step: late here, and here only
steps:
- bash: echo "##vso[task.setvariable variable=conn]sc-a"
- template: templates/deploy.yml
-- b.yml --
variables:
  conn: sc-b
steps:
- template: templates/deploy.yml
-- c.yml --
trigger: none
variables:
- group: of-c
jobs:
- job: one
  variables: {conn: sc-c}
  steps:
  - template: templates/deploy.yml
- job: two
  steps:
  - bash: echo "##vso[task.setvariable variable=conn]sc-c"
  - template: templates/deploy.yml
- job: three
  pool: server
  steps:
  - template: templates/deploy.yml
-- d.yml --
trigger: none
variables:
- group: of-d
jobs:
- job: deploy
  steps:
  - template: templates/deploy.yml
  - template: templates/deploy.yml
-- e.yml --
trigger: none
parameters:
- name: which
  default: templates/other.yml
steps:
- template: ${{ parameters.which }}
-- templates/deploy.yml --
steps:
- task: AzureCLI@2
  inputs:
    azureSubscription: $(conn)
-- templates/other.yml --
steps:
- task: AzureCLI@2
  inputs:
    azureSubscription: $[ variables.x ]
-- templates/ping.yml --
jobs:
- ${{ if eq(parameters.a, 'b') }}:
  - template: pong.yml
- job: ping
  steps:
  - task: AzureCLI@2
    inputs: {azureSubscription: $(ping.x)}
    name: ping
-- templates/pong.yml --
jobs:
- template: ping.yml
- job: pong
  steps:
  - task: AzureCLI@2
    inputs: {azureSubscription: sc-pong}
-- templates/first.yml --
other:
- template: second.yml
steps:
- task: AzureCLI@2
  inputs: {azureSubscription: '$[ 1 ]'}
-- templates/second.yml --
steps:
- task: AzureCLI@2
  inputs: {azureSubscription: '$[ 2 ]'}
`

// withoutUses returns the findings without the fields that only the patch needs.
func withoutUses(r Result) []Finding {
	all := slices.Clone(r.Findings)
	for i := range all {
		all[i].uses = nil
	}
	return all
}

// TestTheOrderOfFilesChangesNothing lints the files in many orders, because no pipeline must affect the next one.
func TestTheOrderOfFilesChangesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time, and it takes long")
	}
	all := samples(t)
	_, own := result(t, uses, Options{})
	together := fstest.MapFS{} // all of them in one repository
	for _, s := range all {
		for name, file := range s.files {
			together[path.Join(s.name, name)] = file
		}
	}
	all = append(all, sample{name: "uses of the same templates", files: own}, sample{name: "all together", files: together})
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			want, err := Run(s.files, []string{"."}, Options{RequirePreflight: true})
			require.NoError(t, err)
			for seed := range uint64(12) {
				shuffle := func(files []string) {
					random := rand.New(rand.NewPCG(seed, 0))
					random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
				}
				if seed == 0 {
					shuffle = slices.Reverse[[]string]
				}
				got, err := Run(s.files, []string{"."}, Options{RequirePreflight: true, order: shuffle})
				require.NoError(t, err)
				assert.Equal(t, withoutUses(want), withoutUses(got), "seed %d", seed)
				assert.Equal(t, want.Unseen, got.Unseen, "seed %d", seed)
				assert.Equal(t, want.Unpatched, got.Unpatched, "seed %d", seed)
				assert.Equal(t, want.Files, got.Files, "seed %d", seed)
				assert.Equal(t, want.Patch(), got.Patch(), "seed %d", seed)
			}
		})
	}
}

// TestTheNameOfAFileChangesNothing renames pipelines, which no other file names.
func TestTheNameOfAFileChangesNothing(t *testing.T) {
	lines := func(files fstest.MapFS, name func(string) string) []string {
		r, err := Run(files, []string{"."}, Options{RequirePreflight: true})
		require.NoError(t, err)
		all := []string{}
		for _, f := range r.Findings {
			for _, at := range f.Places {
				at.File = name(at.File)
				all = append(all, at.String()+" "+f.Message())
			}
		}
		slices.Sort(all)
		return all
	}
	_, files := result(t, uses, Options{})
	want := lines(files, func(name string) string { return name })
	assert.Contains(t, want, "b.yml:1:1 the job uses connection '$(conn)' (AzureCLI@2), but no ArmPreflight@1 checks it first [preflight-missing]")
	for _, order := range []string{"edcba", "zabcd", "bcade", "czyxa"} {
		renamed, back := fstest.MapFS{}, map[string]string{}
		for name, file := range files {
			if path.Dir(name) == "." {
				other := string(order[name[0]-'a']) + ".yml"
				renamed[other], back[other] = file, name
			} else {
				renamed[name], back[name] = file, name
			}
		}
		assert.Equal(t, want, lines(renamed, func(name string) string { return back[name] }), order)
	}
}
