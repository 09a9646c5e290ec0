package creation

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
	"armpreflight/internal/evidence"
	"armpreflight/internal/finding"
)

// Subscription asks whether the person sees the subscription, and whether it can be
// deployed to. Facts: azure.Subscription.
var Subscription = &Check{
	ID:    "subscription",
	Layer: layerAzure,
	Title: "can this user see the subscription, and is it enabled?",
	Needs: []*Check{SignIn},
	After: []*Check{Organization, Account},
	Codes: func() []string {
		return finding.Codes(
			catalogue.SubscriptionNotVisible, catalogue.RoleNotActive, catalogue.SubscriptionDisabled, catalogue.SubscriptionPastDue, catalogue.SubscriptionWarned, catalogue.OrganizationOtherTenant, "ARM",
		)
	},
	Run: runSubscription,
}

func runSubscription(ctx context.Context, w *World, s *state) check.Outcome {
	sub, err := w.Azure.Subscription(ctx, token(s), w.Question.SubscriptionID)
	switch {
	case hasCode(err, catalogue.AuthorizationFailed, catalogue.SubscriptionNotFound): // it exists: it has a tenant
		own := "/subscriptions/" + w.Question.SubscriptionID
		if role := w.eligible(ctx, s, own, func(string) bool { return true }); role != "" {
			return check.Found(finding.New(check.Fail, facts.RoleNotActive{Role: role, Scope: own, Allowed: facts.No}))
		}
		return check.Found(finding.New(check.Fail, catalogue.SubscriptionNotVisible))
	case err != nil:
		return check.Found(w.judge().Refused(ctx, err, nil))
	}
	var items []check.Item
	switch strings.ToLower(sub.State) {
	case "enabled":
	case "warned":
		items = append(items, finding.New(check.Warn, catalogue.SubscriptionWarned))
	case "pastdue":
		items = append(items, finding.New(check.Warn, catalogue.SubscriptionPastDue))
	case "disabled", "deleted":
		items = append(items, finding.New(check.Fail, facts.SubscriptionDisabled{State: sub.State}))
	default:
		items = append(items, finding.New(check.Unknown, facts.UnexpectedAnswer{Service: "Azure Resource Manager", Detail: "the state of the subscription is " + sub.State}))
	}
	home, _ := check.FactsOf[tenant](s, Tenant)
	if o, ok := check.FactsOf[organization](s, Organization); ok && o.tenant != "" && o.tenant != home.id {
		items = append(items, finding.New(check.Warn, facts.OrganizationOtherTenant{Owner: home.id, Expected: o.tenant}))
	}
	o := check.Passed(fmt.Sprintf("%q (%s), %s", sub.DisplayName, w.Question.SubscriptionID, strings.ToLower(sub.State)), sub)
	if len(items) > 0 {
		o = check.Found(items...)
		o.Facts = sub
	}
	if strings.EqualFold(sub.State, "Enabled") {
		o.Notes = []string{"if the dialog doesn't list it, Azure DevOps uses an old sign-in: sign out there and sign in again in a private window"}
	}
	return o
}

// listed is how many subscriptions the lists of Azure DevOps show of a user.
const listed = 50

// maxDirectories bounds how many directories are read: each costs a sign-in.
const maxDirectories = 25

// SubscriptionList asks how many subscriptions the person sees, over all
// directories: the lists of Azure DevOps end without a word.
var SubscriptionList = &Check{
	ID:       "subscription-list",
	Layer:    layerAzure,
	Title:    "does the list in the dialog, which has room for fifty, show all subscriptions of this user?",
	Advisory: true,
	Needs:    []*Check{SignIn},
	After:    []*Check{Account},
	Codes: func() []string {
		return finding.Codes(catalogue.SubscriptionListCut, catalogue.DirectoriesNotAsked, "ARM")
	},
	Run: runSubscriptionList,
}

func runSubscriptionList(ctx context.Context, w *World, s *state) check.Outcome {
	home, _ := check.FactsOf[tenant](s, Tenant)
	own, err := w.Azure.AllSubscriptions(ctx, token(s))
	if err != nil {
		return check.Found(w.unreadable(ctx, err, "the list of subscriptions", "the role Reader"))
	}
	directories, err := w.Azure.Tenants(ctx, token(s))
	if err != nil {
		return check.Found(w.unreadable(ctx, err, "the list of tenants", "the role Reader"))
	}
	directories = slices.DeleteFunc(directories, func(t azure.Tenant) bool { return strings.EqualFold(t.ID, home.id) })
	seen := map[string]bool{}
	count := func(subs []azure.Subscription) {
		for _, sub := range subs {
			seen[strings.ToLower(sub.SubscriptionID)] = true
		}
	}
	count(own)
	var silent []string // the directories that gave no answer, with why
	for i, t := range directories {
		if len(seen) > listed {
			break
		}
		subs, err := w.elsewhere(ctx, t.ID, i)
		count(subs)
		if err != nil {
			silent = append(silent, t.ID+" ("+why(err)+")")
		}
	}
	words := fmt.Sprintf("%d in %d tenants", len(seen), 1+len(directories)-len(silent))
	switch {
	case len(seen) > listed:
		return check.Found(finding.New(check.Warn, facts.SubscriptionListCut{Number: len(seen)}))
	case len(silent) > 0:
		return check.Found(finding.New(check.Unknown, facts.DirectoriesNotAsked{Number: len(silent), Detail: strings.Join(silent, ", ")}))
	}
	return check.Passed(words+", and the list has room for all of them", nil)
}

var errTooMany = errors.New("not requested: too many tenants")

// elsewhere reads the subscriptions of another directory of the person.
func (w *World) elsewhere(ctx context.Context, tenant string, nth int) ([]azure.Subscription, error) {
	if nth >= maxDirectories {
		return nil, errTooMany
	}
	t, err := w.Azure.PersonToken(ctx, w.Person, tenant)
	if err != nil {
		return nil, err
	}
	w.Learn(t.Value)
	return w.Azure.AllSubscriptions(ctx, t)
}

// why is a refusal in a word: its code, where it has one.
func why(err error) string {
	f, ok := errors.AsType[*evidence.Failure](err)
	switch {
	case !ok:
		return err.Error()
	case len(f.Evidence.Codes) > 0:
		return f.Evidence.Codes[len(f.Evidence.Codes)-1]
	case f.Evidence.Network != evidence.None:
		return f.Evidence.Network.String()
	}
	return "no sign-in"
}
