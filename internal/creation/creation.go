// Package creation asks whether a person can make a working Azure Resource Manager
// connection in a project, before there is one: the checks, and what they come to
// in a recommendation.
//
// A check reaches the world only through [World], in the name of the person who is
// signed in, and reads only. What the person may not look at is Unknown, with the
// right that would show it. The package makes no connection, keeps no sign-in and
// prints nothing; what Azure DevOps itself remembers of a person cannot be asked.
package creation

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/devops"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/secret"
)

// Question is what is asked.
type Question struct {
	Organization   string // address, with a slash at its end
	Project        string // name or id
	SubscriptionID string
	Tenant         string // of the subscription, as the person believes; empty: ask the subscription
	Scope          string // ARM id of where the connection is to have its role
	Application    string // client id of an application that is there already; empty: none
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

// requestCodes are what any request can come to.
var requestCodes = []string{
	"dns-failure", "connection-refused", "connect-timeout", "connection-reset", "answer-timeout", "no-route", "network-failure",
	"tls-untrusted", "tls-failed", "proxy-authentication-required", "proxy-refused", "proxy-unreachable",
	"captive-portal", "unexpected-answer", "service-unavailable", "throttled", check.CodeTimeRanOut, check.CodeCancelled, check.CodeFault,
}

// situation is what is known so far, for explanations.
func (w *World) situation(s *state) diagnosis.Situation {
	sit := diagnosis.Situation{Scope: w.Question.Scope, Subscription: w.Question.SubscriptionID, SubscriptionID: w.Question.SubscriptionID, ConnectionLink: w.Link(), Cloud: "AzureCloud", Making: true, Hide: w.Redact}
	if t, ok := check.Known[tenant](s); ok {
		sit.TenantID = t.id
	}
	if sub, ok := check.Known[azure.Subscription](s); ok {
		sit.Subscription = sub.DisplayName
	}
	return sit
}

// Link is the page of the project's connections.
func (w *World) Link() string {
	return w.Question.Organization + escaped(w.Question.Project) + "/_settings/adminservices"
}

// args completes the facts of a finding by those that every finding has.
func (w *World) args(s *state, more diagnosis.Args) diagnosis.Args {
	all := diagnosis.Args{"subscriptionid": w.Question.SubscriptionID, "project": w.Question.Project, "person": "this person"}
	if p, ok := check.Known[devops.Project](s); ok {
		all["project"] = p.Name
	}
	if d, ok := check.Known[directory](s); ok && d.account.UserPrincipalName != "" {
		all["person"] = d.account.UserPrincipalName
	}
	maps.Copy(all, more)
	return all
}

// finding explains one non-pass item.
func (w *World) finding(s *state, status check.Status, code diagnosis.Code, args diagnosis.Args) check.Item {
	return item(status, diagnosis.Explain(code, w.situation(s), w.args(s, args), nil))
}

func item(status check.Status, d diagnosis.Diagnosis) check.Item {
	return check.Item{Status: status, Code: string(d.Code), Text: d.Headline, Finding: d}
}

// refused explains a read that brought no usable answer: Fail when that answers the
// question, Unknown when it stays open. A refusal that the catalogue can't explain
// leaves it open.
func (w *World) refused(ctx context.Context, s *state, err error) check.Item {
	found := w.refusedSignIn(ctx, s, err)
	if f, ok := errors.AsType[*diagnosis.Failure](err); ok && f.Code == "" {
		if _, explained := diagnosis.Match(f.Evidence); !explained {
			found.Status = check.Unknown
		}
	}
	return found
}

// refusedSignIn explains a request for a token that brought none. A service that
// refuses to sign the person in does so whether or not its code is known.
func (w *World) refusedSignIn(ctx context.Context, s *state, err error) check.Item {
	f, ok := errors.AsType[*diagnosis.Failure](err)
	if !ok { // a bug of ours: every request ends in a Failure
		return w.finding(s, check.Unknown, check.CodeFault, diagnosis.Args{"detail": err.Error()})
	}
	evidence := f.Evidence
	if evidence.Network == diagnosis.Canceled {
		code := diagnosis.Code(check.CodeCancelled)
		if errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.Is(context.Cause(ctx), check.ErrAdvisoryTime) {
			code = check.CodeTimeRanOut
		}
		return item(check.Unknown, diagnosis.Explain(code, w.situation(s), w.args(s, nil), &evidence))
	}
	var d diagnosis.Diagnosis
	if f.Code != "" {
		d = diagnosis.Explain(f.Code, w.situation(s), w.args(s, nil), &evidence)
	} else {
		d = diagnosis.ExplainEvidence(evidence, w.situation(s), w.args(s, nil))
	}
	return item(openOrShut(d.Code, evidence), d)
}

// openOrShut tells refusals that answer the question from troubles that leave it open.
func openOrShut(code diagnosis.Code, e diagnosis.Evidence) check.Status {
	switch code {
	case "throttled", "service-unavailable", diagnosis.UnexpectedAnswer, check.CodeFault:
		return check.Unknown
	}
	if diagnosis.Transient(e) || e.Status >= http.StatusInternalServerError || e.Network != diagnosis.None {
		return check.Unknown
	}
	return check.Fail
}

// unreadable is the item of an answer that the person may not look at, or that did
// not come: the question stays open in both cases. what and right name it.
func (w *World) unreadable(ctx context.Context, s *state, err error, what, right string) check.Item {
	f, ok := errors.AsType[*diagnosis.Failure](err)
	if ok && isRefusal(f.Evidence) {
		service := map[diagnosis.Service]string{diagnosis.ARM: "Azure Resource Manager", diagnosis.DevOps: "Azure DevOps", diagnosis.Graph: "Microsoft Graph"}[f.Evidence.Service]
		args := w.args(s, diagnosis.Args{"detail": what, "right": right, "service": service})
		return item(check.Unknown, diagnosis.Explain("answer-needs-right", w.situation(s), args, &f.Evidence))
	}
	found := w.refused(ctx, s, err)
	found.Status = check.Unknown
	return found
}

func isRefusal(e diagnosis.Evidence) bool {
	return e.Status == http.StatusForbidden || e.Status == http.StatusUnauthorized && e.Service == diagnosis.Graph
}

// hasCode reports whether a request failed with one of the codes of a service.
func hasCode(err error, codes ...string) bool {
	f, ok := errors.AsType[*diagnosis.Failure](err)
	return ok && slices.ContainsFunc(f.Evidence.Codes, func(c string) bool { return slices.Contains(codes, c) })
}

// within reports whether an ARM id is that of a scope or of something in it.
func within(id, scope string) bool {
	id, scope = strings.ToLower(strings.TrimSuffix(id, "/")), strings.ToLower(strings.TrimSuffix(scope, "/"))
	return id == scope || strings.HasPrefix(id, scope+"/")
}
