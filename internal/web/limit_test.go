package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/evidence"
)

// counted gives how many bytes of it were read.
type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func (c *counted) Close() error { return nil }

func TestABodyEndsAtFourMebibytes(t *testing.T) {
	for _, tt := range []struct {
		size int
		ok   bool
	}{{0, true}, {bodyLimit, true}, {bodyLimit + 1, false}, {1 << 40, false}} {
		tries := 0
		body := &counted{Reader: io.LimitReader(zeros{}, int64(tt.size))}
		c := offline(t, Config{}, func(*http.Request) (*http.Response, error) {
			tries++
			resp := answer(200, "")
			resp.Body = body
			return resp, nil
		})
		ctx, trace := Record(t.Context())
		resp, err := get(t, ctx, c.For(armRule), armAddress)
		ev, _ := trace.Evidence()
		if tt.ok {
			require.NoError(t, err)
			assert.Len(t, read(t, resp), tt.size)
			continue
		}
		large, ok := errors.AsType[*TooLargeError](err)
		require.True(t, ok, "%v", err)
		assert.Equal(t, bodyLimit, large.Limit)
		assert.Equal(t, 1, tries)
		assert.Equal(t, bodyLimit+1, body.n, "no more is read than it takes to know")
		assert.Equal(t, evidence.TooLarge, ev.Network)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestAGzipBombStops(t *testing.T) {
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	_, err := io.Copy(w, io.LimitReader(zeros{}, 8<<20))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	ca := newAuthority(t, "Test CA", "")
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP/2 %t", http2), func(t *testing.T) {
			s := newSite(t, ca.issue(t, nil, "management.azure.com"), http2, func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
					w.Header().Set("Content-Encoding", "gzip")
				}
				_, _ = w.Write(bomb.Bytes())
			})
			c := online(t, Config{Roots: ca.roots(), Dial: dialTo(map[string]string{"management.azure.com:443": s.address})})
			_, err := get(t, t.Context(), c.For(armRule), armAddress)
			_, ok := errors.AsType[*TooLargeError](err)
			assert.True(t, ok, "%v", err)
			assert.EqualValues(t, 1, s.requests.Load())
		})
	}
}

func TestHeadersEndAtAQuarterMebibyte(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP/2 %t", http2), func(t *testing.T) {
			s := newSite(t, ca.issue(t, nil, "management.azure.com"), http2, func(w http.ResponseWriter, _ *http.Request) {
				for i := range 400 {
					w.Header().Set(fmt.Sprintf("X-Fill-%d", i), strings.Repeat("x", 1000))
				}
			})
			c := online(t, Config{Roots: ca.roots(), Dial: dialTo(map[string]string{"management.azure.com:443": s.address})})
			_, err := get(t, t.Context(), c.For(armRule), armAddress)
			require.Error(t, err)
			assert.EqualValues(t, 1, s.requests.Load())
			if http2 {
				return // net/http ends the connection as a protocol error, unless the last frame was the one too many
			}
			large, ok := errors.AsType[*TooLargeError](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, "headers", large.What)
			network, detail := new(Client).Classify(err)
			assert.Equal(t, evidence.TooLarge, network)
			assert.Equal(t, "headers of more than 256 KiB", detail)
		})
	}
	_, ok := errors.AsType[*TooLargeError](oversizedHeaders(errors.New("http2: response header list larger than advertised limit"), "x"))
	assert.True(t, ok)
}

func TestAHeadKeepsItsLength(t *testing.T) {
	ca := newAuthority(t, "Test CA", "")
	s := newSite(t, ca.issue(t, nil, "management.azure.com"), true, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "7") })
	c := online(t, Config{Roots: ca.roots(), Dial: dialTo(map[string]string{"management.azure.com:443": s.address})})
	resp, err := c.For(armRule).Do(request(t, t.Context(), http.MethodHead, armAddress, ""))
	require.NoError(t, err)
	assert.EqualValues(t, 7, resp.ContentLength)
	assert.Equal(t, 2, resp.ProtoMajor, "HTTP/2 where it is offered")
}

