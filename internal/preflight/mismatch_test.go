package preflight

import (
	"testing"

	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/secret"

	"github.com/stretchr/testify/assert"
)

// saidByEntra is a refusal of Entra in these words.
func saidByEntra(message string) evidence.Evidence {
	return evidence.FromResponse(evidence.Entra, 401, nil, []byte(message), nil)
}

func TestAMismatchIsSaidPartByPart(t *testing.T) {
	const exchange = "api://AzureADTokenExchange"
	claims := func(issuer, subject, audience string) Assertion {
		return Assertion{Readable: true, Claims: connection.Claims{Issuer: issuer, Subject: subject, Audience: []string{audience}}}
	}
	for name, tc := range map[string]struct {
		issuer, subject, cloud string // recorded
		assertion              Assertion
		message                string
		want                   []string
	}{
		"all as recorded": {issuer: entraIssuer, subject: entraSubject, cloud: "AzureCloud", assertion: claims(entraIssuer, entraSubject, "fb60f99c-7a34-4190-8149-302f77469936"),
			message: "presented assertion subject '/eid1/c/…'.", want: []string{ // as it comes when the subject is known
				"issuer: Microsoft Entra, as in the connection's record",
				"subject: built from IDs, as in the connection's record; the credential's subject must end in " + testConnection,
				"audience: correct in the ID token; the federated credential must have " + exchange,
			}},
		"the project was renamed": {issuer: devopsIssuer, subject: "sc://contoso/Store/prod", cloud: "AzureCloud", assertion: claims(devopsIssuer, "sc://contoso/Shop/prod", exchange), want: []string{
			"issuer: Azure DevOps (older), as in the connection's record",
			"subject: project 'Shop' in the ID token, 'Store' in the record",
			"audience: correct in the ID token; the federated credential must have " + exchange,
		}},
		"a difference of case": {issuer: devopsIssuer, subject: "sc://contoso/shop/prod", cloud: "AzureCloud", assertion: claims(devopsIssuer, "sc://contoso/Shop/prod", exchange), want: []string{
			"issuer: Azure DevOps (older), as in the connection's record",
			"subject: project 'Shop' in the ID token, 'shop' in the record, different in letter case only",
			"audience: correct in the ID token; the federated credential must have " + exchange,
		}},
		"the other generation": {issuer: devopsIssuer, subject: "sc://contoso/Shop/prod", cloud: "AzureCloud", assertion: claims(entraIssuer, entraSubject, exchange), want: []string{
			"issuer: Microsoft Entra in the ID token, Azure DevOps (older) in the record",
			"subject: built from IDs in the ID token, built from names in the record",
			"audience: correct in the ID token; the federated credential must have " + exchange,
		}},
		"nothing recorded, in another cloud": {cloud: "AzureUSGovernment", assertion: claims(devopsIssuer, "p://contoso/Shop/ci", exchange), want: []string{
			"issuer: Azure DevOps (older); the connection's record has none",
			"subject: for a pipeline; the connection's record has none",
			"audience: " + exchange + ", which belongs to a different cloud than AzureUSGovernment; the federated credential must have " + exchange + "USGov",
		}},
		"an audience of something else": {cloud: "AzureCloud", assertion: claims(devopsIssuer, "other:subject", "api://own"), want: []string{
			"issuer: Azure DevOps (older); the connection's record has none",
			"subject: unknown to this version; the connection's record has none",
			"audience: not an audience that Microsoft Entra exchanges; the federated credential must have " + exchange,
		}},
		"Entra quotes what the token does not hold": {cloud: "AzureCloud", assertion: claims(devopsIssuer, "sc://contoso/Shop/prod", exchange),
			message: "presented assertion subject 'sc://contoso/Shop/test'.", want: []string{
				"issuer: Azure DevOps (older); the connection's record has none",
				"subject: built from names; the connection's record has none",
				"audience: correct in the ID token; the federated credential must have " + exchange,
				"Microsoft Entra quotes a different subject than this job's ID token has",
			}},
		"the token can't be read": {issuer: devopsIssuer, subject: "sc://contoso/Shop/prod", cloud: "AzureCloud", assertion: Assertion{},
			message: "presented assertion subject 'sc://contoso/Shop/test'.", want: []string{
				"subject: connection name 'test' in the ID token, 'prod' in the record",
			}},
	} {
		t.Run(name, func(t *testing.T) {
			redactor := secret.NewRedactor()
			w := &World{Redact: redactor.Redact, Learn: func(_ []secret.Text, identifiers []string) { redactor.AddIdentifier(identifiers...) }}
			w.Learn(nil, []string{tc.assertion.Claims.Issuer, tc.assertion.Claims.Subject})
			conn := connection.Connection{ID: testConnection, Issuer: tc.issuer, Subject: tc.subject, Cloud: connection.Cloud{Name: tc.cloud}}
			got := w.mismatchLines(conn, tc.assertion, saidByEntra(tc.message))
			assert.Equal(t, tc.want, got)
		})
	}
}

