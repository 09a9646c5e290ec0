package preflight

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/deployment"
	"armpreflight/internal/evidence"
	"armpreflight/internal/finding"
	"armpreflight/internal/rights"
)

// Permissions asks whether the identity may do each named action at each named
// scope, and what the files of a deployment need. With nothing named it's one line
// for a reader, and never a finding. Facts: permissionFacts.
var Permissions = &Check{
	ID:    "permissions",
	Layer: layerAzure,
	Title: "can the identity do each listed action at each listed scope (actions minus notActions, deny assignments)?",
	Needs: []*Check{AccessToken},
	After: []*Check{Deployment},
	Codes: func() []string {
		return finding.Codes(catalogue.InputInvalid, catalogue.PermissionMissing, catalogue.PermissionLikelyMissing, catalogue.PermissionDeniedByAssignment, "ARM")
	},
	Sends: "for each scope, the identity's own permissions; with requiredActions or deployment also the deny assignments and the identity's role assignments, and the roles where an assignment has a condition",
	Right: "a role at the scope; Microsoft.Authorization/*/read to see deny assignments and conditions",
	Run: func(ctx context.Context, w *World, s *state) check.Outcome {
		needs, unplaced := neededActions(needsOf(s))
		if strings.TrimSpace(w.Inputs.RequiredActions) == "" && len(needs)+len(unplaced) == 0 {
			return w.mayDeploy(ctx, s)
		}
		return w.judgeActions(ctx, s, needs, unplaced)
	},
	Warns: "a permission that the deployment likely needs is missing",
}

// oneLine is how long the line of a run that named nothing may take: the request
// runs in parallel with that for the subscription, to the same service.
const oneLine = 2 * time.Second

// mayDeploy says whether the identity may write deployments at the connection's
// scope. If that couldn't be read, there's no line.
func (w *World) mayDeploy(ctx context.Context, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	token, _ := check.FactsOf[azure.Token](s, AccessToken)
	if conn.Scope.SubscriptionID == "" {
		return check.NotAsked()
	}
	ctx, done := context.WithTimeout(ctx, oneLine)
	defer done()
	list, err := w.Azure(conn.Cloud).Permissions(ctx, token, conn.Scope.ID())
	if err != nil {
		return check.NotApplicable("the permissions couldn't be read")
	}
	where := "in the subscription"
	if conn.Scope.ResourceGroup != "" {
		where = "in the resource group"
	}
	answer := map[rights.Answer]string{rights.Yes: "yes", rights.Conditional: "yes, under a condition", rights.No: "no"}[rights.Judge(list, writeDeployments, false).Answer]
	if answer == "no" {
		answer += ", and this step doesn't require it"
		if conn.Scope.ResourceGroup == "" {
			answer += " (roles on resource groups aren't counted)"
		}
	}
	return check.Passed(fmt.Sprintf("can create deployments %s: %s", where, answer), nil)
}

const writeDeployments = "Microsoft.Resources/deployments/write"

