package cloud

import (
	"cmp"
	"crypto/subtle"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	metadataHost     = "169.254.169.254"
	identityPath     = "/msi/token"
	identityLifetime = 24 * time.Hour
)

func (w *World) isMetadata(q *call) bool { return q.host == metadataHost }

func (w *World) isIdentityEndpoint(q *call) bool {
	return isLoopback(q.host) && strings.TrimSuffix(q.path, "/") == identityPath
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// metadata answers the instance metadata service of an Azure machine.
func (w *World) metadata(q *call) reply {
	server := "IMDS/150.870.65.528"
	refuse := func(status int, code, message string) reply {
		return metadataError(status, code, message).with("Server", server)
	}
	switch {
	case !w.Machine.Azure:
		return unknown(q, "host (this machine is not in Azure)")
	case strings.TrimSuffix(q.path, "/") != "/metadata/identity/oauth2/token":
		q.note("%s %s%s: unknown path", q.Method, q.host, q.path)
		return jsonReply(http.StatusNotFound, object{"error": "Not Found"}).with("Server", server)
	case q.Method != http.MethodGet:
		return refuse(http.StatusMethodNotAllowed, "invalid_request", "Method not allowed")
	case !strings.EqualFold(q.Header.Get("Metadata"), "true"):
		return refuse(http.StatusBadRequest, "invalid_request", "Required metadata header not specified")
	case q.Header.Get("X-Forwarded-For") != "":
		return refuse(http.StatusBadRequest, "invalid_request", "X-Forwarded-For header is not allowed")
	case q.query.Get("api-version") == "":
		q.note("%s %s%s: no api-version", q.Method, q.host, q.path)
		return refuse(http.StatusBadRequest, "invalid_request", "Required api-version parameter not specified")
	case !slices.Contains(strings.Split(metadataServiceVersions, ","), q.query.Get("api-version")):
		q.note("%s %s%s: api-version %s is not supported", q.Method, q.host, q.path, q.query.Get("api-version"))
		return refuse(http.StatusBadRequest, "invalid_request", "The requested version is not supported")
	}
	return w.identityToken(q, "msi_res_id", refuse).with("Server", server)
}

// identityEndpoint answers the form of App Service and of what copies it.
func (w *World) identityEndpoint(q *call) reply {
	refuse := func(status int, code, message string) reply {
		return jsonReply(status, object{"statusCode": status, "message": message, "error": code})
	}
	sent := q.Header.Get(identityHeader)
	switch {
	case w.Machine.IdentityHeader == "":
		return unknown(q, "path (this machine has no identity endpoint)")
	case q.Method != http.MethodGet:
		return refuse(http.StatusMethodNotAllowed, "invalid_request", "Method not allowed")
	case subtle.ConstantTimeCompare([]byte(sent), []byte(w.Machine.IdentityHeader)) != 1:
		return refuse(http.StatusUnauthorized, "unauthorized", "The X-IDENTITY-HEADER is missing or wrong.")
	case q.query.Get("api-version") != "2019-08-01":
		q.note("%s %s%s: api-version %q", q.Method, q.host, q.path, q.query.Get("api-version"))
		return refuse(http.StatusBadRequest, "invalid_request", "The api-version is not supported.")
	}
	return w.identityToken(q, "mi_res_id", refuse)
}

// identityToken picks the identity of the machine and answers with its token; every number is a string.
func (w *World) identityToken(q *call, resourceParameter string, refuse func(int, string, string) reply) reply {
	resource := q.query.Get("resource")
	if resource == "" {
		return refuse(http.StatusBadRequest, "invalid_request", "Required audience parameter not specified")
	}
	tenant := w.tenant(w.Machine.TenantID)
	clientID, problem := w.Machine.identity(tenant, q, resourceParameter)
	if problem != "" {
		return refuse(http.StatusBadRequest, "invalid_request", problem)
	}
	environment := w.environment(tenant.Environment)
	if environment.resource(resource) == nowhere {
		return refuse(http.StatusBadRequest, "invalid_resource", "AADSTS500011: The resource principal named "+resource+
			" was not found in the tenant named "+tenant.Name+". This can happen if the application has not been installed by the "+
			"administrator of the tenant or consented to by any user in the tenant.")
	}
	c, _ := tenant.client(clientID)
	life := identityLifetime - 85*time.Second // as recorded: it is never quite fresh
	return jsonReply(http.StatusOK, object{
		"access_token": w.accessToken(q, environment, tenant, c, resource, "2", life),
		"client_id":    c.app.ClientID, "resource": resource, "token_type": "Bearer",
		"expires_in":     strconv.Itoa(int(life / time.Second)),
		"expires_on":     strconv.FormatInt(q.now.Add(life).Unix(), 10),
		"ext_expires_in": "86399",
		"not_before":     strconv.FormatInt(q.now.Add(-5*time.Minute).Unix(), 10),
	})
}

// identity is the client ID that a request means, or what prevents it.
func (m *Machine) identity(t *Tenant, q *call, resourceParameter string) (clientID, problem string) {
	if t == nil {
		return "", "Identity not found"
	}
	attached := m.UserAssigned
	if m.SystemAssigned != "" {
		attached = append([]string{m.SystemAssigned}, attached...)
	}
	byClient, byObject, byResource := q.query.Get("client_id"), q.query.Get("object_id"), q.query.Get(resourceParameter)
	if cmp.Or(byClient, byObject, byResource) == "" {
		switch {
		case m.SystemAssigned != "":
			byClient = m.SystemAssigned
		case len(attached) > 1:
			return "", "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request"
		case len(attached) == 1:
			byClient = attached[0]
		}
	}
	for _, id := range attached {
		identity, ok := t.managedIdentity(id)
		if ok && (strings.EqualFold(identity.ClientID, byClient) || byObject != "" && strings.EqualFold(identity.PrincipalID, byObject) ||
			byResource != "" && strings.EqualFold(identity.ResourceID, byResource)) {
			return identity.ClientID, ""
		}
	}
	return "", "Identity not found"
}

func metadataError(status int, code, message string) reply {
	return jsonReply(status, object{"error": code, "error_description": message})
}
