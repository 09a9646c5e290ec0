package cloud

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWaitsAreTheLongestChain(t *testing.T) {
	tests := map[string]struct {
		spans [][2]int // start and end, in the order of the starts
		want  int
	}{
		"nothing":                     {want: 0},
		"one after the other":         {spans: [][2]int{{1, 2}, {3, 4}, {5, 6}}, want: 3},
		"all at once":                 {spans: [][2]int{{1, 6}, {2, 5}, {3, 4}}, want: 1},
		"a token, then two reads":     {spans: [][2]int{{1, 2}, {3, 6}, {4, 5}}, want: 2},
		"a long one beside two short": {spans: [][2]int{{1, 6}, {2, 3}, {4, 5}}, want: 2},
		"one that is not answered":    {spans: [][2]int{{1, 0}, {2, 3}, {4, 5}}, want: 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var r record
			for _, span := range tt.spans {
				r.list = append(r.list, Request{Start: span[0], End: span[1]})
			}
			assert.Equal(t, tt.want, r.waits(nil))
		})
	}
}

func TestRequestsThatOverlapAreOneWait(t *testing.T) {
	b := start(t)
	together := make(chan struct{}, 2)
	c := b.cloud
	c.Fault(Fault{Host: "management.azure.com", Hang: true})
	token := b.accessToken()
	ctx, cancel := context.WithCancel(t.Context())
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, subscriptionURL+"?api-version=2022-12-01", nil)
			if assert.NoError(t, err) {
				r.Header.Set("Authorization", "Bearer "+token)
				together <- struct{}{}
				_, err = b.client.Do(r)
				assert.ErrorIs(t, err, context.Canceled)
			}
		})
	}
	<-together
	<-together
	assert.Eventually(t, func() bool { return len(c.Requests()) == 3 }, 10*time.Second, time.Millisecond)
	cancel()
	both.Wait()
	assert.Equal(t, 2, c.Waits())
}

func TestARequestIsRecordedWithoutItsCredentials(t *testing.T) {
	b := start(t)
	b.get(subscriptionURL+"?api-version=2022-12-01", b.accessToken())
	requests := b.cloud.Requests()
	require.Len(t, requests, 2)
	assert.Equal(t, "login.microsoftonline.com", requests[0].Host)
	assert.True(t, requests[0].Credential)
	assert.False(t, requests[0].Authorization)
	assert.True(t, requests[1].Authorization)
	assert.Equal(t, "2022-12-01", requests[1].APIVersion)
	assert.Equal(t, http.StatusOK, requests[1].Status)
	assert.True(t, requests[1].TLS)
	assert.Equal(t, []int{1, 2, 3, 4}, []int{requests[0].Start, requests[0].End, requests[1].Start, requests[1].End})
	assert.Positive(t, requests[1].Took)
}

