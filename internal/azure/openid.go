package azure

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"armpreflight/internal/connection"
)

// knownMetadata answers a request for the openid metadata of a cloud that we
// know from that cloud's constants, as a pure function of the request.
//
// MSAL asks for this document before the first token of every credential. For a
// known authority it holds nothing that isn't fixed, costs a round trip, and an
// answer with a foreign token_endpoint would be believed: MSAL compares only the
// issuer's host. See docs/adr/0003-openid-metadata.md.
func knownMetadata(cloud connection.Cloud, r *http.Request) (*http.Response, bool) {
	tenant, ok := strings.CutSuffix(r.URL.Path, "/v2.0/.well-known/openid-configuration")
	if !cloud.Known || r.Method != http.MethodGet || r.URL.Host != cloud.AuthorityHost() || !ok {
		return nil, false
	}
	base := "https://" + r.URL.Host + tenant
	body, err := json.Marshal(map[string]string{
		"issuer":                 base + "/v2.0",
		"authorization_endpoint": base + "/oauth2/v2.0/authorize",
		"token_endpoint":         base + "/oauth2/v2.0/token",
	})
	if err != nil { // three strings always encode
		return nil, false
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(string(body))),
		ContentLength: int64(len(body)),
		Request:       r,
	}, true
}
