package endtoend

import (
	"archive/zip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"armpreflight/internal/sim/cloud"
	"armpreflight/internal/sim/gate"
	"armpreflight/internal/sim/scenario"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// release is a stage with a gate: Azure DevOps, its connections and the cloud that it asks.
type release struct {
	t     *testing.T
	cloud *cloud.Cloud
	job   *gate.Job
	// before, when set, may answer in the cloud's place.
	before func(*http.Request) *http.Response
}

// packagedGate reads the gate out of the package, once.
var packagedGate = sync.OnceValues(func() (*gate.Task, error) {
	vsix, err := packaged()
	if err != nil {
		return nil, err
	}
	archive, err := zip.OpenReader(vsix)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	file, err := archive.Open("ArmConnectionGate/v1/task.json")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	return gate.Read(data)
})

func theGate(t *testing.T) *gate.Task {
	t.Helper()
	task, err := packagedGate()
	require.NoError(t, err)
	return task
}

// newRelease starts the cloud of a scenario, with its connection as the gate's.
func newRelease(t *testing.T, name string) *release {
	t.Helper()
	s, ok := scenario.Find(name)
	require.True(t, ok, "no scenario %q", name)
	r := s.Start(time.Now)
	c, l, err := r.Listen(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(l.CAPEM))
	transport := &http.Transport{DialContext: l.Dial, TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)

	rel := &release{t: t, cloud: c}
	rel.job = &gate.Job{
		Inputs:      map[string]string{"connectedServiceNameARM": r.Step.Inputs["connectedServiceNameARM"]},
		Variables:   map[string]string{"system.TeamProjectId": cloud.ContosoProjectID},
		Secrets:     map[string]string{"password": "a secret variable"},
		Endpoints:   map[string]gate.Endpoint{},
		AccessToken: "the-token-of-the-job",
		Send: func(q *http.Request) (*http.Response, error) {
			if rel.before != nil {
				if answer := rel.before(q); answer != nil {
					answer.Request = q
					return answer, nil
				}
			}
			return transport.RoundTrip(q)
		},
		Token: func(ctx context.Context, e gate.Endpoint) (string, error) { return signIn(ctx, transport, e) },
	}
	for _, e := range r.Job.Endpoints[1:] {
		rel.job.Endpoints[e.ID] = gate.Endpoint{ID: e.ID, Name: e.Name, URL: e.URL, Scheme: e.Scheme, Data: e.Data, Parameters: e.Parameters}
	}
	return rel
}

// signIn requests a token with the connection's secret, as Azure DevOps does.
func signIn(ctx context.Context, transport http.RoundTripper, e gate.Endpoint) (string, error) {
	parameter := func(name string) string {
		for key, value := range e.Parameters {
			if strings.EqualFold(key, name) {
				return value
			}
		}
		return ""
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {parameter("serviceprincipalid")},
		"client_secret": {parameter("serviceprincipalkey")}, "scope": {"https://management.core.windows.net//.default"}}
	address := "https://login.microsoftonline.com/" + parameter("tenantid") + "/oauth2/v2.0/token"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := transport.RoundTrip(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Token == "" {
		return "", fmt.Errorf("the sign-in was refused with status %d", response.StatusCode)
	}
	return answer.Token, nil
}

// sample evaluates the gate once and holds it to what must never happen.
func (r *release) sample(task *gate.Task) gate.Result {
	r.t.Helper()
	result := task.Sample(r.t.Context(), r.job)
	r.assertHarmless(result)
	return result
}

func (r *release) assertHarmless(result gate.Result) {
	r.t.Helper()
	assert.Empty(r.t, result.Violations)
	assert.Empty(r.t, r.cloud.Violations())
	for _, q := range result.Requests {
		assert.Equal(r.t, "GET", q.Method)
		assert.Empty(r.t, q.Body)
		assert.True(r.t, q.Signed, q.Address)
	}
	assert.NotContains(r.t, strings.Join(result.Log, "\n"), r.job.AccessToken)
}

const (
	subscriptionAddress = "https://management.azure.com/subscriptions/" + cloud.ContosoSubscriptionID + "?api-version=2022-12-01"
	groupAddress        = "https://management.azure.com/subscriptions/" + cloud.ContosoSubscriptionID + "/resourceGroups/" +
		cloud.ContosoResourceGroup + "?api-version=2021-04-01"
	managementAddress = "https://management.azure.com/providers/Microsoft.Management/managementGroups/" +
		cloud.ContosoManagementGroup + "?api-version=2020-05-01"
)

func TestAHealthyConnectionPassesTheGateAtOnce(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		scenario, group string
		asked           []string
	}{
		"a subscription":                      {"healthy", "", []string{subscriptionAddress}},
		"a subscription and a resource group": {"healthy", cloud.ContosoResourceGroup, []string{groupAddress, subscriptionAddress}},
		"a management group":                  {"healthy-management-group", "", []string{managementAddress}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRelease(t, tt.scenario)
			r.job.Inputs["resourceGroupName"] = tt.group
			for _, options := range gate.AllOptions() {
				r.job.Options = options
				result := r.sample(theGate(t))
				require.True(t, result.Passed, "%+v\n%s\n%s", options, result.Err, strings.Join(result.Log, "\n"))
				assert.Equal(t, tt.asked, addresses(result))
			}
		})
	}
}

