package pipeline

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"armpreflight/internal/secret"
)

// notMasked are the authorization parameters whose values the agent prints (microsoft/azure-pipelines-agent
// src/Agent.Sdk/Util/MaskingUtil.cs). Every other one it takes for a secret.
var notMasked = [...]string{
	"role", "scope", "tenantid", "issuedat", "expiresat", "audience", "authenticationtype", "authorizationtype",
	"accesstokentype", "accesstokenfetchingmethod", "usewindowssecurity", "unsecured", "oauthaccesstokenissupplied",
	"completecallbackpayload", "acceptuntrustedcertificates",
}

// identifying are the parameters that the agent masks although they name an identity and prove nothing. They are
// shortened, see Identifiers; the issuer's type is a word such as EntraID, and no text can do without words.
var identifying = [...]string{
	"serviceprincipalid", "workloadidentityfederationissuer", "workloadidentityfederationsubject",
	"workloadidentityfederationissuertype",
}

// credentialNames are secrets that a machine may have in its environment for the libraries in this program.
var credentialNames = [...]string{
	"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_PASSWORD", "IDENTITY_HEADER", "MSI_SECRET",
}

// Secrets gives every secret in this environment, for the redactor: secret variables (the agent's passwords for proxy
// and client certificate are among them), the parameters of every connection that the agent masks except those that
// only identify, tickets of secure files, the job's token, and passwords in addresses. None is empty, none is twice; the
// order is always the same. Short ones are among them: what to search for is the redactor's business.
func (t *Task) Secrets() []secret.Text {
	var found []secret.Text
	add := func(values ...secret.Text) {
		for _, value := range values {
			if strings.TrimSpace(value.Reveal()) != "" && !slices.Contains(found, value) {
				found = append(found, value)
			}
		}
	}
	add(t.JobToken())
	for _, prefix := range []string{"SECRET_", "SECUREFILE_TICKET_"} {
		for _, value := range t.all(prefix) {
			add(value)
		}
	}
	for name, value := range t.all("") {
		if _, listed := t.private[name]; listed || slices.Contains(credentialNames[:], name) || name == "SYSTEM_ACCESSTOKEN" {
			add(value)
		}
	}
	for _, id := range t.endpointIDs() {
		endpoint, _ := t.endpoint(id)
		for _, key := range slices.Sorted(maps.Keys(endpoint.Parameters)) {
			if isSecretParameter(key) {
				add(endpoint.Parameters[key])
			}
		}
		add(passwords(endpoint.URL)...)
	}
	add(t.singleParameters()...)
	for _, name := range []string{"AGENT_PROXYURL", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"} {
		add(passwords(t.Env(name))...)
		add(passwords(t.Env(strings.ToLower(name)))...)
	}
	return found
}

// Identifiers gives the client IDs, issuers and subjects of all connections in this environment. The agent masks them as
// a whole; texts that shorten them can still be told apart. None is empty, none is twice.
func (t *Task) Identifiers() []string {
	var found []string
	for _, id := range t.endpointIDs() {
		endpoint, _ := t.endpoint(id)
		for _, value := range []string{
			endpoint.Parameters["serviceprincipalid"].Reveal(),
			endpoint.Parameters["workloadidentityfederationissuer"].Reveal(),
			endpoint.Parameters["workloadidentityfederationsubject"].Reveal(),
			endpoint.Data["msiclientid"],
		} {
			if value = strings.TrimSpace(value); value != "" && !slices.Contains(found, value) {
				found = append(found, value)
			}
		}
	}
	return found
}

// isSecretParameter compares without case, and without the dots and spaces that the single variables don't have.
func isSecretParameter(key string) bool {
	key = strings.ToLower(envName(key))
	return !slices.Contains(notMasked[:], key) && !slices.Contains(identifying[:], key)
}

// endpointIDs gives the IDs of all connections in this environment, sorted. Every one has a URL variable, if an empty one,
// and an authorization variable (microsoft/azure-pipelines-agent src/Agent.Worker/Handlers/Handler.cs); one is enough. The
// variables of a scheme and a parameter make more IDs, of connections about which nothing is known.
func (t *Task) endpointIDs() []string {
	return t.idsBehind("ENDPOINT_URL_", "ENDPOINT_AUTH_SCHEME_", "ENDPOINT_AUTH_")
}

// idsBehind gives what is behind prefixes in the names of variables, sorted, as the IDs of connections are written.
func (t *Task) idsBehind(prefixes ...string) []string {
	var ids []string
	for _, prefix := range prefixes {
		for _, name := range t.names(prefix) {
			id := strings.TrimPrefix(name, prefix)
			if id != systemConnection {
				id = strings.ToLower(id)
			}
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// singleParameters gives the secret ones of the single variables: should they ever differ from the JSON, or
// be there without it, both are hidden. Of an unknown connection the name doesn't say where the ID ends; the keys in question
// hold no "_".
func (t *Task) singleParameters() []secret.Text {
	const prefix = "ENDPOINT_AUTH_PARAMETER_"
	ids := t.endpointIDs()
	var found []secret.Text
	for name, value := range t.all(prefix) {
		rest := strings.TrimPrefix(name, prefix)
		key := rest[strings.LastIndexByte(rest, '_')+1:]
		for _, id := range ids {
			if after, ok := strings.CutPrefix(rest, strings.ToUpper(id)+"_"); ok {
				key = after
			}
		}
		if isSecretParameter(key) {
			found = append(found, value)
		}
	}
	return found
}

// passwords gives the password in an address (user:password@host, with or without a scheme), as it is written and as it
// is meant; empty ones when there is none. An address need not be a proper one to hold a password.
func passwords(address string) []secret.Text {
	if _, after, ok := strings.Cut(address, "://"); ok {
		address = after
	}
	// What follows a host and its port isn't a user. Anything else before "/", "?" or "#" may be the beginning of a password
	// that holds one of them and should have been escaped.
	if end := strings.IndexAny(address, "/?#"); end >= 0 {
		_, port, _ := strings.Cut(address[:end], ":")
		if strings.Trim(port, "0123456789") == "" {
			address = address[:end]
		}
	}
	user := address[:max(0, strings.LastIndexByte(address, '@'))]
	_, written, _ := strings.Cut(user, ":")
	found := []secret.Text{secret.New(written)}
	if meant, err := url.PathUnescape(written); err == nil {
		found = append(found, secret.New(meant))
	}
	return found
}
