package creation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/finding"
	"armpreflight/internal/lazyregexp"
	"armpreflight/internal/rights"
)

// held is what the person may do at the scope.
type held struct {
	assigns       bool // give a role to the identity of the connection
	makesIdentity bool // make a managed identity with a federated credential
	// activates is the role that has to be activated first, and lets the person assign
	// roles then; empty: none.
	activates string
}

// contributor is the role that an automatic connection gets.
const contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c"

const (
	makeIdentity   = "Microsoft.ManagedIdentity/userAssignedIdentities/write"
	makeCredential = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write"
)

// RoleAssignment asks whether the person may give the connection its role: the
// right itself, conditions on it, and deny assignments. Facts: held.
var RoleAssignment = &Check{
	ID:    "role-assignment",
	Layer: layerAzure,
	Title: "can this user assign the connection's role at the scope?",
	Needs: []*Check{SignIn, Subscription},
	After: []*Check{Account},
	Codes: func() []string {
		return finding.Codes(catalogue.RoleAssignmentRefused, catalogue.RoleNotActive, catalogue.RoleAssignmentLimited, catalogue.PersonDenied, catalogue.AnswerNeedsRight, "ARM")
	},
	Run: runRoleAssignment,
}

func runRoleAssignment(ctx context.Context, w *World, s *state) check.Outcome {
	scope, t := w.Question.Scope, token(s)
	var (
		permissions                      []rights.Permission
		denies                           []rights.DenyAssignment
		assignments                      []rights.RoleAssignment
		permissionsErr, denyErr, giveErr error
		limitsErr                        error // why it isn't known whether conditions apply
	)
	check.Together(
		func() { permissions, permissionsErr = w.Azure.Permissions(ctx, t, scope) },
		func() { denies, denyErr = w.Azure.DenyAssignments(ctx, t, scope) },
		func() { assignments, giveErr = w.Azure.RoleAssignments(ctx, t, scope, t.Claims.ObjectID) },
	)
	if hasCode(permissionsErr, catalogue.AuthorizationFailed) {
		permissions, permissionsErr = nil, nil // no role at all at this scope
	}
	if permissionsErr != nil {
		return check.Found(w.judge().Refused(ctx, permissionsErr, nil))
	}
	left := held{makesIdentity: rights.Judge(permissions, makeIdentity, false).Answer == rights.Yes &&
		rights.Judge(permissions, makeCredential, false).Answer == rights.Yes}
	grant := rights.Judge(permissions, rights.AssignRoles, false)
	conditions := grant.Conditions
	if grant.Answer == rights.Yes {
		conditions, limitsErr = w.limits(ctx, t, assignments, scope)
	}

	toActivate := ""
	if grant.Answer == rights.No {
		toActivate = w.eligible(ctx, s, scope, func(id string) bool { return slices.Contains(assigners, id) })
	}
	principals := []string{t.Claims.ObjectID}
	denied, by := rights.Denies(denies, rights.AssignRoles, false, scope, principals)
	var found *check.Item
	set := func(status check.Status, known finding.Coded) {
		found = new(finding.New(status, known))
	}
	denial := facts.PersonDenied{Action: rights.AssignRoles, Scope: scope, Unsure: denied == rights.CannotTell}
	if by != nil {
		denial.Detail = by.Properties.Name
	}
	switch {
	case grant.Answer == rights.No && toActivate != "":
		left.activates = toActivate
		set(check.Fail, facts.RoleNotActive{Role: toActivate, Scope: scope})
	case grant.Answer == rights.No:
		set(check.Fail, facts.RoleAssignmentRefused{Scope: scope})
	case denied == rights.Denied:
		set(check.Fail, denial)
	case denied == rights.CannotTell:
		set(check.Unknown, denial)
	case limitsErr != nil:
		found = new(w.unreadable(ctx, limitsErr, "the roles that the user's conditions refer to", "Microsoft.Authorization/roleDefinitions/read"))
	case len(conditions) > 0 && slices.ContainsFunc(conditions, allowsContributor):
		set(check.Unknown, facts.RoleAssignmentLimited{Scope: scope, Unsure: facts.Yes})
	case len(conditions) > 0:
		set(check.Fail, facts.RoleAssignmentLimited{Scope: scope, Unsure: facts.No})
	case denyErr != nil:
		found = new(w.unreadable(ctx, denyErr, "the deny assignments at the scope", "Microsoft.Authorization/denyAssignments/read"))
	case giveErr != nil:
		found = new(w.unreadable(ctx, giveErr, "the conditions of the user's roles", "Microsoft.Authorization/roleAssignments/read"))
	}
	if found != nil {
		o := check.Found(*found)
		o.Facts = left
		return o
	}
	left.assigns = true
	return check.Passed("can assign roles at "+scope, left)
}