func TestCredentialsInTheWrongPlace(t *testing.T) {
	job := start(t).jobToken()
	tests := map[string]struct {
		method, address, body string
		headers               []string
		want                  []string
	}{
		"a client secret in a URL": {address: armURL + "/metadata/endpoints?api-version=2015-01-01&s=" + url.QueryEscape(ContosoSecret),
			want: []string{"GET management.azure.com: a client secret in the URL"}},
		"a job token for Resource Manager": {address: subscriptionURL + "?api-version=2022-12-01", headers: []string{"Authorization: Bearer " + job},
			want: []string{"GET management.azure.com: a job token sent to the wrong host", "GET management.azure.com: a bearer token that Entra did not issue"}},
		"a job token as a password elsewhere": {address: "https://evil.example/", headers: []string{"Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(":"+job))},
			want: []string{"GET evil.example: a job token sent to the wrong host", "GET evil.example: an Authorization header for a host that takes none", "GET evil.example/: unknown host"}},
		"a secret posted to another host": {method: http.MethodPost, address: "https://evil.example/" + ContosoTenantID + "/oauth2/v2.0/token", body: tokenRequest().Encode(), headers: []string{formType},
			want: []string{"POST evil.example: a client secret in the body", "POST evil.example/" + ContosoTenantID + "/oauth2/v2.0/token: not read-only",
				"POST evil.example/" + ContosoTenantID + "/oauth2/v2.0/token: unknown host"}},
		"a secret over plain http": {method: http.MethodPost, address: strings.Replace(tokenURL, "https", "http", 1), body: tokenRequest().Encode(), headers: []string{formType},
			want: []string{"POST login.microsoftonline.com: a credential over plain http"}},
		"a token in the URL": {address: armURL + "/metadata/endpoints?api-version=2015-01-01&t=" + simulatedToken("x"),
			want: []string{"GET management.azure.com: a token in the URL"}},
		"a private key": {method: http.MethodPost, address: tokenURL, body: "grant_type=client_credentials&client_id=x&k=-----BEGIN PRIVATE KEY-----", headers: []string{formType},
			want: []string{"POST login.microsoftonline.com: a private key was sent"}},
		"a token for the login host": {address: "https://login.microsoftonline.com/common/discovery/instance", headers: []string{"Authorization: Bearer x"},
			want: []string{"GET login.microsoftonline.com: an Authorization header for a host that takes none"}},
		"an assertion for another host": {method: http.MethodPost, address: armURL + "/x?api-version=2022-12-01", body: "client_assertion=x", headers: []string{formType},
			want: []string{"POST management.azure.com: a client assertion sent to the wrong host", "POST management.azure.com/x: not read-only"}},
		"an unknown path": {address: "https://login.microsoftonline.com/" + ContosoTenantID + "/oauth2/v2.0/devicecode",
			want: []string{"GET login.microsoftonline.com/" + ContosoTenantID + "/oauth2/v2.0/devicecode: unknown path"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			method := http.MethodGet
			if tt.method != "" {
				method = tt.method
			}
			b.send(method, tt.address, tt.body, tt.headers...)
			assert.Equal(t, tt.want, b.cloud.Violations())
			for _, v := range b.cloud.Violations() {
				assert.NotContains(t, v, ContosoSecret)
				assert.NotContains(t, v, job)
			}
		})
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	b := start(t)
	b.cloud.Fault(Fault{Host: "management.azure.com", Nth: 5, Status: 503})
	token := b.accessToken()
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for range 5 {
				_, err := b.try(b.client, http.MethodPost, tokenURL, tokenRequest().Encode(), formType)
				assert.NoError(t, err)
				_, err = b.try(b.client, http.MethodGet, subscriptionURL+"?api-version=2022-12-01", "", "Authorization: Bearer "+token)
				assert.NoError(t, err)
				b.cloud.Update(func(w *World) { w.Tenants[0].Subscriptions[0].State = "Disabled" })
				_, _, _ = b.cloud.Requests(), b.cloud.Waits(), b.cloud.Violations()
			}
		})
	}
	all.Wait()
	assert.Empty(t, b.cloud.Violations())
	assert.Len(t, b.cloud.Requests(), 61)
}

func FuzzAnyRequest(f *testing.F) {
	f.Add("GET", "management.azure.com", "/subscriptions//x", "api-version=2022-12-01", "")
	f.Add("POST", "login.microsoftonline.com", "/"+ContosoTenantID+"/oauth2/v2.0/token", "", tokenRequest("client_assertion", "a.b.c").Encode())
	f.Add("GET", "dev.azure.com", "/contoso", "", "")
	f.Add("GET", "dev.azure.com", "/contoso/Shop/_apis/serviceendpoint/endpoints/", "api-version=7.1", "")
	f.Add("GET", "graph.microsoft.com", "/v1.0/applications(appId='')", "$select=,", "")
	f.Add("GET", "169.254.169.254", "/metadata/identity/oauth2/token", "resource=x&api-version=2018-02-01", "")
	f.Add("GET", "management.azure.com", "/providers/Microsoft.Authorization/", "api-version=2022-12-01", "")
	c := New(Contoso(func() time.Time { return noon }))
	token := accessTokenFor(f, c)
	f.Fuzz(func(t *testing.T, method, host, path, query, body string) {
		r := &http.Request{Method: method, Host: host, URL: &url.URL{Scheme: "https", Host: host, Path: path, RawQuery: query}, Header: http.Header{
			"Authorization": {"Bearer " + token}, "Content-Type": {"application/x-www-form-urlencoded"}, "Metadata": {"true"}}, Body: http.NoBody}
		if strings.HasPrefix(host, "dev.") {
			r.Header.Set("Authorization", "Bearer "+c.world.Organizations[0].Projects[0].Jobs[0].Token)
		}
		if body != "" {
			r.Body = readCloser{strings.NewReader(body)}
		}
		w := newRecorder()
		c.ServeHTTP(w, r.WithContext(t.Context()))
		if w.Code < 200 || w.Code > 599 {
			t.Fatalf("status %d", w.Code)
		}
	})
}
