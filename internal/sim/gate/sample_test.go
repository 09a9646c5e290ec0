package gate

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// says answers every request in the same way.
func says(status int, body string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

func jobOf(send func(*http.Request) (*http.Response, error)) *Job {
	return &Job{
		Inputs:      map[string]string{"connection": "id-1", "connectedServiceNameARM": "id-1"},
		Variables:   map[string]string{"system.TeamProject": "p"},
		Secrets:     map[string]string{"password": "p4ss w0rd/"},
		Endpoints:   map[string]Endpoint{"id-1": contoso()},
		AccessToken: "job-token", Send: send,
		Token: func(_ context.Context, e Endpoint) (string, error) { return "token-of-" + e.ID, nil },
	}
}

func read(t *testing.T, text string) *Task {
	t.Helper()
	task, err := Read([]byte(text))
	require.NoError(t, err)
	return task
}

const enabled = `{"state": "Enabled"}`

func TestASampleSignsAsksAndJudges(t *testing.T) {
	var asked *http.Request
	job := jobOf(func(r *http.Request) (*http.Response, error) { asked = r; return says(200, enabled)(r) })
	job.Inputs["Group"] = "rg 1"
	result := read(t, plainTask).Sample(t.Context(), job)
	const address = "https://management.azure.com/subscriptions/sub-1?api-version=2022-12-01&g=rg%201"
	assert.Equal(t, Result{
		Passed: true,
		Log: []string{"GET " + address, "response code: 200", "response: " + enabled,
			`expression "eq(root['state'], 'Enabled')" holds: true`},
		Requests: []Request{{Method: "GET", Address: address, Headers: map[string]string{"Content-Type": "application/json"}, Signed: true}},
	}, result)
	assert.Equal(t, "Bearer token-of-id-1", asked.Header.Get("Authorization"))
	assert.Equal(t, "application/json", asked.Header.Get("Content-Type"))
	assert.Equal(t, address, asked.URL.String())
}

func TestADefaultStandsInForAnInput(t *testing.T) {
	result := read(t, plainTask).Sample(t.Context(), jobOf(says(200, enabled)))
	require.Len(t, result.Requests, 1)
	assert.True(t, strings.HasSuffix(result.Requests[0].Address, "&g=rg-default"))
}

func TestSamplesThatDoNotPass(t *testing.T) {
	for name, test := range map[string]struct {
		task   func(string) string
		job    func(*Job)
		status int
		body   string
		err    string // "" = the expression doesn't hold
		sent   bool
	}{
		"the expression does not hold":      {status: 200, body: `{"state":"Warned"}`, sent: true},
		"400 and above, whatever is in it":  {status: 403, body: enabled, err: "HTTP 403", sent: true},
		"a redirect":                        {status: 302, body: enabled, err: "HTTP 302", sent: true},
		"an answer that is no JSON":         {status: 200, body: "<html>", err: "no JSON", sent: true},
		"an expression that cannot be read": {task: replace(`eq(root`, `eqq(root`), status: 200, body: enabled, err: `"eqq" is not known`, sent: true},
		"a token that cannot be had": {job: func(j *Job) {
			j.Token = func(context.Context, Endpoint) (string, error) { return "", errors.New("invalid_client") }
		}, err: "invalid_client"},
		"a managed identity":                   {job: scheme("ManagedServiceIdentity"), err: "cannot sign"},
		"a publish profile":                    {job: scheme("PublishProfile"), err: "cannot sign"},
		"no scheme":                            {job: scheme(""), err: "cannot sign"},
		"an endpoint that is not in the job":   {job: func(j *Job) { j.Inputs["connection"] = "id-2" }, err: `no endpoint "id-2"`},
		"an endpoint filed wrongly":            {job: func(j *Job) { j.Inputs["connection"], j.Endpoints["x"] = "x", contoso() }, err: "another ID"},
		"a required input that is empty":       {job: func(j *Job) { j.Inputs["connection"] = "" }, err: `"connection" is required`},
		"plain http":                           {task: replace(`$(endpoint.url)`, `http://h/`), err: "not https"},
		"a placeholder for nothing":            {task: replace(`$(endpoint.url)`, `$(endpoint.address)`), err: "not https"},
		"headers that are no JSON":             {task: replace(`{\"Content-Type\":\"application/json\"}`, `Accept: x`), err: "no JSON object"},
		"a header with a line break":           {task: replace(`application/json\"}`, `a\\r\\nb\"}`), err: "cannot be sent"},
		"a method that is none":                {task: replace(`"GET"`, `"G T"`), err: "cannot be made"},
		"a callback":                           {task: replace(`"WaitForCompletion": "false"`, `"WaitForCompletion": "True"`), err: "callbacks"},
		"another audience":                     {task: replace(`"Body": ""`, `"ResourceURL": "api://x"`), err: "other audiences"},
		"a template that cannot be read":       {task: replace(`"Body": ""`, `"Body": "{{#x}}"`), err: "not known"},
		"an endpoint that is a bad template":   {task: replace(`"EndpointId": "$(connection)"`, `"EndpointId": "{{"`), err: "EndpointId"},
		"an endpoint by a broken expression":   {task: replace(`"EndpointId": "$(connection)"`, `"EndpointId": "TaskInputs["`), err: "EndpointId"},
		"an expression that is a bad template": {task: replace(`eq(root`, `{{eq(root`), status: 200, body: enabled, err: "without its }}", sent: true},
		"a transport that fails": {job: func(j *Job) {
			j.Send = func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }
		}, err: "connection refused", sent: true},
		"a body that breaks off": {job: func(j *Job) {
			j.Send = func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: io.NopCloser(io.MultiReader(strings.NewReader("{"), broken{}))}, nil
			}
		}, err: "could not be read", sent: true},
	} {
		t.Run(name, func(t *testing.T) {
			text := plainTask
			if test.task != nil {
				text = test.task(text)
				require.NotEqual(t, plainTask, text)
			}
			job := jobOf(says(test.status, test.body))
			if test.job != nil {
				test.job(job)
			}
			result := read(t, text).Sample(t.Context(), job)
			assert.False(t, result.Passed)
			assert.Contains(t, result.Err, test.err)
			assert.Equal(t, test.err == "", result.Err == "")
			assert.Equal(t, test.sent, len(result.Requests) == 1)
			if test.body != "" {
				assert.Contains(t, result.Log, "response: "+test.body, "verbatim, also when it fails")
			}
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func replace(old, with string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, with, 1) }
}

func scheme(name string) func(*Job) {
	return func(j *Job) {
		e := contoso()
		e.Scheme = name
		j.Endpoints["id-1"] = e
	}
}

func TestAnAnswerHasTwentySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		result := read(t, plainTask).Sample(t.Context(), jobOf(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}))
		assert.Contains(t, result.Err, "no answer in the time")
		assert.Equal(t, 20*time.Second, time.Since(start))
		assert.Len(t, result.Requests, 1)
	})
}

