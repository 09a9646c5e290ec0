package cloud

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// identityHeader carries the secret of the App Service form of a managed identity.
const identityHeader = "X-Identity-Header"

var jwtShape = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.`)

// inspect notes credentials that are where they must not be. It never writes one into a note.
func (w *World) inspect(q *call) {
	where := q.Method + " " + q.host
	_, side := w.hostOf(q.host)
	atMetadata := w.isMetadata(q) || w.isIdentityEndpoint(q)
	org := w.organization(q)

	address := q.URL.String()
	if plain, err := url.QueryUnescape(address); err == nil {
		address += " " + plain
	}
	if plain, err := url.PathUnescape(q.URL.String()); err == nil {
		address += " " + plain
	}
	if jwtShape.MatchString(address) {
		q.note("%s: a token in the URL", where)
	}
	headers, body := headerText(q.Header, "Authorization"), string(q.body)
	// A personal access token travels as Basic, which basicPassword decodes.
	bearer := strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")
	_, password, _ := q.BasicAuth()
	for _, s := range w.secrets() {
		if strings.Contains(address, s.value) {
			q.note("%s: %s in the URL", where, s.what)
		}
		if strings.Contains(headers, s.value) && !(s.kind == kindIdentityHeader && w.isIdentityEndpoint(q)) {
			q.note("%s: %s in a header", where, s.what)
		}
		inBody := strings.Contains(body, s.value) || contains(q.form, s.value)
		if inBody && (s.kind != kindClientSecret || side != authority || !isTokenPath(q.path)) {
			q.note("%s: %s in the body", where, s.what)
		}
		if inBody && s.kind == kindClientSecret && side == authority && !w.signsInAt(s.tenant, q.host) {
			q.note("%s: %s sent to the authority of another cloud", where, s.what)
		}
		if bearer == s.value || password == s.value {
			if s.kind != kindDevOps || org == nil || org.ID != s.organization.ID {
				q.note("%s: %s sent to the wrong host", where, s.what)
			}
		}
	}
	w.inspectAssertion(q, side)
	for _, text := range []string{body, headers, address} {
		if strings.Contains(text, "PRIVATE KEY-----") {
			q.note("%s: a private key was sent", where)
		}
	}
	if q.Header.Get("Authorization") != "" && side != resourceManager && side != graph && org == nil {
		q.note("%s: an Authorization header for a host that takes none", where)
	}
	if q.Header.Get("Proxy-Authorization") != "" {
		q.note("%s: proxy credentials passed on to the service", where)
	}
	carries := q.Header.Get("Authorization") != "" || q.form.Get("client_secret") != "" || q.form.Get("client_assertion") != ""
	if !q.tls && carries {
		q.note("%s: a credential over plain http", where)
	} else if !q.tls && !atMetadata {
		q.note("%s: plain http", where)
	}
	if token := isTokenPath(q.path) && side == authority || org != nil && isOIDCPath(q.path); !token &&
		q.Method != http.MethodGet && q.Method != http.MethodHead && q.Method != http.MethodOptions {
		q.note("%s%s: not read-only", where, q.path)
	}
}

// inspectAssertion notes an assertion that leaves its cloud.
func (w *World) inspectAssertion(q *call, at side) {
	if q.form.Get("client_assertion") == "" {
		return
	}
	if at != authority || !isTokenPath(q.path) {
		q.note("%s %s: a client assertion sent to the wrong host", q.Method, q.host)
		return
	}
	for i := range w.Tenants {
		if _, ok := w.Tenants[i].client(q.form.Get("client_id")); ok && !w.signsInAt(&w.Tenants[i], q.host) {
			q.note("%s %s: a client assertion sent to the authority of another cloud", q.Method, q.host)
		}
	}
}

type secretKind int

const (
	kindClientSecret secretKind = iota
	kindDevOps
	kindIdentityHeader
)

// secret is a value of this world that has one place to be.
type secret struct {
	kind         secretKind
	what, value  string
	tenant       *Tenant
	organization *Organization
}

func (w *World) secrets() []secret {
	var all []secret
	add := func(s secret) {
		if s.value != "" {
			all = append(all, s)
		}
	}
	for i := range w.Tenants {
		for j := range w.Tenants[i].Applications { // by index: there may be thousands
			for _, s := range w.Tenants[i].Applications[j].Secrets {
				add(secret{kind: kindClientSecret, what: "a client secret", value: s.Value, tenant: &w.Tenants[i]})
			}
		}
	}
	for i := range w.Organizations {
		org := &w.Organizations[i]
		for _, token := range org.Tokens {
			add(secret{kind: kindDevOps, what: "a personal access token", value: token, organization: org})
		}
		for _, project := range org.Projects {
			for _, job := range project.Jobs {
				add(secret{kind: kindDevOps, what: "a job token", value: job.Token, organization: org})
			}
		}
	}
	add(secret{kind: kindIdentityHeader, what: "the identity header's secret", value: w.Machine.IdentityHeader})
	return all
}

func headerText(h http.Header, without string) string {
	var b strings.Builder
	for name, values := range h {
		if name != without {
			b.WriteString(strings.Join(values, "\n") + "\n")
		}
	}
	return b.String()
}

func contains(form url.Values, value string) bool {
	for _, values := range form {
		for _, v := range values {
			if strings.Contains(v, value) {
				return true
			}
		}
	}
	return false
}
