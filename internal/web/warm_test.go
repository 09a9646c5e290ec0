package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime/pprof"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/evidence"
)

func TestAnOpenConnectionServesTheFirstRequest(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	for _, http2 := range []bool{false, true} {
		for _, proxied := range []bool{false, true} {
			t.Run(fmt.Sprintf("HTTP/2 %t, proxy %t", http2, proxied), func(t *testing.T) {
				s := newSite(t, ca.issue(t, nil, "stack.local"), http2, hello)
				config := Config{Roots: ca.roots(), Dial: dialTo(map[string]string{"stack.local:30024": s.address})}
				var p *connectProxy
				if proxied {
					p = newConnectProxy(t, map[string]string{"stack.local:30024": s.address}, nil)
					// The port decides: it must not get lost on the way.
					config.Proxy = Proxy{URL: &url.URL{Scheme: "http", Host: "proxy.corp:3128"}, NoProxy: "stack.local:443"}
					config.Dial = dialTo(map[string]string{"proxy.corp:3128": p.address})
				}
				c := online(t, config)
				require.NoError(t, c.Open(t.Context(), "Stack.local:30024"))
				require.NoError(t, c.Open(t.Context(), "stack.local:30024"), "open already")
				assert.EqualValues(t, 1, s.connections.Load())
				assert.Zero(t, s.requests.Load(), "opening sends no request")

				client := c.For(Rule{Service: evidence.ARM, Hosts: []string{"stack.local:30024"}})
				for range 3 {
					resp, err := get(t, t.Context(), client, "https://stack.local:30024/x")
					require.NoError(t, err)
					assert.Equal(t, `{"state":"Enabled"}`, read(t, resp))
				}
				assert.EqualValues(t, 1, s.connections.Load())
				assert.EqualValues(t, 3, s.requests.Load())
				if proxied {
					assert.EqualValues(t, 1, p.requests.Load())
				}
			})
		}
	}
}

func TestABusyOpenConnectionLeavesTheRestToThePool(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP/2 %t", http2), func(t *testing.T) {
			var together sync.WaitGroup
			together.Add(4)
			s := newSite(t, ca.issue(t, nil, "management.azure.com"), http2, func(w http.ResponseWriter, r *http.Request) {
				together.Done()
				together.Wait() // no answer before all four are here
				hello(w, r)
			})
			c := online(t, Config{Roots: ca.roots(), Dial: dialTo(map[string]string{"management.azure.com:443": s.address})})
			require.NoError(t, c.Open(t.Context(), "management.azure.com"))
			client := c.For(armRule)
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					resp, err := client.Do(must(http.NewRequestWithContext(t.Context(), http.MethodGet, armAddress, nil)))
					if assert.NoError(t, err) {
						assert.Equal(t, 200, resp.StatusCode)
					}
				})
			}
			group.Wait()
			assert.EqualValues(t, 4, s.requests.Load())
			if http2 {
				assert.EqualValues(t, 1, s.connections.Load())
			}
		})
	}
}

func TestADeadOpenConnectionCostsNothing(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP/2 %t", http2), func(t *testing.T) {
			s := newSite(t, ca.issue(t, nil, "management.azure.com"), http2, hello)
			c := online(t, Config{Roots: ca.roots(), Dial: dialTo(map[string]string{"management.azure.com:443": s.address})})
			require.NoError(t, c.Open(t.Context(), "management.azure.com"))
			c.mu.Lock()
			w := c.warm["management.azure.com:443"]
			c.mu.Unlock()
			s.hangUp()
			require.Eventually(t, w.dead, 5*time.Second, time.Millisecond)

			require.NoError(t, c.Open(t.Context(), "management.azure.com"), "a dead one is opened anew")
			assert.EqualValues(t, 2, s.connections.Load())
			c.mu.Lock()
			w = c.warm["management.azure.com:443"]
			c.mu.Unlock()
			s.hangUp()
			require.Eventually(t, w.dead, 5*time.Second, time.Millisecond)

			started := time.Now()
			resp, err := get(t, t.Context(), c.For(armRule), armAddress)
			require.NoError(t, err)
			assert.Equal(t, 200, resp.StatusCode)
			assert.EqualValues(t, 1, s.requests.Load())
			assert.Less(t, time.Since(started), 400*time.Millisecond, "it was taken for a failed try")
			assert.EqualValues(t, 3, s.connections.Load())
		})
	}
}

func TestAConnectionThatDiesUnnoticedIsReplacedOnlyBeforeAnythingWasSent(t *testing.T) {
	tests := []struct {
		err      error
		replaced bool
	}{
		{errors.New("http: server closed idle connection"), true},
		{errors.New("http2: client conn not usable"), true},
		{fmt.Errorf("round trip: %w", errors.New("http2: client conn is closed")), true},
		{io.EOF, false},
		{io.ErrUnexpectedEOF, false},
		{context.Canceled, false},
	}
	for _, tt := range tests {
		dead := roundTripper(func(r *http.Request) (*http.Response, error) {
			_, _ = io.ReadAll(r.Body)
			return nil, tt.err
		})
		var pooled []string
		pool := roundTripper(func(r *http.Request) (*http.Response, error) {
			body, _ := io.ReadAll(r.Body)
			pooled = append(pooled, string(body))
			return answer(200, ""), nil
		})
		_, err := firstOf(dead, pool, request(t, t.Context(), http.MethodPost, "https://login.example/token", "grant_type=x"))
		if tt.replaced {
			require.NoError(t, err)
			assert.Equal(t, []string{"grant_type=x"}, pooled)
		} else {
			require.ErrorIs(t, err, tt.err)
			assert.Empty(t, pooled)
		}
	}
}

