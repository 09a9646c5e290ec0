package preflight

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/deployment"
	"armpreflight/internal/finding"
	"armpreflight/internal/rights"
)

// Deployment derives what the files of the input deployment need. The checks of permissions, providers, groups, locations and
// locks use it in addition to what the other inputs name. Facts: *deployment.Needs, of the files that could be read.
var Deployment = &Check{
	ID:      "deployment",
	Layer:   layerAzure,
	Title:   "can the templates and plans you name be read, and what do they need?",
	Asked:   func(w *World) bool { return len(w.Inputs.Deployment) > 0 },
	Needs:   []*Check{ConnectionData},
	Codes:   func() []string { return finding.Only(catalogue.InputInvalid, catalogue.VariableUnresolved) },
	Unasked: "the input deployment is empty",
	Sends:   "nothing: it reads the files",
	Run:     runDeployment,
}

func runDeployment(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	folder, err := w.Folder()
	if err != nil {
		return check.Found(deploymentInvalid(w.Inputs.Deployment[0], "can't open the job's workspace: "+err.Error()))
	}
	if folder.Closer != nil {
		defer folder.Close() // it's only read
	}
	needs := &deployment.Needs{}
	var items []check.Item
	read := 0
	for _, text := range w.Inputs.Deployment {
		if macros := w.Macros(text); len(macros) > 0 {
			items = append(items, finding.New(check.Fail, facts.VariableUnresolved{Input: "deployment", Value: text, Exists: w.existsNow(macros[0])}))
			continue
		}
		n, err := derive(ctx, needs, folder, parseDeployment(text), conn.Scope)
		if read += n; err == nil && read > maxDeploymentFiles {
			err = fmt.Errorf("the lines name more than %d files", maxDeploymentFiles)
		}
		if err != nil {
			items = append(items, deploymentInvalid(text, strings.TrimPrefix(err.Error(), folder.Work+"/")))
		}
	}
	if len(items) > 0 {
		o := check.Found(items...)
		o.Facts = needs
		return o
	}
	o := check.Passed("", needs)
	for i, u := range needs.Unknown {
		if i == 3 {
			o.Notes = append(o.Notes, fmt.Sprintf("%d more things couldn't be determined", len(needs.Unknown)-i))
			break
		}
		o.Notes = append(o.Notes, w.Redact.Line(u.What, 2*maxShown))
	}
	if slices.ContainsFunc(needs.Actions, func(a deployment.Action) bool { return strings.Contains(a.Scope, "{resourceGroup}") }) {
		o.Notes = append(o.Notes, "a template doesn't say which resource group it deploys to: write FILE @ resourceGroups/NAME to have its permissions checked there")
	}
	return o
}

func deploymentInvalid(text, detail string) check.Item {
	return finding.New(check.Fail, facts.InputInvalid{Input: "deployment", Value: text, Detail: detail})
}

// derive adds what the files of a line need, and returns how many files there are.
func derive(ctx context.Context, needs *deployment.Needs, folder Folder, line deploymentLine, scope connection.Scope) (int, error) {
	to := line.scope
	if to != "/" { // the tenant, which requiredActions can't name
		at, err := rights.ParseScope(line.scope, baseOf(scope))
		if err != nil {
			return 0, err
		}
		to = at.ID()
	}
	files, err := folder.files(line)
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		if ctx.Err() != nil {
			return len(files), ctx.Err()
		}
		more, err := deployment.Derive(folder, []string{file.name}, deployment.Options{Scope: to, Parameters: file.parameters})
		if err != nil {
			return len(files), line.explained(err)
		}
		fromWork(more, folder.Work)
		needs.Merge(more)
		if err := needs.Check(); err != nil {
			*needs = deployment.Needs{} // so much isn't asked for
			return len(files), fmt.Errorf("%s: together with the files before it, %w", file.name, err)
		}
	}
	return len(files), nil
}

