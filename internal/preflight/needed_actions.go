package preflight

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

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

// judging is the judgment of what a deployment needs, at the scopes where that is.
type judging struct {
	ctx   context.Context
	w     *World
	s     *state
	conn  connection.Connection
	token azure.Token

	client *azure.Client

	helds []held         // of the groups, subscriptions and management groups that the scopes are in
	deep  []held         // of the scopes within, where the rights around them aren't enough
	at    map[string]int // where helds are, by the scope in lower case
	in    map[string]int // where deep are, the same

	refused map[string]bool // scopes that refuse has reported
	unreads int             // scopes that couldn't be read
	items   []check.Item
	notes   []string
	states  []NeedState // of all needs, in their order
	reach   string      // how far the permissions go at the first scope; empty if they couldn't be read
	granted int         // of the needs, certain or likely
	open    int         // certain needs that nothing is known about
}

// judgeNeeds judges them. Roles are read once for each resource group, subscription or management group, whatever the number of
// resources is, and deny assignments once for each subscription: Azure lists those below with those at it.
func (w *World) judgeNeeds(ctx context.Context, s *state, all []needed) *judging {
	j := &judging{ctx: ctx, w: w, s: s, at: map[string]int{}, in: map[string]int{}, refused: map[string]bool{}}
	j.conn, _ = check.FactsOf[connection.Connection](s, ConnectionData)
	j.token, _ = check.FactsOf[azure.Token](s, AccessToken)
	j.client = w.Azure(j.conn.Cloud)
	j.read(ctx, all)
	j.readDeep(ctx, all)
	missing := map[string][]needed{} // by scope and certainty
	var certain, likely []string     // keys of it
	for _, n := range all {
		state, asMissing := j.judge(n)
		j.states = append(j.states, state)
		if asMissing {
			key := fmt.Sprintln(n.likely, strings.ToLower(n.at.ID()))
			switch {
			case len(missing[key]) > 0:
			case n.likely:
				likely = append(likely, key)
			default:
				certain = append(certain, key)
			}
			missing[key] = append(missing[key], n)
		}
	}
	order := append(certain, likely...) // what's certain decides the result
	for i, key := range order {
		if i == mostFindings {
			j.notes = append(j.notes, fmt.Sprintf("permissions are missing at %s: see the report", counted(len(order)-i, "more scope")))
			break
		}
		j.items = append(j.items, missingItems(missing[key])...)
	}
	seen := map[string]bool{}
	for i, h := range j.helds {
		if h.err != nil || h.refused != nil {
			continue
		}
		if i == 0 { // the scope of the deployment comes first, and a line for each scope would be long
			j.reach = reachOf(h.permissions, namesOf(all, nil)).words()
			if len(j.helds) > 1 {
				j.reach += " at " + scopeName(cmp.Or(h.scope, "/"), j.conn.Scope)
			}
		}
		at := strings.ToLower(h.around)
		if seen[at] {
			continue
		}
		seen[at] = true
		h.scope = h.around
		found, note := w.unconfirmed(ctx, s, h, j.conn.Cloud)
		j.items, j.notes = append(j.items, found...), appendNew(j.notes, note...)
		if len(found) > 0 { // what's granted isn't confirmed
			for i, n := range all {
				if j.states[i] == NeedGranted && strings.EqualFold(j.heldAt(n).around, h.around) {
					j.states[i] = NeedUnknown
				}
			}
		}
	}
	return j
}

