package cloud

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// call is one request with its body read.
type call struct {
	*http.Request
	host  string // without port, lower case
	path  string
	query url.Values
	form  url.Values // of a form body; empty otherwise
	body  []byte
	tls   bool
	now   time.Time // the services' clock
	id    string    // a GUID that is the same in every run for the n-th request of its kind
	note  func(format string, args ...any)
}

// reply is an answer before faults touch it.
type reply struct {
	status int
	header http.Header
	body   []byte
}

type object = map[string]any

const maxBody = 1 << 20

func (c *Cloud) serve(w http.ResponseWriter, r *http.Request) {
	q := &call{Request: r, host: hostname(r.Host), path: r.URL.Path, query: r.URL.Query(), form: url.Values{}}
	q.tls = r.TLS != nil || r.URL.Scheme == "https"
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	q.body = body
	if isForm(r.Header) {
		if form, parseErr := url.ParseQuery(string(body)); parseErr == nil {
			q.form = form
		}
	}
	place, nth := c.record.begin(q)
	q.id = derivedGUID(fmt.Sprintf("%s %s %s %d", r.Method, q.host, q.path, nth))
	q.note = func(format string, args ...any) { c.record.note(fmt.Sprintf(format, args...)) }
	if err != nil {
		c.record.end(place, 0)
		panic(http.ErrAbortHandler) // the client went away while it sent
	}

	c.inspect(q)
	fault := c.faults.match(q)
	if !sleep(r.Context(), fault.Latency) || fault.Hang {
		<-r.Context().Done()
		c.record.end(place, 0)
		panic(http.ErrAbortHandler)
	}
	answer, side := c.answer(q)
	if fault.Drop {
		c.record.end(place, 0)
		abort(r.Context())
	}
	answer = fault.apply(answer, side, q)
	if answer.header.Get("Date") == "" {
		answer.header.Set("Date", q.now.Add(fault.DateSkew).UTC().Format(http.TimeFormat))
	}
	maps.Copy(w.Header(), answer.header)
	if answer.status != http.StatusNoContent && answer.status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(answer.body)))
	}
	sent := answer.body
	if fault.Truncate {
		sent = sent[:len(sent)/2]
	}
	// Recorded before the last byte leaves: a client that has the answer then starts after its end.
	c.record.end(place, answer.status)
	w.WriteHeader(answer.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(sent) // a client that has gone isn't the cloud's concern
	}
	if fault.Truncate {
		_ = http.NewResponseController(w).Flush() // so that the client sees the half before the stream ends
		panic(http.ErrAbortHandler)
	}
}

// isForm says whether the body is a form. The in-box library says nothing of its body when it signs in with a certificate, and
// Entra reads it (azure-arm-rest 3.272.1 with ADAL).
func isForm(h http.Header) bool {
	kind := h.Get("Content-Type")
	return kind == "" || strings.HasPrefix(kind, "application/x-www-form-urlencoded")
}

// answer calls the service behind the host, and says which one it was so that a fault can speak in its shape.
func (c *Cloud) answer(q *call) (reply, service) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	w := c.world
	q.now = w.now()
	if org := w.organization(q); org != nil {
		return w.devops(q, org), serviceDevOps
	}
	if w.isMetadata(q) {
		return w.metadata(q), serviceMetadata
	}
	if w.isIdentityEndpoint(q) {
		return w.identityEndpoint(q), serviceMetadata
	}
	if q.host == devopsTokenHost {
		return w.devopsTokens(q), serviceDevOps
	}
	environment, side := w.hostOf(q.host)
	switch side {
	case authority:
		return w.entra(q, environment), serviceEntra
	case resourceManager:
		return w.arm(q, environment), serviceARM
	case graph:
		return w.graph(q, environment), serviceGraph
	}
	return unknown(q, "host"), serviceNone
}

func (c *Cloud) inspect(q *call) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	c.world.inspect(q)
}

// unknown answers what this cloud doesn't simulate; the note makes a test fail that forgot to look.
func unknown(q *call, what string) reply {
	q.note("%s %s%s: unknown %s", q.Method, q.host, q.path, what)
	return textReply(http.StatusNotImplemented, "not simulated: "+q.Method+" "+q.host+q.path+"\n")
}

func jsonReply(status int, v any) reply {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(fmt.Sprintf("encode an answer: %v", err)) // only a value of our own making can do this
	}
	return reply{status: status, body: bytes.TrimSuffix(b.Bytes(), []byte("\n")),
		header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
}

func textReply(status int, text string) reply {
	return reply{status: status, body: []byte(text), header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}}
}

func htmlReply(status int, text string) reply {
	return reply{status: status, body: []byte(text), header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}}
}

func emptyReply(status int) reply { return reply{status: status, header: http.Header{}} }

func (r reply) with(pairs ...string) reply {
	for i := 0; i+1 < len(pairs); i += 2 {
		r.header[http.CanonicalHeaderKey(pairs[i])] = []string{pairs[i+1]}
	}
	return r
}

func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		hostport = host
	}
	return strings.ToLower(strings.Trim(hostport, "[]"))
}

// derivedGUID makes IDs that don't change from run to run.
func derivedGUID(word string) string {
	b := sha256.Sum256([]byte(word))
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// FleetID makes an ID out of a word, for worlds with many connections.
func FleetID(word string) string { return derivedGUID("fleet " + word) }
