package evidence

import (
	"net/url"
	"slices"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/lazyregexp"
)

var (
	objectPattern = &lazyregexp.Regexp{Expression: `object id '([^']{1,256})'`}
	actionPattern = &lazyregexp.Regexp{Expression: `perform action '([^']{1,256})'`}
	scopePattern  = &lazyregexp.Regexp{Expression: `over scope '([^']{1,1000})'`}
	// LinkedAuthorizationFailed names the right that is there first and the missing one second.
	linkedPattern = &lazyregexp.Regexp{Expression: `not have permission to perform action(?:\(s\))? '([^']{1,256})' on the linked scope(?:\(s\))? '([^']{1,1000})'`}
	tenantPattern = &lazyregexp.Regexp{Expression: `(?i)must match the tenant 'https://[^/']+/([0-9a-f-]{36})`}

	// Entra quotes one part in most refusals and all three in AADSTS70021.
	quotedIssuer   = &lazyregexp.Regexp{Expression: `(?i)assertion issuer:? '(.+?)'(?:\.|$)`}
	quotedSubject  = &lazyregexp.Regexp{Expression: `(?i)assertion subject:? '(.+?)'(?:\.|$)`}
	quotedAudience = &lazyregexp.Regexp{Expression: `(?i)assertion audience:? '(.+?)'(?:\.|$)`}
)

// readAuthorization takes identity, action and scope out of ARM's sentence about a missing right.
func (ev *reader) readAuthorization() {
	if !strings.Contains(ev.Message, "object id") {
		return
	}
	ev.ObjectID = group(objectPattern, ev.Message)
	ev.Action = group(actionPattern, ev.Message)
	// No one can open an assignment that was refused; what it was for is the scope.
	scope, _, _ := strings.Cut(group(scopePattern, ev.Message), "/providers/Microsoft.Authorization/roleAssignments/")
	if m := linkedPattern.FindStringSubmatch(ev.Message); m != nil {
		ev.Action, scope = m[1], m[2]
	}
	ev.Scope = ev.hide.Line(scope, 2*maxField)
}

// ManagementGroup is the one in the scope of a missing right; empty when there's none.
func (ev *Evidence) ManagementGroup() string {
	scope, _ := arm.ParseID(ev.Scope)
	return scope.ManagementGroup
}

// readTenant takes the tenant out of a challenge, or otherwise out of ARM's sentence about a token of another one.
func (ev *reader) readTenant() {
	named := group(tenantPattern, ev.Message)
	if u, err := url.Parse(ev.AuthorizationURI); err == nil && arm.IsGUID(strings.Trim(u.Path, "/")) {
		named = strings.Trim(u.Path, "/")
	}
	if tenant, ok := arm.ParseGUID(named); ok {
		ev.OwnerTenant = tenant.String()
	}
}

// readAssertion takes what Entra's refusal of an ID token repeats of it. No federated credential of the identity fits by
// AADSTS70021 and its family, by two numbers outside it, and by whatever else says so in the same words.
func (ev *reader) readAssertion() {
	ev.NoCredentialFits = strings.Contains(strings.ToLower(ev.Message), "no matching federated identity record") ||
		slices.ContainsFunc(ev.Codes, func(code string) bool {
			return strings.HasPrefix(code, "AADSTS70021") || code == "AADSTS70022204" || code == "AADSTS700224"
		})
	ev.Quoted = Quoted{group(quotedIssuer, ev.Message), group(quotedSubject, ev.Message), group(quotedAudience, ev.Message)}
}
