package scenario

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/sim/cloud"
)

// Creation is a situation of a user who wants to create a connection, before there
// is one.
type Creation struct {
	Name  string   // kebab-case
	About string   // what is the matter
	Args  []string // in addition to organization, project and subscription
	Line  []string // all arguments, where they are given whole
	// change makes the situation out of one in which all is well; nil leaves it so.
	change func(*Wish)
	Wants  CreationWants
}

// CreationWants is what the report must say.
type CreationWants struct {
	Code   int    // of the exit
	Way    string // of the recommendation
	Alone  bool   // the person needs no one else for it
	Finds  string // "check status diagnosis", the gravest of each check that found something, in order; empty: nothing
	Who    string // of the first finding; empty: not asserted
	Steps  string // a part of its steps
	Told   string // a part of what else is said
	Blocks string // checks that didn't run for it
}

// Wish is such a situation, ready to be started.
type Wish struct {
	World   *cloud.World
	Faults  []cloud.Fault
	Account string // the account that the Azure CLI is signed in with: a user's sign-in name, or the client ID of an application
}

// The person of these situations, a Contributor of the project and Owner of the subscription.
const (
	Ada         = "ada@contoso.example"
	adaID       = "4b6f0d2e-93c7-4a15-8e5d-17f2c0a9b364"
	adaElse     = "9e21c7b4-5d08-4f6a-b3e9-60d4a81f7c52" // her account in another directory
	OtherTenant = "b1f84c6d-07e2-4935-a1cd-58e3f29076ba"
)

// Start prepares the situation for the given clock.
func (c Creation) Start(now func() time.Time) *Wish {
	w := &Wish{World: cloud.Contoso(now), Account: Ada}
	t := w.tenant()
	t.People = []cloud.Person{{Account: Ada, ObjectID: adaID}}
	t.RoleAssignments = append(t.RoleAssignments, cloud.RoleAssignment{
		Name: "2d7e9c10-84b5-4c6f-9a3e-51f08d7b62c9", PrincipalID: adaID, PrincipalType: "User", RoleID: cloud.RoleOwner,
		Scope: "/subscriptions/" + cloud.ContosoSubscriptionID,
	})
	o := &w.World.Organizations[0]
	o.People, o.Projects[0].Creators = []string{adaID}, []string{adaID}
	if c.change != nil {
		c.change(w)
	}
	return w
}

// Arguments are those of the verb.
func (c Creation) Arguments() []string {
	if c.Line != nil {
		return c.Line
	}
	return append([]string{"creation", "--organization", cloud.ContosoOrganizationURL, "--project", cloud.ContosoProjectName,
		"--subscription", cloud.ContosoSubscriptionID}, c.Args...)
}

func (w *Wish) tenant() *cloud.Tenant   { return &w.World.Tenants[0] }
func (w *Wish) ada() *cloud.Person      { return &w.tenant().People[0] }
func (w *Wish) project() *cloud.Project { return &w.World.Organizations[0].Projects[0] }

// role gives the person another role than Owner.
func (w *Wish) role(id string) *cloud.RoleAssignment {
	all := w.tenant().RoleAssignments
	a := &all[len(all)-1]
	a.RoleID = id
	return a
}

// activates gives the person a role to activate.
func (w *Wish) activates(id string) {
	w.tenant().Eligible = []cloud.RoleAssignment{{Name: "3b8f5e1a-60c7-4d92-a4f8-e95d02b7c16f", PrincipalID: adaID, RoleID: id,
		Scope: "/subscriptions/" + cloud.ContosoSubscriptionID}}
}

// silent lets Microsoft Entra refuse a sign-in without a prompt.
func silent(code int, text string) func(*Wish) {
	return func(w *Wish) { w.ada().Refuse = &cloud.Refusal{Code: code, Text: text} }
}

