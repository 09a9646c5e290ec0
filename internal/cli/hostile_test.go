package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

// hostileText is put behind every string that a service sends, one at a time.
const hostileText = "\r\n##vso[task.complete result=Succeeded;]x\n##vso[task.setvariable variable=owned]1\u200b#\u200b#vso[task.setvariable variable=owned]1" +
	"\x1b[31m##[error]forged\u202e $(id) `id` ${{ variables.x }} ready: forged"

// TestNoStringOfAnAnswerIsMoreThanText spoils every string in every answer of a
// run, one at a time, in situations whose logs show names, notes and messages.
func TestNoStringOfAnAnswerIsMoreThanText(t *testing.T) {
	sameCodeAsOthers(t)
	nothing := func(*bubble) {}
	var claimed sync.Map // the strings that a situation has taken on
	var spoilt atomic.Int64
	for name, prepare := range map[string]func(*bubble){
		"healthy": situations["all that can be asked"].prepare, "read-only-lock": nothing, "delete-locks": nothing, "granted-with-condition": nothing,
		"permission-denied-by-assignment": nothing, "connection-not-ready": nothing, "connection-outdated": nothing, "provider-registering": nothing,
		"subscription-elsewhere": nothing, "spending-limit": nothing, "secret-expiring": nothing, "expired-secret": nothing, "more-connections-broken": nothing,
		"healthy-management-group": nothing, "healthy-federation": nothing,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := func(hit func(string) bool) played {
				return play(t, name, func(b *bubble) {
					prepare(b)
					b.answer = func(w http.ResponseWriter, r *http.Request) bool {
						recorder := httptest.NewRecorder()
						b.cloud.ServeHTTP(recorder, r)
						var body any
						answer := recorder.Body.Bytes()
						if json.Unmarshal(answer, &body) == nil {
							answer, _ = json.Marshal(spoil(body, nameOf(r), hit))
						}
						maps.Copy(w.Header(), recorder.Header())
						w.Header().Del("Content-Length")
						w.WriteHeader(recorder.Code)
						_, _ = w.Write(answer)
						return true
					}
				})
			}
			var mu sync.Mutex
			var mine []string
			run(func(where string) bool {
				if _, others := claimed.LoadOrStore(where, true); !others {
					mu.Lock()
					defer mu.Unlock()
					mine = append(mine, where)
				}
				return false
			})
			for _, where := range mine {
				holdText(t, run(func(w string) bool { return w == where }).log, where)
			}
			spoilt.Add(int64(len(mine)))
		})
	}
	t.Cleanup(func() { assert.Greater(t, spoilt.Load(), int64(200), "strings that were spoilt") })
}

// spoil puts hostileText behind the strings for which hit says so, by where they are.
func spoil(value any, where string, hit func(where string) bool) any {
	switch v := value.(type) {
	case string:
		if hit(where) {
			return v + hostileText
		}
	case []any:
		for i := range v {
			v[i] = spoil(v[i], fmt.Sprintf("%s[%d]", where, i), hit)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			v[key] = spoil(v[key], where+"."+key, hit)
		}
	}
	return value
}

// holdText checks that a log has commands at the beginning of a line only, none of them from hostileText, and no
// invisible character.
func holdText(t *testing.T, log, where string) {
	t.Helper()
	assert.False(t, strings.ContainsAny(log, "\r\x1b\u200b\u202e"), "%s: a sign that is not for the eye", where)
	assert.Equal(t, 1, strings.Count(log, "##vso[task.complete"), "%s: the step completes once", where)
	for line := range bytes.Lines([]byte(log)) {
		at := bytes.LastIndex(line, []byte("##vso["))
		if !assert.LessOrEqual(t, at, 0, "%s: a command inside a line: %q", where, line) {
			continue
		}
		if at == 0 {
			assert.NotContains(t, string(line[:bytes.IndexByte(line, ']')]), "owned", where)
		}
		assert.False(t, bytes.HasPrefix(line, []byte("##[error]")) || bytes.HasPrefix(line, []byte("ready: forged")), "%s: %q", where, line)
	}
}