// fromWork names files as the input does: from the folder in which the job works.
func fromWork(needs *deployment.Needs, work string) {
	for _, a := range needs.Actions {
		for i := range a.Because {
			a.Because[i].File = strings.TrimPrefix(a.Because[i].File, work+"/")
		}
	}
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// needed is an action that a deployment needs, at the scope where an identity can be given it.
type needed struct {
	deployment.Action
	at     rights.Scope
	around string // the ID of its group, subscription or management group, in lower case
	likely bool
}

// needsOf is what the files of the input deployment need; nothing if none is named, or none could be read.
func needsOf(s *state) *deployment.Needs {
	if needs, ok := check.FactsOf[*deployment.Needs](s, Deployment); ok {
		return needs
	}
	return &deployment.Needs{}
}

// neededActions are the actions that the files need, each once at a scope. What a deployment creates is judged around it, and what
// has a gap in its ID, such as an unnamed resource group, around that: there it's likely at most. unplaced are the
// needs that are nowhere, such as in an unnamed subscription.
func neededActions(needs *deployment.Needs) (all []needed, unplaced []deployment.Action) {
	seen := map[string]int{}
	for _, a := range needs.Actions {
		n := needed{Action: a, likely: a.Certainty != deployment.Certain}
		scope := needs.Assignable(a.Scope)
		if around, gap := withoutGap(scope); gap {
			if around == "" {
				unplaced = append(unplaced, a)
				continue
			}
			scope, n.likely = around, true
		}
		var parsed bool
		if n.at, parsed = arm.ParseID(scope); !parsed {
			unplaced = append(unplaced, a)
			continue
		}
		key := keyOf(n.wanted())
		if i, ok := seen[key]; ok {
			all[i].likely = all[i].likely && n.likely
			continue
		}
		seen[key] = len(all)
		n.around = strings.ToLower(containerOf(n.at).ID())
		all = append(all, n)
	}
	return all, unplaced
}

// withoutGap gives the scope around the first name of an ID that isn't known.
func withoutGap(id string) (string, bool) {
	if !strings.Contains(id, "{") {
		return id, false
	}
	parsed, ok := arm.ParseID(id)
	switch {
	case !ok || strings.Contains(parsed.Subscription+parsed.ManagementGroup, "{"):
		return "", true
	case parsed.Subscription == "" && parsed.ManagementGroup == "":
		return "", true
	case parsed.ManagementGroup != "":
		return arm.ManagementGroupID(parsed.ManagementGroup), true
	case strings.Contains(parsed.ResourceGroup, "{") || parsed.ResourceGroup == "":
		return "/subscriptions/" + parsed.Subscription, true
	}
	return "/subscriptions/" + parsed.Subscription + "/resourceGroups/" + parsed.ResourceGroup, true
}

// containerOf is the resource group, subscription or management group that a scope is in; the scope itself if it's one.
func containerOf(scope rights.Scope) rights.Scope {
	id := ""
	switch {
	case scope.Level() != arm.Inside:
		return scope
	case scope.ManagementGroup != "":
		id = arm.ManagementGroupID(scope.ManagementGroup)
	case scope.ResourceGroup != "":
		id = "/subscriptions/" + scope.Subscription + "/resourceGroups/" + scope.ResourceGroup
	case scope.Subscription != "":
		id = "/subscriptions/" + scope.Subscription
	}
	container, _ := arm.ParseID(id)
	return container
}

// asWanted are the certain ones in the form of a line of requiredActions.
func asWanted(all []needed) []rights.Wanted {
	var wanted []rights.Wanted
	for _, n := range all {
		if !n.likely {
			wanted = append(wanted, n.wanted())
		}
	}
	return wanted
}

func (n needed) wanted() rights.Wanted {
	return rights.Wanted{Action: n.Action.Action, Data: n.DataAction, Scope: n.at}
}

// why is where a need comes from.
func (n needed) why() string {
	if len(n.Because) == 0 {
		return ""
	}
	r := n.Because[0]
	text := strings.TrimSpace(r.File + " " + r.Path)
	if r.Target != "" {
		text += " refers to it"
	}
	return text
}
