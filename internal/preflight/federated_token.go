package preflight

import (
	"context"
	"errors"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/finding"
	"armpreflight/internal/secret"
)

// Assertion is the ID token of this job and what's in it.
type Assertion struct {
	Token    secret.Text
	Claims   connection.Claims
	Readable bool
}

// FederatedToken asks whether Azure DevOps issues the ID token of a federated
// connection. Which subject is right is for Entra to say; a subject that
// differs from the recorded one isn't a finding on its own. Facts: Assertion.
var FederatedToken = &Check{
	ID:    "federated-token",
	Layer: layerIdentity,
	Title: "does Azure DevOps issue the ID token, and with which issuer and subject?",
	Needs: []*Check{Network},
	Codes: func() []string {
		return finding.Codes(
			catalogue.JobTokenMissing, catalogue.OIDCUnavailable, catalogue.AuthorityUnexpected, catalogue.ConnectionNotReferenced, catalogue.ConnectionNotFound,
			catalogue.IssuerRetiring, "DevOps",
		)
	},
	Quiet: "the connection doesn't use workload identity federation",
	Sends: "one request for an ID token, to the job's organization",
	Right: "the job's own token; a task in the stage must name the connection, which this task does",
	Warns: "the connection still has the Azure DevOps issuer, which will be retired",
	Run:   runFederatedToken,
}

func runFederatedToken(ctx context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	if conn.Scheme != connection.WorkloadIdentityFederation {
		return check.NotApplicable("the connection doesn't use workload identity federation")
	}
	token, source := conn.IDToken, "provided by the server"
	if token.IsZero() {
		var err error
		source = "issued by Azure DevOps"
		if token, err = w.DevOps.IDToken(ctx, conn.ID); err != nil {
			return check.Found(w.noIDToken(ctx, s, err))
		}
	}
	w.Learn([]secret.Text{token}, nil)
	return w.judgeIDToken(s, conn, Assertion{Token: token}, source)
}

// judgeIDToken reports what's in an ID token. source is where it came from.
func (w *World) judgeIDToken(s *state, conn connection.Connection, a Assertion, source string) check.Outcome {
	claims, err := connection.DecodeToken(a.Token)
	if err != nil {
		return check.Passed(source+"; this version doesn't know its form", a)
	}
	a.Claims, a.Readable = claims, true
	w.Learn(nil, []string{claims.Issuer, claims.Subject})
	o := check.Passed(source+"; issuer: "+IssuerWords(claims.Issuer), a)
	if OldIssuer(claims.Issuer) && conn.Cloud.Name == "AzureCloud" {
		return w.retiring(s, o, claims)
	}
	return o
}

// noIDToken explains why there's no ID token.
func (w *World) noIDToken(ctx context.Context, s *state, err error) check.Item {
	switch {
	case errors.Is(err, devops.ErrNoToken):
		return finding.New(check.Fail, facts.JobTokenMissing{Detail: err.Error()})
	case errors.Is(err, devops.ErrForeign):
		return finding.New(check.Fail, facts.AuthorityUnexpected{Field: "System.OidcRequestUri", Detail: "the URL for ID tokens isn't in this job's organization, so nothing was sent"})
	case errors.Is(err, devops.ErrOverwritten):
		return w.overwritten(s, "", w.Overwritten(""))
	case errors.Is(err, devops.ErrNoAddress):
		return finding.New(check.Fail, facts.OIDCUnavailable{Detail: err.Error()})
	}
	return w.judge().RefusedSignIn(ctx, err, nil)
}
