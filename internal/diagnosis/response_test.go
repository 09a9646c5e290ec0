package diagnosis

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFromResponseReadsTheShapesThatServicesUse(t *testing.T) {
	tests := map[string]struct {
		service Service
		status  int
		body    string
		codes   []string
		message string
		want    Code
	}{
		"two numbers, the general one first": {service: Entra, status: 401, body: `{"error":"invalid_client","error_description":"AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret is provided.","error_codes":[70002,50012]}`,
			codes: []string{"AADSTS70002", "AADSTS50012"}, message: "AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret is provided.", want: "AADSTS50012"},
		"two numbers, the general one last": {service: Entra, status: 401, body: `{"error":"invalid_client","error_description":"","error_codes":[50012,70002]}`,
			codes: []string{"AADSTS70002", "AADSTS50012"}, message: "invalid_client", want: "AADSTS50012"},
		"a number that only the text has": {service: Entra, status: 400, body: `{"error":"invalid_request","error_description":"AADSTS900023: Specified tenant identifier 'x' is neither a valid DNS name, nor a valid external domain."}`,
			codes: []string{"AADSTS900023"}, message: "AADSTS900023: Specified tenant identifier 'x' is neither a valid DNS name, nor a valid external domain.", want: "AADSTS900023"},
		"a sub-reason nobody has described yet": {service: Entra, status: 401, body: `{"error":"invalid_client","error_description":"AADSTS7002139: No matching.","error_codes":[7002139]}`,
			codes: []string{"AADSTS7002139"}, message: "AADSTS7002139: No matching.", want: "AADSTS700213"},
		"an unknown number with the known sentence": {service: Entra, status: 401, body: `{"error":"invalid_client","error_description":"AADSTS7009999: No matching federated identity record found for presented assertion audience 'x'.","error_codes":[7009999]}`,
			codes: []string{"AADSTS7009999"}, message: "AADSTS7009999: No matching federated identity record found for presented assertion audience 'x'.", want: "AADSTS700212"},
		"a number that only begins like another": {service: Entra, status: 401, body: `{"error":"invalid_client","error_description":"x","error_codes":[70002150]}`,
			codes: []string{"AADSTS70002150"}, message: "x"},
		"details within details": {service: ARM, status: 400, body: `{"error":{"code":"InvalidTemplateDeployment","message":"outer","details":[{"code":"DeploymentFailed","message":"middle","details":[{"code":"RequestDisallowedByPolicy","message":"inner"}]}]}}`,
			codes: []string{"InvalidTemplateDeployment", "DeploymentFailed", "RequestDisallowedByPolicy"}, message: "outer", want: "RequestDisallowedByPolicy"},
		"ARM without its envelope": {service: ARM, status: 404, body: `{"code":"SubscriptionNotFound","message":"The subscription 'x' could not be found."}`,
			codes: []string{"SubscriptionNotFound"}, message: "The subscription 'x' could not be found.", want: "SubscriptionNotFound"},
		"a message with a capital letter": {service: ARM, status: 500, body: `{"Message":"An error has occurred."}`, message: "An error has occurred.", want: "service-unavailable"},
		"a list of one sentence": {service: DevOps, status: 400, body: `{"count":151,"value":"There is no explicit reference to service connection 5b6c from current stage Deploy.Job.__default."}`,
			message: "There is no explicit reference to service connection 5b6c from current stage Deploy.Job.__default.", want: "connection-not-referenced"},
		"a list of one object": {service: DevOps, status: 404, body: `{"count":1,"value":{"Message":"No service connection found with identifier 5b6c"}}`,
			message: "No service connection found with identifier 5b6c", want: "connection-not-found"},
		"a typed exception": {service: DevOps, status: 403, body: "\ufeff" + `{"$id":"1","innerException":null,"message":"Access denied.","typeName":"Microsoft.TeamFoundation.DistributedTask.WebApi.TaskOrchestrationPlanSecurityException, X","typeKey":"TaskOrchestrationPlanSecurityException","errorCode":0,"eventId":3000}`,
			codes: []string{"TaskOrchestrationPlanSecurityException"}, message: "Access denied.", want: "TaskOrchestrationPlanSecurityException"},
		"Entra's refusal inside a sentence of Azure DevOps": {service: DevOps, status: 400, body: `{"$id":"1","message":"Microsoft Entra rejected the token issued by Azure DevOps with error code AADSTS700238","typeKey":"ServiceEndpointException"}`,
			codes: []string{"ServiceEndpointException", "AADSTS700238"}, message: "Microsoft Entra rejected the token issued by Azure DevOps with error code AADSTS700238", want: "AADSTS700238"},
		"a string alone":            {service: DevOps, status: 400, body: `"TF400813: The user 'x' is not authorized to access this resource."`, codes: []string{"TF400813"}, message: "TF400813: The user 'x' is not authorized to access this resource.", want: "TF400813"},
		"a page of a proxy":         {service: ARM, status: 403, body: "<!DOCTYPE html><html><head><title>Blocked &amp; logged</title></head><body><h1>Access\ndenied</h1></body></html>", message: "Blocked & logged / Access denied", want: "captive-portal"},
		"a page with status 200":    {service: Entra, status: 200, body: "<html><head><title>Sign in to Wi-Fi</title></head></html>", message: "Sign in to Wi-Fi", want: "captive-portal"},
		"a page of a gateway":       {service: ARM, status: 503, body: "<html><title>Service unavailable</title></html>", message: "Service unavailable", want: "service-unavailable"},
		"nothing":                   {service: ARM, status: 418},
		"an error that is a number": {service: Entra, status: 400, body: `{"error":5,"error_codes":["x",-1,1e99,0]}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ev := FromResponse(tt.service, tt.status, nil, []byte(tt.body), nil)
			assert.Equal(t, tt.codes, ev.Codes)
			assert.Equal(t, tt.message, ev.Message)
			entry, _ := Match(ev)
			assert.Equal(t, tt.want, entry.Code)
			requireNoTie(t, ev)
		})
	}
}

func TestTheWordsOfAnOAuthAnswerSpeakWhereItsNumberDoesNot(t *testing.T) {
	tests := map[string]struct {
		service Service
		body    string
		want    Code
	}{
		"consent is missing":                {Entra, `{"error":"invalid_grant","suberror":"consent_required"}`, "AADSTS65001"},
		"a sign-in that was revoked":        {Entra, `{"error":"invalid_grant","suberror":"bad_token","error_description":"AADSTS123456: New."}`, "AADSTS50173"},
		"a second factor":                   {Entra, `{"error":"interaction_required","suberror":"basic_action"}`, "AADSTS50076"},
		"a managed app is asked for":        {Entra, `{"error":"unauthorized_client","suberror":"protection_policy_required"}`, "AADSTS53000"},
		"a number says more than the words": {Entra, `{"error":"invalid_grant","suberror":"consent_required","error_codes":[53003]}`, "AADSTS53003"},
		"a service that is busy":            {Entra, `{"error":"temporarily_unavailable"}`, "service-unavailable"},
		"an unknown source":                 {ManagedIdentity, `{"error":"unknown_source","error_description":"x"}`, "managed-identity-request"},
		"the same word of another service":  {Entra, `{"error":"unknown_source","error_description":"x"}`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ev := FromResponse(tt.service, 400, nil, []byte(tt.body), nil)
			entry, _ := Match(ev)
			assert.Equal(t, tt.want, entry.Code)
			requireNoTie(t, ev)
		})
	}
}

func TestWordsOfANetworkFailureAreReadInALogAndNotInAnAnswer(t *testing.T) {
	const words = "dial tcp 203.0.113.7:443: connect: connection refused"
	entry, _ := Match(FromResponse("", 0, nil, []byte(words), nil))
	assert.Equal(t, Code("connection-refused"), entry.Code)
	entry, _ = Match(FromResponse(ARM, 502, nil, []byte(words), nil))
	assert.Equal(t, Code("service-unavailable"), entry.Code)
}

func TestFromResponseReadsWhoMayNotDoWhat(t *testing.T) {
	ev := FromResponse(ARM, 403, nil, []byte(`{"error":{"code":"AuthorizationFailed","message":"The client 'c' with object id '0f0f' does not have authorization to perform action 'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/5' or the scope is invalid."}}`), nil)
	assert.Equal(t, []string{"0f0f", "Microsoft.Resources/subscriptions/read", "/subscriptions/5"}, []string{ev.ObjectID, ev.Action, ev.Scope})

	ev = FromResponse(ARM, 403, nil, []byte(`{"error":{"code":"LinkedAuthorizationFailed","message":"The client 'c' with object id '0f0f' has permission to perform action 'a/write' on scope '/s/1'; however, it does not have permission to perform action 'b/join/action' on the linked scope '/s/2' or the linked scope is invalid."}}`), nil)
	assert.Equal(t, []string{"0f0f", "b/join/action", "/s/2"}, []string{ev.ObjectID, ev.Action, ev.Scope})
}

func TestFromResponseReadsHeaders(t *testing.T) {
	date := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	waits := map[string]struct {
		header, value string
		want          time.Duration
	}{
		"whole seconds":        {"Retry-After", "60", time.Minute},
		"a fraction":           {"Retry-After", "2.128", 2128 * time.Millisecond},
		"a date":               {"Retry-After", "Sun, 01 Mar 2026 12:00:30 GMT", 30 * time.Second},
		"a date that is past":  {"Retry-After", "Sun, 01 Mar 2026 11:00:00 GMT", 0},
		"milliseconds":         {"Retry-After-Ms", "1500", 1500 * time.Millisecond},
		"a minus":              {"Retry-After", "-5", 0},
		"no number":            {"Retry-After", "soon", 0},
		"not a number":         {"Retry-After", "NaN", 0},
		"more than a lifetime": {"Retry-After", "1e300", maxWait},
	}
	for name, tt := range waits {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			h.Set("Date", date.Format(http.TimeFormat))
			h.Set(tt.header, tt.value)
			ev := FromResponse(ARM, 429, h, nil, nil)
			assert.Equal(t, tt.want, ev.RetryAfter)
			assert.Equal(t, date, ev.Date)
		})
	}

	h := http.Header{}
	h.Set("x-ms-request-id", "r-1")
	h.Set("x-ms-correlation-request-id", "c-1")
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Add("WWW-Authenticate", `Bearer authorization_uri="https://login.windows.net/e66fc46b-2666-4ea3-984d-bb30c06f2c75", error="insufficient_claims", claims="e30="`)
	ev := FromResponse(ARM, 401, h, []byte(`{"error":{"code":"InvalidAuthenticationToken","message":"m"}}`), nil)
	assert.Equal(t, "r-1", ev.RequestID)
	assert.Equal(t, "c-1", ev.CorrelationID)
	assert.Equal(t, "application/json", ev.ContentType)
	assert.Equal(t, "https://login.windows.net/e66fc46b-2666-4ea3-984d-bb30c06f2c75", ev.AuthorizationURI)
	entry, _ := Match(ev)
	assert.Equal(t, Code("insufficient_claims"), entry.Code)
}

// fakeToken has the look of a JWT and says nothing.
const fakeToken = "eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOjF9.c2lnbmF0dXJlLWNhbmFyeQ"

func TestEvidenceNeverHoldsAToken(t *testing.T) {
	const opaque = "0.AXoA-canary-Zm9vYmFy"
	bodies := map[string]string{
		"an access token in an error":    `{"error":"x","access_token":"` + opaque + `"}`,
		"an id token beside a message":   `{"message":"m","oidcToken":"` + opaque + `"}`,
		"a secret deep inside":           `{"error":{"code":"X","details":[{"secretText":"` + opaque + `"}]}}`,
		"a secret that is no string":     `{"error":{"code":"X","password":{"value":["` + opaque + `"]}}}`,
		"a JWT in a sentence":            `{"error":{"code":"X","message":"token ` + fakeToken + ` is bad"}}`,
		"JSON inside a string":           `{"message":"got {\"client_secret\":\"` + opaque + `\"} back"}`,
		"JSON that does not parse":       `{"error":"x","refresh_token":"` + opaque + `","rest`,
		"JSON that ends in the token":    `{"error":"x","refresh_token":"` + opaque,
		"a quotation mark in the secret": `{"client_secret":"ab\"` + opaque + `", nonsense`,
		"a form":                         `grant_type=x&client_secret=` + opaque + `&scope=y`,
		"a page that shows the header":   `<html><title>Bearer ` + opaque + `-long-enough</title></html>`,
		"a private key":                  "-----BEGIN PRIVATE KEY-----\n" + opaque + "\n-----END PRIVATE KEY-----",
		"a private key that is cut":      "<html>-----BEGIN RSA PRIVATE KEY-----\n" + opaque,
		"the hint of a secret":           `{"error":"x","hint":"` + opaque + `"}`,
		"a token beyond the kept part":   `{"error":"x","padding":"` + strings.Repeat("p", maxBody-60) + `","access_token":"` + opaque + `"}`,
		"a token as the code":            `{"error":{"code":"` + fakeToken + `","message":"m"}}`,
		"a token as the OAuth error":     `{"error":"` + fakeToken + `"}`,
		"a token as a field's name":      `{"` + fakeToken + `":1}`,
	}
	for name, body := range bodies {
		for _, status := range []int{200, 400, 500} {
			t.Run(name, func(t *testing.T) {
				raw, err := json.Marshal(FromResponse(Entra, status, nil, []byte(body), nil))
				require.NoError(t, err)
				assert.NotContains(t, string(raw), "canary")
				assert.NotContains(t, string(raw), "eyJ")
				assert.NotContains(t, string(raw), "c2lnbmF0dXJl")
			})
		}
	}
}

func TestScrubLeavesServicesSentencesAlone(t *testing.T) {
	for _, sentence := range []string{
		"AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
		"Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
		`{"error":{"code":"AuthorizationFailed","message":"no authorization to perform action 'x'"}}`,
	} {
		assert.Equal(t, sentence, scrub(sentence))
	}
}

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
			ev := FromResponse(Entra, 400, nil, body, nil)
			assertBounded(t, ev)
			d := ExplainEvidence(ev, Situation{}, nil)
			assert.NotEmpty(t, d.Headline)
			assert.NotEmpty(t, d.Steps)
			assert.Less(t, time.Since(start), 20*time.Second)
		})
	}
}

