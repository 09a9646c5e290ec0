package deployment

import (
	"cmp"
	"slices"
	"strings"

	"armpreflight/internal/rights"
)

// Grant is what to give at one scope, so that an identity has what's needed there.
type Grant struct {
	Scope   string // where a role can be assigned: what the deployment creates can't have one before
	Actions []Action
	// Roles are the fewest of Azure's narrow built-in roles that have all of the actions, those in None aside.
	Roles []rights.Role
	None  []Action // no built-in role that's known has them
}

// Custom is a role definition with exactly the actions of a grant, as az role definition create takes it.
type Custom struct {
	Name             string
	IsCustom         bool
	Description      string
	Actions          []string
	NotActions       []string
	DataActions      []string
	NotDataActions   []string
	AssignableScopes []string
}

// Grants says which roles have what's needed, certain and likely, scope by scope. A role at a scope around another one counts
// there too.
func (n *Needs) Grants() []Grant {
	at := map[string]*Grant{}
	for _, a := range n.Actions {
		scope := n.Assignable(a.Scope)
		key := strings.ToLower(scope)
		if at[key] == nil {
			at[key] = &Grant{Scope: scope}
		}
		if !slices.ContainsFunc(at[key].Actions, func(b Action) bool { return b.DataAction == a.DataAction && strings.EqualFold(b.Action, a.Action) }) {
			at[key].Actions = append(at[key].Actions, a)
		}
	}
	grants := values(at)
	slices.SortFunc(grants, func(a, b Grant) int {
		return cmp.Or(cmp.Compare(len(a.Scope), len(b.Scope)), cmp.Compare(a.Scope, b.Scope))
	})
	for i := range grants {
		var above []rights.Role
		for _, other := range grants[:i] {
			if _, inside := cutFold(grants[i].Scope, strings.TrimSuffix(other.Scope, "/")+"/"); inside {
				above = append(above, other.Roles...)
			}
		}
		grants[i].choose(above)
	}
	return grants
}

// choose finds roles: for the action that the fewest roles have first, since it leaves the least choice, the narrowest role. What
// only a role over all services has comes last: the narrow ones have it in addition to their own task, mostly. At the end it drops
// those that aren't needed with the others.
func (g *Grant) choose(above []rights.Role) {
	type open struct {
		action Action
		roles  []rights.Role
	}
	var left []open
	for _, a := range g.Actions {
		if has(above, a) {
			continue
		}
		roles := rights.Smallest(a.Action, a.DataAction)
		if len(roles) == 0 {
			g.None = append(g.None, a)
			continue
		}
		left = append(left, open{a, roles})
	}
	slices.SortStableFunc(left, func(a, b open) int {
		return cmp.Or(cmp.Compare(breadth(a.roles[0]), breadth(b.roles[0])), cmp.Compare(len(a.roles), len(b.roles)))
	})
	for _, o := range left {
		if !has(g.Roles, o.action) {
			g.Roles = append(g.Roles, o.roles[0])
		}
	}
	for i := 0; i < len(g.Roles); {
		others := slices.Delete(slices.Clone(g.Roles), i, i+1)
		if slices.ContainsFunc(left, func(o open) bool { return !has(others, o.action) }) {
			i++
			continue
		}
		g.Roles = others
	}
	slices.SortFunc(g.Roles, func(a, b rights.Role) int { return cmp.Compare(a.Name, b.Name) })
}

// breadth is 1 for a role over all services.
func breadth(role rights.Role) int {
	if rights.Grants(role.Permissions, "None.Such/things/read", false) {
		return 1
	}
	return 0
}

func has(roles []rights.Role, a Action) bool {
	return slices.ContainsFunc(roles, func(r rights.Role) bool { return rights.Grants(r.Permissions, a.Action, a.DataAction) })
}

// Custom is a role with exactly the actions of the grant. A role can be assignable at a management group, a subscription,
// or a resource group, and so is that of a resource at its group.
func (g Grant) Custom() Custom {
	c := Custom{
		Name: "Deploy to " + g.Scope[strings.LastIndexByte(g.Scope, '/')+1:], IsCustom: true,
		Description: "Exactly the permissions that a deployment needs at " + g.Scope, Actions: []string{}, NotActions: []string{}, DataActions: []string{}, NotDataActions: []string{},
		AssignableScopes: []string{cmp.Or(containerOf(g.Scope+"/providers/x.x/y/z"), g.Scope)},
	}
	for _, a := range g.Actions {
		if a.DataAction {
			c.DataActions = append(c.DataActions, a.Action)
		} else {
			c.Actions = append(c.Actions, a.Action)
		}
	}
	return c
}

// Assignable is where a right at a scope can be given before the deployment: at the subscription, if the deployment creates the
// resource group itself.
func (n *Needs) Assignable(scope string) string {
	group := groupOf(scope)
	for _, g := range n.ResourceGroups {
		if g.Created && strings.EqualFold(group, g.ID) {
			return subscriptionOf(scope)
		}
	}
	return scope
}
