package cloud

import (
	"crypto/rsa"
	"slices"
	"strings"
)

const federationDocs = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"

// checkFederated compares an ID token with the federated credentials of the client, and names what differs as Entra does:
// nothing there at all (70025), then the issuer (700211), the subject (700213, or 7002138 by letter case only), the
// audience (700212, or 7002121 for a token of Entra).
func (w *World) checkFederated(q *call, e Environment, t *Tenant, c client, a token) *Refusal {
	issuer := a.claims.Issuer
	key, known := w.issuerKey(issuer)
	fromEntra := known && key == &entraKey().PublicKey
	if len(c.app.Federated) == 0 {
		return new(invalidClient(70025, "The client '%s'(%s) has no configured federated identity credentials.", c.app.ClientID, c.app.Name))
	}
	if slices.Contains(t.BlockedIssuers, issuer) {
		return new(invalidClient(700236, "Entra ID tokens issued by issuer '%s' may not be used for federated identity credential flows for "+
			"applications or managed identities registered in this tenant.", issuer))
	}
	if fromEntra && c.app.Multitenant {
		return new(invalidClient(70052, "The identity must be a managed identity, a single tenant app, or a service account."))
	}
	noMatch := func(code int, what, value, more string) *Refusal {
		return new(invalidClient(code, "No matching federated identity record found for presented assertion %s '%s'.%s "+
			"Check your federated identity credential Subject, Audience and Issuer against the presented assertion. %s",
			what, value, more, federationDocs))
	}
	sameIssuer := filter(c.app.Federated, func(f FederatedCredential) bool { return f.Issuer == issuer })
	if len(sameIssuer) == 0 || !known {
		return noMatch(700211, "issuer", issuer, "")
	}
	if !a.verify(key) {
		return new(invalidClient(900384, "JWT token failed signature validation."))
	}
	subject := a.claims.Subject
	sameSubject := filter(sameIssuer, func(f FederatedCredential) bool { return f.Subject == subject })
	if len(sameSubject) == 0 {
		if slices.ContainsFunc(sameIssuer, func(f FederatedCredential) bool { return strings.EqualFold(f.Subject, subject) }) {
			return noMatch(7002138, "subject", subject,
				" The subject matches with case-insensitive comparison, but not with case-sensitive comparison.")
		}
		if strings.HasPrefix(subject, "/eid1/") { // Entra names the form that it expects (recorded 2025-07)
			pub, rest, _ := strings.Cut(subject, "/t/")
			_, rest, _ = strings.Cut(rest, "/")
			return new(invalidClient(7002137, "No matching federated identity record found for presented assertion subject '%s'. Please make "+
				"sure the federated identity credential Subject is '%s/t/{tenantId}/%s'.", subject, pub, rest))
		}
		return noMatch(700213, "subject", subject, "")
	}
	presented := string(a.claims.Audience)
	if fromEntra && presented == tokenExchangeApp {
		presented = e.TokenExchange
	}
	if !slices.ContainsFunc(sameSubject, func(f FederatedCredential) bool { return f.audience(e) == presented }) {
		if fromEntra {
			return noMatch(7002121, "audience", string(a.claims.Audience), "")
		}
		return noMatch(700212, "audience", presented, "")
	}
	return a.inTime(q.now)
}

func (f FederatedCredential) audience(e Environment) string {
	if f.Audience == "" {
		return e.TokenExchange
	}
	return f.Audience
}

// issuerKey is the key behind an issuer of this world: an organization of Azure DevOps, or a tenant.
func (w *World) issuerKey(issuer string) (*rsa.PublicKey, bool) {
	for _, org := range w.Organizations {
		if issuer == DevOpsIssuer(org.ID) {
			return &devopsKey().PublicKey, true
		}
	}
	for _, t := range w.Tenants {
		e := w.environment(t.Environment)
		for _, host := range e.Authorities {
			if issuer == "https://"+host+"/"+t.ID+"/v2.0" {
				return &entraKey().PublicKey, true
			}
		}
	}
	return nil, false
}

func filter[T any](list []T, keep func(T) bool) []T {
	var kept []T
	for _, v := range list {
		if keep(v) {
			kept = append(kept, v)
		}
	}
	return kept
}
