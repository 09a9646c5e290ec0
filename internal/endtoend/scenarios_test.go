package endtoend

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// want is what a situation must come to.
type want struct {
	result   string   // of the step
	errors   []string // codes of the error annotations
	warnings []string // codes of the warning annotations
	tokens   int      // token requests at the authority
	waits    int      // round trips one after the other; 0 = not asserted
	says     string   // part of a line of the log
}

var wanted = joined(wantedFirst, wantedRecord, wantedExpiry, wantedVisibility, wantedResources, wantedRights, wantedOthers, wantedMore)

func joined(parts ...map[string]want) map[string]want {
	all := map[string]want{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

var wantedFirst = map[string]want{
	"healthy":                       {"Succeeded", nil, nil, 1, 2, "ready: "},
	"healthy-certificate":           {"Succeeded", nil, nil, 1, 2, "ready: "},
	"healthy-federation":            {"Succeeded", nil, nil, 1, 3, "issuer: Microsoft Entra"},
	"healthy-federation-old-issuer": {"Succeeded", nil, nil, 1, 3, "ends on 1 July 2027"},
	"healthy-managed-identity":      {"Succeeded", nil, nil, 0, 2, "ready: "},
	"healthy-resource-group":        {"Succeeded", nil, nil, 1, 2, `resource group "rg-app"`},
	"healthy-management-group":      {"Succeeded", nil, nil, 1, 2, `"Contoso platform" is visible`},
	"healthy-variables":             {"Succeeded", nil, nil, 1, 2, "2 set and resolved"},

	"healthy-us-government": {"Succeeded", nil, nil, 1, 2, "AzureUSGovernment"},
	"healthy-azure-stack":   {"Succeeded", nil, nil, 1, 0, "ready: "},
	"azure-germany":         {"Failed", []string{"cloud-retired"}, nil, 0, 0, "2021"},
	"publish-profile":       {"Failed", []string{"scheme-unsupported"}, nil, 0, 0, "App Service"},

	"healthy-renamed":                   {"Succeeded", nil, nil, 1, 2, "ready: "},
	"connection-incomplete":             {"Failed", []string{"connection-incomplete"}, nil, 0, 0, "tenant"},
	"certificate-not-yet-valid":         {"Failed", []string{"certificate-not-yet-valid"}, nil, 0, 0, ""},
	"expectation-unresolved":            {"Failed", []string{"variable-unresolved"}, nil, 1, 2, ""},
	"expectation-of-a-management-group": {"Failed", []string{"input-invalid"}, nil, 1, 2, "has no subscription"},
	"fail-on-misspelt":                  {"Failed", []string{"input-invalid"}, nil, 1, 2, "Start a new run and give the variable"},
	"subscription-in-an-odd-state":      {"SucceededWithIssues", nil, []string{"unexpected-answer"}, 1, 2, "Migrating"},
	"resource-group-deleting":           {"Failed", []string{"resource-group-deleting"}, nil, 1, 2, ""},
	"no-answer":                         {"Failed", []string{"variable-unset"}, []string{"answer-timeout"}, 1, 0, "has no value"},

	"job-token-refused":                {"Failed", []string{"job-token-missing"}, nil, 0, 1, ""},
	"several-identities":               {"Failed", []string{"multiple-identities"}, nil, 0, 1, ""},
	"expired-secret":                   {"Failed", []string{"AADSTS7000222"}, nil, 1, 1, "Choose Rotate secret"},
	"wrong-secret":                     {"Failed", []string{"AADSTS7000215"}, nil, 1, 1, ""},
	"unknown-application":              {"Failed", []string{"AADSTS700016"}, nil, 1, 1, ""},
	"unknown-tenant":                   {"Failed", []string{"AADSTS90002"}, nil, 1, 1, ""},
	"subject-mismatch":                 {"Failed", []string{"AADSTS7002137"}, nil, 1, 2, "credential's must end in 2f80ab39"},
	"not-referenced":                   {"Failed", []string{"connection-not-referenced"}, nil, 0, 1, ""},
	"certificate-expired":              {"Failed", []string{"certificate-expired"}, nil, 0, 0, "blocked by certificate"},
	"certificate-expiring":             {"Succeeded", nil, []string{"certificate-expiring"}, 1, 2, "expires in 5 days"},
	"certificate-key-mismatch":         {"Failed", []string{"certificate-key-mismatch"}, nil, 0, 0, ""},
	"certificate-unreadable":           {"Failed", []string{"certificate-unreadable"}, nil, 0, 0, ""},
	"managed-identity-on-hosted-agent": {"Failed", []string{"managed-identity-on-hosted-agent"}, nil, 0, 1, ""},
	"conditional-access":               {"Failed", []string{"AADSTS53003"}, nil, 1, 1, "intermittent on hosted agents"},

	"healthy-federation-renamed":      {"Succeeded", nil, nil, 1, 3, "ready: "},
	"issuer-retiring":                 {"Succeeded", nil, []string{"issuer-retiring"}, 1, 3, "which is retired on 1 July 2027"},
	"subject-of-another-organization": {"Failed", []string{"AADSTS700213"}, nil, 1, 2, "segment 2 of the subject (organisation)"},
	"subject-of-another-project":      {"Failed", []string{"AADSTS700213"}, nil, 1, 2, "subject: project 'Shop' in the id token, 'Store' in the record"},
	"subject-of-another-connection":   {"Failed", []string{"AADSTS700213"}, nil, 1, 2, "'…tion-wes…'"},
	"subject-in-another-case":         {"Failed", []string{"AADSTS7002138"}, nil, 1, 2, "upper and lower case only"},
	"issuer-not-in-credential":        {"Failed", []string{"AADSTS700211"}, nil, 1, 2, "issuer: Microsoft Entra, as the connection records it"},
	"issuer-not-in-record":            {"Failed", []string{"AADSTS700211"}, nil, 1, 2, "issuer: Microsoft Entra in the id token, Azure DevOps (older)"},
	"issuer-of-another-tenant":        {"Failed", []string{"AADSTS700236"}, nil, 1, 2, "organisation's tenant: "},
	"audience-of-another-cloud":       {"Failed", []string{"AADSTS7002121"}, nil, 1, 2, "right; a credential has api://AzureADTokenExchange"},
	"conditional-access-federation":   {"Failed", []string{"AADSTS53003"}, nil, 1, 2, "correlation id: "},
	"no-role-federation":              {"Failed", []string{"AuthorizationFailed"}, nil, 1, 4, "the smallest built-in role with that right: Reader"},

	"unresolved-connection": {"Failed", []string{"variable-unresolved"}, nil, 0, 0, "the run has no variable of this name"},
	"connection-not-in-job": {"Failed", []string{"connection-not-in-job"}, nil, 0, 0, ""},
	"variable-unset":        {"Failed", []string{"variable-unset"}, nil, 1, 2, ""},
	"variables-unresolved":  {"Failed", []string{"variable-unresolved"}, nil, 1, 2, "and 2 more"},
	"subscription-mismatch": {"Failed", []string{"subscription-mismatch"}, nil, 1, 2, ""},
	"input-invalid":         {"Failed", []string{"input-invalid"}, nil, 1, 2, "'one minute'"},

	"subscription-disabled":        {"Failed", []string{"subscription-disabled"}, nil, 1, 2, ""},
	"subscription-warned":          {"Succeeded", nil, []string{"subscription-warned"}, 1, 2, ""},
	"subscription-past-due":        {"Succeeded", nil, []string{"subscription-past-due"}, 1, 2, ""},
	"subscription-not-found":       {"Failed", []string{"SubscriptionNotFound"}, nil, 1, 3, ""},
	"subscription-in-other-tenant": {"Failed", []string{"InvalidAuthenticationTokenTenant"}, nil, 1, 2, ""},
	"subscription-not-expected":    {"Failed", []string{"subscription-mismatch"}, nil, 1, 2, ""},
	"no-role":                      {"Failed", []string{"AuthorizationFailed"}, nil, 1, 3, cloud.ContosoPrincipalID},
	"two-subscriptions":            {"Succeeded", nil, nil, 1, 2, "ARM_SUBSCRIPTION_ID is set to another subscription"},

	// What a proxy cannot pass on as it is has its own test in network_test.go.
	"dns-failure":          {"Failed", []string{"proxy-refused"}, nil, 0, 0, ""},
	"no-route":             {"Failed", []string{"proxy-refused"}, nil, 0, 0, ""},
	"connection-refused":   {"Failed", []string{"proxy-refused"}, nil, 0, 0, ""},
	"tls-untrusted":        {"Failed", []string{"tls-untrusted"}, nil, 0, 0, ""},
	"proxy-authentication": {"Failed", []string{"proxy-authentication-required"}, nil, 0, 0, ""},
	"captive-portal":       {"Failed", []string{"captive-portal"}, nil, 1, 1, ""},
	"clock-off":            {"Succeeded", nil, []string{"clock-skew"}, 1, 2, "behind"},
	"clock-refused":        {"Failed", []string{"clock-skew"}, nil, 1, 1, "behind"},
	"authority-down":       {"SucceededWithIssues", nil, []string{"service-unavailable"}, -1, 0, "could not tell"},
	"throttled-once":       {"Succeeded", nil, nil, 1, 3, "ready: "},
	"authority-recovers":   {"Succeeded", nil, nil, 2, 3, "ready: "},
	"hostile-text":         {"Failed", []string{"AADSTS700016"}, nil, 1, 1, ""},
}

func TestTheResultAndLogOfEverySituation(t *testing.T) {
	all := scenario.All()
	require.NotEmpty(t, all)
	if !*update {
		files, err := os.ReadDir(logFolder)
		require.NoError(t, err)
		require.Len(t, files, len(all), "a file for every scenario, and no other")
	}
	for i, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			w, ok := wanted[s.Name]
			require.True(t, ok, "no expectation for this scenario (CONTRIBUTING, Adding a check, step 4)")
			for _, debug := range []bool{false, true} {
				if debug && i%6 != 0 { // it adds lines to the log, for each situation the same ones
					continue
				}
				stage := set(t, s.Name, func(r *scenario.Run) {
					if debug {
						r.Variable("system.debug", "true", false)
					}
				})
				record := stage.play(t.Context())
				if !debug {
					holdLog(t, s.Name, record)
				}
				assert.Equal(t, w.result, record.Result, output(record))
				assert.Equal(t, 0, record.ExitCode)
				assert.Equal(t, w.errors, errorsOf(record), output(record))
				assert.Equal(t, w.warnings, warningsOf(record), output(record))
				if w.tokens >= 0 {
					assert.Equal(t, w.tokens, tokenRequests(stage.cloud), "token requests")
				} else {
					assert.Greater(t, tokenRequests(stage.cloud), 1, "a transient error is retried")
				}
				if w.waits > 0 {
					assert.Equal(t, w.waits, stage.shortest(t.Context(), w.waits), "round trips on the critical path")
				}
				assert.True(t, hasLine(record, w.says), "no line says %q:\n%s", w.says, output(record))
			}
		})
	}
	assert.Len(t, wanted, len(all), "an expectation without a scenario")
}

