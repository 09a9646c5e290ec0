package cloud

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
)

// target is what an ARM request is about.
type target struct {
	tenant       *Tenant // of the subscription; of the token where no subscription is named
	subscription *Subscription
	scope        string // ARM ID as in the URL, without a trailing slash; "" = the tenant
	caller       claims
	principal    client
	version      string
}

// arm answers Resource Manager. It checks the request in the order of the service: the subscription ID, the token, the
// tenant, the right, the thing.
func (w *World) arm(q *call, e Environment) reply {
	segments := strings.Split(strings.Trim(q.path, "/"), "/")
	if isPath(segments, "metadata", "endpoints") && q.Method == http.MethodGet {
		return e.metadataEndpoints(q, segments)
	}
	if q.Method != http.MethodGet && q.Method != http.MethodHead {
		return armError(q, http.StatusMethodNotAllowed, "MethodNotAllowed", "The simulated Resource Manager is read-only.")
	}
	t := target{version: q.query.Get("api-version")}
	if refused := w.locate(q, e, segments, &t); refused != nil {
		return *refused
	}
	if refused := checkVersion(q, e, segments); refused != nil {
		return *refused
	}
	if before, after, ok := cutFold(q.path, "/providers/Microsoft.Authorization/"); ok {
		t.scope = strings.TrimSuffix(before, "/")
		return w.authorization(q, &t, strings.Split(strings.Trim(after, "/"), "/"))
	}
	t.scope = strings.TrimSuffix(q.path, "/")
	if q.query.Has("$filter") {
		return unknown(q, "$filter "+q.query.Get("$filter"))
	}
	switch {
	case isPath(segments, "subscriptions"):
		return w.listSubscriptions(q, &t)
	case isPath(segments, "subscriptions", "*"):
		return w.getSubscription(q, &t)
	case isPath(segments, "subscriptions", "*", "resourcegroups"):
		return w.listResourceGroups(q, &t)
	case isPath(segments, "subscriptions", "*", "resourcegroups", "*"):
		return w.getResourceGroup(q, &t, segments[3])
	case isPath(segments, "subscriptions", "*", "providers"):
		return w.listProviders(q, &t)
	case isPath(segments, "subscriptions", "*", "providers", "*"):
		return w.getProvider(q, &t, segments[3])
	case isPath(segments, "providers", "Microsoft.Management", "managementGroups", "*"):
		return w.getManagementGroup(q, &t, segments[3])
	case isPath(segments, "tenants"):
		return w.listTenants(q, e, &t)
	}
	return unknown(q, "path")
}

// locate finds the subscription and the caller, and refuses what is wrong with either.
func (w *World) locate(q *call, e Environment, segments []string, t *target) *reply {
	if strings.EqualFold(segments[0], "subscriptions") && len(segments) > 1 {
		if !guidShape.MatchString(segments[1]) {
			id := segments[1]
			if id == "" {
				id = segments[2] // the service names the next part
			}
			return new(armError(q, http.StatusBadRequest, "InvalidSubscriptionId",
				fmt.Sprintf("The provided subscription identifier '%s' is malformed or invalid.", id)))
		}
		t.tenant, t.subscription = w.subscription(e, segments[1])
	}
	missing := strings.EqualFold(segments[0], "subscriptions") && len(segments) > 1 && t.subscription == nil
	if missing && q.Header.Get("Authorization") == "" {
		// A stranger learns that there is no such subscription, as he learns the tenant of one that there is.
		return subscriptionNotFound(q, segments[1])
	}
	home := ""
	if t.tenant != nil {
		home = t.tenant.ID
	}
	caller, refused := w.bearer(q, e, home)
	if refused != nil {
		return refused
	}
	signedIn := w.tenant(caller.TenantID)
	switch {
	case missing:
		return subscriptionNotFound(q, segments[1])
	case t.tenant == nil:
		t.tenant = signedIn
	case signedIn != t.tenant:
		return new(wrongTenant(q, caller.Issuer, t.tenant.ID))
	}
	t.caller = caller
	t.principal, _ = t.tenant.principal(caller.ObjectID)
	return nil
}

func subscriptionNotFound(q *call, id string) *reply {
	return new(armError(q, http.StatusNotFound, "SubscriptionNotFound", fmt.Sprintf("The subscription '%s' could not be found.", id)))
}

func (w *World) subscription(e Environment, id string) (*Tenant, *Subscription) {
	for i := range w.Tenants {
		t := &w.Tenants[i]
		for j := range t.Subscriptions {
			if t.in(e) && strings.EqualFold(t.Subscriptions[j].ID, id) {
				return t, &t.Subscriptions[j]
			}
		}
	}
	return nil, nil
}

