package connection

import (
	"encoding/base64"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/lazyregexp"
)

// DevOpsApplication is the application ID of Azure DevOps in every tenant of Entra: the audience of tokens for it, and the "a"
// part of a predicted subject.
const DevOpsApplication = "499b84ac-1321-427f-aa17-267ca6975798"

// PredictSubject computes the subject that Entra's issuer gives to a connection, from the tenant of the Azure DevOps
// organization, the organization's ID and the connection's ID; false when one of them is no GUID. The letters in front
// may differ in other clouds, so a difference is information, not a failure.
//
// Ids of Entra appear as base64url of the GUID's bytes in .NET's order; found in public federated credentials.
func PredictSubject(tenantID, organizationID, connectionID string) (string, bool) {
	tenant, isTenant := arm.ParseGUID(tenantID)
	organization, isOrganization := arm.ParseGUID(organizationID)
	connection, isConnection := arm.ParseGUID(connectionID)
	if !isTenant || !isOrganization || !isConnection {
		return "", false
	}
	application, _ := arm.ParseGUID(DevOpsApplication)
	return "/eid1/c/pub/t/" + shortGUID(tenant) + "/a/" + shortGUID(application) + "/sc/" + organization.String() + "/" + connection.String(), true
}

// shortGUID is the form of a GUID inside a subject.
func shortGUID(guid arm.GUID) string {
	bytes := guid.Mixed()
	return base64.RawURLEncoding.EncodeToString(bytes[:])
}

// ExchangeAudience is the audience of the federated credentials in the public cloud.
const ExchangeAudience = "api://AzureADTokenExchange"

// ExchangeAudienceOf is the audience of the federated credentials in a cloud.
func ExchangeAudienceOf(cloud string) string {
	switch cloud {
	case "AzureUSGovernment":
		return ExchangeAudience + "USGov"
	case "AzureChinaCloud":
		return ExchangeAudience + "China"
	default:
		return ExchangeAudience
	}
}

// IsExchangeAudience reports whether an ID token for this audience can be exchanged at Entra. The audience is that of the
// federated credential in each cloud; tokens of Entra's own issuer carry the application ID of the exchange instead, which
// means the same (seen in token dumps, such as gravitational/teleport RFD 211).
func IsExchangeAudience(aud string) bool {
	switch aud {
	case ExchangeAudience, ExchangeAudienceOf("AzureUSGovernment"), ExchangeAudienceOf("AzureChinaCloud"):
		return true
	default:
		return strings.EqualFold(aud, "fb60f99c-7a34-4190-8149-302f77469936")
	}
}

var tenantOfSubject = &lazyregexp.Regexp{Expression: `^(/eid1/[^']*?/t/)[^/]+(/.+)$`}

// QuotedSubject is a subject as Entra also quotes it, with a literal {tenantId} in the place of the tenant (AADSTS7002137,
// recorded 2025-07); empty for a subject of another form.
func QuotedSubject(subject string) string {
	if parts := tenantOfSubject.FindStringSubmatch(subject); parts != nil {
		return parts[1] + "{tenantId}" + parts[2]
	}
	return ""
}
