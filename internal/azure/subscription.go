package azure

import (
	"context"
	"net/http"
	"net/url"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"
)

// Subscription is what ARM returns about a subscription.
// Field names: Azure REST reference, Subscriptions - Get (2022-12-01).
type Subscription struct {
	ID             string `json:"id"`
	SubscriptionID string `json:"subscriptionId"`
	DisplayName    string `json:"displayName"`
	State          string `json:"state"`    // Enabled, Warned, PastDue, Disabled, Deleted
	TenantID       string `json:"tenantId"` // empty on Azure Stack Hub
	Policies       struct {
		QuotaID       string `json:"quotaId"`       // the offer: PayAsYouGo_2014-09-01, FreeTrial_2014-09-01, …
		SpendingLimit string `json:"spendingLimit"` // On, Off, CurrentPeriodOff
	} `json:"subscriptionPolicies"`
}

func (s Subscription) told() bool { return s.SubscriptionID != "" && s.State != "" }

// Subscription reads one subscription.
func (c *Client) Subscription(ctx context.Context, t Token, id string) (Subscription, error) {
	var s Subscription
	err := c.get(ctx, t, "/subscriptions/"+url.PathEscape(id), c.subscriptionVersion(), &s, func() bool { return s.told() })
	return s, err
}

// Subscriptions reads the first page of the subscriptions that the identity can
// see, which tells "none" from "others". No one needs a right for it: an identity
// without a role sees an empty list.
func (c *Client) Subscriptions(ctx context.Context, t Token) ([]Subscription, error) {
	return list(ctx, c, t, "/subscriptions", "api-version="+c.subscriptionVersion(), 1, Subscription.told)
}

// AllSubscriptions reads every subscription that the caller can see in the tenant
// of the token.
func (c *Client) AllSubscriptions(ctx context.Context, t Token) ([]Subscription, error) {
	return list(ctx, c, t, "/subscriptions", "api-version="+c.subscriptionVersion(), 0, Subscription.told)
}

// Tenant is a directory in which someone has an account.
// Field names: Azure REST reference, Tenants - List (2022-12-01).
type Tenant struct {
	ID   string `json:"tenantId"`
	Name string `json:"displayName"` // empty when not told
}

// Tenants reads the directories in which the caller has an account. No one needs a
// right for it.
func (c *Client) Tenants(ctx context.Context, t Token) ([]Tenant, error) {
	return list(ctx, c, t, "/tenants", "api-version="+c.subscriptionVersion(), 0, func(t Tenant) bool { return t.ID != "" })
}

// TenantOf asks to which tenant a subscription belongs. ARM names it, in the
// authorization_uri of its challenge, to anyone without a token, so that
// needs no right and none is sent. A subscription that this cloud doesn't have
// is refused with SubscriptionNotFound.
func (c *Client) TenantOf(ctx context.Context, subscription string) (string, error) {
	ctx, trace := web.Record(ctx)
	where := "/subscriptions/" + url.PathEscape(subscription)
	doing := "request the tenant of " + where
	_ = c.fetch(ctx, c.public, c.base()+where+"?api-version="+c.subscriptionVersion(), secret.Text{}, func([]byte) error { return nil }) // the refusal is the answer
	ev, _ := trace.Evidence()
	if ev.Status == http.StatusUnauthorized && ev.OwnerTenant != "" {
		return ev.OwnerTenant, nil
	}
	f := failed(ctx, trace, doing, evidence.ARM)
	if ev.Status == http.StatusUnauthorized {
		f.Code = string(catalogue.UnexpectedAnswer) // a challenge that names no tenant
	}
	return "", f
}

// subscriptionVersion: Azure Stack Hub knows no newer one.
func (c *Client) subscriptionVersion() string { return c.version("2022-12-01", "2016-06-01") }
