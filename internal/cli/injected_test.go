package cli

import (
	"fmt"
	"strings"
	"testing"

	"armpreflight/internal/check"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
	"armpreflight/internal/sim/cloud"

	"github.com/stretchr/testify/assert"
)

// handed is the environment of an injected step that was given connections by their IDs.
func handed(extra []string, endpoints map[string]string) *pipeline.Task {
	env := append([]string{"SYSTEM_TASKINSTANCENAME=__system_1"}, extra...)
	for id, kind := range endpoints {
		parameters := "{}"
		scheme, data := "ServicePrincipal", `{"subscriptionId":"a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14","environment":"AzureCloud"}`
		switch kind {
		case "registry":
			data = `{"registrytype":"ACR","registryId":"x"}`
		case "kubernetes":
			scheme = "Kubernetes"
		case "new":
			parameters = `{"authenticationType":"spnPasskey"}`
		}
		env = append(env, "ENDPOINT_AUTH_"+id+`={"scheme":"`+scheme+`","parameters":`+parameters+`}`, "ENDPOINT_DATA_"+id+"="+data, "ENDPOINT_URL_"+id+"=https://management.azure.com/")
	}
	return pipeline.Read(env)
}

func TestAnInjectedStepChecksWhatItWasHanded(t *testing.T) {
	id := func(n int) string { return fmt.Sprintf("00000000-0000-0000-0000-%012d", n) }
	for _, tc := range []struct {
		name      string
		endpoints map[string]string
		before    string // value of ArmPreflight.checked
		first     string
		more      []string
		want      []string // the first, then the others
		why       string
	}{
		{name: "the first is among the others", endpoints: map[string]string{id(1): "", id(2): ""}, first: id(1), more: []string{id(1), id(2), id(2)}, want: []string{id(1), id(2)}},
		{name: "the first wasn't handed over", endpoints: map[string]string{id(2): ""}, first: id(1), more: []string{id(1), id(2)}, want: []string{id(2)}},
		{name: "a registry", endpoints: map[string]string{id(1): "registry", id(2): ""}, first: id(1), more: []string{id(2)}, want: []string{id(2)}},
		{name: "a cluster", endpoints: map[string]string{id(1): "kubernetes"}, first: id(1), why: nothingForUs},
		{name: "a way to sign in that's new", endpoints: map[string]string{id(1): "new"}, first: id(1), why: nothingForUs},
		{name: "none", first: "prod-arm", why: nothingForUs},
		{name: "all were checked", endpoints: map[string]string{id(1): "", id(2): ""}, before: strings.ToUpper(id(2)) + "," + id(1), first: id(1), more: []string{id(2)}, why: alreadyChecked},
		{name: "one was checked", endpoints: map[string]string{id(1): "", id(2): ""}, before: id(1), first: id(1), more: []string{id(2)}, want: []string{id(2)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in, why := ofInjected(handed([]string{"ARMPREFLIGHT_CHECKED=" + tc.before}, tc.endpoints), preflight.Inputs{Connection: tc.first, MoreConnections: tc.more})
			assert.Equal(t, tc.why, why)
			if why == "" {
				assert.Equal(t, tc.want, append([]string{in.Connection}, in.MoreConnections...))
			}
		})
	}
}

// TestAnInjectedStepThatFindsNothingHasTwoLines in whatever way a healthy connection signs in.
func TestAnInjectedStepThatFindsNothingHasTwoLines(t *testing.T) {
	for _, name := range []string{"healthy", "healthy-certificate", "healthy-federation", "healthy-resource-group", "healthy-management-group"} {
		got := play(t, name, func(b *bubble) { b.Step.Name = "__system_1" })
		lines := strings.Split(strings.TrimSpace(got.visible()), "\n")
		assert.Len(t, lines, 2, "%s: %s", name, got.visible())
		assert.Contains(t, got.log, "##vso[task.complete result=Succeeded;]")
	}
}

// TestAnInjectedStepDoesNotFailForWhatItMayNotRead: the smallest role that a deployment needs might not include reading the subscription.
func TestAnInjectedStepDoesNotFailForWhatItMayNotRead(t *testing.T) {
	own := play(t, "no-role", func(b *bubble) {})
	assert.Contains(t, own.log, "##vso[task.complete result=Failed;]", "a step of an author does")
	got := play(t, "no-role", func(b *bubble) { b.Step.Name = "__system_1" })
	assert.Contains(t, got.log, "##vso[task.complete result=Succeeded;]")
	assert.NotContains(t, got.log, "type=error")
	assert.Equal(t, "unknown", got.status("subscription"))
}

func TestEveryRunTellsWhatWasChecked(t *testing.T) {
	for _, instance := range []string{"", "__system_1"} {
		got := play(t, "healthy", func(b *bubble) { b.Step.Name = instance })
		assert.Contains(t, got.log, "##vso[task.setvariable variable=ArmPreflight.checked;]"+cloud.ContosoKeyConnectionID+"\n", instance)
		got = play(t, "healthy", func(b *bubble) {
			b.Step.Name = instance
			b.Variable("ArmPreflight.checked", cloud.ContosoFederationConnectionID, false)
		})
		assert.Contains(t, got.log, "##vso[task.setvariable variable=ArmPreflight.checked;]"+cloud.ContosoFederationConnectionID+","+cloud.ContosoKeyConnectionID+"\n", instance)
	}
}

func TestOnlyWhatProvesNothingBecomesUnknown(t *testing.T) {
	item := func(code string, s check.Status) check.Item { return check.Item{Code: code, Status: s} }
	results := []check.Result{
		{ID: "subscription", Outcome: check.Outcome{Status: check.Fail, Items: []check.Item{item("AuthorizationFailed", check.Fail), item("subscription-warned", check.Warn)}}},
		{ID: "subscription", Outcome: check.Outcome{Status: check.Fail, Items: []check.Item{item("AuthorizationFailed", check.Fail), item("subscription-disabled", check.Fail)}}},
		{ID: "access-token", Outcome: check.Outcome{Status: check.Fail, Items: []check.Item{item("AADSTS7000222", check.Fail)}}},
		{ID: "resource-groups", Outcome: check.Outcome{Status: check.Fail, Items: []check.Item{item("AuthorizationFailed", check.Fail)}}},
		{ID: "connection-data", Outcome: check.Outcome{Status: check.Fail, Items: []check.Item{item("scheme-unsupported", check.Fail)}}},
		{ID: "clock", Outcome: check.Outcome{Status: check.Pass}},
	}
	couldNotTell(results)
	var got []check.Status
	for _, r := range results {
		got = append(got, r.Status)
	}
	assert.Equal(t, []check.Status{check.Unknown, check.Fail, check.Fail, check.Fail, check.Unknown, check.Pass}, got)
}