// assigners are the built-in roles that let their holder assign roles: Owner, User
// Access Administrator, Role Based Access Control Administrator.
var assigners = []string{"8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "f58310d9-a9f6-439a-9e8d-f62e7b41a168"}

// eligible names a role that the person could activate at a scope and that is wanted
// by the GUID of its definition; empty when there is none, or no one could see.
func (w *World) eligible(ctx context.Context, s *state, scope string, wanted func(id string) bool) string {
	all, err := w.Azure.EligibleAssignments(ctx, token(s), scope)
	if err != nil {
		return ""
	}
	for _, a := range all {
		id := strings.ToLower(a.Properties.RoleDefinitionID)
		if name := a.Properties.Expanded.Role.Name; name != "" && wanted(id[strings.LastIndexByte(id, '/')+1:]) {
			return name
		}
	}
	return ""
}

// limits returns the conditions within which the person may assign roles; none when
// one of the assignments has none. The list of permissions leaves them out. The
// error is that of a role which couldn't be read and may be the one without.
func (w *World) limits(ctx context.Context, t azure.Token, assignments []rights.RoleAssignment, scope string) ([]string, error) {
	if !slices.ContainsFunc(assignments, func(a rights.RoleAssignment) bool { return a.Properties.Condition != "" }) {
		return nil, nil
	}
	var roles []rights.RoleDefinition
	var unread error
	asked := map[string]bool{}
	for _, a := range assignments {
		id := a.Properties.RoleDefinitionID
		if asked[id] {
			continue
		}
		asked[id] = true
		role, err := w.Azure.RoleDefinition(ctx, t, id)
		if err != nil {
			unread = err
			continue
		}
		roles = append(roles, role)
	}
	h := rights.JudgeAssignments(assignments, roles, rights.AssignRoles, false, scope)
	if len(h.Unread) > 0 { // never together with Yes
		return nil, unread
	}
	return h.Conditions, nil
}

// roleSets finds the lists of roles in a condition and how they are compared. (Azure
// documentation, Examples to delegate Azure role assignment management with
// conditions.)
var roleSets = &lazyregexp.Regexp{Expression: `(?is)@Request\[Microsoft\.Authorization/roleAssignments:RoleDefinitionId\]\s*(\w+):Guid(Not)?Equals\s*\{([^}]*)\}`}

// allowsContributor reports whether a condition may let the role Contributor pass:
// it isn't among the roles that are left out, and among those that are named, if
// any are.
func allowsContributor(condition string) bool {
	named, among := false, false
	for _, m := range roleSets.FindAllStringSubmatch(condition, -1) {
		holds := strings.Contains(strings.ToLower(m[3]), contributor)
		if m[2] != "" && holds {
			return false
		}
		if m[2] == "" {
			named, among = true, among || holds
		}
	}
	return !named || among
}

// Locks asks whether a read-only lock at the scope or above it prevents
// giving a role.
var Locks = &Check{
	ID:    "locks",
	Layer: layerAzure,
	Title: "does a read-only lock block role assignments at the scope?",
	Needs: []*Check{SignIn, Subscription},
	After: []*Check{Account},
	Codes: func() []string { return finding.Codes(catalogue.ReadOnlyLock, catalogue.AnswerNeedsRight, "ARM") },
	Run: func(ctx context.Context, w *World, s *state) check.Outcome {
		if !arm.Within(w.Question.Scope, "/subscriptions/"+w.Question.SubscriptionID) {
			return check.NotApplicable("management groups can't have locks")
		}
		// A lock above a scope holds there and isn't in its list; the list of the subscription has all.
		locks, err := w.Azure.Locks(ctx, token(s), "/subscriptions/"+w.Question.SubscriptionID)
		var items []check.Item
		if err != nil {
			items = append(items, w.unreadable(ctx, err, "the locks of the subscription", "Microsoft.Authorization/locks/read"))
			locks, _ = w.Azure.Locks(ctx, token(s), w.Question.Scope) // those of the scope itself may be told anyway
		}
		for _, lock := range locks {
			if strings.EqualFold(lock.Properties.Level, "ReadOnly") && arm.Within(w.Question.Scope, lock.Scope()) {
				known := facts.ReadOnlyLock{
					Lock: lock.Name, Scope: lock.Scope(), Detail: lock.Properties.Notes, Action: rights.AssignRoles,
					Group: groupOf(lock.Scope())}
				if lock.OnResource() {
					known.LockID = lock.ID
				}
				items = append(items, finding.New(check.Fail, known))
			}
		}
		if len(items) > 0 {
			return check.Found(items...)
		}
		return check.Passed(fmt.Sprintf("no read-only lock among %d locks", len(locks)), nil)
	},
}

// groupOf is the resource group in an ARM ID; empty when there is none.
func groupOf(id string) string {
	at, _ := arm.ParseID(id)
	return at.ResourceGroup
}
