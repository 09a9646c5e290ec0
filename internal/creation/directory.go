package creation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/finding"
	"armpreflight/internal/secret"
)

// directory is what Microsoft Graph returns about the person, read in parallel.
type directory struct {
	token                             azure.GraphToken
	account                           azure.Account
	policy                            azure.AuthorizationPolicy
	active, eligible                  []azure.DirectoryRole
	policyErr, activeErr, eligibleErr error // why these couldn't be read
}

// Rights of Microsoft Graph, as people name them.
const (
	rightAccount  = "the permission User.Read of Microsoft Graph"
	rightPolicy   = "the permission Policy.Read.All of Microsoft Graph"
	rightEligible = "the permission RoleEligibilitySchedule.Read.Directory of Microsoft Graph"
	rightApps     = "the permission Application.Read.All of Microsoft Graph"
)

// patience is how long Microsoft Graph may take to answer: others wait for it.
const patience = 15 * time.Second

// Account asks who this is in the directory of the subscription. Facts: directory.
var Account = &Check{
	ID:    "account",
	Layer: layerDirectory,
	Title: "is this user a member or a guest of the tenant?",
	Needs: []*Check{SignIn},
	Codes: func() []string { return finding.Codes(catalogue.AnswerNeedsRight, "AADSTS", "Graph") },
	Run:   runAccount,
}

func runAccount(ctx context.Context, w *World, s *state) check.Outcome {
	home, _ := check.FactsOf[tenant](s, Tenant)
	var d directory
	var err error
	if d.token, err = w.Azure.PersonGraphToken(ctx, w.Person, home.id); err != nil {
		return check.Found(w.unreadable(ctx, err, "the account", rightAccount))
	}
	w.Learn(d.token.Value)
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	check.Together(
		func() { d.account, err = w.Azure.Me(ctx, d.token) },
		func() { d.policy, d.policyErr = w.Azure.AuthorizationPolicy(ctx, d.token) },
		func() { d.active, d.activeErr = w.Azure.DirectoryRoles(ctx, d.token) },
		func() { d.eligible, d.eligibleErr = w.Azure.EligibleRoles(ctx, d.token) },
	)
	if err != nil {
		return check.Found(w.unreadable(ctx, err, "the account", rightAccount))
	}
	kind := "a member"
	if d.account.IsGuest() {
		kind = "a guest"
	}
	return check.Passed(fmt.Sprintf("%s, %s", d.account.UserPrincipalName, kind), d)
}

// registrars are the roles of Microsoft Entra that let their holder register
// applications, the smallest first. (Microsoft Entra documentation, Delegate app
// registration permissions, and built-in roles.)
var registrars = []struct{ id, name string }{
	{"cf1c38e5-3621-4004-a7cb-879624dced7c", "Application Developer"},
	{"158c047a-c907-4556-b7ef-446551a6b5f7", "Cloud Application Administrator"},
	{"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator"},
	{"62e90394-69f5-4237-9190-012177145e10", "Global Administrator"},
}

// registrar names the first role among these that lets its holder register
// applications; empty when none does.
func registrar(roles []azure.DirectoryRole) string {
	for _, r := range registrars {
		if slices.ContainsFunc(roles, func(d azure.DirectoryRole) bool {
			return strings.EqualFold(d.TemplateID, r.id) || strings.EqualFold(d.RoleID, r.id)
		}) {
			return r.name
		}
	}
	return ""
}

// Levels of what guests may do. (Microsoft Graph reference, authorizationPolicy;
// the words are those of External collaboration settings.)
const likeMembers = "a0b1b346-4d3e-4e8b-98f8-753987be4970"

var guestLevels = map[string]string{
	likeMembers:                            "the same access as members",
	"10dae51f-b6af-4016-8d66-8c2a99b929b3": "limited access (the default)",
	"2af84b1e-32c8-42b7-82bc-daa82404023b": "restricted access",
}

// keptOut says that a guest's level doesn't let the person register applications.
type keptOut struct{}

