package cli

import (
	"crypto/x509"
	"testing"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
	"armpreflight/internal/report"

	"github.com/stretchr/testify/assert"
)

func TestTheFactsThatRunsAreComparedBy(t *testing.T) {
	start := time.Date(2026, 11, 29, 23, 30, 0, 0, time.UTC)
	hosted := pipeline.Agent{Name: "Azure Pipelines 7", Version: "4.265.1", OS: "Linux", Hosting: pipeline.MicrosoftHosted}
	enabled := azure.Subscription{DisplayName: "Contoso Prod", State: "Enabled"}
	enabled.Policies.SpendingLimit = "Off"
	for name, tt := range map[string]struct {
		agent   pipeline.Agent
		results []check.Result
		want    []report.Fact
	}{
		"nothing is known": {},
		"the name of a Microsoft-hosted agent differs in each job": {
			agent: hosted,
			want:  []report.Fact{{ID: "agent", Label: "agent", Value: "Microsoft-hosted agent"}, {ID: "agent-version", Label: "agent version", Value: "4.265.1"}, {ID: "agent-os", Label: "agent's operating system", Value: "Linux"}},
		},
		"a self-hosted agent has its name": {
			agent: pipeline.Agent{Name: "build-7", Hosting: pipeline.SelfHosted},
			want:  []report.Fact{{ID: "agent", Label: "agent", Value: `self-hosted agent "build-7"`}},
		},
		"a federated connection": {
			results: []check.Result{
				{Outcome: check.Outcome{Facts: devops.Record{Name: "prod-arm", Modified: time.Date(2026, 9, 29, 0, 0, 0, 0, time.UTC)}}},
				{Outcome: check.Outcome{Facts: preflight.Assertion{Readable: true, Claims: connection.Claims{Issuer: "https://vstoken.dev.azure.com/x"}}}},
				{Outcome: check.Outcome{Facts: azure.Token{Expires: start.Add(time.Hour), Readable: true, Claims: connection.Claims{ObjectID: "e41a", TenantID: "7d2f"}}}},
				{Outcome: check.Outcome{Facts: enabled}},
			},
			want: []report.Fact{
				{ID: "connection-changed", Label: "connection last changed", Value: "2026-09-29"}, {ID: "issuer", Label: "issuer of the ID token", Value: "Azure DevOps (older)"},
				{ID: "token-lifetime", Label: "token lifetime", Value: "60 minutes"}, {ID: "object-id", Label: "object ID", Value: "e41a"}, {ID: "token-tenant", Label: "tenant of the token", Value: "7d2f"},
				{ID: "subscription", Label: "subscription", Value: "Contoso Prod"}, {ID: "subscription-state", Label: "subscription state", Value: "enabled"}, {ID: "spending-limit", Label: "spending limit", Value: "off"},
			},
		},
		"a token that can't be read": {
			results: []check.Result{{Outcome: check.Outcome{Facts: azure.Token{Expires: start.Add(time.Hour)}}}},
			want:    []report.Fact{{ID: "token-lifetime", Label: "token lifetime", Value: "60 minutes"}},
		},
		"the last day of a secret": {
			results: []check.Result{{Outcome: check.Outcome{Facts: preflight.ExpiryFacts{Days: 3, Until: start.AddDate(0, 0, 3)}}}},
			want:    []report.Fact{{ID: "credential-expires", Label: "credential expires", Value: "2026-12-02"}},
		},
		"the last day of a certificate": {
			results: []check.Result{{Outcome: check.Outcome{Facts: preflight.CertificateFacts{Credential: connection.Credential{Leaf: &x509.Certificate{NotAfter: start}}}}}},
			want:    []report.Fact{{ID: "credential-expires", Label: "credential expires", Value: "2026-11-29"}},
		},
		"a subscription that couldn't be read has the name of the connection": {
			results: []check.Result{{Outcome: check.Outcome{Facts: connection.Connection{Scope: connection.Scope{SubscriptionName: "Contoso Prod"}}}}},
			want:    []report.Fact{{ID: "subscription", Label: "subscription", Value: "Contoso Prod"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := comparedFacts(tt.agent, tt.results, start)
			if tt.agent.Hosting == (pipeline.Agent{}).Hosting {
				got = got[1:] // the agent's kind
			}
			assert.ElementsMatch(t, tt.want, got)
		})
	}
}