// read reads the rights at the groups, subscriptions and management groups.
func (j *judging) read(ctx context.Context, all []needed) {
	var around []string
	for _, n := range all {
		if _, ok := j.at[n.around]; !ok {
			scope := containerOf(n.at)
			h := held{scope: scope.ID(), around: scope.ID()}
			switch {
			case j.conn.Scope.ResourceGroup != "" && strings.EqualFold(scope.ID(), j.conn.Scope.ID()):
			case scope.Subscription != "":
				h.around = "/subscriptions/" + scope.Subscription
			}
			j.at[n.around] = len(j.helds)
			j.helds = append(j.helds, h)
			if !containsFold(around, h.around) {
				around = append(around, h.around)
			}
		}
	}
	shared := make([]held, len(around))
	check.Together(
		func() {
			check.Each(len(j.helds), scopesAtOnce, func(i int) {
				j.helds[i].permissions, j.helds[i].err = j.client.Permissions(ctx, j.token, j.helds[i].scope)
			})
		},
		func() {
			check.Each(len(around), questionsAtOnce, func(i int) {
				check.Together(
					func() { shared[i].denies, shared[i].deniesErr = j.client.DenyAssignments(ctx, j.token, around[i]) },
					func() {
						shared[i].assignments, shared[i].roles, shared[i].rolesErr = conditional(ctx, j.client, j.token, around[i])
					},
				)
			})
		},
	)
	var gone []string
	for i := range j.helds {
		h := &j.helds[i]
		from := shared[slices.IndexFunc(around, func(id string) bool { return strings.EqualFold(id, h.around) })]
		h.denies, h.deniesErr, h.assignments, h.roles, h.rolesErr = from.denies, from.deniesErr, from.assignments, from.roles, from.rolesErr
		switch {
		case h.err == nil:
		case isMissing(h.err, catalogue.ResourceGroupNotFound): // the check of resource groups says so
			gone = append(gone, h.scope)
		case lacksRight(h.err):
			h.refused, h.err = h.err, nil
		default:
			j.unread(h)
		}
	}
	if len(gone) > 0 {
		j.notes = appendNew(j.notes, "no permissions were compared for resource groups that don't exist: "+first(gone))
	}
}

// unread adds the finding that a scope couldn't be read. After some of them, others say nothing new.
func (j *judging) unread(h *held) {
	if j.unreads++; j.unreads <= mostFindings {
		j.items = append(j.items, j.w.unreadable(j.ctx, j.s, h.err, facts.Request{Scope: h.scope}))
		j.notes = appendNew(j.notes, missingRight(h.err)...)
	}
}

// readDeep reads the rights at what's within a group, if those at the group aren't enough.
func (j *judging) readDeep(ctx context.Context, all []needed) {
	for _, n := range all {
		h := j.heldAt(n)
		id := n.at.ID()
		if strings.ToLower(id) == n.around || h.err != nil || rights.Grants(h.permissions, n.Action.Action, n.DataAction) {
			continue
		}
		if _, ok := j.in[strings.ToLower(id)]; !ok {
			inner := *h
			inner.scope, inner.permissions = id, nil
			j.in[strings.ToLower(id)] = len(j.deep)
			j.deep = append(j.deep, inner)
		}
	}
	check.Each(len(j.deep), scopesAtOnce, func(i int) {
		j.deep[i].permissions, j.deep[i].err = j.client.Permissions(ctx, j.token, j.deep[i].scope)
	})
	for i := range j.deep {
		d := &j.deep[i]
		switch {
		case d.err == nil:
		case lacksRight(d.err):
			d.refused, d.err = d.err, nil
		case notFound(d.err): // nothing can be given there
			d.err = nil
		default:
			j.unread(d)
		}
	}
}

// heldAt is what's held at the group, subscription or management group of a need.
func (j *judging) heldAt(n needed) *held { return &j.helds[j.at[n.around]] }

// judge judges one need. What's missing becomes a finding later, together with others; so does a likely need where the identity
// has no role to ask with, since that's worth the same warning.
func (j *judging) judge(n needed) (state NeedState, asMissing bool) {
	unknown := func() (NeedState, bool) {
		if !n.likely {
			j.open++
		}
		return NeedUnknown, false
	}
	h := *j.heldAt(n)
	if h.err != nil {
		return unknown()
	}
	if !rights.Grants(h.permissions, n.Action.Action, n.DataAction) {
		if i, ok := j.in[strings.ToLower(n.at.ID())]; ok {
			h = j.deep[i]
		}
		switch {
		case h.err != nil:
			return unknown()
		case h.refused != nil && !n.likely:
			j.refuse(h)
			return unknown()
		case h.refused != nil:
			return NeedUnknown, true
		case !rights.Grants(h.permissions, n.Action.Action, n.DataAction):
			return NeedMissing, true
		}
	}
	found, note := j.w.judgeAction(j.s, n.wanted(), h, j.token)
	j.notes = appendNew(j.notes, note...)
	for _, item := range found { // a deny assignment
		if n.likely {
			item.Status = min(item.Status, check.Warn) // Unknown stays, Fail becomes Warn
		}
		j.items = append(j.items, item)
	}
	if state = stateOf(found); state == NeedGranted {
		j.granted++
	}
	return state, false
}

