package devops

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/evidence"
	"armpreflight/internal/lazyregexp"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"
)

// Organization is an organization of Azure DevOps Services as a user reads it, who
// is signed in. It changes nothing there.
type Organization struct {
	URL  string // with a slash at its end
	http *http.Client
}

// ErrNoOrganization is an address that isn't one of an organization of Azure DevOps
// Services.
var ErrNoOrganization = errors.New("an organization's URL is https://dev.azure.com/NAME or https://NAME.visualstudio.com")

var organizationName = &lazyregexp.Regexp{Expression: `^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$`}

// NewOrganization returns a client for the organization at an address. It sends
// nothing; a token goes to the host of that address only.
func NewOrganization(w *web.Client, address string) (*Organization, error) {
	u, err := url.Parse(strings.TrimSuffix(strings.TrimSpace(address), "/"))
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.RawQuery != "" || u.Fragment != "" || u.RawPath != "" {
		return nil, ErrNoOrganization
	}
	host := strings.ToLower(u.Host)
	name, own := strings.CutSuffix(host, ".visualstudio.com")
	switch {
	case own && organizationName.MatchString(name) && u.Path == "":
		address = "https://" + host + "/"
	case host == "dev.azure.com" && organizationName.MatchString(strings.TrimPrefix(u.Path, "/")):
		address = "https://dev.azure.com" + u.Path + "/"
	default:
		return nil, ErrNoOrganization
	}
	return &Organization{URL: address, http: w.For(web.Rule{Service: evidence.DevOps, Hosts: []string{host}})}, nil
}

// Tenant asks, without a sign-in, to which tenant the organization is connected:
// Azure DevOps names it in its refusal. Empty when it names none, as for an
// organization of private accounts. The error is a *evidence.Failure.
func (o *Organization) Tenant(ctx context.Context) (string, error) {
	ctx, trace := web.Record(ctx)
	response, _, _ := o.as(secret.Text{}).ask(ctx, o.URL+"_apis/projects", "7.1", "") // the refusal is the answer
	if response != nil {
		ev, _ := trace.Evidence()
		switch id, ok := arm.ParseGUID(cmp.Or(response.Header.Get("X-VSS-ResourceTenant"), ev.OwnerTenant)); {
		case ok && !id.IsZero():
			return id.String(), nil
		case response.StatusCode == http.StatusUnauthorized, response.StatusCode < 400:
			return "", nil
		}
	}
	return "", failed(ctx, trace, "request the organization's tenant")
}

// Project is a project of an organization.
type Project struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Project reads a project by name or ID. The error is a *evidence.Failure.
func (o *Organization) Project(ctx context.Context, token secret.Text, name string) (Project, error) {
	var p Project
	err := o.read(ctx, token, "_apis/projects/"+url.PathEscape(name), nil, "read the project", func(body []byte) bool {
		return json.Unmarshal(body, &p) == nil && arm.IsGUID(p.ID) && p.Name != ""
	})
	return p, err
}

// Creates reports whether the person may make service connections in a project:
// the right Create of the namespace ServiceEndpoints. The error is a
// *evidence.Failure. (Azure DevOps REST reference, Permissions - Has Permissions
// Batch, and Security namespace reference.)
func (o *Organization) Creates(ctx context.Context, token secret.Text, projectID string) (bool, error) {
	const serviceEndpoints, create = "49b48001-ca20-4adc-8111-5b60c903a50c", "4"
	creates := false
	query := url.Values{"tokens": {"endpoints/" + projectID}}
	err := o.read(ctx, token, "_apis/permissions/"+serviceEndpoints+"/"+create, query, "read the user's permissions in the project", func(body []byte) bool {
		var wrapped struct {
			Value []bool `json:"value"`
		}
		answers := wrapped.Value
		if json.Unmarshal(body, &answers) != nil && json.Unmarshal(body, &wrapped) == nil {
			answers = wrapped.Value
		}
		if len(answers) != 1 {
			return false
		}
		creates = answers[0]
		return true
	})
	return creates, err
}

// read sends one GET; told takes what it answers.
func (o *Organization) read(ctx context.Context, token secret.Text, where string, query url.Values, doing string, told func([]byte) bool) error {
	ctx, trace := web.Record(ctx)
	address := o.URL + where
	if query != nil {
		address += "?" + query.Encode()
	}
	if _, body, err := o.as(token).ask(ctx, address, "7.1", ""); err == nil && told(body) {
		return nil
	}
	failure := failed(ctx, trace, doing)
	switch status := failure.Evidence.Status; {
	case isSignIn(failure.Evidence), status == http.StatusUnauthorized: // it's a user's token, not a job's
		failure.Code = string(catalogue.PersonSessionStale)
	case status >= 200 && status < 300:
		failure.Code = string(catalogue.UnexpectedAnswer)
	}
	return failure
}

// as is who asks with a user's token, or no one without one.
func (o *Organization) as(token secret.Text) account {
	who := account{http: o.http}
	if !token.IsZero() {
		who.authorization = Bearer(token)
	}
	return who
}
