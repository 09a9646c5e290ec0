package preflight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/diagnosis"
)

// Subscription asks whether the subscription is visible, enabled, in this
// tenant and the expected one. A connection scoped to a resource group is
// judged there: it may well have no right on the subscription itself.
// Facts: azure.Subscription when it could be read.
var Subscription = &Check{
	ID:    "subscription",
	Layer: layerAzure,
	Title: "is it visible, enabled, in this tenant, the expected one?",
	Needs: []*Check{AccessToken},
	Codes: []string{"subscription-disabled", "subscription-past-due", "subscription-warned", "subscription-mismatch", "tenant-mismatch", "ARM"},
	Run:   runSubscription,
}

func runSubscription(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	token, _ := check.FactsOf[azure.Token](s, AccessToken)
	scope := conn.Scope
	if scope.SubscriptionID == "" {
		return check.NotApplicable("the connection is for a management group")
	}
	arm := w.Azure(conn.Cloud)
	var (
		sub              azure.Subscription
		group            azure.ResourceGroup
		subErr, groupErr error
		both             sync.WaitGroup
	)
	both.Go(func() { sub, subErr = arm.Subscription(ctx, token, scope.SubscriptionID) })
	if scope.ResourceGroup != "" {
		both.Go(func() { group, groupErr = arm.ResourceGroup(ctx, token, scope.SubscriptionID, scope.ResourceGroup) })
	}
	both.Wait()

	var items []check.Item
	switch {
	case groupErr != nil:
		items = append(items, w.refused(ctx, s, groupErr, diagnosis.Args{"group": scope.ResourceGroup}))
	case strings.EqualFold(group.Properties.ProvisioningState, "Deleting"):
		items = append(items, w.finding(s, check.Fail, "resource-group-deleting", diagnosis.Args{"group": scope.ResourceGroup}))
	}
	if subErr != nil && (scope.ResourceGroup == "" || !forbidden(subErr)) && len(items) == 0 {
		items = append(items, w.refused(ctx, s, subErr, nil))
	}
	var notes []string
	switch {
	case subErr == nil && !strings.EqualFold(sub.SubscriptionID, scope.SubscriptionID):
		items = append(items, w.finding(s, check.Unknown, diagnosis.UnexpectedAnswer, diagnosis.Args{
			"service": "Azure Resource Manager", "detail": "asked for one subscription, answered with another",
		}))
	case subErr == nil:
		items = append(items, w.judgeState(s, sub)...)
	case len(items) > 0:
		sub = azure.Subscription{SubscriptionID: scope.SubscriptionID, DisplayName: scope.SubscriptionName}
	default:
		sub = azure.Subscription{SubscriptionID: scope.SubscriptionID, DisplayName: scope.SubscriptionName}
		notes = append(notes, "the subscription itself cannot be read: its name is the one recorded with the connection, its state is not known")
	}
	if expected := w.Inputs.ExpectedSubscription; expected != "" && !isSubscription(expected, sub) {
		items = append(items, w.finding(s, check.Fail, "subscription-mismatch", diagnosis.Args{
			"expected": expected,
		}))
	}
	o := check.Passed(subscriptionWords(sub, scope), sub)
	if len(items) > 0 {
		o = check.Found(items...)
		o.Facts = sub
	}
	o.Notes = append(notes, w.otherSubscription(scope.SubscriptionID)...)
	return o
}

// judgeState judges what ARM says of a subscription's state.
// States: Azure REST reference, SubscriptionState.
func (w *World) judgeState(s *state, sub azure.Subscription) []check.Item {
	args := diagnosis.Args{"state": sub.State}
	switch strings.ToLower(sub.State) {
	case "enabled":
		return nil
	case "warned":
		return []check.Item{w.finding(s, check.Warn, "subscription-warned", args)}
	case "pastdue":
		return []check.Item{w.finding(s, check.Warn, "subscription-past-due", args)}
	default: // Disabled, Deleted, and whatever else is not one of the three that can be deployed to
		return []check.Item{w.finding(s, check.Fail, "subscription-disabled", args)}
	}
}

// forbidden reports whether ARM answered that the identity has no right there.
func forbidden(err error) bool {
	f, ok := errors.AsType[*diagnosis.Failure](err)
	return ok && f.Evidence.Status == http.StatusForbidden
}

// isSubscription reports whether text is the id or the name of sub, case aside.
func isSubscription(text string, sub azure.Subscription) bool {
	return strings.EqualFold(text, sub.SubscriptionID) || sub.DisplayName != "" && strings.EqualFold(text, sub.DisplayName)
}

// subscriptionWords says what was found.
func subscriptionWords(sub azure.Subscription, scope connection.Scope) string {
	words := fmt.Sprintf("%q", sub.DisplayName)
	if sub.State != "" {
		words += ", " + strings.ToLower(sub.State)
	}
	if scope.ResourceGroup != "" {
		words = fmt.Sprintf("resource group %q in %s", scope.ResourceGroup, words)
	}
	return words
}

// otherSubscription is a line for a job that names two subscriptions: tools
// such as Terraform take theirs from the environment.
func (w *World) otherSubscription(id string) []string {
	var notes []string
	for _, name := range []string{"ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID"} {
		if v := strings.TrimSpace(w.Env(name)); v != "" && !strings.EqualFold(v, id) {
			notes = append(notes, fmt.Sprintf("%s is set to another subscription, %q: tools that read it will not use this connection's", name, v))
		}
	}
	return notes
}
