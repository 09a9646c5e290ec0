// Package creation asks whether a user can make a working Azure Resource Manager
// connection in a project, before there is one: the checks, and their results together
// in a recommendation.
//
// A check reaches the world only through [World], in the name of the person who is
// signed in, and reads only. What the person may not check is Unknown, with the
// right that would show it. The package creates no connection, keeps no sign-in and
// prints nothing; what Azure DevOps itself remembers of a user can't be read.
package creation

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/devops"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/finding"
	"armpreflight/internal/secret"
)

// Question is what the user wants to know.
type Question struct {
	Organization   string // address, with a slash at its end
	Project        string // name or ID
	SubscriptionID string
	Tenant         string // of the subscription, as the person believes; empty: ask the subscription
	Scope          string // ARM ID of where the connection gets its role
	Application    string // client ID of an application that is there already; empty: none
}

// World is everything that a check may touch.
type World struct {
	Question Question
	Azure    *azure.Client
	DevOps   *devops.Organization
	Person   azure.Person
	Redact   secret.Filter                // takes out what must not be shown
	Learn    func(secrets ...secret.Text) // tells the one writer what must not be shown
}

// Check is a check of this world.
type Check = check.Check[*World]

type state = check.State[*World]

// The layers.
const (
	layerDevOps    = "Azure DevOps"
	layerDirectory = "directory"
	layerAzure     = "azure"
)

// All is the list of checks, in the order in which a reader wants the answers.
func All() []*Check {
	return []*Check{
		Organization,
		Project,
		EndpointCreator,
		Tenant,
		SignIn,
		Account,
		GuestAccess,
		ApplicationRegistration,
		SecretPolicy,
		AccountTypes,
		Subscription,
		SubscriptionList,
		RoleAssignment,
		Locks,
	}
}

// Situation is what is known at the end, for explanations.
func (w *World) Situation(results []check.Result) diagnosis.Situation {
	q := w.Question
	sit := diagnosis.Situation{Scope: q.Scope, Subscription: q.SubscriptionID, SubscriptionID: q.SubscriptionID, Project: q.Project, Person: "this user",
		ConnectionLink: w.Link(), Cloud: "AzureCloud", Making: true, Hide: w.Redact}
	for _, r := range results {
		switch facts := r.Facts.(type) {
		case tenant:
			sit.TenantID = facts.id
		case azure.Subscription:
			sit.Subscription = facts.DisplayName
		case devops.Project:
			sit.Project = facts.Name
		case directory:
			sit.Person = cmp.Or(facts.account.UserPrincipalName, sit.Person)
		}
	}
	return sit
}

// Link is the page of the project's connections.
func (w *World) Link() string {
	return devops.Page(w.Question.Organization, w.Question.Project, "")
}

// judge makes items of requests that a user's computer sends.
func (w *World) judge() finding.Judge { return finding.Judge{Person: true} }

// unreadable is the item of an answer that the person may not check, or that did
// not come: the question stays open in both cases. what and right name it.
func (w *World) unreadable(ctx context.Context, err error, what, right string) check.Item {
	f, ok := errors.AsType[*evidence.Failure](err)
	if ok && isRefusal(f.Evidence) {
		service := map[evidence.Service]string{evidence.ARM: "Azure Resource Manager", evidence.DevOps: "Azure DevOps", evidence.Graph: "Microsoft Graph"}[f.Evidence.Service]
		return finding.Seen(check.Unknown, facts.AnswerNeedsRight{Detail: what, Right: right, Service: service}, &f.Evidence)
	}
	found := w.judge().Refused(ctx, err, nil)
	found.Status = check.Unknown
	return found
}

func isRefusal(e evidence.Evidence) bool {
	return e.Status == http.StatusForbidden || e.Status == http.StatusUnauthorized && e.Service == evidence.Graph
}

// hasCode reports whether a request failed with one of the codes of a service.
func hasCode(err error, codes ...catalogue.Code) bool {
	f, ok := errors.AsType[*evidence.Failure](err)
	return ok && slices.ContainsFunc(f.Evidence.Codes, func(c string) bool { return slices.Contains(codes, catalogue.Code(c)) })
}
