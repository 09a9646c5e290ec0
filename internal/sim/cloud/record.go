package cloud

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Request is one request as it arrived. It holds no query and no credential.
type Request struct {
	Method, Host, Path string
	APIVersion         string // from the query or the Accept header; "" = none
	UserAgent          string
	Proto              string        // "HTTP/1.1", "HTTP/2.0"
	TLS                bool          // false: it came in the clear
	Authorization      bool          // an Authorization header was present
	Credential         bool          // a client secret, an assertion or an identity header was present
	Scope              string        // what a token request asks for; "" = none
	Status             int           // 0: no answer (dropped, or the client went away)
	Start, End         int           // place in the order of all starts and ends; End is 0 while it is being answered
	Began              time.Time     // in real time, not the world's
	Took               time.Duration // 0 while it is being answered
}

type record struct {
	mu    sync.Mutex
	tick  int
	list  []Request
	seen  map[string]int
	notes []string
}

// begin notes a request and returns its place in the list and how many of its kind came before it.
func (r *record) begin(q *call) (place, nth int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[string]int{}
	}
	kind := q.Method + " " + q.host + q.path
	nth = r.seen[kind]
	r.seen[kind]++
	r.tick++
	r.list = append(r.list, Request{
		Method: q.Method, Host: q.host, Path: q.path, APIVersion: apiVersion(q), UserAgent: q.UserAgent(), Proto: q.Proto,
		TLS: q.tls, Authorization: q.Header.Get("Authorization") != "",
		Credential: q.form.Get("client_secret") != "" || q.form.Get("client_assertion") != "" || q.Header.Get(identityHeader) != "",
		Scope:      q.form.Get("scope"),
		Start:      r.tick, Began: time.Now(),
	})
	return len(r.list) - 1, nth
}

func (r *record) end(place, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tick++
	q := &r.list[place]
	q.Status, q.End, q.Took = status, r.tick, time.Since(q.Began)
}

func (r *record) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, text)
}

func (r *record) requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.list)
}

func (r *record) violations() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.notes)
}

func (r *record) waits(beside []string) int {
	list := slices.DeleteFunc(r.requests(), func(q Request) bool { // in the order of their starts
		return slices.ContainsFunc(beside, func(part string) bool { return strings.Contains(q.Path, part) })
	})
	chain := make([]int, len(list))
	longest := 0
	for i := range list {
		chain[i] = 1
		for j := range i {
			if list[j].End != 0 && list[j].End < list[i].Start {
				chain[i] = max(chain[i], chain[j]+1)
			}
		}
		longest = max(longest, chain[i])
	}
	return longest
}

// apiVersion reads the version that a request names: in the query, or as Azure DevOps clients do in the Accept header.
func apiVersion(q *call) string {
	if v := q.query.Get("api-version"); v != "" {
		return v
	}
	for part := range strings.FieldsFuncSeq(q.Header.Get("Accept"), func(r rune) bool { return r == ';' || r == ',' }) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(part), "api-version="); ok {
			return v
		}
	}
	return ""
}
