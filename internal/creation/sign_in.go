package creation

import (
	"context"
	"strings"

	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
)

// tenant is the directory that the subscription belongs to.
type tenant struct{ id string }

// Tenant asks to which directory the subscription belongs, which Azure returns
// everyone. Facts: tenant.
var Tenant = &Check{
	ID:    "tenant",
	Layer: layerDirectory,
	Title: "which tenant does the subscription belong to?",
	Codes: func() []string {
		return finding.Codes(catalogue.SubscriptionUnknown, catalogue.SubscriptionOtherTenant, "ARM")
	},
	Run: func(ctx context.Context, w *World, s *state) check.Outcome {
		id, err := w.Azure.TenantOf(ctx, w.Question.SubscriptionID)
		switch named := w.Question.Tenant; {
		case hasCode(err, catalogue.SubscriptionNotFound):
			return check.Found(finding.New(check.Fail, catalogue.SubscriptionUnknown))
		case err != nil:
			return check.Found(w.judge().Refused(ctx, err, nil))
		case named != "" && !strings.EqualFold(named, id):
			return check.Found(finding.New(check.Fail, facts.SubscriptionOtherTenant{Owner: id, Expected: named}))
		}
		return check.Passed(id, tenant{strings.ToLower(id)})
	},
}

// SignIn asks whether the person can sign in to that directory without being asked
// anything: what Azure DevOps does in the background, and what its dialogs fail at
// when a session is stale or a second factor is due. Facts: azure.Token.
var SignIn = &Check{
	ID:    "sign-in",
	Layer: layerDirectory,
	Title: "can this user sign in to that tenant without a prompt?",
	Needs: []*Check{Tenant},
	Codes: func() []string {
		return finding.Codes(catalogue.PersonNotSignedIn, catalogue.AzureCliMissing, catalogue.NoPersonSignedIn, "AADSTS")
	},
	Run: runSignIn,
}

func runSignIn(ctx context.Context, w *World, s *state) check.Outcome {
	home, _ := check.FactsOf[tenant](s, Tenant)
	token, err := w.Azure.PersonToken(ctx, w.Person, home.id)
	if err != nil {
		o := check.Found(w.judge().RefusedSignIn(ctx, err, nil))
		o.Notes = signInAgain(home.id)
		return o
	}
	w.Learn(token.Value)
	switch c := token.Claims; {
	case !token.Readable || c.ObjectID == "" || !strings.EqualFold(c.TenantID, home.id):
		return check.Found(finding.New(check.Unknown, facts.UnexpectedAnswer{
			Service: "Microsoft Entra", Detail: "the token doesn't contain the user or the tenant"}))
	case isApplication(c):
		return check.Found(finding.New(check.Fail, catalogue.NoPersonSignedIn))
	}
	return check.Passed("works; object ID "+token.Claims.ObjectID, token)
}

// isApplication reports whether a token is one of an application or of a managed
// identity: these are their own subject.
func isApplication(c connection.Claims) bool {
	return c.Subject != "" && strings.EqualFold(c.Subject, c.ObjectID) || c.IdentityResource != ""
}

// token is the person's for Azure Resource Manager.
func token(s *state) azure.Token {
	t, _ := check.FactsOf[azure.Token](s, SignIn)
	return t
}
