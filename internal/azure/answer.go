package azure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/evidence"
	"armpreflight/internal/web"
)

// unmarshal decodes a JSON object. A body that is empty, null or no object is
// an error: encoding/json would take "null" for success.
func unmarshal(body []byte, out any) error {
	if trimmed := bytes.TrimSpace(body); len(trimmed) == 0 || trimmed[0] != '{' {
		return errors.New("the response isn't a JSON object")
	}
	return json.Unmarshal(body, out)
}

// decodeInto is unmarshal for fetch.
func decodeInto(out any) func([]byte) error {
	return func(body []byte) error { return unmarshal(body, out) }
}

// failed makes the failure of a request from what was recorded of it.
func failed(ctx context.Context, trace *web.Trace, doing string, service evidence.Service) *evidence.Failure {
	ev, seen := trace.Evidence()
	f := &evidence.Failure{Doing: doing, Evidence: ev}
	switch {
	case !seen:
		f.Evidence.Service = service
		if ctx.Err() != nil {
			f.Evidence.Network = evidence.Canceled
		}
	case ev.Status == http.StatusOK && ctx.Err() != nil:
		// The answer came with the end of the run, and a library that checks the clock first didn't read it.
		f.Evidence = web.Unread(ev)
	case ev.Status == http.StatusOK && strings.Contains(ev.ContentType, "html"):
		f.Code = string(catalogue.CaptivePortal)
	case ev.Status == http.StatusOK:
		f.Code = string(catalogue.UnexpectedAnswer)
	}
	return f
}
