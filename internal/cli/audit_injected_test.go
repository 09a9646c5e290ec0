package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"armpreflight/internal/audit"
	"armpreflight/internal/decorator"
	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	cliTask       = "46e4be58-730b-4389-8a2f-ea10b3e5e815"
	keyVaultTask  = "1e244d32-2dd4-4165-96fb-b7441ca9331e"
	ownTask       = "0f0e0d0c-0000-4000-8000-0000000000aa"
	checkoutTask  = "6d15af64-176c-496d-b583-fd2ae21d4df4"
	injectedStep  = decorator.StepName
	writtenByHand = "Preflight prod-arm"
)

// injectedWorld has a pipeline for each state, and what else there is in an organization.
func injectedWorld(now func() time.Time) *cloud.World {
	w := scenario.Audited(now)
	for _, p := range w.Organizations[0].Projects {
		for i := range p.Connections {
			p.Connections[i].Uses = nil
		}
	}
	p := &w.Organizations[0].Projects[0]
	c := &p.Connections[0]
	step := func(name, id, version string) cloud.TimelineStep {
		return cloud.TimelineStep{Name: name, TaskID: id, Version: version}
	}
	preflight := func(name string) cloud.TimelineStep { return step(name, decorator.TaskID, "1.0.0") }
	job := func(name string, steps ...cloud.TimelineStep) cloud.TimelineJob {
		return cloud.TimelineJob{Name: name, Steps: append([]cloud.TimelineStep{step("Checkout", checkoutTask, "1.0.0")}, steps...)}
	}
	cli, vault := step("az", cliTask, "2.240.1"), step("secrets", strings.ToUpper(keyVaultTask), "2.0.0")
	skipped := vault
	skipped.Result = "skipped"
	add := func(pipeline string, days int, jobs ...cloud.TimelineJob) {
		run := 2000 + len(c.Uses)
		c.Uses = append(c.Uses, cloud.Use{Finished: now().AddDate(0, 0, -days), Result: "succeeded", Pipeline: pipeline, Run: run})
		p.Timelines = append(p.Timelines, cloud.Timeline{Run: run, Jobs: jobs})
	}
	add("done", 1, job("Build"), job("Deploy", preflight(injectedStep), cli))
	add("own", 1, job("Deploy", preflight(writtenByHand), vault))
	add("half", 2, job("Deploy", preflight(injectedStep), cli), job("Migrate", vault), job("Other", skipped))
	add("missed", 3, job("Deploy ##vso[task.complete]", cli))
	add("unlisted", 3, job("Deploy", step("custom", ownTask, "1.0.0")))
	add("missed", 4, job("Deploy", preflight(injectedStep), cli)) // an older run doesn't count
	add("long ago", 40, job("Deploy", cli))
	// Another connection was used by an older run of the second pipeline.
	p.Connections[1].Uses = []cloud.Use{{Finished: now().AddDate(0, 0, -5), Result: "succeeded", Pipeline: "own", Run: 2999, Definition: 2}}
	p.Timelines = append(p.Timelines, cloud.Timeline{Run: 2999, Jobs: []cloud.TimelineJob{job("Deploy", cli)}})
	c.Uses = append(c.Uses, cloud.Use{Finished: now().AddDate(0, 0, -1), Result: "succeeded", Pipeline: "gone", Run: 9999})
	return w
}

