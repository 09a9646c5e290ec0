// Package cloud is a simulated Azure: Microsoft Entra, Azure Resource Manager, Azure DevOps, Microsoft Graph and the
// managed identity endpoints of a machine, as one http.Handler that answers under the real host names in the real shapes
// and verifies what it is sent: secrets, assertions and their signatures, audiences, issuers, expiry, api-versions, roles.
// It exists for tests, the demo and measurements.
//
// Not its purpose: to be complete, or to be kind. A request that the real service would refuse is refused; one that it
// doesn't know is answered with 501 and noted in [Cloud.Violations]. Nothing that writes is supported. It imports none of
// the packages it tests, so that it can't agree with them by construction.
package cloud

import (
	"crypto/x509"
	"time"
)

// World is the state of a simulated cloud: plain data, one per Cloud. Change it before [New], or later through
// [Cloud.Update]. Names and IDs compare as the real service compares them: GUIDs and ARM names without case.
type World struct {
	Clock         func() time.Time // the services' clock; nil = time.Now
	Environments  []Environment    // the clouds with their host names; append one for Azure Stack Hub
	Tenants       []Tenant
	Organizations []Organization // of Azure DevOps
	Machine       Machine        // the machine that asks, as far as it offers managed identities
}

// Environment is one cloud and its hosts (names without scheme or port).
type Environment struct {
	Name            string   // "AzureCloud", "AzureUSGovernment", "AzureChinaCloud", "AzureStack"
	Authorities     []string // sign-in hosts, the preferred one first
	ResourceManager string
	Audiences       []string // accepted by Resource Manager; the first is what metadata/endpoints names first
	Graph           string
	Portal          string
	TokenExchange   string // audience that a federated credential has here
	ADFS            bool   // Active Directory Federation Services: token endpoint /adfs/oauth2/token, no tenant in the path
	MaxAPIVersion   string // "" = none; a later api-version of Resource Manager is InvalidApiVersionParameter
}

// Tenant is a directory with everything that belongs to it.
type Tenant struct {
	ID, Name          string
	Environment       string // name of an Environment; "" = AzureCloud
	Applications      []Application
	People            []Person
	Directory         Directory
	ManagedIdentities []ManagedIdentity
	Subscriptions     []Subscription
	ManagementGroups  []ManagementGroup
	RoleDefinitions   []RoleDefinition
	RoleAssignments   []RoleAssignment
	Eligible          []RoleAssignment // roles that someone could activate (PIM)
	DenyAssignments   []DenyAssignment
	Locks             []Lock
	BlockedIssuers    []string // federation issuers that a tenant policy refuses (AADSTS700236)
	PageSize          int      // subscriptions a page of the list; 0 = all in one
	NextLinkHost      string   // host in nextLink; "" = the host of the request (another one is an attack)
	// SubscriptionReadNeedsOwnRole makes GET of a subscription answer 403 to an identity whose roles are all below the
	// subscription. False: it is visible to anyone who has a role anywhere inside it.
	SubscriptionReadNeedsOwnRole bool
	// PermissionsHideConditions leaves the conditions of role assignments out of the list of the caller's permissions. Whether
	// the service does isn't documented.
	PermissionsHideConditions bool
}

// Application is an app registration together with its service principal (enterprise application) in the tenant.
type Application struct {
	Name         string
	ClientID     string
	ObjectID     string // of the application
	PrincipalID  string // of the service principal: the object ID in role assignments; "" = it has none (AADSTS7000229)
	Disabled     bool   // AADSTS7000112
	Multitenant  bool   // AADSTS70052 with the Entra issuer
	Gone         bool   // the registration was deleted; Graph finds the service principal, if there is one
	OwnerTenant  string // of the registration; "" = the tenant
	Secrets      []Secret
	Certificates []Certificate
	Federated    []FederatedCredential
	GraphRoles   []string      // e.g. "Application.Read.All"; "Application.ReadWrite.OwnedBy" serves the application itself only
	MemberOf     []string      // object IDs of groups, for role assignments
	TokenLife    time.Duration // 0 = one hour, or 24 hours for a client that announces the capability CP1
	Refuse       *Refusal      // refuses every token after the credential was found right (Conditional Access, risk); nil = no
}

// Refusal is an answer of Microsoft Entra of the scenario's choice, sent in the real shape.
type Refusal struct {
	Code     int    // AADSTS number
	Status   int    // 0 = 400
	Error    string // "" = invalid_grant
	Text     string // the sentence after "AADSTSnnn: "
	Suberror string
	Claims   string
}

// Secret is a client secret. Starts and Ends zero mean always.
type Secret struct {
	KeyID, Name, Value string
	Starts, Ends       time.Time
}

// Certificate is the public part that is registered on an application; its own validity counts.
type Certificate struct {
	KeyID, Name string
	Leaf        *x509.Certificate
}

// FederatedCredential is a federated identity credential.
type FederatedCredential struct {
	Name, Issuer, Subject, Audience string // Audience "" = the environment's TokenExchange
}

// ManagedIdentity is a user-assigned or system-assigned managed identity.
type ManagedIdentity struct {
	Name, ClientID, PrincipalID string
	ResourceID                  string // ARM ID
	Federated                   []FederatedCredential
	MemberOf                    []string
}

// Subscription of a tenant.
type Subscription struct {
	ID, Name        string
	State           string // "Enabled", "Warned", "PastDue", "Disabled", "Deleted"
	ManagementGroup string // ID of its parent; "" = none
	Offer           string // quotaId; "" = PayAsYouGo_2014-09-01
	SpendingLimit   string // "On", "Off", "CurrentPeriodOff"; "" = Off
	ResourceGroups  []ResourceGroup
	Providers       []Provider
	Tags            map[string]string
}

