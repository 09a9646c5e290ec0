package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"armpreflight/internal/azure"
	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/finding"
	"armpreflight/internal/preflight"
	"armpreflight/internal/secret"
)

// What an audit may not have seen of a connection.
const (
	whatApplication = "whether its application exists"
	whatEnd         = "when its credential expires"
	whatFederated   = "its federated credential"
	whatPrincipal   = "whether its service principal exists and is enabled"
	whatUse         = "when it was used"
	whatIssuer      = "whether its issuer retires on July 1, 2027"
)

// judge gathers what is said about one connection, gravest reasons first: the first
// finding of the worst severity gives the recommendation.
type judge struct {
	*Options
	one       *seen
	out       Connection
	situation diagnosis.Situation
}

// assess judges one connection. It asks no one.
func (o *Options) assess(one *seen, f *fleet, users map[string]bool) Connection {
	conn := one.conn
	j := &judge{Options: o, one: one, out: Connection{
		ID: o.Text(one.ID), Name: o.Text(one.Name), Projects: []string{}, OpenToAll: append([]string{}, one.openTo...),
		Scheme: conn.Scheme.String(), CreationMode: o.Text(conn.CreationMode), Cloud: o.Text(conn.Cloud.Name),
		ScopeLevel: conn.Scope.Level.String(), Scope: o.Text(conn.Scope.ID()), ScopeName: o.Text(cmp.Or(conn.Scope.ManagementGroupName, conn.Scope.SubscriptionName)),
		TenantID: o.Text(conn.TenantID), ClientID: o.Text(secret.Short(conn.ClientID)), State: state(one.Listed), Outdated: one.Outdated,
		Created: one.Created, Modified: one.Modified, People: o.owners(one, users), LastSucceeded: one.last.Succeeded, Findings: []Finding{}, Unseen: slices.Clone(one.unseen),
	}}
	if one.foreign() {
		j.out.Type = o.Text(one.Type)
		j.notSeen("settings other than federation and use", "the audit doesn't check them for connections of type "+j.out.Type)
	}
	for _, p := range one.projects {
		j.out.Projects = append(j.out.Projects, o.Text(p.Name))
	}
	if len(one.projects) > 0 {
		j.out.Project = j.out.Projects[0]
		j.out.Link = devops.Page(o.Organization, one.projects[0].Name, one.ID)
	}
	if one.RevertUntil.After(o.Now) {
		j.out.RevertibleUntil = one.RevertUntil
	}
	if one.Unfinished() {
		j.out.StateMessage = o.Text(strings.ReplaceAll(strings.TrimSpace(one.StateMessage), cmp.Or(conn.ClientID, "\x00"), secret.Short(conn.ClientID)))
	}
	j.situation = diagnosis.Situation{Connection: j.out.Name, ConnectionLink: j.out.Link, Hide: o.Text}
	preflight.Describe(&j.situation, conn)

	j.condition()
	j.identity(f)
	j.federation()
	j.dates()
	j.reach()
	if one.Disabled { // no one can use it, so nothing has to be fixed before it's enabled
		for i := range j.out.Findings {
			j.out.Findings[i].Severity = Note
		}
	}
	j.recommend()
	return j.out
}

// state is the worst word for the state of a connection.
func state(l devops.Listed) string {
	switch {
	case strings.EqualFold(l.State, "Failed"):
		return StateFailed
	case l.Draft:
		return StateDraft
	case l.Unfinished():
		return StateUnfinished
	case l.Disabled:
		return StateDisabled
	default:
		return StateReady
	}
}

func (j *judge) found(severity Severity, found finding.Coded) {
	d := diagnosis.Explain(found.Code(), j.situation, found, nil)
	j.out.Findings = append(j.out.Findings, Finding{Code: d.Code, Severity: severity, Text: j.Text(d.Headline)})
}

func (j *judge) notSeen(what, why string) {
	if u := (Unseen{what, why}); !slices.Contains(j.out.Unseen, u) {
		j.out.Unseen = append(j.out.Unseen, u)
	}
}

