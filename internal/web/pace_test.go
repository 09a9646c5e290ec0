package web

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// paced sends n requests at the same time, which all take as long, and tells how
// many were under way at the same time and how long it all took.
func paced(t *testing.T, p *Pace, n int, answer func(i int32) (header http.Header, took time.Duration)) (most int32, took time.Duration) {
	t.Helper()
	var under, peak, count atomic.Int32
	var all sync.WaitGroup
	start := time.Now()
	for range n {
		all.Go(func() {
			done, err := p.begin(t.Context())
			if !assert.NoError(t, err) {
				return
			}
			now := under.Add(1)
			for old := peak.Load(); now > old && !peak.CompareAndSwap(old, now); old = peak.Load() {
			}
			h, long := answer(count.Add(1))
			time.Sleep(long)
			under.Add(-1)
			after, _ := strconv.Atoi(h.Get("Retry-After"))
			p.learn(h, time.Duration(after)*time.Second)
			done()
		})
	}
	all.Wait()
	return peak.Load(), time.Since(start)
}

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestAPaceAllowsSoManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		most, took := paced(t, NewPace(3), 12, func(int32) (http.Header, time.Duration) { return nil, time.Second })
		assert.EqualValues(t, 3, most)
		assert.Equal(t, 4*time.Second, took)
	})
}

func TestAWaitThatIsAskedForHoldsEveryRequest(t *testing.T) {
	for name, tc := range map[string]struct {
		header func() http.Header
		holds  time.Duration
	}{
		"Retry-After, also of a good answer": {func() http.Header { return headers("Retry-After", "30") }, 30 * time.Second},
		"nothing left until the reset": {func() http.Header {
			return headers("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(90*time.Second).Unix(), 10))
		}, 90 * time.Second},
		"something left":               {func() http.Header { return headers("X-RateLimit-Remaining", "5", "X-RateLimit-Reset", "9999999999") }, 0},
		"a reset that nobody believes": {func() http.Header { return headers("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "9999999999") }, 0},
		"a reset that has passed":      {func() http.Header { return headers("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1") }, 0},
		"no number":                    {func() http.Header { return headers("X-RateLimit-Remaining", "few", "X-RateLimit-Reset", "soon") }, 0},
		"a wait of a year":             {func() http.Header { return headers("Retry-After", "31536000") }, longestHold},
		"nothing":                      {func() http.Header { return headers() }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := NewPace(1)
				first := true
				_, took := paced(t, p, 3, func(int32) (http.Header, time.Duration) {
					if first {
						first = false
						return tc.header(), 0
					}
					return headers(), 0
				})
				assert.Equal(t, tc.holds, took)
			})
		})
	}
}

func TestNearTheLimitRequestsGoOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPace(8)
		p.learn(headers("X-RateLimit-Limit", "200", "X-RateLimit-Remaining", "19"), 0)
		most, _ := paced(t, p, 6, func(int32) (http.Header, time.Duration) {
			return headers("X-RateLimit-Limit", "200", "X-RateLimit-Remaining", "10"), time.Second
		})
		assert.EqualValues(t, 1, most)
		p.learn(headers("X-RateLimit-Limit", "200", "X-RateLimit-Remaining", "150"), 0)
		most, _ = paced(t, p, 8, func(int32) (http.Header, time.Duration) { return nil, time.Second })
		assert.EqualValues(t, 8, most)
	})
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPace(1)
		p.learn(nil, time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := p.begin(ctx)
		require.Error(t, err)
		_, err = p.begin(ctx) // and gives its place back
		require.Error(t, err)
		assert.Empty(t, p.slots)
		done, err := (*Pace)(nil).begin(ctx)
		require.NoError(t, err)
		done()
		(*Pace)(nil).learn(nil, time.Hour)
	})
}
