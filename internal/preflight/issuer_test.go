package preflight

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"testing"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/secret"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnIssuerIsNamedByItsHost(t *testing.T) {
	for issuer, want := range map[string]string{
		entraIssuer:                                      "Microsoft Entra",
		entraIssuer + "/":                                "Microsoft Entra",
		devopsIssuer:                                     "Azure DevOps (older)",
		"https://app.vstoken.visualstudio.com":           "Azure DevOps (older)",
		"https://attacker.example/x/v2.0":                "unknown to this version",
		"https://attacker.example/vstoken.dev.azure.com": "unknown to this version",
		"http://login.microsoftonline.com/x/v2.0":        "unknown to this version",
		"https://login.microsoftonline.com/x":            "unknown to this version",
		"":                                               "unknown to this version",
	} {
		t.Run(issuer, func(t *testing.T) { assert.Equal(t, want, IssuerWords(issuer)) })
	}
}

func TestTheEndOfTheOlderIssuerIsALineAndThenAWarning(t *testing.T) {
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		require.NoError(t, err)
		return at
	}
	for name, tc := range map[string]struct {
		issuer, cloud string
		issued, now   time.Time
		status        check.Status
		text          string
		notes         int
	}{
		"long before":                           {issuer: devopsIssuer, cloud: "AzureCloud", issued: day("2026-10-01"), now: day("2026-10-01"), status: check.Pass, text: "issuer: Azure DevOps (older)", notes: 1},
		"the last day of the line":              {issuer: devopsIssuer, cloud: "AzureCloud", issued: day("2027-04-01"), now: day("2027-04-01"), status: check.Pass, text: "issuer: Azure DevOps (older)", notes: 1},
		"ninety days before":                    {issuer: devopsIssuer, cloud: "AzureCloud", issued: day("2027-04-02"), now: day("2027-04-02"), status: check.Warn, text: "(in 90 days)", notes: 1},
		"the day before":                        {issuer: devopsIssuer, cloud: "AzureCloud", issued: day("2027-06-30"), now: day("2027-06-30"), status: check.Warn, text: "(in 1 day)", notes: 1},
		"afterwards":                            {issuer: devopsIssuer, cloud: "AzureCloud", issued: day("2027-08-01"), now: day("2027-08-01"), status: check.Warn, text: "on July 1, 2027", notes: 1},
		"by the token's day, not the machine's": {issuer: devopsIssuer, cloud: "AzureCloud", issued: day("2026-10-01"), now: day("2031-01-01"), status: check.Pass, text: "issuer: Azure DevOps (older)", notes: 1},
		"without a day in the token":            {issuer: devopsIssuer, cloud: "AzureCloud", issued: time.Time{}, now: day("2027-05-02"), status: check.Warn, text: "(in 60 days)", notes: 1},
		"another cloud keeps it":                {issuer: devopsIssuer, cloud: "AzureUSGovernment", issued: day("2027-05-02"), now: day("2027-05-02"), status: check.Pass, text: "issuer: Azure DevOps (older)"},
		"an Azure Stack keeps it":               {issuer: devopsIssuer, cloud: "AzureStack", issued: day("2027-05-02"), now: day("2027-05-02"), status: check.Pass, text: "issuer: Azure DevOps (older)"},
		"the Entra issuer stays":                {issuer: entraIssuer, cloud: "AzureCloud", issued: day("2027-05-02"), now: day("2027-05-02"), status: check.Pass, text: "issuer: Microsoft Entra"},
	} {
		t.Run(name, func(t *testing.T) {
			claims := map[string]any{"iss": tc.issuer, "sub": "sc://contoso/Shop/prod"}
			if !tc.issued.IsZero() {
				claims["iat"] = tc.issued.Unix()
			}
			payload, err := json.Marshal(claims)
			require.NoError(t, err)
			conn := connection.Connection{
				ID: testConnection, Scheme: connection.WorkloadIdentityFederation, Cloud: connection.Cloud{Name: tc.cloud},
				IDToken: secret.New("e30." + base64.RawURLEncoding.EncodeToString(payload) + ".c2ln"),
			}
			w := &World{
				Now:    func() time.Time { return tc.now },
				Link:   func(string) string { return "" },
				Redact: func(text string) string { return text },
				Learn:  func([]secret.Text, []string) {},
			}
			given := &check.Check[*World]{ID: ConnectionData.ID, Layer: "x", Title: "x", Run: func(context.Context, *World, *state) check.Outcome { return check.Passed("", conn) }}
			asked := &check.Check[*World]{ID: "asked", Layer: "x", Title: "x", Needs: []*Check{given}, Run: func(_ context.Context, w *World, s *state) check.Outcome {
				return w.judgeIDToken(s, conn, Assertion{Token: conn.IDToken}, "provided by the server")
			}}
			results := check.Run(t.Context(), w, []*Check{given, asked}, check.Options{Now: time.Now})
			require.Len(t, results, 2)
			got := results[1]
			assert.Equal(t, tc.status, got.Status)
			assert.Contains(t, said(w, got.Outcome, results...), tc.text)
			assert.Len(t, got.Notes, tc.notes)
			assert.IsType(t, Assertion{}, got.Facts, "whatever it is, the token can be used")
		})
	}
}
