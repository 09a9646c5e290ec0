package azure

import (
	"context"
	"fmt"
	"strings"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Identity is what a token is requested with.
type Identity struct {
	Connection  connection.Connection
	Certificate connection.Credential // certificate scheme
	Assertion   secret.Text           // federation: the ID token of this job
	// OnceOnly asks a managed identity endpoint a single time, for a machine
	// that most likely has none.
	OnceOnly bool
}

// Token is an access token for Azure Resource Manager.
type Token struct {
	Value   secret.Text
	Expires time.Time
	// Claims are what the token says about itself. Services are free to make
	// tokens opaque, so Readable reports whether there was anything to read.
	Claims   connection.Claims
	Readable bool
}

// Token asks for one access token, once. The error is a *evidence.Failure, also when
// azidentity refuses before any request (then its evidence has neither status
// nor network failure).
func (c *Client) Token(ctx context.Context, id Identity) (Token, error) {
	got, err := c.token(ctx, id, c.cloud.Audience, "request an access token")
	if err != nil {
		return Token{}, err
	}
	t := Token{Value: secret.New(got.Token), Expires: got.ExpiresOn}
	if claims, err := connection.DecodeToken(t.Value); err == nil {
		t.Claims, t.Readable = claims, true
	}
	return t, nil
}

// token asks once for a token for one audience.
func (c *Client) token(ctx context.Context, id Identity, audience, doing string) (azcore.AccessToken, error) {
	ctx, trace := web.Record(ctx)
	credential, err := c.credential(id)
	if err != nil {
		return azcore.AccessToken{}, &evidence.Failure{Doing: doing, Code: string(catalogue.ConnectionIncomplete), Evidence: evidence.Evidence{Service: serviceOf(id), Message: refusal(err)}}
	}
	got, err := getToken(ctx, credential, audience+"/.default")
	if err != nil || got.Token == "" || len(got.Token) > connection.MaxToken {
		// err isn't wrapped and not printed: azidentity puts the whole body
		// into its text when a successful answer doesn't parse.
		return azcore.AccessToken{}, failed(ctx, trace, doing, serviceOf(id))
	}
	return got, nil
}

// getToken asks the library. Where a managed identity endpoint answers null, MSAL
// 1.10 follows a nil pointer: that is an answer that no one can read, not a fault
// of this program. (apps/managedidentity/managedidentity.go.)
func getToken(ctx context.Context, credential azcore.TokenCredential, scope string) (token azcore.AccessToken, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the library failed on the response: %v", p)
		}
	}()
	return credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
}

func serviceOf(id Identity) evidence.Service {
	if id.Connection.Scheme == connection.ManagedServiceIdentity {
		return evidence.ManagedIdentity
	}
	return evidence.Entra
}

// credential builds the azidentity credential of a scheme. Building sends nothing.
func (c *Client) credential(id Identity) (azcore.TokenCredential, error) {
	conn := id.Connection
	options := policy.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: c.cloud.Authority},
		Transport: c.authority,
		Retry:     oneTry(),
		Telemetry: policy.TelemetryOptions{ApplicationID: "armpreflight"},
	}
	switch conn.Scheme {
	case connection.ServicePrincipalKey:
		return azidentity.NewClientSecretCredential(conn.TenantID, conn.ClientID, conn.Key.Reveal(),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	case connection.ServicePrincipalCertificate:
		// The chain isn't sent: the in-box tasks don't send it either, and a
		// preflight must not pass where the deployment after it would fail.
		return azidentity.NewClientCertificateCredential(conn.TenantID, conn.ClientID, id.Certificate.Chain, id.Certificate.Key,
			&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	case connection.WorkloadIdentityFederation:
		return azidentity.NewClientAssertionCredential(conn.TenantID, conn.ClientID,
			func(context.Context) (string, error) { return id.Assertion.Reveal(), nil },
			&azidentity.ClientAssertionCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	case connection.ManagedServiceIdentity:
		tries := 0
		if id.OnceOnly {
			tries = 1
		}
		options.Transport = c.machine(tries)
		o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if conn.ClientID != "" {
			o.ID = azidentity.ClientID(conn.ClientID)
		}
		return azidentity.NewManagedIdentityCredential(o)
	default:
		return nil, fmt.Errorf("the scheme %s can't get a token for Azure Resource Manager", conn.Scheme)
	}
}

// refusal is azidentity's own sentence about a credential that it won't
// build; no request was made, so it quotes no answer. It is cut to one line.
func refusal(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
