package cloud

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault disturbs the requests that it matches. Zero fields do nothing: Fault{Latency: d} only delays.
type Fault struct {
	Host   string // exact host without port; "" = any
	Path   string // prefix of the path, without case; "" = any
	Method string // "" = any
	Nth    int    // only the n-th matching request, counted from 1; 0 = all
	Times  int    // how often it acts, then it recovers; 0 = for ever

	Latency     time.Duration     // before the answer
	Status      int               // answer with this status, in the service's usual words
	RetryAfter  string            // header, as is: "2", "2.128", a date
	Code        string            // error code in the service's own shape: "AADSTS53003", "AuthorizationFailed", "TooManyRequests"
	Message     string            // sentence in the service's own shape; hostile text goes here
	Body        string            // answer with exactly this body
	ContentType string            // "" = as fits the body
	HTML        bool              // answer with a sign-in or portal page; status 200 unless Status is set
	RedirectTo  string            // Location, whole URL; status 307 unless Status is set
	Header      map[string]string // more headers, also on the service's own answer
	DateSkew    time.Duration     // added to the Date header
	Truncate    bool              // cut the body in half, with the whole length announced
	Hang        bool              // say nothing until the request's context ends
	Drop        bool              // close the connection without an answer
}

// answers reports whether the fault takes the service's place.
func (f *Fault) answers() bool {
	return f.Status != 0 || f.Code != "" || f.Message != "" || f.Body != "" || f.HTML || f.RedirectTo != "" || f.Hang || f.Drop
}

type faults struct {
	mu   sync.Mutex
	list []*armedFault
}

type armedFault struct {
	Fault
	seen, acted int
}

func (f *faults) add(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, &armedFault{Fault: fault})
}

// match merges the faults that act on this request: delays and skews add up, headers collect, the first that answers wins.
func (f *faults) match(q *call) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	merged := Fault{Header: map[string]string{}}
	answered := false
	for _, a := range f.list {
		if !a.matches(q) {
			continue
		}
		a.seen++
		if a.Nth != 0 && a.seen != a.Nth || a.Times != 0 && a.acted >= a.Times || answered && a.answers() {
			continue
		}
		a.acted++
		latency, skew, header := merged.Latency+a.Latency, merged.DateSkew+a.DateSkew, merged.Header
		truncate, retryAfter := merged.Truncate || a.Truncate, merged.RetryAfter
		if a.answers() {
			merged, answered = a.Fault, true
		}
		if a.RetryAfter != "" {
			retryAfter = a.RetryAfter
		}
		maps.Copy(header, a.Header)
		merged.Latency, merged.DateSkew, merged.Header = latency, skew, header
		merged.Truncate, merged.RetryAfter = truncate, retryAfter
	}
	return merged
}

func (f *Fault) matches(q *call) bool {
	return (f.Host == "" || strings.EqualFold(f.Host, q.host)) && (f.Method == "" || f.Method == q.Method) &&
		len(q.path) >= len(f.Path) && strings.EqualFold(q.path[:len(f.Path)], f.Path)
}

// apply puts the fault's answer instead of the service's, or its headers on it.
func (f *Fault) apply(answer reply, from service, q *call) reply {
	status := f.Status
	switch {
	case f.RedirectTo != "":
		if status == 0 {
			status = http.StatusTemporaryRedirect
		}
		answer = htmlReply(status, "<html><head><title>Object moved</title></head><body></body></html>").with("Location", f.RedirectTo)
	case f.HTML:
		if status == 0 {
			status = http.StatusOK
		}
		answer = htmlReply(status, signInPage)
		if f.Body != "" {
			answer.body = []byte(f.Body)
		}
	case f.Body != "":
		if status == 0 {
			status = http.StatusOK
		}
		answer = textReply(status, f.Body)
		if strings.HasPrefix(strings.TrimSpace(f.Body), "{") {
			answer.header.Set("Content-Type", "application/json; charset=utf-8")
		}
	case f.Code != "" || f.Message != "":
		answer = from.refusal(q, status, f.Code, f.Message)
	case status != 0:
		answer = from.outage(q, status)
	}
	if f.ContentType != "" {
		answer.header.Set("Content-Type", f.ContentType)
	}
	if f.RetryAfter != "" {
		answer.header.Set("Retry-After", f.RetryAfter)
	}
	for name, value := range f.Header {
		answer.header.Set(name, value)
	}
	return answer
}

// sleep waits and reports whether the context was still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// signInPage opens like the page that Azure DevOps sends instead of an error (a fixture of the PowerShell module AZDOPS).
const signInPage = `<html lang="en-US">
<head><title>

	Azure DevOps Services | Sign In

</title><meta http-equiv="X-UA-Compatible" content="IE=11;&#32;IE=10;&#32;IE=9;&#32;IE=8" />
<link rel="SHORTCUT ICON" href="/favicon.ico"/></head><body><form id="signin"></form></body></html>`
