package cloud

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

var guidShape = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// isTokenPath reports whether a path is a token endpoint: v2, v1 or that of AD FS.
func isTokenPath(path string) bool {
	path = strings.TrimSuffix(path, "/")
	return strings.HasSuffix(path, "/oauth2/v2.0/token") || strings.HasSuffix(path, "/oauth2/token")
}

// entra answers a sign-in host: discovery documents and the token endpoints.
func (w *World) entra(q *call, e Environment) reply {
	rest := strings.TrimSuffix(q.path, "/")
	if rest == "/common/discovery/instance" && q.Method == http.MethodGet {
		return w.instanceDiscovery(q)
	}
	tenantID, rest, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	adfs := e.ADFS && tenantID == "adfs"
	switch rest {
	case "v2.0/.well-known/openid-configuration", ".well-known/openid-configuration":
		if q.Method != http.MethodGet {
			break
		}
		if adfs {
			return jsonReply(http.StatusOK, e.adfsConfiguration())
		}
		return w.openIDConfiguration(q, e, tenantID, strings.HasPrefix(rest, "v2.0/"))
	case "discovery/v2.0/keys", "discovery/keys":
		return jsonReply(http.StatusOK, jwks(&entraKey().PublicKey))
	case "oauth2/v2.0/token", "oauth2/token":
		if q.Method != http.MethodPost {
			q.note("%s %s%s: the token endpoint takes POST", q.Method, q.host, q.path)
			return entraError(q, Refusal{Code: 900561, Error: "invalid_request",
				Text: "The endpoint only accepts POST requests. Received a " + q.Method + " request."})
		}
		if rest == "oauth2/v2.0/token" && adfs {
			break
		}
		return w.issue(q, e, tenantID, rest == "oauth2/token" && !adfs)
	}
	return unknown(q, "path")
}

// issue answers a token request: first the request, then the tenant, the client, its credential, and what prevents it.
func (w *World) issue(q *call, e Environment, tenantID string, v1 bool) reply {
	if !isForm(q.Header) || len(q.form) == 0 {
		return missingParameter(q, "grant_type")
	}
	tenant, refused := w.tenantFor(q, e, tenantID)
	if refused != nil {
		return *refused
	}
	e = w.environment(tenant.Environment) // Azure Stack Hub may share the authority of the public cloud
	for _, name := range []string{"grant_type", "client_id"} {
		if q.form.Get(name) == "" {
			return missingParameter(q, name)
		}
	}
	if grant := q.form.Get("grant_type"); grant != "client_credentials" {
		return entraError(q, Refusal{Code: 70003, Error: "unsupported_grant_type",
			Text: fmt.Sprintf("The app requested an unsupported grant type '%s'.", grant)})
	}
	resource, refused := requestedResource(q, e, tenant, v1)
	if refused != nil {
		return *refused
	}
	clientID := q.form.Get("client_id")
	c, found := tenant.client(clientID)
	if !found {
		return entraError(q, Refusal{Code: 700016, Error: "unauthorized_client", Text: fmt.Sprintf("Application with identifier '%s' "+
			"was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of "+
			"the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
			clientID, tenant.Name)})
	}
	if c.app.Disabled {
		return entraError(q, Refusal{Code: 7000112, Error: "unauthorized_client",
			Text: fmt.Sprintf("Application '%s'(%s) is disabled.", clientID, c.app.Name)})
	}
	acr, problem := w.authenticate(q, e, tenant, c)
	if problem != nil {
		return entraError(q, *problem)
	}
	if c.app.PrincipalID == "" {
		return entraError(q, invalidClient(7000229, "The client application %s is missing service principal in the tenant %s. "+
			"See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119", clientID, tenant.ID))
	}
	if c.app.Refuse != nil {
		return entraError(q, *c.app.Refuse)
	}
	life := c.app.TokenLife
	if life == 0 {
		life = time.Hour
		if strings.Contains(q.form.Get("claims"), `"CP1"`) || c.resourceID != "" {
			life = 24 * time.Hour
		}
	}
	access := w.accessToken(q, e, tenant, c, resource, acr, life)
	expires := int(life/time.Second) - 1
	answer := object{"token_type": "Bearer", "expires_in": expires, "ext_expires_in": expires, "access_token": access}
	if v1 { // every value is a string
		answer["expires_in"], answer["ext_expires_in"] = strconv.Itoa(expires), strconv.Itoa(expires)
		answer["expires_on"] = strconv.FormatInt(q.now.Add(life).Unix(), 10)
		answer["not_before"] = strconv.FormatInt(q.now.Add(-5*time.Minute).Unix(), 10)
		answer["resource"] = resource
	}
	return jsonReply(http.StatusOK, answer).with(entraHeaders(q)...).with("x-ms-clitelem", "1,0,0,,")
}

// tenantFor finds the tenant of a token request, or says why there is none.
func (w *World) tenantFor(q *call, e Environment, id string) (*Tenant, *reply) {
	if e.ADFS {
		for i := range w.Tenants {
			if id == "adfs" && w.signsInAt(&w.Tenants[i], q.host) {
				return &w.Tenants[i], nil
			}
		}
	}
	switch tenant := w.tenant(id); {
	case tenant != nil && w.signsInAt(tenant, q.host):
		return tenant, nil
	case id == "common" || id == "consumers":
		return nil, new(entraError(q, Refusal{Code: 9001023, Error: "invalid_request", Text: "The grant type is not supported over the " +
			"/common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint."}))
	default:
		return nil, new(entraError(q, unknownTenant(id, "invalid_request")))
	}
}

