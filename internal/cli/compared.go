package cli

import (
	"strings"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
	"armpreflight/internal/report"
)

// comparedFacts is what a reader compares with the report of another run, to see why one worked and the other didn't: one value
// for each fact, and only what the log can show too. Facts that aren't known are left out. The run began at start.
func comparedFacts(agent pipeline.Agent, results []check.Result, start time.Time) []report.Fact {
	var all []report.Fact
	add := func(id, label, value string) {
		if value != "" {
			all = append(all, report.Fact{ID: id, Label: label, Value: value})
		}
	}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.DateOnly)
	}
	kind := agent
	if kind.Hosting == pipeline.MicrosoftHosted {
		kind.Name = "" // another one for each job
	}
	add("agent", "agent", agentWords(kind))
	add("agent-version", "agent version", agent.Version)
	add("agent-os", "agent's operating system", agent.OS)
	if r, ok := fact[devops.Record](results); ok {
		add("connection-changed", "connection last changed", day(r.Modified))
	}
	if a, ok := fact[preflight.Assertion](results); ok && a.Readable {
		add("issuer", "issuer of the ID token", preflight.IssuerWords(a.Claims.Issuer))
	}
	if t, ok := fact[azure.Token](results); ok {
		add("token-lifetime", "token lifetime", preflight.Lifetime(t.Expires.Sub(start)))
		if t.Readable {
			add("object-id", "object ID", t.Claims.ObjectID)
			add("token-tenant", "tenant of the token", t.Claims.TenantID)
		}
	}
	if c, ok := fact[preflight.CertificateFacts](results); ok {
		add("credential-expires", "credential expires", day(c.Credential.Leaf.NotAfter))
	}
	if e, ok := fact[preflight.ExpiryFacts](results); ok {
		add("credential-expires", "credential expires", day(e.Last()))
	}
	if s, ok := fact[azure.Subscription](results); ok {
		add("subscription", "subscription", s.DisplayName)
		add("subscription-state", "subscription state", strings.ToLower(s.State))
		add("spending-limit", "spending limit", strings.ToLower(s.Policies.SpendingLimit))
	} else if c, ok := fact[connection.Connection](results); ok {
		add("subscription", "subscription", c.Scope.SubscriptionName)
	}
	if g, ok := fact[azure.ManagementGroup](results); ok {
		add("management-group", "management group", g.Properties.DisplayName)
	}
	return all
}
