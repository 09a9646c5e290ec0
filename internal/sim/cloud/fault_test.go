package cloud

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFaultsAnswerInTheServicesOwnShape(t *testing.T) {
	b := start(t)
	token := b.accessToken()
	hostile := "##vso[task.complete result=Succeeded]\n<script>"
	b.cloud.Fault(Fault{Host: "login.microsoftonline.com", Code: "AADSTS90033", Message: hostile, Status: 503, RetryAfter: "2.5"})
	b.cloud.Fault(Fault{Host: "management.azure.com", Code: "ResourceRequestsThrottled", Message: hostile, Status: 429})
	b.cloud.Fault(Fault{Host: "graph.microsoft.com", Code: "TooManyRequests", Message: hostile, Status: 429})
	b.cloud.Fault(Fault{Host: "dev.azure.com", Code: "VssServiceException", Message: hostile, Status: 500})
	b.cloud.Fault(Fault{Host: "169.254.169.254", Message: hostile, Status: 410})

	a := b.token()
	assert.Equal(t, http.StatusServiceUnavailable, a.status)
	assert.Equal(t, "2.5", a.header.Get("Retry-After"))
	assert.Equal(t, 90033, a.code())
	assert.Contains(t, a.body["error_description"], hostile)
	_, message := b.get(subscriptionURL+"?api-version=2022-12-01", token).arm()
	assert.Equal(t, hostile, message)
	_, message = b.get("https://graph.microsoft.com/v1.0/applications(appId='x')", token).arm()
	assert.Equal(t, hostile, message)
	assert.Equal(t, hostile, b.send(http.MethodOptions, ContosoOrganizationURL+"_apis", "").body["message"])
	gone := b.send(http.MethodGet, imdsURL, "", "Metadata: true")
	assert.Equal(t, http.StatusGone, gone.status)
	assert.Equal(t, hostile, gone.body["error_description"])
}

func TestFaultsRecover(t *testing.T) {
	b := start(t)
	b.cloud.Fault(Fault{Path: "/" + ContosoTenantID, Method: http.MethodPost, Times: 2, Status: 503})
	b.cloud.Fault(Fault{Nth: 4, Status: 429})
	statuses := []int{b.token().status, b.token().status, b.token().status, b.token().status, b.token().status}
	assert.Equal(t, []int{503, 503, 200, 429, 200}, statuses)
}

func TestAThrottledTokenEndpointSpeaksText(t *testing.T) {
	b := start(t)
	b.cloud.Fault(Fault{Status: 429, RetryAfter: "60"})
	a := b.token()
	assert.Equal(t, "Too Many Requests", a.text)
	assert.Equal(t, "60", a.header.Get("Retry-After"))
}

func TestPagesRedirectsAndSkew(t *testing.T) {
	b := start(t)
	b.cloud.Fault(Fault{Nth: 1, HTML: true})
	b.cloud.Fault(Fault{Nth: 2, RedirectTo: "https://evil.example/"})
	b.cloud.Fault(Fault{DateSkew: -7 * time.Minute})
	b.cloud.Fault(Fault{Nth: 3, Body: `{"a":1}`, Header: map[string]string{"Server": "x"}})
	page := b.token()
	assert.Equal(t, http.StatusOK, page.status)
	assert.Contains(t, page.header.Get("Content-Type"), "text/html")
	assert.Contains(t, page.text, "Sign In")
	moved := b.token()
	assert.Equal(t, http.StatusTemporaryRedirect, moved.status)
	assert.Equal(t, "https://evil.example/", moved.header.Get("Location"))
	exact := b.token()
	assert.Equal(t, `{"a":1}`, exact.text)
	assert.Equal(t, "x", exact.header.Get("Server"))
	assert.Equal(t, noon.Add(-7*time.Minute).Format(http.TimeFormat), b.token().header.Get("Date"))
}

func TestConnectionsThatEndEarly(t *testing.T) {
	for _, http2 := range []bool{true, false} {
		b := start(t)
		if !http2 {
			b.client.Transport.(*http.Transport).ForceAttemptHTTP2 = false
		}
		b.cloud.Fault(Fault{Nth: 1, Drop: true})
		b.cloud.Fault(Fault{Nth: 2, Truncate: true})
		b.cloud.Fault(Fault{Host: "management.azure.com", Hang: true})
		// The client repeats a GET on its own when a connection in use ends; a POST it doesn't.
		_, err := b.try(b.client, http.MethodPost, tokenURL, tokenRequest().Encode(), formType)
		require.Error(t, err)
		cut, err := b.try(b.client, http.MethodPost, tokenURL, tokenRequest().Encode(), formType)
		require.Error(t, err)
		assert.NotEmpty(t, cut.text)
		hang(t, b)
		assert.Equal(t, http.StatusOK, b.token().status)
		assert.Equal(t, http2, b.cloud.Requests()[3].Proto == "HTTP/2.0")
	}
}

// hang sends a request that isn't answered, and gives up once the cloud has it.
func hang(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, subscriptionURL, nil)
	require.NoError(t, err)
	before := len(b.cloud.Requests())
	var client sync.WaitGroup
	client.Go(func() {
		_, err := b.client.Do(r)
		assert.ErrorIs(t, err, context.Canceled)
	})
	assert.Eventually(t, func() bool { return len(b.cloud.Requests()) > before }, 20*time.Second, time.Millisecond)
	cancel()
	client.Wait()
}

func TestLatencyTakesNoRealTimeInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Contoso(nil))
		c.Fault(Fault{Latency: time.Minute})
		c.Fault(Fault{Latency: time.Second})
		began := time.Now()
		c.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, armURL+"/metadata/endpoints?api-version=2015-01-01", nil))
		assert.Equal(t, 61*time.Second, time.Since(began))
	})
}
