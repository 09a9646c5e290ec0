// Package azure sends requests to Microsoft Entra, Azure Resource Manager and Microsoft Graph
// what a check wants to know: tokens for the connection's identity, and reads of
// what that identity can see.
//
// Tokens come from azidentity, reads go through azcore's pipeline, and both use
// the client of package web, which decides where requests can go
// (docs/adr/0001-azure-sdk.md, docs/adr/0004-one-client.md). The package
// writes nothing anywhere: provider registration, the one thing that azcore's
// ARM client would write on its own, is left out by building the pipeline from
// azcore/runtime. It judges nothing: an answer becomes a value, a refusal a
// [*evidence.Failure] with its evidence.
package azure

import (
	"net/http"
	"net/url"
	"strings"

	"armpreflight/internal/connection"
	"armpreflight/internal/evidence"
	"armpreflight/internal/web"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/log"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Silence turns the SDK's own logging off. AZURE_SDK_GO_LOGGING turns it on
// before main runs; it writes requests and answers to stderr, past the one
// writer of a run.
func Silence() { log.SetListener(nil) }

// Client asks the cloud of one connection. It is safe for concurrent use.
type Client struct {
	cloud     connection.Cloud
	authority *http.Client
	resources *http.Client
	public    *http.Client
	graph     *http.Client // may ask no one where Graph isn't supported
	machine   func(tries int) *http.Client
}

// tokenBody is the largest answer with a token that is read, in bytes: the token and a few words around it.
const tokenBody = 4 * connection.MaxToken

// New returns a client for one cloud. identityEndpoints are the host[:port] of
// managed identity endpoints that the environment names; the addresses that are
// the same on every machine need not be given.
func New(w *web.Client, cloud connection.Cloud, identityEndpoints []string) *Client {
	authority, resources := cloud.AuthorityHost(), cloud.ResourceManagerHost()
	var graph []string
	if hasGraph(cloud) {
		graph = []string{cloud.GraphHost()}
	}
	return &Client{
		cloud: cloud,
		authority: w.For(web.Rule{
			Service: evidence.Entra,
			Hosts:   []string{authority},
			Post:    isTokenEndpoint,
			Body:    tokenBody,
			Local:   func(r *http.Request) (*http.Response, bool) { return knownMetadata(cloud, r) },
		}),
		resources: w.For(web.Rule{Service: evidence.ARM, Hosts: []string{resources}}),
		public:    w.For(web.Rule{Service: evidence.ARM, Hosts: []string{resources}, Tries: 2}),
		graph:     w.For(web.Rule{Service: evidence.Graph, Hosts: graph}),
		machine: func(tries int) *http.Client {
			return w.For(web.Rule{
				Service: evidence.ManagedIdentity,
				Plain:   append([]string{"169.254.169.254", "127.0.0.1:40342", "localhost:40342"}, identityEndpoints...),
				NoProxy: true,
				Body:    tokenBody,
				Tries:   tries,
			})
		},
	}
}

// Hosts returns the hosts that a run with this cloud must be able to reach, the
// authority first. The authority is left out for a managed identity, whose
// token doesn't come from there.
func Hosts(cloud connection.Cloud, scheme connection.Scheme) []string {
	if scheme == connection.ManagedServiceIdentity {
		return []string{cloud.ResourceManagerHost()}
	}
	return []string{cloud.AuthorityHost(), cloud.ResourceManagerHost()}
}

// isTokenEndpoint reports whether a POST to u requests a token: Entra's v2
// endpoint, the only one that azidentity uses.
func isTokenEndpoint(u *url.URL) bool {
	return strings.HasSuffix(u.Path, "/oauth2/v2.0/token")
}

// oneTry turns the SDK's own retries off: package web retries, and knows which
// errors are worth it.
func oneTry() policy.RetryOptions { return policy.RetryOptions{MaxRetries: -1} }
