package preflight

import (
	"slices"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/deployment"
	"armpreflight/internal/rights"
)

// DeploymentAnswer is what the files of the input deployment need, and what the identity has of it.
type DeploymentAnswer struct {
	Scopes []ScopeAnswer // those where something isn't granted come first
	Beyond []Reach       // what the identity has in addition to that; nothing where it couldn't be read
}

// ScopeAnswer is what's needed at one scope.
type ScopeAnswer struct {
	Scope string // an ARM ID; "/" is the tenant; with {subscription} and the like where the files don't say which
	Name  string // in a few words
	Needs []NeedAnswer
}

// NeedAnswer is a permission that's needed.
type NeedAnswer struct {
	Action       string
	Data, Likely bool
	State        NeedState
	Because      string // where the files say so
}

// NeedState is what became of a need.
type NeedState string

// The states of a need. NeedUnknown is what couldn't be read, or wasn't checked.
const (
	NeedGranted NeedState = "granted"
	NeedMissing NeedState = "missing"
	NeedDenied  NeedState = "denied"
	NeedUnknown NeedState = "unknown"
)

// Reach is how far the identity's permissions go beyond what's needed, at all scopes where that's the same.
type Reach struct {
	Scopes  []string // in a few words
	Role    string   // the role that has as much: Owner, Contributor, or Owner under a condition; "" for neither
	Actions []string // otherwise what else it may do, as its roles say it; none: nothing else
}

// permissionFacts is what the check permissions leaves for others.
type permissionFacts struct {
	held       []held
	deployment *DeploymentAnswer // nil: the deployment needs nothing
}

// AnswerOf is what a deployment needs and what became of it; nil if no file was named, or none could be read. If the permissions
// couldn't be judged, nothing is known about it.
func AnswerOf(results []check.Result) *DeploymentAnswer {
	var needs *deployment.Needs
	var conn connection.Connection
	for _, r := range results {
		switch f := r.Facts.(type) {
		case permissionFacts:
			return f.deployment
		case *deployment.Needs:
			needs = f
		case connection.Connection:
			conn = f
		}
	}
	if needs == nil {
		return nil
	}
	all, unplaced := neededActions(needs)
	return answer(conn.Scope, all, slices.Repeat([]NeedState{NeedUnknown}, len(all)), unplaced, nil, nil)
}

// answer puts together the results for the needs. The unplaced ones weren't compared with anything. helds are what the identity
// has at their scopes, and typed the lines of requiredActions.
func answer(own connection.Scope, all []needed, states []NeedState, unplaced []deployment.Action, helds []held, typed []rights.Wanted) *DeploymentAnswer {
	if len(all)+len(unplaced) == 0 {
		return nil
	}
	a := &DeploymentAnswer{}
	at := map[string]int{}
	add := func(scope, name string, need NeedAnswer) {
		i, ok := at[strings.ToLower(scope)]
		if !ok {
			i = len(a.Scopes)
			at[strings.ToLower(scope)] = i
			a.Scopes = append(a.Scopes, ScopeAnswer{Scope: scope, Name: name})
		}
		a.Scopes[i].Needs = append(a.Scopes[i].Needs, need)
	}
	for i, n := range all {
		id := n.at.ID()
		if id == "" {
			id = "/"
		}
		add(id, scopeName(id, own), NeedAnswer{n.Action.Action, n.DataAction, n.likely, states[i], n.why()})
	}
	for _, u := range unplaced {
		n := needed{Action: u, likely: u.Certainty != deployment.Certain}
		add(u.Scope, "a scope that the files don't name", NeedAnswer{u.Action, u.DataAction, n.likely, NeedUnknown, n.why()})
	}
	granted := func(n NeedAnswer) int {
		if n.State == NeedGranted {
			return 1
		}
		return 0
	}
	for _, s := range a.Scopes {
		slices.SortStableFunc(s.Needs, func(a, b NeedAnswer) int { return granted(a) - granted(b) })
	}
	slices.SortStableFunc(a.Scopes, func(a, b ScopeAnswer) int { return granted(a.Needs[0]) - granted(b.Needs[0]) })
	a.Beyond = beyond(own, all, helds, typed)
	return a
}

