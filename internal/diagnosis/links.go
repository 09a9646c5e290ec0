package diagnosis

// Pages that explain more.
const (
	linkConnections   = "https://learn.microsoft.com/azure/devops/pipelines/library/service-endpoints"
	linkConnectAzure  = "https://learn.microsoft.com/azure/devops/pipelines/library/connect-to-azure"
	linkTroubleshoot  = "https://learn.microsoft.com/azure/devops/pipelines/release/azure-rm-endpoint"
	linkFederation    = "https://learn.microsoft.com/azure/devops/pipelines/release/troubleshoot-workload-identity"
	linkFederationSet = "https://learn.microsoft.com/azure/devops/pipelines/release/configure-workload-identity"
	linkConvert       = "https://learn.microsoft.com/azure/devops/pipelines/release/convert-service-connections"
	linkAppSecret     = "https://learn.microsoft.com/azure/devops/pipelines/release/configure-app-secret"
	linkVariables     = "https://learn.microsoft.com/azure/devops/pipelines/process/variables"
	linkAuthorize     = "https://aka.ms/yamlauthz"
	linkAgentProxy    = "https://learn.microsoft.com/azure/devops/pipelines/agents/proxy"
	linkAgentCerts    = "https://learn.microsoft.com/azure/devops/pipelines/agents/certificate"
	linkAgentHosts    = "https://learn.microsoft.com/azure/devops/organizations/security/allow-list-ip-url"
	linkTimeSync      = "https://learn.microsoft.com/azure/virtual-machines/linux/time-sync"
	linkDevOpsStatus  = "https://status.dev.azure.com"
	linkAzureStatus   = "https://azure.status.microsoft"
	linkEntraCodes    = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
	linkFederatedApp  = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"
	linkCaseChange    = "https://learn.microsoft.com/entra/identity-platform/reference-breaking-changes"
	linkCertificates  = "https://learn.microsoft.com/entra/identity-platform/certificate-credentials"
	linkConditional   = "https://learn.microsoft.com/entra/identity/conditional-access/workload-identity"
	linkRestrictions  = "https://learn.microsoft.com/entra/identity/enterprise-apps/tenant-restrictions"
	linkIdentityVM    = "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token"
	linkRoles         = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"
	linkARMErrors     = "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors"
	linkProviders     = "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider"
	linkPolicy        = "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-policy-requestdisallowedbypolicy"
	linkThrottling    = "https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling"
	linkLocks         = "https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources"
	linkSubscription  = "https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states"
	linkGraphErrors   = "https://learn.microsoft.com/graph/errors"
)

// Steps that many fixes share.
const (
	openConnection = "Open the connection's page: [{link}][!link|Project settings → Service connections → '{connection}']."
	openApp        = "On the connection's page choose Manage App registration, or in the Microsoft Entra admin center open App registrations → All applications and search for the application (client) ID[ that begins with {client}]."
	openSignIns    = "In the Microsoft Entra admin center open Monitoring & health → Sign-in logs → Service principal sign-ins and look for correlation id {correlation}."
	rerun          = "Re-run the failed job."
	newRun         = "Start a new run: a re-run of the failed job keeps the values that were read when the run was queued."
	waitMinutes    = "Wait about five minutes until the change has reached every Entra server, then re-run the failed job."
	convert        = "Better for good, now or later: choose Convert on the connection's page, which changes it to workload identity federation, where nothing expires."
	manualConvert  = "Better for good, now or later: make a connection of type workload identity federation, where nothing expires."
)