func TestASubjectThatEntraAloneNamedIsShortenedFromThenOn(t *testing.T) {
	redactor := secret.NewRedactor()
	w := &World{Redact: redactor.Redact, Learn: func(_ []secret.Text, identifiers []string) { redactor.AddIdentifier(identifiers...) }}
	w.mismatchLines(connection.Connection{}, Assertion{}, saidByEntra("presented assertion subject 'sc://contoso/Shop/test'."))
	assert.Equal(t, "subject 'sc://con…'", redactor.Redact("subject 'sc://contoso/Shop/test'"))
}

func TestLongPartsAreShownWhereTheyDiffer(t *testing.T) {
	for name, tc := range map[string]struct{ got, recorded, shownGot, shownRecorded string }{
		"short names":              {got: "Shop", recorded: "Store", shownGot: "'Shop'", shownRecorded: "'Store'"},
		"long and different":       {got: "organization-a", recorded: "contoso-limited", shownGot: "'organiza…'", shownRecorded: "'contoso-…'"},
		"the same at first":        {got: "prod-federation-west", recorded: "prod-federation-east", shownGot: "'…ion-west'", shownRecorded: "'…ion-east'"},
		"one goes on":              {got: "prod-federation", recorded: "prod-federation-west", shownGot: "'…tion'", shownRecorded: "'…tion-wes…'"},
		"one is not there":         {recorded: "prod", shownGot: "missing", shownRecorded: "'prod'"},
		"letters of several bytes": {got: "übergabe-süd", recorded: "übergabe-sün", shownGot: "'…e-süd'", shownRecorded: "'…e-sün'"},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := connection.CompareSubjects("sc://o/p/"+tc.got, "sc://o/p/"+tc.recorded)
			d.Got, d.Want = tc.got, tc.recorded
			got, recorded := shownApart(d)
			assert.Equal(t, []string{tc.shownGot, tc.shownRecorded}, []string{quotedOrMissing(got), quotedOrMissing(recorded)})
		})
	}
}

func TestTwoTenantsAreNamed(t *testing.T) {
	const other = "4e8b1d60-97f2-4c35-a0b9-d1e6f7a82c43"
	issued := func(issuer string) Assertion { return Assertion{Claims: connection.Claims{Issuer: issuer}} }
	assert.Equal(t, []string{"organization's tenant: " + testTenant, "identity's tenant: " + other},
		twoTenants(connection.Connection{TenantID: other}, issued(entraIssuer)))
	assert.Empty(t, twoTenants(connection.Connection{TenantID: testTenant}, issued(entraIssuer)))
	assert.Empty(t, twoTenants(connection.Connection{TenantID: "contoso.example"}, issued(entraIssuer)), "a name says nothing")
	assert.Empty(t, twoTenants(connection.Connection{TenantID: other}, issued(devopsIssuer)))
}
