package preflight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
	"armpreflight/internal/secret"
)

// ExpiryFacts is what's known about the expiry of a client secret.
type ExpiryFacts struct {
	Days  int       // whole days until it ends; negative once it has
	Until time.Time // the first moment at which it doesn't work
	Given bool      // the input credentialExpiresOn says so
}

// Last is the day that messages name: of an input, the last good one.
func (f ExpiryFacts) Last() time.Time {
	if f.Given {
		return f.Until.AddDate(0, 0, -1)
	}
	return f.Until
}

// CredentialExpiry asks when the client secret in use ends. Only Entra knows, and
// few identities may read it; the date in an input needs no right. The end of a
// certificate is judged by Certificate. Facts: ExpiryFacts, if it's known.
var CredentialExpiry = &Check{
	ID:       "credential-expiry",
	Layer:    layerIdentity,
	Title:    "how many days until the client secret in use expires?",
	Advisory: true,
	Asked: func(w *World) bool {
		return w.Inputs.ExpiryWarningDays > 0 || !w.Inputs.CredentialExpiresOn.IsZero()
	},
	Needs: []*Check{AccessToken},
	Codes: func() []string {
		return finding.Only(catalogue.SecretExpired, catalogue.SecretExpiring, catalogue.ExpiryUnknown, catalogue.TimeRanOut, catalogue.Cancelled)
	},
	Unasked: "the input expiryWarningDays is 0 and credentialExpiresOn is empty",
	Quiet:   "nothing in this connection expires",
	Sends:   "nothing if credentialExpiresOn is set; otherwise one token request for Microsoft Graph, and one read of the application if the token permits it",
	Right:   "Application.Read.All, or Application.ReadWrite.OwnedBy for an identity that owns its application; don't grant either one only for this check",
	Warns:   "the secret expires within expiryWarningDays",
	Run:     runCredentialExpiry,
}

func runCredentialExpiry(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	if conn.Scheme != connection.ServicePrincipalKey {
		return check.NotApplicable("nothing in this connection expires")
	}
	if until := w.Inputs.CredentialExpiresOn; !until.IsZero() {
		return w.judgeEnd(until, true)
	}
	until, err := w.endOfSecret(ctx, conn)
	if unknown, ok := errors.AsType[unknownEnd](err); ok {
		return check.Found(w.endUnknown(s, string(unknown)))
	}
	if err != nil {
		if ctx.Err() != nil {
			return check.Found(w.judge().Undecided(ctx, nil))
		}
		return check.Found(w.endUnknown(s, "Microsoft Graph returned an unexpected response"))
	}
	return w.judgeEnd(until, false)
}

// unknownEnd is why it isn't known when a secret expires, in words; empty for the usual
// reason, which is that the identity may not read its own application.
type unknownEnd string

func (u unknownEnd) Error() string { return string(u) }

// endOfSecret reads the application from Microsoft Graph and finds the secret in use
// by how it begins. If several begin alike, it returns when the first of them expires.
func (w *World) endOfSecret(ctx context.Context, conn connection.Connection) (time.Time, error) {
	arm := w.Azure(conn.Cloud)
	token, err := arm.GraphToken(ctx, azure.Identity{Connection: conn})
	if errors.Is(err, azure.ErrNoGraph) {
		return time.Time{}, unknownEnd("this check doesn't use Microsoft Graph in this cloud")
	}
	if err != nil {
		return time.Time{}, err
	}
	w.Learn([]secret.Text{token.Value}, nil)
	application, err := arm.Application(ctx, token, conn.ClientID)
	if errors.Is(err, azure.ErrNoGraphRole) {
		return time.Time{}, unknownEnd("")
	}
	if forbidden(err) {
		return time.Time{}, unknownEnd("the identity can't read this application")
	}
	if err != nil {
		return time.Time{}, err
	}
	var ends []time.Time
	for _, one := range application.Secrets {
		if one.MayBe(conn.Key) {
			ends = append(ends, one.Ends)
		}
	}
	if len(ends) == 0 {
		return time.Time{}, unknownEnd("none of the application's secrets begins like the connection's secret")
	}
	// An expired one isn't the one that Entra has just accepted.
	if good := slices.DeleteFunc(slices.Clone(ends), func(t time.Time) bool { return !t.After(w.Now()) }); len(good) > 0 {
		ends = good
	}
	first := slices.MinFunc(ends, time.Time.Compare)
	if first.IsZero() {
		return time.Time{}, unknownEnd("Microsoft Graph returned no expiry date")
	}
	return first, nil
}

// endUnknown is the one line of a run that can't know. docs/use.md has the ways to know.
func (w *World) endUnknown(s *state, why string) check.Item {
	found := finding.New(check.Unknown, facts.ExpiryUnknown{Reason: why})
	found.Text = "when the secret expires; set credentialExpiresOn"
	if why != "" {
		found.Text = "when the secret expires: " + why
	}
	return found
}

// judgeEnd judges the end of a secret that Entra has just taken. given says that the
// pipeline names the day: it's good to its end, so the last good one is the day before
// until. Once that has passed, the day is what's wrong, since the secret still works.
func (w *World) judgeEnd(until time.Time, given bool) check.Outcome {
	left := until.Sub(w.Now())
	days := WholeDays(left)
	last, expiring := until, Expiring(connection.ServicePrincipalKey, until, w.Now())
	if given {
		last, expiring = until.AddDate(0, 0, -1), ExpiringAsGiven(until, w.Now())
	}
	var o check.Outcome
	switch {
	case left <= 0:
		o = check.Found(finding.New(check.Warn, facts.SecretExpired{Date: last, Days: &days, Given: given}))
	case days < w.Inputs.ExpiryErrorDays:
		o = check.Found(finding.New(check.Fail, failsNow(expiring)))
	case days < w.Inputs.ExpiryWarningDays:
		o = check.Found(finding.New(check.Warn, expiring))
	default:
		o = check.Passed(fmt.Sprintf("the secret expires on %s, in %s", last.UTC().Format(time.DateOnly), facts.Days(days)), nil)
	}
	o.Facts = ExpiryFacts{Days: days, Until: until, Given: given}
	return o
}
