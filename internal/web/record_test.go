package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/evidence"
)

func TestAnExchangeLeavesEvidence(t *testing.T) {
	const body = `{"error":{"code":"AuthorizationFailed","message":"The client does not have authorization to perform the action."}}`
	c := offline(t, Config{}, func(*http.Request) (*http.Response, error) {
		return answer(403, body, "Content-Type: application/json; charset=utf-8", "x-ms-request-id: 1111", "Server: Kestrel"), nil
	})
	ctx, trace := Record(t.Context())
	_, seen := trace.Evidence()
	assert.False(t, seen, "nothing was asked yet")

	resp, err := get(t, ctx, c.For(armRule), "https://management.azure.com/subscriptions/a%20b?secret=TOPSECRET#x")
	require.NoError(t, err)
	assert.Equal(t, body, read(t, resp), "the caller can still read the body")
	assert.EqualValues(t, len(body), resp.ContentLength)
	require.NotNil(t, resp.Request)
	assert.NoError(t, resp.Request.Context().Err(), "the context of the request outlives the try")

	ev, seen := trace.Evidence()
	require.True(t, seen)
	assert.Equal(t, evidence.ARM, ev.Service)
	assert.Equal(t, "GET", ev.Method)
	assert.Equal(t, "management.azure.com", ev.Host)
	assert.Equal(t, "/subscriptions/a%20b", ev.Path)
	assert.Equal(t, 403, ev.Status)
	assert.Equal(t, "application/json", ev.ContentType)
	assert.Equal(t, "1111", ev.RequestID)
	assert.Contains(t, ev.Codes, "AuthorizationFailed")
	assert.Equal(t, evidence.Match{Done: true, Code: "AuthorizationFailed"}, ev.Match, "nobody matches it again")
	assert.NotContains(t, fmt.Sprintf("%+v", ev), "TOPSECRET")
}

func TestEvidenceHoldsNoCredential(t *testing.T) {
	const token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwcyJ9.c2lnbmF0dXJl"
	for _, body := range []string{
		`{"token_type":"Bearer","expires_in":3599,"access_token":"` + token + `"}`,
		`{"access_token":"` + token + `","expires_in":"soon"`, // cut off
		`{"oidcToken":"` + token + `"}`,
		token,
		"<html>" + token + "</html>",
	} {
		c := offline(t, Config{}, func(*http.Request) (*http.Response, error) { return answer(200, body), nil })
		rule := Rule{Service: evidence.Entra, Hosts: []string{"login.example"}, Post: func(*url.URL) bool { return true }}
		ctx, trace := Record(t.Context())
		r := request(t, ctx, http.MethodPost, "https://login.example/token?code=TOPSECRET", "client_secret=TOPSECRET")
		r.Header.Set("Authorization", "Bearer TOPSECRET")
		resp, err := c.For(rule).Do(r)
		require.NoError(t, err)
		assert.Equal(t, body, read(t, resp))
		ev, _ := trace.Evidence()
		shown := fmt.Sprintf("%+v %#v", ev, ev)
		assert.NotContains(t, shown, "TOPSECRET")
		assert.NotContains(t, shown, "c2lnbmF0dXJl")
	}
}

func TestTheLastExchangeWins(t *testing.T) {
	status := 200
	c := offline(t, Config{}, func(*http.Request) (*http.Response, error) {
		if status == 0 {
			return nil, fmt.Errorf("proxyconnect: %w", &ProxyAuthenticationError{Proxy: "proxy:8080"})
		}
		return answer(status, "{}"), nil
	})
	client := c.For(armRule)
	outerContext, outer := Record(t.Context())
	_, err := get(t, outerContext, client, armAddress)
	require.NoError(t, err)

	status = 404
	ctx, inner := Record(outerContext)
	_, err = get(t, ctx, client, armAddress)
	require.NoError(t, err)
	for _, trace := range []*Trace{inner, outer} {
		ev, _ := trace.Evidence()
		assert.Equal(t, 404, ev.Status)
	}

	status = 0
	_, err = get(t, outerContext, client, armAddress)
	require.Error(t, err)
	ev, _ := outer.Evidence()
	assert.Equal(t, evidence.ProxyAuthentication, ev.Network)
	assert.Zero(t, ev.Status)
	ev, _ = inner.Evidence()
	assert.Equal(t, 404, ev.Status, "the inner one heard nothing of it")
}

func TestALocalAnswerIsNoExchange(t *testing.T) {
	c := offline(t, Config{UserAgent: "x"}, func(*http.Request) (*http.Response, error) { panic("sent") })
	rule := Rule{Service: evidence.Entra, Hosts: []string{"login.example"}, Local: func(r *http.Request) (*http.Response, bool) {
		return &http.Response{StatusCode: 200}, strings.HasSuffix(r.URL.Path, "/openid-configuration")
	}}
	ctx, trace := Record(t.Context())
	resp, err := get(t, ctx, c.For(rule), "https://login.example/t/.well-known/openid-configuration")
	require.NoError(t, err)
	assert.Equal(t, 200, resp.StatusCode)
	assert.Empty(t, read(t, resp))
	_, seen := trace.Evidence()
	assert.False(t, seen)
	_, _, ok := c.Skew()
	assert.False(t, ok)

	_, err = get(t, ctx, c.For(rule), "https://evil.example/openid-configuration")
	assert.Error(t, err, "the guard comes before the local answer")
}

func TestTracesAreSafeTogether(t *testing.T) {
	c := offline(t, Config{}, func(r *http.Request) (*http.Response, error) { return answer(200, "{}"), nil })
	client := c.For(armRule)
	ctx, trace := Record(t.Context())
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			resp, err := client.Do(must(http.NewRequestWithContext(ctx, http.MethodGet, armAddress, nil)))
			assert.NoError(t, err)
			_, _ = io.Copy(io.Discard, resp.Body)
			_, _ = trace.Evidence()
		})
	}
	group.Wait()
	_, seen := trace.Evidence()
	assert.True(t, seen)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestTheUserAgentIsSetWhereThereIsNone(t *testing.T) {
	var got []string
	c := offline(t, Config{UserAgent: "armpreflight/1.0"}, func(r *http.Request) (*http.Response, error) {
		got = append(got, r.Header.Get("User-Agent")+"|"+r.Header.Get("Accept-Encoding"))
		return answer(200, ""), nil
	})
	r := request(t, t.Context(), http.MethodGet, armAddress, "")
	r.Header.Set("Accept-Encoding", "br")
	_, err := c.For(armRule).Do(r)
	require.NoError(t, err)
	r.Header.Set("User-Agent", "azsdk-go")
	_, err = c.For(armRule).Do(r)
	require.NoError(t, err)
	assert.Equal(t, []string{"armpreflight/1.0|", "azsdk-go|"}, got)
	assert.Equal(t, "br", r.Header.Get("Accept-Encoding"), "the caller's request is untouched")
}

func TestRecordKeepsOtherValuesOfTheContext(t *testing.T) {
	type key struct{}
	ctx, _ := Record(context.WithValue(t.Context(), key{}, "kept"))
	assert.Equal(t, "kept", ctx.Value(key{}))
}
