package preflight

import (
	"context"
	"errors"
	"slices"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/rights"
)

// held is what could be read of the identity's rights at a scope.
type held struct {
	scope       string // ARM ID
	around      string // where denies and assignments were read; empty: at scope
	permissions []rights.Permission
	err         error // why permissions couldn't be read
	refused     error // instead of err: Resource Manager doesn't let the identity ask, who then has no role there, or hardly any
	denies      []rights.DenyAssignment
	deniesErr   error // why denies couldn't be read
	// The identity's role assignments, and the roles they give; both are empty
	// when none of the assignments has a condition, since they'd add nothing
	// to permissions.
	assignments []rights.RoleAssignment
	roles       []rights.RoleDefinition
	rolesErr    error // why some of these couldn't be read
}

// readHeld sends three requests together, and a fourth for roles only if an
// assignment has a condition: permissions leaves the conditions of assignments out.
func readHeld(ctx context.Context, arm *azure.Client, token azure.Token, scope string) held {
	h := held{scope: scope}
	check.Together(
		func() { h.permissions, h.err = arm.Permissions(ctx, token, scope) },
		func() { h.denies, h.deniesErr = arm.DenyAssignments(ctx, token, scope) },
		func() { h.assignments, h.roles, h.rolesErr = conditional(ctx, arm, token, scope) },
	)
	return h
}

func conditional(ctx context.Context, arm *azure.Client, token azure.Token, scope string) ([]rights.RoleAssignment, []rights.RoleDefinition, error) {
	if token.Claims.ObjectID == "" {
		return nil, nil, nil
	}
	assignments, err := arm.RoleAssignments(ctx, token, scope, token.Claims.ObjectID)
	if err != nil || !slices.ContainsFunc(assignments, func(a rights.RoleAssignment) bool { return a.Properties.Condition != "" }) {
		return nil, nil, err
	}
	var ids []string
	for _, a := range assignments {
		ids = appendNew(ids, a.Properties.RoleDefinitionID)
	}
	roles, errs := make([]rights.RoleDefinition, len(ids)), make([]error, len(ids))
	check.Each(len(ids), questionsAtOnce, func(i int) { roles[i], errs[i] = arm.RoleDefinition(ctx, token, ids[i]) })
	var read []rights.RoleDefinition
	for i, role := range roles {
		if errs[i] == nil {
			read = append(read, role)
		}
	}
	return assignments, read, errors.Join(errs...)
}
