// Package connection reads an Azure Resource Manager service connection, as the agent hands it to a task, into a typed
// value: scheme, identity, scope and cloud, and whatever is wrong with them. It also reads the two credentials that can
// be looked into without asking anyone: the certificate and the federated ID token.
//
// It is pure: no network, no clock, no environment, no printing. Whether a certificate is in date or a token still good
// is for the caller, who has a clock. No text that it returns holds a secret or a part of one; a client ID is described
// and never quoted.
package connection

import (
	"fmt"
	"strings"

	"armpreflight/internal/secret"
)

// Endpoint is a service connection as the agent hands it over. Its fields are those of the pipeline package's type, so
// that one converts to the other. The keys of both maps are lower-case; an absent key and an empty value mean the same.
type Endpoint struct {
	ID         string // the connection's GUID
	URL        string // base address of Azure Resource Manager
	Scheme     string // authorization scheme; empty means ServicePrincipal
	Parameters map[string]secret.Text
	Data       map[string]string
}

// Connection is a service connection that was looked through. After problems its fields hold what could be understood;
// only a Connection without problems is fit to send anything with.
type Connection struct {
	ID         string
	Scheme     Scheme
	SchemeName string // as the endpoint spells it; "ServicePrincipal" when it names none
	TenantID   string // a GUID or a domain name, without blanks around it
	ClientID   string // for a managed identity its client ID, where "" means the system-assigned one

	Key         secret.Text // as it was given, blanks included; see KeyPadded
	Certificate secret.Text // see ReadCertificate
	IDToken     secret.Text // a federated token that the server put in beforehand; mostly empty

	Issuer  string // of a federated connection, as Azure DevOps recorded it; may be empty
	Subject string // the same

	CreationMode string // "Automatic" or "Manual"; empty for a managed identity
	Scope        Scope
	Cloud        Cloud
}

// KeyPadded reports whether the client secret begins or ends with a blank or a line break, which a copied secret often
// does. It isn't a problem on its own, since only Entra can tell; it is the first thing to say when Entra refuses the secret.
func (c Connection) KeyPadded() bool {
	key := c.Key.Reveal()
	return key != strings.TrimSpace(key)
}

// ProblemKind says what kind of problem it is.
type ProblemKind int

// The kinds of problems.
const (
	Incomplete          ProblemKind = iota // something is missing, or isn't what it should be
	SchemeUnsupported                      // a way to sign in that this version doesn't know
	CloudRetired                           // a cloud that Microsoft has closed
	AuthorityUnexpected                    // an address that isn't one of its cloud
)

// Problem is something in the connection's own data that prevents any use of it.
type Problem struct {
	Kind   ProblemKind
	Field  string // the key as Azure DevOps spells it, such as "tenantid"; "url" and "scheme" for the endpoint's own
	Detail string // a sentence that reads alone, without a full stop; holds no secret and no client ID
}

// Parse looks through an endpoint. Problems come in the order of weight: scheme, cloud, identity, credential, scope; what
// a connection of an unsupported scheme lacks beyond that isn't listed.
//
// Which fields a scheme needs: microsoft/azure-pipelines-tasks-common-packages
// common-npm-packages/azure-arm-rest/azure-arm-endpoint.ts.
func Parse(endpoint Endpoint) (Connection, []Problem) {
	r := &reader{endpoint: endpoint}
	c := Connection{
		ID:           endpoint.ID,
		Scheme:       r.scheme(),
		SchemeName:   schemeName(endpoint),
		Key:          endpoint.Parameters["serviceprincipalkey"],
		Certificate:  endpoint.Parameters["serviceprincipalcertificate"],
		IDToken:      endpoint.Parameters["idtoken"],
		Issuer:       r.parameter("workloadidentityfederationissuer"),
		Subject:      r.parameter("workloadidentityfederationsubject"),
		CreationMode: r.data("creationmode"),
	}
	c.Cloud = r.cloud()
	if c.Scheme == UnknownScheme || c.Scheme == PublishProfile {
		c.TenantID, c.ClientID = strings.TrimSpace(r.parameter("tenantid")), strings.TrimSpace(r.parameter("serviceprincipalid"))
		return c, r.problems
	}
	c.TenantID = r.tenant(c.Cloud)
	c.ClientID = r.client(c.Scheme)
	r.credential(c)
	c.Scope = r.scope()
	return c, r.problems
}

// reader collects the problems of one endpoint while its fields are read.
type reader struct {
	endpoint Endpoint
	problems []Problem
}

func (r *reader) problem(kind ProblemKind, field, format string, args ...any) {
	r.problems = append(r.problems, Problem{Kind: kind, Field: field, Detail: fmt.Sprintf(format, args...)})
}

// parameter is an authorization parameter that isn't a secret, as given.
func (r *reader) parameter(key string) string { return r.endpoint.Parameters[key].Reveal() }

// data is a data value without the blanks around it.
func (r *reader) data(key string) string { return strings.TrimSpace(r.endpoint.Data[key]) }

// credential reports the missing credential of a scheme that carries one. A federated connection carries none.
func (r *reader) credential(c Connection) {
	hasKey := strings.TrimSpace(c.Key.Reveal()) != ""
	hasCertificate := strings.TrimSpace(c.Certificate.Reveal()) != ""
	switch {
	case c.Scheme == ServicePrincipalKey && !hasKey && hasCertificate:
		r.problem(Incomplete, "serviceprincipalkey",
			"the client secret is empty; there's a certificate, but authenticationType isn't spnCertificate")
	case c.Scheme == ServicePrincipalKey && !hasKey:
		r.problem(Incomplete, "serviceprincipalkey", "the client secret is empty")
	case c.Scheme == ServicePrincipalCertificate && !hasCertificate && hasKey:
		r.problem(Incomplete, "servicePrincipalCertificate",
			"the certificate is empty; there's a client secret, but authenticationType is spnCertificate")
	case c.Scheme == ServicePrincipalCertificate && !hasCertificate:
		r.problem(Incomplete, "servicePrincipalCertificate", "the certificate is empty")
	}
}