func addresses(result gate.Result) []string {
	var all []string
	for _, q := range result.Requests {
		all = append(all, q.Address)
	}
	return all
}

// instead answers every request to a path that ends so in the cloud's place.
func instead(suffix string, status int, contentType, body string) func(*http.Request) *http.Response {
	return func(q *http.Request) *http.Response {
		if q.URL.Host != resourceManager || !strings.HasSuffix(q.URL.Path, suffix) {
			return nil
		}
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(strings.NewReader(body))}
	}
}

const resourceManager = "management.azure.com"

func TestAGateWaitsUntilTheWorldIsWell(t *testing.T) {
	t.Parallel()
	const (
		aJSON = "application/json"
		sub   = "/" + cloud.ContosoSubscriptionID
		group = "/" + cloud.ContosoResourceGroup
	)
	state := func(state string) func(*cloud.World) {
		return func(w *cloud.World) { w.Tenants[0].Subscriptions[0].State = state }
	}
	groupState := func(state string) func(*cloud.World) {
		return func(w *cloud.World) {
			groups := w.Tenants[0].Subscriptions[0].ResourceGroups
			groups[slices.IndexFunc(groups, func(g cloud.ResourceGroup) bool { return g.Name == cloud.ContosoResourceGroup })].State = state
		}
	}
	rename := func(from, to string) func(*cloud.World) {
		return func(w *cloud.World) {
			groups := w.Tenants[0].Subscriptions[0].ResourceGroups
			groups[slices.IndexFunc(groups, func(g cloud.ResourceGroup) bool { return g.Name == from })].Name = to
		}
	}
	secretEnds := func(in time.Duration) func(*cloud.World) {
		return func(w *cloud.World) {
			for i := range w.Tenants[0].Applications[0].Secrets {
				w.Tenants[0].Applications[0].Secrets[i].Ends = time.Now().Add(in)
			}
		}
	}
	for name, tt := range map[string]struct {
		spoil, heal func(*cloud.World)
		before      func(*http.Request) *http.Response
	}{
		"the subscription is disabled":          {state("Disabled"), state("Enabled"), nil},
		"the subscription is past due":          {state("PastDue"), state("Enabled"), nil},
		"the subscription is warned":            {state("Warned"), state("Enabled"), nil},
		"the subscription is deleted":           {state("Deleted"), state("Enabled"), nil},
		"the resource group is being deleted":   {groupState("Deleting"), groupState("Succeeded"), nil},
		"the resource group is not there":       {rename(cloud.ContosoResourceGroup, "rg-other"), rename("rg-other", cloud.ContosoResourceGroup), nil},
		"the secret has expired":                {secretEnds(-time.Hour), secretEnds(24 * time.Hour), nil},
		"401 for the subscription":              {before: instead(sub, 401, aJSON, `{"error":{"code":"InvalidAuthenticationToken"}}`)},
		"403 for the subscription":              {before: instead(sub, 403, aJSON, `{"error":{"code":"AuthorizationFailed"}}`)},
		"404 for the subscription":              {before: instead(sub, 404, aJSON, `{"error":{"code":"SubscriptionNotFound"}}`)},
		"429 for the subscription":              {before: instead(sub, 429, aJSON, `{"error":{"code":"TooManyRequests"}}`)},
		"500 for the subscription":              {before: instead(sub, 500, aJSON, `{"state":"Enabled"}`)},
		"a sign-in page":                        {before: instead(sub, 200, "text/html", `<html>state: Enabled</html>`)},
		"nothing at all":                        {before: instead(sub, 200, aJSON, ``)},
		"an empty object":                       {before: instead(sub, 200, aJSON, `{}`)},
		"null":                                  {before: instead(sub, 200, aJSON, `null`)},
		"a list":                                {before: instead(sub, 200, aJSON, `[{"state":"Enabled"}]`)},
		"a state of another type":               {before: instead(sub, 200, aJSON, `{"state":{"Enabled":true}}`)},
		"204 with nothing":                      {before: instead(sub, 204, aJSON, ``)},
		"202 with the right words":              {before: instead(sub, 202, aJSON, `{"state":"Enabled"}`)},
		"a redirect to another host":            {before: instead(sub, 307, aJSON, `{"state":"Enabled"}`)},
		"an empty object for the group":         {before: instead(group, 200, aJSON, `{}`)},
		"a list of groups in place of one":      {before: instead(group, 200, aJSON, `{"value":[{"type":"Microsoft.Resources/resourceGroups"}]}`)},
		"a group without properties":            {before: instead(group, 200, aJSON, `{"type":"Microsoft.Resources/resourceGroups"}`)},
		"something else than a group":           {before: instead(group, 200, aJSON, `{"type":"Microsoft.Web/sites","properties":{"provisioningState":"Succeeded"}}`)},
		"403 for the group":                     {before: instead(group, 403, aJSON, `{}`)},
		"half an answer for the resource group": {before: instead(group, 200, aJSON, `{"type":"Microsoft.Resources/resourceGroups","prop`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRelease(t, "healthy")
			r.job.Inputs["resourceGroupName"] = cloud.ContosoResourceGroup
			if tt.spoil != nil {
				r.cloud.Update(tt.spoil)
			}
			r.before = tt.before
			require.False(t, r.sample(theGate(t)).Passed, "it passes while the world is not well")

			// It heals before the third sample at the latest.
			var signedIn atomic.Int32
			signIn, healed := r.job.Token, make(chan struct{})
			var once sync.Once
			r.job.Token = func(ctx context.Context, e gate.Endpoint) (string, error) {
				if signedIn.Add(1) > 2 {
					once.Do(func() {
						if tt.heal != nil {
							r.cloud.Update(tt.heal)
						}
						r.before = nil
						close(healed)
					})
				}
				return signIn(ctx, e)
			}
			outcome := gate.Gates{Interval: time.Millisecond, Timeout: time.Minute}.Run(t.Context(), []gate.Gate{{Task: theGate(t), Job: r.job}})
			assert.True(t, outcome.Passed, outcome.Err)
			<-healed
			assert.False(t, outcome.Samples[0][0].Passed)
			for _, sample := range outcome.Samples {
				r.assertHarmless(sample[0])
			}
		})
	}
}

