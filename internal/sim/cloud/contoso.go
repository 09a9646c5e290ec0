package cloud

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"
)

// What Contoso holds, for scenarios that describe the same world from the other side.
const (
	ContosoTenantID    = "7d2f0c3e-51a4-4b6e-9c38-2f60d1a9e845"
	ContosoTenantName  = "Contoso"
	ContosoClientID    = "3f9c1b52-6d0e-4a7f-8b25-c91e07d4a638" // application "contoso-deploy"
	ContosoAppID       = "b8e2764d-0f13-4c5a-9d7b-52a6e3f0c914" // its object ID
	ContosoPrincipalID = "e41a9d06-72c8-4f3b-a5e0-8d16b4c7f293" // object ID of its service principal
	ContosoSecretKeyID = "91d7e3a4-5b2c-4f80-8e6d-0a3c7b19f542"
	// ContosoSecret holds characters that forms, URLs and JSON write differently.
	ContosoSecret = `vK7+q/Sim=Zq&94%w~Rt.0Lx_Pd-8uJe"3BnY5`

	ContosoIdentityClientID    = "c06e5a31-9f4d-4d28-b7a1-63e8f20d5b97" // managed identity "id-deploy"
	ContosoIdentityPrincipalID = "58b3d7f1-2a6c-4e90-9c4b-f7d10e86a325"
	ContosoIdentityResourceID  = "/subscriptions/" + ContosoSubscriptionID + "/resourcegroups/" + ContosoResourceGroup +
		"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-deploy"

	ContosoSubscriptionID   = "a6c4e2f8-1b39-4d57-86e0-9f2d7c5b3a14"
	ContosoSubscriptionName = "Contoso Prod"
	ContosoResourceGroup    = "rg-app"
	ContosoManagementGroup  = "mg-contoso"

	ContosoOrganizationID   = "2b7e9f40-c8d1-4a36-b5f2-70e4d9a1c683"
	ContosoOrganizationName = "contoso"
	ContosoOrganizationURL  = "https://dev.azure.com/contoso/"
	ContosoProjectID        = "d5083c7a-94be-4f12-a6d8-1e7b2c90f564"
	ContosoProjectName      = "Shop"
	ContosoHub              = "build"
	ContosoPlanID           = "f1a7c6b3-40d9-4e85-92ab-5c3e8d07f916"
	ContosoJobID            = "12f1170f-54f2-53f3-20dd-22fc7dff55f9"
	ContosoStage            = "Deploy.Preflight.__default"

	ContosoKeyConnectionID         = "0c5d8e17-a3f4-4b92-8d60-e7b1f2c94a35" // "prod-key"
	ContosoCertificateConnectionID = "1e7f9a28-b4c5-4da3-9e71-f8c2a3d05b46" // "prod-certificate"
	ContosoFederationConnectionID  = "2f80ab39-c5d6-4eb4-af82-a9d3b4e16c57" // "prod-federation"
	ContosoIdentityConnectionID    = "3a91bc4a-d6e7-4fc5-b093-bae4c5f27d68" // "prod-identity"
)

// Ids of built-in roles.
const (
	RoleOwner                   = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	RoleContributor             = "b24988ac-6180-42a0-ab88-20f7382dd24c"
	RoleReader                  = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	RoleUserAccessAdministrator = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
	RoleManagementGroupReader   = "ac63b705-f282-497d-ac71-919bf39d939d" // gives nothing in the subscriptions below
)

// Contoso is one healthy world: every connection works, nothing expires soon, the job references all four connections.
// A nil clock is time.Now. Each call makes a world of its own.
func Contoso(now func() time.Time) *World {
	w := &World{Clock: now, Environments: Environments()}
	at := w.now()
	leaf, pem := NewCertificate(contosoKey(), "contoso-deploy", at.AddDate(0, -2, 0), at.AddDate(0, 10, 0))
	w.Tenants = []Tenant{contosoTenant(at, leaf)}
	w.Organizations = []Organization{contosoOrganization(at, pem)}
	w.Machine = Machine{Azure: true, TenantID: ContosoTenantID, UserAssigned: []string{ContosoIdentityClientID}}
	return w
}

func contosoOrganization(at time.Time, pem string) Organization {
	connection := func(id, name, scheme string, parameters, data map[string]string) Connection {
		parameters["tenantid"] = ContosoTenantID
		data["environment"] = "AzureCloud"
		data["scopeLevel"] = "Subscription"
		data["subscriptionId"] = ContosoSubscriptionID
		data["subscriptionName"] = ContosoSubscriptionName
		return Connection{ID: id, Name: name, Description: "Owned by the platform team, platform@contoso.example",
			URL: "https://management.azure.com/", Scheme: scheme, Parameters: parameters, Data: data,
			CreatedBy: "Ada Example", Created: at.AddDate(-1, 0, 0), Modified: at.AddDate(0, -2, 0)}
	}
	return Organization{
		ID: ContosoOrganizationID, Name: ContosoOrganizationName, URL: ContosoOrganizationURL, TenantID: ContosoTenantID,
		Tokens: []string{simulatedToken("personal access token")},
		Projects: []Project{{
			ID: ContosoProjectID, Name: ContosoProjectName,
			Connections: []Connection{
				connection(ContosoKeyConnectionID, "prod-key", "ServicePrincipal", map[string]string{
					"serviceprincipalid": ContosoClientID, "serviceprincipalkey": ContosoSecret, "authenticationType": "spnKey",
				}, map[string]string{"creationMode": "Manual"}),
				connection(ContosoCertificateConnectionID, "prod-certificate", "ServicePrincipal", map[string]string{
					"serviceprincipalid": ContosoClientID, "servicePrincipalCertificate": pem, "authenticationType": "spnCertificate",
				}, map[string]string{"creationMode": "Manual"}),
				connection(ContosoFederationConnectionID, "prod-federation", "WorkloadIdentityFederation", map[string]string{
					"serviceprincipalid":                   ContosoClientID,
					"workloadIdentityFederationIssuer":     EntraIssuer(ContosoTenantID),
					"workloadIdentityFederationSubject":    EntraSubject(ContosoTenantID, ContosoOrganizationID, ContosoFederationConnectionID),
					"workloadIdentityFederationIssuerType": IssuerEntra,
				}, map[string]string{"creationMode": "Automatic", "identityType": "AppRegistrationAutomatic",
					"appObjectId": ContosoAppID, "spnObjectId": ContosoPrincipalID}),
				connection(ContosoIdentityConnectionID, "prod-identity", "ManagedServiceIdentity", map[string]string{},
					map[string]string{"msiclientId": ContosoIdentityClientID}),
			},
			Jobs: []Job{{
				Hub: ContosoHub, PlanID: ContosoPlanID, JobID: ContosoJobID, Pipeline: "shop-deploy", Stage: ContosoStage,
				Token: simulatedToken("job token"),
				References: []string{ContosoKeyConnectionID, ContosoCertificateConnectionID, ContosoFederationConnectionID,
					ContosoIdentityConnectionID},
			}},
		}},
	}
}

// simulatedToken has the form of a signed token and is worth nothing: its signature is a hash.
func simulatedToken(name string) string {
	encode := base64.RawURLEncoding.EncodeToString
	body := encode([]byte(`{"typ":"JWT","alg":"RS256","kid":"simulated"}`)) + "." +
		encode(fmt.Appendf(nil, `{"nameid":"simulated","purpose":%q,"iss":"app.vstoken.visualstudio.com"}`, name))
	sum := sha256.Sum256([]byte(body))
	return body + "." + encode(append(sum[:], sum[:]...))
}
