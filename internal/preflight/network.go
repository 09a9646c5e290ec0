package preflight

import (
	"context"
	"strings"

	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
)

// Network asks whether the agent can reach the hosts that this connection
// needs: DNS, TCP, proxy, TLS. The connections it opens are the ones that the
// requests after it use, so this check costs no round trip of its own.
var Network = &Check{
	ID:    "network",
	Layer: layerNetwork,
	Title: "can the agent reach Microsoft Entra, Azure Resource Manager, and (for federation) Azure DevOps: DNS, TCP, proxy, TLS?",
	Needs: []*Check{ConnectionData},
	Codes: func() []string { return finding.Codes() },
	Sends: "nothing: it opens a TLS connection to each host, which the later requests use",
	Run:   runNetwork,
}

func runNetwork(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	hosts := azure.Hosts(conn.Cloud, conn.Scheme)
	if conn.Scheme == connection.WorkloadIdentityFederation && conn.IDToken.IsZero() && w.DevOps.Host() != "" {
		hosts = append(hosts, w.DevOps.Host())
	}
	failures, open := make([]error, len(hosts)), make([]func(), len(hosts))
	for i, host := range hosts {
		open[i] = func() { failures[i] = w.Open(ctx, host) }
	}
	check.Together(open...)

	var items []check.Item
	for i, err := range failures {
		if err != nil {
			items = append(items, w.judge().Refused(ctx, err, facts.Request{Host: hosts[i]}))
		}
	}
	if len(items) > 0 {
		return check.Found(items...)
	}
	return check.Passed(strings.Join(hosts, ", "), nil)
}
