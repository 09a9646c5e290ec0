package cloud

import "net/http"

// instanceDiscovery lists the clouds' hosts. A client that knows its cloud has no reason to ask.
func (w *World) instanceDiscovery(q *call) reply {
	var metadata []object
	for _, e := range w.Environments {
		if e.TokenExchange != "" { // a Stack is not known here
			cache := e.Authorities[min(1, len(e.Authorities)-1)]
			metadata = append(metadata, object{"preferred_network": e.Authorities[0], "preferred_cache": cache, "aliases": e.Authorities})
		}
	}
	return jsonReply(http.StatusOK, object{
		"tenant_discovery_endpoint": "https://" + q.host + "/common/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1", "metadata": metadata,
	}).with("Cache-Control", "max-age=86400, private", "x-ms-request-id", q.id)
}

func (w *World) openIDConfiguration(q *call, e Environment, tenantID string) reply {
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
	return jsonReply(http.StatusOK, object{
		"issuer":                                "https://" + e.Authorities[0] + "/" + issuer + "/v2.0",
		"authorization_endpoint":                base + "/oauth2/v2.0/authorize",
		"token_endpoint":                        base + "/oauth2/v2.0/token",
		"device_authorization_endpoint":         base + "/oauth2/v2.0/devicecode",
		"end_session_endpoint":                  base + "/oauth2/v2.0/logout",
		"jwks_uri":                              base + "/discovery/v2.0/keys",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"tenant_region_scope":                   "EU",
		"msgraph_host":                          e.Graph,
	}).with("Cache-Control", "max-age=86400, private", "x-ms-request-id", q.id)
}

func (e Environment) adfsConfiguration() object {
	base := "https://" + e.Authorities[0] + "/adfs"
	return object{
		"issuer": base, "authorization_endpoint": base + "/oauth2/authorize/", "token_endpoint": base + "/oauth2/token/",
		"jwks_uri": base + "/discovery/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
	}
}
