package lint

import (
	"armpreflight/internal/azpipeline"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// example returns the YAML in the comment at the top of a sample.
func example(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			break
		}
		if inside, ok := strings.CutPrefix(line, "#   "); ok {
			lines = append(lines, strings.ReplaceAll(inside, "@platform", ""))
		}
	}
	return strings.Join(lines, "")
}

func docs(t *testing.T) fstest.MapFS {
	all := fstest.MapFS{}
	names, err := filepath.Glob(filepath.Join("..", "..", "docs", "pipelines", "*.yml"))
	require.NoError(t, err)
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		all[filepath.Base(name)] = &fstest.MapFile{Data: text}
	}
	require.Greater(t, len(all), 3)
	return all
}

// preflights returns the connections that a job checks first, in order.
func checksFirst(j *azpipeline.Job) (all []string) {
	for _, h := range j.Hooks {
		if j.Server || h.Server {
			continue
		}
		for _, s := range h.Steps {
			if !preflightTask.MatchString(s.Task) {
				break
			}
			all = append(all, strings.TrimSpace(h.Name+" "+s.Input("azureSubscription").Value.Text))
		}
	}
	return all
}

// TestTheExtendsTemplateServesEveryForm resolves it for jobs, deployments, stages, and several connections.
func TestTheExtendsTemplateServesEveryForm(t *testing.T) {
	const pipeline = `
trigger: none
extends:
  template: preflight-extends.yml
  parameters:
    connections:
      test: [test-arm]
      prod: [prod-arm, prod-dns]
    stages:
    - stage: build
      jobs:
      - job: package
        steps:
        - script: ./build.sh
    - stage: test
      variables: {region: westeurope}
      jobs:
      - job: plain
        strategy:
          matrix: {one: {arch: x64}}
        steps:
        - checkout: self
      - job: approve
        pool: server
        steps:
        - task: ManualValidation@1
    - stage: prod
      dependsOn: test
      jobs:
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
              - download: none
            on:
              success:
                steps:
                - script: a
      - deployment: canary
        environment: prod
        strategy:
          canary:
            increments: [10]
            preDeploy:
              steps:
              - script: a
            deploy:
              steps:
              - script: a
      - deployment: rolling
        environment: prod
        strategy:
          rolling:
            maxParallel: 2
            deploy:
              steps:
              - script: a
`
	files := docs(t)
	files["p.yml"] = &fstest.MapFile{Data: []byte(pipeline)}
	r, err := Run(files, []string{"p.yml"}, Options{RequirePreflight: true, KeepModel: true})
	require.NoError(t, err)
	assert.Empty(t, found(r))
	assert.Empty(t, r.Unseen)
	require.Len(t, r.Pipelines, 1)
	got := map[string][]string{}
	var stages []string
	for _, s := range r.Pipelines[0].Stages {
		stages = append(stages, s.Name)
		assert.False(t, s.Open, s.Name)
		for _, j := range s.Jobs {
			got[j.Name] = checksFirst(j)
		}
	}
	assert.Equal(t, []string{"build", "test", "prod"}, stages)
	assert.Equal(t, map[string][]string{
		"package": nil, "approve": nil, "plain": {"test-arm"},
		"once":    {"deploy prod-arm", "deploy prod-dns"},
		"canary":  {"preDeploy prod-arm", "preDeploy prod-dns", "deploy prod-arm", "deploy prod-dns"},
		"rolling": {"deploy prod-arm", "deploy prod-dns"},
	}, got)
}

// TestTheExamplesInTheSamplesResolve expects that each job with a connection begins with the preflight of that connection.
// In the canary of the decorator, none may have one.
func TestTheExamplesInTheSamplesResolve(t *testing.T) {
	for name, file := range docs(t) {
		text := string(file.Data)
		files := docs(t)
		if ex := example(text); strings.HasPrefix(name, "preflight") {
			require.NotEmpty(t, ex, name)
			files["p.yml"] = &fstest.MapFile{Data: []byte("trigger: none\n" + ex)}
		} else {
			files["p.yml"] = file
		}
		r, err := Run(files, []string{"p.yml"}, Options{RequirePreflight: name != "release.yml" && name != "everywhere-canary.yml", KeepModel: true})
		require.NoError(t, err, name)
		assert.Empty(t, found(r), name)
		assert.Empty(t, r.Unseen, name)
		assert.NotEmpty(t, r.Pipelines[0].Stages, name)
	}
}

// TestTheYAMLOfThePagesResolves expects no error in the YAML that readers copy.
func TestTheYAMLOfThePagesResolves(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	require.NoError(t, err)
	fence := regexp.MustCompile("(?ms)^( *)```yaml\n(.*?)^ *```")
	seen := 0
	for _, page := range append(pages, filepath.Join("..", "..", "README.md")) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
			block := strings.ReplaceAll("\n"+m[2], "\n"+m[1], "\n")
			if strings.HasPrefix(block, "\n- ") {
				block = "steps:" + block
			}
			r, err := Run(fstest.MapFS{"p.yml": {Data: []byte(block)}}, []string{"."}, Options{})
			if err != nil {
				continue // a part of a pipeline
			}
			seen++
			if strings.Contains(block, "the choice comes too late") {
				assert.Equal(t, 1, r.Errors())
				continue
			}
			assert.Zero(t, r.Errors(), "%s: %v\n%s", page, found(r), block)
		}
	}
	assert.Greater(t, seen, 10)
}
