package devops

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"armpreflight/internal/lazyregexp"
)

// Page is the page of a service connection in the settings of its project, and the
// list of the project's connections for an empty ID. The address is that of the
// organization or collection.
func Page(address, project, id string) string {
	page := strings.TrimSuffix(address, "/") + "/" + url.PathEscape(project) + "/_settings/adminservices"
	if id == "" {
		return page
	}
	return page + "?resourceId=" + url.QueryEscape(id)
}

// idTokenAddress returns where this job may ask for an ID token: the address
// that the server set, or the same one rebuilt from the job's variables. The
// job token must belong there: same scheme and host as the system connection,
// or the same organization on Azure DevOps Services, and no variable of the job
// may have set the system connection.
func idTokenAddress(job Job) (*url.URL, error) {
	switch {
	case job.Token.IsZero():
		return nil, ErrNoToken
	case job.Overwritten != "":
		return nil, ErrOverwritten
	}
	home, err := url.Parse(job.Endpoint)
	if err != nil || home.Host == "" {
		return nil, ErrNoAddress
	}
	foreign := false
	for _, candidate := range []string{job.OIDCRequestURI, rebuilt(job)} {
		u, err := url.Parse(candidate)
		if candidate == "" || err != nil || u.Host == "" || u.User != nil {
			continue
		}
		if u.Scheme == "https" && belongs(u, home) && issuesTokens(u) {
			u.RawQuery, u.Fragment = "", ""
			return u, nil
		}
		foreign = true
	}
	if foreign {
		return nil, ErrForeign
	}
	return nil, ErrNoAddress
}

// rebuilt is the address as the agent itself builds it; empty when a part is missing.
func rebuilt(job Job) string {
	if slices.Contains([]string{job.CollectionURI, job.ProjectID, job.HostType, job.PlanID, job.JobID}, "") {
		return ""
	}
	return strings.TrimSuffix(job.CollectionURI, "/") + "/" + url.PathEscape(job.ProjectID) +
		"/_apis/distributedtask/hubs/" + url.PathEscape(strings.ToLower(job.HostType)) +
		"/plans/" + url.PathEscape(job.PlanID) + "/jobs/" + url.PathEscape(job.JobID) + "/oidctoken"
}

// tokenPath is where Azure DevOps issues ID tokens to a job. A POST to any other
// path of the organization could write.
var tokenPath = &lazyregexp.Regexp{Expression: `(?i)^(/[^/]+)+/_apis/distributedtask/hubs/[a-z]+/plans/[0-9a-f-]+/jobs/[0-9a-f-]+/oidctoken$`}

func issuesTokens(u *url.URL) bool {
	return u.RawPath == "" && path.Clean(u.Path) == u.Path && tokenPath.MatchString(u.Path)
}

// recordsAddress returns where this job may read the records of connections: in
// its own project, under the same conditions as for an ID token.
func recordsAddress(job Job) (*url.URL, error) {
	switch {
	case job.Token.IsZero():
		return nil, ErrNoToken
	case job.Overwritten != "":
		return nil, ErrOverwritten
	}
	home, err := url.Parse(job.Endpoint)
	if err != nil || home.Host == "" || job.CollectionURI == "" || job.ProjectID == "" {
		return nil, ErrNoAddress
	}
	u, err := url.Parse(strings.TrimSuffix(job.CollectionURI, "/") + "/" + url.PathEscape(job.ProjectID) + "/_apis/serviceendpoint/endpoints")
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawPath != "" || u.RawQuery != "" || u.Fragment != "" || path.Clean(u.Path) != u.Path:
		return nil, ErrNoAddress // the collection's address has more than a path, or climbs
	case u.Scheme != "https" || !belongs(u, home):
		return nil, ErrForeign
	}
	return u, nil
}

// belongs reports whether the job token of home may be sent to u.
func belongs(u, home *url.URL) bool {
	if u.Scheme == home.Scheme && strings.EqualFold(u.Host, home.Host) && organization(home) == organization(u) {
		return true
	}
	org := organization(home)
	return org != "" && u.Scheme == "https" && org == organization(u)
}

// organization returns the lower-case name of the Azure DevOps Services
// organization an address belongs to, in any of its forms
// (dev.azure.com/org, vsrm.dev.azure.com/org, org.visualstudio.com,
// org.vsrm.visualstudio.com), and empty for every other address.
func organization(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if host == "dev.azure.com" || strings.HasSuffix(host, ".dev.azure.com") {
		first, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		return strings.ToLower(first)
	}
	if name, ok := strings.CutSuffix(host, ".visualstudio.com"); ok {
		first, _, _ := strings.Cut(name, ".")
		return first
	}
	return ""
}
