package preflight

import (
	"context"
	"slices"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
	"armpreflight/internal/rights"
)

// ExcessRights asks whether the identity can also hand out roles, without a
// condition that says which. It reports more than that only if the inputs name
// what's needed. It judges what Permissions has read and sends no requests.
var ExcessRights = &Check{
	ID:       "excess-rights",
	Layer:    layerAzure,
	Title:    "if requiredActions or deployment is set: can the identity also assign roles without a condition (Owner, User Access Administrator)?",
	Advisory: true,
	Asked: func(w *World) bool {
		return strings.TrimSpace(w.Inputs.RequiredActions) != "" || len(w.Inputs.Deployment) > 0
	},
	Needs:   []*Check{AccessToken},
	After:   []*Check{Permissions, Deployment},
	Codes:   func() []string { return finding.Only(catalogue.ExcessRights) },
	Unasked: "the inputs requiredActions and deployment are empty",
	Quiet:   "no permissions could be read",
	Sends:   "nothing: it uses what the check permissions read",
	Warns:   "the identity can assign roles without a condition",
	Run:     runExcessRights,
}

func runExcessRights(_ context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	read, _ := check.FactsOf[permissionFacts](s, Permissions)
	all := read.held
	if !slices.ContainsFunc(all, func(h held) bool { return h.err == nil }) {
		return check.NotApplicable("no permissions could be read")
	}
	wanted, _ := rights.Parse(w.Inputs.RequiredActions, baseOf(conn.Scope))
	needs, _ := neededActions(needsOf(s))
	for _, n := range needs {
		wanted = append(wanted, n.wanted()) // the likely ones too
	}
	for _, want := range wanted {
		if strings.EqualFold(want.Action, rights.AssignRoles) {
			return check.NotApplicable("the pipeline assigns roles")
		}
	}
	unseen := false
	for _, h := range all {
		switch {
		case h.err != nil:
			unseen = true
			continue
		case rights.Excess(h.permissions).Answer != rights.Yes:
			continue
		case h.rolesErr != nil: // the right may have a condition
			unseen = true
			continue
		}
		if len(h.roles) > 0 {
			by := rights.JudgeAssignments(h.assignments, h.roles, rights.AssignRoles, false, h.scope)
			if by.Answer == rights.Conditional && len(by.Unread) == 0 {
				continue
			}
		}
		return check.Found(finding.New(check.Warn, facts.ExcessRights{Scope: h.scope}))
	}
	if unseen {
		return check.Outcome{Status: check.Skip, Text: "not all permissions could be read, see permissions"}
	}
	return check.Passed("", nil)
}