// judgeActions judges the lines of requiredActions, and what a deployment needs. unplaced are those whose scope isn't known.
func (w *World) judgeActions(ctx context.Context, s *state, all []needed, unplaced []deployment.Action) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	token, _ := check.FactsOf[azure.Token](s, AccessToken)
	wanted, problems := rights.Parse(w.Inputs.RequiredActions, baseOf(conn.Scope))
	var items []check.Item
	for _, p := range problems {
		if !w.isFormProblem(p) { // the check of the inputs reports those
			items = append(items, finding.New(check.Fail, facts.InputInvalid{Input: "requiredActions", Value: p.Text, Detail: p.Detail}))
		}
	}
	states := map[string]NeedState{} // of the lines that could be judged, by their keys
	typed := map[string]bool{}
	for _, want := range wanted {
		typed[keyOf(want)] = true
	}
	needs := slices.DeleteFunc(slices.Clone(all), func(n needed) bool { return typed[keyOf(n.wanted())] }) // a line says it already
	scopes := scopesOf(wanted)
	helds := make([]held, len(scopes))
	j := &judging{}
	check.Together(
		func() {
			check.Each(len(scopes), questionsAtOnce, func(i int) { helds[i] = readHeld(ctx, w.Azure(conn.Cloud), token, scopes[i]) })
		},
		func() { j = w.judgeNeeds(ctx, s, needs) },
	)

	items = append(items, j.items...)
	notes := j.notes
	for i, h := range helds {
		if h.err != nil {
			items = append(items, w.unreadable(ctx, s, h.err, facts.Request{Scope: scopes[i]}))
			notes = appendNew(notes, missingRight(h.err)...)
		}
	}
	granted := map[string]int{} // actions by scope
	for _, want := range wanted {
		h := helds[slices.Index(scopes, want.Scope.ID())]
		if h.err != nil {
			continue
		}
		found, note := w.judgeAction(s, want, h, token)
		items = append(items, found...)
		notes = appendNew(notes, note...)
		states[keyOf(want)] = stateOf(found)
		if len(found) == 0 {
			granted[h.scope]++
		}
	}
	for _, h := range helds {
		if granted[h.scope] > 0 {
			found, note := w.unconfirmed(ctx, s, h, conn.Cloud)
			items = append(items, found...)
			notes = appendNew(notes, note...)
			for _, want := range wanted {
				if len(found) > 0 && want.Scope.ID() == h.scope { // what's granted isn't confirmed
					delete(states, keyOf(want))
				}
			}
		}
	}
	for i, n := range needs {
		states[keyOf(n.wanted())] = j.states[i]
	}

	if len(unplaced) > 0 {
		notes = appendNew(notes, fmt.Sprintf("%s at a scope that the files don't name, so not compared", counted(len(unplaced), "permission")))
	}
	total := j.granted
	for _, n := range granted {
		total += n
	}
	at := map[string]bool{}
	for _, scope := range scopes {
		at[strings.ToLower(scope)] = true
	}
	for _, n := range needs {
		at[strings.ToLower(n.at.ID())] = true
	}
	words := grantedWords(total, len(at))
	if j.reach != "" {
		words += ", with " + j.reach
	}
	o := check.Passed(words, nil)
	switch open := j.open + len(unplaced); {
	case len(items) > 0:
		o = check.Found(items...)
		if j.reach != "" {
			notes = append(notes, "the identity has "+j.reach)
		}
	case open > 0:
		o = check.Unseen(fmt.Sprintf("%d of %d permissions of the deployment; %s", open, len(needs)+len(unplaced), words), nil)
	case len(wanted) == 0 && len(needs) == 0:
		o = check.Outcome{Status: check.Skip, Text: "no line of the input could be read", NotApplicable: true}
	}
	o.Notes = notes
	became := make([]NeedState, len(all))
	for i, n := range all {
		became[i] = cmp.Or(states[keyOf(n.wanted())], NeedUnknown)
	}
	read := slices.Concat(j.helds, j.deep, helds)
	o.Facts = permissionFacts{held: append(helds, j.helds...), deployment: answer(conn.Scope, all, became, unplaced, read, wanted)}
	return o
}

// keyOf is the same for the same action at the same scope.
func keyOf(want rights.Wanted) string {
	return fmt.Sprintln(strings.ToLower(want.Scope.ID()), strings.ToLower(want.Action), want.Data)
}

// isFormProblem reports whether a line is wrong for any connection.
func (w *World) isFormProblem(p rights.Problem) bool {
	return slices.ContainsFunc(w.Inputs.Problems, func(i InputProblem) bool { return i.Input == "requiredActions" && i.Value == p.Text })
}

