package connection

import "strings"

// Scheme is how a connection proves who it is. The zero value is UnknownScheme.
type Scheme int

const (
	UnknownScheme Scheme = iota
	ServicePrincipalKey
	ServicePrincipalCertificate
	WorkloadIdentityFederation
	ManagedServiceIdentity
	PublishProfile // of one App Service app; Azure Resource Manager doesn't accept it
)

// String names the scheme in the words of people who work with service connections.
func (s Scheme) String() string {
	switch s {
	case ServicePrincipalKey:
		return "service principal with a secret"
	case ServicePrincipalCertificate:
		return "service principal with a certificate"
	case WorkloadIdentityFederation:
		return "workload identity federation"
	case ManagedServiceIdentity:
		return "managed identity"
	case PublishProfile:
		return "publish profile"
	default:
		return "unknown scheme"
	}
}

// schemeName is the authorization scheme as the endpoint spells it. None at all, or the word that a JSON null becomes,
// means ServicePrincipal (azure-arm-rest/azure-arm-endpoint.ts takes it so).
func schemeName(endpoint Endpoint) string {
	name := strings.TrimSpace(endpoint.Scheme)
	if name == "" || name == "null" {
		return "ServicePrincipal"
	}
	return name
}

func (r *reader) scheme() Scheme {
	name := schemeName(r.endpoint)
	switch strings.ToLower(name) {
	case "serviceprincipal":
		return r.servicePrincipal()
	case "workloadidentityfederation":
		return WorkloadIdentityFederation
	case "managedserviceidentity":
		return ManagedServiceIdentity
	case "publishprofile":
		r.problem(SchemeUnsupported, "scheme",
			"the connection contains a publish profile, which works for App Service only, not for Azure Resource Manager")
		return PublishProfile
	default:
		r.problem(SchemeUnsupported, "scheme",
			"the authorization scheme is %s; service principal, workload identity federation, and managed identity are supported",
			r.found(name))
		return UnknownScheme
	}
}

// servicePrincipal tells the two kinds of service principal apart. Old connections have no authenticationType: a secret.
func (r *reader) servicePrincipal() Scheme {
	kind := strings.TrimSpace(r.parameter("authenticationtype"))
	switch strings.ToLower(kind) {
	case "", "null", "spnkey":
		return ServicePrincipalKey
	case "spncertificate":
		return ServicePrincipalCertificate
	default:
		r.problem(SchemeUnsupported, "authenticationType",
			"the authentication type is %s; spnKey and spnCertificate are supported", r.found(kind))
		return UnknownScheme
	}
}