// ResourceGroup of a subscription.
type ResourceGroup struct {
	Name, Location string
	State          string // provisioningState: "Succeeded", "Deleting"; "" = Succeeded
	ManagedBy      string // ARM ID of the resource that manages it; "" = no one
	Tags           map[string]string
}

// Provider is a resource provider as a subscription sees it.
type Provider struct {
	Namespace     string
	State         string // "Registered", "Registering", "NotRegistered", "Unregistered"
	ResourceTypes []string
}

// ManagementGroup of a tenant.
type ManagementGroup struct {
	ID, Name string
	Parent   string // ID; "" = the tenant root
}

// RoleDefinition is an Azure role.
type RoleDefinition struct {
	ID, Name                                         string // ID: the GUID only
	Actions, NotActions, DataActions, NotDataActions []string
}

// RoleAssignment gives a role at a scope (an ARM ID without a trailing slash; "/" = the tenant).
type RoleAssignment struct {
	Name          string // GUID
	PrincipalID   string
	PrincipalType string // "" = ServicePrincipal
	RoleID        string
	Scope         string
	Condition     string // attribute condition, version 2.0; "" = none
}

// DenyAssignment takes actions away at a scope.
type DenyAssignment struct {
	ID, Name          string // ID: the GUID only
	Scope             string
	Actions           []string
	NotActions        []string
	Principals        []string // object IDs; the all-zero GUID = everyone
	ExcludePrincipals []string
	PrincipalType     string // of Principals; "" = ServicePrincipal
	NotToChildren     bool
}

// Lock is a management lock.
type Lock struct {
	Name, Notes string
	Level       string // "ReadOnly", "CanNotDelete"
	Scope       string // ARM ID of what it locks
}

// Organization of Azure DevOps.
type Organization struct {
	ID, Name string
	URL      string // with trailing slash: "https://dev.azure.com/contoso/" or "https://contoso.visualstudio.com/"
	TenantID string // the Entra tenant that it is connected to
	Projects []Project
	People   []string // object IDs, in TenantID, of the people who are users of the organization
	Former   []string // display names of people who were users, and aren't any more
	Tokens   []string // personal access tokens (Basic, any user name) that may read every connection; no job token
}

// Project of an organization.
type Project struct {
	ID, Name    string
	Connections []Connection
	Jobs        []Job
	Creators    []string // object IDs of the people who may create connections (Endpoint Creators)
	Hidden      bool     // from people: they get TF200016
	Timelines   []Timeline
	PageSize    int // connections a page of the list; 0 = all in one
}

// Job is a running job of a pipeline.
type Job struct {
	Hub, PlanID, JobID string    // Hub: "build" or "release"
	Pipeline           string    // name, for the subject of a token without a connection
	Stage              string    // as in the same-stage error: "Deploy.Preflight.__default"
	Token              string    // the job access token (System.AccessToken)
	TokenEnds          time.Time // zero = it doesn't expire
	References         []string  // IDs of the connections that a task input of the stage names
	HidesConnections   bool      // the build service has no Reader role: a connection's record comes back as null
}

// The two generations of issuers of a connection's ID token.
const (
	IssuerAzureDevOps = "AzureDevOps" // https://vstoken.dev.azure.com/{organization}, subject sc://…, retired on July 1, 2027
	IssuerEntra       = "EntraID"     // https://login.microsoftonline.com/{tenant}/v2.0, subject /eid1/…
)

// Connection is an Azure Resource Manager service connection as Azure DevOps stores it.
type Connection struct {
	ID, Name, Description string
	Type                  string            // "" = "azurerm"
	URL                   string            // of Resource Manager, with trailing slash
	Scheme                string            // "ServicePrincipal", "WorkloadIdentityFederation", "ManagedServiceIdentity"
	Parameters            map[string]string // authorization parameters in the agent's words; secret ones are null in a record
	Data                  map[string]string
	Issuer                string    // IssuerAzureDevOps or IssuerEntra: who signs its ID token; "" = IssuerEntra
	TokenIssued           time.Time // iat of its ID tokens, for a run on another day; zero = the clock. Entra checks nbf and exp
	Shared                bool
	Disabled              bool
	Outdated              bool
	NotReady              bool
	OperationState        string // "" = "Ready"
	OperationMessage      string
	CreatedBy, ModifiedBy string // display names; "" = Ada Example, or who created it
	Created, Modified     time.Time
	SharedWith            []ProjectName // all projects of a shared connection; each lists it
	OpenToAll             bool          // every pipeline of the project may use it
	Uses                  []Use         // of it in the project, the newest first
}

// ProjectName names a project elsewhere.
type ProjectName struct{ ID, Name string }

// Use is a job that used a connection.
type Use struct {
	Finished time.Time
	Result   string // "succeeded", "succeededWithIssues", "failed", "canceled"
	Pipeline string // name of its definition; "" = "deploy"
	Run      int    // ID of the run, whose jobs share it; 0 = one of its own
	// Definition is the pipeline's ID in the project; 0 = its place in the history of the connection.
	Definition int
}

// Machine says which managed identities the asking machine offers, and how.
type Machine struct {
	Azure          bool     // an Azure machine: 169.254.169.254 answers; false: there is no route to it
	TenantID       string   // of its identities
	UserAssigned   []string // client IDs
	SystemAssigned string   // client ID; "" = none
	IdentityHeader string   // App Service form (IDENTITY_ENDPOINT on loopback): the secret header's value; "" = not offered
}

func (w *World) now() time.Time {
	if w.Clock == nil {
		return time.Now()
	}
	return w.Clock()
}
