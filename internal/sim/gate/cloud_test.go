package gate

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/sim/cloud"
)

// The simulated cloud takes what a task sends, and knows the token that it was signed by.
func TestATaskAgainstTheSimulatedCloud(t *testing.T) {
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	simulated := cloud.New(cloud.Contoso(func() time.Time { return noon }))
	ask := func(r *http.Request) *http.Response {
		recorder := httptest.NewRecorder()
		simulated.ServeHTTP(recorder, r)
		return recorder.Result()
	}
	job := jobOf(func(r *http.Request) (*http.Response, error) {
		inbound := httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), r.Body)
		inbound.Header = r.Header
		return ask(inbound), nil
	})
	endpoint := contoso()
	endpoint.Data = map[string]string{"subscriptionId": cloud.ContosoSubscriptionID}
	job.Endpoints["id-1"] = endpoint
	job.Token = func(ctx context.Context, _ Endpoint) (string, error) {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {cloud.ContosoClientID}, "client_secret": {cloud.ContosoSecret},
			"scope": {"https://management.azure.com/.default"}}
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "https://login.microsoftonline.com/"+cloud.ContosoTenantID+"/oauth2/v2.0/token",
			strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response := ask(r)
		defer response.Body.Close()
		var token struct {
			AccessToken string `json:"access_token"`
		}
		err := json.NewDecoder(response.Body).Decode(&token)
		return token.AccessToken, err
	}
	result := read(t, plainTask).Sample(t.Context(), job)
	require.True(t, result.Passed, result)
	assert.Empty(t, result.Violations)
	assert.Empty(t, simulated.Violations())

	job.Token = func(context.Context, Endpoint) (string, error) { return "none", nil }
	result = read(t, plainTask).Sample(t.Context(), job)
	assert.Equal(t, "the answer is HTTP 401", result.Err)
}