func TestWhereTheInjectedStepRan(t *testing.T) {
	a := auditing{world: injectedWorld, args: []string{"--injected", "7", "--format", "json"}, environ: []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}}
	got := a.run(t)
	var d audit.Injection
	require.NoError(t, json.Unmarshal([]byte(got.out), &d), got.out+got.stderr)
	states := map[string]string{}
	var order []string
	for _, p := range d.Pipelines {
		states[p.Name] = strings.TrimSuffix(fmt.Sprint(p.State, " ", strings.Join(p.Jobs, ",")), " ")
		order = append(order, p.Name)
		assert.Equal(t, "Shop", p.Project)
		assert.Contains(t, p.Link, fmt.Sprintf("https://dev.azure.com/contoso/Shop/_build/results?buildId=%d", p.Run))
	}
	assert.Equal(t, []string{"half", "missed", "unlisted", "own", "done"}, order)
	assert.Equal(t, "missed Migrate", states["half"])
	assert.NotContains(t, states["missed"], "##vso[")
	assert.Equal(t, map[string]string{"half": states["half"], "missed": states["missed"], "unlisted": "unlisted", "own": "own", "done": "injected"}, states)
	assert.Contains(t, fmt.Sprint(d.NotSeen), "the steps of a run: it doesn't exist, or this reader can't see it")
	assert.Equal(t, ExitFindings, got.code)
	assert.Contains(t, got.stderr, "5 deploying pipelines in the last 7 days: 2 missed, 1 with the injected step, 1 with their own preflight, 1 with unlisted tasks only")
	assert.Empty(t, got.cloud.Violations())
	timelines := 0
	for _, r := range got.cloud.Requests() {
		if strings.HasSuffix(r.Path, "/timeline") {
			timelines++
		}
		assert.NotContains(t, r.Path, "pipelinePermissions", "only what's needed is asked")
	}
	assert.Equal(t, 6, timelines, "one for each pipeline")

	a.args = []string{"--injected", "7", "--fail-on", "none"}
	table := a.run(t)
	assert.Equal(t, ExitOK, table.code, table.stderr)
	assert.Contains(t, table.out, "JOBS WITHOUT A PREFLIGHT")
	assert.Regexp(t, `missed +half +Shop +\d{4}-\d\d-\d\d +Migrate +https://dev`, table.out)
	assert.NotContains(t, table.out, "##vso[")
}

// TestAnAuditReadsNoTimelineUnlessAsked: it's quiet without the flag.
func TestAnAuditReadsNoTimelineUnlessAsked(t *testing.T) {
	got := auditing{world: injectedWorld, args: []string{"--format", "json"}, environ: []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}}.run(t)
	for _, r := range got.cloud.Requests() {
		assert.NotContains(t, r.Path, "timeline")
	}
}

// TestNoMoreThan200RunsAreRead of the newest pipelines.
func TestNoMoreThan200RunsAreRead(t *testing.T) {
	sameCodeAsOthers(t)
	world := func(now func() time.Time) *cloud.World {
		w := scenario.Audited(now)
		p := &w.Organizations[0].Projects[0]
		for i := range p.Connections {
			p.Connections[i].Uses = nil
			for k := range 49 {
				p.Connections[i].Uses = append(p.Connections[i].Uses, cloud.Use{Finished: now().Add(-time.Duration(k) * time.Hour), Result: "succeeded", Pipeline: fmt.Sprint("p", i, "-", k), Run: 1 + i*100 + k, Definition: 1 + i*100 + k})
			}
		}
		return w
	}
	got := auditing{world: world, args: []string{"--injected", "30"}, environ: []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}}.run(t)
	timelines := 0
	for _, r := range got.cloud.Requests() {
		if strings.HasSuffix(r.Path, "/timeline") {
			timelines++
		}
	}
	assert.Equal(t, 200, timelines)
	assert.Contains(t, got.out, "only the newest 200 are read")
}

func TestAnInjectionThatCannotBeAsked(t *testing.T) {
	for _, tc := range []struct {
		name, wants string
		args        []string
	}{
		{name: "too many days", args: []string{"--injected", "1000"}, wants: "--injected must be 1 to 365 days"},
		{name: "below zero", args: []string{"--injected", "-1"}, wants: "--injected must be 1 to 365 days"},
		{name: "with a forecast", args: []string{"--injected", "7", "--forecast", "7"}, wants: "use either --injected or --forecast"},
		{name: "as a page", args: []string{"--injected", "7", "--format", "html"}, wants: "with --injected, --format must be table or json"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := auditing{args: tc.args, environ: []string{"AZURE_DEVOPS_EXT_PAT=" + pat()}}.run(t)
			assert.Equal(t, ExitUsage, got.code)
			assert.Contains(t, got.stderr, tc.wants)
		})
	}
}

func TestAReaderWhoMayNotSeeRunsIsTold(t *testing.T) {
	got := auditing{world: injectedWorld, args: []string{"--injected", "7"}, environ: []string{"AZURE_DEVOPS_EXT_PAT=" + pat()},
		spoil: func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/timeline") {
				w.WriteHeader(http.StatusForbidden)
				return true
			}
			return false
		}}.run(t)
	assert.Equal(t, ExitOK, got.code)
	assert.Contains(t, got.out, "not checked: the steps of a run: this reader doesn't have permission (HTTP 403)")
	assert.Contains(t, got.out, "0 deploying pipelines")
}
