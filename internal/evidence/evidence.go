// Package evidence reads what a service answered: the code, the sentence, and the values in it, or how the network refused
// an answer. An answer is read here and nowhere else ([FromResponse]), and what may be a secret doesn't get past it ([Scrub]).
//
// It doesn't know what a code means: package diagnosis does. Pasted texts and logs aren't answers: package reading reads them.
package evidence

import "time"

// Service is the party that answered, or that should have answered.
type Service string

// The services that a run speaks to.
const (
	Entra           Service = "entra"
	ARM             Service = "arm"
	DevOps          Service = "azure-devops"
	ManagedIdentity Service = "managed-identity"
	Graph           Service = "graph"
)

// Evidence is what one exchange with a service left behind: an answer, or the way in which the network refused one.
// It never holds a token, a secret or a query string. The zero value is "nothing was seen".
type Evidence struct {
	Service            Service
	Method, Host, Path string // Path has no query
	Status             int    // 0 when there was no answer
	ContentType        string
	Server             string

	Network       NetworkFailure // None when there was an answer
	NetworkDetail string         // for example the issuer of the untrusted certificate, or the proxy's address and status

	EntraError, Suberror string
	Codes                []string // as catalogued ("AADSTS7000222", "AuthorizationFailed", "TF400813"): outermost first, most specific last
	Message              string   // the service's own sentence, at most 2,000 characters, without its trace and correlation tail

	TraceID, CorrelationID, RequestID, Timestamp string

	Action, Scope, ObjectID string // from ARM's sentence about a missing right; empty if it doesn't say
	AuthorizationURI        string // authorization_uri of a WWW-Authenticate challenge
	OwnerTenant             string // that a challenge or a sentence names: whose the subscription, or the organization, is; in lower case

	NoCredentialFits bool   // Entra found no federated credential for an ID token
	Quoted           Quoted // what Entra repeats of that ID token

	RetryAfter time.Duration // 0 if the answer doesn't require a wait
	Date       time.Time     // the server's clock; zero when absent
	Body       string        // at most 4 KiB, for the folded raw evidence; empty for an answer that may hold a token

	Match Match // what package diagnosis concludes from it, once
}

// Quoted is what an answer repeats of what was presented. Empty parts aren't quoted; identifiers that this run knew are shortened.
type Quoted struct{ Issuer, Subject, Audience string }

// Match is the entry of the catalogue that fits evidence.
type Match struct {
	Done      bool   // it was looked for
	Code      string // empty when none fits
	Transient bool   // the entry says that the same question may get another answer soon
}

// Transient says whether the same question may get another answer soon: by the entry that fits, or otherwise by the status. It
// doesn't apply to evidence without an answer that the catalogue doesn't know.
func (ev *Evidence) Transient() bool {
	if ev.Match.Code != "" {
		return ev.Match.Transient
	}
	return ev.Status == 408 || ev.Status == 429 || ev.Status >= 500 && ev.Status < 600
}