// bearer checks the access token. The tenant of the subscription is named in a refusal, as the service does even to a
// stranger.
func (w *World) bearer(q *call, e Environment, home string) (claims, *reply) {
	where := "https://login.windows.net/" + home
	refuse := func(code, message, description string) *reply {
		return new(armError(q, http.StatusUnauthorized, code, message).with("WWW-Authenticate",
			fmt.Sprintf(`Bearer authorization_uri="%s", error="invalid_token", error_description="%s"`, where, description)))
	}
	authorization := q.Header.Get("Authorization")
	if authorization == "" {
		return claims{}, refuse("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.",
			"The authentication failed because of missing 'Authorization' header.")
	}
	text, ok := strings.CutPrefix(authorization, "Bearer ")
	access, err := parseToken(text)
	if !ok || err != nil || !access.verify(&entraKey().PublicKey) || w.tenant(access.claims.TenantID) == nil ||
		!strings.HasPrefix(access.claims.Issuer, "https://") {
		q.note("%s %s: a bearer token that Entra did not issue", q.Method, q.host)
		return claims{}, refuse("InvalidAuthenticationToken", "The access token is invalid.", "The access token is invalid.")
	}
	if e.resource(string(access.claims.Audience)) != resourceManager {
		q.note("%s %s: a token for another audience", q.Method, q.host)
		return claims{}, refuse("InvalidAuthenticationTokenAudience", fmt.Sprintf("The access token has been obtained for wrong audience or "+
			"resource '%s'. It should exactly match with one of the allowed audiences '%s'.", access.claims.Audience,
			strings.Join(e.Audiences, "','")), "The access token has been obtained from wrong audience or resource.")
	}
	if expires := access.claims.Expires.time(); !q.now.Before(expires) {
		const stamp = "1/2/2006 3:04:05 PM"
		return claims{}, refuse("ExpiredAuthenticationToken", fmt.Sprintf("The access token expiry UTC time '%s' is earlier than current UTC "+
			"time '%s'.", expires.Format(stamp), q.now.UTC().Format(stamp)), "The access token has expired.")
	}
	return access.claims, nil
}

func wrongTenant(q *call, issuer, home string) reply {
	return armError(q, http.StatusUnauthorized, "InvalidAuthenticationTokenTenant", fmt.Sprintf("The access token is from the wrong issuer "+
		"'%s'. It must match the tenant 'https://sts.windows.net/%s/' associated with this subscription. Please use the authority (URL) "+
		"'https://login.windows.net/%s' to get the token. Note, if the subscription is transferred to another tenant there is no impact to "+
		"the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your "+
		"subscription and see this error message, please try back later.", issuer, home, home)).with("WWW-Authenticate",
		fmt.Sprintf(`Bearer authorization_uri="https://login.windows.net/%s", error="invalid_token", error_description="The access token is `+
			`from the wrong issuer. It must match the tenant associated with this subscription. Please use correct authority to get the token."`, home))
}

// metadataEndpoints is the document from which a client of Azure Stack Hub learns the rest; it needs no token.
func (e Environment) metadataEndpoints(q *call, segments []string) reply {
	if refused := checkVersion(q, e, segments); refused != nil {
		return *refused
	}
	if q.query.Get("api-version") != "2015-01-01" { // the later ones list clouds, in another shape
		return unknown(q, "api-version "+q.query.Get("api-version"))
	}
	login := "https://" + e.Authorities[0] + "/"
	if e.ADFS {
		login += "adfs"
	}
	return jsonReply(http.StatusOK, object{
		"galleryEndpoint": "https://gallery." + e.ResourceManager + "/", "graphEndpoint": e.directoryGraph(),
		"portalEndpoint": "https://" + e.Portal + "/",
		"authentication": object{"loginEndpoint": login, "audiences": e.Audiences},
	}).with(armHeaders(q, false)...)
}

// armError has the shape of the gateway's errors.
func armError(q *call, status int, code, message string) reply {
	return jsonReply(status, object{"error": object{"code": code, "message": message}}).
		with(gatewayHeaders(q)...).with("x-ms-failure-cause", "gateway")
}

// gatewayHeaders are on every answer. A client may bring a correlation ID, and ask to have its own request ID back.
func gatewayHeaders(q *call) []string {
	headers := []string{"Cache-Control", "no-cache", "Pragma", "no-cache", "Expires", "-1", "x-ms-request-id", q.id,
		"x-ms-correlation-request-id", cmp.Or(q.Header.Get("x-ms-correlation-request-id"), q.id), "x-ms-routing-request-id",
		"WESTEUROPE:" + q.now.UTC().Format("20060102T150405Z") + ":" + q.id, "X-Cache", "CONFIG_NOCACHE"}
	if id := q.Header.Get("x-ms-client-request-id"); id != "" && strings.EqualFold(q.Header.Get("x-ms-return-client-request-id"), "true") {
		headers = append(headers, "x-ms-client-request-id", id)
	}
	return headers
}

func armHeaders(q *call, ofSubscription bool) []string {
	headers := gatewayHeaders(q)
	if ofSubscription {
		return append(headers, "x-ms-ratelimit-remaining-subscription-reads", "249",
			"x-ms-ratelimit-remaining-subscription-global-reads", "3749")
	}
	return append(headers, "x-ms-ratelimit-remaining-tenant-reads", "11999")
}

// isPath compares segments without case; "*" represents anything but nothing.
func isPath(segments []string, pattern ...string) bool {
	if len(segments) != len(pattern) {
		return false
	}
	for i, p := range pattern {
		if p == "*" && segments[i] == "" || p != "*" && !strings.EqualFold(p, segments[i]) {
			return false
		}
	}
	return true
}

// cutFold cuts around the last occurrence of sep, without case.
func cutFold(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(strings.ToLower(s), strings.ToLower(sep))
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
