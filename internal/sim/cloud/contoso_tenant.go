package cloud

import (
	"crypto/x509"
	"time"
)

func contosoTenant(at time.Time, leaf *x509.Certificate) Tenant {
	subscription := "/subscriptions/" + ContosoSubscriptionID
	group := "/providers/Microsoft.Management/managementGroups/" + ContosoManagementGroup
	federated := []FederatedCredential{
		{Name: "entra", Issuer: EntraIssuer(ContosoTenantID),
			Subject: EntraSubject(ContosoTenantID, ContosoOrganizationID, ContosoFederationConnectionID)},
		{Name: "azure-devops", Issuer: DevOpsIssuer(ContosoOrganizationID),
			Subject: DevOpsSubject(ContosoOrganizationName, ContosoProjectName, "prod-federation")},
	}
	return Tenant{
		ID: ContosoTenantID, Name: ContosoTenantName,
		Applications: []Application{{
			Name: "contoso-deploy", ClientID: ContosoClientID, ObjectID: ContosoAppID, PrincipalID: ContosoPrincipalID,
			Secrets: []Secret{{KeyID: ContosoSecretKeyID, Name: "pipelines", Value: ContosoSecret,
				Starts: at.AddDate(0, -1, 0), Ends: at.Add(62 * 24 * time.Hour)}},
			Certificates: []Certificate{{KeyID: "6a0c2f1d-8e47-4b39-95d2-c7f3e1b08a64", Name: "pipelines", Leaf: leaf}},
			Federated:    federated,
		}},
		ManagedIdentities: []ManagedIdentity{{
			Name: "id-deploy", ClientID: ContosoIdentityClientID, PrincipalID: ContosoIdentityPrincipalID,
			ResourceID: ContosoIdentityResourceID,
		}},
		Subscriptions: []Subscription{{
			ID: ContosoSubscriptionID, Name: ContosoSubscriptionName, State: "Enabled", ManagementGroup: ContosoManagementGroup,
			ResourceGroups: []ResourceGroup{{Name: ContosoResourceGroup, Location: "westeurope", Tags: map[string]string{"env": "prod"}}},
			Providers: []Provider{
				{Namespace: "Microsoft.Authorization", State: "Registered", ResourceTypes: []string{"roleAssignments", "locks"}},
				{Namespace: "Microsoft.ContainerService", State: "NotRegistered", ResourceTypes: []string{"managedClusters"}},
				{Namespace: "Microsoft.KeyVault", State: "Registered", ResourceTypes: []string{"vaults"}},
				{Namespace: "Microsoft.Resources", State: "Registered", ResourceTypes: []string{"deployments", "resourceGroups"}},
				{Namespace: "Microsoft.Storage", State: "Registered", ResourceTypes: []string{"storageAccounts"}},
				{Namespace: "Microsoft.Web", State: "Registered", ResourceTypes: []string{"sites", "serverFarms"}},
			},
		}},
		ManagementGroups: []ManagementGroup{{ID: ContosoManagementGroup, Name: "Contoso platform"}},
		RoleDefinitions:  BuiltInRoles(),
		RoleAssignments: []RoleAssignment{
			{Name: "af976bc5-0274-4870-8442-94daae0d29a1", PrincipalID: ContosoPrincipalID, RoleID: RoleContributor, Scope: subscription},
			{Name: "98f931d1-50f5-4739-bdb1-a89a12683ea8", PrincipalID: ContosoIdentityPrincipalID, RoleID: RoleContributor, Scope: subscription},
			{Name: "5c2d8b07-e1f6-4a93-b840-97d3f6a1c25e", PrincipalID: ContosoPrincipalID, RoleID: RoleManagementGroupReader, Scope: group},
		},
	}
}

// BuiltInRoles are Owner, Contributor, Reader, User Access Administrator and Management Group Reader as Azure defines them
// (role definitions recorded in 2019 and 2026).
func BuiltInRoles() []RoleDefinition {
	return []RoleDefinition{
		{ID: RoleOwner, Name: "Owner", Actions: []string{"*"}},
		{ID: RoleContributor, Name: "Contributor", Actions: []string{"*"}, NotActions: []string{
			"Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write", "Microsoft.Authorization/elevateAccess/Action",
			"Microsoft.Blueprint/blueprintAssignments/write", "Microsoft.Blueprint/blueprintAssignments/delete"}},
		{ID: RoleReader, Name: "Reader", Actions: []string{"*/read"}},
		{ID: RoleUserAccessAdministrator, Name: "User Access Administrator",
			Actions: []string{"*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"}},
		{ID: RoleManagementGroupReader, Name: "Management Group Reader",
			Actions: []string{"Microsoft.Management/managementGroups/read", "Microsoft.Management/managementGroups/subscriptions/read"}},
	}
}
