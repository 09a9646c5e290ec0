package azure

import (
	"context"
	"net/url"
)

// Provider is a resource provider as a subscription sees it.
// Field names: Azure REST reference, Providers - Get (2021-04-01).
type Provider struct {
	ProviderState
	Types []ResourceType `json:"resourceTypes"` // nil from Providers
}

// ResourceType is what a provider offers of one type.
type ResourceType struct {
	Name        string   `json:"resourceType"` // without the namespace
	Locations   []string `json:"locations"`    // display names, such as West Europe; empty for what has none
	APIVersions []string `json:"apiVersions"`
}

// ProviderState is whether a provider is registered.
type ProviderState struct {
	Namespace          string `json:"namespace"`
	RegistrationState  string `json:"registrationState"`  // Registered, Registering, NotRegistered, Unregistering, Unregistered
	RegistrationPolicy string `json:"registrationPolicy"` // RegistrationRequired, RegistrationFree; empty where the version knows none
}

func (p ProviderState) told() bool { return p.Namespace != "" && p.RegistrationState != "" }

// Providers reads every resource provider of a subscription. The answer has all
// resource types with their regions and versions, some megabytes before
// compression: the service documents no smaller form ($expand only adds). For a
// few names Provider is quicker. Needs Microsoft.Resources/subscriptions/providers/read.
func (c *Client) Providers(ctx context.Context, t Token, subscription string) ([]Provider, error) {
	states, err := list(ctx, c, t, "/subscriptions/"+url.PathEscape(subscription)+"/providers", "api-version="+c.providerVersion(), 0, ProviderState.told)
	if err != nil {
		return nil, err
	}
	all := make([]Provider, len(states)) // without their types, which are most of the answer
	for i, state := range states {
		all[i].ProviderState = state
	}
	return all, nil
}

// Provider reads one resource provider. One that doesn't exist is refused with
// InvalidResourceNamespace. Needs Microsoft.Resources/subscriptions/providers/read.
func (c *Client) Provider(ctx context.Context, t Token, subscription, namespace string) (Provider, error) {
	var p Provider
	path := "/subscriptions/" + url.PathEscape(subscription) + "/providers/" + url.PathEscape(namespace)
	err := c.get(ctx, t, path, c.providerVersion(), &p, func() bool { return p.told() })
	return p, err
}

func (c *Client) providerVersion() string {
	return c.version("2021-04-01", "2018-05-01")
}
