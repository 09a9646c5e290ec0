package cli

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/preflight"
)

// subject is the line of the header about the connection. It comes after the requests, since only Azure DevOps knows the name.
func subject(task *pipeline.Task, inputs preflight.Inputs, results []check.Result) string {
	endpoint, ok := task.Endpoint(inputs.Connection)
	if !ok {
		return oneLineOf(fmt.Sprintf("no connection: the input azureSubscription is %q", inputs.Connection))
	}
	conn, _ := connection.Parse(connection.Endpoint(endpoint))
	named := conn.ID
	if r, ok := fact[devops.Record](results); ok && r.Name != "" {
		named = strconv.Quote(r.Name) // the ID would make the line too long; it's in the report
	}
	return oneLineOf(fmt.Sprintf("connection %s, %s, %s", named, conn.Scheme, cloudWords(conn.Cloud)))
}

// header says what runs here, before the first request.
func header(task *pipeline.Task, inputs preflight.Inputs, n network) []string {
	lines := []string{fmt.Sprintf("ARM Preflight %s on %s", version, agentWords(task.Agent()))}
	if injected(task) {
		lines = []string{"ARM Preflight " + version + whoInjected, "on " + agentWords(task.Agent())}
	}
	if len(n.settings) > 0 {
		lines = append(lines, "in use: "+strings.Join(n.settings, "; "))
	}
	lines = append(lines, n.ignored...)
	if names := task.OverwrittenInputs(); len(names) > 0 {
		lines = append(lines, "variables of this job have the names of inputs and override them on agents before 5.277.0: "+strings.Join(names, ", "))
	}
	if task.Agent().SkipCertValidation {
		lines = append(lines, "the agent is configured to skip certificate validation; this task validates certificates anyway")
	}
	if inputs.FailOnOverride {
		lines = append(lines, fmt.Sprintf("failOn is %q because of the variable %s", inputs.FailOn, preflight.FailOnVariable))
	}
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ") // settings hold what they like; each is one line here
	}
	return lines
}

// cloudWords names a cloud, one that isn't known in quotes and ASCII: a name
// that only looks like a known one must not pass for it.
func cloudWords(c connection.Cloud) string {
	if c.Known {
		return c.Name
	}
	return "cloud " + strconv.QuoteToASCII(c.Name)
}

// ready names what a pass is about: the connection and what it leads to.
func ready(inputs preflight.Inputs, results []check.Result) string {
	conn, _ := fact[connection.Connection](results)
	// A recorded name may be an old one.
	target, id := conn.Scope.SubscriptionName, cmp.Or(conn.Scope.SubscriptionID, conn.Scope.ManagementGroupID)
	if id == conn.Scope.ManagementGroupID {
		target = conn.Scope.ManagementGroupName
	}
	if target = cmp.Or(target, id); target != id {
		target += " (" + id + ")"
	}
	if s, ok := fact[azure.Subscription](results); ok {
		target = s.DisplayName
	}
	if g, ok := fact[azure.ManagementGroup](results); ok {
		target = g.Properties.DisplayName
	}
	connected := "connection " + inputs.Connection
	if r, ok := fact[devops.Record](results); ok {
		connected = r.Name
	}
	switch n := len(inputs.MoreConnections); n {
	case 0:
	case 1:
		target += ", and 1 more connection"
	default:
		target += fmt.Sprintf(", and %d more connections", n)
	}
	return fmt.Sprintf("%s → %s", connected, target)
}

// agentWords says what kind of machine this is.
func agentWords(a pipeline.Agent) string {
	kind := map[pipeline.Hosting]string{pipeline.MicrosoftHosted: "Microsoft-hosted agent", pipeline.SelfHosted: "self-hosted agent"}[a.Hosting]
	if kind == "" {
		kind = "agent"
	}
	if a.Name != "" {
		kind += fmt.Sprintf(" %q", a.Name)
	}
	if a.InContainer {
		kind += " (in a container)"
	}
	return kind
}
