package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/evidence"
)

var armRule = Rule{Service: evidence.ARM, Hosts: []string{"management.azure.com"}}

const armAddress = "https://management.azure.com/subscriptions/x?api-version=1"

// script answers try after try, the last entry for all that follow, and keeps the
// moments at which it was called.
type script struct {
	steps []func() (*http.Response, error)
	asked []time.Time
}

func (s *script) wire(*http.Request) (*http.Response, error) {
	s.asked = append(s.asked, time.Now())
	return s.steps[min(len(s.asked), len(s.steps))-1]()
}

func (s *script) gaps() []time.Duration {
	var gaps []time.Duration
	for i := range len(s.asked) - 1 {
		gaps = append(gaps, s.asked[i+1].Sub(s.asked[i]))
	}
	return gaps
}

func says(status int, body string, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) { return answer(status, body, header...), nil }
}

func breaks(err error) func() (*http.Response, error) {
	return func() (*http.Response, error) { return nil, err }
}

func TestAnswersAreRepeatedOnlyWhenTheyCanPass(t *testing.T) {
	const (
		secretExpired = `{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys are expired.","error_codes":[7000222]}`
		forbidden     = `{"error":{"code":"AuthorizationFailed","message":"The client does not have authorization."}}`
	)
	tests := []struct {
		name   string
		rule   func(*Rule)
		limit  time.Duration // 0 = no deadline
		steps  []func() (*http.Response, error)
		status int
		tries  int
	}{
		{name: "a permanent 401 is asked once", limit: time.Minute, steps: []func() (*http.Response, error){says(401, secretExpired)}, status: 401, tries: 1},
		{name: "a 403 is asked once", limit: time.Minute, steps: []func() (*http.Response, error){says(403, forbidden)}, status: 403, tries: 1},
		{name: "a 403 that names a wait is asked once", limit: time.Minute, steps: []func() (*http.Response, error){says(403, forbidden, "Retry-After: 1")}, status: 403, tries: 1},
		{name: "a 404 is asked once", limit: time.Minute, steps: []func() (*http.Response, error){says(404, "")}, status: 404, tries: 1},
		{name: "a permanent error is asked once, even with a 500", limit: time.Minute, steps: []func() (*http.Response, error){says(500, secretExpired)}, status: 500, tries: 1},
		{name: "a 200 is asked once, whatever it says", limit: time.Minute, steps: []func() (*http.Response, error){says(200, "<html>")}, status: 200, tries: 1},
		{name: "a 503 is repeated until the time is nearly up", limit: 30 * time.Second, steps: []func() (*http.Response, error){says(503, "")}, status: 503, tries: 7},
		{name: "a 503 that passes", limit: 30 * time.Second, steps: []func() (*http.Response, error){says(503, ""), says(502, ""), says(200, "{}")}, status: 200, tries: 3},
		{name: "every transient status", limit: 30 * time.Second, steps: []func() (*http.Response, error){says(408, ""), says(429, ""), says(500, ""), says(504, ""), says(200, "{}")}, status: 200, tries: 5},
		{name: "a 503 and then a permanent answer", limit: time.Minute, steps: []func() (*http.Response, error){says(503, ""), says(401, secretExpired)}, status: 401, tries: 2},
		{name: "a rule with three tries", rule: func(r *Rule) { r.Tries = 3 }, limit: time.Minute, steps: []func() (*http.Response, error){says(503, "")}, status: 503, tries: 3},
		{name: "a rule with one try", rule: func(r *Rule) { r.Tries = 1 }, limit: time.Minute, steps: []func() (*http.Response, error){says(503, "")}, status: 503, tries: 1},
		{name: "no deadline does not mean for ever", steps: []func() (*http.Response, error){says(503, "")}, status: 503, tries: boundlessTries},
		{name: "no deadline and a long wait", steps: []func() (*http.Response, error){says(429, "", "Retry-After: 61")}, status: 429, tries: 1},
		{name: "too little time for any wait", limit: 900 * time.Millisecond, steps: []func() (*http.Response, error){says(503, "")}, status: 503, tries: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: tt.steps}
				rule := armRule
				if tt.rule != nil {
					tt.rule(&rule)
				}
				ctx := t.Context()
				if tt.limit > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.limit)
					defer cancel()
				}
				ctx, trace := Record(ctx)
				resp, err := get(t, ctx, offline(t, Config{}, s.wire).For(rule), armAddress)
				require.NoError(t, err)
				assert.Equal(t, tt.status, resp.StatusCode)
				assert.Len(t, s.asked, tt.tries)
				assert.NoError(t, ctx.Err(), "the answer came too late to be used")
				ev, _ := trace.Evidence()
				assert.Equal(t, tt.status, ev.Status)
			})
		})
	}
}

func TestWaitsGrowToTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func() (*http.Response, error){says(503, "")}}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		_, err := get(t, ctx, offline(t, Config{}, s.wire).For(armRule), armAddress)
		require.NoError(t, err)
		want := []float64{0.5, 1, 2, 4, 8, 10, 10, 10}
		gaps := s.gaps()
		require.Len(t, gaps, len(want))
		for i, gap := range gaps {
			assert.InEpsilon(t, want[i], gap.Seconds(), 0.1, "wait %d", i)
		}
	})
}

func TestRetryAfterIsHonored(t *testing.T) {
	tests := []struct {
		name   string
		header []string
		want   time.Duration
	}{
		{"whole seconds", []string{"Retry-After: 3"}, 3 * time.Second},
		{"a fraction of a second", []string{"Retry-After: 0.25"}, 250 * time.Millisecond},
		{"milliseconds in Azure's header", []string{"x-ms-retry-after-ms: 1500", "Retry-After: 9"}, 1500 * time.Millisecond},
		{"a date, by the server's own clock", []string{"Date: Mon, 02 Jan 2006 15:04:05 GMT", "Retry-After: Mon, 02 Jan 2006 15:04:12 GMT"}, 7 * time.Second},
		{"all the time that is left but the reserve", []string{"Retry-After: 29.5"}, 29500 * time.Millisecond},
		{"longer than what is left: the answer at once", []string{"Retry-After: 29.6"}, 0},
		{"an hour: the answer at once", []string{"Retry-After: 3600"}, 0},
		{"a number without end: the answer at once", []string{"Retry-After: 1e300"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: []func() (*http.Response, error){says(429, "", tt.header...), says(200, "{}")}}
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				started := time.Now()
				resp, err := get(t, ctx, offline(t, Config{}, s.wire).For(armRule), armAddress)
				require.NoError(t, err)
				assert.Equal(t, tt.want, time.Since(started))
				if tt.want == 0 {
					assert.Equal(t, 429, resp.StatusCode)
					assert.Len(t, s.asked, 1)
				} else {
					assert.Equal(t, 200, resp.StatusCode)
				}
			})
		})
	}
	for _, value := range []string{"", "soon", "0", "-5", "NaN"} {
		t.Run("no usable wait falls back to ours: "+value, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: []func() (*http.Response, error){says(429, "", "Retry-After: "+value), says(200, "{}")}}
				_, err := get(t, t.Context(), offline(t, Config{}, s.wire).For(armRule), armAddress)
				require.NoError(t, err)
				assert.InEpsilon(t, 0.5, s.gaps()[0].Seconds(), 0.1)
			})
		})
	}
}

func TestNetworkFailuresAreRepeatedOnlyWhenTheyCanPass(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	tests := []struct {
		name  string
		err   error
		tries int
	}{
		{"the connection is reset", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, 3},
		{"the connection ends", io.EOF, 3},
		{"an idle connection is found closed", errors.New("http: server closed idle connection"), 3},
		{"the connection is refused", dial(syscall.ECONNREFUSED), 3},
		{"connecting takes too long", dial(timeoutError{}), 3},
		{"the name service is busy", dial(&net.DNSError{Err: "server misbehaving", Name: "x", IsTemporary: true}), 3},
		{"the proxy is refused", &net.OpError{Op: "proxyconnect", Err: dial(syscall.ECONNREFUSED)}, 3},
		{"the proxy answers 502", &ProxyRefusedError{Status: 502}, 3},
		{"the proxy answers 403", &ProxyRefusedError{Status: 403}, 1},
		{"the proxy answers 407", &ProxyAuthenticationError{}, 1},
		{"the proxy's name does not exist", &net.OpError{Op: "proxyconnect", Err: dial(&net.DNSError{IsNotFound: true})}, 1},
		{"the name does not exist", dial(&net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}), 1},
		{"there is no route", dial(syscall.EHOSTUNREACH), 1},
		{"the certificate is not trusted", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, 1},
		{"no TLS at the other end", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, 1},
		{"something else", errors.New("malformed HTTP response"), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: []func() (*http.Response, error){breaks(tt.err)}}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				ctx, trace := Record(ctx)
				_, err := get(t, ctx, offline(t, Config{}, s.wire).For(armRule), armAddress)
				require.ErrorIs(t, err, tt.err)
				assert.Len(t, s.asked, tt.tries)
				network, detail := new(Client).Classify(err)
				ev, seen := trace.Evidence()
				require.True(t, seen)
				assert.Equal(t, network, ev.Network)
				assert.Equal(t, detail, ev.NetworkDetail)
				assert.Equal(t, "/subscriptions/x", ev.Path)
			})
		})
	}
}

type timeoutError struct{}

