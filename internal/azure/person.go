package azure

import (
	"context"
	"strings"

	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Person is someone who is signed in, by way of a tool that keeps the sign-in.
type Person struct {
	Credential azcore.TokenCredential
	// Redact takes secrets out of what the tool says when it refuses, before that is cut
	// to size. Nil takes out nothing.
	Redact secret.Filter
}

// SignIn are the options for a credential of a user that calls Microsoft Entra on its own:
// it asks this cloud's authority and no one else.
func (c *Client) SignIn() policy.ClientOptions {
	return policy.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: c.cloud.Authority},
		Transport: c.authority,
		Retry:     oneTry(),
		Telemetry: policy.TelemetryOptions{ApplicationID: "armpreflight"},
	}
}

// PersonToken requests a user's token for Azure Resource Manager in a tenant,
// once. The error is a *evidence.Failure.
func (c *Client) PersonToken(ctx context.Context, p Person, tenant string) (Token, error) {
	got, err := p.token(ctx, tenant, c.cloud.Audience)
	if err != nil {
		return Token{}, err
	}
	t := Token{Value: secret.New(got.Token), Expires: got.ExpiresOn}
	if claims, err := connection.DecodeToken(t.Value); err == nil {
		t.Claims, t.Readable = claims, true
	}
	return t, nil
}

// PersonGraphToken requests a user's token for the cloud's Microsoft Graph, once.
// The error is ErrNoGraph or a *evidence.Failure.
func (c *Client) PersonGraphToken(ctx context.Context, p Person, tenant string) (GraphToken, error) {
	if !hasGraph(c.cloud) {
		return GraphToken{}, ErrNoGraph
	}
	got, err := p.token(ctx, tenant, c.cloud.Graph)
	if err != nil {
		return GraphToken{}, err
	}
	return GraphToken{Value: secret.New(got.Token), Expires: got.ExpiresOn}, nil
}

// DevOpsToken requests a user's token for Azure DevOps in a tenant, once. The
// error is a *evidence.Failure.
func (p Person) DevOpsToken(ctx context.Context, tenant string) (secret.Text, error) {
	got, err := p.token(ctx, tenant, connection.DevOpsApplication)
	return secret.New(got.Token), err
}

// token asks the tool. Its message is all that a refusal has, where
// it didn't ask by way of our own client.
func (p Person) token(ctx context.Context, tenant, resource string) (azcore.AccessToken, error) {
	ctx, trace := web.Record(ctx)
	got, err := p.Credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{resource + "/.default"}, TenantID: tenant})
	if err == nil && got.Token != "" {
		return got, nil
	}
	f := failed(ctx, trace, "request a token for the signed-in user", evidence.Entra)
	if _, seen := trace.Evidence(); !seen && ctx.Err() == nil && err != nil {
		f.Evidence = evidence.FromResponse(evidence.Entra, 0, nil, []byte(plainWords(err.Error())), p.Redact)
		f.Evidence.Service = evidence.Entra
	}
	return azcore.AccessToken{}, f
}

// plainWords leaves out the name that azidentity puts before what a tool has said,
// and its advice behind it.
func plainWords(text string) string {
	for _, name := range []string{"AzureCLICredential", "InteractiveBrowserCredential"} {
		text = strings.TrimPrefix(text, name)
	}
	text, _, _ = strings.Cut(text, "To troubleshoot, visit ")
	return strings.Trim(strings.TrimPrefix(strings.TrimLeft(text, ": "), "ERROR: "), ": \n")
}
