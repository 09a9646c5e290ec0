package diagnosis

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"armpreflight/internal/evidence"

	"github.com/stretchr/testify/assert"
)

func TestFromResponseReadsTheShapesThatServicesUse(t *testing.T) {
	tests := map[string]struct {
		service evidence.Service
		status  int
		body    string
		codes   []string
		message string
		want    Code
	}{
		"two numbers, the general one first": {service: evidence.Entra, status: 401, body: `{"error":"invalid_client","error_description":"AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret is provided.","error_codes":[70002,50012]}`,
			codes: []string{"AADSTS70002", "AADSTS50012"}, message: "AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret is provided.", want: "AADSTS50012"},
		"two numbers, the general one last": {service: evidence.Entra, status: 401, body: `{"error":"invalid_client","error_description":"","error_codes":[50012,70002]}`,
			codes: []string{"AADSTS70002", "AADSTS50012"}, message: "invalid_client", want: "AADSTS50012"},
		"a number that only the text has": {service: evidence.Entra, status: 400, body: `{"error":"invalid_request","error_description":"AADSTS900023: Specified tenant identifier 'x' is neither a valid DNS name, nor a valid external domain."}`,
			codes: []string{"AADSTS900023"}, message: "AADSTS900023: Specified tenant identifier 'x' is neither a valid DNS name, nor a valid external domain.", want: "AADSTS900023"},
		"a sub-reason nobody has described yet": {service: evidence.Entra, status: 401, body: `{"error":"invalid_client","error_description":"AADSTS7002139: No matching.","error_codes":[7002139]}`,
			codes: []string{"AADSTS7002139"}, message: "AADSTS7002139: No matching.", want: "AADSTS700213"},
		"an unknown number with the known sentence": {service: evidence.Entra, status: 401, body: `{"error":"invalid_client","error_description":"AADSTS7009999: No matching federated identity record found for presented assertion audience 'x'.","error_codes":[7009999]}`,
			codes: []string{"AADSTS7009999"}, message: "AADSTS7009999: No matching federated identity record found for presented assertion audience 'x'.", want: "AADSTS700212"},
		"a number that only begins like another": {service: evidence.Entra, status: 401, body: `{"error":"invalid_client","error_description":"x","error_codes":[70002150]}`,
			codes: []string{"AADSTS70002150"}, message: "x"},
		"details within details": {service: evidence.ARM, status: 400, body: `{"error":{"code":"InvalidTemplateDeployment","message":"outer","details":[{"code":"DeploymentFailed","message":"middle","details":[{"code":"RequestDisallowedByPolicy","message":"inner"}]}]}}`,
			codes: []string{"InvalidTemplateDeployment", "DeploymentFailed", "RequestDisallowedByPolicy"}, message: "outer", want: "RequestDisallowedByPolicy"},
		"ARM without its envelope": {service: evidence.ARM, status: 404, body: `{"code":"SubscriptionNotFound","message":"The subscription 'x' could not be found."}`,
			codes: []string{"SubscriptionNotFound"}, message: "The subscription 'x' could not be found.", want: "SubscriptionNotFound"},
		"a message with a capital letter": {service: evidence.ARM, status: 500, body: `{"Message":"An error has occurred."}`, message: "An error has occurred.", want: "service-unavailable"},
		"a list of one sentence": {service: evidence.DevOps, status: 400, body: `{"count":151,"value":"There is no explicit reference to service connection 5b6c from current stage Deploy.Job.__default."}`,
			message: "There is no explicit reference to service connection 5b6c from current stage Deploy.Job.__default.", want: "connection-not-referenced"},
		"a list of one object": {service: evidence.DevOps, status: 404, body: `{"count":1,"value":{"Message":"No service connection found with identifier 5b6c"}}`,
			message: "No service connection found with identifier 5b6c", want: "connection-not-found"},
		"a typed exception": {service: evidence.DevOps, status: 403, body: "\ufeff" + `{"$id":"1","innerException":null,"message":"Access denied.","typeName":"Microsoft.TeamFoundation.DistributedTask.WebApi.TaskOrchestrationPlanSecurityException, X","typeKey":"TaskOrchestrationPlanSecurityException","errorCode":0,"eventId":3000}`,
			codes: []string{"TaskOrchestrationPlanSecurityException"}, message: "Access denied.", want: "TaskOrchestrationPlanSecurityException"},
		"Entra's refusal inside a sentence of Azure DevOps": {service: evidence.DevOps, status: 400, body: `{"$id":"1","message":"Microsoft Entra rejected the token issued by Azure DevOps with error code AADSTS700238","typeKey":"ServiceEndpointException"}`,
			codes: []string{"ServiceEndpointException", "AADSTS700238"}, message: "Microsoft Entra rejected the token issued by Azure DevOps with error code AADSTS700238", want: "AADSTS700238"},
		"a string alone":            {service: evidence.DevOps, status: 400, body: `"TF400813: The user 'x' is not authorized to access this resource."`, codes: []string{"TF400813"}, message: "TF400813: The user 'x' is not authorized to access this resource.", want: "TF400813"},
		"a page of a proxy":         {service: evidence.ARM, status: 403, body: "<!DOCTYPE html><html><head><title>Blocked &amp; logged</title></head><body><h1>Access\ndenied</h1></body></html>", message: "Blocked & logged / Access denied", want: "captive-portal"},
		"a page with status 200":    {service: evidence.Entra, status: 200, body: "<html><head><title>Sign in to Wi-Fi</title></head></html>", message: "Sign in to Wi-Fi", want: "captive-portal"},
		"a page of a gateway":       {service: evidence.ARM, status: 503, body: "<html><title>Service unavailable</title></html>", message: "Service unavailable", want: "service-unavailable"},
		"nothing":                   {service: evidence.ARM, status: 418},
		"an error that is a number": {service: evidence.Entra, status: 400, body: `{"error":5,"error_codes":["x",-1,1e99,0]}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ev := evidence.FromResponse(tt.service, tt.status, nil, []byte(tt.body), nil)
			assert.Equal(t, tt.codes, ev.Codes)
			assert.Equal(t, tt.message, ev.Message)
			entry, _ := best(ev)
			assert.Equal(t, tt.want, entry.Code)
			requireNoTie(t, ev)
		})
	}
}

func TestTheWordsOfAnOAuthAnswerSpeakWhereItsNumberDoesNot(t *testing.T) {
	tests := map[string]struct {
		service evidence.Service
		body    string
		want    Code
	}{
		"consent is missing":                {evidence.Entra, `{"error":"invalid_grant","suberror":"consent_required"}`, "AADSTS65001"},
		"a sign-in that was revoked":        {evidence.Entra, `{"error":"invalid_grant","suberror":"bad_token","error_description":"AADSTS123456: New."}`, "AADSTS50173"},
		"a second factor":                   {evidence.Entra, `{"error":"interaction_required","suberror":"basic_action"}`, "AADSTS50076"},
		"a managed app is asked for":        {evidence.Entra, `{"error":"unauthorized_client","suberror":"protection_policy_required"}`, "AADSTS53000"},
		"a number says more than the words": {evidence.Entra, `{"error":"invalid_grant","suberror":"consent_required","error_codes":[53003]}`, "AADSTS53003"},
		"a service that is busy":            {evidence.Entra, `{"error":"temporarily_unavailable"}`, "service-unavailable"},
		"an unknown source":                 {evidence.ManagedIdentity, `{"error":"unknown_source","error_description":"x"}`, "managed-identity-request"},
		"the same word of another service":  {evidence.Entra, `{"error":"unknown_source","error_description":"x"}`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ev := evidence.FromResponse(tt.service, 400, nil, []byte(tt.body), nil)
			entry, _ := best(ev)
			assert.Equal(t, tt.want, entry.Code)
			requireNoTie(t, ev)
		})
	}
}

func TestAClaimsChallengeIsMoreThanTheCodeBesideIt(t *testing.T) {
	h := http.Header{"Www-Authenticate": {`Bearer authorization_uri="https://login.windows.net/common", error="insufficient_claims", claims="e30="`}}
	entry, _ := best(evidence.FromResponse(evidence.ARM, 401, h, []byte(`{"error":{"code":"InvalidAuthenticationToken","message":"m"}}`), nil))
	assert.Equal(t, Code("insufficient_claims"), entry.Code)
}

func TestWordsOfANetworkFailureAreReadInALogAndNotInAnAnswer(t *testing.T) {
	const words = "dial tcp 203.0.113.7:443: connect: connection refused"
	entry, _ := best(evidence.FromResponse("", 0, nil, []byte(words), nil))
	assert.Equal(t, Code("connection-refused"), entry.Code)
	entry, _ = best(evidence.FromResponse(evidence.ARM, 502, nil, []byte(words), nil))
	assert.Equal(t, Code("service-unavailable"), entry.Code)
}

// fakeToken has the look of a JWT and says nothing.
const fakeToken = "eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOjF9.c2lnbmF0dXJlLWNhbmFyeQ"

// hostile are answers that no service sends.
func hostile() map[string][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	garbage := make([]byte, 10<<20)
	for i := range garbage {
		garbage[i] = byte(random.Uint32())
	}
	return map[string][]byte{
		"nil":               nil,
		"random bytes":      garbage,
		"an endless string": []byte(`{"error":"` + strings.Repeat("a", 10<<20)),
		"deep nesting":      []byte(strings.Repeat(`{"error":`, 1<<19)),
		"deep lists":        []byte(strings.Repeat(`[`, 1<<20)),
		"many details":      []byte(`{"error":{"code":"A","details":[` + strings.Repeat(`{"code":"B"},`, 1<<16) + `{"code":"C"}]}}`),
		"many codes":        []byte(strings.Repeat("AADSTS50196 ", 1<<18)),
		"invalid UTF-8":     []byte("AADSTS90033: \xff\xfe\x80 fault"),
		"an endless page":   []byte("<html>" + strings.Repeat("<h1>", 1<<20)),
		"many quotes":       []byte(strings.Repeat(`\"`, 5<<20)),
		"an invented code":  []byte(`{"error":"invalid_client","error_description":"AADSTS123456789: Invented.","error_codes":[123456789]}`),
		"many lines":        []byte(strings.Repeat("\n(SomeCode) \nCode: SomeCode\n", 1<<18)),
		"blank lines":       []byte(strings.Repeat("\n", 10<<20) + "x"),
		"many wrappers":     []byte(strings.Repeat("inner error code: Error(s): 1234 ", 1<<18)),
	}
}

func TestFromResponseStaysCalmAndBounded(t *testing.T) {
	for name, body := range hostile() {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			ev := evidence.FromResponse(evidence.Entra, 400, nil, body, nil)
			assertBounded(t, ev)
			d := ExplainEvidence(ev, Situation{}, nil)
			assert.NotEmpty(t, d.Headline)
			assert.NotEmpty(t, d.Steps)
			assert.Less(t, time.Since(start), 20*time.Second)
		})
	}
}