// unknownTenant distinguishes a tenant that doesn't exist from a name that can't be one.
func unknownTenant(id, word string) Refusal {
	if !guidShape.MatchString(id) && !strings.Contains(id, ".") {
		return Refusal{Code: 900023, Error: "invalid_request", Text: fmt.Sprintf("Specified tenant identifier '%s' is neither a valid "+
			"DNS name, nor a valid external domain.", id)}
	}
	return Refusal{Code: 90002, Error: word, Text: fmt.Sprintf("Tenant '%s' not found. Check to make sure you have the correct tenant ID "+
		"and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active "+
		"subscriptions for the tenant.", id)}
}

// requestedResource reads the scope (v2) or the resource (v1).
func requestedResource(q *call, e Environment, t *Tenant, v1 bool) (string, *reply) {
	invalidScope := func(code int, format string, args ...any) *reply {
		return new(entraError(q, Refusal{Code: code, Error: "invalid_scope", Text: fmt.Sprintf(format, args...)}))
	}
	resource := q.form.Get("resource")
	switch {
	case v1 && resource == "", !v1 && q.form.Get("scope") == "" && resource == "":
		name := "scope"
		if v1 {
			name = "resource"
		}
		return "", new(missingParameter(q, name))
	case !v1 && resource != "" && !e.ADFS:
		return "", new(entraError(q, Refusal{Code: 901002, Error: "invalid_request", Text: "The 'resource' request parameter is not supported."}))
	case !v1 && resource == "":
		for scope := range strings.FieldsSeq(q.form.Get("scope")) {
			switch scope {
			case "openid", "profile", "offline_access", "email":
				continue
			}
			base, whole := strings.CutSuffix(scope, "/.default")
			if !whole {
				return "", invalidScope(1002012, "The provided value for scope %s is not valid. Client credential flows must have a scope "+
					"value with /.default suffixed to the resource identifier (application ID URI).", q.form.Get("scope"))
			}
			if resource != "" {
				return "", invalidScope(700022, "The provided value for the input parameter 'scope' isn't valid because it contains more "+
					"than one resource.")
			}
			resource = base
		}
	}
	if e.resource(resource) == nowhere && resource != azureDevOps { // every tenant has Azure DevOps, by the ID of its application
		return "", new(entraError(q, Refusal{Code: 500011, Error: "invalid_resource", Text: fmt.Sprintf("The resource principal named %s was "+
			"not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the "+
			"tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
			resource, t.Name)}))
	}
	return resource, nil
}

func missingParameter(q *call, name string) reply {
	return entraError(q, Refusal{Code: 900144, Error: "invalid_request",
		Text: fmt.Sprintf("The request body must contain the following parameter: '%s'.", name)})
}

func invalidClient(code int, format string, args ...any) Refusal {
	return Refusal{Code: code, Status: http.StatusUnauthorized, Error: "invalid_client", Text: fmt.Sprintf(format, args...)}
}

// entraError writes a refusal as the token endpoint does since about 2024: blanks before the trace ID, and no error_uri
// for the codes of federation.
func entraError(q *call, r Refusal) reply {
	stamp := q.now.UTC().Format("2006-01-02 15:04:05Z")
	trace, correlation := q.id, correlationOf(q)
	text := r.Text
	if r.Code != 0 {
		text = fmt.Sprintf("AADSTS%d: %s", r.Code, r.Text)
	}
	body := object{
		"error":             cmp.Or(r.Error, "invalid_grant"),
		"error_description": fmt.Sprintf("%s Trace ID: %s Correlation ID: %s Timestamp: %s", text, trace, correlation, stamp),
		"timestamp":         stamp, "trace_id": trace, "correlation_id": correlation,
	}
	if r.Code != 0 {
		body["error_codes"] = []int{r.Code}
	}
	switch r.Code {
	case 0, 70025, 70052, 700211, 700212, 700213, 700236, 7002121, 7002137, 7002138, 900384:
	default:
		body["error_uri"] = fmt.Sprintf("https://%s/error?code=%d", q.host, r.Code)
	}
	if r.Suberror != "" {
		body["suberror"] = r.Suberror
	}
	if r.Claims != "" {
		body["claims"] = r.Claims
	}
	return jsonReply(cmp.Or(r.Status, http.StatusBadRequest), body).with(entraHeaders(q)...)
}

// correlationOf is the client's own ID, of the header or the query, and otherwise one that Entra makes.
func correlationOf(q *call) string {
	return cmp.Or(q.Header.Get("client-request-id"), q.query.Get("client-request-id"), derivedGUID(q.id+" correlation"))
}

func entraHeaders(q *call) []string {
	headers := []string{"Cache-Control", "no-store, no-cache", "Pragma", "no-cache", "Expires", "-1",
		"P3P", `CP="DSP CUR OTPi IND OTRi ONL FIN"`, "x-ms-request-id", q.id, "x-ms-ests-server", "2.1.21000.4 - WEULR1 ProdSlices"}
	if strings.EqualFold(cmp.Or(q.Header.Get("return-client-request-id"), q.query.Get("return-client-request-id")), "true") {
		headers = append(headers, "client-request-id", correlationOf(q))
	}
	return headers
}
