package evidence

import (
	"bytes"
	"cmp"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"armpreflight/internal/secret"
)

// Limits of what evidence keeps.
const (
	MaxBody    = 4 << 10 // bytes of Evidence.Body
	MaxMessage = 2000    // characters of Evidence.Message
	MaxCodes   = 16
	MaxWait    = 24 * time.Hour
)

// Limits of what's read. They bound the work for an answer of any size.
const (
	maxParsed = 512 << 10 // bytes of a body
	maxPage   = 64 << 10  // bytes of a page of HTML
	maxRead   = 64 << 10  // bytes of the sentences in an answer
	maxField  = 256       // characters that are kept of a field
)

// FromResponse reads one HTTP answer of a service: the error bodies of Entra, ARM, Microsoft Graph, Azure DevOps and the
// managed identity endpoint, and the HTML and plain text that proxies and gateways put in their place. A nil header and
// an empty body are fine. Method, Host and Path are the caller's to fill. It never fails: what can't be read is left
// empty. A body that may hold a token is scrubbed, and the values of a successful JSON answer aren't kept at all.
//
// redact takes out of each text what must not be shown, before it's cut to the length that evidence keeps; it sees no more
// of an answer than is read. Nil takes out nothing.
//
// ContentType is the media type without parameters; an answer that names none but looks like HTML gets "text/html".
func FromResponse(s Service, status int, h http.Header, body []byte, redact secret.Filter) Evidence {
	ev := newReader(s, status, redact)
	ev.readHeader(h)
	text := cleanBody(body)
	if looksLikeHTML(text) && (ev.ContentType == "" || ev.ContentType == "text/plain") {
		ev.ContentType = HTML
	}
	ev.readBody(text)
	ev.readServiceError(h.Get("X-TFS-ServiceError"))
	ev.readChallenges(h.Values("WWW-Authenticate"))
	ev.readAuthorization()
	ev.readTenant()
	ev.readAssertion()
	return ev.Evidence
}

// A reader fills in the evidence of one answer.
type reader struct {
	Evidence
	redact secret.Filter // without secrets that are known
	hide   secret.Filter // without them, and without what looks like one
	left   int           // bytes of sentences that may still be read
}

func newReader(s Service, status int, redact secret.Filter) *reader {
	return &reader{Evidence: Evidence{Service: s, Status: status}, redact: redact, left: maxRead, hide: func(text string) string {
		if redact != nil {
			text = redact(text)
		}
		return Scrub(text)
	}}
}

// readChallenges comes after the body: a demand for claims is more specific than the code next to it.
func (ev *reader) readChallenges(challenges []string) {
	for _, challenge := range challenges {
		ev.AuthorizationURI = cmp.Or(ev.AuthorizationURI, ev.redact.Line(authorizationURI(challenge), maxField))
		if strings.Contains(challenge, "insufficient_claims") {
			ev.addCode("insufficient_claims")
		}
		// Azure Arc names the file that contains the proof.
		if ev.Service == ManagedIdentity && strings.HasPrefix(challenge, "Basic realm=") && strings.Contains(challenge, ".key") {
			ev.addCode("arc-challenge")
		}
	}
}

func (ev *reader) readHeader(h http.Header) {
	if media, _, err := mime.ParseMediaType(ev.redact.Head(h.Get("Content-Type"), MaxMessage)); err == nil {
		ev.ContentType = ev.redact.Line(media, maxField)
	}
	ev.Server = ev.redact.Line(h.Get("Server"), maxField)
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		ev.Date = date.UTC()
	}
	ev.RetryAfter = retryAfter(h, ev.Date)
	// x-ms-*: Entra and ARM. request-id: Graph. ActivityId and X-VSS-E2EID: Azure DevOps.
	ev.RequestID = ev.identifier(firstOf(h, "x-ms-request-id", "request-id", "ActivityId"))
	ev.CorrelationID = ev.identifier(firstOf(h, "x-ms-correlation-request-id", "client-request-id", "X-VSS-E2EID"))
}

func firstOf(h http.Header, names ...string) string {
	for _, name := range names {
		if v := h.Get(name); v != "" {
			return v
		}
	}
	return ""
}

// retryAfter reads whole or fractional seconds, milliseconds in the headers that azcore also honors, or a date. A date
// is measured by the server's own clock where the answer has one.
func retryAfter(h http.Header, now time.Time) time.Duration {
	for _, name := range []string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if wait := seconds(h.Get(name)) / 1000; wait > 0 {
			return wait
		}
	}
	value := h.Get("Retry-After")
	if wait := seconds(value); wait > 0 {
		return wait
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if now.IsZero() {
		now = time.Now()
	}
	return max(0, min(at.Sub(now), MaxWait))
}

func seconds(text string) time.Duration {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(n) || n <= 0 {
		return 0
	}
	return time.Duration(min(n, MaxWait.Seconds()) * float64(time.Second))
}

// authorizationURI takes the parameter out of a challenge such as
// `Bearer authorization_uri="https://login.windows.net/<tenant>", error="invalid_token"`.
func authorizationURI(challenge string) string {
	_, rest, found := strings.Cut(challenge, "authorization_uri=")
	if !found {
		return ""
	}
	rest = strings.TrimPrefix(rest, `"`)
	if end := strings.IndexAny(rest, `", `); end >= 0 {
		rest = rest[:end]
	}
	u, err := url.Parse(rest)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}

// readServiceError uses Azure DevOps' X-TFS-ServiceError, the cause in URL encoding, when the body said nothing.
func (ev *reader) readServiceError(header string) {
	if ev.Message != "" || header == "" {
		return
	}
	if text, err := url.QueryUnescape(header); err == nil {
		ev.readText(cleanBody([]byte(text)))
	}
}

// cleanBody cuts a body to what's read, drops a byte order mark, and makes the rest valid UTF-8.
func cleanBody(body []byte) string {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if len(body) > maxParsed {
		body = body[:maxParsed]
	}
	return strings.TrimSpace(strings.ToValidUTF8(string(body), ""))
}
