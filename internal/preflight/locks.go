package preflight

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
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
	"armpreflight/internal/rights"
)

// Locks asks whether a lock blocks what was named. A read-only lock
// refuses every change at its scope and below; a delete lock refuses what deletes
// and is only a line otherwise. (Azure documentation, Lock your Azure
// resources to protect your infrastructure.)
var Locks = &Check{
	ID:       "locks",
	Layer:    layerAzure,
	Title:    "if groups, actions, or a deployment are listed: does a read-only lock or a delete lock block them?",
	Advisory: true,
	Asked: func(w *World) bool {
		return len(w.Inputs.ResourceGroups) > 0 || strings.TrimSpace(w.Inputs.RequiredActions) != "" || len(w.Inputs.Deployment) > 0
	},
	Needs:   []*Check{AccessToken},
	After:   []*Check{Deployment},
	Codes:   func() []string { return finding.Codes(catalogue.ReadOnlyLock, catalogue.DeleteLock, "ARM") },
	Unasked: "the inputs resourceGroups, requiredActions, and deployment are empty",
	Quiet:   "management groups can't have locks",
	Sends:   "one read of the locks of the subscription, or of the connection's resource group",
	Right:   "Microsoft.Authorization/locks/read",
	Warns:   "a listed scope has a read-only lock, but no listed action changes anything there",
	Run:     runLocks,
}

func runLocks(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	token, _ := check.FactsOf[azure.Token](s, AccessToken)
	if conn.Scope.SubscriptionID == "" {
		return check.NotApplicable("management groups can't have locks")
	}
	locks, err := w.Azure(conn.Cloud).Locks(ctx, token, conn.Scope.ID())
	if err != nil {
		o := check.Found(w.judge().Unseen(ctx, err, nil))
		o.Notes = missingRight(err)
		return o
	}
	wanted, _ := rights.Parse(w.Inputs.RequiredActions, baseOf(conn.Scope))
	needs, _ := neededActions(needsOf(s))
	wanted = append(wanted, asWanted(needs)...)
	var scopes []string
	for _, name := range w.Inputs.ResourceGroups {
		scopes = append(scopes, "/subscriptions/"+conn.Scope.SubscriptionID+"/resourceGroups/"+name)
	}
	scopes = appendNew(scopes, scopesOf(wanted)...)

	var items []check.Item
	var notes []string
	for _, lock := range locks {
		found, note := w.judgeLock(s, lock, scopes, wanted)
		items = append(items, found...)
		notes = append(notes, note...)
	}
	if extra := len(notes) - 3; extra > 0 {
		notes = append(notes[:3], fmt.Sprintf("and %d more", extra))
	}
	o := check.Passed("", nil)
	if len(items) > 0 {
		o = check.Found(items...)
	} else if len(notes) > 0 {
		o.Text = "no lock blocks what you listed"
	}
	o.Notes = notes
	return o
}

// judgeLock judges one lock by what was named: the scopes, and the actions at them.
func (w *World) judgeLock(s *state, lock azure.Lock, scopes []string, wanted []rights.Wanted) ([]check.Item, []string) {
	known := facts.Lock{
		Lock: lock.Name, Scope: lock.Scope(), Detail: lock.Properties.Notes,
		Group: groupOf(lock.Scope()), SubscriptionID: subscriptionOf(lock.Scope()),
	}
	if lock.OnResource() {
		known.LockID = lock.ID
	}
	readOnly := strings.EqualFold(lock.Properties.Level, "ReadOnly")
	refuses, kind := deletes, "delete lock"
	if readOnly {
		refuses, kind = changes, "read-only lock"
	}
	for _, want := range wanted {
		if !want.Data && refuses(want.Action) && arm.Within(want.Scope.ID(), lock.Scope()) {
			known.Action = want.Action
			if readOnly {
				return []check.Item{finding.New(check.Fail, facts.ReadOnlyLock(known))}, nil
			}
			return []check.Item{finding.New(check.Fail, facts.DeleteLock(known))}, nil
		}
	}
	at := slices.ContainsFunc(scopes, func(scope string) bool { return arm.Within(scope, lock.Scope()) })
	if at && readOnly {
		return []check.Item{finding.New(check.Warn, facts.ReadOnlyLock(known))}, nil
	}
	below := slices.ContainsFunc(scopes, func(scope string) bool { return arm.Within(lock.Scope(), scope) })
	if !at && !below {
		return nil, nil
	}
	line := fmt.Sprintf("%s %q on %s", kind, lock.Name, place(lock.Scope()))
	if note := strings.TrimSpace(lock.Properties.Notes); note != "" {
		line += ": " + w.Redact.Line(note, maxShown)
	}
	return nil, []string{line}
}

// changes reports whether an action of the control plane changes something: all
// but reads do, also those that are sent as POST, such as listing keys.
func changes(action string) bool { return !strings.HasSuffix(strings.ToLower(action), "/read") }

func deletes(action string) bool { return strings.HasSuffix(strings.ToLower(action), "/delete") }

// place says in a few words where something in a subscription is.
func place(id string) string {
	at, _ := arm.ParseID(id)
	words := "resource group " + at.ResourceGroup
	if at.ResourceGroup == "" {
		words = "the subscription"
	}
	if at.Resource != "" {
		words = at.Resource + " in " + words
	}
	return words
}

// groupOf and subscriptionOf are the names in an ARM ID; empty if there is none.
func groupOf(id string) string {
	at, _ := arm.ParseID(id)
	return at.ResourceGroup
}

func subscriptionOf(id string) string {
	at, _ := arm.ParseID(id)
	return at.Subscription
}
