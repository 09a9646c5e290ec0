package preflight

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
)

// OldIssuerEnds is when Microsoft retires the Azure DevOps issuer for
// applications of one tenant and managed identities in the public cloud
// (learn.microsoft.com/azure/devops/pipelines/release/convert-service-connections).
var OldIssuerEnds = time.Date(2027, time.July, 1, 0, 0, 0, 0, time.UTC)

// oldIssuerNotice is how long before that day it becomes a warning: until then
// it's a line for those who read a healthy log.
const oldIssuerNotice = 90 * 24 * time.Hour

// retiring adds to a pass that its issuer is retired some day. Whether the
// application is multi-tenant, and so keeps the issuer, isn't known in this run.
func (w *World) retiring(s *state, passed check.Outcome, claims connection.Claims) check.Outcome {
	today := claims.IssuedAt // by the clock of Azure DevOps: this machine's may be wrong
	if today.IsZero() {
		today = w.Now()
	}
	left := OldIssuerEnds.Sub(today)
	if left > oldIssuerNotice {
		passed.Notes = []string{fmt.Sprintf("this issuer retires on July 1, 2027, in %s (except for multitenant apps): on the connection's page, choose Update", facts.Days(WholeDays(left)))}
		return passed
	}
	o := check.Found(finding.New(check.Warn, RetiringIssuer(today)))
	o.Facts = passed.Facts
	o.Notes = []string{"doesn't apply to multitenant applications, which keep the issuer"}
	return o
}

// OldIssuer reports whether tokens of an issuer come from Azure DevOps itself.
func OldIssuer(issuer string) bool {
	switch connection.HostOf(issuer) {
	case "vstoken.dev.azure.com", "app.vstoken.visualstudio.com":
		return true
	}
	return false
}

// IssuerWords names the generation of an issuer without the issuer itself,
// which the agent masks.
func IssuerWords(issuer string) string {
	switch {
	case OldIssuer(issuer):
		return "Azure DevOps (older)"
	case issuerTenant(issuer) != "":
		return "Microsoft Entra"
	default:
		return "unknown to this version"
	}
}

// issuerTenant returns the tenant in the address of the Entra issuer
// (https://login.microsoftonline.com/{tenant}/v2.0), and empty for another issuer.
func issuerTenant(issuer string) string {
	u, err := url.Parse(strings.TrimSpace(issuer))
	if err != nil || u.Scheme != "https" || !strings.HasPrefix(u.Host, "login.microsoftonline.") {
		return ""
	}
	tenant, found := strings.CutSuffix(strings.TrimSuffix(u.Path, "/"), "/v2.0")
	if !found {
		return ""
	}
	return strings.TrimPrefix(tenant, "/")
}
