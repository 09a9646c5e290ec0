package azure

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// ResourceGroup is what ARM returns about a resource group.
type ResourceGroup struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Location   string `json:"location"` // as in westeurope
	Properties struct {
		ProvisioningState string `json:"provisioningState"` // Succeeded, Deleting, …
	} `json:"properties"`
}

// ManagementGroup is what ARM returns about a management group.
type ManagementGroup struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Properties struct {
		DisplayName string `json:"displayName"`
	} `json:"properties"`
}

// ResourceGroup reads one resource group.
func (c *Client) ResourceGroup(ctx context.Context, t Token, subscription, name string) (ResourceGroup, error) {
	var g ResourceGroup
	path := "/subscriptions/" + url.PathEscape(subscription) + "/resourcegroups/" + url.PathEscape(name)
	err := c.get(ctx, t, path, c.version("2021-04-01", "2018-05-01"), &g, func() bool { return g.ID != "" && strings.EqualFold(g.Name, name) })
	return g, err
}

// ManagementGroup reads one management group.
func (c *Client) ManagementGroup(ctx context.Context, t Token, id string) (ManagementGroup, error) {
	var g ManagementGroup
	err := c.get(ctx, t, "/providers/Microsoft.Management/managementGroups/"+url.PathEscape(id), "2020-05-01", &g, func() bool { return g.ID != "" && strings.EqualFold(g.Name, id) })
	return g, err
}

// Metadata completes a cloud that wasn't described in full by the connection,
// from the metadata document that every Resource Manager publishes without
// asking for a token.
func (c *Client) Metadata(ctx context.Context) (connection.Cloud, error) {
	const doing = "read the cloud's metadata"
	ctx, trace := web.Record(ctx)
	var complete connection.Cloud
	err := c.fetch(ctx, c.public, c.base()+"/metadata/endpoints?api-version=2015-01-01", secret.Text{}, func(doc []byte) (err error) {
		complete, err = c.cloud.WithMetadata(doc)
		return err
	})
	if err == nil {
		return complete, nil
	}
	return c.cloud, failed(ctx, trace, doing, evidence.ARM)
}

// get reads one resource into out. told reports whether out holds what a real
// answer always has: an empty object with status 200 isn't an answer.
func (c *Client) get(ctx context.Context, t Token, path, version string, out any, told func() bool) error {
	ctx, trace := web.Record(ctx)
	doing := "read " + path
	err := c.fetch(ctx, c.resources, c.base()+path+"?api-version="+version, t.Value, decodeInto(out))
	if err == nil && told() {
		return nil
	}
	return failed(ctx, trace, doing, evidence.ARM)
}

// base is the address of Resource Manager without a slash at its end.
func (c *Client) base() string { return strings.TrimSuffix(c.cloud.ResourceManager, "/") }

// version chooses the api-version: a cloud that isn't one of Microsoft's own may
// be an Azure Stack Hub, which knows only those of its profile 2020-09-01-hybrid.
func (c *Client) version(known, other string) string {
	if c.cloud.Known {
		return known
	}
	return other
}

// fetch sends one GET through azcore's pipeline, with the token when there is one, and reads the answer. It may be large, so
// nothing of it should be kept but what read makes of it.
func (c *Client) fetch(ctx context.Context, transport *http.Client, address string, token secret.Text, read func(body []byte) error) error {
	ctx, done := web.Place(ctx)
	defer done()
	request, err := runtime.NewRequest(ctx, http.MethodGet, address)
	if err != nil {
		return err
	}
	request.Raw().Header.Set("Accept", "application/json")
	if !token.IsZero() {
		request.Raw().Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	pipeline := runtime.NewPipeline("armpreflight", "v1.0.0", runtime.PipelineOptions{}, &policy.ClientOptions{
		Transport: transport, Retry: oneTry(), Telemetry: policy.TelemetryOptions{ApplicationID: "armpreflight"},
	})
	response, err := pipeline.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if !runtime.HasStatusCode(response, http.StatusOK) {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	body, err := runtime.Payload(response)
	if err != nil {
		return err
	}
	return read(body)
}