// elsewhere gives the person a second directory with some subscriptions.
func (w *Wish) elsewhere(subscriptions int) *cloud.Tenant {
	other := cloud.Tenant{ID: OtherTenant, Name: "Fabrikam", RoleDefinitions: cloud.BuiltInRoles(), PageSize: 20,
		People:           []cloud.Person{{Account: Ada, ObjectID: adaElse, Guest: true}},
		ManagementGroups: []cloud.ManagementGroup{{ID: "mg-fabrikam", Name: "Fabrikam"}},
		RoleAssignments: []cloud.RoleAssignment{{Name: "7f3a5c82-1d94-4e0b-86c7-92b0e4d1f5a3", PrincipalID: adaElse, PrincipalType: "User",
			RoleID: cloud.RoleReader, Scope: "/providers/Microsoft.Management/managementGroups/mg-fabrikam"}},
	}
	for i := range subscriptions {
		other.Subscriptions = append(other.Subscriptions, cloud.Subscription{ID: fmt.Sprintf("c0000000-0000-4000-8000-%012d", i),
			Name: fmt.Sprintf("Fabrikam %d", i), State: "Enabled", ManagementGroup: "mg-fabrikam"})
	}
	w.World.Tenants = append(w.World.Tenants, other)
	return &w.World.Tenants[1]
}

// FindCreation returns the situation of a name.
func FindCreation(name string) (Creation, bool) {
	i := slices.IndexFunc(Creations(), func(c Creation) bool { return c.Name == name })
	if i < 0 {
		return Creation{}, false
	}
	return Creations()[i], true
}

const onlyReaders = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR " +
	"(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {" + cloud.RoleReader + "}))"

