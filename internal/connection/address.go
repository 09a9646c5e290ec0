package connection

import (
	"net/url"
	"slices"
	"strings"
)

// addressField is one place of an endpoint that names a host.
type addressField struct {
	name  string // as Azure DevOps spells it
	value string
}

// words name the field in a sentence.
func (f addressField) words() string {
	if f.name == "url" {
		return "the endpoint URL"
	}
	return f.name
}

// addresses are the fields that name a host, without the empty ones.
func (r *reader) addresses(names ...string) []addressField {
	var fields []addressField
	for _, name := range names {
		value := r.data(strings.ToLower(name))
		if name == "url" {
			value = strings.TrimSpace(r.endpoint.URL)
		}
		if value != "" {
			fields = append(fields, addressField{name, value})
		}
	}
	return fields
}

// cloud finds out the connection's cloud. A missing environment counts as AzureCloud only when the URL is public ARM's:
// guessed wrongly, a credential would go to the wrong place.
func (r *reader) cloud() Cloud {
	name := r.data("environment")
	if name == "" {
		public := Clouds()[0]
		if HostOf(r.endpoint.URL) != public.ResourceManagerHost() {
			r.problem(Incomplete, "environment",
				"the environment is empty, and the endpoint URL (%s) isn't the one of public Azure, so the cloud is unknown",
				r.foundAddress(r.endpoint.URL))
			return Cloud{}
		}
		name = public.Name
	}
	cloud, known := knownCloud(name)
	switch {
	case known:
		r.crossCheck(cloud)
	case strings.EqualFold(name, germanCloud):
		cloud = Cloud{Name: germanCloud, Known: true, Retired: true}
	default:
		cloud = r.ownAddresses(name)
	}
	if problem, ok := cloud.Problem(); ok {
		r.problems = append(r.problems, problem)
	}
	return cloud
}

// crossCheck reports each address in the data of a known cloud's connection that names a host of someone else. In-box
// tasks would send the credential there.
func (r *reader) crossCheck(cloud Cloud) {
	for _, field := range r.addresses("url", "environmentAuthorityUrl", "activeDirectoryAuthority", "resourceManagerUrl",
		"activeDirectoryServiceEndpointResourceId", "graphUrl", "microsoftGraphUrl") {
		u, ok := r.https(field)
		if !ok {
			continue
		}
		if slices.Contains(aliases(cloud.Name), host(u)) {
			continue
		}
		if other := cloudOfHost(host(u)); other != "" {
			r.problem(AuthorityUnexpected, field.name, "%s names the host %s of %s, but the environment is %s",
				field.words(), r.found(host(u)), other, cloud.Name)
			continue
		}
		r.problem(AuthorityUnexpected, field.name, "%s names the host %s, which doesn't belong to %s",
			field.words(), r.found(host(u)), cloud.Name)
	}
}

// ownAddresses takes the addresses of Azure Stack Hub or of a cloud that isn't known from the connection. What is missing
// stays empty, except ARM's own address, without which nothing can be requested.
func (r *reader) ownAddresses(name string) Cloud {
	cloud := Cloud{Name: name, ADFS: strings.EqualFold(r.data("enableadfsauthentication"), "true")}
	if u := r.firstHTTPS("url", "resourceManagerUrl"); u != nil {
		cloud.ResourceManager = origin(u) + strings.TrimRight(u.EscapedPath(), "/")
	} else if len(r.addresses("url", "resourceManagerUrl")) == 0 {
		r.problem(Incomplete, "url", "the endpoint URL (of Azure Resource Manager) is empty")
	}
	if u := r.firstHTTPS("activeDirectoryAuthority", "environmentAuthorityUrl"); u != nil {
		cloud.Authority = origin(u)
	}
	for _, authority := range r.addresses("activeDirectoryAuthority", "environmentAuthorityUrl") {
		cloud.ADFS = cloud.ADFS || isADFS(authority.value)
	}
	if u := r.firstHTTPS("activeDirectoryServiceEndpointResourceId"); u != nil {
		cloud.Audience = r.data("activedirectoryserviceendpointresourceid")
	}
	if u := r.firstHTTPS("microsoftGraphUrl", "graphUrl"); u != nil && !isRetiredGraph(u) {
		cloud.Graph = origin(u)
	}
	if u, ok := parseHTTPS(r.data("armmanagementportalurl")); ok { // only shown as a link: no problem when it is bad
		cloud.Portal = origin(u)
	}
	return cloud
}

// firstHTTPS is the first of the fields that holds an address; nil when none does or when it isn't HTTPS.
func (r *reader) firstHTTPS(names ...string) *url.URL {
	fields := r.addresses(names...)
	if len(fields) == 0 {
		return nil
	}
	u, ok := r.https(fields[0])
	if !ok {
		return nil
	}
	return u
}

// HTTPS reads an address to which a credential or a token may go, and reports one that isn't fit for it.
func (r *reader) https(field addressField) (*url.URL, bool) {
	u, ok := parseHTTPS(field.value)
	if !ok {
		r.problem(AuthorityUnexpected, field.name, "%s is %s, which isn't a plain HTTPS URL",
			field.words(), r.foundAddress(field.value))
	}
	return u, ok
}

// parseHTTPS reads an HTTPS URL with a host and without a user.
func parseHTTPS(value string) (*url.URL, bool) {
	u, err := url.Parse(strings.TrimSpace(value))
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, false
	}
	return u, true
}

// foundAddress quotes scheme and host alone: a user, a path or a query may hold what no one should read.
func (r *reader) foundAddress(value string) string {
	u, err := url.Parse(strings.TrimSpace(value))
	switch {
	case strings.TrimSpace(value) == "":
		return "empty"
	case err != nil || u.Scheme == "" || u.Host == "":
		return characters(strings.TrimSpace(value))
	case u.User != nil:
		return r.found(u.Scheme+"://"+u.Host) + " with a user name in it"
	default:
		return r.found(u.Scheme + "://" + u.Host)
	}
}

func origin(u *url.URL) string { return "https://" + host(u) }

// isADFS reports whether an authority is AD FS, by the last part of its path (azure-arm-endpoint.ts and
// Tasks/Common/VstsAzureHelpers_/Utility.ps1 do the same).
func isADFS(authority string) bool {
	return strings.HasSuffix(strings.ToLower(strings.TrimRight(strings.TrimSpace(authority), "/")), "/adfs")
}

// isRetiredGraph tells Azure AD Graph, which Microsoft has switched off, from Microsoft Graph: old connections and Azure
// Stack's metadata still name it.
func isRetiredGraph(u *url.URL) bool {
	return slices.Contains([]string{"graph.windows.net", "graph.chinacloudapi.cn", "graph.microsoftazure.us"}, host(u))
}
