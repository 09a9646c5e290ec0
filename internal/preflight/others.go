package preflight

import (
	"context"
	"slices"
	"strings"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/devops"
	"armpreflight/internal/diagnosis"
)

// connectionsAtOnce is how many other connections are checked at the same time. Few steps
// name more; for those that do, what it bounds is sockets and sign-ins a second.
const connectionsAtOnce = 40

// ofOthers are the checks for the connections of the input moreConnections:
// whether they would work, and nothing that other inputs ask.
var ofOthers = []*Check{
	ConnectionInput, ConnectionData, Certificate, ConnectionRecord, Network, FederatedToken, AccessToken, Subscription, ManagementGroup,
}

// Other is what's worth telling of another connection.
type Other struct {
	Results   []check.Result
	Situation diagnosis.Situation // of its own
}

// Others checks the connections of the input moreConnections, each in a world
// of its own. A healthy one is one result with its name as ID; otherwise there's a
// result for each check that found something, as name/check-id. ask runs the checks.
func (w *World) Others(ctx context.Context, ask func(context.Context, *World, []*Check) []check.Result) []Other {
	ids := slices.DeleteFunc(slices.Clone(w.Inputs.MoreConnections), func(id string) bool { return id == w.Inputs.Connection })
	found := make([]Other, len(ids))
	check.Each(len(ids), connectionsAtOnce, func(i int) {
		other := *w
		other.Inputs = Inputs{
			Connection: ids[i], NamedBy: "moreConnections", Timeout: w.Inputs.Timeout,
			ExpiryWarningDays: w.Inputs.ExpiryWarningDays, ExpiryErrorDays: w.Inputs.ExpiryErrorDays,
		}
		results := ask(ctx, &other, ofOthers)
		found[i] = Other{summary(ids[i], results), other.Situation(results)}
	})
	return found
}

// summary is what's worth reporting about another connection.
func summary(id string, results []check.Result) []check.Result {
	name, target := id, ""
	one := check.Result{Layer: layerMore, Title: "is this connection fit for use?"}
	var findings []check.Result
	for _, r := range results {
		switch facts := r.Facts.(type) {
		case devops.Record:
			name = strings.ReplaceAll(facts.Name, ",", " ") // which separates the checks that failed
		case azure.Subscription:
			target = r.Text
		case azure.ManagementGroup:
			target = r.Text
		}
		if len(r.Items) > 0 && !(r.Advisory && r.Status == check.Unknown) {
			findings = append(findings, r)
		}
	}
	if len(findings) == 0 {
		one.ID, one.Outcome = name, check.Passed(target, nil)
		return []check.Result{one}
	}
	for i := range findings {
		findings[i].ID = name + "/" + findings[i].ID
		findings[i].Facts = nil // those of the first connection are what the run is about
	}
	return findings
}