// GuestAccess asks what a guest may do there. Facts: keptOut.
var GuestAccess = &Check{
	ID:    "guest-access",
	Layer: layerDirectory,
	Title: "can a guest register applications in the tenant?",
	Needs: []*Check{Account},
	After: []*Check{RoleAssignment},
	Codes: func() []string {
		return finding.Codes(catalogue.GuestRestricted, catalogue.DirectoryRoleNotActive, catalogue.AnswerNeedsRight, "Graph")
	},
	Run: func(ctx context.Context, w *World, s *state) check.Outcome {
		d, _ := check.FactsOf[directory](s, Account)
		level := strings.ToLower(d.policy.GuestUserRoleID)
		role := registrar(d.active)
		switch name := guestLevels[level]; {
		case !d.account.IsGuest():
			return check.NotApplicable("the user is a member of the tenant")
		case role != "":
			return check.Passed("a guest with the role "+role, nil)
		case d.policyErr != nil:
			return check.Found(w.unreadable(ctx, d.policyErr, "what guests can do in the tenant", rightPolicy))
		case level == likeMembers:
			return check.Passed("guests have "+name+" in this tenant", nil)
		case name == "":
			return check.Found(finding.New(check.Unknown, facts.UnexpectedAnswer{Service: "Microsoft Graph", Detail: "the access level of guests is " + level}))
		case registrar(d.eligible) != "":
			o := check.Found(w.notActive(s, d))
			o.Facts = keptOut{}
			return o
		default:
			o := check.Found(finding.New(w.weight(s), facts.GuestRestricted{Value: name}))
			o.Facts, o.Notes = keptOut{}, eligibleUnseen(d)
			return o
		}
	},
}

func (w *World) notActive(s *state, d directory) check.Item {
	return finding.New(w.weight(s), facts.DirectoryRoleNotActive{Role: registrar(d.eligible)})
}

// eligibleUnseen is a line for when it isn't known whether the user could
// activate a role.
func eligibleUnseen(d directory) []string {
	if d.eligibleErr == nil {
		return nil
	}
	return []string{"couldn't determine whether a role can be activated (PIM): that needs " + rightEligible}
}

// ApplicationRegistration asks whether the person may register the application of
// an automatic connection.
var ApplicationRegistration = &Check{
	ID:    "app-registration",
	Layer: layerDirectory,
	Title: "can this user register applications in the tenant?",
	Needs: []*Check{GuestAccess, Account},
	After: []*Check{RoleAssignment},
	Codes: func() []string {
		return finding.Codes(catalogue.RegistrationNotAllowed, catalogue.DirectoryRoleNotActive, catalogue.AnswerNeedsRight, "Graph")
	},
	Run: runApplicationRegistration,
}

func runApplicationRegistration(ctx context.Context, w *World, s *state) check.Outcome {
	d, _ := check.FactsOf[directory](s, Account)
	if _, out := check.FactsOf[keptOut](s, GuestAccess); out {
		return check.NotApplicable("guests with this access can't register applications")
	}
	if role := registrar(d.active); role != "" {
		return check.Passed("allowed by the role "+role, nil)
	}
	switch {
	case d.policyErr != nil:
		o := check.Found(w.unreadable(ctx, d.policyErr, "who can register applications in the tenant", rightPolicy))
		o.Notes = eligibleUnseen(d)
		return o
	case *d.policy.Defaults.AllowedToCreateApps:
		return check.Passed("allowed for every member of the tenant", nil)
	case d.activeErr != nil:
		return check.Found(w.unreadable(ctx, d.activeErr, "the user's directory roles", rightAccount))
	case registrar(d.eligible) != "":
		return check.Found(w.notActive(s, d))
	}
	o := check.Found(finding.New(w.weight(s), catalogue.RegistrationNotAllowed))
	o.Notes = eligibleUnseen(d)
	return o
}