// condition is what the record alone tells.
func (j *judge) condition() {
	switch {
	case j.one.Draft:
		j.found(Warn, catalogue.ConnectionDraft)
	case j.one.Unfinished():
		j.found(Fail, facts.ConnectionNotReady{State: j.Text(j.one.State), Detail: j.out.StateMessage})
	}
	if j.one.Disabled {
		j.found(Note, j.disabled())
	}
	for _, p := range j.one.problems {
		if strings.EqualFold(p.Field, "serviceprincipalkey") || strings.EqualFold(p.Field, "servicePrincipalCertificate") {
			continue // a record never holds the credential
		}
		severity := Fail
		if p.Kind == connection.SchemeUnsupported {
			severity = Note // it may work for what it is for
		}
		p.Detail = j.Text(p.Detail)
		j.found(severity, preflight.Problem(p))
		break
	}
}

// identity is what the directory returns about the application and its credential.
func (j *judge) identity(f *fleet) {
	id := j.one.identity
	keeps := j.one.conn.Scheme == connection.ServicePrincipalKey || j.one.conn.Scheme == connection.ServicePrincipalCertificate
	if id != nil && id.why != "" {
		j.notSeen(whatApplication, id.why)
		if keeps {
			j.notSeen(whatEnd, id.why)
		}
	}
	if id != nil && id.principalY != "" {
		j.notSeen(whatPrincipal, id.principalY)
	}
	switch {
	case id == nil:
	case id.appGone:
		j.found(Fail, catalogue.AADSTS700016)
	case id.noPrincipal:
		j.found(Fail, catalogue.AADSTS7000229)
	case id.principal != nil && id.principal.Enabled != nil && !*id.principal.Enabled:
		j.found(Fail, catalogue.AADSTS7000112)
	}
	if keeps && id != nil && id.app != nil {
		j.end(id.app)
	} else if keeps && id != nil && id.why == "" && !id.appGone {
		j.notSeen(whatEnd, "the application is in another tenant")
	}
	if id != nil {
		if n := j.dangling(id, f); n > 0 {
			j.found(Note, facts.FederatedCredentialDangling{Count: n})
		}
	}
	if n := len(j.one.shares) - 1; n > 0 {
		j.out.SameIdentity = n
		var names []string
		for _, other := range j.one.shares {
			if other != j.one && len(names) < 3 {
				names = append(names, j.Text(other.Name))
			}
		}
		if n > len(names) {
			names = append(names, "…")
		}
		j.found(Note, facts.IdentityShared{Count: n, Names: strings.Join(names, ", ")})
	}
	if keeps {
		credential := "a secret"
		if j.one.conn.Scheme == connection.ServicePrincipalCertificate {
			credential = "a certificate"
		}
		j.found(Note, facts.FederationAdvised{Credential: credential})
	}
}

// end judges when the credential expires. Which one of several is in use, the record
// doesn't tell: what has certainly ended is the latest.
func (j *judge) end(app *azure.Application) {
	kind, all := "secret", app.Secrets
	if j.one.conn.Scheme == connection.ServicePrincipalCertificate {
		kind, all = "certificate", app.Certificates
	}
	var good, over []time.Time
	for _, c := range all {
		switch {
		case c.Ends.IsZero():
			j.notSeen(whatEnd, "Microsoft Graph returned no expiry date")
			return
		case c.Ends.After(j.Now):
			good = append(good, c.Ends)
		default:
			over = append(over, c.Ends)
		}
	}
	switch {
	case len(good) > 0:
		j.out.Expires = slices.MinFunc(good, time.Time.Compare).UTC()
		if len(good) > 1 {
			j.out.ExpiresLatest = slices.MaxFunc(good, time.Time.Compare).UTC()
		}
		if preflight.WholeDays(j.out.Expires.Sub(j.Now)) < j.ExpiryDays {
			j.found(Warn, preflight.Expiring(j.one.conn.Scheme, j.out.Expires, j.Now))
		}
	case len(over) > 0:
		j.out.Expires = slices.MaxFunc(over, time.Time.Compare).UTC()
		j.found(Fail, preflight.Expired(j.one.conn.Scheme, j.out.Expires, j.Now))
	default:
		j.notSeen(whatEnd, "the application has no "+kind)
	}
}

