package azure

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"armpreflight/internal/connection"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/web"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Subscription is what ARM tells of a subscription.
// Field names: Azure REST reference, Subscriptions - Get (2022-12-01).
type Subscription struct {
	ID             string `json:"id"`
	SubscriptionID string `json:"subscriptionId"`
	DisplayName    string `json:"displayName"`
	State          string `json:"state"` // Enabled, Warned, PastDue, Disabled, Deleted
}

// ResourceGroup is what ARM tells of a resource group.
type ResourceGroup struct {
	ID         string `json:"id"`
	Properties struct {
		ProvisioningState string `json:"provisioningState"` // Succeeded, Deleting, …
	} `json:"properties"`
}

// ManagementGroup is what ARM tells of a management group.
type ManagementGroup struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Properties struct {
		DisplayName string `json:"displayName"`
	} `json:"properties"`
}

// Subscription reads one subscription.
func (c *Client) Subscription(ctx context.Context, t Token, id string) (Subscription, error) {
	var s Subscription
	version := "2022-12-01"
	if !c.cloud.Known { // Azure Stack Hub knows no newer one
		version = "2016-06-01"
	}
	err := c.get(ctx, t, "/subscriptions/"+url.PathEscape(id), version, &s, func() bool { return s.SubscriptionID != "" && s.State != "" })
	return s, err
}

// ResourceGroup reads one resource group.
func (c *Client) ResourceGroup(ctx context.Context, t Token, subscription, name string) (ResourceGroup, error) {
	var g ResourceGroup
	version := "2021-04-01"
	if !c.cloud.Known {
		version = "2018-05-01"
	}
	path := "/subscriptions/" + url.PathEscape(subscription) + "/resourcegroups/" + url.PathEscape(name)
	err := c.get(ctx, t, path, version, &g, func() bool { return g.ID != "" })
	return g, err
}

// ManagementGroup reads one management group.
func (c *Client) ManagementGroup(ctx context.Context, t Token, id string) (ManagementGroup, error) {
	var g ManagementGroup
	err := c.get(ctx, t, "/providers/Microsoft.Management/managementGroups/"+url.PathEscape(id), "2020-05-01", &g, func() bool { return g.ID != "" })
	return g, err
}

// Metadata completes a cloud that was not described in full by the connection,
// from the metadata document that every Resource Manager publishes without
// asking for a token.
func (c *Client) Metadata(ctx context.Context) (connection.Cloud, error) {
	const doing = "read the cloud's metadata"
	ctx, trace := web.Record(ctx)
	address := strings.TrimSuffix(c.cloud.ResourceManager, "/") + "/metadata/endpoints?api-version=2015-01-01"
	doc, err := c.fetch(ctx, c.public, address, nil)
	if err == nil {
		complete, err := c.cloud.WithMetadata(doc)
		if err == nil {
			return complete, nil
		}
	}
	return c.cloud, failed(ctx, trace, doing, diagnosis.ARM)
}

// get reads one resource into out. told reports whether out holds what a real
// answer always has: an empty object with status 200 is no answer.
func (c *Client) get(ctx context.Context, t Token, path, version string, out any, told func() bool) error {
	ctx, trace := web.Record(ctx)
	doing := "read " + path
	address := strings.TrimSuffix(c.cloud.ResourceManager, "/") + path + "?api-version=" + version
	body, err := c.fetch(ctx, c.resources, address, &t)
	if err == nil {
		if err = unmarshal(body, out); err == nil && told() {
			return nil
		}
	}
	return failed(ctx, trace, doing, diagnosis.ARM)
}

// fetch sends one GET through azcore's pipeline, with the token when there is one.
func (c *Client) fetch(ctx context.Context, transport *http.Client, address string, t *Token) ([]byte, error) {
	request, err := runtime.NewRequest(ctx, http.MethodGet, address)
	if err != nil {
		return nil, err
	}
	request.Raw().Header.Set("Accept", "application/json")
	if t != nil {
		request.Raw().Header.Set("Authorization", "Bearer "+t.Value.Reveal())
	}
	pipeline := runtime.NewPipeline("armpreflight", "v1.0.0", runtime.PipelineOptions{}, &policy.ClientOptions{
		Transport: transport, Retry: oneTry(), Telemetry: policy.TelemetryOptions{ApplicationID: "armpreflight"},
	})
	response, err := pipeline.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if !runtime.HasStatusCode(response, http.StatusOK) {
		return nil, fmt.Errorf("status %d", response.StatusCode)
	}
	return runtime.Payload(response)
}
