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
		"https://attacker.example/x/v2.0":                "not known to this version",
		"https://attacker.example/vstoken.dev.azure.com": "not known to this version",
		"http://login.microsoftonline.com/x/v2.0":        "not known to this version",
		"https://login.microsoftonline.com/x":            "not known to this version",
		"":                                               "not known to this version",
	} {
		t.Run(issuer, func(t *testing.T) { assert.Equal(t, want, issuerWords(issuer)) })
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
		"long before":                           {devopsIssuer, "AzureCloud", day("2026-10-01"), day("2026-10-01"), check.Pass, "issuer: Azure DevOps (older)", 1},
		"the last day of the line":              {devopsIssuer, "AzureCloud", day("2027-04-01"), day("2027-04-01"), check.Pass, "issuer: Azure DevOps (older)", 1},
		"ninety days before":                    {devopsIssuer, "AzureCloud", day("2027-04-02"), day("2027-04-02"), check.Warn, "(in 90 days)", 1},
		"the day before":                        {devopsIssuer, "AzureCloud", day("2027-06-30"), day("2027-06-30"), check.Warn, "(in 1 days)", 1},
		"afterwards":                            {devopsIssuer, "AzureCloud", day("2027-08-01"), day("2027-08-01"), check.Warn, "on 1 July 2027", 1},
		"by the token's day, not the machine's": {devopsIssuer, "AzureCloud", day("2026-10-01"), day("2031-01-01"), check.Pass, "issuer: Azure DevOps (older)", 1},
		"without a day in the token":            {devopsIssuer, "AzureCloud", time.Time{}, day("2027-05-02"), check.Warn, "(in 60 days)", 1},
		"another cloud keeps it":                {devopsIssuer, "AzureUSGovernment", day("2027-05-02"), day("2027-05-02"), check.Pass, "issuer: Azure DevOps (older)", 0},
		"an Azure Stack keeps it":               {devopsIssuer, "AzureStack", day("2027-05-02"), day("2027-05-02"), check.Pass, "issuer: Azure DevOps (older)", 0},
		"the Entra issuer stays":                {entraIssuer, "AzureCloud", day("2027-05-02"), day("2027-05-02"), check.Pass, "issuer: Microsoft Entra", 0},
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
				return w.judgeIDToken(s, conn, Assertion{Token: conn.IDToken}, "handed over by the server")
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