// BenchmarkHostileAnswers: each is to be explained in well under 50 ms.
func BenchmarkHostileAnswers(b *testing.B) {
	for name, body := range hostile() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_ = ExplainEvidence(FromResponse(Entra, 400, nil, body, nil), Situation{}, nil)
			}
		})
	}
}

func assertBounded(t testing.TB, ev Evidence) {
	t.Helper()
	assert.LessOrEqual(t, utf8.RuneCountInString(ev.Message), maxMessage)
	assert.LessOrEqual(t, len(ev.Body), maxBody)
	assert.LessOrEqual(t, len(ev.Codes), maxCodes)
	assert.True(t, utf8.ValidString(ev.Body))
	assert.NotContains(t, ev.Body, fakeToken)
	fields := append([]string{ev.Message, ev.EntraError, ev.Suberror, ev.TraceID, ev.CorrelationID, ev.RequestID, ev.Timestamp,
		ev.Action, ev.Scope, ev.ObjectID, ev.AuthorizationURI, ev.ContentType, ev.Server}, ev.Codes...)
	for _, field := range fields {
		assert.True(t, utf8.ValidString(field), "%q", field)
		assert.False(t, strings.ContainsFunc(field, unicode.IsControl), "%q", field)
		assert.LessOrEqual(t, utf8.RuneCountInString(field), maxMessage)
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
		ev := FromResponse(Service(service), status, h, body, nil)
		assertBounded(t, ev)
		assert.GreaterOrEqual(t, ev.RetryAfter, time.Duration(0))
		assert.LessOrEqual(t, ev.RetryAfter, maxWait)
		d := ExplainEvidence(ev, Situation{}, nil)
		assert.NotEmpty(t, d.Headline)
		assert.LessOrEqual(t, utf8.RuneCountInString(d.Headline), maxHeadline)
		_ = Transient(ev)
	})
}
