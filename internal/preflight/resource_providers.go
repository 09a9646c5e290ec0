package preflight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/deployment"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/finding"
	"armpreflight/internal/rights"
)

// ResourceProviders asks whether the named providers are registered in the subscription, and those of a deployment in theirs.
// One that isn't stops only an identity that can't register it: a deployment registers it automatically. A deployment doesn't need
// the right to read providers either, so without it the check is an aside. Facts: []offered, what was read of a deployment's.
var ResourceProviders = &Check{
	ID:    "resource-providers",
	Layer: layerAzure,
	Title: "are the listed providers registered?",
	Asked: func(w *World) bool { return len(w.Inputs.RequiredProviders) > 0 || len(w.Inputs.Deployment) > 0 },
	Needs: []*Check{AccessToken},
	After: []*Check{Deployment},
	Codes: func() []string {
		return finding.Codes(catalogue.InputInvalid, catalogue.ProviderNotRegistered, catalogue.ProviderRegistering, catalogue.ProviderUnknown, "ARM")
	},
	Unasked: "the inputs requiredProviders and deployment are empty",
	Quiet:   "the deployment doesn't need a provider",
	Sends:   "one read of each provider, or of the list of all if you list more than eight; one read of the identity's own permissions if a provider isn't registered",
	Right:   "Microsoft.Resources/subscriptions/providers/read",
	Warns:   "a provider isn't registered and the identity can register it, or it's being registered",
	Run:     runResourceProviders,
}

// fewProviders is up to how many are read one by one: the list of all is some
// megabytes.
const fewProviders = 8

func runResourceProviders(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	token, _ := check.FactsOf[azure.Token](s, AccessToken)
	if conn.Scope.SubscriptionID == "" && len(w.Inputs.RequiredProviders) > 0 {
		return check.Found(w.withoutSubscription(s, "requiredProviders", w.Inputs.RequiredProviders[0]))
	}
	asked := w.providersAsked(s, conn.Scope.SubscriptionID)
	if len(asked) == 0 {
		return check.NotApplicable("the deployment doesn't need a provider")
	}
	judged := make([]judgedProviders, len(asked))
	check.Each(len(asked), questionsAtOnce, func(i int) { judged[i] = w.judgeProviders(ctx, s, w.Azure(conn.Cloud), token, asked[i]) })
	var items []check.Item
	var notes []string
	var read []offered
	count, unseen := 0, 0
	for i, j := range judged {
		items, notes, read = append(items, j.items...), appendNew(notes, j.notes...), append(read, j.read...)
		count, unseen = count+len(asked[i].names), unseen+j.unseen
	}
	o := check.Passed(fmt.Sprintf("%d registered", count), nil)
	words := fmt.Sprintf("the identity can't read %s of the deployment", counted(unseen, "provider"))
	switch {
	case len(items) > 0:
		o = check.Found(items...)
		if unseen > 0 {
			notes = appendNew(notes, words)
		}
	case unseen == count:
		o = check.Unseen(words, nil)
	case unseen > 0:
		o = check.Unseen(fmt.Sprintf("%s; %d registered", words, count-unseen), nil)
	}
	o.Notes = notes
	o.Facts = read
	return o
}

// askedProviders are providers that are requested for one subscription.
type askedProviders struct {
	subscription string
	names        []string
	typed        int             // how many of them, the first ones, the input names
	likely       map[string]bool // those that the deployment may not need, in lower case
	inFull       bool            // their types and regions matter too
}

// status is fail, or warn for a provider that the deployment may not need.
func (a askedProviders) status(name string) check.Status {
	if a.likely[strings.ToLower(name)] {
		return check.Warn
	}
	return check.Fail
}

// offered is what a provider offers in a subscription.
type offered struct {
	subscription string
	azure.Provider
}