// unconfirmed is what couldn't be seen at a scope where an action is granted. A
// deny assignment takes such a right away, so a missing list leaves the
// question open. An identity that may not read the list is the usual case, and a
// line: few subscriptions have any. A condition is a line too, seen or not.
func (w *World) unconfirmed(ctx context.Context, s *state, h held, cloud connection.Cloud) (items []check.Item, notes []string) {
	switch {
	case h.deniesErr == nil:
	case lacksRight(h.deniesErr):
		notes = append(notes, "the identity can't read deny assignments, so a denied action wasn't detected, at "+h.scope)
	case !cloud.Known && asksTooMuch(h.deniesErr):
	default:
		items = append(items, w.judge().Unseen(ctx, h.deniesErr, facts.Request{Scope: h.scope}))
		notes = append(notes, "the deny assignments couldn't be read, so granted actions aren't confirmed, at "+h.scope)
	}
	if h.rolesErr != nil {
		notes = append(notes, "the role assignments couldn't be read, so a condition wasn't detected, at "+h.scope)
	}
	return items, notes
}

// asksTooMuch reports whether Resource Manager answered that it has nothing of
// that kind: an Azure Stack Hub has no deny assignments.
func asksTooMuch(err error) bool {
	f, ok := errors.AsType[*evidence.Failure](err)
	return ok && f.Code == "" && len(f.Evidence.Codes) > 0 && slices.Contains([]int{http.StatusBadRequest, http.StatusNotFound}, f.Evidence.Status)
}

// judgeAction judges one action where the list of rights could be read.
func (w *World) judgeAction(s *state, want rights.Wanted, h held, token azure.Token) ([]check.Item, []string) {
	scope := want.Scope.ID()
	grant := rights.Judge(h.permissions, want.Action, want.Data)
	if grant.Answer == rights.No {
		missing := facts.PermissionMissing{Action: want.Action, Scope: scope}
		if roles := rights.Smallest(want.Action, want.Data); len(roles) > 0 {
			missing.Role = roles[0].Name
		}
		return []check.Item{finding.New(check.Fail, missing)}, nil
	}
	var principals []string
	if token.Claims.ObjectID != "" {
		principals = []string{token.Claims.ObjectID}
	}
	denial, deny := rights.Denies(h.denies, want.Action, want.Data, scope, principals)
	denied := facts.PermissionDeniedByAssignment{Action: want.Action, Scope: scope}
	if deny != nil {
		denied.Detail = deny.Properties.Name
	}
	switch denial {
	case rights.Denied:
		return []check.Item{finding.New(check.Fail, denied)}, nil
	case rights.CannotTell: // it names a group, whose members can't be seen, or has a condition
		denied.Unsure = true
		return []check.Item{finding.New(check.Unknown, denied)}, nil
	}
	conditions := grant.Conditions
	if grant.Answer == rights.Yes && len(h.roles) > 0 {
		if by := rights.JudgeAssignments(h.assignments, h.roles, want.Action, want.Data, scope); by.Answer == rights.Conditional && len(by.Unread) == 0 {
			conditions = by.Conditions
		}
	}
	if len(conditions) > 0 {
		return nil, []string{fmt.Sprintf("%s: granted, with a condition: %s", want.Action, w.Redact.Line(conditions[0], maxShown))}
	}
	return nil, nil
}

// baseOf is what a line without a scope, or with a short one, starts from.
func baseOf(scope connection.Scope) rights.Base {
	return rights.Base{ID: scope.ID(), SubscriptionID: scope.SubscriptionID}
}

// scopesOf are the scopes of the lines, each once.
func scopesOf(wanted []rights.Wanted) []string {
	var scopes []string
	for _, want := range wanted {
		scopes = appendNew(scopes, want.Scope.ID())
	}
	return scopes
}

func grantedWords(actions, scopes int) string {
	words := fmt.Sprintf("%d actions granted", actions)
	if actions == 1 {
		words = "1 action granted"
	}
	if scopes > 1 {
		words += fmt.Sprintf(" at %d scopes", scopes)
	}
	return words
}

// maxShown is how many characters of a condition or a note, which may be a page, distinguish it from others.
const maxShown = 121