// federation compares what the connection presents with what its identity trusts.
func (j *judge) federation() {
	conn, id := j.one.conn, j.one.identity
	if conn.Scheme != connection.WorkloadIdentityFederation {
		return
	}
	if conn.Issuer != "" {
		j.out.Issuer = "Microsoft Entra"
	} else if j.out.State == StateReady && j.public() {
		j.notSeen(whatIssuer, "the record has no issuer")
	}
	if preflight.OldIssuer(conn.Issuer) {
		j.out.Issuer = "Azure DevOps"
		if left := preflight.OldIssuerEnds.Sub(j.Now); j.retires() {
			severity := Fail
			if left > 0 {
				severity = Warn
			}
			j.found(severity, preflight.RetiringIssuer(j.Now))
		}
	}
	switch {
	case id == nil || id.appGone || id.noPrincipal:
		return
	case id.why != "" || id.credentialsY != "":
		j.notSeen(whatFederated, cmp.Or(id.why, id.credentialsY))
		return
	case conn.Issuer == "" || conn.Subject == "":
		j.notSeen(whatFederated, "the record has no issuer and subject to compare with")
		return
	}
	code, words := match(id.credentials, conn.Issuer, conn.Subject)
	j.out.Federated = words
	if code != "" {
		j.found(Fail, code)
	}
}

// match finds the federated credential for what a connection presents. Entra
// compares letter by letter, the issuer first.
func match(all []azure.FederatedCredential, issuer, subject string) (code catalogue.Code, words string) {
	if len(all) == 0 {
		return catalogue.AADSTS70025, "missing"
	}
	code, words = catalogue.AADSTS700211, "missing: none has the issuer"
	for _, c := range all {
		switch {
		case c.Issuer != issuer:
		case c.Subject == subject && slices.ContainsFunc(c.Audiences, exchange):
			return "", "fits"
		case c.Subject == subject:
			return catalogue.AADSTS700212, "its audience doesn't match"
		case strings.EqualFold(c.Subject, subject):
			code, words = catalogue.AADSTS7002138, "its subject differs in letter case only"
		case code == catalogue.AADSTS700211:
			code, words = catalogue.AADSTS700213, "missing: none has the subject"
		}
	}
	return code, words
}

// exchange reports whether a credential with this audience is taken: the GUID that
// tokens carry isn't one.
func exchange(audience string) bool {
	return strings.HasPrefix(audience, "api://") && connection.IsExchangeAudience(audience)
}

// reach is who may use a connection, and who does.
func (j *judge) reach() {
	if j.one.Outdated {
		j.found(Warn, catalogue.ConnectionOutdated)
	}
	if at, certainty, _ := j.unusedEnd(); certainty == Likely {
		if left := preflight.WholeDays(at.Sub(j.Now)); left < j.ExpiryDays {
			j.found(Warn, facts.ConnectionDisabling{Date: at, Days: &left})
		}
	}
	if n := len(j.one.openTo); n > 0 {
		where := strings.Join(j.one.openTo[:min(n, 3)], ", ")
		if n > 3 {
			where += fmt.Sprintf(" and %d more", n-3)
		}
		j.found(Warn, facts.ConnectionOpenToAll{Projects: where})
	}
	if n := len(j.one.projects); n > 1 {
		j.found(Note, facts.ConnectionShared{Count: n})
	}
	long := j.unusedSince()
	if j.one.saw(whatUse) && j.one.last.Succeeded.Before(long) && j.one.Modified.Before(long) {
		j.found(Note, facts.ConnectionUnused{Date: j.one.last.Succeeded})
	}
}

// recommend says the one thing to do first.
func (j *judge) recommend() {
	worst := Connection{Findings: j.out.Findings}.Worst()
	for _, f := range j.out.Findings {
		if f.Severity == worst {
			j.out.Recommendation = diagnosis.Remedy(f.Code)
			return
		}
	}
	j.out.Recommendation = "nothing to do"
	if len(j.out.Unseen) > 0 {
		j.out.Recommendation = "nothing to do, but some checks have no result"
	}
}