func TestARequestsBodyIsReadOnceAndEndsAtOneMebibyte(t *testing.T) {
	for _, size := range []int{0, 1, requestBodyLimit} {
		body := &closing{counted: counted{Reader: io.LimitReader(zeros{}, int64(size))}}
		got, err := requestBody(&http.Request{Body: body})
		require.NoError(t, err)
		assert.Len(t, got, size)
		assert.True(t, body.closed)
	}
	body := &closing{counted: counted{Reader: zeros{}}}
	u, err := url.Parse("https://login.example/token")
	require.NoError(t, err)
	got, err := requestBody(&http.Request{URL: u, Body: body})
	_, blocked := errors.AsType[*BlockedError](err)
	assert.True(t, blocked, "%v", err)
	assert.Nil(t, got)
	assert.Equal(t, requestBodyLimit+1, body.n, "no more is read than it takes to know")
	assert.True(t, body.closed)

	_, err = requestBody(&http.Request{Body: &closing{counted: counted{Reader: iotest.ErrReader(errors.New("cut off"))}}})
	assert.EqualError(t, err, "cut off")
	for _, none := range []io.ReadCloser{nil, http.NoBody} {
		got, err = requestBody(&http.Request{Body: none})
		require.NoError(t, err)
		assert.Nil(t, got, "no body is not an empty one")
	}
}

// closing remembers that it was closed.
type closing struct {
	counted
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

// What a try waits for ends before the try does: otherwise its evidence couldn't say which wait it was.
func TestEveryWaitEndsBeforeItsTry(t *testing.T) {
	for name, limit := range map[string]time.Duration{
		"a connection": dialLimit, "a handshake": handshakeLimit, "a sign of life": pingAfter + pingLimit,
	} {
		assert.Positive(t, limit, name)
		assert.Less(t, limit, tryLimit, name)
	}
}

// TestListsThatNoServiceSends: their elements take two bytes in an answer, and hundreds when they're decoded.
func TestListsThatNoServiceSends(t *testing.T) {
	for text, want := range map[string]string{
		`{"value":[` + strings.Repeat("1,", listLimit+1) + "1]}":           "lists of more than 20000 elements",
		`{"value":[{"a":[` + strings.Repeat("1,", withinLimit+1) + "1]}]}": "lists of more than 500000 elements",
		" \ufeff" + strings.Repeat("[", 33):                                "lists of more than 500000 elements",
		`{"value":[` + strings.Repeat("1,", listLimit-2) + "1]}":           "",
		`{"value":[{"a":[` + strings.Repeat("1,", withinLimit-2) + "1]}]}": "",
		"<html>" + strings.Repeat("[", 33):                                 "",
		`{"value":"` + strings.Repeat("[{},", listLimit+1) + `"}`:          "",
		`{"name":"` + strings.Repeat("n", textLimit+1) + `"}`:              "a text of more than 128 KiB",
		`{"name":"` + strings.Repeat("n", textLimit) + `"}`:                "",
		"": "",
	} {
		err := dense([]byte(text), "arm.example", true)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want)
	}
}

// TestLargeAnswersAreReadOneAtATime: dozens of requests may be under way, and the services decide how much each is answered.
func TestLargeAnswersAreReadOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := "[" + strings.Repeat(" ", smallLimit) + "]"
		var bodies []*counted
		c := offline(t, Config{}, func(*http.Request) (*http.Response, error) {
			resp := answer(200, "")
			bodies = append(bodies, &counted{Reader: strings.NewReader(body)})
			resp.Body = bodies[len(bodies)-1]
			return resp, nil
		})
		first, done := Place(t.Context())
		_, err := get(t, first, c.For(armRule), armAddress)
		require.NoError(t, err)
		var second error
		go func() {
			ctx, done := Place(t.Context())
			defer done()
			_, second = get(t, ctx, c.For(armRule), armAddress)
			assert.Equal(t, len(body), bodies[1].n)
		}()
		synctest.Wait()
		assert.Equal(t, smallLimit, bodies[1].n, "the rest waits")
		done()
		synctest.Wait()
		require.NoError(t, second)
		_, err = get(t, t.Context(), c.For(armRule), armAddress)
		require.NoError(t, err, "nothing holds the place")
		_, err = get(t, t.Context(), c.For(armRule), armAddress)
		require.NoError(t, err, "and who doesn't ask for one leaves it at once")
	})
}

// TestOfARefusalOrAPageOnlyItsBeginningIsKept: evidence reads no more.
func TestOfARefusalOrAPageOnlyItsBeginningIsKept(t *testing.T) {
	for name, resp := range map[string]*http.Response{
		"a refusal": answer(403, `{"error":{"message":"`+strings.Repeat("a", bodyLimit-100)),
		"a page":    answer(200, " <html>"+strings.Repeat("a", bodyLimit-100)),
	} {
		c := offline(t, Config{}, func(*http.Request) (*http.Response, error) { return resp, nil })
		rule := armRule
		rule.Body = 100
		got, err := get(t, t.Context(), c.For(rule), armAddress)
		require.NoError(t, err, name)
		assert.Len(t, read(t, got), refusalLimit, name)
	}
}
