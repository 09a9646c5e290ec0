package azure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"armpreflight/internal/diagnosis"
	"armpreflight/internal/web"
)

// unmarshal decodes a JSON object. A body that is empty, null or no object is
// an error: encoding/json would take "null" for success.
func unmarshal(body []byte, out any) error {
	if trimmed := bytes.TrimSpace(body); len(trimmed) == 0 || trimmed[0] != '{' {
		return errors.New("the answer is no JSON object")
	}
	return json.Unmarshal(body, out)
}

// decodeInto is unmarshal for fetch.
func decodeInto(out any) func([]byte) error {
	return func(body []byte) error { return unmarshal(body, out) }
}

// failed makes the failure of a request from what was recorded of it.
func failed(ctx context.Context, trace *web.Trace, doing string, service diagnosis.Service) *diagnosis.Failure {
	evidence, seen := trace.Evidence()
	f := &diagnosis.Failure{Doing: doing, Evidence: evidence}
	switch {
	case !seen:
		f.Evidence.Service = service
		if ctx.Err() != nil {
			f.Evidence.Network = diagnosis.Canceled
		}
	case evidence.Status == http.StatusOK && strings.Contains(evidence.ContentType, "html"):
		f.Code = "captive-portal"
	case evidence.Status == http.StatusOK:
		f.Code = "unexpected-answer"
	}
	return f
}
