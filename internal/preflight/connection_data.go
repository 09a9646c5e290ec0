package preflight

import (
	"cmp"
	"context"
	"fmt"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
	"armpreflight/internal/secret"
)

// ConnectionData asks whether the connection is complete: scheme, IDs, key or
// certificate, cloud, its own hosts. Facts: connection.Connection, complete.
var ConnectionData = &Check{
	ID:    "connection-data",
	Layer: layerConnection,
	Title: "is the connection complete: scheme, IDs, secret or certificate, cloud, and its hosts?",
	Needs: []*Check{ConnectionInput},
	Codes: func() []string {
		return finding.Codes(catalogue.ConnectionIncomplete, catalogue.SchemeUnsupported, catalogue.CloudRetired, catalogue.AuthorityUnexpected)
	},
	Sends: "nothing, except for Azure Stack Hub and unknown clouds: one request without a credential for the cloud's list of addresses",
	Run:   runConnectionData,
}

func runConnectionData(ctx context.Context, w *World, s *state) check.Outcome {
	endpoint, _ := check.FactsOf[connection.Endpoint](s, ConnectionInput)
	conn, problems := connection.Parse(endpoint)
	w.Learn([]secret.Text{conn.Key, conn.Certificate, conn.IDToken}, []string{conn.ClientID, conn.Issuer, conn.Subject})

	if len(problems) == 0 && !conn.Cloud.Complete() {
		complete, err := w.Azure(conn.Cloud).Metadata(ctx)
		if err != nil {
			return check.Found(w.judge().Refused(ctx, err, facts.Request{Host: conn.Cloud.ResourceManager}))
		}
		conn.Cloud = complete
		if p, ok := complete.Problem(); ok {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		var items []check.Item
		for _, p := range problems {
			items = append(items, finding.New(check.Fail, Problem(p)))
		}
		o := check.Found(items...)
		o.Facts = incomplete{conn}
		return o
	}
	return check.Passed("", conn)
}

// label is the name that the Edit pane of a connection has for a field; "" if it has none.
func label(field string) string {
	switch field {
	case "environment":
		return "Environment"
	case "managementGroupId":
		return "Management Group ID"
	case "servicePrincipalCertificate":
		return "Certificate"
	case "serviceprincipalid":
		return "Application (client) ID"
	case "serviceprincipalkey":
		return "Client secret"
	case "subscriptionId":
		return "Subscription ID"
	case "tenantid":
		return "Directory (tenant) ID"
	case "url":
		return "Server URL"
	}
	return ""
}

// Problem is a problem of a connection as a finding.
func Problem(p connection.Problem) finding.Coded {
	known := facts.ConnectionField{Field: p.Field, Label: label(p.Field), Detail: p.Detail}
	switch p.Kind {
	case connection.SchemeUnsupported:
		return facts.SchemeUnsupported(known)
	case connection.CloudRetired:
		return facts.CloudRetired(known)
	case connection.AuthorityUnexpected:
		return facts.AuthorityUnexpected(known)
	default:
		return facts.ConnectionIncomplete(known)
	}
}

// incomplete is what could be read of a connection that has problems: for explanations only.
type incomplete struct{ connection.Connection }

// scopeWords names what a connection is scoped to. A name is the one of the day it
// was created, so the ID follows it.
func scopeWords(s connection.Scope) string {
	named := func(kind, name, id string) string {
		if name == "" {
			return kind + " " + id
		}
		return fmt.Sprintf("%s %q (%s)", kind, name, id)
	}
	switch {
	case s.ManagementGroupID != "":
		return named("management group", s.ManagementGroupName, s.ManagementGroupID)
	case s.ResourceGroup != "":
		// The last line of the log has the ID too, and this one is long.
		return fmt.Sprintf("resource group %q in subscription %q", s.ResourceGroup, cmp.Or(s.SubscriptionName, s.SubscriptionID))
	default:
		return named("subscription", s.SubscriptionName, s.SubscriptionID)
	}
}
