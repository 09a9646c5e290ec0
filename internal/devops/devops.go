// Package devops asks Azure DevOps, in the name of the running job, for the id
// token that a federated connection presents to Entra.
//
// Requests are made with azuredevops/v7 through CreateRequestMessage and
// SendRequest, which need no discovery requests and keep the status of a refusal
// (docs/adr/0002-azuredevops.md). The job token goes to the organisation that
// gave it and to nobody else. Nothing is written.
package devops

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"

	"github.com/microsoft/azure-devops-go-api/azuredevops/v7"
)

// Job is what the job knows of itself and of the organisation it runs for.
type Job struct {
	Endpoint       string // URL of the system connection: where the job token belongs
	Token          secret.Text
	CollectionURI  string
	ProjectID      string
	HostType       string // build, release, …: the hub of the plan
	PlanID, JobID  string
	OIDCRequestURI string // System.OidcRequestUri; empty when the server set none
}

// Errors about a job that cannot ask at all; nothing was sent.
var (
	ErrNoToken   = errors.New("the job has no access token")
	ErrNoAddress = errors.New("the address for id tokens is not known to this job")
	ErrForeign   = errors.New("the address for id tokens belongs to another organisation")
)

// Client asks one organisation for one job.
type Client struct {
	job  Job
	http *http.Client
	oidc *url.URL
	err  error // why nothing may be asked
}

// New returns a client for the job. It sends nothing and never fails: what
// stands in the way is returned by the first request.
func New(w *web.Client, job Job) *Client {
	c := &Client{job: job}
	if c.oidc, c.err = idTokenAddress(job); c.err != nil {
		return c
	}
	c.http = w.For(web.Rule{
		Service: diagnosis.DevOps,
		Hosts:   []string{c.oidc.Host},
		Post:    func(u *url.URL) bool { return strings.EqualFold(u.Path, c.oidc.Path) },
	})
	return c
}

// Host returns the host that id tokens are asked from, and empty when none may be asked.
func (c *Client) Host() string {
	if c.err != nil {
		return ""
	}
	return c.oidc.Host
}

// IDToken asks for the id token of a service connection. Errors are ErrNoToken,
// ErrNoAddress, ErrForeign or a *diagnosis.Failure.
//
// Request and answer: Azure DevOps REST reference, Distributedtask - Oidctoken - Create.
func (c *Client) IDToken(ctx context.Context, connectionID string) (secret.Text, error) {
	if c.err != nil {
		return secret.Text{}, c.err
	}
	ctx, trace := web.Record(ctx)
	api := azuredevops.NewClientWithOptions(&azuredevops.Connection{
		AuthorizationString:     "Bearer " + c.job.Token.Reveal(),
		SuppressFedAuthRedirect: true, // else a bad token is answered with a sign-in page
	}, c.job.CollectionURI, azuredevops.WithHTTPClient(c.http))

	address := *c.oidc
	address.RawQuery = url.Values{"serviceConnectionId": {connectionID}}.Encode()
	request, err := api.CreateRequestMessage(ctx, http.MethodPost, address.String(), "7.1-preview.1",
		strings.NewReader("{}"), "application/json", "application/json", nil)
	if err != nil {
		return secret.Text{}, ErrNoAddress
	}
	var answer struct {
		OIDCToken string `json:"oidcToken"`
	}
	response, err := api.SendRequest(request)
	if response != nil {
		defer response.Body.Close()
	}
	if err == nil {
		err = json.NewDecoder(response.Body).Decode(&answer)
	}
	if err == nil && answer.OIDCToken != "" {
		return secret.New(answer.OIDCToken), nil
	}

	// The error itself is left behind: the library's errors quote the whole answer.
	evidence, seen := trace.Evidence()
	failure := &diagnosis.Failure{Doing: "ask Azure DevOps for an id token", Evidence: evidence}
	switch {
	case !seen && ctx.Err() != nil:
		failure.Evidence.Service, failure.Evidence.Network = diagnosis.DevOps, diagnosis.Canceled
	case evidence.Status >= 200 && evidence.Status < 400 && strings.Contains(evidence.ContentType, "html"):
		failure.Code = "job-token-missing" // a sign-in page: the token was not accepted
	case evidence.Status == http.StatusOK:
		failure.Code = "oidc-unavailable"
	}
	return secret.Text{}, failure
}
