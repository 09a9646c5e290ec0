package evidence

import (
	"net/url"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/lazyregexp"
)

var (
	objectPattern = lazyregexp.New(`object id '([^']{1,256})'`)
	actionPattern = lazyregexp.New(`perform action '([^']{1,256})'`)
	scopePattern  = lazyregexp.New(`over scope '([^']{1,1000})'`)
	// LinkedAuthorizationFailed names the right that is there first and the missing one second.
	linkedPattern = lazyregexp.New(`not have permission to perform action(?:\(s\))? '([^']{1,256})' on the linked scope(?:\(s\))? '([^']{1,1000})'`)
)

// readAuthorization takes identity, action and scope out of ARM's sentence about a missing right.
func (ev *reader) readAuthorization() {
	if !strings.Contains(ev.Message, "object id") {
		return
	}
	ev.ObjectID = group(objectPattern, ev.Message)
	ev.Action = group(actionPattern, ev.Message)
	// Nobody can open an assignment that was refused; what it was for is the scope.
	scope, _, _ := strings.Cut(group(scopePattern, ev.Message), "/providers/Microsoft.Authorization/roleAssignments/")
	ev.Scope = ev.hide.Line(scope, 2*maxField)
	if m := linkedPattern.FindStringSubmatch(ev.Message); m != nil {
		ev.Action, ev.Scope = m[1], ev.hide.Line(m[2], 2*maxField)
	}
}

var (
	tenantPattern = lazyregexp.New(`(?i)must match the tenant 'https://[^/']+/([0-9a-f-]{36})`)
)

// OwnerTenant is the tenant that ARM says the subscription belongs to; empty when it does not say.
func (ev *Evidence) OwnerTenant() string {
	if u, err := url.Parse(ev.AuthorizationURI); err == nil {
		if id, ok := arm.ParseGUID(strings.Trim(u.Path, "/")); ok {
			return id.String()
		}
	}
	return strings.ToLower(group(tenantPattern, ev.Message))
}

// ManagementGroup is the management group in the scope of a missing right; empty when there's none.
func (ev *Evidence) ManagementGroup() string {
	scope, _ := arm.ParseID(ev.Scope)
	return scope.ManagementGroup
}
