package preflight

import (
	"testing"

	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/connection"
	"armpreflight/internal/secret"

	"github.com/stretchr/testify/assert"
)

const (
	testTenant, testOrganization, testConnection = "66946bae-c7f1-4099-b768-6ec1ac684280", "23609cc8-ca30-4d7d-a018-0a285693d227", "b840b286-3e83-43e4-8e02-b8e8c0db0545"
	entraIssuer                                  = "https://login.microsoftonline.com/" + testTenant + "/v2.0"
	devopsIssuer                                 = "https://vstoken.dev.azure.com/" + testOrganization
	entraSubject                                 = "/eid1/c/pub/t/rmuUZvHHmUC3aG7BrGhCgA/a/rISbSSETf0KqFyZ8ppdXmA/sc/" + testOrganization + "/" + testConnection
)

func TestWhatIsPresentedIsComparedWithTheRecord(t *testing.T) {
	w := &World{OrganizationID: testOrganization}
	for name, tc := range map[string]struct {
		presented       presented
		issuer, subject string // recorded
		code            string
		want            facts.Difference
	}{
		"all agree": {presented: presented{issuer: entraIssuer, subject: entraSubject}, issuer: entraIssuer, subject: entraSubject, code: "AADSTS700213",
			want: facts.Difference{Agree: true}},
		"nothing recorded, and the ids predict it": {presented: presented{issuer: entraIssuer, subject: entraSubject}, code: "AADSTS700213",
			want: facts.Difference{Agree: true}},
		"nothing recorded, and the ids predict another, which is no finding": {
			presented: presented{issuer: entraIssuer, subject: "/eid1/x/pub/t/1/a/2/sc/3/4"}, code: "AADSTS700213"},
		"nothing recorded, and the issuer is the older one": {presented: presented{issuer: devopsIssuer, subject: "sc://contoso/Shop/prod"}, code: "AADSTS700213"},
		"the connection was renamed": {presented: presented{issuer: devopsIssuer, subject: "sc://contoso/Shop/prod-arm"}, issuer: devopsIssuer, subject: "sc://contoso/Shop/prod", code: "AADSTS700213",
			want: facts.Difference{Segment: "segment 4 of the subject (connection name)", Position: 5, Part: "connection name", Presented: "prod-arm", Recorded: "prod"}},
		"a difference of case": {presented: presented{issuer: devopsIssuer, subject: "sc://contoso/Shop/Prod"}, issuer: devopsIssuer, subject: "sc://contoso/Shop/prod", code: "AADSTS7002138",
			want: facts.Difference{Segment: "segment 4 of the subject (connection name)", Position: 1, Case: true, Part: "connection name", Presented: "Prod", Recorded: "prod"}},
		"the other generation of the issuer": {presented: presented{issuer: entraIssuer, subject: entraSubject}, issuer: devopsIssuer, subject: "sc://contoso/Shop/prod", code: "AADSTS700211",
			want: facts.Difference{Segment: "the kind of issuer (Azure DevOps or Microsoft Entra)"}},
		"another tenant, and the issuer is refused": {
			presented: presented{issuer: "https://login.microsoftonline.com/x/v2.0", subject: "/eid1/c/pub/t/x"}, issuer: entraIssuer, subject: entraSubject, code: "AADSTS700211",
			want: facts.Difference{Segment: "segment 3 of the issuer (tenant)", Position: 1, Part: "tenant", Presented: "x", Recorded: "66946bae…"}},
		"another tenant, and the subject is refused": {
			presented: presented{issuer: "https://login.microsoftonline.com/x/v2.0", subject: "/eid1/c/pub/t/x"}, issuer: entraIssuer, subject: entraSubject, code: "AADSTS700213",
			want: facts.Difference{Segment: "segment 6 of the subject (tenant)", Position: 1, Part: "tenant", Presented: "x", Recorded: "rmuUZvHH…"}},
		"only the issuer is known, as Entra quotes it": {presented: presented{issuer: entraIssuer + "/"}, issuer: entraIssuer, subject: entraSubject, code: "AADSTS700211",
			want: facts.Difference{Segment: "segment 4 of the issuer (slash at the end)", Position: 5}},
		"one side has no such segment": {presented: presented{issuer: devopsIssuer, subject: "sc://contoso/Shop"}, issuer: devopsIssuer, subject: "sc://contoso/Shop/prod", code: "AADSTS700213",
			want: facts.Difference{Segment: "segment 4 of the subject (connection name)", Position: 1}},
		"the audience is refused": {presented: presented{issuer: entraIssuer, subject: entraSubject, audience: "api://AzureADTokenExchange"}, issuer: entraIssuer, subject: entraSubject, code: "AADSTS700212",
			want: facts.Difference{Audience: "api://AzureADTokenExchange"}},
		"an audience of no exchange is not shown": {presented: presented{issuer: entraIssuer, subject: entraSubject, audience: "https://vault.azure.net"}, issuer: entraIssuer, subject: entraSubject, code: "AADSTS700212",
			want: facts.Difference{Agree: true}},
		"nothing is known of what was presented": {presented: presented{}, issuer: entraIssuer, subject: entraSubject, code: "AADSTS700213"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := connection.Connection{ID: testConnection, Subject: tc.subject, Issuer: tc.issuer}
			assert.Equal(t, tc.want, difference(w, conn, tc.presented, []string{tc.code}))
		})
	}
}

func TestAQuoteFillsInForATokenThatCannotBeRead(t *testing.T) {
	redactor := secret.NewRedactor()
	redactor.AddIdentifier(entraSubject)
	conn := connection.Connection{Subject: entraSubject}
	known := presented{issuer: entraIssuer, subject: "sc://a/b/c"}
	assert.Equal(t, known, known.completedBy(presented{issuer: "x", subject: "y"}, conn, redactor.Redact), "what the token says comes first")
	assert.Equal(t, presented{subject: entraSubject}, presented{}.completedBy(presented{subject: "/eid1/c/…"}, conn, redactor.Redact),
		"a quote that was shortened is the recorded value")
	assert.Equal(t, presented{subject: "sc://a/b/c"}, presented{}.completedBy(presented{subject: "sc://a/b/c"}, conn, redactor.Redact))
}