// scopeName says in a few words what a scope is.
func scopeName(id string, own connection.Scope) string {
	at, _ := arm.ParseID(id)
	words := "the subscription"
	if !strings.EqualFold(at.Subscription, own.SubscriptionID) {
		words = "subscription " + at.Subscription
	}
	switch {
	case id == "/":
		return "the tenant"
	case at.ManagementGroup != "":
		words = "management group " + at.ManagementGroup
	case at.ResourceGroup != "" && strings.EqualFold(at.Subscription, own.SubscriptionID):
		words = "resource group " + at.ResourceGroup
	case at.ResourceGroup != "":
		words = "resource group " + at.ResourceGroup + " in " + words
	}
	if at.Resource != "" {
		parts := strings.Split(at.Resource, "/")
		words = strings.Join(parts[max(len(parts)-2, 0):], "/") + " in " + words
	}
	return words
}

// beyond says how far the identity's permissions go, once for all scopes where they go equally far.
func beyond(own connection.Scope, all []needed, helds []held, typed []rights.Wanted) []Reach {
	needed, at := namesOf(all, typed), map[string]bool{} // in lower case
	for _, n := range all {
		at[strings.ToLower(n.at.ID())], at[strings.ToLower(containerOf(n.at).ID())] = true, true
	}
	var reaches []Reach
	for _, h := range helds {
		if h.err != nil || h.refused != nil || !at[strings.ToLower(h.scope)] {
			continue
		}
		at[strings.ToLower(h.scope)] = false // once
		r := reachOf(h.permissions, needed)
		i := slices.IndexFunc(reaches, func(other Reach) bool { return other.Role == r.Role && slices.Equal(other.Actions, r.Actions) })
		if i < 0 {
			i = len(reaches)
			reaches = append(reaches, r)
		}
		id := h.scope
		if id == "" {
			id = "/"
		}
		reaches[i].Scopes = appendNew(reaches[i].Scopes, scopeName(id, own))
	}
	return reaches
}

// namesOf are the actions of needs and of lines, in lower case.
func namesOf(all []needed, typed []rights.Wanted) map[string]bool {
	names := map[string]bool{}
	for _, n := range all {
		names[strings.ToLower(n.Action.Action)] = true
	}
	for _, want := range typed {
		names[strings.ToLower(want.Action)] = true
	}
	return names
}

// reachOf says how far permissions go beyond what's needed, which is in lower case.
func reachOf(list []rights.Permission, needed map[string]bool) Reach {
	if rights.Judge(list, "None.Such/things/write", false).Answer == rights.Yes {
		switch rights.Excess(list).Answer {
		case rights.Yes:
			return Reach{Role: "Owner"}
		case rights.No:
			return Reach{Role: "Contributor"}
		default:
			return Reach{Role: "Owner under a condition"}
		}
	}
	var actions []string
	for _, p := range list {
		actions = appendNew(actions, append(slices.Clone(p.Actions), p.DataActions...)...)
	}
	actions = slices.DeleteFunc(actions, func(pattern string) bool { return needed[strings.ToLower(pattern)] })
	slices.Sort(actions)
	return Reach{Actions: actions}
}

// stateOf is what became of a need that a role has, by the findings about it.
func stateOf(found []check.Item) NeedState {
	switch {
	case len(found) == 0:
		return NeedGranted
	case found[0].Status != check.Fail:
		return NeedUnknown
	case found[0].Code == string(catalogue.PermissionDeniedByAssignment):
		return NeedDenied
	}
	return NeedMissing
}

// words say it for the log.
func (r Reach) words() string {
	switch {
	case r.Role != "":
		return "the rights of " + r.Role
	case len(r.Actions) == 0:
		return "no rights beyond these"
	}
	return "the rights to " + first(r.Actions)
}
