package cloud

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// EntraIssuer is the issuer of the newer ID tokens of Azure DevOps, for the tenant of the organization.
func EntraIssuer(tenantID string) string {
	return "https://login.microsoftonline.com/" + tenantID + "/v2.0"
}

// EntraSubject is the subject that goes with EntraIssuer: IDs only, so that a rename doesn't change it.
func EntraSubject(tenantID, organizationID, connectionID string) string {
	const azureDevOps = "499b84ac-1321-427f-aa17-267ca6975798"
	return "/eid1/c/pub/t/" + shortGUID(tenantID) + "/a/" + shortGUID(azureDevOps) + "/sc/" + organizationID + "/" + connectionID
}

// DevOpsIssuer is the issuer of the older ID tokens.
func DevOpsIssuer(organizationID string) string {
	return "https://vstoken.dev.azure.com/" + organizationID
}

// DevOpsSubject is the subject that goes with DevOpsIssuer: names, so that a rename changes it.
func DevOpsSubject(organization, project, connection string) string {
	return "sc://" + organization + "/" + project + "/" + connection
}

// shortGUID writes the sixteen bytes of a GUID in .NET's order (the first three groups little-endian) as base64url.
func shortGUID(guid string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(guid, "-", ""))
	if err != nil || len(b) != 16 {
		return guid
	}
	slices.Reverse(b[0:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	return base64.RawURLEncoding.EncodeToString(b)
}