func TestNothingIsSignedWithoutAnEndpoint(t *testing.T) {
	text := replace(`"EndpointId": "$(connection)", "EndpointUrl": "$(endpoint.url)`, `"EndpointId": "", "EndpointUrl": "https://h/`)(plainTask)
	var asked *http.Request
	job := jobOf(func(r *http.Request) (*http.Response, error) { asked = r; return says(200, enabled)(r) })
	result := read(t, text).Sample(t.Context(), job)
	require.True(t, result.Passed, result.Err)
	assert.Empty(t, asked.Header.Get("Authorization"))
	assert.False(t, result.Requests[0].Signed)
}

func TestWhatMustNotHappenIsReported(t *testing.T) {
	for name, test := range map[string]struct {
		old, with string
		want      []string
	}{
		"nothing":                             {`x`, `x`, nil},
		"the job's token in a header":         {`application/json\"}`, `x\",\"AuthToken\":\"$(system.AccessToken)\"}`, []string{"the job's token is in header AuthToken"}},
		"the job's token in the body":         {`"Body": ""`, `"Body": "t=$(SYSTEM.accesstoken)"`, []string{"the job's token is in the body"}},
		"a secret in the address, escaped":    {`{{group}}`, `$(password)`, []string{"secret variable password is in the address"}},
		"a secret in an address, as data":     {`{{group}}`, `p4ss%20w0rd%2F`, []string{"secret variable password is in the address"}},
		"a token for another host":            {`$(endpoint.url)`, `https://evil.example/`, []string{`the token of connection "contoso" goes to "evil.example", and its own address is "https://management.azure.com/"`}},
		"a token for another host, by a user": {`$(endpoint.url)`, `https://management.azure.com@evil.example/`, []string{`the token of connection "contoso" goes to "evil.example", and its own address is "https://management.azure.com/"`}},
	} {
		t.Run(name, func(t *testing.T) {
			result := read(t, replace(test.old, test.with)(plainTask)).Sample(t.Context(), jobOf(says(200, enabled)))
			require.Empty(t, result.Err)
			assert.Equal(t, test.want, result.Violations)
		})
	}
}