func (timeoutError) Error() string   { return "i/o timeout" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

func TestAFailureThatPassesLeavesAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func() (*http.Response, error){
			breaks(io.EOF),
			func() (*http.Response, error) { // the body is cut short
				resp := answer(200, "")
				resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"sta`), iotest.ErrReader(io.ErrUnexpectedEOF)))
				return resp, nil
			},
			says(200, `{"state":"Enabled"}`),
		}}
		resp, err := get(t, t.Context(), offline(t, Config{}, s.wire).For(armRule), armAddress)
		require.NoError(t, err)
		assert.Equal(t, `{"state":"Enabled"}`, read(t, resp))
		assert.Len(t, s.asked, 3)
	})
}

func TestATokenRequestIsRepeatedWithItsBody(t *testing.T) {
	for _, replayable := range []bool{true, false} {
		t.Run(fmt.Sprintf("with GetBody %t", replayable), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var bodies []string
				c := offline(t, Config{}, func(r *http.Request) (*http.Response, error) {
					body, err := io.ReadAll(r.Body)
					if err != nil {
						return nil, err
					}
					bodies = append(bodies, body2string(body, r.ContentLength))
					return answer(503, ""), nil
				})
				rule := Rule{Service: evidence.Entra, Hosts: []string{"login.example"}, Tries: 3, Post: func(*url.URL) bool { return true }}
				r := request(t, t.Context(), http.MethodPost, "https://login.example/token", "grant_type=client_credentials")
				if !replayable {
					r.GetBody = nil
				}
				resp, err := c.For(rule).Do(r)
				require.NoError(t, err)
				assert.Equal(t, 503, resp.StatusCode)
				const want = "29:grant_type=client_credentials"
				assert.Equal(t, []string{want, want, want}, bodies)
			})
		})
	}
}

func body2string(body []byte, length int64) string { return fmt.Sprintf("%d:%s", length, body) }

func TestASilentServerCostsTenSecondsATry(t *testing.T) {
	hang := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, context.Cause(r.Context())
	}
	tests := []struct {
		name    string
		limit   time.Duration
		took    time.Duration // at least, with less than 2 s more
		network evidence.NetworkFailure
	}{
		{name: "three tries where there is time", limit: time.Minute, took: 31 * time.Second, network: evidence.AnswerTimeout},
		{name: "what was reached counts when the time ends", limit: 4 * time.Second, took: 4 * time.Second, network: evidence.AnswerTimeout},
		{name: "too little time to blame the server", limit: 800 * time.Millisecond, took: 800 * time.Millisecond, network: evidence.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tt.limit)
				defer cancel()
				started := time.Now()
				_, err := get(t, ctx, offline(t, Config{}, hang).For(armRule), armAddress)
				network, _ := new(Client).Classify(err)
				assert.Equal(t, tt.network, network)
				assert.InDelta(t, tt.took.Seconds(), time.Since(started).Seconds(), 1)
				if ctx.Err() != nil {
					assert.ErrorIs(t, err, context.DeadlineExceeded)
				}
			})
		})
	}
}

func TestACanceledRunDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func() (*http.Response, error){says(503, "")}}
		ctx, cancel := context.WithCancel(t.Context())
		ctx, trace := Record(ctx)
		time.AfterFunc(5*time.Second, cancel)
		started := time.Now()
		_, err := get(t, ctx, offline(t, Config{}, s.wire).For(armRule), armAddress)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, 5*time.Second, time.Since(started))
		network, _ := new(Client).Classify(err)
		assert.Equal(t, evidence.Canceled, network)
		ev, _ := trace.Evidence()
		assert.Equal(t, 503, ev.Status, "waiting is no exchange: the last answer stays")
	})
}

func TestACanceledRequestIsCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		tries := 0
		c := offline(t, Config{}, func(r *http.Request) (*http.Response, error) {
			tries++
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		_, err := get(t, ctx, c.For(armRule), armAddress)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, 1, tries)
		network, _ := new(Client).Classify(err)
		assert.Equal(t, evidence.Canceled, network)
	})
}

// The header is read by the diagnosis package; here it decides how long we wait.
func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "5", "0.5", "-1", "1e308", "NaN", "+Inf", "0x1p-2", "Mon, 02 Jan 2006 15:04:05 GMT", "99999999999999999999", " 7 ", "1,5"} {
		f.Add(seed, "Mon, 02 Jan 2006 15:04:00 GMT", "")
		f.Add("", "", seed)
	}
	f.Fuzz(func(t *testing.T, after, date, milliseconds string) {
		h := http.Header{"Retry-After": {after}, "Date": {date}, "X-Ms-Retry-After-Ms": {milliseconds}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		tries := repeater{}
		wait, again := tries.afterAnswer(ctx, evidence.FromResponse(evidence.ARM, 429, h, nil, nil))
		if wait <= 0 || wait > 24*time.Hour {
			t.Fatalf("a wait of %s", wait)
		}
		if again && wait > time.Hour-reserve {
			t.Fatalf("a wait of %s passes the deadline", wait)
		}
	})
}
