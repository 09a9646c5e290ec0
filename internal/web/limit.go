package web

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const (
	bodyLimit        = 4 << 20 // bytes of one answer, decompressed
	headerLimit      = 1 << 18 // bytes of the headers of one answer
	requestBodyLimit = 1 << 20 // bytes of a token request
)

// TooLargeError is an answer that passed a size limit and was dropped.
// Repeating the request changes nothing.
type TooLargeError struct {
	Host  string
	What  string // "a body" or "headers"
	Limit int    // bytes, decompressed
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the answer of %q has %s of more than %d KiB", e.Host, e.What, e.Limit>>10)
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
// what resp.Body now gives.
func buffer(resp *http.Response, host string, limit int) ([]byte, error) {
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(limit)+1))
	switch {
	case len(body) > limit:
		return nil, &TooLargeError{Host: host, What: "a body", Limit: limit}
	case err != nil:
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if resp.Request == nil || resp.Request.Method != http.MethodHead {
		resp.ContentLength = int64(len(body))
	}
	resp.TransferEncoding = nil
	// http.Client reports a Location that it cannot parse as an error, before it
	// asks whether redirects are followed. The answer matters more.
	if _, err := url.Parse(resp.Header.Get("Location")); err != nil {
		resp.Header.Del("Location")
	}
	return body, nil
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