// providersAsked are the providers of the input, and those of a deployment.
func (w *World) providersAsked(s *state, subscription string) []askedProviders {
	var all []askedProviders
	at := func(subscription string) *askedProviders {
		i := slices.IndexFunc(all, func(a askedProviders) bool { return strings.EqualFold(a.subscription, subscription) })
		if i < 0 {
			i = len(all)
			all = append(all, askedProviders{subscription: subscription, likely: map[string]bool{}})
		}
		return &all[i]
	}
	if len(w.Inputs.RequiredProviders) > 0 {
		a := at(subscription)
		a.names, a.typed = slices.Clone(w.Inputs.RequiredProviders), len(w.Inputs.RequiredProviders)
	}
	needs := needsOf(s)
	for _, p := range needs.Providers {
		id, ok := arm.ParseID(p.Subscription)
		if !ok || id.Subscription == "" || strings.Contains(p.Subscription, "{") || !namespaceName.MatchString(p.Namespace) {
			continue
		}
		a := at(id.Subscription)
		a.inFull = true
		if !containsFold(a.names, p.Namespace) {
			a.names = append(a.names, p.Namespace)
			a.likely[strings.ToLower(p.Namespace)] = !slices.ContainsFunc(needs.Actions, func(action deployment.Action) bool {
				namespace, _, _ := strings.Cut(action.Action, "/")
				return action.Certainty == deployment.Certain && strings.EqualFold(namespace, p.Namespace)
			})
		}
	}
	return all
}

// judgedProviders is what was found of the providers of one subscription.
type judgedProviders struct {
	items  []check.Item
	notes  []string
	read   []offered
	unseen int // of a deployment, which the identity can't read
}

func (w *World) judgeProviders(ctx context.Context, s *state, client *azure.Client, token azure.Token, asked askedProviders) judgedProviders {
	names, subscription := asked.names, asked.subscription
	providers, errs, err := namedProviders(ctx, client, token, subscription, names, asked.inFull)
	if err != nil {
		return judgedProviders{items: []check.Item{w.unreadable(ctx, s, err, nil)}, notes: missingRight(err)}
	}
	var items []check.Item
	var notes, absent []string
	unseen := 0
	for i, name := range names {
		known := facts.Provider{Provider: name, SubscriptionID: subscription}
		p := providers[i]
		switch {
		case errs[i] != nil && hasCode(errs[i], catalogue.InvalidResourceNamespace):
			items = append(items, finding.New(asked.status(name), facts.ProviderUnknown(known)))
		case errs[i] != nil && i >= asked.typed && lacksRight(errs[i]): // a deployment doesn't need that right
			unseen++
		case errs[i] != nil:
			items = append(items, w.unreadable(ctx, s, errs[i], facts.Request{SubscriptionID: subscription}))
			notes = appendNew(notes, missingRight(errs[i])...)
		case p.Namespace == "": // not among all of them
			items = append(items, finding.New(asked.status(name), facts.ProviderUnknown(known)))
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
		items = append(items, w.absentProviders(ctx, s, client, token, asked, absent)...)
	}
	j := judgedProviders{items: items, notes: notes, unseen: unseen}
	if asked.inFull {
		for _, p := range providers {
			j.read = append(j.read, offered{subscription, p})
		}
	}
	return j
}

var notRegistered = []string{"NotRegistered", "Unregistered", "Unregistering"}

// namedProviders reads the providers of those names, one by one if they're few or wanted in full. A zero one has no error and is
// not there: it's missing in the whole list, which holds others.
func namedProviders(ctx context.Context, client *azure.Client, token azure.Token, subscription string, names []string, inFull bool) ([]azure.Provider, []error, error) {
	providers, errs := make([]azure.Provider, len(names)), make([]error, len(names))
	if inFull || len(names) <= fewProviders {
		check.Each(len(names), questionsAtOnce, func(i int) { providers[i], errs[i] = client.Provider(ctx, token, subscription, names[i]) })
		return providers, errs, nil
	}
	all, err := client.Providers(ctx, token, subscription)
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

// absentProviders judges providers that aren't registered by whether the identity
// may register them.
func (w *World) absentProviders(ctx context.Context, s *state, client *azure.Client, token azure.Token, asked askedProviders, names []string) []check.Item {
	held, err := client.Permissions(ctx, token, "/subscriptions/"+asked.subscription)
	var items []check.Item
	for _, name := range names {
		known := facts.ProviderNotRegistered{Provider: name, SubscriptionID: asked.subscription}
		status := check.Unknown // a refusal to list what the identity may do isn't an answer
		if err == nil {
			switch rights.Judge(held, name+"/register/action", false).Answer {
			case rights.Yes:
				status, known.Allowed = check.Warn, facts.Yes
			case rights.No:
				status, known.Allowed = asked.status(name), facts.No
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