func TestAHealthyRunIsShort(t *testing.T) {
	for _, s := range scenario.All() {
		if !strings.HasPrefix(s.Name, "healthy") {
			continue
		}
		record := set(t, s.Name).play(t.Context())
		// The line about proxy and certificate authorities is there only where some are set.
		lines := slices.DeleteFunc(slices.Clone(record.Lines), func(l string) bool { return strings.HasPrefix(l, "in use: ") })
		assert.LessOrEqual(t, len(lines), 16, output(record))
		for _, line := range record.Lines {
			if !strings.Contains(line, ".pem") { // a path stays whole
				assert.LessOrEqual(t, utf8.RuneCountInString(line), 100, line)
			}
		}
	}
}

func TestAHealthyRunSetsItsOutputs(t *testing.T) {
	record := set(t, "healthy").play(t.Context())
	for name, value := range map[string]string{
		"ArmPreflight.result":         "pass",
		"ArmPreflight.failedChecks":   "",
		"ArmPreflight.subscriptionId": cloud.ContosoSubscriptionID,
		"ArmPreflight.tenantId":       cloud.ContosoTenantID,
		"ArmPreflight.daysToExpiry":   "",
	} {
		assert.Equal(t, value, record.Variables[name].Value, name)
	}
	assert.FileExists(t, record.Variables["ArmPreflight.toolPath"].Value)
}

func TestOutputsOfAStepWithAReferenceName(t *testing.T) {
	record := set(t, "healthy", func(r *scenario.Run) {
		r.Step.RefName = "preflight"
		r.Step.Inputs["outputs"] = "reference"
	}).play(t.Context())
	assert.Equal(t, "pass", record.Variables["preflight.ArmPreflight.result"].Value)
}

func TestTheWayOutAtTwoInTheMorning(t *testing.T) {
	record := set(t, "expired-secret", func(r *scenario.Run) { r.Variable("ArmPreflight.FailOn", "never", false) }).play(t.Context())
	assert.Equal(t, "SucceededWithIssues", record.Result)
	assert.Equal(t, []string{"AADSTS7000222"}, warningsOf(record))
	assert.True(t, hasLine(record, `failOn is "never" by the variable ArmPreflight.FailOn`), output(record))
	assert.Equal(t, "fail", record.Variables["ArmPreflight.result"].Value)
}