func TestAllGatesOfAStageMustPassInOneSample(t *testing.T) {
	t.Parallel()
	well, ill := newRelease(t, "healthy"), newRelease(t, "healthy")
	ill.cloud.Update(func(w *cloud.World) { w.Tenants[0].Subscriptions[0].State = "Disabled" })
	outcome := gate.Gates{Interval: time.Millisecond, Timeout: 200 * time.Millisecond}.Run(t.Context(),
		[]gate.Gate{{Task: theGate(t), Job: well.job}, {Task: theGate(t), Job: ill.job}})
	assert.False(t, outcome.Passed)
	assert.True(t, outcome.Samples[0][0].Passed)
	assert.False(t, outcome.Samples[0][1].Passed)
}

// What is typed into an input is a name, whatever it looks like: it requests a group of that name and nothing else.
func TestWhatIsTypedCannotChangeWhatTheGateAsks(t *testing.T) {
	t.Parallel()
	inputs := []string{
		`rg'app`, `rg"app`, `' or true or '`, `'), true), or(eq(1, 1`, `$(system.AccessToken)`, `$(password)`, `$(endpoint.url)`, `$(endpoint.subscriptionId)`,
		`{{endpoint.url}}`, `{{{subscriptionId}}}`, `{{#if managementGroupId}}x{{/if}}`, `{{/uriDataEncode}}`, `{{`, `}}`, `{{#unknown}}`,
		`../..`, `..`, `.`, `/../`, `rg-app/../../` + cloud.ContosoSubscriptionID, `%2e%2e`, `%2F..%2F`, `rg-app?api-version=1&x=`, `rg-app#`,
		`\..\`, `rg app`, ` `, "rg\tapp", "rg-app\r\nX: y", `größe`, `グループ`, "\u202e", "\u200b", `https://example.com/`, `@example.com`, `0`, `false`,
		strings.Repeat("x", 2000), `rg-app&$filter=x`, `$()`, `$(`, `\u0027`,
	}
	for _, input := range inputs {
		t.Run(fmt.Sprintf("%.40q", input), func(t *testing.T) {
			t.Parallel()
			r := newRelease(t, "healthy")
			r.job.Inputs["resourceGroupName"] = input
			r.before = func(q *http.Request) *http.Response {
				if q.URL.Host == resourceManager {
					name, ok := strings.CutPrefix(q.URL.EscapedPath(), "/subscriptions/"+cloud.ContosoSubscriptionID+"/resourceGroups/")
					assert.True(t, ok && !strings.Contains(name, "/") || dots(input), "%+v asked for %s", r.job.Options, q.URL)
					assert.Equal(t, "api-version=2021-04-01", q.URL.RawQuery)
				}
				return nil
			}
			token, err := r.job.Token(t.Context(), r.job.Endpoints[cloud.ContosoKeyConnectionID])
			require.NoError(t, err)
			r.job.Token = func(context.Context, gate.Endpoint) (string, error) { return token, nil }
			for _, options := range gate.AllOptions() {
				r.job.Options = options
				result := theGate(t).Sample(t.Context(), r.job)
				assert.False(t, result.Passed, "%+v: %s", options, strings.Join(result.Log, "\n"))
				for _, q := range result.Requests {
					assert.True(t, strings.HasPrefix(q.Address, "https://"+resourceManager+"/"), q.Address)
					assert.NotContains(t, q.Address, "token-of-the-job", "%+v", options)
				}
			}
		})
	}
}

