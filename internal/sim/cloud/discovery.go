package cloud

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// instanceDiscovery lists the clouds' hosts. A client that knows its cloud has no reason to ask. The order of names and
// which of them is preferred were recorded 2022-02.
func (w *World) instanceDiscovery(q *call) reply {
	var metadata []object
	add := func(cache string, aliases ...string) {
		metadata = append(metadata, object{"preferred_network": aliases[0], "preferred_cache": cache, "aliases": aliases})
	}
	for _, e := range w.Environments {
		switch {
		case e.TokenExchange == "": // a Stack isn't known here
		case e.Name == "AzureCloud":
			add(e.Authorities[1], e.Authorities...)
		case e.Name == "AzureChinaCloud": // the newer name first
			aliases := slices.Clone(e.Authorities)
			slices.Reverse(aliases)
			add(aliases[0], aliases...)
		default:
			add(e.Authorities[0], e.Authorities...)
		}
	}
	add("login.microsoftonline.de", "login.microsoftonline.de")
	add("login-us.microsoftonline.com", "login-us.microsoftonline.com")
	tenant := "common" // of the authorization endpoint that's requested
	if _, rest, ok := strings.Cut(q.query.Get("authorization_endpoint"), "://"); ok {
		if parts := strings.Split(rest, "/"); len(parts) > 1 && parts[1] != "" {
			tenant = parts[1]
		}
	}
	return jsonReply(http.StatusOK, object{
		"tenant_discovery_endpoint": "https://" + q.host + "/" + tenant + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1", "metadata": metadata,
	}).with(discoveryHeaders(q)...)
}

func discoveryHeaders(q *call) []string {
	return []string{"Cache-Control", "max-age=86400, private", "x-ms-request-id", q.id, "Access-Control-Allow-Origin", "*",
		"Access-Control-Allow-Methods", "GET, OPTIONS", "x-ms-ests-server", "2.1.21000.4 - WEULR1 ProdSlices"}
}

// openIDConfiguration has two forms: that of the v2 endpoint was recorded, that of v1 names the older issuer and endpoints.
func (w *World) openIDConfiguration(q *call, e Environment, tenantID string, v2 bool) reply {
	issuer := "{tenantid}"
	switch tenantID {
	case "common", "organizations", "consumers":
	default:
		tenant := w.tenant(tenantID)
		if tenant == nil || !w.signsInAt(tenant, q.host) {
			return entraError(q, unknownTenant(tenantID, "invalid_tenant"))
		}
		issuer = tenant.ID
	}
	base := "https://" + e.Authorities[0] + "/" + tenantID
	oauth := base + "/oauth2/v2.0"
	document := object{
		"issuer": "https://" + e.Authorities[0] + "/" + issuer + "/v2.0", "jwks_uri": base + "/discovery/v2.0/keys",
		"userinfo_endpoint":       "https://" + e.Graph + "/oidc/userinfo",
		"subject_types_supported": []string{"pairwise"},
		"scopes_supported":        []string{"openid", "profile", "email", "offline_access"},
		"claims_supported": []string{"sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
			"aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"},
	}
	if !v2 {
		oauth = base + "/oauth2"
		document = object{
			"issuer": "https://sts.windows.net/" + issuer + "/", "jwks_uri": "https://" + e.Authorities[0] + "/common/discovery/keys",
			"userinfo_endpoint":       base + "/openid/userinfo",
			"subject_types_supported": []string{"pairwise"},
			"scopes_supported":        []string{"openid"},
			"check_session_iframe":    oauth + "/checksession",
		}
	}
	maps.Copy(document, object{
		"authorization_endpoint": oauth + "/authorize", "token_endpoint": oauth + "/token",
		"device_authorization_endpoint": oauth + "/devicecode", "end_session_endpoint": oauth + "/logout",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"request_uri_parameter_supported":       false, "http_logout_supported": true, "frontchannel_logout_supported": true,
		"kerberos_endpoint": base + "/kerberos", "tenant_region_scope": "EU", "msgraph_host": e.Graph, "rbac_url": "https://pas.windows.net",
		"cloud_instance_name": strings.TrimPrefix(e.Authorities[0], "login."), "cloud_graph_host_name": strings.Trim(strings.TrimPrefix(e.directoryGraph(), "https:"), "/"),
	})
	return jsonReply(http.StatusOK, document).with(discoveryHeaders(q)...)
}

func (e Environment) adfsConfiguration() object {
	base := "https://" + e.Authorities[0] + "/adfs"
	return object{
		"issuer": base, "authorization_endpoint": base + "/oauth2/authorize/", "token_endpoint": base + "/oauth2/token/",
		"jwks_uri": base + "/discovery/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
	}
}

// devopsTokenHost publishes the keys of the ID tokens that Azure DevOps issues in its own name (recorded).
const devopsTokenHost = "vstoken.dev.azure.com"

func (w *World) devopsTokens(q *call) reply {
	if q.Method != http.MethodGet {
		return unknown(q, "method")
	}
	base := "https://" + devopsTokenHost
	for _, o := range w.Organizations {
		if strings.EqualFold(q.path, "/"+o.ID+"/.well-known/openid-configuration") {
			return jsonReply(http.StatusOK, object{"issuer": base + "/" + o.ID, "jwks_uri": base + "/.well-known/jwks",
				"subject_types_supported": []string{"public", "pairwise"}, "response_types_supported": []string{"id_token"},
				"claims_supported":                      []string{"sub", "aud", "exp", "iat", "iss", "nbf"},
				"id_token_signing_alg_values_supported": []string{"RS256"}, "scopes_supported": []string{"openid"}})
		}
	}
	if q.path == "/.well-known/jwks" {
		return jsonReply(http.StatusOK, jwks(&devopsKey().PublicKey))
	}
	return unknown(q, "path")
}
