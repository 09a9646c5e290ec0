// Package gate stands in for what Azure DevOps does with a server task or a release gate in tests: it reads task.json,
// fills in the texts of a request, signs and sends it, and judges the answer by the task's expression.
//
// Non-goals: it isn't a server. There is no callback (WaitForCompletion), no ServiceBus, no polling section of a chain, no
// Cancel, no evaluation of visibility rules. It imports none of the product's packages, so that it can't agree with them by
// construction.
//
// It wasn't run against a live organization. Documented or read in Microsoft's repositories: the frame of task.json, $(name),
// the mustache forms that published tasks use, the names of the functions and contexts of an expression, [Newtonsoft]'s
// JSONPath, signing by EndpointId, an answer of 400 and above being a failure, 20 s for an answer, all gates in the same
// sample. Assumed, the choice being the one that is harder on a task where there is one:
//   - Which of $(name) and mustache comes first is unknown, and so is whether inserted text is read again and how double
//     braces escape: see Options. (AzureMonitorV1 compares '$(filterType)' inside {{#equals}}, which works only MacrosFirst.)
//   - $(name) ignores case and takes inputs, then outputs of a chain, variables, system.*; an unknown one stays as it is. A
//     mustache name is matched exactly, and an unknown one is empty. {{#if}} over "false" or "0" is an error: what it does is
//     not known.
//   - Of an endpoint's parameters only serviceprincipalid, tenantid and authenticationtype aren't secret.
//   - An address loses dot segments, however they are written, and what follows '#'; a backslash is a slash.
//   - A redirect isn't followed, and it isn't a success. A header Authorization in the task's own text loses against signing.
//   - Comparison converts as conditions of a pipeline do. Keys of JSON are matched exactly; those of the contexts and of
//     headers in any case. A list, an object or null counts as pipelines' conditions say; count(null) is 0; null, ” and
//     an empty list are null or empty; intersect tells case apart and drops doubles; split of ” gives one empty text.
//   - A text is filled in, and an expression or path is followed, only up to a bound, so that a test always ends.
//   - JSON is read as Go does. Newtonsoft takes more, and turns texts that look like dates into dates.
//   - The wait until a gate's timeout starts after the delay, samples start at a fixed beat, and the gates of one run at the same time.
//   - An output of a chain's section is set only when that section's expression holds.
//   - Texts of Invoke REST API's own inputs are filled in before they are put in place.
//
// [Newtonsoft]: https://github.com/JamesNK/Newtonsoft.Json
package gate

import (
	"context"
	"net/http"
)

// Endpoint is a service connection as the server knows it.
type Endpoint struct {
	ID, Name, URL, Scheme string

	Data       map[string]string
	Parameters map[string]string // of the authorization; templates see only those known to be harmless
}

// Order says which kind of placeholder is filled in first.
type Order int

const (
	MacrosFirst   Order = iota // $(name), then mustache
	MustacheFirst              // mustache, then $(name)
)

// Escape says what double braces do to a value.
type Escape int

const (
	EscapeHTML Escape = iota // as mustache says
	EscapeJSON               // as inside of a JSON text; the pipelines' own engine has such a mode
	EscapeNone
)

// Options are the doubts about templates. What we ship has to be right in all of them.
type Options struct {
	Order  Order
	Rescan bool // inserted text is itself searched for placeholders of its kind, a few times over
	Escape Escape
}

// AllOptions lists every combination.
func AllOptions() []Options {
	var all []Options
	for _, order := range []Order{MacrosFirst, MustacheFirst} {
		for _, rescan := range []bool{false, true} {
			for _, escape := range []Escape{EscapeHTML, EscapeJSON, EscapeNone} {
				all = append(all, Options{order, rescan, escape})
			}
		}
	}
	return all
}

// Job is where a task is evaluated. Neither Sample nor Run changes it.
type Job struct {
	Inputs    map[string]string   // names in any case; what is missing gets its default from task.json
	Variables map[string]string   // names in any case, system.* among them; nil = none
	Secrets   map[string]string   // secret variables: $(name) gives them, variables['name'] doesn't
	Endpoints map[string]Endpoint // by ID

	AccessToken string // the job's token, $(system.AccessToken)
	Options     Options

	// Send is one round trip, not a client that follows redirects. Several goroutines may call it.
	Send func(*http.Request) (*http.Response, error)
	// Token signs for a connection; its error fails the sample.
	Token func(context.Context, Endpoint) (string, error)
}

// Request is what was sent, the credential of the connection left out.
type Request struct {
	Method, Address, Body string

	Headers map[string]string // as the task gives them
	Signed  bool              // a bearer token of the connection was sent with it
}

// Result is what one evaluation resulted in.
type Result struct {
	Passed   bool
	Log      []string // method and address, status code, whole body as it came, verdict
	Requests []Request
	// Violations is what must not happen: the job's token or a secret variable in a request, a connection's token for another
	// host than the connection's.
	Violations []string
	Outputs    map[string]string // of a chain's sections that succeeded; nil = none
	Err        string            // why there is no verdict by expression; "" = there is one
}