func TestTwoHostsAreOpenedTogether(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	s := newSite(t, ca.issue(t, nil, "login.example", "management.azure.com"), true, hello)
	direct := dialTo(map[string]string{"login.example:443": s.address, "management.azure.com:443": s.address})
	var together sync.WaitGroup
	together.Add(2)
	c := online(t, Config{Roots: ca.roots(), Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		together.Done()
		together.Wait() // one after the other would never get past this
		return direct(ctx, network, address)
	}})
	var group sync.WaitGroup
	for _, host := range []string{"login.example", "management.azure.com"} {
		group.Go(func() { assert.NoError(t, c.Open(t.Context(), host)) })
	}
	group.Wait()
	assert.EqualValues(t, 2, s.connections.Load())
}

func TestARequestWaitsForTheConnectionBeingOpened(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	s := newSite(t, ca.issue(t, nil, "management.azure.com"), false, hello)
	direct := dialTo(map[string]string{"management.azure.com:443": s.address})
	dialling, proceed := make(chan struct{}), make(chan struct{})
	c := online(t, Config{Roots: ca.roots(), Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialling <- struct{}{}
		<-proceed
		return direct(ctx, network, address)
	}})
	var group sync.WaitGroup
	for range 2 { // two who open: one does it, both get it
		group.Go(func() { assert.NoError(t, c.Open(t.Context(), "management.azure.com")) })
	}
	<-dialling
	group.Go(func() {
		_, err := c.For(armRule).Do(must(http.NewRequestWithContext(t.Context(), http.MethodGet, armAddress, nil)))
		assert.NoError(t, err)
	})
	proceed <- struct{}{}
	group.Wait()
	assert.EqualValues(t, 1, s.connections.Load())
	assert.EqualValues(t, 1, s.requests.Load())
}

func TestAFailedOpeningLeavesTheRequestToThePool(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	s := newSite(t, ca.issue(t, nil, "management.azure.com"), false, hello)
	names := map[string]string{}
	c := online(t, Config{Roots: ca.roots(), Dial: dialTo(names)})
	network, _ := new(Client).Classify(c.Open(t.Context(), "management.azure.com"))
	assert.Equal(t, evidence.DNSFailure, network)
	names["management.azure.com:443"] = s.address
	_, err := get(t, t.Context(), c.For(armRule), armAddress)
	assert.NoError(t, err)

	network, _ = new(Client).Classify(c.Open(t.Context(), "not a host"))
	assert.Equal(t, evidence.HostNotAllowed, network)
}

func TestAnOpeningIsTriedAgainWhenItsFailureCanPass(t *testing.T) {
	for _, tt := range []struct {
		err   error
		tries int
	}{{syscall.ECONNREFUSED, 3}, {&net.DNSError{IsNotFound: true}, 1}} {
		synctest.Test(t, func(t *testing.T) {
			tries := 0
			c := online(t, Config{Dial: func(context.Context, string, string) (net.Conn, error) {
				tries++
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: tt.err}
			}})
			assert.ErrorIs(t, c.Open(t.Context(), "management.azure.com"), tt.err)
			assert.Equal(t, tt.tries, tries)
		})
	}
}

func TestAnOpeningEndsWithItsContext(t *testing.T) {
	entered := make(chan struct{}, 2)
	c := online(t, Config{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		entered <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		network, _ := new(Client).Classify(c.Open(ctx, "management.azure.com"))
		assert.Equal(t, evidence.Canceled, network)
	})
	<-entered
	group.Go(func() { // another who waits for it takes over, and ends with the client
		network, _ := new(Client).Classify(c.Open(t.Context(), "management.azure.com"))
		assert.Equal(t, evidence.Canceled, network)
	})
	cancel()
	<-entered
	c.Close()
	group.Wait()
	assert.Error(t, c.Open(t.Context(), "management.azure.com"), "a closed client opens nothing")

	try, cancel := context.WithCancel(t.Context())
	cancel()
	e := c.explain(t.Context(), try, context.Canceled, phaseConnect, time.Minute)
	assert.Equal(t, evidence.Canceled, e.Network, "not the fault of the other side")
	assert.False(t, e.passing)
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP/2 %t", http2), func(t *testing.T) {
			s := newSite(t, ca.issue(t, nil, "management.azure.com", "login.example"), http2, hello)
			c := online(t, Config{Roots: ca.roots(), Dial: dialTo(map[string]string{"management.azure.com:443": s.address, "login.example:443": s.address})})
			require.NoError(t, c.Open(t.Context(), "management.azure.com"))
			require.NoError(t, c.Open(t.Context(), "login.example")) // never used
			client := c.For(armRule)
			var group sync.WaitGroup
			for range 8 {
				group.Go(func() {
					_, err := client.Do(must(http.NewRequestWithContext(t.Context(), http.MethodGet, armAddress, nil)))
					assert.NoError(t, err)
				})
			}
			group.Wait()
			require.NotZero(t, clientGoroutines(t))
			c.Close()
			c.Close()
			assert.Eventually(t, func() bool { return clientGoroutines(t) == 0 }, 5*time.Second, 5*time.Millisecond)
		})
	}
}

// clientGoroutines counts the goroutines of client connections.
func clientGoroutines(t *testing.T) int {
	var profile bytes.Buffer
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&profile, 2))
	return bytes.Count(profile.Bytes(), []byte("net/http.(*persistConn).")) + bytes.Count(profile.Bytes(), []byte("net/http.(*http2clientConnReadLoop)"))
}
