package preflight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/arm"
	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/finding"
	"armpreflight/internal/secret"
)

// AccessToken asks whether Entra, or the managed identity endpoint, gives a
// token for the right tenant, audience and identity, and how long it lives.
// Facts: azure.Token.
var AccessToken = &Check{
	ID:    "access-token",
	Layer: layerIdentity,
	Title: "does Microsoft Entra (or the managed identity endpoint) issue a token for the right tenant, audience, and identity, and how long is it valid?",
	Needs: []*Check{Network, Certificate, FederatedToken},
	Codes: func() []string {
		return finding.Codes(
			catalogue.ClockSkew, catalogue.TenantMismatch, catalogue.IdentityMismatch, catalogue.ConnectionIncomplete, catalogue.ManagedIdentityOnHostedAgent,
			catalogue.ManagedIdentityUnavailable, catalogue.IdentityNotFound, catalogue.MultipleIdentities, catalogue.ManagedIdentityBusy, "AADSTS",
		)
	},
	Sends: "one token request to the authority of the connection's cloud, or to the managed identity endpoint",
	Right: "none: it's the sign-in itself",
	Run:   runAccessToken,
}

func runAccessToken(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	identity := azure.Identity{Connection: conn}
	if c, ok := check.FactsOf[CertificateFacts](s, Certificate); ok {
		identity.Certificate = c.Credential
	}
	assertion, _ := check.FactsOf[Assertion](s, FederatedToken)
	identity.Assertion = assertion.Token

	ask := ctx
	if conn.Scheme == connection.ManagedServiceIdentity {
		limit := w.IdentityTime.Own
		if w.Hosted {
			identity.OnceOnly, limit = true, w.IdentityTime.Hosted
		}
		var done context.CancelFunc
		ask, done = context.WithTimeout(ctx, limit)
		defer done()
	}
	token, err := w.Azure(conn.Cloud).Token(ask, identity)
	if err != nil {
		o := check.Found(w.noToken(ctx, s, conn, assertion, err))
		o.Notes = w.besideRefusal(conn, assertion, err)
		return o
	}
	w.Learn([]secret.Text{token.Value}, nil)
	if mismatch, ok := w.wrongIdentity(s, conn, token); ok {
		return check.Found(mismatch)
	}

	o := check.Passed("granted, valid for "+Lifetime(token.Expires.Sub(w.Now())), token)
	if token.Readable && token.Claims.ObjectID != "" {
		o.Notes = []string{"identity: object ID " + token.Claims.ObjectID, "tenant: " + token.Claims.TenantID}
	}
	if conn.Scheme == connection.ServicePrincipalKey {
		if why := unsafeOnCommandLine(conn.Key.Reveal()); why != "" {
			o.Notes = append(o.Notes, "the secret is valid, but tasks that pass it on a command line might fail: "+why)
		}
	}
	return o
}

// unsafeOnCommandLine says what a tool or a shell may mistake a secret for; empty for one that's safe. It reveals nothing else
// about the secret.
func unsafeOnCommandLine(value string) string {
	switch {
	case strings.HasPrefix(value, "-"):
		return "it begins with a hyphen, as an option does"
	case strings.ContainsAny(value, "\"'`&|<>^%!$; "):
		return "it contains a character that shells interpret"
	}
	return ""
}

