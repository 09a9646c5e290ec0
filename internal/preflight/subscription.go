package preflight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/finding"
)

// Subscription asks whether the subscription is visible, enabled, in this
// tenant and the expected one. A connection scoped to a resource group is
// judged there: it may well have no right on the subscription itself.
// Facts: azure.Subscription when it could be read.
var Subscription = &Check{
	ID:    "subscription",
	Layer: layerAzure,
	Title: "is the subscription visible, enabled, in this tenant, and the expected one?",
	Needs: []*Check{AccessToken},
	Codes: func() []string {
		return finding.Codes(
			catalogue.SubscriptionDisabled, catalogue.SubscriptionPastDue, catalogue.SubscriptionWarned, catalogue.SubscriptionMismatch, catalogue.ResourceGroupDeleting,
			catalogue.VariableUnresolved, catalogue.InputInvalid, "ARM",
		)
	},
	Quiet: "the connection is for a management group",
	Sends: "one read of the subscription, and one of the resource group if the connection is for one",
	Right: "any role on the subscription or in it",
	Warns: "the subscription is past due or has a warning from Microsoft, but still works",
	Run:   runSubscription,
}

func runSubscription(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	token, _ := check.FactsOf[azure.Token](s, AccessToken)
	scope := conn.Scope
	if scope.SubscriptionID == "" {
		return w.noSubscription(s)
	}
	arm := w.Azure(conn.Cloud)
	var (
		sub              azure.Subscription
		group            azure.ResourceGroup
		subErr, groupErr error
	)
	check.Together(
		func() { sub, subErr = arm.Subscription(ctx, token, scope.SubscriptionID) },
		func() {
			if scope.ResourceGroup != "" {
				group, groupErr = arm.ResourceGroup(ctx, token, scope.SubscriptionID, scope.ResourceGroup)
			}
		},
	)

	var items []check.Item
	var notes []string
	switch {
	case groupErr != nil:
		items = append(items, w.judge().Refused(ctx, groupErr, facts.Request{Group: scope.ResourceGroup}))
		notes = append(notes, missingRight(groupErr)...)
	case strings.EqualFold(group.Properties.ProvisioningState, "Deleting"):
		items = append(items, finding.New(check.Fail, facts.ResourceGroupDeleting{Group: scope.ResourceGroup}))
	}
	answered := subErr == nil && strings.EqualFold(sub.SubscriptionID, scope.SubscriptionID)
	switch {
	case answered:
		items = append(items, w.judgeState(s, sub)...)
		notes = append(notes, spendingLimit(sub)...)
	case subErr == nil:
		items = append(items, w.unexpected("requested one subscription, received another"))
	case scope.ResourceGroup != "" && lacksRight(subErr):
		notes = append(notes, "name from the connection's record; its state can't be read")
	case len(items) == 0:
		items = append(items, w.judge().Refused(ctx, subErr, nil))
		notes = append(notes, missingRight(subErr)...)
		notes = append(notes, w.whyInvisible(ctx, arm, conn, token, subErr)...)
	}
	if !answered {
		sub = azure.Subscription{}
	}
	items = append(items, w.judgeExpected(s, conn, sub, len(items) > 0)...)

	o := check.Passed(subscriptionWords(sub, scope), nil)
	if len(items) > 0 {
		o = check.Found(items...)
	}
	if answered {
		o.Facts = sub
	}
	o.Notes = append(notes, w.otherSubscription(scope.SubscriptionID)...)
	return o
}

// noSubscription is the outcome for a connection to a management group: an
// expectation about its subscription can't be met.
func (w *World) noSubscription(s *state) check.Outcome {
	if w.Inputs.ExpectedSubscription == "" {
		return check.NotApplicable("the connection is for a management group")
	}
	return check.Found(w.withoutSubscription(s, "expectedSubscription", w.Inputs.ExpectedSubscription))
}

func (w *World) withoutSubscription(s *state, input, value string) check.Item {
	return finding.New(check.Fail, facts.InputInvalid{Input: input, Value: value, Detail: "the connection is for a management group and has no subscription"})
}

