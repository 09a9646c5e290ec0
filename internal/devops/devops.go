// Package devops requests from Azure DevOps, in the name of the running job, the ID
// token that a federated connection presents to Entra, and for the record of a
// connection.
//
// Requests are made with azuredevops/v7 through CreateRequestMessage and
// SendRequest, which need no discovery requests and keep the status of a refusal
// (docs/adr/0002-azuredevops.md). The job token goes to the organization that
// gave it and to no one else. Nothing is written.
package devops

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"
)

// Job is what the job knows about itself and about the organization it runs for.
type Job struct {
	Endpoint       string // URL of the system connection: where the job token belongs
	Overwritten    string // the job's variable that may have taken the place of the system connection; "" = none
	Token          secret.Text
	CollectionURI  string
	ProjectID      string
	HostType       string // build, release, …: the hub of the plan
	PlanID, JobID  string
	OIDCRequestURI string // System.OidcRequestUri; empty when the server set none
}

// Errors about a job that can't ask at all; nothing was sent.
var (
	ErrNoToken   = errors.New("the job has no access token")
	ErrNoAddress = errors.New("the job doesn't have the URL for the request")
	ErrForeign   = errors.New("the URL for the request belongs to a different organization")
	// ErrOverwritten is a job whose system connection a variable may have replaced: no one can tell where its token belongs.
	ErrOverwritten = errors.New("a variable of the job has the name of its connection to Azure DevOps")
)

// Client asks one organization for one job.
type Client struct {
	job    Job
	tokens account
	oidc   *url.URL
	err    error // why no ID token may be requested

	reads      account // may not POST
	records    *url.URL
	recordsErr error // why no record may be requested
}

// smallBody is the largest answer that is read in a run, in bytes: an ID token, or the record of one connection.
const smallBody = 256 << 10

// New returns a client for the job. It sends nothing and never fails: the
// first request returns what prevents it.
func New(w *web.Client, job Job) *Client {
	c := &Client{job: job}
	if c.oidc, c.err = idTokenAddress(job); c.err == nil {
		c.tokens = account{authorization: Bearer(job.Token), http: w.For(web.Rule{
			Service: evidence.DevOps,
			Hosts:   []string{c.oidc.Host},
			Post:    func(u *url.URL) bool { return strings.EqualFold(u.Path, c.oidc.Path) },
			Body:    smallBody,
		})}
	}
	if c.records, c.recordsErr = recordsAddress(job); c.recordsErr == nil {
		c.reads = account{authorization: Bearer(job.Token), http: w.For(web.Rule{Service: evidence.DevOps, Hosts: []string{c.records.Host}, Body: smallBody})}
	}
	return c
}

// Host returns the host that ID tokens are requested from, and empty when none may be requested.
func (c *Client) Host() string {
	if c.err != nil {
		return ""
	}
	return c.oidc.Host
}

// maxToken is the largest ID token that is used, in bytes. Searching for a larger one in all texts would take long.
const maxToken = 64 << 10

// IDToken requests the ID token of a service connection. Errors are ErrNoToken,
// ErrNoAddress, ErrForeign, ErrOverwritten or a *evidence.Failure.
//
// Request and answer: Azure DevOps REST reference, Distributedtask - Oidctoken - Create.
func (c *Client) IDToken(ctx context.Context, connectionID string) (secret.Text, error) {
	if c.err != nil {
		return secret.Text{}, c.err
	}
	ctx, trace := web.Record(ctx)
	address := *c.oidc
	address.RawQuery = url.Values{"serviceConnectionId": {connectionID}}.Encode()
	var answer struct {
		OIDCToken string `json:"oidcToken"`
	}
	_, body, err := c.tokens.ask(ctx, address.String(), "7.1-preview.1", "{}")
	if err == nil {
		err = json.NewDecoder(bytes.NewReader(body)).Decode(&answer)
	}
	if n := len(answer.OIDCToken); err == nil && n > 0 && n <= maxToken {
		return secret.New(answer.OIDCToken), nil
	}

	failure := failed(ctx, trace, "request an ID token from Azure DevOps")
	switch ev := failure.Evidence; {
	case isSignIn(ev):
		failure.Code = string(catalogue.JobTokenMissing)
	case ev.Status == http.StatusOK:
		failure.Code = string(catalogue.OIDCUnavailable)
	}
	return secret.Text{}, failure
}

// failed makes the failure of a request from what was recorded of it. The error
// itself is left behind: the library's errors quote the whole answer.
func failed(ctx context.Context, trace *web.Trace, doing string) *evidence.Failure {
	ev, seen := trace.Evidence()
	switch {
	case !seen && ctx.Err() != nil:
		ev.Service, ev.Network = evidence.DevOps, evidence.Canceled
	case ev.Status == http.StatusOK && ctx.Err() != nil:
		ev = web.Unread(ev)
	}
	return &evidence.Failure{Doing: doing, Evidence: ev}
}

// isSignIn tells a sign-in page: the token wasn't accepted.
func isSignIn(e evidence.Evidence) bool {
	return e.Status >= 200 && e.Status < 400 && strings.Contains(e.ContentType, "html")
}
