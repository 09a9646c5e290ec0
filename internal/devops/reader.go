package devops

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"path"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"
)

// listBody is the largest answer that is read: a project may have thousands of
// connections, and their list isn't paged.
const listBody = 64 << 20

// maxPages is where a list that doesn't end is given up.
const maxPages = 1000

// Reader reads what an organization keeps of its connections, in the name of one
// credential, which goes to the organization's own host, and to the host that
// answers about its people.
type Reader struct {
	organization *url.URL
	people       *url.URL
	account      account
}

// ReadOrganization checks the address of an organization or of a collection of
// Azure DevOps Server: HTTPS, a host, and a path that is an organization's.
func ReadOrganization(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil:
		return nil, errors.New("it isn't a valid URL")
	case u.Scheme != "https":
		return nil, errors.New("it must begin with https://")
	case u.Host == "" || u.User != nil || u.RawPath != "" || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "":
		return nil, errors.New("it must be a host and a path only")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	if u.Path != "" && path.Clean(u.Path) != u.Path {
		return nil, errors.New("its path contains .. segments")
	}
	if strings.EqualFold(u.Hostname(), "dev.azure.com") && strings.Count(u.Path, "/") != 1 {
		return nil, errors.New("it needs an organization, as in https://dev.azure.com/contoso")
	}
	return u, nil
}

// IsService reports whether an address is at Azure DevOps Services: a token of
// Microsoft Entra is for these hosts only.
func IsService(u *url.URL) bool { return organization(u) != "" && u.Port() == "" }

// SameOrganization reports whether two addresses are of one organization or server.
func SameOrganization(a, b *url.URL) bool { return belongs(a, b) }

// Bearer is the credential of an access token, Basic that of a personal access token.
func Bearer(token secret.Text) secret.Text { return secret.New("Bearer " + token.Reveal()) }

// Basic is the credential of a personal access token.
func Basic(token secret.Text) secret.Text {
	return secret.New("Basic " + base64.StdEncoding.EncodeToString([]byte(":"+token.Reveal())))
}

// NewReader returns a reader. It sends nothing.
func NewReader(w *web.Client, organization *url.URL, authorization secret.Text, pace *web.Pace) *Reader {
	people := peopleOf(organization)
	return &Reader{organization: organization, people: people, account: account{
		authorization: authorization,
		http:          w.For(web.Rule{Service: evidence.DevOps, Hosts: []string{organization.Host, people.Host}, Pace: pace, Body: listBody}),
	}}
}

// Me is who a credential belongs to.
type Me struct {
	Name         string // display name
	Organization string // ID of the organization
}

// Me asks whose the credential is, in one request.
func (r *Reader) Me(ctx context.Context) (Me, error) {
	var answer struct {
		User struct {
			Name string `json:"providerDisplayName"`
		} `json:"authenticatedUser"`
		InstanceID string `json:"instanceId"`
	}
	_, err := r.get(ctx, "read the credential's owner from Azure DevOps", "/_apis/connectionData", "7.1-preview.1", nil, &answer)
	return Me{Name: answer.User.Name, Organization: answer.InstanceID}, err
}

// Project reads one project, by name or ID.
func (r *Reader) Project(ctx context.Context, name string) (Project, error) {
	var p Project
	_, err := r.get(ctx, "read the project", "/_apis/projects/"+url.PathEscape(name), "7.1", nil, &p)
	if err == nil && p.ID == "" {
		err = r.notUnderstood("read the project")
	}
	return p, err
}

// Projects lists the projects that this reader can see, page by page.
func (r *Reader) Projects(ctx context.Context) iter.Seq2[Project, error] {
	return pages[Project](ctx, r, "list the projects", "/_apis/projects", "7.1", url.Values{"$top": {"200"}})
}

// pages reads a list until it ends. An error is the last thing it gives.
func pages[T any](ctx context.Context, r *Reader, doing, where, version string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		seen := map[string]bool{}
		for range maxPages {
			var answer struct {
				Value []T `json:"value"`
			}
			next, err := r.get(ctx, doing, where, version, query, &answer)
			if err == nil && answer.Value == nil {
				err = r.notUnderstood(doing)
			}
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, item := range answer.Value {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			if seen[next] {
				break
			}
			seen[next] = true
			query.Set("continuationToken", next)
		}
		yield(*new(T), r.notUnderstood(doing))
	}
}

// notUnderstood is the failure of an answer that came and doesn't have what was requested.
func (r *Reader) notUnderstood(doing string) error {
	return &evidence.Failure{Doing: doing, Code: string(catalogue.UnexpectedAnswer), Evidence: evidence.Evidence{Service: evidence.DevOps, Status: http.StatusOK, Host: r.organization.Host}}
}

// get sends one GET and decodes the answer. next is the token of a further page.
// The error is a *evidence.Failure; its code is record-unreadable where the
// reader may not look and credential-refused where the credential wasn't taken.
func (r *Reader) get(ctx context.Context, doing, where, version string, query url.Values, out any) (next string, err error) {
	return r.getFrom(ctx, r.organization, doing, where, version, query, out)
}

func (r *Reader) getFrom(ctx context.Context, base *url.URL, doing, where, version string, query url.Values, out any) (next string, err error) {
	ctx, trace := web.Record(ctx)
	ctx, done := web.Place(ctx)
	defer done()
	address := *base
	address.RawPath = address.Path + where // where is escaped
	if address.Path, err = url.PathUnescape(address.RawPath); err != nil {
		return "", &evidence.Failure{Doing: doing, Code: string(catalogue.InputInvalid)}
	}
	address.RawQuery = query.Encode()
	response, body, err := r.account.ask(ctx, address.String(), version, "")
	if err == nil {
		err = decode(body, out)
	}
	if err == nil {
		return response.Header.Get("X-MS-ContinuationToken"), nil
	}
	failure := failed(ctx, trace, doing)
	switch status := failure.Evidence.Status; {
	case isSignIn(failure.Evidence), status == http.StatusUnauthorized:
		failure.Code = "credential-refused"
	case errors.Is(err, errHidden), status == http.StatusForbidden, status == http.StatusNotFound:
		failure.Code = string(catalogue.RecordUnreadable)
	case status >= 200 && status < 300:
		failure.Code = string(catalogue.UnexpectedAnswer)
	}
	return "", failure
}

// decode reads one JSON object; null is the answer for what isn't shown.
func decode(text []byte, out any) error {
	if string(text) == "null" {
		return errHidden
	}
	if len(text) == 0 || text[0] != '{' {
		return errors.New("the response isn't a JSON object")
	}
	return json.Unmarshal(text, out)
}