// refuse adds the finding that an identity can't even see what it may do at a scope, once. It has no role there, or one that
// doesn't let it ask: which of them, the answer doesn't say.
func (j *judging) refuse(h held) {
	if j.refused[strings.ToLower(h.scope)] || len(j.refused) == mostFindings {
		return
	}
	j.refused[strings.ToLower(h.scope)] = true
	j.items = append(j.items, j.w.judge().Unseen(j.ctx, h.refused, facts.Request{Scope: h.scope}))
	j.notes = appendNew(j.notes, missingRight(h.refused)...)
}

// missingItems are the findings of what's missing at one scope: one for each role that helps, or one alone if one has them all.
func missingItems(missing []needed) []check.Item {
	byRole := map[string][]needed{}
	var order []string
	add := func(role string, n needed) {
		if len(byRole[role]) == 0 {
			order = append(order, role)
		}
		byRole[role] = append(byRole[role], n)
	}
	roles := rolesFor(missing)
	for _, n := range missing {
		name := ""
		if i := slices.IndexFunc(roles, func(r rights.Role) bool { return rights.Grants(r.Permissions, n.Action.Action, n.DataAction) }); i >= 0 {
			name = roles[i].Name
		}
		add(name, n)
	}
	var items []check.Item
	for _, role := range order {
		group := byRole[role]
		scope := cmp.Or(group[0].at.ID(), "/")
		if group[0].likely {
			items = append(items, finding.New(check.Warn, facts.PermissionLikelyMissing{Action: named(group), Scope: scope, Role: role, Detail: group[0].why()}))
			continue
		}
		items = append(items, finding.New(check.Fail, facts.PermissionMissing{Action: named(group), Scope: scope, Role: role}))
	}
	return items
}

// mostFindings is at how many scopes each that lacks something gets a finding. The table of the report has the others.
const mostFindings = 50

// mostRoles is how many narrow roles are named at a scope before a role that has everything is.
const mostRoles = 2

// rolesFor finds the fewest narrow roles that have what's missing at a scope; if those are many, one role that has everything.
func rolesFor(missing []needed) []rights.Role {
	n := deployment.Needs{}
	for _, m := range missing {
		a := m.Action
		a.Scope = "/" // they are at one scope
		n.Actions = append(n.Actions, a)
	}
	roles := n.Grants()[0].Roles
	if len(roles) <= mostRoles {
		return roles
	}
	for _, role := range rights.Smallest(missing[0].Action.Action, missing[0].DataAction) {
		if !slices.ContainsFunc(missing, func(m needed) bool { return !rights.Grants(role.Permissions, m.Action.Action, m.DataAction) }) {
			return []rights.Role{role}
		}
	}
	return roles
}

// maxNamed is how many actions a finding names.
const maxNamed = 5

// named are the actions of a finding, those that change something first.
func named(group []needed) string {
	var names []string
	for _, n := range group {
		names = append(names, n.Action.Action)
	}
	slices.SortStableFunc(names, func(a, b string) int {
		rank := func(action string) int {
			if changes(action) {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	if len(names) > maxNamed {
		names = append(names[:maxNamed-1], fmt.Sprintf("%d more", len(group)-maxNamed+1))
	}
	return strings.Join(names, ", ")
}

func containsFold(list []string, text string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, text) })
}

// notFound reports whether Resource Manager has nothing at an address.
func notFound(err error) bool {
	f, ok := errors.AsType[*evidence.Failure](err)
	return ok && f.Evidence.Status == http.StatusNotFound
}
