package preflight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
)

// whyInvisible tells four causes apart that look alike to an identity that doesn't
// see a subscription: it has no role there, one that isn't known everywhere
// yet, the subscription is of another tenant, or there's no such subscription.
// It runs only after a refusal, with two requests at the same time. What they don't
// answer is left out.
func (w *World) whyInvisible(ctx context.Context, client *azure.Client, conn connection.Connection, token azure.Token, refusal error) []string {
	f, ok := errors.AsType[*evidence.Failure](refusal)
	if !ok || !slices.Contains([]int{http.StatusForbidden, http.StatusNotFound}, f.Evidence.Status) {
		return nil
	}
	var (
		owner              string
		visible            []azure.Subscription
		ownerErr, listsErr error
	)
	check.Together(
		func() { owner, ownerErr = client.TenantOf(ctx, conn.Scope.SubscriptionID) },
		func() { visible, listsErr = client.Subscriptions(ctx, token) },
	)
	signsInTo := conn.TenantID
	if token.Claims.TenantID != "" {
		signsInTo = token.Claims.TenantID
	}
	switch {
	case ownerErr == nil && arm.IsGUID(signsInTo) && !strings.EqualFold(owner, signsInTo):
		return []string{fmt.Sprintf("the subscription belongs to tenant %s, but the connection signs in to %s", owner, signsInTo)}
	case hasCode(ownerErr, catalogue.SubscriptionNotFound):
		return append([]string{"according to a request without a sign-in, this cloud has no subscription with this ID"}, seen(visible, listsErr)...)
	case ownerErr == nil:
		return append([]string{"the subscription exists and belongs to the connection's tenant"}, seen(visible, listsErr)...)
	}
	return seen(visible, listsErr)
}

// seen says which subscriptions an identity sees, which it does by any role inside them.
func seen(visible []azure.Subscription, err error) []string {
	if err != nil {
		return nil
	}
	if len(visible) == 0 {
		return []string{"the identity sees no subscription at all: it has no role yet, or a new role that hasn't propagated yet"}
	}
	var names []string
	for _, sub := range visible[:min(3, len(visible))] {
		names = append(names, fmt.Sprintf("%q (%s)", sub.DisplayName, sub.SubscriptionID))
	}
	line := "the identity sees " + strings.Join(names, ", ")
	if more := len(visible) - len(names); more > 0 {
		line += fmt.Sprintf(" and %d more", more)
	}
	return []string{line}
}

// spendingLimit is a line for a subscription that isn't enabled and of an offer
// that stops when its credit is used up.
func spendingLimit(sub azure.Subscription) []string {
	if strings.EqualFold(sub.State, "Enabled") || !strings.EqualFold(sub.Policies.SpendingLimit, "On") {
		return nil
	}
	return []string{fmt.Sprintf("spending limit: on (offer %s); when the credit is used up, only the account owner can remove the limit", sub.Policies.QuotaID)}
}