// judgeExpected compares the connection's subscription with the input
// expectedSubscription. troubled says that there's already a finding that
// explains why a name can't be compared.
func (w *World) judgeExpected(s *state, conn connection.Connection, sub azure.Subscription, troubled bool) []check.Item {
	expected := w.Inputs.ExpectedSubscription
	if expected == "" {
		return nil
	}
	if macros := w.Macros(expected); len(macros) > 0 {
		return []check.Item{finding.New(check.Fail, facts.VariableUnresolved{Input: "expectedSubscription", Value: expected, Exists: w.existsNow(macros[0])})}
	}
	switch status := isThis(expected, conn, sub); {
	case status == check.Fail:
		return []check.Item{finding.New(check.Fail, facts.SubscriptionMismatch{Expected: expected})}
	case status == check.Unknown && !troubled:
		return []check.Item{finding.New(check.Unknown, facts.SubscriptionMismatch{
			Expected: expected, Detail: "the current name couldn't be read; use the ID instead",
		})}
	}
	return nil
}

// isThis reports whether text is the ID or the name of the connection's
// subscription, case aside. The connection keeps the name of the day it was
// made; if ARM didn't answer (sub is zero), a name that differs from it
// proves nothing.
func isThis(text string, conn connection.Connection, sub azure.Subscription) check.Status {
	text = strings.TrimSpace(text)
	name := strings.TrimSpace(conn.Scope.SubscriptionName)
	if sub.State != "" {
		name = strings.TrimSpace(sub.DisplayName)
	}
	switch {
	case strings.EqualFold(text, conn.Scope.SubscriptionID), name != "" && strings.EqualFold(text, name):
		return check.Pass
	case sub.State == "" && !arm.IsGUID(text):
		return check.Unknown
	}
	return check.Fail
}

// judgeState judges what ARM reports as a subscription's state.
// States: Azure REST reference, SubscriptionState.
func (w *World) judgeState(s *state, sub azure.Subscription) []check.Item {
	switch strings.ToLower(sub.State) {
	case "enabled":
		return nil
	case "warned":
		return []check.Item{finding.New(check.Warn, catalogue.SubscriptionWarned)}
	case "pastdue":
		return []check.Item{finding.New(check.Warn, catalogue.SubscriptionPastDue)}
	case "disabled", "deleted":
		return []check.Item{finding.New(check.Fail, facts.SubscriptionDisabled{State: sub.State})}
	default:
		return []check.Item{finding.New(check.Unknown, facts.UnexpectedAnswer{Service: "Azure Resource Manager", State: sub.State})}
	}
}

// unexpected is the finding of an answer that this version can't judge.
func (w *World) unexpected(detail string) check.Item {
	return finding.New(check.Unknown, facts.UnexpectedAnswer{Service: "Azure Resource Manager", Detail: detail})
}

// forbidden reports whether ARM answered that the identity has no right there.
func forbidden(err error) bool {
	f, ok := errors.AsType[*evidence.Failure](err)
	return ok && f.Evidence.Status == http.StatusForbidden
}

// lacksRight reports whether Resource Manager itself answered that the identity
// may not read that. Any other 403 may come from a gateway, a policy, or a deny
// assignment.
func lacksRight(err error) bool {
	f, ok := errors.AsType[*evidence.Failure](err)
	return ok && f.Code == "" && f.Evidence.Status == http.StatusForbidden && len(f.Evidence.Codes) == 1 && f.Evidence.Codes[0] == string(catalogue.AuthorizationFailed)
}

// subscriptionWords says what was found; sub is zero if ARM didn't return it.
func subscriptionWords(sub azure.Subscription, scope connection.Scope) string {
	words := scopeWords(scope)
	if sub.State != "" {
		words = fmt.Sprintf("%q, %s", sub.DisplayName, strings.ToLower(sub.State))
		if scope.ResourceGroup != "" {
			words = fmt.Sprintf("resource group %q in %s", scope.ResourceGroup, words)
		}
	}
	return words
}

// otherSubscription is a line for a job that names two subscriptions: tools
// such as Terraform take theirs from the environment.
func (w *World) otherSubscription(id string) []string {
	var notes []string
	for _, name := range []string{"ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID"} {
		if v := strings.TrimSpace(w.Env(name)); v != "" && !strings.EqualFold(v, id) {
			notes = append(notes, fmt.Sprintf("%s is set to another subscription, %q: tools that read it won't use this connection's", name, v))
		}
	}
	return notes
}
