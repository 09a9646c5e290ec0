package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"armpreflight/internal/jsonsize"
)

const (
	bodyLimit        = 4 << 20 // bytes of one answer, decompressed
	refusalLimit     = 1 << 19 // bytes that are kept of a refusal or a web page: evidence reads no more
	smallLimit       = 1 << 18 // bytes of an answer; many answers may be in memory at the same time
	headerLimit      = 1 << 18 // bytes of the headers of one answer
	requestBodyLimit = 1 << 20 // bytes of a token request

	// An element of a list takes two bytes in an answer, and hundreds when it's decoded. The longest lists are those of role
	// assignments: a subscription has at most 8,000 (learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits),
	// and within an element, the versions and regions of the resource types of every provider.
	listLimit   = 20_000
	withinLimit = 500_000

	// The longest text in an answer is a token.
	textLimit = 128 << 10 // bytes, as it's written
)

// blanks are what may be before the first character of an answer that counts.
const blanks = "\ufeff \t\r\n"

// TooLargeError is an answer that passed a size limit and was dropped.
// Repeating the request changes nothing.
type TooLargeError struct {
	Host  string
	What  string // "a body", "headers", "a text" or "lists"
	Limit int    // bytes, decompressed; of lists: elements
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the response from %q has %s", e.Host, e.amount())
}

func (e *TooLargeError) amount() string {
	if e.What == "lists" {
		return fmt.Sprintf("lists of more than %d elements", e.Limit)
	}
	return fmt.Sprintf("%s of more than %d KiB", e.What, e.Limit>>10)
}

// NonRetriable tells azcore not to repeat the request.
func (e *TooLargeError) NonRetriable() {}

// oversizedHeaders gives a *TooLargeError for what net/http says about headers
// above headerLimit, for which it has no type, and any other error as it is.
func oversizedHeaders(err error, host string) error {
	text := err.Error()
	if strings.Contains(text, "response headers exceeded") || strings.Contains(text, "response header list larger") {
		return &TooLargeError{Host: host, What: "headers", Limit: headerLimit}
	}
	return err
}

// buffer reads the whole body, so that the recorder and the caller can both have
// it and the connection is free again, and closes the original. The result is
// what resp.Body now gives. large is called before more than smallLimit is read.
func buffer(resp *http.Response, host string, limit int, large func() error) ([]byte, error) {
	defer func() { _ = resp.Body.Close() }()
	var read bytes.Buffer
	_, err := read.ReadFrom(io.LimitReader(resp.Body, smallLimit))
	kept := limit
	if resp.StatusCode >= http.StatusBadRequest || bytes.HasPrefix(bytes.TrimLeft(read.Bytes(), blanks), []byte("<")) {
		limit = max(limit, bodyLimit)
		kept = refusalLimit
	}
	if err == nil && read.Len() == smallLimit && kept > smallLimit {
		if err = large(); err == nil {
			_, err = read.ReadFrom(io.LimitReader(resp.Body, int64(kept-smallLimit)))
		}
	}
	body := read.Bytes()
	if err == nil && len(body) >= kept {
		var more int64
		if more, err = io.Copy(io.Discard, io.LimitReader(resp.Body, int64(limit-kept)+1)); more > int64(limit-kept) {
			return nil, &TooLargeError{Host: host, What: "a body", Limit: limit}
		}
	}
	if err != nil {
		return nil, err
	}
	if err := dense(body, host, resp.StatusCode < http.StatusBadRequest); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if resp.Request == nil || resp.Request.Method != http.MethodHead {
		resp.ContentLength = int64(len(body))
	}
	resp.TransferEncoding = nil
	// http.Client reports a Location that it can't parse as an error, before it
	// asks whether redirects are followed. The answer matters more.
	if _, err := url.Parse(resp.Header.Get("Location")); err != nil {
		resp.Header.Del("Location")
	}
	return body, nil
}

// dense gives a *TooLargeError for JSON whose lists have more elements than an answer of a service, or, unless it's a
// refusal, with a longer text: a name is kept as a whole, and of the words of a refusal only their beginning is.
func dense(body []byte, host string, answered bool) error {
	if start := bytes.TrimLeft(body, blanks); len(start) == 0 || start[0] != '{' && start[0] != '[' {
		return nil // no JSON
	}
	n, shallow := jsonsize.Of(body)
	switch {
	case n.Top > listLimit:
		return &TooLargeError{Host: host, What: "lists", Limit: listLimit}
	case n.Deeper > withinLimit || !shallow:
		return &TooLargeError{Host: host, What: "lists", Limit: withinLimit}
	case answered && n.Longest > textLimit:
		return &TooLargeError{Host: host, What: "a text", Limit: textLimit}
	}
	return nil
}

// A place is what a large answer takes in memory: a client holds one at a time, however many requests are under way.
type place struct{ leave func() }

type placeKey struct{}

// Place gives a context for one request whose answer may be large, and a function to call once what was made of the answer
// is all that's left of it: until then the client reads no other large answer. Without it, the client takes the answer for
// gone when it hands it over, so its Rule should allow small ones only.
func Place(ctx context.Context) (context.Context, func()) {
	p := &place{}
	return context.WithValue(ctx, placeKey{}, p), p.done
}

func (p *place) done() {
	if p.leave != nil {
		p.leave()
		p.leave = nil
	}
}

// take waits for the place.
func (p *place) take(ctx context.Context, c *Client) error {
	if p.leave != nil {
		return nil
	}
	select {
	case c.large <- struct{}{}:
		p.leave = func() { <-c.large }
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// requestBody reads the body of a request so that it can be sent again, and
// closes it. Nil means none.
func requestBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	defer func() { _ = r.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(r.Body, requestBodyLimit+1))
	if err != nil {
		return nil, err
	}
	if len(body) > requestBodyLimit {
		return nil, &BlockedError{Method: methodOf(r), Scheme: r.URL.Scheme, Host: r.URL.Host, Reason: "its body is larger than a token request can be"}
	}
	return body, nil
}