// BenchmarkHostileAnswers: each must be explained in well under 50 ms.
func BenchmarkHostileAnswers(b *testing.B) {
	for name, body := range hostile() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_ = ExplainEvidence(evidence.FromResponse(evidence.Entra, 400, nil, body, nil), Situation{}, nil)
			}
		})
	}
}

func assertBounded(t testing.TB, ev evidence.Evidence) {
	t.Helper()
	assert.LessOrEqual(t, utf8.RuneCountInString(ev.Message), evidence.MaxMessage)
	assert.LessOrEqual(t, len(ev.Body), evidence.MaxBody)
	assert.LessOrEqual(t, len(ev.Codes), evidence.MaxCodes)
	assert.True(t, utf8.ValidString(ev.Body))
	assert.NotContains(t, ev.Body, fakeToken)
	fields := append([]string{ev.Message, ev.EntraError, ev.Suberror, ev.TraceID, ev.CorrelationID, ev.RequestID, ev.Timestamp,
		ev.Action, ev.Scope, ev.ObjectID, ev.AuthorizationURI, ev.OwnerTenant, ev.ManagementGroup(), ev.Quoted.Issuer, ev.Quoted.Subject, ev.Quoted.Audience, ev.ContentType, ev.Server}, ev.Codes...)
	for _, field := range fields {
		assert.True(t, utf8.ValidString(field), "%q", field)
		assert.False(t, strings.ContainsFunc(field, unicode.IsControl), "%q", field)
		assert.LessOrEqual(t, utf8.RuneCountInString(field), evidence.MaxMessage)
		assert.NotContains(t, field, fakeToken)
	}
}