func TestRecipesOfInvokeREST(t *testing.T) {
	const plain = `{"Content-Type":"application/json"}`
	for name, test := range map[string]struct {
		suffix, headers, criteria, body string
		passed                          bool
		address, err                    string
	}{
		"a subscription": {suffix: "subscriptions/$(endpoint.subscriptionId)?api-version=2022-12-01", headers: plain, criteria: "eq(root['state'], 'Enabled')",
			passed: true, address: "https://management.azure.com/subscriptions/sub-1?api-version=2022-12-01"},
		"a variable in a suffix":  {suffix: "a/$(system.teamproject)", criteria: "eq(1, 1)", passed: true, address: "https://management.azure.com/a/p"},
		"no criteria":             {suffix: "a", passed: true, address: "https://management.azure.com/a"},
		"a body that is too long": {suffix: "a", body: strings.Repeat("ü", 2001), err: "body has more than 2000"},
		"a body that just fits":   {suffix: "a", body: strings.Repeat("ü", 2000), passed: true, address: "https://management.azure.com/a"},
		"headers too long":        {suffix: "a", headers: strings.Repeat(" ", 2001), err: "headers has more than 2000"},
		"a bad template":          {suffix: "{{", err: "urlSuffix"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, options := range AllOptions() {
				job := jobOf(says(200, enabled))
				job.Options = options
				result := InvokeREST(test.suffix, test.headers, test.criteria, "GET", test.body).Sample(t.Context(), job)
				assert.Equal(t, test.passed, result.Passed, result.Err)
				assert.Contains(t, result.Err, test.err)
				if test.address != "" {
					require.Len(t, result.Requests, 1)
					assert.Equal(t, test.address, result.Requests[0].Address)
				}
			}
		})
	}
	job := jobOf(says(200, enabled))
	result := InvokeREST("a", `{"AuthToken":"$(system.AccessToken)"}`, "", "GET", "").Sample(t.Context(), job)
	assert.Equal(t, []string{"the job's token is in header AuthToken"}, result.Violations, "the built-in default of the headers")
}

func TestAnEndpointMayBeChosenByAnExpression(t *testing.T) {
	text := replace(`"EndpointId": "$(connection)"`, `"EndpointId": "TaskInputs[TaskInputs['group']]"`)(plainTask)
	job := jobOf(says(200, enabled))
	job.Inputs["group"] = "Connection"
	result := read(t, text).Sample(t.Context(), job)
	require.True(t, result.Passed, result.Err)
	assert.True(t, result.Requests[0].Signed)
}
