package attack

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"armpreflight/internal/sim/bubble"

	"github.com/stretchr/testify/assert"
)

// TestAWaivedRootIsNeverReady: whatever a step waives, a run whose connection
// no one has checked doesn't end in "ready".
func TestAWaivedRootIsNeverReady(t *testing.T) {
	const waiver = " until 2099-12-31 because somebody says so\n"
	var every strings.Builder
	for _, id := range []string{"inputs", "connection-input", "connection-data", "certificate", "network", "federated-token", "access-token", "subscription"} {
		every.WriteString(id + waiver)
	}
	for name, tc := range map[string]struct {
		scenario string
		prepare  func(*bubble.Bubble)
	}{
		"the network is down": {"healthy", func(b *bubble.Bubble) {
			b.Dial = func(context.Context, string) (net.Conn, error) { return nil, errors.New("no route to host") }
		}},
		"the job has no such connection": {"connection-not-in-job", func(*bubble.Bubble) {}},
		"the connection has no key":      {"connection-incomplete", func(*bubble.Bubble) {}},
		"the certificate is over":        {"certificate-expired", func(*bubble.Bubble) {}},
		"the id token is refused":        {"job-token-refused", func(*bubble.Bubble) {}},
		"the secret is over":             {"expired-secret", func(*bubble.Bubble) {}},
		"the subscription hides a group": {"no-role", func(b *bubble.Bubble) { b.Step.Inputs["resourceGroups"] = "rg-app" }},
	} {
		t.Run(name, func(t *testing.T) {
			for _, failOn := range []string{"fail", "unknown"} {
				got := play(t, tc.scenario, func(b *bubble.Bubble) {
					b.Step.Inputs["waivers"], b.Step.Inputs["failOn"] = every.String(), failOn
					tc.prepare(b)
				})
				assert.Contains(t, []string{"unknown", "fail"}, outputsIn(got.Log)["ArmPreflight.result"], got.Visible())
				assert.NotContains(t, got.Visible(), "\nready:")
				assert.Contains(t, outputsIn(got.Log)["ArmPreflight.failedChecks"], "inputs", "what everything depends on can't be waived")
				if failOn == "unknown" {
					assert.Contains(t, got.Log, "##vso[task.complete result=Failed;]")
				}
			}
		})
	}
	got := play(t, "no-role", func(b *bubble.Bubble) {
		b.Step.Inputs["resourceGroups"], b.Step.Inputs["waivers"] = "rg-app", "subscription"+waiver
	})
	assert.Equal(t, "unknown", outputsIn(got.Log)["ArmPreflight.result"])
	lines := strings.Split(strings.TrimSpace(got.Visible()), "\n")
	assert.Contains(t, strings.Join(lines[max(0, len(lines)-3):], " "), "couldn't determine: subscription waived, so resource-groups")
}

// TestWhatAWaiverKeptFromBeingExaminedFailsByFailOn: a step that lets nothing unknown
// through doesn't let it through for a waiver that may be given.
func TestWhatAWaiverKeptFromBeingExaminedFailsByFailOn(t *testing.T) {
	for failOn, result := range map[string]string{"fail": "SucceededWithIssues", "unknown": "Failed", "warn": "Failed", "never": "SucceededWithIssues"} {
		got := play(t, "no-role", func(b *bubble.Bubble) {
			b.Step.Inputs["resourceGroups"], b.Step.Inputs["failOn"] = "rg-app", failOn
			b.Step.Inputs["waivers"] = "subscription until 2026-12-31 because of ticket 4711"
		})
		assert.Contains(t, got.Log, "##vso[task.complete result="+result+";]", failOn)
	}
}

// TestANameThatCantBeComparedIsNotReady: the connection's own subscription may be
// called otherwise today, and so may the one that a variable means.
func TestANameThatCantBeComparedIsNotReady(t *testing.T) {
	for name, tc := range map[string]struct {
		situation, waivers, want, line string
	}{
		"the identity may read its resource group only": {situation: "healthy-resource-group", want: "unknown", line: "couldn't determine: subscription-variable"},
		"a waiver accepts that nothing can be read":     {situation: "no-role", waivers: "subscription until 2099-12-31 because of ticket 4711", want: "unknown", line: "so subscription-variable wasn't checked"},
	} {
		t.Run(name, func(t *testing.T) {
			got := play(t, tc.situation, func(b *bubble.Bubble) {
				b.Variable("armSubscription", "Contoso Production", false)
				b.Step.Inputs["subscriptionVariable"], b.Step.Inputs["waivers"] = "armSubscription", tc.waivers
			})
			assert.Equal(t, tc.want, outputsIn(got.Log)["ArmPreflight.result"], got.Visible())
			assert.Contains(t, strings.Join(strings.Fields(got.Visible()), " "), tc.line)
		})
	}
}