func FuzzFromResponse(f *testing.F) {
	for _, s := range samples(f) {
		body := []byte(s.Body)
		if s.BodyText != "" {
			body = []byte(s.BodyText)
		}
		f.Add(string(s.service), s.Status, s.Headers["Content-Type"], s.Headers["Retry-After"], s.Headers["WWW-Authenticate"], body)
	}
	for _, a := range answers(f) {
		header, body := a.response(f)
		f.Add(string(a.service()), a.status, header.Get("Content-Type"), "", header.Get("WWW-Authenticate"), []byte(body))
	}
	for _, wrap := range entraWords {
		f.Add("", 0, "", "", "", []byte(wrap("7000222", "AADSTS7000222: x"+entraTail, `{"error_codes":[7000222]}`)))
	}
	for _, wrap := range armWords {
		f.Add("", 0, "", "", "", []byte(wrap("AuthorizationFailed", "x", `{"error":{"code":"AuthorizationFailed"}}`)))
	}
	f.Add("entra", 400, "text/plain", "1e400", `Bearer authorization_uri="https://[::1`, []byte(`{"error":"`+fakeToken+`"}`))
	f.Add("arm", 400, "text/html", "-1", "Bearer authorization_uri=", []byte(`<title>`+fakeToken+"\x00\u200b</title>"))
	f.Add("arm", 500, "", "", "", []byte(`{"details":[[[["`+fakeToken+`"]]]],"value":{"count":1},"count":{}}`))
	f.Fuzz(func(t *testing.T, service string, status int, contentType, retryAfter, challenge string, body []byte) {
		h := http.Header{"Content-Type": {contentType}, "Retry-After": {retryAfter}, "Www-Authenticate": {challenge}, "Date": {retryAfter}}
		ev := evidence.FromResponse(evidence.Service(service), status, h, body, nil)
		assertBounded(t, ev)
		assert.GreaterOrEqual(t, ev.RetryAfter, time.Duration(0))
		assert.LessOrEqual(t, ev.RetryAfter, evidence.MaxWait)
		d := ExplainEvidence(ev, Situation{}, nil)
		assert.NotEmpty(t, d.Headline)
		assert.LessOrEqual(t, utf8.RuneCountInString(d.Headline), maxHeadline)
		_ = Match(&ev)
		_ = ev.Transient()
	})
}