// weight is what an obstacle in Microsoft Entra counts for: a warning where the
// person can create the connection with a managed identity, which does without it.
func (w *World) weight(s *state) check.Status {
	if r, ok := check.FactsOf[held](s, RoleAssignment); ok && r.assigns && r.makesIdentity {
		return check.Warn
	}
	return check.Fail
}

// SecretPolicy asks whether the tenant forbids secrets of applications, which
// concerns connections with a secret only.
var SecretPolicy = &Check{
	ID:       "secret-policy",
	Layer:    layerDirectory,
	Title:    "does a policy of the tenant block client secrets of applications?",
	Advisory: true,
	Needs:    []*Check{Account},
	Codes: func() []string {
		return finding.Codes(catalogue.SecretsNotAllowed, catalogue.AnswerNeedsRight, "Graph")
	},
	Run: func(ctx context.Context, w *World, s *state) check.Outcome {
		d, _ := check.FactsOf[directory](s, Account)
		policy, err := w.Azure.AppManagementPolicy(ctx, d.token)
		if err != nil {
			return check.Found(w.unreadable(ctx, err, "the rules for secrets of applications", rightPolicy))
		}
		forbidden, limit := secretRules(policy)
		switch {
		case forbidden:
			return check.Found(finding.New(check.Warn, catalogue.SecretsNotAllowed))
		case limit != "":
			return check.Found(finding.New(check.Warn, facts.SecretsNotAllowed{Detail: "at most " + limit}))
		}
		return check.Passed("no policy blocks client secrets", nil)
	},
}

// secretRules reads what a policy says about secrets: whether none may be added, and
// how long one may last, as the service writes it.
func secretRules(p azure.AppManagementPolicy) (forbidden bool, limit string) {
	if !*p.Enabled {
		return false, ""
	}
	for _, r := range p.Applications.Passwords {
		switch {
		case strings.EqualFold(r.State, "disabled"):
		case strings.EqualFold(r.Type, "passwordAddition"):
			forbidden = true
		case strings.EqualFold(r.Type, "passwordLifetime") && r.MaxLifetime != "":
			limit = r.MaxLifetime
		}
	}
	return forbidden, limit
}

// AccountTypes asks of an application that is there already whether federation
// takes it.
var AccountTypes = &Check{
	ID:    "account-types",
	Layer: layerDirectory,
	Title: "with --application: do its supported account types work with federation?",
	Asked: func(w *World) bool { return w.Question.Application != "" },
	Needs: []*Check{Account},
	After: []*Check{RoleAssignment},
	Codes: func() []string {
		return finding.Codes(catalogue.ApplicationMultitenant, catalogue.ApplicationNotInTenant, catalogue.AnswerNeedsRight, "Graph")
	},
	Run: runAccountTypes,
}

func runAccountTypes(ctx context.Context, w *World, s *state) check.Outcome {
	d, _ := check.FactsOf[directory](s, Account)
	client := secret.Short(w.Question.Application)
	audience, err := w.Azure.SignInAudience(ctx, d.token, w.Question.Application)
	switch {
	case hasCode(err, catalogue.RequestResourceNotFound): // a 404 of something else on the way has no such code
		return check.Found(finding.New(w.weight(s), facts.ApplicationNotInTenant{Client: client}))
	case err != nil:
		return check.Found(w.unreadable(ctx, err, "the account types of the application", rightApps))
	case strings.EqualFold(audience, "AzureADMyOrg"):
		return check.Passed("accounts in this tenant only, as federation requires", nil)
	}
	return check.Found(finding.New(w.weight(s), facts.ApplicationMultitenant{Client: client, Value: audienceWords(audience)}))
}

// audienceWords are those of the page Supported account types.
func audienceWords(audience string) string {
	switch strings.ToLower(audience) {
	case "azureadmultipleorgs":
		return "accounts in any organizational directory"
	case "azureadandpersonalmicrosoftaccount":
		return "accounts in any organizational directory and personal accounts"
	case "personalmicrosoftaccount":
		return "personal accounts only"
	}
	return audience
}