func TestTheSameGroupWrittenOtherwise(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"RG-App", "rg-app/"} { // Resource Manager takes an encoded slash at the end for none
		r := newRelease(t, "healthy")
		r.job.Inputs["resourceGroupName"] = input
		assert.True(t, r.sample(theGate(t)).Passed, input)
	}
}

// dots says whether an input is nothing but dots, which no encoding hides from an address: it then leads up, to a list
// that isn't a resource group.
func dots(input string) bool { return strings.Trim(input, ".") == "" || input == "%2e%2e" }

func TestAConnectionThatAServerCannotUse(t *testing.T) {
	t.Parallel()
	r := newRelease(t, "healthy-managed-identity")
	result := r.sample(theGate(t))
	assert.False(t, result.Passed)
	assert.NotEmpty(t, result.Err)
	assert.Empty(t, result.Requests)
}

// An input that the task doesn't have must not stand in for what the connection holds.
func TestAnInputCannotPassForTheConnectionsManagementGroup(t *testing.T) {
	t.Parallel()
	r := newRelease(t, "healthy-management-group")
	for id, e := range r.job.Endpoints { // the same connection, to a subscription
		e.Data = map[string]string{"environment": "AzureCloud", "subscriptionId": cloud.ContosoSubscriptionID}
		r.job.Endpoints[id] = e
	}
	r.cloud.Update(func(w *cloud.World) { w.Tenants[0].Subscriptions[0].State = "Disabled" })
	r.job.Inputs["managementGroupId"] = cloud.ContosoManagementGroup
	for _, r.job.Options = range gate.AllOptions() {
		assert.False(t, r.sample(theGate(t)).Passed, "%+v", r.job.Options)
	}
}

func TestAGroupAndAManagementGroupDoNotGoTogether(t *testing.T) {
	t.Parallel()
	r := newRelease(t, "healthy-management-group")
	r.job.Inputs["resourceGroupName"] = cloud.ContosoResourceGroup
	for _, options := range gate.AllOptions() {
		r.job.Options = options
		assert.False(t, theGate(t).Sample(t.Context(), r.job).Passed)
	}
}
