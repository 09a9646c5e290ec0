package preflight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/finding"
	"armpreflight/internal/rights"
)

// ResourceProviders asks whether the named providers are registered in the
// subscription. One that is not is in the way only of an identity that may not
// register it: a deployment does that by itself.
var ResourceProviders = &Check{
	ID:      "resource-providers",
	Layer:   layerAzure,
	Title:   "are the listed providers registered?",
	Asked:   func(w *World) bool { return len(w.Inputs.RequiredProviders) > 0 },
	Needs:   []*Check{AccessToken},
	Codes:   finding.Codes(catalogue.InputInvalid, catalogue.ProviderNotRegistered, catalogue.ProviderRegistering, catalogue.ProviderUnknown, "ARM"),
	Unasked: "the input requiredProviders is empty",
	Sends:   "one read of each provider, or of the list of all if you list more than eight; one read of the identity's own permissions if a provider isn't registered",
	Right:   "Microsoft.Resources/subscriptions/providers/read",
	Warns:   "a provider isn't registered and the identity can register it, or it's being registered",
	Run:     runResourceProviders,
}

// fewProviders is up to how many are asked one by one: the list of all is some
// megabytes.
const fewProviders = 8

func runResourceProviders(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	token, _ := check.FactsOf[azure.Token](s, AccessToken)
	names, subscription := w.Inputs.RequiredProviders, conn.Scope.SubscriptionID
	if subscription == "" {
		return check.Found(w.withoutSubscription(s, "requiredProviders", names[0]))
	}
	arm := w.Azure(conn.Cloud)
	providers, errs, err := namedProviders(ctx, arm, token, subscription, names)
	if err != nil {
		o := check.Found(w.unreadable(ctx, s, err, nil))
		o.Notes = missingRight(err)
		return o
	}
	var items []check.Item
	var notes, absent []string
	for i, name := range names {
		known := facts.Provider{Provider: name, SubscriptionID: subscription}
		p := providers[i]
		switch {
		case errs[i] != nil && hasCode(errs[i], catalogue.InvalidResourceNamespace):
			items = append(items, finding.New(check.Fail, facts.ProviderUnknown(known)))
		case errs[i] != nil:
			items = append(items, w.unreadable(ctx, s, errs[i], facts.Request{SubscriptionID: subscription}))
			notes = appendNew(notes, missingRight(errs[i])...)
		case p.Namespace == "": // not among all of them
			items = append(items, finding.New(check.Fail, facts.ProviderUnknown(known)))
		case !strings.EqualFold(p.Namespace, name):
			items = append(items, w.unexpected(fmt.Sprintf("requested the provider %q, received %q", name, p.Namespace)))
		case strings.EqualFold(p.RegistrationState, "Registered"), strings.EqualFold(p.RegistrationPolicy, "RegistrationFree"):
		case strings.EqualFold(p.RegistrationState, "Registering"):
			items = append(items, finding.New(check.Warn, facts.ProviderRegistering(known)))
		case slices.ContainsFunc(notRegistered, func(state string) bool { return strings.EqualFold(p.RegistrationState, state) }):
			absent = append(absent, name)
		default:
			items = append(items, w.unexpected(fmt.Sprintf("the state of the provider %q is %q", name, p.RegistrationState)))
		}
	}
	if len(absent) > 0 {
		items = append(items, w.absentProviders(ctx, s, arm, token, subscription, absent)...)
	}
	o := check.Passed(fmt.Sprintf("%d registered", len(names)), nil)
	if len(items) > 0 {
		o = check.Found(items...)
	}
	o.Notes = notes
	return o
}

var notRegistered = []string{"NotRegistered", "Unregistered", "Unregistering"}

// namedProviders reads the providers of those names. A zero one has no error and is
// not there: it is missing in the whole list, which holds others.
func namedProviders(ctx context.Context, arm *azure.Client, token azure.Token, subscription string, names []string) ([]azure.Provider, []error, error) {
	providers, errs := make([]azure.Provider, len(names)), make([]error, len(names))
	if len(names) <= fewProviders {
		check.Each(len(names), questionsAtOnce, func(i int) { providers[i], errs[i] = arm.Provider(ctx, token, subscription, names[i]) })
		return providers, errs, nil
	}
	all, err := arm.Providers(ctx, token, subscription)
	if err == nil && len(all) == 0 {
		err = &evidence.Failure{Doing: "read the resource providers", Code: string(diagnosis.UnexpectedAnswer),
			Evidence: evidence.Evidence{Service: evidence.ARM, Message: "the list of resource providers is empty, which isn't possible"}}
	}
	for i, name := range names {
		if at := slices.IndexFunc(all, func(p azure.Provider) bool { return strings.EqualFold(p.Namespace, name) }); at >= 0 {
			providers[i] = all[at]
		}
	}
	return providers, errs, err
}

// absentProviders judges providers that are not registered by whether the identity
// may register them.
func (w *World) absentProviders(ctx context.Context, s *state, arm *azure.Client, token azure.Token, subscription string, names []string) []check.Item {
	held, err := arm.Permissions(ctx, token, "/subscriptions/"+subscription)
	var items []check.Item
	for _, name := range names {
		known := facts.ProviderNotRegistered{Provider: name, SubscriptionID: subscription}
		status := check.Unknown // a refusal to tell what the identity may do is no answer
		if err == nil {
			switch rights.Judge(held, name+"/register/action", false).Answer {
			case rights.Yes:
				status, known.Allowed = check.Warn, facts.Yes
			case rights.No:
				status, known.Allowed = check.Fail, facts.No
			}
		}
		items = append(items, finding.New(status, known))
	}
	return items
}

func hasCode(err error, code catalogue.Code) bool {
	f, ok := errors.AsType[*evidence.Failure](err)
	return ok && slices.Contains(f.Evidence.Codes, string(code))
}