// Creations are the situations of a user, the one in which all is well first.
func Creations() []Creation {
	subscription := "/subscriptions/" + cloud.ContosoSubscriptionID
	noPolicy := []string{"User.Read", "Directory.AccessAsUser.All"}
	return []Creation{
		{
			Name: "all-well", About: "a member who may do everything",
			Wants: CreationWants{Way: "automatic", Alone: true, Told: "sign in again in a private window"},
		},
		{
			Name: "resource-group", About: "the connection is to have its role on one resource group, where the person is owner", Args: []string{"--scope", "resourceGroups/rg-app"},
			change: func(w *Wish) { w.role(cloud.RoleOwner).Scope = subscription + "/resourceGroups/rg-app" },
			Wants:  CreationWants{Way: "automatic", Alone: true, Finds: "locks unknown answer-needs-right", Who: "subscription owner", Steps: "Reader includes every read permission", Told: "doesn't have Microsoft.Authorization/locks/read"},
		},

		{
			Name: "guest", About: "a guest, as most tenants treat guests",
			change: func(w *Wish) { w.ada().Guest = true },
			Wants:  CreationWants{Way: "managed-identity-federation", Alone: true, Finds: "guest-access warn guest-restricted", Who: "Entra administrator", Steps: "Application Developer role", Told: "limited access (the default)"},
		},
		{
			Name: "guest-without-rights", About: "a restricted guest, who may not assign roles either",
			change: func(w *Wish) {
				w.ada().Guest, w.tenant().Directory.Guests = true, cloud.GuestsRestricted
				w.role(cloud.RoleReader)
			},
			Wants: CreationWants{Code: 1, Way: "manual-existing-identity", Finds: "guest-access fail guest-restricted, role-assignment fail role-assignment-refused", Who: "Entra administrator", Steps: "Application Developer role", Told: "restricted access", Blocks: "app-registration"},
		},
		{
			Name: "guest-like-members", About: "a guest in a tenant that treats guests as members",
			change: func(w *Wish) {
				w.ada().Guest, w.tenant().Directory.Guests = true, cloud.GuestsLikeMembers
			},
			Wants: CreationWants{Way: "automatic", Alone: true, Told: "the same access as members"},
		},
		{
			Name: "guest-with-role", About: "a guest who is Application Developer",
			change: func(w *Wish) {
				w.ada().Guest, w.ada().DirectoryRoles = true, []string{cloud.DirectoryApplicationDeveloper}
			},
			Wants: CreationWants{Way: "automatic", Alone: true, Told: "a guest with the role Application Developer"},
		},
		{
			Name: "guest-level-unread", About: "a guest, and the level of guests cannot be read",
			change: func(w *Wish) {
				w.ada().Guest, w.ada().GraphScopes = true, noPolicy
			},
			Wants: CreationWants{Way: "managed-identity-federation", Alone: true, Finds: "guest-access unknown answer-needs-right, secret-policy unknown answer-needs-right", Who: "Entra administrator", Steps: "Users → User settings", Told: "doesn't have the permission Policy.Read.All of Microsoft Graph", Blocks: "app-registration"},
		},

		{
			Name: "no-registrations", About: "users may not register applications",
			change: func(w *Wish) { w.tenant().Directory.NoAppsByUsers = true },
			Wants:  CreationWants{Way: "managed-identity-federation", Alone: true, Finds: "app-registration warn registration-not-allowed", Who: "Entra administrator", Steps: "Application Developer role"},
		},
		{
			Name: "no-registrations-contributor", About: "users may not register applications, and the person is Contributor only",
			change: func(w *Wish) {
				w.tenant().Directory.NoAppsByUsers = true
				w.role(cloud.RoleContributor)
			},
			Wants: CreationWants{Code: 1, Way: "managed-identity-federation", Finds: "app-registration fail registration-not-allowed, role-assignment fail role-assignment-refused", Who: "Entra administrator", Steps: "Application Developer role", Told: "subscription owner: Assign its role"},
		},
		{
			Name: "no-registrations-with-role", About: "users may not register applications, and the person has a role for it",
			change: func(w *Wish) {
				w.tenant().Directory.NoAppsByUsers, w.ada().DirectoryRoles = true, []string{cloud.DirectoryReaders, cloud.DirectoryApplicationDeveloper}
			},
			Wants: CreationWants{Way: "automatic", Alone: true, Told: "allowed by the role Application Developer"},
		},
		{
			Name: "role-not-active", About: "users may not register applications, and the person could activate a role for it",
			change: func(w *Wish) {
				w.tenant().Directory.NoAppsByUsers, w.ada().EligibleRoles = true, []string{cloud.DirectoryApplicationDeveloper}
			},
			Wants: CreationWants{Way: "managed-identity-federation", Alone: true, Finds: "app-registration warn directory-role-not-active", Who: "you, the connection creator", Steps: "My roles → Microsoft Entra roles → Application Developer → Activate"},
		},
		{
			Name: "registrations-unread", About: "who may register applications cannot be read",
			change: func(w *Wish) { w.ada().GraphScopes = noPolicy },
			Wants:  CreationWants{Way: "managed-identity-federation", Alone: true, Finds: "app-registration unknown answer-needs-right, secret-policy unknown answer-needs-right", Who: "Entra administrator", Steps: "Users → User settings", Told: "RoleEligibilitySchedule.Read.Directory"},
		},
		{
			Name: "secrets-forbidden", About: "a policy forbids secrets of applications",
			change: func(w *Wish) {
				w.tenant().Directory.AppPolicy = []cloud.AppRestriction{{Kind: "symmetricKeyAddition"}, {Kind: "passwordAddition"}}
			},
			Wants: CreationWants{Way: "automatic", Alone: true, Finds: "secret-policy warn secrets-not-allowed", Who: "you, the connection creator", Steps: "choose Workload identity federation", Told: "blocks application secrets"},
		},
		{
			Name: "secrets-limited", About: "a policy limits how long secrets live",
			change: func(w *Wish) {
				w.tenant().Directory.AppPolicy = []cloud.AppRestriction{{Kind: "passwordAddition", Off: true}, {Kind: "passwordLifetime", MaxLife: "P30D"}}
			},
			Wants: CreationWants{Way: "automatic", Alone: true, Finds: "secret-policy warn secrets-not-allowed", Who: "you, the connection creator", Steps: "choose Workload identity federation", Told: "at most P30D"},
		},

		{
			Name: "second-factor", About: "the second factor is due",
			change: silent(50076, "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'."),
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "sign-in fail AADSTS50076", Who: "you, the connection creator", Steps: "If the second factor was never set up, set it up", Told: "az login --tenant " + cloud.ContosoTenantID, Blocks: "account subscription role-assignment project"},
		},
		{
			Name: "second-factor-missing", About: "a second factor was never set up",
			change: silent(50079, "Due to a configuration change made by your administrator, you must enroll in multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'."),
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "sign-in fail AADSTS50079", Who: "you, the connection creator", Steps: "If the second factor was never set up, set it up"},
		},
		{
			Name: "second-factor-old", About: "the second factor is too long ago",
			change: silent(50078, "Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'."),
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "sign-in fail AADSTS50078", Who: "you, the connection creator", Steps: "private browser window"},
		},
		{
			Name: "session-rule", About: "the refresh token ended by a rule",
			change: silent(70043, "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access."),
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "sign-in fail AADSTS70043", Who: "you, the connection creator", Steps: "private browser window"},
		},
		{
			Name: "session-idle", About: "the refresh token was not used for long",
			change: silent(700082, "The refresh token has expired due to inactivity. The token was issued on 2026-05-01T08:15:30.0000000Z and was inactive for 90.00:00:00."),
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "sign-in fail AADSTS700082", Who: "you, the connection creator", Steps: "https://app.vsaex.visualstudio.com/me"},
		},
		{
			Name: "session-revoked", About: "the refresh token was revoked",
			change: silent(50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password."),
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "sign-in fail AADSTS50173", Who: "you, the connection creator", Steps: "private browser window"},
		},
		{
			Name: "not-signed-in", About: "nobody is signed in",
			change: func(w *Wish) { w.Account = "" },
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "sign-in fail person-not-signed-in", Who: "you, the connection creator", Steps: "Sign in: az login --tenant " + cloud.ContosoTenantID},
		},
		{
			Name: "application-signed-in", About: "the Azure CLI is signed in with an application",
			change: func(w *Wish) { w.Account = cloud.ContosoClientID },
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "sign-in fail no-person-signed-in", Who: "you, the connection creator", Steps: "Sign in as yourself"},
		},
		{
			Name: "stranger", About: "the person has no account in the directory of the subscription",
			change: func(w *Wish) {
				other := w.elsewhere(0)
				w.tenant().People, w.World.Organizations[0].TenantID = nil, other.ID
				w.World.Organizations[0].People, w.project().Creators = []string{adaElse}, []string{adaElse}
			},
			Wants: CreationWants{Code: 1, Way: "none-yet", Finds: "sign-in fail AADSTS50020", Who: "you, the connection creator", Steps: "Invite external user", Told: "can create connections", Blocks: "subscription"},
		},

		{
			Name: "contributor", About: "the person is Contributor of the subscription",
			change: func(w *Wish) { w.role(cloud.RoleContributor) },
			Wants:  CreationWants{Code: 1, Way: "managed-identity-federation", Finds: "role-assignment fail role-assignment-refused", Who: "subscription owner", Steps: "choose User Access Administrator", Told: "Microsoft.Authorization/roleAssignments/write"},
		},
		{
			Name: "owner-to-activate", About: "the person is Contributor, and could activate Owner",
			change: func(w *Wish) {
				w.role(cloud.RoleContributor)
				w.activates(cloud.RoleOwner)
			},
			Wants: CreationWants{Code: 1, Way: "automatic", Alone: true, Finds: "role-assignment fail role-not-active", Who: "you, the connection creator", Steps: "My roles → Azure resources → Owner → Activate", Told: "1. Activate the role Owner"},
		},
		{
			Name: "contributor-to-activate", About: "the person is Reader, and could activate Contributor, which does not help",
			change: func(w *Wish) {
				w.role(cloud.RoleReader)
				w.activates(cloud.RoleContributor)
			},
			Wants: CreationWants{Code: 1, Way: "manual-existing-identity", Finds: "role-assignment fail role-assignment-refused", Who: "subscription owner", Steps: "choose User Access Administrator"},
		},
		{
			Name: "all-to-activate", About: "the person has no active role, and could activate Owner",
			change: func(w *Wish) {
				w.role(cloud.RoleReader).Scope = "/subscriptions/00000000-0000-4000-8000-000000000000"
				w.activates(cloud.RoleOwner)
			},
			Wants: CreationWants{Code: 1, Way: "none-yet", Finds: "subscription fail role-not-active", Who: "you, the connection creator", Steps: "My roles → Azure resources → Owner → Activate", Told: "doesn't see the subscription", Blocks: "role-assignment"},
		},
		{
			Name: "user-access-administrator", About: "the person may assign roles and nothing else",
			change: func(w *Wish) { w.role(cloud.RoleUserAccessAdministrator) },
			Wants:  CreationWants{Way: "automatic", Alone: true, Told: "can assign roles"},
		},
		{
			Name: "limited-roles", About: "the person may assign the role Reader only",
			change: func(w *Wish) { w.role(cloud.RoleOwner).Condition = onlyReaders },
			Wants:  CreationWants{Code: 1, Way: "managed-identity-federation", Finds: "role-assignment fail role-assignment-limited", Who: "subscription owner", Steps: "Allow the role Contributor", Told: "excludes Contributor"},
		},
		{
			Name: "limited-roles-unsure", About: "the person may assign all roles but Owner",
			change: func(w *Wish) {
				w.role(cloud.RoleOwner).Condition = strings.NewReplacer("GuidEquals", "GuidNotEquals", cloud.RoleReader, cloud.RoleOwner).Replace(onlyReaders)
			},
			Wants: CreationWants{Way: "managed-identity-federation", Finds: "role-assignment unknown role-assignment-limited", Who: "subscription owner", Steps: "Read the condition", Told: "It isn't certain whether"},
		},
		{
			Name: "limited-roles-hidden", About: "the same as limited-roles, and the list of permissions shows no conditions",
			change: func(w *Wish) {
				w.role(cloud.RoleOwner).Condition, w.tenant().PermissionsHideConditions = onlyReaders, true
			},
			Wants: CreationWants{Code: 1, Way: "managed-identity-federation", Finds: "role-assignment fail role-assignment-limited", Who: "subscription owner", Steps: "Allow the role Contributor"},
		},
		{
			Name: "limited-roles-unread", About: "the same as limited-roles-hidden, and the definition of the role cannot be read",
			change: func(w *Wish) {
				w.role(cloud.RoleOwner).Condition, w.tenant().PermissionsHideConditions = onlyReaders, true
				w.Faults = []cloud.Fault{{Path: subscription + "/providers/Microsoft.Authorization/roleDefinitions/", Status: http.StatusForbidden, Code: "AuthorizationFailed",
					Message: "The client 'ada@contoso.example' with object id '" + adaID + "' does not have authorization to perform action 'Microsoft.Authorization/roleDefinitions/read' over scope '" + subscription + "' or the scope is invalid."}}
			},
			Wants: CreationWants{Way: "managed-identity-federation", Finds: "role-assignment unknown answer-needs-right", Who: "subscription owner", Steps: "Reader includes every read permission", Told: "doesn't have Microsoft.Authorization/roleDefinitions/read"},
		},
		{
			Name: "denied", About: "a deny assignment keeps the person from assigning roles",
			change: func(w *Wish) {
				w.tenant().DenyAssignments = []cloud.DenyAssignment{{ID: "61b0f7d3-2c85-4e9a-b7f4-08d5c3a1e692", Name: "stack shop", Scope: subscription,
					Actions: []string{"Microsoft.Authorization/*/write"}, Principals: []string{adaID}, PrincipalType: "User"}}
			},
			Wants: CreationWants{Code: 1, Way: "managed-identity-federation", Finds: "role-assignment fail person-denied", Who: "subscription owner", Steps: "Deny assignments → 'stack shop'"},
		},
		{
			Name: "locked", About: "a read-only lock is on the subscription", Args: []string{"--scope", "resourceGroups/rg-app"},
			change: func(w *Wish) {
				w.tenant().Locks = []cloud.Lock{{Name: "freeze", Level: "ReadOnly", Scope: subscription, Notes: "quarter end"},
					{Name: "keep", Level: "CanNotDelete", Scope: subscription}}
			},
			Wants: CreationWants{Code: 1, Way: "automatic", Finds: "locks fail read-only-lock", Who: "subscription owner", Steps: `az lock delete --name "freeze" --subscription ` + cloud.ContosoSubscriptionID, Told: "quarter end"},
		},

		{
			Name: "more-than-fifty", About: "the person sees more than fifty subscriptions, over two directories",
			change: func(w *Wish) { w.elsewhere(55) },
			Wants:  CreationWants{Way: "automatic", Alone: true, Finds: "subscription-list warn subscription-list-cut", Who: "you, the connection creator", Steps: "enter the subscription ID " + cloud.ContosoSubscriptionID, Told: "has 56 subscriptions"},
		},
		{
			Name: "directory-silent", About: "another directory of the person wants a second factor",
			change: func(w *Wish) {
				w.elsewhere(3).People[0].Refuse = &cloud.Refusal{Code: 50076, Text: "You must use multi-factor authentication."}
			},
			Wants: CreationWants{Way: "automatic", Alone: true, Finds: "subscription-list unknown directories-not-asked", Who: "you, the connection creator", Told: OtherTenant + " (AADSTS50076)"},
		},
		{
			Name: "other-tenant-named", About: "the tenant that was named is not that of the subscription", Args: []string{"--tenant", OtherTenant},
			change: func(w *Wish) { w.elsewhere(0) },
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "tenant fail subscription-other-tenant", Who: "you, the connection creator", Steps: "omit --tenant", Told: "belongs to tenant " + cloud.ContosoTenantID, Blocks: "sign-in subscription"},
		},
		{
			Name: "organization-elsewhere", About: "the organization is connected to another directory than the subscription",
			change: func(w *Wish) {
				w.World.Organizations[0].TenantID = w.elsewhere(0).ID
				w.World.Organizations[0].People, w.project().Creators = []string{adaElse}, []string{adaElse}
			},
			Wants: CreationWants{Way: "automatic", Alone: true, Finds: "subscription warn organization-other-tenant", Who: "you, the connection creator", Steps: "https://app.vsaex.visualstudio.com/me Choose tenant " + cloud.ContosoTenantID},
		},
		{
			Name: "no-role", About: "the person has no role in the subscription",
			change: func(w *Wish) { w.role(cloud.RoleReader).Scope = "/subscriptions/00000000-0000-4000-8000-000000000000" },
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "subscription fail subscription-not-visible", Who: "subscription owner", Steps: "Owner, User Access Administrator, or Role Based Access Control Administrator", Told: "because they don't have a role in it", Blocks: "role-assignment locks"},
		},
		{
			Name: "disabled", About: "the subscription is disabled",
			change: func(w *Wish) { w.tenant().Subscriptions[0].State = "Disabled" },
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "subscription fail subscription-disabled", Who: "subscription owner", Steps: "Reactivate", Told: "run armpreflight creation again", Blocks: "role-assignment"},
		},
		{
			Name: "warned", About: "the subscription is about to be disabled",
			change: func(w *Wish) { w.tenant().Subscriptions[0].State = "Warned" },
			Wants:  CreationWants{Way: "automatic", Alone: true, Finds: "subscription warn subscription-warned", Who: "subscription owner", Steps: "Do what the message asks"},
		},
		{
			Name: "no-subscription", About: "there is no such subscription",
			change: func(w *Wish) { w.tenant().Subscriptions = nil },
			Wants:  CreationWants{Code: 1, Way: "none-yet", Finds: "tenant fail subscription-unknown", Who: "you, the connection creator", Steps: "Copy the Subscription ID", Blocks: "sign-in"},
		},

		{
			Name: "multitenant-application", About: "the application that is there is open to any directory", Args: []string{"--application", cloud.ContosoClientID},
			change: func(w *Wish) { w.tenant().Applications[0].Multitenant = true },
			Wants:  CreationWants{Way: "automatic", Alone: true, Finds: "account-types warn application-multitenant", Who: "application owner", Steps: "Accounts in this organizational directory only", Told: "AADSTS70052"},
		},
		{
			Name: "own-application", About: "the application that is there is as federation wants it", Args: []string{"--application", cloud.ContosoClientID},
			Wants: CreationWants{Way: "manual-existing-identity", Alone: true, Told: "az ad app federated-credential create --id " + cloud.ContosoClientID},
		},
		{
			Name: "foreign-application", About: "the application that was named is of another directory", Args: []string{"--application", OtherTenant},
			Wants: CreationWants{Way: "automatic", Alone: true, Finds: "account-types warn application-not-in-tenant", Who: "application owner", Steps: "Compare the ID"},
		},

		{
			Name: "no-creator", About: "the person is not among the Endpoint Creators",
			change: func(w *Wish) { w.project().Creators = nil },
			Wants:  CreationWants{Code: 1, Way: "automatic", Finds: "endpoint-creator fail endpoint-creator-missing", Who: "service connection administrator", Steps: "Endpoint Creators", Told: "https://dev.azure.com/contoso/Shop/_settings/adminservices"},
		},
		{
			Name: "no-user", About: "the person is no user of the organization",
			change: func(w *Wish) { w.World.Organizations[0].People = nil },
			Wants:  CreationWants{Code: 1, Way: "automatic", Finds: "project fail organization-user-missing", Who: "service connection administrator", Steps: "Organization settings → Users → Add users", Blocks: "endpoint-creator"},
		},
		{
			Name: "no-project", About: "the person does not see the project",
			change: func(w *Wish) { w.project().Hidden = true },
			Wants:  CreationWants{Code: 1, Way: "automatic", Finds: "project fail project-not-visible", Who: "service connection administrator", Steps: "Contributors → Members → Add", Blocks: "endpoint-creator"},
		},
		{
			Name: "creators-unread", About: "who may make connections cannot be read",
			change: func(w *Wish) {
				w.Faults = []cloud.Fault{{Path: "/contoso/_apis/permissions/", Status: http.StatusForbidden, Code: "AccessCheckException",
					Message: "Access Denied: Ada needs the following permission(s) to perform this action: View project-level information"}}
			},
			Wants: CreationWants{Way: "automatic", Finds: "endpoint-creator unknown answer-needs-right", Who: "service connection administrator", Steps: "the permission View project-level information"},
		},
		{
			Name: "locks-unread", About: "locks cannot be read",
			change: func(w *Wish) {
				w.Faults = []cloud.Fault{{Path: subscription + "/providers/Microsoft.Authorization/locks", Status: http.StatusForbidden, Code: "AuthorizationFailed",
					Message: "The client 'ada@contoso.example' with object id '" + adaID + "' does not have authorization to perform action 'Microsoft.Authorization/locks/read' over scope '" + subscription + "' or the scope is invalid."}}
			},
			Wants: CreationWants{Way: "automatic", Alone: true, Finds: "locks unknown answer-needs-right", Who: "subscription owner", Steps: "Reader includes every read permission", Told: "doesn't have Microsoft.Authorization/locks/read"},
		},
		{
			Name: "azure-down", About: "Azure Resource Manager does not answer",
			change: func(w *Wish) {
				w.Faults = []cloud.Fault{{Host: "management.azure.com", Status: http.StatusServiceUnavailable}}
			},
			Wants: CreationWants{Code: 3, Way: "none-yet", Finds: "tenant unknown service-unavailable", Who: "you, the connection creator", Steps: "https://azure.status.microsoft", Told: "couldn't determine: tenant", Blocks: "sign-in subscription"},
		},
		{
			Name: "graph-down", About: "Microsoft Graph does not answer",
			change: func(w *Wish) {
				w.Faults = []cloud.Fault{{Host: "graph.microsoft.com", Status: http.StatusServiceUnavailable}}
			},
			Wants: CreationWants{Way: "managed-identity-federation", Alone: true, Finds: "account unknown service-unavailable", Who: "you, the connection creator", Steps: "https://azure.status.microsoft", Blocks: "app-registration secret-policy"},
		},
	}
}
