package preflight

import (
	"fmt"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"
)

// mismatchLines say, for issuer, subject and audience, how what was presented
// relates to what the connection records or its cloud asks for.
func (w *World) mismatchLines(conn connection.Connection, a Assertion, e evidence.Evidence) []string {
	token, quoted := presentedIn(a), quotedBy(e)
	w.Learn(nil, []string{quoted.issuer, quoted.subject})
	p := token.completedBy(quoted, conn, w.Redact)

	var lines []string
	add := func(part, words string) {
		if words != "" {
			lines = append(lines, part+": "+words)
		}
	}
	add("issuer", besideRecord(p.issuer, conn.Issuer, IssuerWords, connection.CompareIssuers))
	subject := besideRecord(p.subject, conn.Subject, subjectWords, connection.CompareSubjects)
	recorded := conn.Subject == "" || conn.Subject == p.subject
	if recorded && conn.ID != "" && strings.HasSuffix(strings.ToLower(p.subject), "/"+strings.ToLower(conn.ID)) {
		subject += "; the credential's subject must end in " + conn.ID
	}
	add("subject", subject)
	add("audience", audienceWords(p.audience, conn.Cloud.Name))

	for _, part := range []struct{ name, token, quoted string }{
		{"issuer", token.issuer, quoted.issuer}, {"subject", token.subject, quoted.subject}, {"audience", token.audience, quoted.audience},
	} {
		if part.token != "" && part.quoted != "" && part.quoted != part.token && part.quoted != w.Redact(part.token) {
			lines = append(lines, fmt.Sprintf("Microsoft Entra quotes a different %s than this job's ID token has", part.name))
		}
	}
	return lines
}

// twoTenants is a line for an ID token of another tenant than the identity's,
// which some tenants don't accept.
func twoTenants(conn connection.Connection, a Assertion) []string {
	tenant := issuerTenant(a.Claims.Issuer)
	if !arm.IsGUID(tenant) || !arm.IsGUID(conn.TenantID) || strings.EqualFold(tenant, conn.TenantID) {
		return nil
	}
	return []string{"organization's tenant: " + tenant, "identity's tenant: " + conn.TenantID}
}

// besideRecord compares a presented issuer or subject with the recorded one;
// kind names its generation. It's empty if nothing is known about what was presented.
func besideRecord(got, recorded string, kind func(string) string, compare func(got, want string) (connection.Difference, bool)) string {
	d, differs := compare(got, recorded)
	switch {
	case got == "":
		return ""
	case recorded == "":
		return kind(got) + "; the connection's record has none"
	case !differs:
		return kind(got) + ", as in the connection's record"
	case kind(got) != kind(recorded):
		return fmt.Sprintf("%s in the ID token, %s in the record", kind(got), kind(recorded))
	}
	inToken, inRecord := shownApart(d)
	words := fmt.Sprintf("%s %s in the ID token, %s in the record", d.Name, quotedOrMissing(inToken), quotedOrMissing(inRecord))
	if d.CaseOnly {
		words += ", different in letter case only"
	}
	return words
}

// before is how many characters in front of a difference are shown with it.
const before = 4

// shownApart shortens the two sides of a difference: to where they begin or,
// where they begin alike, to where they differ.
func shownApart(d connection.Difference) (got, recorded string) {
	got, recorded = secret.Short(d.Got), secret.Short(d.Want)
	if got == recorded {
		from := max(0, d.Position-1-before)
		got, recorded = "…"+secret.Short(string([]rune(d.Got)[from:])), "…"+secret.Short(string([]rune(d.Want)[from:]))
	}
	return got, recorded
}

func quotedOrMissing(text string) string {
	if text == "" {
		return "missing"
	}
	return "'" + text + "'"
}

// subjectWords names the generation of a subject.
func subjectWords(subject string) string {
	switch {
	case strings.HasPrefix(subject, "sc://"):
		return "built from names"
	case strings.HasPrefix(subject, "/eid1/"):
		return "built from IDs"
	case strings.HasPrefix(subject, "p://"):
		return "for a pipeline"
	default:
		return "unknown to this version"
	}
}

// audienceWords compares an audience with the audience that credentials have in a cloud.
func audienceWords(audience, cloud string) string {
	right := connection.ExchangeAudienceOf(cloud)
	must := "the federated credential must have " + right
	switch {
	case audience == "":
		return ""
	case audience == right, !strings.Contains(audience, "://") && connection.IsExchangeAudience(audience): // the second is an ID, the same in every cloud
		return "correct in the ID token; " + must
	case connection.IsExchangeAudience(audience):
		return fmt.Sprintf("%s, which belongs to a different cloud than %s; %s", audience, cloud, must)
	default:
		return "not an audience that Microsoft Entra exchanges; " + must
	}
}
