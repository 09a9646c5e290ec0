package preflight

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
)

// presented is what Entra held against the federated credentials of the
// identity: what's in the ID token or, for a token that this version can't
// read, what Entra quotes of it. Empty parts aren't known.
type presented struct{ issuer, subject, audience string }

// presentedIn returns what's in an ID token.
func presentedIn(a Assertion) presented {
	return presented{a.Claims.Issuer, a.Claims.Subject, strings.Join(a.Claims.Audience, " ")}
}

// quotedBy returns what Entra quotes. The identifiers that this run knew when
// the answer came are shortened in it.
func quotedBy(e evidence.Evidence) presented {
	return presented{e.Quoted.Issuer, e.Quoted.Subject, e.Quoted.Audience}
}

// completedBy fills what isn't known with what Entra quotes. A quote that's
// shortened is that of a recorded value.
func (p presented) completedBy(quoted presented, conn connection.Connection, redact func(string) string) presented {
	whole := func(quote, recorded string) string {
		if quote != "" && quote == redact(recorded) {
			return recorded
		}
		return quote
	}
	return presented{
		issuer:   cmp.Or(p.issuer, whole(quoted.issuer, conn.Issuer)),
		subject:  cmp.Or(p.subject, whole(quoted.subject, conn.Subject)),
		audience: cmp.Or(p.audience, quoted.audience),
	}
}

// difference compares what was presented with what Azure DevOps recorded
// with the connection. Entra alone knows the third, the credential at the
// identity; where the other two agree, it's the one that differs. The agent
// masks a whole issuer or subject, so a difference is named by segment and
// position, and both sides of the segment are shortened.
//
// It's the zero Difference if nothing can be said.
func difference(w *World, conn connection.Connection, p presented, codes []string) facts.Difference {
	refused := func(code catalogue.Code) bool {
		return slices.ContainsFunc(codes, func(c string) bool { return strings.HasPrefix(c, string(code)) })
	}
	if p.issuer == "" && p.subject == "" {
		return facts.Difference{}
	}
	if conn.Issuer != "" && p.issuer != "" && IssuerWords(p.issuer) != IssuerWords(conn.Issuer) {
		return facts.Difference{Segment: "the kind of issuer (Azure DevOps or Microsoft Entra)"} // the subject is of another form then
	}
	if refused(catalogue.AADSTS700212) && connection.IsExchangeAudience(p.audience) {
		return facts.Difference{Audience: p.audience}
	}
	parts := []struct {
		name, got, want string
		compare         func(got, want string) (connection.Difference, bool)
	}{
		{"subject", p.subject, conn.Subject, connection.CompareSubjects},
		{"issuer", p.issuer, conn.Issuer, connection.CompareIssuers},
	}
	if refused(catalogue.AADSTS700211) {
		slices.Reverse(parts) // the issuer was rejected
	}
	for _, part := range parts {
		d, differs := part.compare(part.got, part.want)
		if part.got == "" || part.want == "" || !differs {
			continue
		}
		f := facts.Difference{Segment: fmt.Sprintf("segment %d of the %s (%s)", d.Segment, part.name, d.Name), Position: d.Position, Case: d.CaseOnly}
		if d.Got != "" && d.Want != "" && d.IsNamed() {
			f.Part = d.Name
			f.Presented, f.Recorded = shownApart(d)
		}
		return f
	}
	if conn.Subject == "" {
		// Nothing is recorded; the subject that follows from the IDs takes its
		// place. A difference from that alone proves nothing.
		predicted, ok := connection.PredictSubject(issuerTenant(p.issuer), w.OrganizationID, conn.ID)
		if !ok || predicted != p.subject {
			return facts.Difference{}
		}
	}
	return facts.Difference{Agree: true}
}