// Lifetime says for how long a token is good.
func Lifetime(d time.Duration) string {
	if d < 3*time.Hour {
		return fmt.Sprintf("%d minutes", int(d.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf("%d hours", int(d.Round(time.Hour).Hours()))
}

// wrongIdentity compares what's in a token with the connection.
func (w *World) wrongIdentity(s *state, conn connection.Connection, token azure.Token) (check.Item, bool) {
	c := token.Claims
	switch {
	case !token.Readable:
	case arm.IsGUID(conn.TenantID) && c.TenantID != "" && !strings.EqualFold(c.TenantID, conn.TenantID):
		return finding.New(check.Fail, facts.TenantMismatch{Value: c.TenantID, Expected: conn.TenantID}), true
	case conn.ClientID != "" && c.AppID != "" && !strings.EqualFold(c.AppID, conn.ClientID):
		return finding.New(check.Fail, facts.IdentityMismatch{Value: secret.Short(c.AppID), Expected: secret.Short(conn.ClientID)}), true
	}
	return check.Item{}, false
}

// noToken explains a refused token with what else is known of the run.
func (w *World) noToken(ctx context.Context, s *state, conn connection.Connection, assertion Assertion, err error) check.Item {
	failure, ok := errors.AsType[*evidence.Failure](err)
	if !ok {
		return w.judge().RefusedSignIn(ctx, err, nil)
	}
	evidence := failure.Evidence
	if conn.Scheme == connection.ManagedServiceIdentity && ctx.Err() == nil {
		return w.noManagedIdentity(ctx, s, failure)
	}
	if skew, ok := w.refusedForTheClock(evidence); ok {
		return finding.Seen(check.Fail, facts.ClockSkew{Skew: skewWords(skew)}, &evidence)
	}
	p := presentedIn(assertion).completedBy(quotedBy(evidence), conn, w.Redact)
	known := difference(w, conn, p, evidence.Codes)
	known.IssuerIsEntra = known != facts.Difference{} && issuerTenant(p.issuer) != ""
	return w.judge().RefusedSignIn(ctx, failure, known)
}

// besideRefusal are facts of this run that are relevant for a refused token.
func (w *World) besideRefusal(conn connection.Connection, assertion Assertion, err error) []string {
	var lines []string
	if conn.KeyPadded() {
		lines = append(lines, "the secret in the connection begins or ends with a space, which might have been pasted with it")
	}
	failure, ok := errors.AsType[*evidence.Failure](err)
	if !ok {
		return lines
	}
	ev := failure.Evidence
	if conn.Scheme == connection.WorkloadIdentityFederation {
		if ev.NoCredentialFits {
			lines = append(lines, w.mismatchLines(conn, assertion, ev)...)
		}
		if ev.Service == evidence.Entra && ev.Status != 0 {
			lines = append(lines, twoTenants(conn, assertion)...)
		}
	}
	if slices.Contains(ev.Codes, string(catalogue.AADSTS53003)) {
		if w.Hosted {
			lines = append(lines, "intermittent on Microsoft-hosted agents: the address changes with each run")
		}
		if ev.CorrelationID != "" {
			lines = append(lines, "correlation ID: "+ev.CorrelationID)
		}
	}
	return lines
}

// timeCodes are Entra's refusals of an assertion for its times.
var timeCodes = []catalogue.Code{catalogue.AADSTS700024, catalogue.AADSTS50013, catalogue.AADSTS500133}

// refusedForTheClock reports how far this machine's clock is off when that
// explains the refusal: the assertion carries the times of this clock.
func (w *World) refusedForTheClock(e evidence.Evidence) (time.Duration, bool) {
	if e.Date.IsZero() || !slices.ContainsFunc(e.Codes, func(c string) bool { return slices.Contains(timeCodes, catalogue.Code(c)) }) {
		return 0, false
	}
	skew := w.Now().Sub(e.Date)
	return skew, skew.Abs() > clockTolerance
}

// noManagedIdentity explains why this machine gave no token. On a
// Microsoft-hosted agent there's one answer, for any answer of the endpoint.
func (w *World) noManagedIdentity(ctx context.Context, s *state, failure *evidence.Failure) check.Item {
	ev := failure.Evidence
	if w.Hosted {
		return finding.Seen(check.Fail, catalogue.ManagedIdentityOnHostedAgent, &ev)
	}
	switch ev.Network {
	case evidence.ConnectionRefused, evidence.ConnectTimeout, evidence.Unreachable, evidence.DNSFailure:
		return finding.Seen(check.Fail, catalogue.ManagedIdentityUnavailable, &ev)
	}
	return w.judge().RefusedSignIn(ctx, failure, facts.Request{Detail: ev.Message})
}
