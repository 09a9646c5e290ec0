package azure

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"
)

// Errors about a cloud or an identity for which Graph isn't asked; nothing was sent.
var (
	ErrNoGraph     = errors.New("this cloud doesn't use Microsoft Graph")
	ErrNoGraphRole = errors.New("the identity has no permission in Microsoft Graph to read applications")
)

// hasGraph reports whether Graph is used in a cloud. The address of a cloud that
// we don't know comes from the connection; no one vouches for it. In US
// Government it is the Graph of L4: what a connection says doesn't tell L4 from
// L5, whose Graph is dod-graph.microsoft.us. (Microsoft Graph documentation,
// National cloud deployments.)
func hasGraph(cloud connection.Cloud) bool { return cloud.Known && cloud.GraphHost() != "" }

// GraphToken is an access token for Microsoft Graph. It is a type of its own so
// that it can't be sent to Resource Manager, nor the other way round.
type GraphToken struct {
	Value   secret.Text
	Expires time.Time
	Roles   []string // application permissions; none when the token can't be read
}

// GraphToken requests a token for the cloud's Microsoft Graph, once. The error is
// ErrNoGraph or a *evidence.Failure. An identity without any permission in Graph
// gets a token too.
func (c *Client) GraphToken(ctx context.Context, id Identity) (GraphToken, error) {
	if !hasGraph(c.cloud) {
		return GraphToken{}, ErrNoGraph
	}
	got, err := c.token(ctx, id, c.cloud.Graph, "request an access token for Microsoft Graph")
	if err != nil {
		return GraphToken{}, err
	}
	value := secret.New(got.Token)
	// Nothing vouches for the roles in it: they decide whether a question is worth asking and nothing else.
	claims, _ := connection.DecodeToken(value)
	return GraphToken{Value: value, Expires: got.ExpiresOn, Roles: claims.Roles}, nil
}

// MayReadApplication reports whether the identity may read its own application,
// as far as the token tells: it needs one of the application permissions of
// Graph's page "Get application". OwnedBy serves owned applications only: one that
// doesn't own itself is still refused.
func (t GraphToken) MayReadApplication() bool {
	return slices.ContainsFunc([]string{
		"Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy", "Directory.Read.All", "Directory.ReadWrite.All",
	}, func(role string) bool { return slices.Contains(t.Roles, role) })
}

// Application is what Graph returns about an app registration's credentials.
type Application struct {
	ClientID, Name string
	Secrets        []ApplicationCredential
	Certificates   []ApplicationCredential
	Multitenant    bool // as far as it was read
}

// ApplicationCredential is a secret or a certificate of an application.
// Field names: Microsoft Graph reference, passwordCredential and keyCredential.
type ApplicationCredential struct {
	KeyID  string    `json:"keyId"`
	Name   string    `json:"displayName"`
	Starts time.Time `json:"startDateTime"` // UTC; zero when Graph doesn't tell
	Ends   time.Time `json:"endDateTime"`   // UTC; zero when Graph doesn't tell

	hint secret.Text // how a secret begins; empty when Graph doesn't tell
}

// MayBe reports whether this secret can be the given one: by how it begins, for
// which Graph keeps a hint. One without a hint can be any.
func (a ApplicationCredential) MayBe(key secret.Text) bool {
	return strings.HasPrefix(key.Reveal(), a.hint.Reveal())
}

// Application reads the app registration with a client ID, in one request, which
// isn't sent without a permission for it. The error is ErrNoGraph, ErrNoGraphRole
// or a *evidence.Failure.
func (c *Client) Application(ctx context.Context, t GraphToken, clientID string) (Application, error) {
	switch {
	case !hasGraph(c.cloud):
		return Application{}, ErrNoGraph
	case !t.MayReadApplication():
		return Application{}, ErrNoGraphRole
	}
	return c.application(ctx, t, clientID, "appId,displayName,passwordCredentials,keyCredentials")
}

// application reads these fields of an app registration.
func (c *Client) application(ctx context.Context, t GraphToken, clientID, fields string) (Application, error) {
	ctx, trace := web.Record(ctx)
	address := c.cloud.Graph + "/v1.0/applications(appId=" + url.PathEscape(quoted(clientID)) + ")?$select=" + fields
	var answer applicationAnswer
	if c.fetch(ctx, c.graph, address, t.Value, decodeInto(&answer)) == nil {
		if app, ok := answer.read(); ok && strings.EqualFold(app.ClientID, clientID) {
			return app, nil
		}
	}
	return Application{}, failed(ctx, trace, "read the application in Microsoft Graph", evidence.Graph)
}

// applicationAnswer is an application as it travels.
type applicationAnswer struct {
	AppID       string                  `json:"appId"`
	DisplayName string                  `json:"displayName"`
	Audience    string                  `json:"signInAudience"` // AzureADMyOrg for one tenant; asked by audits only
	Keys        []ApplicationCredential `json:"keyCredentials"`
	Passwords   []struct {
		ApplicationCredential
		Hint string `json:"hint"`
	} `json:"passwordCredentials"`
}

func (a applicationAnswer) read() (Application, bool) {
	if a.AppID == "" || a.Keys == nil || a.Passwords == nil {
		return Application{}, false
	}
	app := Application{ClientID: a.AppID, Name: a.DisplayName, Certificates: a.Keys,
		Multitenant: a.Audience != "" && a.Audience != "AzureADMyOrg"}
	for _, k := range a.Keys {
		if k.KeyID == "" {
			return Application{}, false
		}
	}
	for _, p := range a.Passwords {
		if p.KeyID == "" {
			return Application{}, false
		}
		p.hint = secret.New(p.Hint)
		app.Secrets = append(app.Secrets, p.ApplicationCredential)
	}
	return app, true
}
